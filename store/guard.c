/* guard.c - notices bursts of hard bounces that are the provider's fault. */
#include "store/guard.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ses/address.h"
#include "ses/provider.h"
#include "store/names.h"

#define DELIVERED_MS (30 * DAY_MS)
#define BASELINE_HOURS (7 * 24)
#define BUSIEST_HOURS 24
#define SUDDEN 10 /* times the average */
#define KEPT_HOURS (2 * BASELINE_HOURS)

/* So many bounces, and fewer than one in so many suspects: a list is being cleaned. Then
 * one in so many is looked up, and stands for the others. */
#define CLEANING_BOUNCES (20 * GUARD_SUSPECTS)
#define CLEANING_SUSPECTS 20
#define CLEANING_SAMPLE 16

static const char ADD[] = "INSERT INTO guard VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO"
			  " UPDATE SET bounces = bounces + excluded.bounces,"
			  " suspects = suspects + excluded.suspects";
static const char SUM[] = "SELECT coalesce(sum(bounces), 0), coalesce(sum(suspects), 0)"
			  " FROM guard WHERE key = ?1 AND hour >= ?2 AND hour <= ?3";
static const char USUAL[] =
	"SELECT coalesce(sum(suspects), 0) FROM (SELECT suspects FROM guard"
	" WHERE key = ?1 AND hour >= ?2 AND hour <= ?3"
	" ORDER BY suspects DESC LIMIT -1 OFFSET ?4)";
/* kind: a bounce of the class hard. */
static const char EARLIER[] =
	"SELECT address, sent, published FROM events WHERE id = ?1 AND address != ''"
	" AND (kind & 15) = 3 AND (kind >> 11 & 15) = 1";
/* Searches the index guard_by_hour, then the key. */
static const char PRUNE[] = "DELETE FROM guard WHERE (key, hour) IN"
			    " (SELECT key, hour FROM guard WHERE hour < ?1"
			    " ORDER BY hour LIMIT ?2)";

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

/* ---- the newest bounces ---- */

static struct guard_bounce *newest_but(struct guard_memory *memory, size_t age)
{
	size_t place = memory->recent_at + GUARD_RECENT - 1 - age;

	return &memory->recent[place % GUARD_RECENT];
}

static struct guard_bounce *remember(
	struct guard_memory *memory, int64_t key, int64_t hour, int64_t event)
{
	struct guard_bounce *bounce;

	/* Ids are given again after a rollback, which undid what was counted too. */
	if (newest_but(memory, 0)->event >= event)
		memset(memory->recent, 0, sizeof(memory->recent));
	bounce = &memory->recent[memory->recent_at];
	memory->recent_at = (memory->recent_at + 1) % GUARD_RECENT;
	*bounce = (struct guard_bounce){.key = key, .hour = hour, .event = event};
	return bounce;
}

/* ---- suspects ---- */

static int64_t now_ms(const struct guard_memory *memory)
{
	return memory->now_ms != NULL ? memory->now_ms() : clock_monotonic_ms();
}

static bool has_credit(struct guard_memory *memory)
{
	int64_t now = now_ms(memory);

	memory->credit += now - memory->credited_at;
	memory->credited_at = now;
	if (memory->credit > GUARD_CREDIT_MAX)
		memory->credit = GUARD_CREDIT_MAX;
	return memory->credit > 0;
}

static bool was_delivered_to(struct writer *writer, const char *address, utc_ms sent,
	utc_ms published, bool *was_delivered)
{
	int64_t began = now_ms(&writer->guard);
	utc_ms delivered = UTC_NONE;
	bool went_well;

	went_well = trail_find_delivery(&writer->open, &writer->db, address,
		published - DELIVERED_MS, sent, true, &delivered);
	writer->guard.lookups++;
	writer->guard.credit -= (now_ms(&writer->guard) - began) * GUARD_CREDIT_A_MS;
	*was_delivered = delivered != UTC_NONE;
	return went_well;
}

/* An event that was forgotten or undone is no suspect. */
static bool is_suspect_event(struct writer *writer, int64_t event, bool *is_suspect)
{
	char address[SES_ADDRESS_MAX + 1] = "";
	utc_ms sent = UTC_NONE, published = UTC_NONE;
	struct query query;

	*is_suspect = false;
	query_start(&query, &writer->db, EARLIER);
	query_give_integer(&query, event);
	if (query_row(&query)) {
		snprintf(address, sizeof(address), "%s", query_text_or_empty(&query, 0));
		sent = query_integer(&query, 1);
		published = query_integer(&query, 2);
	}
	if (!query_end(&query))
		return false;
	return address[0] == '\0' ||
	       was_delivered_to(writer, address, sent, published, is_suspect);
}

/* Which of the bounces that nobody looked up until now are suspects? */
static bool count_earlier(struct writer *writer, int64_t key, int64_t hour)
{
	int64_t this_hour = 0, hour_before = 0;
	bool is_suspect;

	for (size_t age = 0; age < GUARD_RECENT; age++) {
		struct guard_bounce *bounce = newest_but(&writer->guard, age);

		if (bounce->event == 0)
			break;
		if (bounce->is_counted || bounce->key != key || bounce->hour > hour ||
			bounce->hour < hour - 1)
			continue;
		if (!has_credit(&writer->guard))
			break;
		if (!is_suspect_event(writer, bounce->event, &is_suspect))
			return false;
		bounce->is_counted = true;
		if (bounce->hour == hour)
			this_hour += is_suspect;
		else
			hour_before += is_suspect;
	}
	return (this_hour == 0 || add(&writer->db, key, hour, 0, this_hour)) &&
	       (hour_before == 0 || add(&writer->db, key, hour - 1, 0, hour_before));
}

/* For how many this bounce stands if it is looked up; 0: another one stands for it. */
static int64_t weight_of(int64_t bounces, int64_t suspects)
{
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

/* Of a bounce whose two hours have enough of them. */
static bool look_up(struct writer *writer, const struct store_job *job,
	const struct ses_recipient *recipient, struct guard_bounce *bounce,
	int64_t weight, bool *is_suspect)
{
	*is_suspect = false;
	bounce->is_counted = weight == 0;
	if (weight == 0 || !has_credit(&writer->guard))
		return true;
	bounce->is_counted = true;
	if (!was_delivered_to(writer, recipient->address, job->event->sent,
		    job->notification.published, is_suspect))
		return false;
	return !*is_suspect || add(&writer->db, bounce->key, bounce->hour, 0, weight);
}

bool guard_judge(struct writer *writer, struct store_job *job,
	const struct ses_recipient *recipient, bool *is_quarantine)
{
	int64_t hour = hour_of(job->notification.published), bounces, suspects;
	struct db *db = &writer->db;
	struct guard_bounce *bounce;
	struct symptom symptom;
	bool is_suspect;

	*is_quarantine = false;
	fill_symptom(&symptom, recipient->domain, recipient->status,
		recipient->diagnostic, job->event->reporting_mta);
	bounce = remember(&writer->guard, symptom.key, hour, writer->totals.last_event);
	if (!add(db, symptom.key, hour, 1, 0) ||
		!sum(db, symptom.key, hour, &bounces, &suspects))
		return false;
	if (bounces < GUARD_SUSPECTS)
		return true;
	if (!look_up(writer, job, recipient, bounce, weight_of(bounces, suspects),
		    &is_suspect))
		return false;
	if (!is_suspect)
		return true;
	if (!count_earlier(writer, symptom.key, hour) ||
		!sum(db, symptom.key, hour, &bounces, &suspects) ||
		!is_sudden(db, symptom.key, hour, suspects, is_quarantine))
		return false;
	if (*is_quarantine)
		tell(job, &symptom, suspects);
	return true;
}

bool guard_prune(struct db *db, utc_ms now, int64_t limit, int64_t *count)
{
	return db_prune(db, PRUNE, hour_of(now) - KEPT_HOURS, limit, count);
}
