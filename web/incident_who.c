/* incident_who.c - whose mail it was: streams, new senders, and the past of those who
 * bounced. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/watching.h"
#include "web/incident.h"

#define SAMPLE_EVENTS 1000
/* A sender whose first mail came so long before the stretch, or in it, is a new one. */
#define NEW_BEFORE_MS DAY_MS

static const struct {
	enum store_dimension dimension;
	bool is_of_sender; /* somebody's stream, rather than where the mail went */
} dimensions[] = {
	{STORE_BY_CONFIGURATION_SET, true},
	{STORE_BY_IDENTITY, true},
	{STORE_BY_TAG, true},
	{STORE_BY_TENANT, true},
	{STORE_BY_CALLER, true},
	{STORE_BY_SOURCE_IP, true},
	{STORE_BY_FROM_DOMAIN, true},
	{STORE_BY_PROVIDER, false},
	{STORE_BY_RECIPIENT_DOMAIN, false},
	{STORE_BY_DIAGNOSTIC, false},
};

#define DIMENSION_COUNT (sizeof(dimensions) / sizeof(dimensions[0]))

static bool is_of_sender(enum store_dimension dimension)
{
	for (size_t i = 0; i < DIMENSION_COUNT; i++)
		if (dimensions[i].dimension == dimension)
			return dimensions[i].is_of_sender;
	return false;
}

struct suspecting {
	struct incident *incident;
	enum store_dimension dimension;
	size_t first; /* of this dimension's suspects */
	bool lacks_memory;
};

/* Sorted by excess; the last gives way. */
static bool take_suspect(void *closure, const struct store_rates_row *row)
{
	struct suspecting *suspecting = closure;
	struct incident *incident = suspecting->incident;
	struct incident_suspect suspect = {
		.dimension = suspecting->dimension,
		.is_other = row->is_other,
		.numerator = incident_numerator(&row->counts, incident->metric),
		.denominator = row->denominator,
	};
	size_t at = incident->suspect_count;

	if (row->key[0] == '\0' && !row->is_other)
		return true;
	suspect.excess = ses_incident_excess(
		suspect.numerator, suspect.denominator, incident->rate.review);
	if (suspect.excess <= 0)
		return true;
	while (at > suspecting->first &&
		incident->suspects[at - 1].excess < suspect.excess)
		at--;
	if (at - suspecting->first == INCIDENT_A_DIMENSION)
		return true;
	suspect.key = text_copy(row->key, strlen(row->key));
	suspecting->lacks_memory = suspect.key == NULL;
	if (suspect.key == NULL)
		return false;
	if (incident->suspect_count - suspecting->first == INCIDENT_A_DIMENSION)
		free(incident->suspects[--incident->suspect_count].key);
	memmove(&incident->suspects[at + 1], &incident->suspects[at],
		(incident->suspect_count - at) * sizeof(suspect));
	incident->suspects[at] = suspect;
	incident->suspect_count++;
	return true;
}

static bool take_usual(void *closure, const struct store_rates_row *row)
{
	struct incident_suspect *suspect = closure;

	suspect->usual += row->denominator;
	return true;
}

/* What each of them has of the whole window's mail: in its own hours a campaign has all.
 */
static bool find_usual(struct store *store,
	const struct ses_reputation_settings *settings, struct incident *incident,
	utc_ms now, struct error *error)
{
	for (size_t i = 0; i < incident->suspect_count; i++) {
		struct store_rates_query query = incident_query(incident, 0, 0);
		utc_ms from, to;

		query.dimension = incident->suspects[i].dimension;
		query.key = incident->suspects[i].key;
		if (!store_rates(store, settings, &query, now, &from, &to, take_usual,
			    &incident->suspects[i], error))
			return false;
	}
	return true;
}

static bool find_suspects(struct store *store,
	const struct ses_reputation_settings *settings, struct incident *incident,
	utc_ms now, struct error *error)
{
	for (size_t i = 0; i < DIMENSION_COUNT; i++) {
		struct store_rates_query query =
			incident_query(incident, incident->from, incident->to);
		struct suspecting suspecting = {
			.incident = incident,
			.dimension = dimensions[i].dimension,
			.first = incident->suspect_count,
		};
		utc_ms from, to;

		query.dimension = dimensions[i].dimension;
		if (!store_rates(store, settings, &query, now, &from, &to, take_suspect,
			    &suspecting, error))
			return false;
		if (suspecting.lacks_memory)
			return error_set(error, "out of memory");
	}
	return true;
}

struct looking_at_senders {
	struct incident *incident;
	bool lacks_memory;
};

static bool take_sender(void *closure, const struct store_sender *sender)
{
	struct looking_at_senders *looking = closure;
	struct incident *incident = looking->incident;
	struct incident_sender *here = &incident->senders[incident->sender_count];

	/* When an account is new, so is everyone. */
	if (!text_equal(sender->account, incident->account) ||
		!text_equal(sender->region, incident->region) ||
		sender->first >= incident->to || sender->key[0] == '\0' ||
		sender->account_since > incident->from - 7 * DAY_MS)
		return true;
	here->kind = sender->kind;
	here->first = sender->first;
	here->key = text_copy(sender->key, strlen(sender->key));
	looking->lacks_memory = here->key == NULL;
	incident->sender_count += here->key != NULL;
	return !looking->lacks_memory && incident->sender_count < INCIDENT_SENDERS_MAX;
}

/* ---- the past of those who bounced ---- */

struct sampling {
	struct incident *incident;
	struct sample {
		char *address;
		utc_ms sent;
	} samples[INCIDENT_SAMPLE];
	size_t count;
	bool lacks_memory;
};

static bool is_sampled(const struct sampling *sampling, const char *address)
{
	for (size_t i = 0; i < sampling->count; i++)
		if (text_equal(sampling->samples[i].address, address))
			return true;
	return false;
}

static bool take_sample(void *closure, const struct store_event *event)
{
	struct sampling *sampling = closure;
	const struct incident *incident = sampling->incident;
	enum ses_outcome wanted = incident->metric == SES_METRIC_BOUNCE
					  ? SES_OUTCOME_HARD_BOUNCE
					  : SES_OUTCOME_COMPLAINT;
	struct sample *sample = &sampling->samples[sampling->count];

	if (event->outcome != wanted || event->standing != SES_ELIGIBLE ||
		event->sent < incident->from || event->sent >= incident->to ||
		event->address[0] == '\0' ||
		!text_equal(event->region, incident->region) ||
		is_sampled(sampling, event->address))
		return true;
	sample->address = text_copy(event->address, strlen(event->address));
	sample->sent = event->sent;
	sampling->lacks_memory = sample->address == NULL;
	sampling->count += sample->address != NULL;
	return !sampling->lacks_memory && sampling->count < INCIDENT_SAMPLE;
}

static bool note_any(void *closure, const struct store_event *event)
{
	bool *is_any = closure;

	(void) event;
	*is_any = true;
	return false;
}

/* A page may be short and have a next; enough is looked at for a sample. */
static bool was_delivered_to(struct store *store, const struct sample *sample,
	bool *was_delivered, struct error *error)
{
	struct store_event_filter filter = {
		.address = sample->address,
		.type = SES_DELIVERY,
		.since = UTC_NONE,
		.until = sample->sent,
		.limit = 1,
	};
	int64_t next;

	*was_delivered = false;
	return store_event_list(store, &filter, note_any, was_delivered, &next, error);
}

static bool look_at_sample(struct store *store, struct sampling *sampling,
	struct incident *incident, struct error *error)
{
	for (size_t i = 0; i < sampling->count; i++) {
		bool was_delivered;

		if (!was_delivered_to(
			    store, &sampling->samples[i], &was_delivered, error))
			return false;
		incident->sampled++;
		incident->first_timers += !was_delivered;
	}
	return true;
}

static bool sample_past(
	struct store *store, struct incident *incident, utc_ms now, struct error *error)
{
	struct sampling sampling = {.incident = incident};
	struct store_event_filter filter = {
		.type = incident->metric == SES_METRIC_BOUNCE ? SES_BOUNCE
							      : SES_COMPLAINT,
		.account = incident->account,
		.since = incident->from,
		.until = now,
		.limit = SAMPLE_EVENTS,
	};
	int64_t next;
	bool went_well =
		store_event_list(store, &filter, take_sample, &sampling, &next, error);

	if (went_well && sampling.lacks_memory)
		went_well = error_set(error, "out of memory");
	went_well = went_well && look_at_sample(store, &sampling, incident, error);
	for (size_t i = 0; i < sampling.count; i++)
		free(sampling.samples[i].address);
	return went_well;
}

bool incident_find_who(struct store *store,
	const struct ses_reputation_settings *settings, struct incident *incident,
	utc_ms now, struct error *error)
{
	struct looking_at_senders looking = {.incident = incident};

	if (!find_suspects(store, settings, incident, now, error) ||
		!find_usual(store, settings, incident, now, error) ||
		!store_sender_list(store, incident->from - NEW_BEFORE_MS, take_sender,
			&looking, error))
		return false;
	if (looking.lacks_memory)
		return error_set(error, "out of memory");
	return sample_past(store, incident, now, error);
}

/* What a suspect has of the damage, less what it has of the mail: 0 for a stream that is
 * like the others. */
static double weight(
	const struct incident *incident, const struct incident_suspect *suspect)
{
	double damage = incident->numerator > 0 ? (double) suspect->numerator /
							  (double) incident->numerator
						: 0;
	double mail = incident->denominator_of_window > 0
			      ? (double) suspect->usual /
					(double) incident->denominator_of_window
			      : 0;

	return damage < 0.3 ? 0 : damage - mail;
}

const struct incident_suspect *incident_culprit(const struct incident *incident)
{
	const struct incident_suspect *culprit = NULL;
	double most = 0.1;

	for (size_t i = 0; i < incident->suspect_count; i++) {
		const struct incident_suspect *suspect = &incident->suspects[i];
		double here = weight(incident, suspect);

		if (is_of_sender(suspect->dimension) && !suspect->is_other &&
			suspect->key[0] != '\0' && here > most) {
			most = here;
			culprit = suspect;
		}
	}
	return culprit;
}
