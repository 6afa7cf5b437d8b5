/* counters.c - reading the roll-ups: days where whole days are wanted, hours and minutes
 * at the edges. */
#include "store/counters.h"

#include <string.h>

#include "store/inside.h"
#include "store/tally.h"

#define COUNTS                                                                           \
	"sends, attempts, deliveries, hard_bounces, soft_bounces, complaints, rejects,"  \
	" refused, verified, simulator, not_spam, listed, automatic, blocked,"           \
	" verified_sends, reported"
#define SUMS                                                                             \
	"sum(sends), sum(attempts), sum(deliveries), sum(hard_bounces),"                 \
	" sum(soft_bounces), sum(complaints), sum(rejects), sum(refused),"               \
	" sum(verified), sum(simulator), sum(not_spam), sum(listed), sum(automatic),"    \
	" sum(blocked), sum(verified_sends), sum(reported)"
#define NAMED                                                                            \
	" (?1 IS NULL OR a.account = ?1) AND (?2 IS NULL OR a.region = ?2)"              \
	" AND (?3 IS NULL OR c.key = ?3)"

/* Whole steps, straight from their rows, in the order of the table. Columns: account,
 * region, key, start, the counts. */
#define WHOLE                                                                            \
	"SELECT a.account, a.region, c.key, c.start, " COUNTS                            \
	" FROM counters c CROSS JOIN accounts a ON a.id = c.account"                     \
	" WHERE" NAMED " AND c.series = ?4 AND c.start >= ?5 AND c.start < ?6"
static const char WHOLE_UP[] = WHOLE " ORDER BY c.start";
static const char WHOLE_DOWN[] = WHOLE " ORDER BY c.start DESC";

/* Part of one step, added up from up to three ranges of narrower rows. */
static const char PART[] =
	"SELECT a.account, a.region, c.key, 0, " SUMS " FROM ("
	" SELECT * FROM counters WHERE series = ?4 AND start >= ?5 AND start < ?6"
	" UNION ALL"
	" SELECT * FROM counters WHERE series = ?7 AND start >= ?8 AND start < ?9"
	" UNION ALL"
	" SELECT * FROM counters WHERE series = ?10 AND start >= ?11 AND start < ?12"
	" ) c CROSS JOIN accounts a ON a.id = c.account WHERE" NAMED
	" GROUP BY c.account, c.key";

struct reading {
	struct db *db;
	const struct store_counts_query *asked;
	store_each_counts *each;
	void *closure;
	bool is_stopped;
};

static int64_t step_length(enum store_step step)
{
	switch (step) {
	case STORE_STEP_MINUTE:
		return MINUTE_MS;
	case STORE_STEP_HOUR:
		return HOUR_MS;
	case STORE_STEP_DAY:
		return DAY_MS;
	}
	return MINUTE_MS;
}

static utc_ms ceiling(utc_ms time, int64_t step_ms)
{
	return utc_floor(time + step_ms - 1, step_ms);
}

static utc_ms earlier(utc_ms one, utc_ms other)
{
	return one < other ? one : other;
}

static utc_ms later(utc_ms one, utc_ms other)
{
	return one > other ? one : other;
}

static void give_names(struct query *query, const struct store_counts_query *asked)
{
	query_give_text(query, asked->account);
	query_give_text(query, asked->region);
	query_give_text(query, asked->key);
}

static void give_range(struct query *query, const struct store_counts_query *asked,
	enum store_step step, utc_ms from, utc_ms to)
{
	query_give_integer(query, tally_series(asked->basis, step, asked->dimension));
	query_give_integer(query, from / MINUTE_MS);
	query_give_integer(query, to / MINUTE_MS);
}

/* A sum over no rows never comes here: there is a group for each row that exists. */
static bool hand_out(struct reading *reading, struct query *query, const utc_ms *start)
{
	while (!reading->is_stopped && query_row(query)) {
		struct store_counts_row row = {
			.account = query_text(query, 0),
			.region = query_text(query, 1),
			.key = query_text(query, 2),
			.start = start != NULL ? *start
					       : query_integer(query, 3) * MINUTE_MS,
		};
		int64_t *counts = (int64_t *) &row.counts;

		for (size_t i = 0; i < SES_COUNTS_FIELDS; i++)
			counts[i] = query_integer(query, 4 + (int) i);
		reading->is_stopped = !reading->each(reading->closure, &row);
	}
	return query_end(query);
}

static bool read_whole(struct reading *reading, utc_ms from, utc_ms to)
{
	const struct store_counts_query *asked = reading->asked;
	struct query query;

	if (from >= to || reading->is_stopped)
		return true;
	query_start(&query, reading->db, asked->newest_first ? WHOLE_DOWN : WHOLE_UP);
	give_names(&query, asked);
	give_range(&query, asked, asked->step, from, to);
	return hand_out(reading, &query, NULL);
}

/* from and to lie in one step: minutes up to the first whole hour, hours, minutes. */
static bool read_part(struct reading *reading, utc_ms from, utc_ms to)
{
	const struct store_counts_query *asked = reading->asked;
	utc_ms start = utc_floor(from, step_length(asked->step));
	utc_ms first_hour = earlier(ceiling(from, HOUR_MS), to);
	utc_ms last_hour = later(utc_floor(to, HOUR_MS), first_hour);
	struct query query;

	if (from >= to || reading->is_stopped)
		return true;
	query_start(&query, reading->db, PART);
	give_names(&query, asked);
	give_range(&query, asked, STORE_STEP_MINUTE, from, first_hour);
	give_range(&query, asked, STORE_STEP_HOUR, first_hour, last_hour);
	give_range(&query, asked, STORE_STEP_MINUTE, last_hour, to);
	return hand_out(reading, &query, &start);
}

bool counters_read(struct db *db, const struct store_counts_query *asked,
	store_each_counts *each, void *closure)
{
	struct reading reading = {
		.db = db,
		.asked = asked,
		.each = each,
		.closure = closure,
	};
	int64_t step_ms = step_length(asked->step);
	utc_ms from = ceiling(asked->from, MINUTE_MS);
	utc_ms to = ceiling(asked->to, MINUTE_MS);
	utc_ms first_whole = ceiling(from, step_ms);
	utc_ms last_whole = utc_floor(to, step_ms);

	if (first_whole > last_whole)
		return read_part(&reading, from, to);
	if (asked->newest_first)
		return read_part(&reading, last_whole, to) &&
		       read_whole(&reading, first_whole, last_whole) &&
		       read_part(&reading, from, first_whole);
	return read_part(&reading, from, first_whole) &&
	       read_whole(&reading, first_whole, last_whole) &&
	       read_part(&reading, last_whole, to);
}

bool store_counts(struct store *store, const struct store_counts_query *query,
	store_each_counts *each, void *closure, struct error *error)
{
	struct db *db = catch_up_borrow(store, catch_up_for(query->dimension), error);
	bool went_well;

	if (db == NULL)
		return false;
	went_well = counters_read(db, query, each, closure) || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}

static const char COMPLAINING[] = "SELECT domain, last FROM complaining ORDER BY domain";

bool counters_complaining(struct db *db, store_each_domain *each, void *closure)
{
	struct query query;

	query_start(&query, db, COMPLAINING);
	while (query_row(&query))
		if (!each(closure, query_text(&query, 0), query_time(&query, 1)))
			break;
	return query_end(&query);
}

bool store_complaining_domains(
	struct store *store, store_each_domain *each, void *closure, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	bool went_well;

	if (db == NULL)
		return false;
	went_well = counters_complaining(db, each, closure) || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}
