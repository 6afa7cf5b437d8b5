/* test_watch_levels.c - accounts: levels, forecast, quota. */
#include "watching.h"

static const char bounce[] = "111122223333/us-east-1 bounce";
static const char complaint[] = "111122223333/us-east-1 complaint";
static const char whole[] = "111122223333/us-east-1";

static struct store_reputation reputation_of(const struct watching *watching,
	int64_t bounces, int64_t complaints, int64_t sends)
{
	struct store_reputation reputation = {
		.account = account,
		.region = region,
		.from = NOW - 7 * DAY_MS,
		.to = NOW,
		.bounce_days = -1,
		.complaint_days = -1,
	};

	ses_rate_judge(&watching->reputation, SES_METRIC_BOUNCE, bounces, sends,
		&reputation.bounce);
	ses_rate_judge(&watching->reputation, SES_METRIC_COMPLAINT, complaints, sends,
		&reputation.complaint);
	reputation.complaint_reporting = reputation.complaint;
	return reputation;
}

static void see_levels(
	struct watching *watching, int64_t bounces, int64_t complaints, int64_t sends)
{
	struct store_reputation reputation =
		reputation_of(watching, bounces, complaints, sends);
	enum ses_level levels[2];

	look_again(watching);
	watch_levels(&watching->scene, &reputation, levels);
	assert_int_equal(
		levels[SES_METRIC_BOUNCE], seen(watching, "reputation-level", bounce));
	assert_int_equal(levels[SES_METRIC_COMPLAINT],
		seen(watching, "reputation-level", complaint));
}

static void levels_follow_the_limits(void **state)
{
	struct watching *watching = *state;
	static const struct {
		int64_t bounces, sends;
		enum ses_level level;
	} table[] = {
		{0, 0, SES_LEVEL_NO_DENOMINATOR},
		{1, 20, SES_LEVEL_TOO_FEW},
		{399, 10000, SES_LEVEL_OK},
		{400, 10000, SES_LEVEL_WARNING},
		{499, 10000, SES_LEVEL_WARNING},
		{500, 10000, SES_LEVEL_OVER_REVIEW_LIMIT},
		{1000, 10000, SES_LEVEL_OVER_PAUSE_LIMIT},
		{11, 10, SES_LEVEL_NO_DENOMINATOR},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		see_levels(watching, table[i].bounces, 0, table[i].sends);
		assert_int_equal(
			seen(watching, "reputation-level", bounce), table[i].level);
	}
}

static void a_level_is_left_by_a_margin_only(void **state)
{
	struct watching *watching = *state;

	is_on_since(watching, "reputation-level", bounce, SES_LEVEL_OVER_REVIEW_LIMIT,
		NOW - HOUR_MS);
	see_levels(watching, 499, 0, 10000);
	assert_int_equal(
		seen(watching, "reputation-level", bounce), SES_LEVEL_OVER_REVIEW_LIMIT);
	see_levels(watching, 440, 0, 10000);
	assert_int_equal(seen(watching, "reputation-level", bounce), SES_LEVEL_WARNING);
}

static void a_level_says_the_numbers_and_what_is_left(void **state)
{
	struct watching *watching = *state;
	const struct watch_sight *sight;

	see_levels(watching, 531, 0, 10000);
	assert_says(watching, "reputation-level", bounce,
		"111122223333/us-east-1: bounce rate 5.31 % (review limit 5 %): 531 hard "
		"bounces among 10,000 recipients in 7.0 days. It takes 621 clean sends "
		"to be back below 5 %.");
	sight = find_sight(watching, "reputation-level", bounce);
	assert_true(sight->question.is_asked);
	assert_int_equal(sight->question.measure, WATCH_HARD_BOUNCES);
	assert_string_equal(json_text(sight->data, "metric"), "bounce");
	assert_string_equal(json_text(sight->data, "account"), account);
	see_levels(watching, 400, 0, 10000);
	assert_says(watching, "reputation-level", bounce,
		"99 hard bounces more would still be below the review limit.");
	see_levels(watching, 1004, 0, 10000);
	assert_says(watching, "reputation-level", bounce, "(pause limit 10 %)");
	see_levels(watching, 0, 12, 10000);
	assert_says(watching, "reputation-level", complaint,
		"complaint rate 0.120 % (review limit 0.1 %): 12 complaints");
	assert_false(find_sight(watching, "reputation-level", bounce)->question.is_asked);
}

static void complaints_go_by_reporting_domains_where_the_level_does(void **state)
{
	struct watching *watching = *state;
	struct store_reputation reputation = reputation_of(watching, 0, 5, 10000);
	enum ses_level levels[2];

	ses_rate_judge(&watching->reputation, SES_METRIC_COMPLAINT, 5, 1000,
		&reputation.complaint_reporting);
	watch_levels(&watching->scene, &reputation, levels);
	assert_int_equal(levels[SES_METRIC_COMPLAINT], SES_LEVEL_OK);
	look_again(watching);
	reputation.complaint_by_reporting = true;
	watch_levels(&watching->scene, &reputation, levels);
	assert_int_equal(levels[SES_METRIC_COMPLAINT], SES_LEVEL_OVER_PAUSE_LIMIT);
}

/* ---- forecast ---- */

static enum ses_level forecast(struct watching *watching, int64_t days, int64_t bounces)
{
	struct store_reputation reputation = reputation_of(watching, bounces, 0, 10000);

	reputation.has_forecast = true;
	reputation.bounce_days = days;
	reputation.bounce_forecast = 0.043;
	look_again(watching);
	watch_forecast(&watching->scene, &reputation);
	return seen(watching, "forecast", bounce);
}

static void a_review_limit_that_is_near_is_forecast(void **state)
{
	struct watching *watching = *state;

	watching->watch.forecast_ms = 3 * DAY_MS;
	assert_int_equal(forecast(watching, 4, 300), SES_LEVEL_OK);
	assert_int_equal(forecast(watching, 3, 300), SES_LEVEL_WARNING);
	assert_says(watching, "forecast", bounce,
		"Another day like the last one with sends makes it 4.30 %; after 3 days "
		"like it the review limit of 5 % is reached.");
	assert_int_equal(forecast(watching, 0, 300), SES_LEVEL_OK);
	assert_int_equal(forecast(watching, -1, 300), SES_LEVEL_OK);
	/* It has come: that is the level's to say. */
	assert_int_equal(forecast(watching, 1, 600), SES_LEVEL_OK);
	watching->watch.forecast_ms = 0;
	assert_int_equal(forecast(watching, 1, 300), SES_LEVEL_OK);
}

static void a_forecast_is_over_when_the_limit_is_clearly_farther(void **state)
{
	struct watching *watching = *state;

	watching->watch.forecast_ms = 3 * DAY_MS;
	is_on(watching, "forecast", bounce);
	assert_int_equal(forecast(watching, 4, 300), SES_LEVEL_WARNING);
	assert_int_equal(forecast(watching, 5, 300), SES_LEVEL_OK);
}

/* ---- quota ---- */

static enum ses_level quota(struct watching *watching, int64_t sent, int64_t daily)
{
	const struct ses_quota allowed = {.daily = daily, .rate = 14};
	struct store_reputation reputation = reputation_of(watching, 0, 0, 1000);

	reputation.quota = daily == 0 ? NULL : &allowed;
	reputation.sent_24h = sent;
	reputation.peak_24h = 20;
	look_again(watching);
	watch_quota(&watching->scene, &reputation);
	return seen(watching, "quota", whole);
}

static void a_quota_is_told_when_it_runs_out(void **state)
{
	struct watching *watching = *state;

	watching->watch.quota_at = 800000;
	assert_int_equal(quota(watching, 159, 200), SES_LEVEL_OK);
	assert_int_equal(quota(watching, 160, 200), SES_LEVEL_WARNING);
	assert_says(watching, "quota", whole,
		"111122223333/us-east-1: 160 recipients in the last 24 hours are 80.00 % "
		"of the quota of 200 a day. The busiest second had 20; the quota is 14 a "
		"second.");
	assert_int_equal(quota(watching, 200, 200), SES_LEVEL_OVER_PAUSE_LIMIT);
	assert_int_equal(quota(watching, 5000, 0), SES_LEVEL_OK);
	is_on(watching, "quota", whole);
	assert_int_equal(quota(watching, 144, 200), SES_LEVEL_WARNING);
	assert_int_equal(quota(watching, 143, 200), SES_LEVEL_OK);
	watching->watch.quota_at = 0;
	assert_int_equal(quota(watching, 5000, 200), SES_LEVEL_OK);
}

#define TEST(function)                                                                   \
	cmocka_unit_test_setup_teardown(function, watching_set_up, watching_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(levels_follow_the_limits),
		TEST(a_level_is_left_by_a_margin_only),
		TEST(a_level_says_the_numbers_and_what_is_left),
		TEST(complaints_go_by_reporting_domains_where_the_level_does),
		TEST(a_review_limit_that_is_near_is_forecast),
		TEST(a_forecast_is_over_when_the_limit_is_clearly_farther),
		TEST(a_quota_is_told_when_it_runs_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
