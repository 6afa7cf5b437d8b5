/* api_metrics_states.c - what is so of each account, beside its rates, for Prometheus. */
#include "web/api_metrics.h"
#include "web/metrics.h"

/* A family with a sample for each account; value_of returns false where it is not known:
 * then there is no sample. */
typedef bool account_value(const struct store_reputation *account, double *value);

static void account_family(struct buffer *page, const char *name, const char *help,
	const struct store_reputation *accounts, size_t count, account_value *value_of)
{
	metrics_family(page, name, "gauge", help);
	for (size_t i = 0; i < count; i++) {
		const struct metrics_label labels[] = {
			{"account", accounts[i].account},
			{"region", accounts[i].region},
			{NULL, NULL},
		};
		double value;

		if (value_of(&accounts[i], &value))
			metrics_sample(page, name, labels, value);
	}
}

static bool value_of_level(const struct store_reputation *account, double *value)
{
	*value = (double) account->level;
	return true;
}

static bool value_of_trust(const struct store_reputation *account, double *value)
{
	switch (account->trust) {
	case SES_TRUST_FULL:
		*value = 2;
		return true;
	case SES_TRUST_PARTIAL:
		*value = 1;
		return true;
	case SES_TRUST_NONE:
		break;
	}
	*value = 0;
	return true;
}

static bool value_of_window(const struct store_reputation *account, double *value)
{
	*value = (double) (account->to - account->from) / (double) SECOND_MS;
	return account->from != UTC_NONE && account->to != UTC_NONE;
}

static bool value_of_quota(const struct store_reputation *account, double *value)
{
	*value = account->quota == NULL ? 0 : (double) account->quota->daily;
	return account->quota != NULL;
}

static bool value_of_quota_rate(const struct store_reputation *account, double *value)
{
	*value = account->quota == NULL ? 0 : (double) account->quota->rate;
	return account->quota != NULL;
}

static bool value_of_sent(const struct store_reputation *account, double *value)
{
	*value = (double) account->sent_24h;
	return true;
}

static bool value_of_peak(const struct store_reputation *account, double *value)
{
	*value = (double) account->peak_24h;
	return account->peak_24h > 0;
}

static void days_family(
	struct buffer *page, const struct store_reputation *accounts, size_t count)
{
	static const char name[] = "ses_feedback_review_seconds";

	metrics_family(page, name, "gauge",
		"Until a rate reaches the review limit if every day is like the last one "
		"with sends: whole days; absent if it never does.");
	for (size_t i = 0; i < count; i++) {
		struct metrics_label labels[] = {
			{"account", accounts[i].account},
			{"region", accounts[i].region},
			{"metric", "bounce"},
			{NULL, NULL},
		};

		if (accounts[i].bounce_days >= 0 && accounts[i].has_forecast)
			metrics_sample_count(page, name, labels,
				accounts[i].bounce_days * (DAY_MS / SECOND_MS));
		labels[2].value = accounts[i].complaint_by_reporting
					  ? "complaint-reporting"
					  : "complaint";
		if (accounts[i].complaint_days >= 0 && accounts[i].has_forecast)
			metrics_sample_count(page, name, labels,
				accounts[i].complaint_days * (DAY_MS / SECOND_MS));
	}
}

static void notice_family(
	struct buffer *page, const struct store_reputation *accounts, size_t count)
{
	static const char name[] = "ses_feedback_notice";

	metrics_family(page, name, "gauge",
		"1 if events seem to be missing in the way that the notice names, else "
		"0.");
	for (size_t i = 0; i < count; i++)
		for (int notice = 0; notice < SES_NOTICE_COUNT; notice++) {
			const struct metrics_label labels[] = {
				{"account", accounts[i].account},
				{"region", accounts[i].region},
				{"notice", ses_notice_name((enum ses_notice) notice)},
				{NULL, NULL},
			};

			metrics_sample_count(page, name, labels,
				(accounts[i].notices & 1u << notice) != 0);
		}
}

void metrics_account_states(
	struct buffer *page, const struct store_reputation *accounts, size_t count)
{
	account_family(page, "ses_feedback_account_level",
		"The level of the account, the worse of its two rates: 0 no-denominator, "
		"1 too-few, 2 ok, 3 warning, 4 over-review-limit, 5 over-pause-limit.",
		accounts, count, value_of_level);
	account_family(page, "ses_feedback_trust",
		"How far the account's rates can be trusted: 0 not at all, 1 in part, 2 "
		"fully.",
		accounts, count, value_of_trust);
	notice_family(page, accounts, count);
	account_family(page, "ses_feedback_window_seconds",
		"What the representative window spans.", accounts, count,
		value_of_window);
	days_family(page, accounts, count);
	account_family(page, "ses_feedback_quota_recipients",
		"The configured quota: recipients in 24 hours.", accounts, count,
		value_of_quota);
	account_family(page, "ses_feedback_quota_recipients_per_second",
		"The configured quota: recipients a second.", accounts, count,
		value_of_quota_rate);
	account_family(page, "ses_feedback_sent_24h_recipients",
		"Recipients of the last 24 hours that count for the quota.", accounts,
		count, value_of_sent);
	account_family(page, "ses_feedback_peak_24h_recipients_per_second",
		"The busiest second of the last 24 hours; absent if it is not known.",
		accounts, count, value_of_peak);
}
