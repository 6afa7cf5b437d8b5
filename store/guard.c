/* guard.c - notices bursts of hard bounces that are the provider's fault. */
#include "store/guard.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "ses/address.h"
#include "ses/class.h"
#include "ses/provider.h"
#include "store/names.h"

#define DELIVERED_MS (30 * DAY_MS)
#define BASELINE_HOURS (7 * 24)
#define BUSIEST_HOURS 24
#define SUDDEN 10 /* times the average */
#define KEPT_HOURS (2 * BASELINE_HOURS)

/* What is looked through for the bounces that came before a burst was seen. */
#define LOOK_BACK_EVENTS 5000

/* So many bounces, and fewer than one in so many suspects: a list is being cleaned. Then
 * one in so many is looked up, and stands for the others. */
#define CLEANING_BOUNCES (20 * GUARD_SUSPECTS)
#define CLEANING_SUSPECTS 20
#define CLEANING_SAMPLE 16

static const char ADD[] = "INSERT INTO guard VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO"
			  " UPDATE SET bounces = bounces + excluded.bounces,"
			  " suspects = suspects + excluded.suspects";
static const char AT_LEAST[] =
	"UPDATE guard SET suspects = max(suspects, ?3) WHERE key = ?1 AND hour = ?2";
static const char SUM[] = "SELECT coalesce(sum(bounces), 0), coalesce(sum(suspects), 0)"
			  " FROM guard WHERE key = ?1 AND hour >= ?2 AND hour <= ?3";
static const char USUAL[] =
	"SELECT coalesce(sum(suspects), 0) FROM (SELECT suspects FROM guard"
	" WHERE key = ?1 AND hour >= ?2 AND hour <= ?3"
	" ORDER BY suspects DESC LIMIT -1 OFFSET ?4)";
/* kind: a bounce of the class hard. */
static const char RECENT[] =
	"SELECT address, facts, sent, published FROM events WHERE id > ?1 AND id < ?2"
	" AND (kind & 15) = 3 AND (kind >> 11 & 15) = 1 AND published >= ?3"
	" AND published < ?4 ORDER BY id DESC";
static const char PRUNE[] = "DELETE FROM guard WHERE (key, hour) IN"
			    " (SELECT key, hour FROM guard WHERE hour < ?1 LIMIT ?2)";

/* What the bounces of one burst have in common. */
struct symptom {
	const char *provider;
	char signature[SES_SIGNATURE_SIZE];
	int64_t key;
};

static void fill_symptom(struct symptom *symptom, const char *domain, const char *status,
	const char *diagnostic, const char *reporting_mta)
{
	char text[SES_ADDRESS_MAX + SES_SIGNATURE_SIZE + 2];
	int length;

	symptom->provider = ses_provider_of(domain, diagnostic);
	if (text_equal(symptom->provider, domain))
		symptom->provider = ses_provider_of(domain, reporting_mta);
	ses_diagnostic_signature(status, diagnostic, symptom->signature);
	length = snprintf(
		text, sizeof(text), "%s\n%s", symptom->provider, symptom->signature);
	symptom->key = (int64_t) names_hash(text, (size_t) length);
}

static int64_t hour_of(utc_ms published)
{
	return utc_floor(published, HOUR_MS) / HOUR_MS;
}

/* ---- the hours ---- */

static bool add(
	struct db *db, int64_t key, int64_t hour, int64_t bounces, int64_t suspects)
{
	struct query query;

	query_start(&query, db, ADD);
	query_give_integer(&query, key);
	query_give_integer(&query, hour);
	query_give_integer(&query, bounces);
	query_give_integer(&query, suspects);
	return query_run(&query);
}

/* Of an hour and the one before. */
static bool sum(
	struct db *db, int64_t key, int64_t hour, int64_t *bounces, int64_t *suspects)
{
	struct query query;

	query_start(&query, db, SUM);
	query_give_integer(&query, key);
	query_give_integer(&query, hour - 1);
	query_give_integer(&query, hour);
	*bounces = *suspects = 0;
	if (query_row(&query)) {
		*bounces = query_integer(&query, 0);
		*suspects = query_integer(&query, 1);
	}
	return query_end(&query);
}

static bool is_sudden(
	struct db *db, int64_t key, int64_t hour, int64_t suspects, bool *answer)
{
	int64_t usual = 0;
	struct query query;

	query_start(&query, db, USUAL);
	query_give_integer(&query, key);
	query_give_integer(&query, hour - 1 - BASELINE_HOURS);
	query_give_integer(&query, hour - 2);
	query_give_integer(&query, BUSIEST_HOURS);
	if (query_row(&query))
		usual = query_integer(&query, 0);
	*answer = suspects >= GUARD_SUSPECTS &&
		  suspects * (BASELINE_HOURS - BUSIEST_HOURS) >= SUDDEN * 2 * usual;
	return query_end(&query);
}

/* ---- suspects ---- */

static bool was_delivered_to(struct writer *writer, const char *address, utc_ms sent,
	utc_ms published, bool *was_delivered)
{
	utc_ms delivered;

	if (!trail_find_delivery(&writer->open, &writer->db, address,
		    published - DELIVERED_MS, sent, true, &delivered))
		return false;
	*was_delivered = delivered != UTC_NONE;
	return true;
}

/* Bounces that came before the hours had enough of them. */
struct earlier {
	struct earlier_bounce {
		char address[SES_ADDRESS_MAX + 1];
		utc_ms sent, published;
	} bounces[GUARD_SUSPECTS];
	size_t count;
};

static bool is_of_key(struct query *query, int64_t key, bool *answer)
{
	const char *facts = query_text(query, 1);
	struct error error = {""};
	struct symptom symptom;
	struct json *json = NULL;

	if (facts != NULL)
		json = json_parse(facts, strlen(facts), JSON_REPAIR, &error);
	if (facts != NULL && json == NULL && errno == ENOMEM)
		return db_lacks_memory(query->db);
	fill_symptom(&symptom, ses_address_domain(query_text_or_empty(query, 0)),
		json_text(json, "status"), json_text(json, "diagnosticCode"),
		json_text(json, "reportingMTA"));
	json_free(json);
	*answer = symptom.key == key;
	return true;
}

static bool read_earlier(
	struct writer *writer, int64_t key, int64_t hour, struct earlier *earlier)
{
	int64_t event = writer->totals.last_event;
	bool went_well = true, is_it;
	struct query query;

	earlier->count = 0;
	query_start(&query, &writer->db, RECENT);
	query_give_integer(&query, event - LOOK_BACK_EVENTS);
	query_give_integer(&query, event);
	query_give_integer(&query, (hour - 1) * HOUR_MS);
	query_give_integer(&query, (hour + 1) * HOUR_MS);
	while (went_well && earlier->count < GUARD_SUSPECTS && query_row(&query)) {
		struct earlier_bounce *bounce = &earlier->bounces[earlier->count];

		went_well = is_of_key(&query, key, &is_it);
		if (!went_well || !is_it)
			continue;
		snprintf(bounce->address, sizeof(bounce->address), "%s",
			query_text_or_empty(&query, 0));
		bounce->sent = query_integer(&query, 2);
		bounce->published = query_integer(&query, 3);
		earlier->count++;
	}
	return query_end(&query) && went_well;
}

/* An hour can be counted twice, with each of its neighbours. */
static bool note_at_least(struct db *db, int64_t key, int64_t hour, int64_t suspects)
{
	struct query query;

	query_start(&query, db, AT_LEAST);
	query_give_integer(&query, key);
	query_give_integer(&query, hour);
	query_give_integer(&query, suspects);
	return query_run(&query);
}

/* Nobody was looked up until now: which of the bounces before this one are suspects? */
static bool count_earlier(struct writer *writer, int64_t key, int64_t hour)
{
	int64_t this_hour = 0, hour_before = 0;
	struct earlier earlier;
	bool is_suspect;

	if (!read_earlier(writer, key, hour, &earlier))
		return false;
	for (size_t i = 0; i < earlier.count; i++) {
		const struct earlier_bounce *bounce = &earlier.bounces[i];

		if (!was_delivered_to(writer, bounce->address, bounce->sent,
			    bounce->published, &is_suspect))
			return false;
		if (hour_of(bounce->published) == hour)
			this_hour += is_suspect;
		else
			hour_before += is_suspect;
	}
	return note_at_least(&writer->db, key, hour, this_hour) &&
	       note_at_least(&writer->db, key, hour - 1, hour_before);
}

/* For how many this bounce stands if it is looked up; 0: it is not. */
static int64_t weight_of(int64_t bounces, int64_t suspects)
{
	if (bounces < GUARD_SUSPECTS)
		return 0;
	if (bounces < CLEANING_BOUNCES || suspects * CLEANING_SUSPECTS >= bounces)
		return 1;
	return bounces % CLEANING_SAMPLE == 0 ? CLEANING_SAMPLE : 0;
}

/* ---- the judgement ---- */

static void tell(struct store_job *job, const struct symptom *symptom, int64_t suspects)
{
	job->burst.count = suspects;
	snprintf(job->burst.provider, sizeof(job->burst.provider), "%.63s",
		symptom->provider);
	memcpy(job->burst.signature, symptom->signature, sizeof(symptom->signature));
}

bool guard_judge(struct writer *writer, struct store_job *job,
	const struct ses_recipient *recipient, bool *is_quarantine)
{
	utc_ms published = job->notification.published;
	int64_t hour = hour_of(published), bounces, suspects, weight;
	struct db *db = &writer->db;
	struct symptom symptom;
	bool is_suspect;

	*is_quarantine = false;
	fill_symptom(&symptom, recipient->domain, recipient->status,
		recipient->diagnostic, job->event->reporting_mta);
	if (!add(db, symptom.key, hour, 1, 0) ||
		!sum(db, symptom.key, hour, &bounces, &suspects))
		return false;
	weight = weight_of(bounces, suspects);
	if (weight == 0)
		return true;
	if (bounces == GUARD_SUSPECTS && !count_earlier(writer, symptom.key, hour))
		return false;
	if (!was_delivered_to(
		    writer, recipient->address, job->event->sent, published, &is_suspect))
		return false;
	if (!is_suspect)
		return true;
	if (!add(db, symptom.key, hour, 0, weight) ||
		!sum(db, symptom.key, hour, &bounces, &suspects) ||
		!is_sudden(db, symptom.key, hour, suspects, is_quarantine))
		return false;
	if (*is_quarantine)
		tell(job, &symptom, suspects);
	return true;
}

bool guard_prune(struct db *db, utc_ms now, int64_t limit, int64_t *count)
{
	struct query query;

	query_start(&query, db, PRUNE);
	query_give_integer(&query, hour_of(now) - KEPT_HOURS);
	query_give_integer(&query, limit);
	if (!query_run(&query))
		return false;
	*count += sqlite3_changes(db->handle);
	return true;
}
