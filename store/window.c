/* window.c - the windows rates are taken over. */
#include "store/window.h"

#include <string.h>

#include "store/counters.h"

#define PARTS_MAX 61 /* the hours of a day, the minutes of an hour */

static const char FRESH_START[] =
	"SELECT max(at) FROM marks WHERE account = ?1 AND region = ?2 AND at < ?3";

static utc_ms ceiling(utc_ms time, int64_t step_ms)
{
	return utc_floor(time + step_ms - 1, step_ms);
}

static utc_ms later(utc_ms one, utc_ms other)
{
	return one > other ? one : other;
}

static utc_ms earlier(utc_ms one, utc_ms other)
{
	return one < other ? one : other;
}

/* What the callbacks below add up. */
struct adding {
	const struct account_days *account;
	struct ses_total *total;
};

static bool add_row(void *closure, const struct slices_row *row)
{
	struct adding *adding = closure;

	ses_total_add(
		adding->total, &row->counts, account_source(adding->account, row->start));
	return true;
}

static bool add_part(struct db *db, const struct history *history,
	const struct account_days *account, utc_ms from, utc_ms to,
	struct ses_total *total)
{
	struct adding adding = {.account = account, .total = total};
	struct slices_query asked = {
		.dimension = STORE_BY_ACCOUNT,
		.from = from,
		.to = to,
	};

	return account_read(db, history, account, asked, add_row, &adding);
}

bool window_total(struct db *db, const struct history *history,
	const struct account_days *account, utc_ms from, utc_ms to,
	struct ses_total *total)
{
	/* Whole days are in memory already. */
	utc_ms first = earlier(ceiling(from, DAY_MS), to);
	utc_ms last = later(utc_floor(to, DAY_MS), first);
	size_t end = account_day_from(account, last);

	memset(total, 0, sizeof(*total));
	for (size_t i = account_day_from(account, first); i < end; i++)
		ses_total_add(total, &account->days[i].counts, account->days[i].source);
	return add_part(db, history, account, from, first, total) &&
	       add_part(db, history, account, last, to, total);
}

/* The search for where the representative window begins. */
struct search {
	struct db *db;
	const struct history *history;
	const struct account_days *account;
	utc_ms earliest; /* it begins no earlier */
	int64_t wanted;	 /* eligible recipients */
	struct ses_total total;
	utc_ms from;
	bool found; /* the total reached what is wanted at from */
};

static struct store_counts_query ask_for(
	const struct search *search, enum store_step step, utc_ms from, utc_ms to)
{
	return (struct store_counts_query){
		.basis = STORE_BASIS_PUBLISHED,
		.dimension = STORE_BY_ACCOUNT,
		.account = search->account->account,
		.region = search->account->region,
		.from = from,
		.to = to,
		.step = step,
	};
}

static bool take_first(void *closure, const struct store_counts_row *row)
{
	utc_ms *start = closure;

	*start = row->start;
	return false;
}

/* The first minute in which the account counted anything; to if there is none before. */
static bool find_earliest(struct search *search, utc_ms to)
{
	const struct account_days *account = search->account;
	struct store_counts_query asked;

	search->earliest = to;
	if (account->count == 0 || account->days[0].start >= to)
		return true;
	asked = ask_for(search, STORE_STEP_MINUTE, account->days[0].start,
		earlier(to, account->days[0].start + DAY_MS));
	return counters_read(search->db, &asked, take_first, &search->earliest);
}

/* Rows of one day or hour, newest first. */
struct parts {
	const struct ses_reputation_settings *settings;
	struct part {
		utc_ms start;
		struct ses_counts counts;
	} parts[PARTS_MAX];
	size_t count;
};

static bool take_part(void *closure, const struct store_counts_row *row)
{
	struct parts *parts = closure;
	struct part *part = &parts->parts[parts->count];

	part->start = row->start;
	part->counts = ses_counts_judged(parts->settings, &row->counts);
	return ++parts->count < PARTS_MAX;
}

static bool read_parts(const struct search *search, enum store_step step, utc_ms from,
	utc_ms to, struct parts *parts)
{
	struct store_counts_query asked = ask_for(search, step, from, to);

	asked.newest_first = true;
	parts->settings = search->history->settings;
	parts->count = 0;
	return counters_read(search->db, &asked, take_part, parts);
}

/*
 * Whether the total can reach what is wanted somewhere inside a part. What SES refused
 * makes the total smaller again, in a later minute than the send or an earlier one: so
 * the part is looked into whenever its sends alone would do.
 */
static bool can_reach(const struct search *search, const struct ses_counts *part,
	enum ses_source source)
{
	struct ses_total most = search->total;
	struct ses_counts counts = *part;

	counts.refused = 0;
	ses_total_add(&most, &counts, source);
	return ses_total_denominator(&most) >= search->wanted;
}

/* Minute by minute. */
static bool search_hour(
	struct search *search, utc_ms start, utc_ms end, enum ses_source source)
{
	struct parts minutes;

	if (!read_parts(search, STORE_STEP_MINUTE, start, end, &minutes))
		return false;
	for (size_t i = 0; i < minutes.count && !search->found; i++) {
		ses_total_add(&search->total, &minutes.parts[i].counts, source);
		search->found = ses_total_denominator(&search->total) >= search->wanted;
		search->from = minutes.parts[i].start;
	}
	return true;
}

static bool search_day(
	struct search *search, utc_ms start, utc_ms end, enum ses_source source)
{
	struct parts hours;

	if (!read_parts(search, STORE_STEP_HOUR, start, end, &hours))
		return false;
	for (size_t i = 0; i < hours.count && !search->found; i++) {
		const struct part *hour = &hours.parts[i];

		if (!can_reach(search, &hour->counts, source))
			ses_total_add(&search->total, &hour->counts, source);
		else if (!search_hour(search, later(hour->start, start),
				 earlier(hour->start + HOUR_MS, end), source))
			return false;
	}
	return true;
}

/* Day by day back from where the days asked for are covered. */
static bool search_days(struct search *search, utc_ms covered)
{
	for (size_t i = account_day_from(search->account, covered);
		i-- > 0 && !search->found;) {
		const struct account_day *day = &search->account->days[i];
		utc_ms start = later(day->start, search->earliest);
		utc_ms end = earlier(day->start + DAY_MS, covered);

		if (start >= end)
			break;
		/* The first of them can be a part of its day only, and so can the last.
		 */
		if (start == day->start && end == day->start + DAY_MS &&
			!can_reach(search, &day->counts, day->source))
			ses_total_add(&search->total, &day->counts, day->source);
		else if (!search_day(search, start, end, day->source))
			return false;
	}
	return true;
}

static bool find_representative(struct db *db, const struct history *published,
	const struct account_days *account, utc_ms floor, utc_ms to,
	struct window *window)
{
	const struct ses_reputation_settings *settings = published->settings;
	utc_ms covered = to - settings->representative_days * DAY_MS;
	struct search search = {
		.db = db,
		.history = published,
		.account = account,
		.wanted = settings->representative_sends,
		.from = covered,
	};
	bool is_cut;

	if (!find_earliest(&search, to))
		return false;
	is_cut = search.earliest < floor;
	search.earliest = later(search.earliest, floor);
	if (!window_total(
		    db, published, account, later(covered, floor), to, &search.total))
		return false;
	search.found = search.earliest <= covered &&
		       ses_total_denominator(&search.total) >= search.wanted;
	if (!search.found && search.earliest < covered && !search_days(&search, covered))
		return false;
	window->is_short = !search.found;
	window->is_all = !search.found && !is_cut;
	window->from = search.from;
	if (!search.found)
		window->from =
			search.earliest < to ? search.earliest : later(covered, floor);
	return true;
}

static bool read_fresh_start(
	struct db *db, const struct account_days *account, utc_ms to, utc_ms *at)
{
	struct query query;

	*at = UTC_NONE;
	query_start(&query, db, FRESH_START);
	query_give_text(&query, account->account);
	query_give_text(&query, account->region);
	query_give_integer(&query, to);
	if (query_row(&query))
		*at = query_time(&query, 0);
	return query_end(&query);
}

static int64_t length_of(
	const struct ses_reputation_settings *settings, enum store_window kind)
{
	switch (kind) {
	case STORE_WINDOW_1H:
		return HOUR_MS;
	case STORE_WINDOW_24H:
		return DAY_MS;
	case STORE_WINDOW_7D:
		return 7 * DAY_MS;
	case STORE_WINDOW_30D:
		return 30 * DAY_MS;
	case STORE_WINDOW_REPRESENTATIVE:
		break;
	}
	return settings->representative_days * DAY_MS;
}

/* The whole minute from which on all lies after time, but none after to. */
static utc_ms floor_at(utc_ms time, utc_ms to)
{
	if (time == UTC_NONE)
		return INT64_MIN;
	return time >= to ? to : ceiling(time, MINUTE_MS);
}

utc_ms window_default(
	const struct ses_reputation_settings *settings, enum store_window kind, utc_ms to)
{
	return to - length_of(settings, kind);
}

bool window_find(struct db *db, const struct history *published,
	const struct account_days *account, enum store_window kind, utc_ms to,
	struct window *window)
{
	*window = (struct window){
		.from = window_default(published->settings, kind, to),
		.to = to,
		.fresh_start = UTC_NONE,
	};
	if (kind != STORE_WINDOW_REPRESENTATIVE)
		return true;
	return read_fresh_start(db, account, to, &window->fresh_start) &&
	       find_representative(db, published, account,
		       floor_at(window->fresh_start, to), to, window);
}
