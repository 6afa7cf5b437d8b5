/* learn.c - what a new event means for the list. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "store/dossier.h"
#include "store/guard.h"

/* A domain that was delivered to so shortly before exists (ses/suppression.h). */
#define DOMAIN_DAYS 30

static const char SET_CLASS[] =
	"UPDATE events SET kind = kind + 2048 * (?2 - (kind >> 11 & 15)) WHERE id = ?1";
static const char IS_WATCHED[] =
	"SELECT 1 FROM evidence WHERE address = ?1 AND " EVIDENCE_WATCHED " LIMIT 1";
/* Since the earliest of these was sent, deliveries were looked for. */
static const char HAS_EARLIER[] =
	"SELECT 1 FROM evidence WHERE address = ?1 AND event != ?2 AND sent <= ?3"
	" AND " EVIDENCE_WATCHED " LIMIT 1";
static const char DELIVERED_THAT_DAY[] =
	"SELECT 1 FROM accounts a CROSS JOIN counters c WHERE c.series = ?1"
	" AND c.start = ?2 AND c.account = a.id AND c.key = ?3 AND c.deliveries > 0"
	" LIMIT 1";

struct lesson {
	struct writer *writer;
	struct store_job *job;
	const struct ses_recipient *recipient;
	int64_t event, origin;
};

static bool ask(struct query *query, bool *answer)
{
	*answer = query_row(query);
	return query_end(query);
}

static bool settle(struct lesson *lesson, const char *subject, const char *original)
{
	const struct store_job *job = lesson->job;
	const struct change_cause cause = {
		.at = job->now,
		.actor = "feedback",
		.cause = "",
		.event = lesson->event,
	};
	bool changed;

	return dossier_settle(
		lesson->writer, subject, original, job->policy, &cause, &changed);
}

/* ---- deliveries ---- */

static bool note_delivery(
	struct lesson *lesson, const char *subject, const char *original, utc_ms sent)
{
	bool is_newer;

	return evidence_deliver(&lesson->writer->db, subject, sent, &is_newer) &&
	       (!is_newer || settle(lesson, subject, original));
}

static bool deliver_to(
	struct lesson *lesson, const char *subject, const char *original, utc_ms sent)
{
	struct query query;
	bool is_watched;

	if (!watch_may_hold(&lesson->writer->watch, subject))
		return true;
	query_start(&query, &lesson->writer->db, IS_WATCHED);
	query_give_text(&query, subject);
	if (!ask(&query, &is_watched))
		return false;
	return !is_watched || note_delivery(lesson, subject, original, sent);
}

/* The entry of a domain: "@example.com". */
static void domain_subject(
	const struct ses_recipient *recipient, char subject[SES_ADDRESS_MAX + 1])
{
	snprintf(subject, SES_ADDRESS_MAX + 1, "@%s", recipient->domain);
}

static bool learn_delivery(struct lesson *lesson)
{
	const struct ses_recipient *recipient = lesson->recipient;
	utc_ms sent = lesson->job->event->sent;
	char domain[SES_ADDRESS_MAX + 1];

	domain_subject(recipient, domain);
	if (!deliver_to(lesson, recipient->address, recipient->original, sent))
		return false;
	/* Counted nowhere, so find_domain_delivery could not find it later; there are few
	   such domains. */
	if (recipient->standing == SES_VERIFIED)
		return note_delivery(lesson, domain, domain, utc_floor(sent, DAY_MS));
	return deliver_to(lesson, domain, domain, utc_floor(sent, DAY_MS));
}

/* A piece that a delivery could void is the first sent so early: what was delivered
 * since then was recorded without a look at this address. */
static bool must_look_back(
	struct lesson *lesson, const char *subject, utc_ms sent, bool *must_look)
{
	struct query query;
	bool has_earlier;

	query_start(&query, &lesson->writer->db, HAS_EARLIER);
	query_give_text(&query, subject);
	query_give_integer(&query, lesson->event);
	query_give_integer(&query, sent);
	if (!ask(&query, &has_earlier))
		return false;
	*must_look = !has_earlier;
	return true;
}

static bool find_delivery(struct lesson *lesson, const char *address, utc_ms since)
{
	struct db *db = &lesson->writer->db;
	bool is_newer;
	utc_ms sent;

	/* One of the same moment decides nothing. */
	if (!trail_find_delivery(&lesson->writer->open, db, address, since + 1, INT64_MAX,
		    false, &sent))
		return false;
	return sent == UTC_NONE || evidence_deliver(db, address, sent, &is_newer);
}

/* Newest day first: what counts is the newest. */
static bool find_domain_delivery(struct lesson *lesson, const char *subject, utc_ms since)
{
	struct writer *writer = lesson->writer;
	utc_ms first = utc_floor(since, DAY_MS) - DOMAIN_DAYS * DAY_MS;
	utc_ms newest = tally_last_delivery(&writer->tally, subject + 1);
	utc_ms earlier = tally_last_delivery(&writer->uncounted.tally, subject + 1);
	bool was_delivered = false, is_newer;
	struct query query;

	newest = earlier > newest ? earlier : newest;
	for (utc_ms day = utc_floor(lesson->job->now, DAY_MS) + DAY_MS;
		day >= first && day > newest && !was_delivered; day -= DAY_MS) {
		query_start(&query, &writer->db, DELIVERED_THAT_DAY);
		query_give_integer(&query, tally_series(STORE_BASIS_SENT, STORE_STEP_DAY,
						   STORE_BY_RECIPIENT_DOMAIN));
		query_give_integer(&query, day / MINUTE_MS);
		query_give_text(&query, subject + 1);
		if (!ask(&query, &was_delivered))
			return false;
		if (was_delivered)
			newest = day;
	}
	return newest < first || evidence_deliver(&writer->db, subject,
					 utc_floor(newest, DAY_MS), &is_newer);
}

/* ---- pieces ---- */

static bool learn_piece(struct lesson *lesson, enum ses_class class, const char *subject,
	const char *original)
{
	const struct ses_event *event = lesson->job->event;
	struct writer *writer = lesson->writer;
	const struct ses_evidence piece = {
		.class = class,
		.is_certain = lesson->recipient->is_certain,
		.event = lesson->event,
		.sent = event->sent,
		.published = lesson->job->notification.published,
		.mail = (int64_t) names_hash(
			event->message_id, strlen(event->message_id)),
		.tenant = event->tenant == NULL ? "" : event->tenant,
	};
	bool must_look = false;

	if (!evidence_add(&writer->db, subject, &piece, lesson->origin))
		return false;
	if (evidence_is_watched(class)) {
		if (!must_look_back(lesson, subject, event->sent, &must_look))
			return false;
		watch_add(&writer->watch, subject);
	}
	if (must_look &&
		!(class == SES_CLASS_NO_SUCH_DOMAIN
				? find_domain_delivery(lesson, subject, event->sent)
				: find_delivery(lesson, subject, event->sent)))
		return false;
	return settle(lesson, subject, original);
}

static bool learn_hard(struct lesson *lesson)
{
	const struct ses_recipient *recipient = lesson->recipient;
	enum ses_class class = SES_CLASS_HARD;
	struct query query;
	bool is_quarantine;

	if (!guard_judge(lesson->writer, lesson->job, recipient, &is_quarantine))
		return false;
	if (is_quarantine) {
		class = SES_CLASS_QUARANTINE;
		query_start(&query, &lesson->writer->db, SET_CLASS);
		query_give_integer(&query, lesson->event);
		query_give_integer(&query, class);
		if (!query_run(&query))
			return false;
	}
	return learn_piece(lesson, class, recipient->address, recipient->original);
}

bool learn_from(struct writer *writer, struct store_job *job,
	const struct ses_recipient *recipient, int64_t event_id, int64_t origin)
{
	struct lesson lesson = {
		.writer = writer,
		.job = job,
		.recipient = recipient,
		.event = event_id,
		.origin = origin,
	};
	enum ses_class class = (enum ses_class) recipient->class;
	char domain[SES_ADDRESS_MAX + 1];

	if (text_is_empty(recipient->address))
		return true;
	switch (class) {
	case SES_CLASS_NONE:
	case SES_CLASS_MESSAGE:
	case SES_CLASS_AUTOMATIC:
	case SES_CLASS_REPUTATION:
	case SES_CLASS_UNCLEAR:
	case SES_CLASS_QUARANTINE:
		return true;
	case SES_CLASS_DELIVERED:
		return learn_delivery(&lesson);
	case SES_CLASS_HARD:
		return learn_hard(&lesson);
	case SES_CLASS_NO_SUCH_DOMAIN:
		domain_subject(recipient, domain);
		return learn_piece(&lesson, class, domain, domain);
	case SES_CLASS_SOFT:
	case SES_CLASS_EXPIRED:
	case SES_CLASS_SES_LIST:
	case SES_CLASS_COMPLAINT:
	case SES_CLASS_NOT_SPAM:
		break;
	}
	return learn_piece(&lesson, class, recipient->address, recipient->original);
}
