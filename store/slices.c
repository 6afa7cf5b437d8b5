/* slices.c - the roll-ups of one account in a stretch of time, by the widest rows that
 * fit. */
#include "store/slices.h"

#include "store/tally.h"

/* A range of starts, one step after another: the index then finds account and key at
 * once, where one range of starts would have to read past everybody else's rows. The
 * columns of the counts are in the order of struct ses_counts. */
static const char READ[] =
	"WITH RECURSIVE steps (at) AS (SELECT ?2 UNION ALL"
	" SELECT at + ?4 FROM steps WHERE at + ?4 < ?3)"
	" SELECT c.* FROM steps CROSS JOIN counters c WHERE c.series = ?1"
	" AND c.start = steps.at AND c.account = ?5 AND c.key >= ?6 AND c.key <= ?7";

struct reading {
	struct db *db;
	const struct slices_query *asked;
	slices_each *each;
	void *closure;
	bool is_stopped;
};

static utc_ms earlier(utc_ms one, utc_ms other)
{
	return one < other ? one : other;
}

static bool fits(utc_ms from, utc_ms end, int64_t width)
{
	return utc_floor(from, width) == from && from + width <= end;
}

/* How far rows of the width that fits at from reach: to where wider ones fit again, or
 * where the step ends; over the ends of steps that are a multiple of the width, if no
 * wider row fits into a step anyway. */
struct slices_span slices_span_at(const struct slices_query *asked, utc_ms from)
{
	int64_t step = asked->step_ms;
	utc_ms to = asked->to;
	utc_ms end = step > 0 ? earlier(to, utc_floor(from, step) + step) : to;

	if (fits(from, end, DAY_MS))
		return (struct slices_span){STORE_STEP_DAY, DAY_MS,
			utc_floor(step % DAY_MS == 0 ? to : end, DAY_MS)};
	if (fits(from, end, HOUR_MS)) {
		if (step > 0 && step < DAY_MS && step % HOUR_MS == 0)
			return (struct slices_span){
				STORE_STEP_HOUR, HOUR_MS, utc_floor(to, HOUR_MS)};
		return (struct slices_span){STORE_STEP_HOUR, HOUR_MS,
			earlier(utc_floor(end, HOUR_MS),
				utc_floor(from, DAY_MS) + DAY_MS)};
	}
	if (step > 0 && step < HOUR_MS)
		return (struct slices_span){STORE_STEP_MINUTE, MINUTE_MS, to};
	return (struct slices_span){STORE_STEP_MINUTE, MINUTE_MS,
		earlier(end, utc_floor(from, HOUR_MS) + HOUR_MS)};
}

static void give_keys(struct query *query, const struct slices_query *asked)
{
	query_give_text(query, asked->first != NULL ? asked->first : "");
	if (asked->last != NULL)
		query_give_text(query, asked->last);
	else
		query_give_bytes(query, "", 0); /* any bytes are more than any text */
}

void slices_counts(const struct query *query, struct ses_counts *counts)
{
	int64_t *fields = (int64_t *) counts;

	for (size_t i = 0; i < SES_COUNTS_FIELDS; i++)
		fields[i] = query_integer(query, 4 + (int) i);
}

static bool read_span(
	struct reading *reading, utc_ms from, const struct slices_span *span)
{
	const struct slices_query *asked = reading->asked;
	struct query query;

	query_start(&query, reading->db, READ);
	query_give_integer(
		&query, tally_series(asked->basis, span->step, asked->dimension));
	query_give_integer(&query, from / MINUTE_MS);
	query_give_integer(&query, span->end / MINUTE_MS);
	query_give_integer(&query, span->width / MINUTE_MS);
	query_give_integer(&query, asked->account);
	give_keys(&query, asked);
	while (!reading->is_stopped && query_row(&query)) {
		struct slices_row row = {
			.start = query_integer(&query, 1) * MINUTE_MS,
			.key = query_text(&query, 3),
		};

		slices_counts(&query, &row.counts);
		reading->is_stopped = !reading->each(reading->closure, &row);
	}
	return query_end(&query);
}

bool slices_read(
	struct db *db, const struct slices_query *asked, slices_each *each, void *closure)
{
	struct reading reading = {
		.db = db,
		.asked = asked,
		.each = each,
		.closure = closure,
	};
	utc_ms from = asked->from;

	while (from < asked->to && !reading.is_stopped) {
		struct slices_span span = slices_span_at(asked, from);

		if (!read_span(&reading, from, &span))
			return false;
		from = span.end;
	}
	return true;
}
