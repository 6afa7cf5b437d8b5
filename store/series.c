/* series.c - the counters of a window, step by step. */
#include <stdlib.h>

#include "store/asked.h"
#include "store/inside.h"
#include "store/reputation.h"
#include "store/window.h"

struct series {
	struct db *db;
	const struct ses_reputation_settings *settings;
	const struct store_rates_query *query;
	struct asked asked;
	const struct account_days *account; /* whose rows come now */
	int64_t step_ms;
	utc_ms first;  /* the beginning of the first step */
	utc_ms *froms; /* of each account */
	struct ses_total *totals;
	size_t count;
};

static bool add_row(void *closure, const struct slices_row *row)
{
	struct series *series = closure;
	size_t i = (size_t) ((row->start - series->first) / series->step_ms);

	ses_total_add(&series->totals[i], &row->counts,
		account_source(series->account, row->start));
	return true;
}

static bool is_step(int64_t step_ms, struct error *error)
{
	if (step_ms > 0 && step_ms % MINUTE_MS == 0)
		return true;
	return error_set(error, "the step of a series is a whole number of minutes");
}

static bool find_windows(struct series *series)
{
	struct asked *asked = &series->asked;

	series->froms = calloc(asked->history.count + 1, sizeof(*series->froms));
	if (series->froms == NULL)
		return db_lacks_memory(series->db);
	for (size_t i = 0; i < asked->history.count; i++)
		if (asked_has_account(asked, &asked->history.accounts[i]) &&
			!asked_window(asked, series->db, i, &series->froms[i]))
			return false;
	return true;
}

static bool make_steps(struct series *series, struct error *error)
{
	const struct asked *asked = &series->asked;
	int64_t count;

	series->first = utc_floor(asked->from, series->step_ms);
	count = (asked->to - series->first + series->step_ms - 1) / series->step_ms;
	if (count > STORE_SERIES_MAX)
		return error_set(error,
			"a series of %lld steps is too long: at most %d; take a longer "
			"step or a shorter window",
			(long long) count, STORE_SERIES_MAX);
	series->count = (size_t) count;
	series->totals = calloc(series->count + 1, sizeof(*series->totals));
	return series->totals != NULL || error_set(error, "out of memory");
}

static bool add_accounts(struct series *series)
{
	for (size_t i = 0; i < series->asked.history.count; i++) {
		struct slices_query asked =
			asked_slices(&series->asked, series->froms[i]);

		series->account = &series->asked.history.accounts[i];
		asked.step_ms = series->step_ms;
		if (asked_has_account(&series->asked, series->account) &&
			!account_read(series->db, &series->asked.history, series->account,
				asked, add_row, series))
			return false;
	}
	return true;
}

static void hand_out(const struct series *series, store_each_series *each, void *closure)
{
	bool goes_on = true;

	for (size_t i = 0; goes_on && i < series->count; i++) {
		const struct ses_total *total = &series->totals[i];
		struct store_series_row row = {
			.start = series->first + (utc_ms) i * series->step_ms,
			.source = ses_total_source(total),
			.denominator = ses_total_denominator(total),
			.counts = total->counts,
		};

		ses_rate_judge(series->settings, SES_METRIC_BOUNCE,
			row.counts.hard_bounces, row.denominator, &row.bounce);
		ses_rate_judge(series->settings, SES_METRIC_COMPLAINT,
			row.counts.complaints, row.denominator, &row.complaint);
		goes_on = each(closure, &row);
	}
}

static void finish(struct series *series)
{
	free(series->froms);
	free(series->totals);
	asked_finish(&series->asked);
}

bool store_series(struct store *store, const struct ses_reputation_settings *settings,
	const struct store_rates_query *query, int64_t step_ms, utc_ms now, utc_ms *from,
	utc_ms *to, store_each_series *each, void *closure, struct error *error)
{
	struct series series = {
		.settings = settings,
		.query = query,
		.step_ms = step_ms,
	};
	bool went_well;

	if (!is_step(step_ms, error))
		return false;
	series.db = catch_up_borrow(store, asked_counting(query), error);
	if (series.db == NULL)
		return false;
	went_well = (asked_read(&series.asked, series.db, settings, query, now) &&
			    find_windows(&series)) ||
		    db_explain(series.db, error);
	*from = series.asked.from;
	*to = series.asked.to;
	went_well = went_well && make_steps(&series, error) &&
		    (add_accounts(&series) || db_explain(series.db, error));
	readers_return(store->readers, series.db);
	if (went_well)
		hand_out(&series, each, closure);
	finish(&series);
	return went_well;
}
