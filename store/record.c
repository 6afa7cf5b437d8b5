/* record.c - one notification becomes events, counted once. */
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "ses/key.h"
#include "store/lines.h"
#include "store/outcomes.h"
#include "store/seen.h"

static const char ADD_EVENT[] =
	"INSERT INTO events (id, kind, published, sent, happened, recorded, origin,"
	" topic, message_id, address, original, facts, tags, raw)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
static const char ADD_RAW[] = "INSERT INTO raws (id, text) VALUES (?1, ?2)";
static const char ADD_COMPLAINING[] =
	"INSERT INTO complaining VALUES (?1, ?2)"
	" ON CONFLICT DO UPDATE SET last = max(last, excluded.last)";

/* One notification on its way into the tables. */
struct recording {
	struct writer *writer;
	struct store_job *job;
	const struct ses_event *event;
	int64_t origin, account, topic;
	int64_t first_event;	  /* id of the first new event; 0: none yet */
	struct lines lines;	  /* begun with it */
	struct ses_counts counts; /* of all new recipients */
	bool keeps_raw;
};

static bool add_raw(struct recording *recording)
{
	const struct store_notification *notification = &recording->job->notification;
	struct query query;

	query_start(&query, &recording->writer->db, ADD_RAW);
	query_give_integer(&query, recording->first_event);
	query_give_text_bytes(
		&query, notification->message, notification->message_length);
	return query_run(&query);
}

/* With the first new event the names become numbers, and the raw text is kept. */
static bool begin_events(struct recording *recording)
{
	struct writer *writer = recording->writer;

	if (recording->first_event != 0)
		return true;
	recording->first_event = writer->totals.last_event + 1;
	return names_origin(&writer->names, &writer->db, recording->event,
		       &recording->origin, &recording->account) &&
	       names_topic(&writer->names, &writer->db,
		       recording->job->notification.topic_arn, &recording->topic) &&
	       lines_begin(&recording->lines, writer, recording->account,
		       recording->event->sent, recording->job->notification.published) &&
	       (!recording->keeps_raw || add_raw(recording));
}

static int64_t kind_of(const struct recording *recording, enum ses_outcome outcome,
	enum ses_standing standing, int class)
{
	return (int64_t) recording->event->type + 16 * (int64_t) outcome +
	       256 * (int64_t) standing + (recording->job->is_development ? 1024 : 0) +
	       2048 * (int64_t) class;
}

static bool add_event(
	struct recording *recording, int64_t kind, const struct ses_recipient *recipient)
{
	struct writer *writer = recording->writer;
	const struct store_job *job = recording->job;
	const struct ses_event *event = recording->event;
	const char *address = recipient != NULL ? recipient->address : "";
	const char *original = recipient != NULL ? recipient->original : "";
	uint8_t packed[SES_PACKED_ID_MAX];
	struct query query;
	int64_t id;

	if (!begin_events(recording))
		return false;
	id = ++writer->totals.last_event;
	query_start(&query, &writer->db, ADD_EVENT);
	query_give_integer(&query, id);
	query_give_integer(&query, kind);
	query_give_integer(&query, job->notification.published);
	query_give_integer(&query, event->sent);
	query_give_time(&query, event->happened);
	query_give_integer(&query, job->now);
	query_give_integer(&query, recording->origin);
	query_give_integer(&query, recording->topic);
	query_give_bytes(&query, packed, ses_message_id_pack(event->message_id, packed));
	query_give_text(&query, address);
	query_give_text(&query, text_equal(original, address) ? NULL : original);
	query_give_text(&query, recipient != NULL ? recipient->facts : NULL);
	query_give_text(&query, event->tags);
	if (recording->keeps_raw)
		query_give_integer(&query, id - recording->first_event);
	else
		query_give_null(&query);
	if (!query_run(&query))
		return false;
	open_segment_note(&writer->open, id, address,
		event->type == SES_DELIVERY ? event->sent : UTC_NONE);
	writer->totals.events++;
	recording->job->recorded++;
	return true;
}

static bool add_key(struct recording *recording, struct ses_key key, bool *is_new)
{
	struct writer *writer = recording->writer;

	return seen_add(
		&writer->uncounted.keys, &writer->db, key, recording->job->now, is_new);
}

/* A Delivery and a Bounce of one mail to one recipient (an out-of-office, a late bounce)
 * are one attempt, in whatever order they come. */
static bool is_new_attempt(
	struct recording *recording, const struct ses_recipient *recipient, bool *is_new)
{
	const struct ses_event *event = recording->event;
	struct recent *recent = &recording->writer->uncounted.keys;
	struct db *db = &recording->writer->db;
	struct ses_key bounced = seen_place(event, ses_key_bounced(event, recipient));
	bool was_other;

	if (recipient->outcome == SES_OUTCOME_DELIVERY) {
		if (!seen_has(recent, db, bounced, &was_other))
			return false;
		*is_new = !was_other;
		return true;
	}
	if (!add_key(recording, bounced, is_new))
		return false;
	if (!*is_new)
		return true;
	if (!seen_has(recent, db, seen_place(event, ses_key_delivered(event, recipient)),
		    &was_other))
		return false;
	*is_new = !was_other;
	return true;
}

/* However often it is put off, and then refused. */
static bool count_blocked_once(struct recording *recording,
	const struct ses_recipient *recipient, struct ses_counts *counts)
{
	struct ses_key key = seen_place(
		recording->event, ses_key_blocked(recording->event, recipient));
	bool is_new = false, went_well;

	went_well = add_key(recording, key, &is_new);
	counts->blocked = is_new;
	return went_well;
}

/* What one new recipient of anything but a complaint counts. */
static bool count_recipient(struct recording *recording,
	const struct ses_recipient *recipient, struct ses_counts *counts)
{
	bool is_tried, is_attempt;

	switch (recipient->standing) {
	case SES_SIMULATOR:
		counts->simulator = 1;
		return true;
	case SES_VERIFIED:
		counts->verified = recipient->outcome == SES_OUTCOME_HARD_BOUNCE;
		counts->verified_sends = recipient->outcome == SES_OUTCOME_SEND;
		return true;
	case SES_ELIGIBLE:
		break;
	}
	outcome_counts(recording->event, recipient, counts, &is_tried);
	if (counts->blocked > 0 && !count_blocked_once(recording, recipient, counts))
		return false;
	if (!is_tried)
		return true;
	if (!is_new_attempt(recording, recipient, &is_attempt))
		return false;
	counts->attempts = is_attempt;
	return true;
}

static bool stage_recipient(struct recording *recording,
	const struct ses_recipient *recipient, const struct ses_counts *counts)
{
	struct lines *lines = &recording->lines;
	const char *provider;

	ses_counts_add(&recording->counts, counts);
	return lines_provider(lines, recording->event, recipient, recording->job->now,
		       &provider) &&
	       lines_stage(lines, STORE_BY_RECIPIENT_DOMAIN,
		       ses_address_domain(recipient->address), counts, NULL) &&
	       lines_stage(lines, STORE_BY_PROVIDER, provider, counts, NULL) &&
	       lines_stage_diagnostic(lines, recording->event, recipient, counts);
}

static bool is_complaint(const struct ses_event *event)
{
	return event->type == SES_COMPLAINT;
}

static bool record_recipient(
	struct recording *recording, const struct ses_recipient *recipient)
{
	const struct ses_event *event = recording->event;
	struct ses_counts counts = {0};
	bool is_new;

	if (!add_key(recording, seen_place(event, ses_key_event(event, recipient)),
		    &is_new))
		return false;
	if (!is_new)
		return true;
	if (!add_event(recording,
		    kind_of(recording, recipient->outcome, recipient->standing,
			    recipient->class),
		    recipient) ||
		!learn_from(recording->writer, recording->job, recipient,
			recording->writer->totals.last_event, recording->origin))
		return false;
	if (is_complaint(event))
		return true; /* counted as a report, once for all its suspects */
	return count_recipient(recording, recipient, &counts) &&
	       stage_recipient(recording, recipient, &counts);
}

/* All suspects of a report have one outcome; a report about nobody has it too. */
static enum ses_outcome outcome_of_report(const struct ses_event *event)
{
	if (event->recipient_count > 0)
		return event->recipients[0].outcome;
	if (event->is_not_spam)
		return SES_OUTCOME_NOT_SPAM;
	return text_is_empty(event->complaint_subtype) ? SES_OUTCOME_COMPLAINT
						       : SES_OUTCOME_LISTED;
}

static bool record_nobody(struct recording *recording)
{
	const struct ses_event *event = recording->event;
	const struct store_notification *notification = &recording->job->notification;
	enum ses_outcome outcome = SES_OUTCOME_OTHER;
	bool is_new;

	if (!add_key(recording,
		    ses_key_notification(
			    notification->message_id, notification->published),
		    &is_new))
		return false;
	if (is_complaint(event))
		outcome = outcome_of_report(event);
	return !is_new ||
	       add_event(recording,
		       kind_of(recording, outcome, SES_ELIGIBLE, SES_CLASS_NONE), NULL);
}

static struct ses_counts count_report(
	const struct ses_event *event, enum ses_outcome outcome)
{
	bool names_eligible = event->recipient_count == 0;
	bool names_simulator_only = event->recipient_count > 0;
	struct ses_counts counts = {0};

	for (size_t i = 0; i < event->recipient_count; i++) {
		enum ses_standing standing = event->recipients[i].standing;

		names_eligible = names_eligible || standing == SES_ELIGIBLE;
		names_simulator_only = names_simulator_only && standing == SES_SIMULATOR;
	}
	counts.simulator = names_simulator_only;
	if (!names_eligible)
		return counts;
	counts.complaints = outcome == SES_OUTCOME_COMPLAINT;
	counts.not_spam = outcome == SES_OUTCOME_NOT_SPAM;
	counts.listed = outcome == SES_OUTCOME_LISTED;
	return counts;
}

static bool learn_complaining(struct recording *recording, const char *domain)
{
	struct query query;

	query_start(&query, &recording->writer->db, ADD_COMPLAINING);
	query_give_text(&query, domain);
	query_give_integer(&query, recording->job->notification.published);
	return query_run(&query);
}

/* Suspects other than those the report counts for add nothing to their domain. */
static bool counts_for(const struct ses_counts *counts, enum ses_standing standing)
{
	return standing == (counts->simulator > 0 ? SES_SIMULATOR : SES_ELIGIBLE);
}

static bool is_among(const char *text, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(text, texts[i]))
			return true;
	return false;
}

/* Once for each domain of those it counts for. */
static bool stage_report_domain(
	struct recording *recording, size_t i, const struct ses_counts *counts)
{
	const struct ses_recipient *recipients = recording->event->recipients;
	const char *domain = ses_address_domain(recipients[i].address);

	for (size_t j = 0; j < i; j++)
		if (counts_for(counts, recipients[j].standing) &&
			text_equal(domain, ses_address_domain(recipients[j].address)))
			return true;
	return lines_stage(&recording->lines, STORE_BY_RECIPIENT_DOMAIN, domain, counts,
		       NULL) &&
	       (counts->complaints == 0 || domain[0] == '\0' ||
		       learn_complaining(recording, domain));
}

/* Once for each domain and provider among its suspects, once for all that is of the
 * mail. */
static bool stage_report(struct recording *recording)
{
	const struct ses_event *event = recording->event;
	struct ses_counts counts = count_report(event, outcome_of_report(event));
	const char *providers[HOSTED_PROVIDERS_MAX], *provider;
	struct lines *lines = &recording->lines;
	size_t count = 0;

	recording->counts = counts;
	if (!lines_stage_diagnostic(lines, event, NULL, &counts))
		return false;
	for (size_t i = 0; i < event->recipient_count; i++) {
		const struct ses_recipient *recipient = &event->recipients[i];

		if (!counts_for(&counts, recipient->standing))
			continue;
		if (!stage_report_domain(recording, i, &counts) ||
			!lines_provider(
				lines, event, recipient, recording->job->now, &provider))
			return false;
		if (count == HOSTED_PROVIDERS_MAX || is_among(provider, providers, count))
			continue;
		providers[count++] = provider;
		if (!lines_stage(lines, STORE_BY_PROVIDER, provider, &counts, NULL))
			return false;
	}
	return true;
}

/* Nothing of an item that fails after this is to be undone. */
static bool keep(struct recording *recording)
{
	struct writer *writer = recording->writer;
	const struct store_job *job = recording->job;
	const struct ses_event *event = recording->event;

	return (tally_keep(&writer->tally) &&
		       (event->type != SES_SEND || event->recipient_count == 0 ||
			       peaks_add(&writer->peaks, recording->account, event->sent,
				       job->recorded)) &&
		       topic_notes_add(&writer->notes, recording->topic,
			       job->notification.published, job->now, 1)) ||
	       db_lacks_memory(&writer->db);
}

enum store_outcome record_event(struct writer *writer, struct store_job *job)
{
	const struct ses_event *event = job->event;
	struct recording recording = {
		.writer = writer,
		.job = job,
		.event = event,
		.keeps_raw = event->type == SES_BOUNCE || event->type == SES_COMPLAINT ||
			     event->type == SES_REJECT,
	};
	size_t expected = event->recipient_count > 0 ? event->recipient_count : 1;
	bool was_aside;

	for (size_t i = 0; i < event->recipient_count; i++)
		if (!record_recipient(&recording, &event->recipients[i]))
			return STORE_FAILED;
	if (event->recipient_count == 0 && !record_nobody(&recording))
		return STORE_FAILED;
	/* The same report through SES's other channel names the same suspects; so it
	 * counts only if all are new. */
	if (is_complaint(event) && job->recorded == expected && !stage_report(&recording))
		return STORE_FAILED;
	if (job->aside != 0 && !kept_release(writer, job->aside, &was_aside))
		return STORE_FAILED;
	if (job->recorded == 0)
		return STORE_DUPLICATE;
	return lines_stage_event(&recording.lines, event, &recording.counts) &&
			       keep(&recording)
		       ? STORE_DONE
		       : STORE_FAILED;
}
