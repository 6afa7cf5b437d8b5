/* reputation.c - the reputation of each account. */
#include "store/reputation.h"

#include "base/text.h"
#include "store/inside.h"
#include "store/peaks.h"
#include "store/quiet.h"
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

const struct ses_rate *store_judged_rate(
	const struct store_reputation *reputation, enum ses_metric metric)
{
	if (metric == SES_METRIC_BOUNCE)
		return &reputation->bounce;
	return reputation->complaint_by_reporting ? &reputation->complaint_reporting
						  : &reputation->complaint;
}

#define SANDBOX_DAILY 200

/* What all accounts of one answer share. */
struct judging {
	struct db *db;
	const struct ses_reputation_settings *settings;
	struct history history;
	struct reporting reporting;
	struct quiet quiet;
	utc_ms to;
};

static const struct account_day *last_day_with_sends(
	const struct account_days *account, utc_ms to)
{
	for (size_t i = account_day_from(account, to); i-- > 0;) {
		const struct account_day *day = &account->days[i];

		if (ses_eligible(&day->counts, day->source) > 0)
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

/* Another day like the last one with sends: what would the rates be then, and after how
 * many such days do they reach the review limit? */
static bool forecast(struct judging *judging, const struct account_days *account,
	struct store_reputation *reputation)
{
	const struct account_day *day = last_day_with_sends(account, judging->to);
	const struct ses_rate *complaint =
		store_judged_rate(reputation, SES_METRIC_COMPLAINT);
	struct ses_total at_reporting;
	int64_t denominator, bounces, complaints;

	reputation->bounce_days = reputation->complaint_days = -1;
	if (day == NULL || !reputation->bounce.has_rate || !complaint->has_rate)
		return true;
	bounces = day->counts.hard_bounces;
	complaints = day->counts.complaints;
	denominator = ses_eligible(&day->counts, day->source);
	reputation->bounce_forecast =
		forecast_rate(&reputation->bounce, bounces, denominator);
	reputation->bounce_days =
		ses_days_to_review(&reputation->bounce, bounces, denominator);
	if (reputation->complaint_by_reporting) {
		if (!reporting_total(judging->db, &judging->history, &judging->reporting,
			    account, day->start, day->start + DAY_MS, &at_reporting))
			return false;
		denominator = ses_total_denominator(&at_reporting);
	}
	reputation->complaint_forecast =
		forecast_rate(complaint, complaints, denominator);
	reputation->complaint_days =
		ses_days_to_review(complaint, complaints, denominator);
	reputation->has_forecast = true;
	return true;
}

/* ---- the quota ---- */

struct sent {
	const struct account_days *account;
	int64_t count;
};

/* Verified recipients and what SES refuses count for the quota too, the simulator does
 * not. */
static bool add_sent(void *closure, const struct slices_row *row)
{
	struct sent *sent = closure;
	const struct ses_counts *counts = &row->counts;

	sent->count += counts->verified_sends;
	switch (account_source(sent->account, row->start)) {
	case SES_SOURCE_SEND:
		sent->count += counts->sends;
		break;
	case SES_SOURCE_REPORTED:
		sent->count += counts->reported;
		break;
	case SES_SOURCE_NONE:
	case SES_SOURCE_ATTEMPTS:
	case SES_SOURCE_MIXED:
		sent->count += counts->attempts + counts->refused;
		break;
	}
	return true;
}

static bool read_quota(struct judging *judging, const struct account_days *account,
	struct store_reputation *reputation)
{
	struct sent sent = {.account = account};
	struct slices_query asked = {
		.dimension = STORE_BY_ACCOUNT,
		.from = judging->to - DAY_MS,
		.to = judging->to,
	};

	if (!account_read(
		    judging->db, &judging->history, account, asked, add_sent, &sent) ||
		!peaks_read(judging->db, account->account, account->region, asked.from,
			asked.to, &reputation->peak_24h, &reputation->peak_at))
		return false;
	reputation->sent_24h = sent.count;
	reputation->quota =
		ses_quota_of(judging->settings, account->account, account->region);
	return true;
}

/* ---- trust ---- */

static bool add_counts(void *closure, const struct slices_row *row)
{
	ses_counts_add(closure, &row->counts);
	return true;
}

/* Mail in the window that names no configuration set. */
static bool read_unlabelled(struct judging *judging, const struct account_days *account,
	utc_ms from, struct ses_counts *unlabelled)
{
	struct slices_query asked = {
		.dimension = STORE_BY_CONFIGURATION_SET,
		.first = "",
		.last = "",
		.from = from,
		.to = judging->to,
	};

	return account_read(
		judging->db, &judging->history, account, asked, add_counts, unlabelled);
}

/* Days counted by Delivery + Bounce, of which more came than the day before, if that is
 * counted by its sends, had under way. */
static int64_t days_with_sends_missing(
	const struct account_days *account, utc_ms from, utc_ms to)
{
	size_t end = account_day_from(account, to);
	int64_t missing = 0;

	for (size_t i = account_day_from(account, utc_floor(from, DAY_MS)); i < end;
		i++) {
		const struct account_day *day = &account->days[i];
		const struct account_day *before = i > 0 ? day - 1 : NULL;
		int64_t under_way = 0;

		if (day->source != SES_SOURCE_ATTEMPTS)
			continue;
		if (before != NULL && before->start + DAY_MS == day->start &&
			before->source == SES_SOURCE_SEND)
			under_way = before->counts.sends - before->counts.attempts -
				    before->counts.refused;
		missing += day->counts.attempts > (under_way > 0 ? under_way : 0);
	}
	return missing;
}

static bool judge_trust(struct judging *judging, const struct account_days *account,
	bool is_short, struct store_reputation *reputation)
{
	struct ses_trust_facts facts = {
		.source = reputation->source,
		.counts = reputation->counts,
		.denominator = reputation->bounce.denominator,
		.days_with_sends_missing = days_with_sends_missing(
			account, reputation->from, reputation->to),
		.reporting_denominator = reputation->complaint_reporting.denominator,
		.is_short = is_short,
		.is_sandbox_quota = reputation->quota != NULL &&
				    reputation->quota->daily == SANDBOX_DAILY,
	};

	if (!read_unlabelled(judging, account, reputation->from, &facts.unlabelled) ||
		!quiet_has_topic(judging->db, &judging->quiet, account->account,
			account->region, judging->to, &facts.is_topic_silent))
		return false;
	reputation->notices = ses_trust_notices(&facts, &reputation->trust);
	return true;
}

/* ---- the account ---- */

static void judge_rates(const struct ses_reputation_settings *settings,
	const struct ses_total *total, const struct ses_total *at_reporting,
	struct store_reputation *reputation)
{
	const struct ses_counts *counts = &total->counts;
	int64_t denominator = ses_total_denominator(total);
	int64_t reporting = ses_total_denominator(at_reporting);

	reputation->counts = *counts;
	reputation->source = ses_total_source(total);
	ses_rate_judge(settings, SES_METRIC_BOUNCE, counts->hard_bounces, denominator,
		&reputation->bounce);
	ses_rate_judge(settings, SES_METRIC_COMPLAINT, counts->complaints, denominator,
		&reputation->complaint);
	ses_rate_judge(settings, SES_METRIC_COMPLAINT, counts->complaints, reporting,
		&reputation->complaint_reporting);
	reputation->complaint_by_reporting =
		reporting > 0 && reporting >= settings->minimum_sends;
	reputation->level = store_judged_rate(reputation, SES_METRIC_COMPLAINT)->level;
	if (reputation->level < reputation->bounce.level)
		reputation->level = reputation->bounce.level;
}

static bool judge_account(struct judging *judging, const struct account_days *account,
	struct store_reputation *reputation)
{
	struct db *db = judging->db;
	struct ses_total total, at_reporting;
	struct window window;

	if (!window_find(db, &judging->history, account, STORE_WINDOW_REPRESENTATIVE,
		    judging->to, &window) ||
		!window_total(
			db, &judging->history, account, window.from, window.to, &total) ||
		!reporting_total(db, &judging->history, &judging->reporting, account,
			window.from, window.to, &at_reporting))
		return false;
	*reputation = (struct store_reputation){
		.account = account->account,
		.region = account->region,
		.from = window.from,
		.to = window.to,
		.is_all = window.is_all,
		.fresh_start = window.fresh_start,
		.peak_at = UTC_NONE,
	};
	judge_rates(judging->settings, &total, &at_reporting, reputation);
	return forecast(judging, account, reputation) &&
	       read_quota(judging, account, reputation) &&
	       judge_trust(judging, account, window.is_short, reputation);
}

static bool judge_all(struct store *store, enum counting counting,
	const struct ses_reputation_settings *settings, utc_ms now,
	store_each_reputation *each, void *closure, struct error *error)
{
	struct judging judging = {
		.db = catch_up_borrow(store, counting, error),
		.settings = settings,
		.to = utc_floor(now, MINUTE_MS) + MINUTE_MS, /* with the minute that runs
							      */
	};
	struct history *history = &judging.history;
	struct db *db = judging.db;
	bool went_well;

	if (db == NULL)
		return false;
	went_well = history_read(db, settings, STORE_BASIS_PUBLISHED, NULL, NULL,
			    HISTORY_BEGIN, judging.to, history) &&
		    reporting_read(db, settings, &judging.reporting) &&
		    quiet_read(db, &judging.quiet);
	for (size_t i = 0; went_well && i < history->count; i++) {
		struct store_reputation reputation;

		went_well = judge_account(&judging, &history->accounts[i], &reputation);
		if (went_well && !each(closure, &reputation))
			break;
	}
	if (!went_well)
		db_explain(db, error);
	readers_return(store->readers, db);
	quiet_finish(&judging.quiet);
	reporting_finish(&judging.reporting);
	history_finish(history);
	return went_well;
}

bool store_reputation(struct store *store, const struct ses_reputation_settings *settings,
	utc_ms now, store_each_reputation *each, void *closure, struct error *error)
{
	return judge_all(store, COUNT_ALL, settings, now, each, closure, error);
}

bool store_reputation_lately(struct store *store,
	const struct ses_reputation_settings *settings, utc_ms now,
	store_each_reputation *each, void *closure, struct error *error)
{
	return judge_all(store, COUNT_FEW, settings, now, each, closure, error);
}
