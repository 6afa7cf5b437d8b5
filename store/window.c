/* window.c - the windows rates are taken over. */
#include "store/window.h"

#include <string.h>

#include "store/counters.h"

#define PARTS_MAX 61 /* the hours of a day, the minutes of an hour */

/* What the callbacks below add up. */
struct adding {
	const struct account_days *account;
	const struct reporting *reporting; /* NULL: all */
	struct ses_total *total;
};

static bool add_row(void *closure, const struct store_counts_row *row)
{
	struct adding *adding = closure;

	if (adding->reporting == NULL || reporting_has(adding->reporting, row->key))
		ses_total_add(adding->total, &row->counts,
			account_source(adding->account, row->start));
	return true;
}

static struct store_counts_query ask_for(enum store_basis basis,
	const struct account_days *account, enum store_step step, utc_ms from, utc_ms to)
{
	return (struct store_counts_query){
		.basis = basis,
		.dimension = STORE_BY_ACCOUNT,
		.account = account->account,
		.region = account->region,
		.from = from,
		.to = to,
		.step = step,
	};
}

bool window_total(struct db *db, enum store_basis basis,
	const struct account_days *account, utc_ms from, utc_ms to,
	struct ses_total *total)
{
	struct store_counts_query asked =
		ask_for(basis, account, STORE_STEP_DAY, from, to);
	struct adding adding = {.account = account, .total = total};

	memset(total, 0, sizeof(*total));
	return counters_read(db, &asked, add_row, &adding);
}

bool reporting_total(struct db *db, enum store_basis basis,
	const struct reporting *reporting, const struct account_days *account,
	utc_ms from, utc_ms to, struct ses_total *total)
{
	struct store_counts_query asked =
		ask_for(basis, account, STORE_STEP_DAY, from, to);
	struct adding adding = {
		.account = account,
		.reporting = reporting,
		.total = total,
	};

	memset(total, 0, sizeof(*total));
	asked.dimension = STORE_BY_RECIPIENT_DOMAIN;
	return counters_read(db, &asked, add_row, &adding);
}

static bool take_first(void *closure, const struct store_counts_row *row)
{
	utc_ms *start = closure;

	*start = row->start;
	return false;
}

/* The first minute in which the account counted anything; to if there is none before. */
static bool find_earliest(
	struct db *db, const struct account_days *account, utc_ms to, utc_ms *earliest)
{
	struct store_counts_query asked;

	*earliest = to;
	if (account->count == 0 || account->days[0].start >= to)
		return true;
	asked = ask_for(STORE_BASIS_PUBLISHED, account, STORE_STEP_MINUTE,
		account->days[0].start, to);
	return counters_read(db, &asked, take_first, earliest);
}

/* Rows of one day or hour, newest first. */
struct parts {
	struct part {
		utc_ms start;
		struct ses_counts counts;
	} parts[PARTS_MAX];
	size_t count;
};

static bool take_part(void *closure, const struct store_counts_row *row)
{
	struct parts *parts = closure;

	parts->parts[parts->count].start = row->start;
	parts->parts[parts->count].counts = row->counts;
	return ++parts->count < PARTS_MAX;
}

static bool read_parts(struct db *db, const struct account_days *account,
	enum store_step step, utc_ms from, utc_ms to, struct parts *parts)
{
	struct store_counts_query asked =
		ask_for(STORE_BASIS_PUBLISHED, account, step, from, to);

	asked.newest_first = true;
	parts->count = 0;
	return counters_read(db, &asked, take_part, parts);
}

/*
 * Whether the total can reach what is wanted somewhere inside a part. What SES refused
 * makes the total smaller again, in a later minute than the send or an earlier one: so
 * the part is looked into whenever its sends alone would do.
 */
static bool can_reach(const struct ses_total *total, const struct ses_counts *part,
	enum ses_source source, int64_t wanted)
{
	struct ses_total most = *total;
	struct ses_counts counts = *part;

	counts.refused = 0;
	ses_total_add(&most, &counts, source);
	return ses_total_denominator(&most) >= wanted;
}

/* Minute by minute. *found: the total reached what is wanted at *from. */
static bool search_hour(struct db *db, const struct account_days *account, utc_ms start,
	utc_ms end, enum ses_source source, int64_t wanted, struct ses_total *total,
	utc_ms *from, bool *found)
{
	struct parts minutes;

	if (!read_parts(db, account, STORE_STEP_MINUTE, start, end, &minutes))
		return false;
	for (size_t i = 0; i < minutes.count && !*found; i++) {
		ses_total_add(total, &minutes.parts[i].counts, source);
		*found = ses_total_denominator(total) >= wanted;
		*from = minutes.parts[i].start;
	}
	return true;
}

static bool search_day(struct db *db, const struct account_days *account,
	const struct account_day *day, utc_ms end, int64_t wanted,
	struct ses_total *total, utc_ms *from, bool *found)
{
	struct parts hours;

	if (!read_parts(db, account, STORE_STEP_HOUR, day->start, end, &hours))
		return false;
	for (size_t i = 0; i < hours.count && !*found; i++) {
		const struct part *hour = &hours.parts[i];
		utc_ms hour_end =
			hour->start + HOUR_MS < end ? hour->start + HOUR_MS : end;

		if (!can_reach(total, &hour->counts, day->source, wanted))
			ses_total_add(total, &hour->counts, day->source);
		else if (!search_hour(db, account, hour->start, hour_end, day->source,
				 wanted, total, from, found))
			return false;
	}
	return true;
}

/* Day by day back from where the days asked for are covered. */
static bool search(struct db *db, const struct account_days *account, utc_ms end,
	int64_t wanted, struct ses_total *total, utc_ms *from, bool *found)
{
	for (size_t i = account->count; i-- > 0 && !*found;) {
		const struct account_day *day = &account->days[i];
		utc_ms day_end = day->start + DAY_MS;

		if (day->start >= end)
			continue;
		/* The first of them is a part of its day only. */
		if (day_end <= end &&
			!can_reach(total, &day->counts, day->source, wanted))
			ses_total_add(total, &day->counts, day->source);
		else if (!search_day(db, account, day, day_end < end ? day_end : end,
				 wanted, total, from, found))
			return false;
	}
	return true;
}

bool window_representative(struct db *db, const struct account_days *account,
	const struct ses_reputation_settings *settings, utc_ms to, utc_ms *from,
	bool *is_all)
{
	utc_ms covered = to - settings->representative_days * DAY_MS, earliest;
	int64_t wanted = settings->representative_sends;
	struct ses_total total;
	bool found;

	if (!find_earliest(db, account, to, &earliest) ||
		!window_total(db, STORE_BASIS_PUBLISHED, account, covered, to, &total))
		return false;
	found = earliest <= covered && ses_total_denominator(&total) >= wanted;
	*from = covered;
	if (!found && earliest < covered &&
		!search(db, account, covered, wanted, &total, from, &found))
		return false;
	*is_all = !found;
	if (!found)
		*from = earliest < to ? earliest : covered;
	return true;
}
