/* test_reputation.c - rates, levels, and what is left; checked against the definitions.
 */
#include "tests/ses/sample.h"

#include <math.h>

#include "ses/reputation.h"

static struct ses_reputation_settings defaults(void)
{
	struct ses_reputation_settings settings;

	ses_reputation_defaults(&settings);
	return settings;
}

static struct ses_rate judge(
	enum ses_metric metric, int64_t numerator, int64_t denominator)
{
	struct ses_reputation_settings settings = defaults();
	struct ses_rate rate;

	ses_rate_judge(&settings, metric, numerator, denominator, &rate);
	return rate;
}

static void levels_are_reached_at_or_above_their_limit(void **state)
{
	static const struct {
		enum ses_metric metric;
		int64_t numerator, denominator;
		enum ses_level level;
	} cases[] = {
		{SES_METRIC_BOUNCE, 0, 0, SES_LEVEL_NO_DENOMINATOR},
		{SES_METRIC_BOUNCE, 5, 0, SES_LEVEL_NO_DENOMINATOR},
		{SES_METRIC_BOUNCE, 11, 10, SES_LEVEL_NO_DENOMINATOR},
		{SES_METRIC_BOUNCE, 0, 1, SES_LEVEL_OK},
		{SES_METRIC_BOUNCE, 39, 1000, SES_LEVEL_OK},
		/* 40 / 1000 >= 0.8 * 0.05 is false in doubles. */
		{SES_METRIC_BOUNCE, 40, 1000, SES_LEVEL_WARNING},
		{SES_METRIC_BOUNCE, 49, 1000, SES_LEVEL_WARNING},
		{SES_METRIC_BOUNCE, 50, 1000, SES_LEVEL_OVER_REVIEW_LIMIT},
		{SES_METRIC_BOUNCE, 99, 1000, SES_LEVEL_OVER_REVIEW_LIMIT},
		{SES_METRIC_BOUNCE, 100, 1000, SES_LEVEL_OVER_PAUSE_LIMIT},
		{SES_METRIC_BOUNCE, 1000, 1000, SES_LEVEL_OVER_PAUSE_LIMIT},
		/* The minimum of sends, to the last one. */
		{SES_METRIC_BOUNCE, 20, 500, SES_LEVEL_WARNING},
		{SES_METRIC_BOUNCE, 20, 499, SES_LEVEL_TOO_FEW},
		{SES_METRIC_BOUNCE, 19, 499, SES_LEVEL_OK},
		/* One of three has a lower bound of 6.1 %, one of four of 4.6 %. */
		{SES_METRIC_BOUNCE, 1, 3, SES_LEVEL_OVER_REVIEW_LIMIT},
		{SES_METRIC_BOUNCE, 1, 4, SES_LEVEL_WARNING},
		{SES_METRIC_BOUNCE, 1, 20, SES_LEVEL_TOO_FEW},
		/* Few, but so many of them that it can't be chance. */
		{SES_METRIC_BOUNCE, 50, 100, SES_LEVEL_OVER_PAUSE_LIMIT},
		{SES_METRIC_BOUNCE, 1, 1, SES_LEVEL_OVER_PAUSE_LIMIT},
		/* Over the pause limit, surely only over the review limit. */
		{SES_METRIC_BOUNCE, 25, 200, SES_LEVEL_OVER_REVIEW_LIMIT},
		{SES_METRIC_COMPLAINT, 0, 100000, SES_LEVEL_OK},
		{SES_METRIC_COMPLAINT, 7, 10000, SES_LEVEL_OK},
		{SES_METRIC_COMPLAINT, 8, 10000, SES_LEVEL_WARNING},
		{SES_METRIC_COMPLAINT, 10, 10000, SES_LEVEL_OVER_REVIEW_LIMIT},
		{SES_METRIC_COMPLAINT, 49, 10000, SES_LEVEL_OVER_REVIEW_LIMIT},
		{SES_METRIC_COMPLAINT, 50, 10000, SES_LEVEL_OVER_PAUSE_LIMIT},
		/* The minimum of reports. */
		{SES_METRIC_COMPLAINT, 2, 2000, SES_LEVEL_TOO_FEW},
		{SES_METRIC_COMPLAINT, 3, 3000, SES_LEVEL_OVER_REVIEW_LIMIT},
		{SES_METRIC_COMPLAINT, 2, 500, SES_LEVEL_OVER_REVIEW_LIMIT},
		{SES_METRIC_COMPLAINT, 1, 1000, SES_LEVEL_TOO_FEW},
		/* Far beyond what 64 bits hold when multiplied. */
		{SES_METRIC_BOUNCE, INT64_MAX / 20, INT64_MAX, SES_LEVEL_WARNING},
		{SES_METRIC_BOUNCE, INT64_MAX / 20 + 1, INT64_MAX,
			SES_LEVEL_OVER_REVIEW_LIMIT},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ses_rate rate =
			judge(cases[i].metric, cases[i].numerator, cases[i].denominator);

		if (rate.level != cases[i].level)
			fail_msg("%lld of %lld is %s", (long long) cases[i].numerator,
				(long long) cases[i].denominator,
				ses_level_name(rate.level));
	}
}

static void without_a_true_denominator_there_is_no_rate(void **state)
{
	static const struct {
		int64_t numerator, denominator;
		bool is_incomplete;
	} cases[] = {{0, 0, false}, {7, 0, false}, {0, -1, false}, {2, 1, true},
		{1001, 1000, true}};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ses_rate rate = judge(
			SES_METRIC_BOUNCE, cases[i].numerator, cases[i].denominator);

		assert_false(rate.has_rate);
		assert_int_equal(rate.is_incomplete, cases[i].is_incomplete);
		assert_true(rate.numerator == cases[i].numerator);
		assert_int_equal(rate.remaining_review, -1);
		assert_int_equal(rate.remaining_pause, -1);
		assert_int_equal(rate.recover, -1);
		assert_int_equal(rate.review, 50000);
		assert_int_equal(rate.pause, 100000);
	}
}

/* What the words say, tried out one by one. */
static int64_t remaining_by_trying(int64_t numerator, int64_t denominator, ppm limit)
{
	int64_t k = 0;

	while ((numerator + k + 1) * PPM_ONE < denominator * limit)
		k++;
	return k;
}

static int64_t recover_by_trying(int64_t numerator, int64_t denominator, ppm limit)
{
	int64_t c = 0;

	while (numerator * PPM_ONE >= (denominator + c) * limit)
		c++;
	return c;
}

/* The level in the words of the rule, with the limits in parts of a million of a million;
 * numbers are small here, so 64 bits suffice for whole parts per million. */
static enum ses_level level_by_rule(const struct ses_reputation_settings *settings,
	const struct ses_rate *rate, ppm warning, bool is_enough)
{
	bool pause = rate->numerator * PPM_ONE >= rate->pause * rate->denominator;
	bool review = rate->numerator * PPM_ONE >= rate->review * rate->denominator;
	bool warn = rate->numerator * PPM_ONE >= warning * rate->denominator;

	(void) settings;
	if (pause && (is_enough || rate->low * 1e6 > (double) rate->pause))
		return SES_LEVEL_OVER_PAUSE_LIMIT;
	if (review && (is_enough || rate->low * 1e6 > (double) rate->review))
		return SES_LEVEL_OVER_REVIEW_LIMIT;
	if (warn && (is_enough || rate->low * 1e6 > (double) warning))
		return SES_LEVEL_WARNING;
	return warn ? SES_LEVEL_TOO_FEW : SES_LEVEL_OK;
}

static void check_against_definition(const struct ses_reputation_settings *settings,
	enum ses_metric metric, int64_t numerator, int64_t denominator)
{
	ppm warning = metric == SES_METRIC_BOUNCE ? 40000 : 800;
	struct ses_rate rate;
	bool is_enough;

	ses_rate_judge(settings, metric, numerator, denominator, &rate);
	assert_true(rate.has_rate);
	assert_true(rate.low >= 0 && rate.low <= rate.rate && rate.rate <= rate.high &&
		    rate.high <= 1);
	assert_true(rate.remaining_review ==
		    remaining_by_trying(numerator, denominator, rate.review));
	assert_true(rate.remaining_pause ==
		    remaining_by_trying(numerator, denominator, rate.pause));
	assert_true(
		rate.recover == recover_by_trying(numerator, denominator, rate.review));
	is_enough = denominator >= settings->minimum_sends &&
		    (metric == SES_METRIC_BOUNCE ||
			    numerator >= settings->minimum_complaints);
	assert_int_equal(rate.level, level_by_rule(settings, &rate, warning, is_enough));
}

static void small_numbers_obey_the_definitions(void **state)
{
	struct ses_reputation_settings settings = defaults();

	(void) state;
	settings.minimum_sends = 50;
	for (int64_t denominator = 1; denominator <= 160; denominator++) {
		for (int64_t numerator = 0; numerator <= denominator; numerator++)
			check_against_definition(
				&settings, SES_METRIC_BOUNCE, numerator, denominator);
	}
	for (int64_t denominator = 900; denominator <= 2100; denominator += 3) {
		for (int64_t numerator = 0; numerator <= 12; numerator++)
			check_against_definition(
				&settings, SES_METRIC_COMPLAINT, numerator, denominator);
	}
}

static void remaining_and_recover_have_their_edges(void **state)
{
	struct ses_reputation_settings settings = defaults();
	struct ses_rate rate = judge(SES_METRIC_BOUNCE, 0, 10000);

	(void) state;
	assert_int_equal(rate.remaining_review, 499);
	assert_int_equal(rate.remaining_pause, 999);
	assert_int_equal(rate.recover, 0);
	rate = judge(SES_METRIC_BOUNCE, 500, 10000);
	assert_int_equal(rate.remaining_review, 0);
	assert_int_equal(rate.remaining_pause, 499);
	assert_int_equal(rate.recover, 1);
	rate = judge(SES_METRIC_BOUNCE, 1000, 10000);
	assert_int_equal(rate.remaining_pause, 0);
	assert_int_equal(rate.recover, 10001);
	rate = judge(SES_METRIC_BOUNCE, INT64_MAX, INT64_MAX);
	assert_true(rate.recover == INT64_MAX);
	settings.bounce_review = settings.bounce_pause = 0;
	ses_rate_judge(&settings, SES_METRIC_BOUNCE, 0, 10, &rate);
	assert_int_equal(rate.remaining_review, 0);
	assert_int_equal(rate.recover, -1);
}

static void intervals_are_those_of_wilson(void **state)
{
	static const struct {
		int64_t numerator, denominator;
		double low, high;
	} cases[] = {
		{0, 10, 0, 0.2775328},
		{1, 10, 0.0178762, 0.4041500},
		{5, 10, 0.2365931, 0.7634069},
		{10, 10, 0.7224672, 1},
		{50, 1000, 0.0381302, 0.0653140},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ses_rate rate = judge(
			SES_METRIC_BOUNCE, cases[i].numerator, cases[i].denominator);

		assert_true(fabs(rate.low - cases[i].low) < 1e-6);
		assert_true(fabs(rate.high - cases[i].high) < 1e-6);
	}
}

static void the_denominator_comes_from_what_a_day_has(void **state)
{
	static const struct {
		struct ses_counts day;
		enum ses_source source;
		int64_t eligible;
	} cases[] = {
		{{.hard_bounces = 3, .complaints = 2}, SES_SOURCE_NONE, 0},
		{{.attempts = 3, .hard_bounces = 3}, SES_SOURCE_NONE, 0},
		{{.sends = 10, .refused = 2, .deliveries = 7, .attempts = 8},
			SES_SOURCE_SEND, 8},
		{{.sends = 1, .refused = 2}, SES_SOURCE_SEND, 0},
		{{.sends = 1, .deliveries = 600, .attempts = 600}, SES_SOURCE_ATTEMPTS,
			600},
		{{.sends = 300, .deliveries = 590, .attempts = 600}, SES_SOURCE_SEND,
			300},
		{{.sends = 1, .attempts = 3, .hard_bounces = 3}, SES_SOURCE_SEND, 1},
		{{.deliveries = 7, .attempts = 8, .refused = 4}, SES_SOURCE_ATTEMPTS, 8},
		{{.reported = 90, .hard_bounces = 3, .attempts = 3}, SES_SOURCE_REPORTED,
			90},
		{{.reported = 90, .refused = 4}, SES_SOURCE_REPORTED, 86},
		{{.reported = 1, .refused = 4}, SES_SOURCE_REPORTED, 0},
		{{.reported = 90, .deliveries = 7, .attempts = 8}, SES_SOURCE_ATTEMPTS,
			8},
		{{.reported = 90, .sends = 7, .attempts = 8}, SES_SOURCE_SEND, 7},
		/* Test mail is nobody's denominator. */
		{{.verified_sends = 9, .simulator = 9}, SES_SOURCE_NONE, 0},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(ses_day_source(&cases[i].day), cases[i].source);
		assert_int_equal(
			ses_eligible(&cases[i].day, cases[i].source), cases[i].eligible);
	}
}

static void totals_take_each_day_by_its_own_source(void **state)
{
	const struct ses_counts send = {.sends = 100, .refused = 5, .attempts = 60},
				attempts = {.attempts = 40,
					.deliveries = 39,
					.refused = 9},
				nothing = {.hard_bounces = 2, .refused = 1};
	struct ses_total total = {0};

	(void) state;
	assert_int_equal(ses_total_source(&total), SES_SOURCE_NONE);
	assert_int_equal(ses_total_denominator(&total), 0);
	ses_total_add(&total, &nothing, SES_SOURCE_NONE);
	assert_int_equal(ses_total_source(&total), SES_SOURCE_NONE);
	assert_int_equal(ses_total_denominator(&total), 0);
	ses_total_add(&total, &attempts, SES_SOURCE_ATTEMPTS);
	assert_int_equal(ses_total_source(&total), SES_SOURCE_ATTEMPTS);
	assert_int_equal(ses_total_denominator(&total), 40);
	ses_total_add(&total, &send, SES_SOURCE_SEND);
	assert_int_equal(ses_total_source(&total), SES_SOURCE_MIXED);
	assert_int_equal(ses_total_denominator(&total), 135);
	assert_int_equal(total.counts.refused, 15);
	assert_int_equal(total.counts.hard_bounces, 2);

	total = (struct ses_total){0};
	ses_total_add(&total, &send, SES_SOURCE_SEND);
	assert_int_equal(ses_total_source(&total), SES_SOURCE_SEND);
	assert_int_equal(ses_total_denominator(&total), 95);
}

static void what_was_reported_counts_on_days_that_have_nothing_else(void **state)
{
	const struct ses_counts send = {.sends = 100, .refused = 5, .reported = 1000},
				reported = {.reported = 40, .refused = 2, .attempts = 1};
	struct ses_total total = {0};

	(void) state;
	ses_total_add(&total, &reported, SES_SOURCE_REPORTED);
	assert_int_equal(ses_total_source(&total), SES_SOURCE_REPORTED);
	assert_int_equal(ses_total_denominator(&total), 38);
	ses_total_add(&total, &send, SES_SOURCE_SEND);
	assert_int_equal(ses_total_source(&total), SES_SOURCE_MIXED);
	assert_int_equal(ses_total_denominator(&total), 133);
}

static void what_is_not_left_out_is_counted_in(void **state)
{
	const struct ses_counts counts = {.sends = 100,
		.attempts = 60,
		.hard_bounces = 3,
		.soft_bounces = 4,
		.complaints = 5,
		.refused = 10,
		.verified = 20,
		.simulator = 30,
		.not_spam = 40,
		.listed = 50,
		.automatic = 60};
	struct ses_reputation_settings settings = defaults();
	struct ses_counts judged = ses_counts_judged(&settings, &counts);

	(void) state;
	assert_memory_equal(&judged, &counts, sizeof(counts));
	settings.excludes = 0;
	judged = ses_counts_judged(&settings, &counts);
	assert_int_equal(judged.hard_bounces, 13);
	assert_int_equal(judged.soft_bounces, 64);
	assert_int_equal(judged.complaints, 95);
	assert_int_equal(
		judged.refused + judged.not_spam + judged.listed + judged.automatic, 0);
	/* Refused mail is mail, by its Send or by its Bounce. */
	assert_int_equal(ses_eligible(&judged, SES_SOURCE_SEND), 100);
	assert_int_equal(ses_eligible(&judged, SES_SOURCE_ATTEMPTS), 70);
	/* Decided when they were recorded: never counted in. */
	assert_int_equal(judged.verified, 20);
	assert_int_equal(judged.simulator, 30);
	settings.excludes = SES_EXCLUDE_ALL & ~(unsigned) SES_EXCLUDE_LISTED;
	judged = ses_counts_judged(&settings, &counts);
	assert_int_equal(judged.complaints, 55);
	assert_int_equal(judged.hard_bounces, 3);
}

static void the_quota_that_names_most_of_an_account_is_its_own(void **state)
{
	static const struct ses_quota quotas[] = {
		{NULL, NULL, 50000, 14},
		{"111122223333", NULL, 100, 1},
		{"111122223333", "eu-west-1", 200, 1},
		{NULL, "us-east-1", 300, 1},
	};
	struct ses_reputation_settings settings = defaults();

	(void) state;
	assert_null(ses_quota_of(&settings, "111122223333", "eu-west-1"));
	settings.quotas = quotas;
	settings.quota_count = COUNT(quotas);
	assert_int_equal(
		ses_quota_of(&settings, "111122223333", "eu-west-1")->daily, 200);
	assert_int_equal(
		ses_quota_of(&settings, "111122223333", "ap-south-1")->daily, 100);
	assert_int_equal(
		ses_quota_of(&settings, "222233334444", "us-east-1")->daily, 300);
	assert_int_equal(
		ses_quota_of(&settings, "222233334444", "eu-west-1")->daily, 50000);
	settings.quotas = quotas + 1;
	settings.quota_count = 2;
	assert_null(ses_quota_of(&settings, "222233334444", "eu-west-1"));
}

static void a_level_is_left_only_by_the_margin(void **state)
{
	static const struct {
		enum ses_metric metric;
		int64_t numerator, denominator;
		enum ses_level was, held;
	} cases[] = {
		/* Rising is at once. */
		{SES_METRIC_BOUNCE, 500, 10000, SES_LEVEL_OK,
			SES_LEVEL_OVER_REVIEW_LIMIT},
		{SES_METRIC_BOUNCE, 1000, 10000, SES_LEVEL_WARNING,
			SES_LEVEL_OVER_PAUSE_LIMIT},
		/* 5 % less its tenth is 4.5 %: below it, not at it. */
		{SES_METRIC_BOUNCE, 499, 10000, SES_LEVEL_OVER_REVIEW_LIMIT,
			SES_LEVEL_OVER_REVIEW_LIMIT},
		{SES_METRIC_BOUNCE, 450, 10000, SES_LEVEL_OVER_REVIEW_LIMIT,
			SES_LEVEL_OVER_REVIEW_LIMIT},
		{SES_METRIC_BOUNCE, 449, 10000, SES_LEVEL_OVER_REVIEW_LIMIT,
			SES_LEVEL_WARNING},
		/* The warning is at 4 %, and is left below 3.6 %. */
		{SES_METRIC_BOUNCE, 399, 10000, SES_LEVEL_WARNING, SES_LEVEL_WARNING},
		{SES_METRIC_BOUNCE, 360, 10000, SES_LEVEL_WARNING, SES_LEVEL_WARNING},
		{SES_METRIC_BOUNCE, 359, 10000, SES_LEVEL_WARNING, SES_LEVEL_OK},
		/* Down from far: held where it is within the margin. */
		{SES_METRIC_BOUNCE, 900, 10000, SES_LEVEL_OVER_PAUSE_LIMIT,
			SES_LEVEL_OVER_PAUSE_LIMIT},
		{SES_METRIC_BOUNCE, 899, 10000, SES_LEVEL_OVER_PAUSE_LIMIT,
			SES_LEVEL_OVER_REVIEW_LIMIT},
		{SES_METRIC_BOUNCE, 470, 10000, SES_LEVEL_OVER_PAUSE_LIMIT,
			SES_LEVEL_OVER_REVIEW_LIMIT},
		{SES_METRIC_BOUNCE, 380, 10000, SES_LEVEL_OVER_PAUSE_LIMIT,
			SES_LEVEL_WARNING},
		{SES_METRIC_BOUNCE, 0, 10000, SES_LEVEL_OVER_PAUSE_LIMIT, SES_LEVEL_OK},
		/* What was not above ok is not held up. */
		{SES_METRIC_BOUNCE, 399, 10000, SES_LEVEL_OK, SES_LEVEL_OK},
		{SES_METRIC_BOUNCE, 399, 10000, SES_LEVEL_NO_DENOMINATOR, SES_LEVEL_OK},
		/* Nothing to hold it by. */
		{SES_METRIC_BOUNCE, 0, 0, SES_LEVEL_OVER_PAUSE_LIMIT,
			SES_LEVEL_NO_DENOMINATOR},
		{SES_METRIC_BOUNCE, 7, 5, SES_LEVEL_OVER_PAUSE_LIMIT,
			SES_LEVEL_NO_DENOMINATOR},
		{SES_METRIC_BOUNCE, 1, 20, SES_LEVEL_OVER_REVIEW_LIMIT,
			SES_LEVEL_TOO_FEW},
		{SES_METRIC_COMPLAINT, 95, 100000, SES_LEVEL_OVER_REVIEW_LIMIT,
			SES_LEVEL_OVER_REVIEW_LIMIT},
		{SES_METRIC_COMPLAINT, 89, 100000, SES_LEVEL_OVER_REVIEW_LIMIT,
			SES_LEVEL_WARNING},
		{SES_METRIC_BOUNCE, INT64_MAX / 20 - 9, INT64_MAX,
			SES_LEVEL_OVER_REVIEW_LIMIT, SES_LEVEL_OVER_REVIEW_LIMIT},
	};
	struct ses_reputation_settings settings = defaults();

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ses_rate rate =
			judge(cases[i].metric, cases[i].numerator, cases[i].denominator);
		enum ses_level held =
			ses_level_held(&settings, cases[i].metric, &rate, cases[i].was);

		if (held != cases[i].held)
			fail_msg("%lld of %lld after %s is %s",
				(long long) cases[i].numerator,
				(long long) cases[i].denominator,
				ses_level_name(cases[i].was), ses_level_name(held));
	}
	settings.hysteresis = 0;
	for (int64_t numerator = 0; numerator <= 1200; numerator++) {
		struct ses_rate rate = judge(SES_METRIC_BOUNCE, numerator, 10000);

		assert_int_equal(ses_level_held(&settings, SES_METRIC_BOUNCE, &rate,
					 SES_LEVEL_OVER_PAUSE_LIMIT),
			rate.level);
	}
}

static int64_t days_by_trying(
	int64_t numerator, int64_t denominator, int64_t more, int64_t of)
{
	for (int64_t days = 0; days < 5000; days++)
		if ((numerator + days * more) * 20 >= denominator + days * of)
			return days;
	return -1;
}

static void days_to_review_are_those_of_trying(void **state)
{
	struct ses_rate rate;

	(void) state;
	for (int64_t numerator = 0; numerator <= 60; numerator += 3)
		for (int64_t more = 0; more <= 30; more++)
			for (int64_t of = 0; of <= 400; of += 57) {
				rate = judge(SES_METRIC_BOUNCE, numerator, 1000);
				assert_int_equal(ses_days_to_review(&rate, more, of),
					days_by_trying(numerator, 1000, more, of));
			}
	rate = judge(SES_METRIC_BOUNCE, 0, 0);
	assert_int_equal(ses_days_to_review(&rate, 5, 5), -1);
	rate = judge(SES_METRIC_BOUNCE, 3, 2);
	assert_int_equal(ses_days_to_review(&rate, 5, 5), -1);
	rate = judge(SES_METRIC_BOUNCE, 0, 1000);
	assert_int_equal(ses_days_to_review(&rate, -5, -5), -1);
	rate = judge(SES_METRIC_BOUNCE, 0, INT64_MAX);
	assert_true(ses_days_to_review(&rate, INT64_MAX, 0) == 1);
}

static void levels_and_sources_have_their_names(void **state)
{
	static const char *const levels[] = {"no-denominator", "too-few", "ok", "warning",
		"over-review-limit", "over-pause-limit"};
	static const char *const sources[] = {
		NULL, "send", "delivery+bounce", "mixed", "reported"};

	(void) state;
	for (size_t i = 0; i < COUNT(levels); i++)
		assert_string_equal(ses_level_name((enum ses_level) i), levels[i]);
	assert_null(ses_source_name(SES_SOURCE_NONE));
	for (size_t i = 1; i < COUNT(sources); i++)
		assert_string_equal(ses_source_name((enum ses_source) i), sources[i]);
}

static void defaults_are_the_documented_ones(void **state)
{
	struct ses_reputation_settings settings = defaults();

	(void) state;
	assert_int_equal(settings.representative_sends, 10000);
	assert_int_equal(settings.representative_days, 7);
	assert_int_equal(settings.minimum_sends, 500);
	assert_int_equal(settings.minimum_complaints, 3);
	assert_int_equal(settings.warning_at, 800000);
	assert_int_equal(settings.bounce_review, 50000);
	assert_int_equal(settings.bounce_pause, 100000);
	assert_int_equal(settings.complaint_review, 1000);
	assert_int_equal(settings.complaint_pause, 5000);
	assert_int_equal(settings.reporting_domain_count, 0);
	assert_int_equal(settings.excludes, SES_EXCLUDE_ALL);
	assert_int_equal(settings.hysteresis, 100000);
	assert_int_equal(settings.quota_count, 0);
}

static void reporting_domains_are_known_and_gmail_is_none(void **state)
{
	static const char *const yes[] = {"aim.com", "yahoo.com", "yahoo.co.uk",
		"aol.com", "outlook.com", "hotmail.com", "hotmail.fr", "live.com",
		"msn.com", "gmx.de", "gmx.net", "comcast.net", "mail.ru", "ymail.com",
		"yahoo.sk", "ziggo.nl"};
	static const char *const no[] = {"", "gmail.com", "googlemail.com", "example.com",
		"com", "notyahoo.com", "mail.yahoo.com", "yahoo.co", "zzz.example"};

	(void) state;
	for (size_t i = 0; i < COUNT(yes); i++) {
		if (!ses_domain_reports_complaints(yes[i]))
			fail_msg("%s", yes[i]);
	}
	for (size_t i = 0; i < COUNT(no); i++) {
		if (ses_domain_reports_complaints(no[i]))
			fail_msg("%s", no[i]);
	}
}

static void reporting_domains_are_listed_in_order(void **state)
{
	size_t count;
	const char *const *domains = ses_reporting_domains(&count);

	(void) state;
	assert_true(count > 100);
	for (size_t i = 0; i < count; i++) {
		assert_true(ses_domain_reports_complaints(domains[i]));
		assert_true(i == 0 || strcmp(domains[i - 1], domains[i]) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_are_reached_at_or_above_their_limit),
		cmocka_unit_test(without_a_true_denominator_there_is_no_rate),
		cmocka_unit_test(small_numbers_obey_the_definitions),
		cmocka_unit_test(remaining_and_recover_have_their_edges),
		cmocka_unit_test(intervals_are_those_of_wilson),
		cmocka_unit_test(the_denominator_comes_from_what_a_day_has),
		cmocka_unit_test(totals_take_each_day_by_its_own_source),
		cmocka_unit_test(what_was_reported_counts_on_days_that_have_nothing_else),
		cmocka_unit_test(what_is_not_left_out_is_counted_in),
		cmocka_unit_test(the_quota_that_names_most_of_an_account_is_its_own),
		cmocka_unit_test(a_level_is_left_only_by_the_margin),
		cmocka_unit_test(days_to_review_are_those_of_trying),
		cmocka_unit_test(reporting_domains_are_listed_in_order),
		cmocka_unit_test(levels_and_sources_have_their_names),
		cmocka_unit_test(defaults_are_the_documented_ones),
		cmocka_unit_test(reporting_domains_are_known_and_gmail_is_none),
	};

	return cmocka_run_group_tests_name("reputation", tests, NULL, NULL);
}
