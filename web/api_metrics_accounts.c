/* api_metrics_accounts.c - the reputation of each account, for Prometheus. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/api_metrics.h"
#include "web/metrics.h"

/* ---- each of the three rates of each account ---- */

enum shown { SHOWN_BOUNCE, SHOWN_COMPLAINT, SHOWN_COMPLAINT_REPORTING, SHOWN_COUNT };

static const char *const shown_names[SHOWN_COUNT] = {
	"bounce", "complaint", "complaint-reporting"};

static const struct ses_rate *shown_rate(
	const struct store_reputation *account, enum shown shown)
{
	switch (shown) {
	case SHOWN_BOUNCE:
		return &account->bounce;
	case SHOWN_COMPLAINT:
		return &account->complaint;
	case SHOWN_COMPLAINT_REPORTING:
	case SHOWN_COUNT:
		break;
	}
	return &account->complaint_reporting;
}

/* A family with a sample for each rate of each account; value returns false where it is
 * not known: then there is no sample, for 0 would be a lie. */
typedef bool rate_value(const struct ses_rate *rate, double *value);

static void rate_family(struct buffer *page, const char *name, const char *help,
	const struct store_reputation *accounts, size_t count, rate_value *value_of)
{
	metrics_family(page, name, "gauge", help);
	for (size_t i = 0; i < count; i++)
		for (int shown = 0; shown < SHOWN_COUNT; shown++) {
			const struct metrics_label labels[] = {
				{"account", accounts[i].account},
				{"region", accounts[i].region},
				{"metric", shown_names[shown]},
				{NULL, NULL},
			};
			double value;

			if (value_of(
				    shown_rate(&accounts[i], (enum shown) shown), &value))
				metrics_sample(page, name, labels, value);
		}
}

static bool value_of_rate(const struct ses_rate *rate, double *value)
{
	*value = rate->rate;
	return rate->has_rate;
}

static bool value_of_low(const struct ses_rate *rate, double *value)
{
	*value = rate->low;
	return rate->has_rate;
}

static bool value_of_high(const struct ses_rate *rate, double *value)
{
	*value = rate->high;
	return rate->has_rate;
}

static bool value_of_recover(const struct ses_rate *rate, double *value)
{
	*value = (double) rate->recover;
	return rate->recover >= 0;
}

static bool value_of_numerator(const struct ses_rate *rate, double *value)
{
	*value = (double) rate->numerator;
	return true;
}

static bool value_of_denominator(const struct ses_rate *rate, double *value)
{
	*value = (double) rate->denominator;
	return rate->level != SES_LEVEL_NO_DENOMINATOR;
}

static bool value_of_level(const struct ses_rate *rate, double *value)
{
	*value = (double) rate->level;
	return true;
}

/* ---- each limit of each rate ---- */

static void limit_samples(struct buffer *page, const char *name,
	const struct store_reputation *account, enum shown shown, bool is_remaining)
{
	const struct ses_rate *rate = shown_rate(account, shown);
	struct metrics_label labels[] = {
		{"account", account->account},
		{"region", account->region},
		{"metric", shown_names[shown]},
		{"limit", "review"},
		{NULL, NULL},
	};

	for (int i = 0; i < 2; i++) {
		int64_t left = i == 0 ? rate->remaining_review : rate->remaining_pause;
		ppm limit = i == 0 ? rate->review : rate->pause;

		labels[3].value = i == 0 ? "review" : "pause";
		if (!is_remaining)
			metrics_sample(
				page, name, labels, (double) limit / (double) PPM_ONE);
		else if (left >= 0)
			metrics_sample_count(page, name, labels, left);
	}
}

static void limit_family(struct buffer *page, const char *name, const char *help,
	const struct store_reputation *accounts, size_t count, bool is_remaining)
{
	metrics_family(page, name, "gauge", help);
	for (size_t i = 0; i < count; i++)
		for (int shown = 0; shown < SHOWN_COUNT; shown++)
			limit_samples(page, name, &accounts[i], (enum shown) shown,
				is_remaining);
}

/* ---- what was counted ---- */

static void count_family(
	struct buffer *page, const struct store_reputation *accounts, size_t count)
{
	static const char name[] = "ses_feedback_window_counted";

	metrics_family(page, name, "gauge",
		"What was counted in the representative window, by kind; refused, "
		"automatic, verified, verified-sends, simulator, not-spam and listed are "
		"left out of the rates.");
	for (size_t i = 0; i < count; i++) {
		const struct ses_counts *counts = &accounts[i].counts;
		const struct {
			const char *kind;
			int64_t value;
		} kinds[] = {
			{"sends", counts->sends},
			{"attempts", counts->attempts},
			{"reported", counts->reported},
			{"deliveries", counts->deliveries},
			{"hard-bounces", counts->hard_bounces},
			{"soft-bounces", counts->soft_bounces},
			{"automatic", counts->automatic},
			{"blocked", counts->blocked},
			{"complaints", counts->complaints},
			{"rejects", counts->rejects},
			{"refused", counts->refused},
			{"verified", counts->verified},
			{"verified-sends", counts->verified_sends},
			{"simulator", counts->simulator},
			{"not-spam", counts->not_spam},
			{"listed", counts->listed},
		};

		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			const struct metrics_label labels[] = {
				{"account", accounts[i].account},
				{"region", accounts[i].region},
				{"kind", kinds[k].kind},
				{NULL, NULL},
			};

			metrics_sample_count(page, name, labels, kinds[k].value);
		}
	}
}

void metrics_reputations(
	struct buffer *page, const struct store_reputation *accounts, size_t count)
{
	metrics_account_states(page, accounts, count);
	rate_family(page, "ses_feedback_level",
		"The level by one rate, numbered as ses_feedback_account_level.",
		accounts, count, value_of_level);
	rate_family(page, "ses_feedback_rate",
		"The rate over the representative window, as a fraction; absent where "
		"there is none.",
		accounts, count, value_of_rate);
	rate_family(page, "ses_feedback_rate_low",
		"Lower bound of the rate's 95 % interval (Wilson).", accounts, count,
		value_of_low);
	rate_family(page, "ses_feedback_rate_high",
		"Upper bound of the rate's 95 % interval (Wilson).", accounts, count,
		value_of_high);
	rate_family(page, "ses_feedback_numerator",
		"Hard bounces, or complaint reports, in the representative window.",
		accounts, count, value_of_numerator);
	rate_family(page, "ses_feedback_denominator",
		"Eligible recipients in the representative window.", accounts, count,
		value_of_denominator);
	limit_family(page, "ses_feedback_limit",
		"The limit from which SES reviews or pauses an account, as a fraction.",
		accounts, count, false);
	limit_family(page, "ses_feedback_remaining",
		"Further hard bounces, or complaints, that stay below the limit at the "
		"present volume.",
		accounts, count, true);
	rate_family(page, "ses_feedback_recover_sends",
		"Clean sends that bring the rate below the review limit; 0 where it is.",
		accounts, count, value_of_recover);
	count_family(page, accounts, count);
}

/* ---- reading them ---- */

struct accounts {
	struct store_reputation *all; /* account and region are copies, owned */
	size_t count, room;
	bool is_short_of_memory;
};

static bool accounts_grow(struct accounts *accounts)
{
	size_t room = accounts->room == 0 ? 8 : accounts->room * 2;
	struct store_reputation *all;

	if (accounts->count < accounts->room)
		return true;
	all = reallocarray(accounts->all, room, sizeof(*all));
	if (all == NULL)
		return false;
	accounts->all = all;
	accounts->room = room;
	return true;
}

static bool accounts_add(void *closure, const struct store_reputation *reputation)
{
	struct accounts *accounts = closure;
	char *account = text_copy(reputation->account, strlen(reputation->account));
	char *region = text_copy(reputation->region, strlen(reputation->region));

	if (account == NULL || region == NULL || !accounts_grow(accounts)) {
		free(account);
		free(region);
		accounts->is_short_of_memory = true;
		return false;
	}
	accounts->all[accounts->count] = *reputation;
	accounts->all[accounts->count].account = account;
	accounts->all[accounts->count].region = region;
	accounts->count++;
	return true;
}

static void accounts_finish(struct accounts *accounts)
{
	for (size_t i = 0; i < accounts->count; i++) {
		free((void *) (uintptr_t) accounts->all[i].account);
		free((void *) (uintptr_t) accounts->all[i].region);
	}
	free(accounts->all);
}

bool metrics_of_accounts(struct buffer *page, struct store *store,
	const struct ses_reputation_settings *settings, utc_ms now, struct error *error)
{
	struct accounts accounts = {0};
	bool is_read =
		store_reputation(store, settings, now, accounts_add, &accounts, error);

	if (is_read && accounts.is_short_of_memory)
		is_read = error_set(error, "reputations: out of memory");
	if (is_read)
		metrics_reputations(page, accounts.all, accounts.count);
	accounts_finish(&accounts);
	return is_read;
}
