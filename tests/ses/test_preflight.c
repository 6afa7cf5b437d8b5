/* test_preflight.c - risks of addresses, and what they add up to. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "ses/preflight.h"
#include "ses/preflight_beta.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct ses_experience none[SES_HISTORY_COUNT];

/* A sender who knows the list: some thousand mails of each class. */
static const struct ses_experience known[SES_HISTORY_COUNT] = {
	[SES_HISTORY_BOUNCED] = {100, 80},
	[SES_HISTORY_SOFT] = {500, 40},
	[SES_HISTORY_RECENT] = {10000, 20},
	[SES_HISTORY_QUARTER] = {5000, 50},
	[SES_HISTORY_YEAR] = {2000, 80},
	[SES_HISTORY_OLD] = {500, 50},
	[SES_HISTORY_NEVER] = {3000, 240},
};

static bool is_close(double one, double other, double within)
{
	return fabs(one - other) <= within;
}

static void a_beta_distribution_is_what_the_tables_say(void **state)
{
	static const struct {
		double a, b, x, below;
	} table[] = {
		{1, 1, 0.3, 0.3},
		{2, 1, 0.5, 0.25},
		{1, 3, 0.2, 1 - 0.8 * 0.8 * 0.8},
		{2, 2, 0.5, 0.5},
		{5, 5, 0.5, 0.5},
		{0.5, 0.5, 0.5, 0.5},
		/* A sum of binomial probabilities: at least 2 of 4 at 0.3. */
		{2, 3, 0.3, 1 - 0.7 * 0.7 * 0.7 * 0.7 - 4 * 0.3 * 0.7 * 0.7 * 0.7},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_true(is_close(ses_beta_below(table[i].a, table[i].b, table[i].x),
			table[i].below, 1e-10));
	assert_true(ses_beta_below(3, 4, 0) <= 0 && ses_beta_below(3, 4, 1) >= 1);
}

static void a_quantile_is_the_other_way_round(void **state)
{
	static const double shapes[] = {0.06, 0.5, 1, 2, 18, 19.94, 300, 20000};
	static const double chances[] = {0.025, 0.5, 0.975};

	(void) state;
	for (size_t i = 0; i < COUNT(shapes); i++)
		for (size_t j = 0; j < COUNT(shapes); j++)
			for (size_t k = 0; k < COUNT(chances); k++) {
				double x = ses_beta_quantile(
					shapes[i], shapes[j], chances[k]);

				/* Close to 0 and 1 doubles lie far apart. */
				if (x > 1e-12 && x < 1 - 1e-12)
					assert_true(is_close(
						ses_beta_below(shapes[i], shapes[j], x),
						chances[k], 1e-6));
			}
}

static void every_class_has_a_name_and_a_reasoning(void **state)
{
	(void) state;
	for (int h = 0; h < SES_HISTORY_COUNT; h++) {
		assert_non_null(ses_history_name((enum ses_history) h));
		assert_non_null(ses_preflight_reasoning((enum ses_history) h));
		for (int other = 0; other < h; other++)
			assert_string_not_equal(ses_history_name((enum ses_history) h),
				ses_history_name((enum ses_history) other));
	}
}

static void an_age_is_one_of_four_classes(void **state)
{
	static const struct {
		int64_t days;
		enum ses_history history;
	} table[] = {
		{0, SES_HISTORY_RECENT},
		{30, SES_HISTORY_RECENT},
		{31, SES_HISTORY_QUARTER},
		{90, SES_HISTORY_QUARTER},
		{91, SES_HISTORY_YEAR},
		{365, SES_HISTORY_YEAR},
		{366, SES_HISTORY_OLD},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_int_equal(
			ses_history_of_age(table[i].days * DAY_MS), table[i].history);
}

static void what_is_suppressed_bears_no_risk(void **state)
{
	struct ses_risk risk = ses_preflight_risk(SES_HISTORY_SUPPRESSED, none);

	(void) state;
	assert_true(risk.expected <= 0 && risk.high <= 0 && !risk.is_guess);
}

static void without_experience_a_risk_is_a_guess(void **state)
{
	struct ses_risk risk;

	(void) state;
	for (int h = SES_HISTORY_BOUNCED; h <= SES_HISTORY_NEVER; h++) {
		risk = ses_preflight_risk((enum ses_history) h, &none[h]);
		assert_true(risk.is_guess);
		assert_true(risk.low <= risk.expected && risk.expected <= risk.high);
	}
	/* Nobody ever mailed: from fine to a catastrophe. */
	risk = ses_preflight_risk(SES_HISTORY_NEVER, &none[SES_HISTORY_NEVER]);
	assert_true(risk.low < 0.02 && risk.high > 0.2);
	assert_false(ses_preflight_risk(SES_HISTORY_INVALID, none).is_guess);
}

static void experience_outweighs_the_prior(void **state)
{
	struct ses_experience experience = {100000, 1000};
	struct ses_risk risk;

	(void) state;
	risk = ses_preflight_risk(SES_HISTORY_NEVER, &experience);
	assert_false(risk.is_guess);
	assert_true(is_close(risk.expected, 0.01, 0.0001));
	assert_true(risk.low > 0.009 && risk.high < 0.011);
}

static void more_bounces_seen_are_a_higher_risk(void **state)
{
	double before = -1;

	(void) state;
	for (int64_t bounces = 0; bounces <= 50; bounces++) {
		struct ses_experience experience = {50, bounces};
		struct ses_risk risk = ses_preflight_risk(SES_HISTORY_YEAR, &experience);

		assert_true(risk.expected > before);
		assert_true(risk.low >= 0 && risk.high <= 1);
		before = risk.expected;
	}
}

static void more_experience_narrows_the_interval(void **state)
{
	double before = 1;

	(void) state;
	for (int64_t trials = 100; trials <= 1000000; trials *= 10) {
		struct ses_experience experience = {trials, trials / 10};
		struct ses_risk risk = ses_preflight_risk(SES_HISTORY_NEVER, &experience);

		assert_true(risk.high - risk.low < before);
		before = risk.high - risk.low;
	}
}

static void a_prediction_is_the_sum_of_the_risks(void **state)
{
	int64_t counts[SES_HISTORY_COUNT];
	struct ses_prediction prediction;
	double sum = 0;

	(void) state;
	for (int h = 0; h < SES_HISTORY_COUNT; h++) {
		counts[h] = 100 * (h + 1);
		sum += (double) counts[h] *
		       ses_preflight_risk((enum ses_history) h, &known[h]).expected;
	}
	prediction = ses_preflight_predict(counts, known);
	assert_true(is_close(prediction.expected, sum, 1e-9));
	assert_true(prediction.low < sum && sum < prediction.high);
}

static void nobody_gives_no_bounces(void **state)
{
	int64_t counts[SES_HISTORY_COUNT] = {[SES_HISTORY_SUPPRESSED] = 1000};
	struct ses_prediction prediction = ses_preflight_predict(counts, known);

	(void) state;
	assert_true(prediction.expected <= 0 && prediction.high <= 0);
}

static void more_addresses_bounce_more(void **state)
{
	(void) state;
	for (int h = SES_HISTORY_BOUNCED; h < SES_HISTORY_COUNT; h++) {
		struct ses_prediction before = {-1, -1, -1};
		int64_t counts[SES_HISTORY_COUNT] = {0};

		for (counts[h] = 1; counts[h] <= 1000000; counts[h] *= 10) {
			struct ses_prediction now = ses_preflight_predict(counts, known);

			assert_true(now.expected > before.expected);
			assert_true(now.low >= before.low && now.high > before.high);
			assert_true(0 <= now.low && now.low <= now.expected);
			assert_true(now.expected <= now.high &&
				    now.high <= (double) counts[h]);
			before = now;
		}
	}
}

/* Without the error of the risk itself the interval is that of the binomial. */
static void chance_alone_is_in_the_interval(void **state)
{
	struct ses_experience sure[SES_HISTORY_COUNT] = {
		[SES_HISTORY_RECENT] = {1000000000, 20000000}};
	int64_t counts[SES_HISTORY_COUNT] = {[SES_HISTORY_RECENT] = 10000};
	struct ses_prediction prediction = ses_preflight_predict(counts, sure);

	(void) state;
	/* 200, and 1.96 times the square root of 10000 * 0.02 * 0.98 on either side. */
	assert_true(is_close(prediction.expected, 200, 0.1));
	assert_true(is_close(prediction.low, 173, 1.5));
	assert_true(is_close(prediction.high, 228, 1.5));
}

static void the_safest_come_first(void **state)
{
	enum ses_history order[SES_HISTORY_MAILED];
	bool is_there[SES_HISTORY_COUNT] = {false};
	double before = 0;

	(void) state;
	ses_preflight_order(known, order);
	for (int i = 0; i < SES_HISTORY_MAILED; i++) {
		double risk = ses_preflight_risk(order[i], &known[order[i]]).expected;

		assert_true(risk >= before);
		assert_int_not_equal(order[i], SES_HISTORY_SUPPRESSED);
		assert_false(is_there[order[i]]);
		is_there[order[i]] = true;
		before = risk;
	}
	assert_int_equal(order[0], SES_HISTORY_RECENT);
	assert_int_equal(order[SES_HISTORY_MAILED - 1], SES_HISTORY_INVALID);
}

static void few_addresses_can_carry_most_of_the_bounces(void **state)
{
	int64_t counts[SES_HISTORY_COUNT] = {
		[SES_HISTORY_RECENT] = 9700, [SES_HISTORY_BOUNCED] = 300};
	int64_t alike[SES_HISTORY_COUNT] = {[SES_HISTORY_RECENT] = 500};
	double of_addresses, of_bounces;

	(void) state;
	assert_true(
		ses_preflight_concentration(counts, known, &of_addresses, &of_bounces));
	assert_true(is_close(of_addresses, 0.03, 1e-9));
	assert_true(of_bounces > 0.9 && of_bounces < 1);
	assert_false(
		ses_preflight_concentration(alike, known, &of_addresses, &of_bounces));
}

/* ---- domains ---- */

static void domains_that_cannot_receive_mail_are_told(void **state)
{
	static const struct {
		const char *domain;
		bool is_flawed;
	} table[] = {
		{"gmail.com", false},
		{"xn--bcher-kva.de", false},
		{"a.co.uk", false},
		{"r3---sn.net", false},
		{"[192.0.2.1]", false},
		{"contest", true},
		{"latest.com", false},
		{"my-example.com", false},
		{"localhost", true},
		{"mail.invalid", true},
		{"a.test", true},
		{"example.org", true},
		{"sub.example.com", true},
		{"printer.local", true},
		{"gmail", true},
		{"gmail.con", true},
		{"con.com", false},
		{"a..com", true},
		{"a.com.", true},
		{".com", true},
		{"192.0.2.1", true},
	};
	char label[80];

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++)
		if ((ses_domain_flaw(table[i].domain) != NULL) != table[i].is_flawed)
			fail_msg("%s", table[i].domain);
	memset(label, 'a', 64);
	memcpy(label + 64, ".com", 5);
	assert_non_null(ses_domain_flaw(label));
	assert_null(ses_domain_flaw(label + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_beta_distribution_is_what_the_tables_say),
		cmocka_unit_test(a_quantile_is_the_other_way_round),
		cmocka_unit_test(every_class_has_a_name_and_a_reasoning),
		cmocka_unit_test(an_age_is_one_of_four_classes),
		cmocka_unit_test(what_is_suppressed_bears_no_risk),
		cmocka_unit_test(without_experience_a_risk_is_a_guess),
		cmocka_unit_test(experience_outweighs_the_prior),
		cmocka_unit_test(more_bounces_seen_are_a_higher_risk),
		cmocka_unit_test(more_experience_narrows_the_interval),
		cmocka_unit_test(a_prediction_is_the_sum_of_the_risks),
		cmocka_unit_test(nobody_gives_no_bounces),
		cmocka_unit_test(more_addresses_bounce_more),
		cmocka_unit_test(chance_alone_is_in_the_interval),
		cmocka_unit_test(the_safest_come_first),
		cmocka_unit_test(few_addresses_can_carry_most_of_the_bounces),
		cmocka_unit_test(domains_that_cannot_receive_mail_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
