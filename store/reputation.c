/* reputation.c - the reputation of each account. */
#include "store/reputation.h"

#include <string.h>

#include "base/text.h"
#include "store/inside.h"
#include "store/window.h"

static const char *const window_names[] = {
	[STORE_WINDOW_1H] = "1h",
	[STORE_WINDOW_24H] = "24h",
	[STORE_WINDOW_7D] = "7d",
	[STORE_WINDOW_30D] = "30d",
	[STORE_WINDOW_REPRESENTATIVE] = "representative",
};

const char *store_window_name(enum store_window window)
{
	return window_names[window];
}

bool store_window_from_name(const char *name, enum store_window *window)
{
	for (size_t i = 0; i < sizeof(window_names) / sizeof(window_names[0]); i++)
		if (text_equal(name, window_names[i])) {
			*window = (enum store_window) i;
			return true;
		}
	return false;
}

static const struct account_day *last_day_with_sends(
	const struct account_days *account, utc_ms to)
{
	for (size_t i = account->count; i-- > 0;) {
		const struct account_day *day = &account->days[i];

		if (day->start < to && ses_eligible(&day->counts, day->source) > 0)
			return day;
	}
	return NULL;
}

static double forecast_rate(
	const struct ses_rate *rate, int64_t numerator, int64_t denominator)
{
	return (double) (rate->numerator + numerator) /
	       (double) (rate->denominator + denominator);
}

/* Another day like the last one with sends: what would the rates be then? */
static bool forecast(struct db *db, const struct account_days *account,
	const struct reporting *reporting, struct store_reputation *reputation)
{
	const struct account_day *day = last_day_with_sends(account, reputation->to);
	const struct ses_rate *complaint = reputation->complaint_by_reporting
						   ? &reputation->complaint_reporting
						   : &reputation->complaint;
	struct ses_total at_reporting;
	int64_t denominator;

	if (day == NULL || !reputation->bounce.has_rate || !complaint->has_rate)
		return true;
	denominator = ses_eligible(&day->counts, day->source);
	reputation->bounce_forecast =
		forecast_rate(&reputation->bounce, day->counts.hard_bounces, denominator);
	if (reputation->complaint_by_reporting) {
		if (!reporting_total(db, STORE_BASIS_PUBLISHED, reporting, account,
			    day->start, day->start + DAY_MS, &at_reporting))
			return false;
		denominator = ses_total_denominator(&at_reporting);
	}
	reputation->complaint_forecast =
		forecast_rate(complaint, day->counts.complaints, denominator);
	reputation->has_forecast = true;
	return true;
}

static bool judge_account(struct db *db, const struct account_days *account,
	const struct reporting *reporting, utc_ms to, struct store_reputation *reputation)
{
	const struct ses_reputation_settings *settings = reporting->settings;
	struct ses_total total, at_reporting;
	int64_t denominator;

	memset(reputation, 0, sizeof(*reputation));
	reputation->account = account->account;
	reputation->region = account->region;
	reputation->to = to;
	if (!window_representative(
		    db, account, settings, to, &reputation->from, &reputation->is_all) ||
		!window_total(db, STORE_BASIS_PUBLISHED, account, reputation->from, to,
			&total) ||
		!reporting_total(db, STORE_BASIS_PUBLISHED, reporting, account,
			reputation->from, to, &at_reporting))
		return false;
	reputation->counts = total.counts;
	reputation->source = ses_total_source(&total);
	denominator = ses_total_denominator(&total);
	ses_rate_judge(settings, SES_METRIC_BOUNCE, total.counts.hard_bounces,
		denominator, &reputation->bounce);
	ses_rate_judge(settings, SES_METRIC_COMPLAINT, total.counts.complaints,
		denominator, &reputation->complaint);
	denominator = ses_total_denominator(&at_reporting);
	ses_rate_judge(settings, SES_METRIC_COMPLAINT, total.counts.complaints,
		denominator, &reputation->complaint_reporting);
	reputation->complaint_by_reporting =
		denominator > 0 && denominator >= settings->minimum_sends;
	reputation->level = reputation->complaint_by_reporting
				    ? reputation->complaint_reporting.level
				    : reputation->complaint.level;
	if (reputation->level < reputation->bounce.level)
		reputation->level = reputation->bounce.level;
	return forecast(db, account, reporting, reputation);
}

bool store_reputation(struct store *store, const struct ses_reputation_settings *settings,
	utc_ms now, store_each_reputation *each, void *closure, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	utc_ms to = utc_floor(now, MINUTE_MS) + MINUTE_MS; /* with the minute that runs */
	struct reporting reporting = {0};
	struct history history = {0};
	bool went_well;

	if (db == NULL)
		return false;
	went_well = history_read(db, STORE_BASIS_PUBLISHED, NULL, NULL, &history) &&
		    reporting_read(db, settings, &reporting);
	for (size_t i = 0; went_well && i < history.count; i++) {
		struct store_reputation reputation;

		went_well = judge_account(
			db, &history.accounts[i], &reporting, to, &reputation);
		if (went_well && !each(closure, &reputation))
			break;
	}
	if (!went_well)
		db_explain(db, error);
	readers_return(store->readers, db);
	reporting_finish(&reporting);
	history_finish(&history);
	return went_well;
}
