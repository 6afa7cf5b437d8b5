/* test_series.c - counters as a time series: steps, edges, and what narrows them. The
 * sums are compared with a recount in test_recount.c. */
#include "tests/store/support.h"

#include "store/reputation.h"

/* 2026-03-10T00:00:00Z, the day of NOON. */
#define MIDNIGHT (NOON - 12 * HOUR_MS)

struct steps {
	struct store_series_row rows[STORE_SERIES_MAX];
	size_t count, stop_at;
	utc_ms from, to;
};

static bool copy_step(void *closure, const struct store_series_row *row)
{
	struct steps *steps = closure;

	assert_true(steps->count < STORE_SERIES_MAX);
	steps->rows[steps->count++] = *row;
	return steps->count != steps->stop_at;
}

static struct steps *steps;

static bool read_steps(struct scene *scene, const struct store_rates_query *query,
	int64_t step_ms, utc_ms now)
{
	struct ses_reputation_settings settings;

	ses_reputation_defaults(&settings);
	steps->count = 0;
	return store_series(scene->store, &settings, query, step_ms, now, &steps->from,
		&steps->to, copy_step, steps, &scene->error);
}

static void send_at(struct scene *scene, utc_ms sent, unsigned mail, const char *set,
	enum ses_outcome outcome)
{
	struct letter letter;

	letter_simple(&letter, outcome == SES_OUTCOME_SEND ? SES_SEND : SES_BOUNCE,
		outcome, sent, mail, "a@plain.example");
	letter.job.notification.published = sent;
	snprintf(letter.configuration_set, sizeof(letter.configuration_set), "%s", set);
	record(scene, &letter);
}

static int set_up(void **state)
{
	steps = calloc(1, sizeof(*steps));
	return steps == NULL ? -1 : scene_set_up(state);
}

static int tear_down(void **state)
{
	free(steps);
	return scene_tear_down(state);
}

static void steps_are_aligned_and_the_empty_ones_are_there(void **state)
{
	const struct store_rates_query query = {
		.window = STORE_WINDOW_24H,
		.basis = STORE_BASIS_PUBLISHED,
	};
	struct scene *scene = *state;

	send_at(scene, MIDNIGHT + 10 * MINUTE_MS, 1, "news", SES_OUTCOME_SEND);
	send_at(scene, MIDNIGHT + 20 * MINUTE_MS, 1, "news", SES_OUTCOME_HARD_BOUNCE);
	send_at(scene, MIDNIGHT + 100 * MINUTE_MS, 2, "news", SES_OUTCOME_SEND);
	assert_true(read_steps(scene, &query, HOUR_MS, NOON + 30 * MINUTE_MS));
	assert_int_equal(steps->to, NOON + 31 * MINUTE_MS);
	assert_int_equal(steps->from, steps->to - DAY_MS);
	/* From the hour the window begins in to the hour that runs. */
	assert_int_equal(steps->count, 25);
	for (size_t i = 0; i < steps->count; i++) {
		const struct store_series_row *row = &steps->rows[i];
		int64_t sends =
			row->start == MIDNIGHT || row->start == MIDNIGHT + HOUR_MS;

		assert_int_equal(row->start, NOON - DAY_MS + (utc_ms) i * HOUR_MS);
		assert_int_equal(row->counts.sends, sends);
		assert_int_equal(row->denominator, sends);
		assert_int_equal(
			row->source, sends > 0 ? SES_SOURCE_SEND : SES_SOURCE_NONE);
		assert_int_equal(row->bounce.has_rate, sends > 0);
		assert_int_equal(row->bounce.numerator, row->start == MIDNIGHT);
	}
}

/* Ninety minutes are no whole hours, and no part of a day's half. */
static void a_step_can_be_any_number_of_minutes(void **state)
{
	static const int64_t minutes[] = {1, 7, 45, 90, 1440, 1441, 2160, 100000};
	const struct store_rates_query query = {
		.window = STORE_WINDOW_24H,
		.basis = STORE_BASIS_PUBLISHED,
	};
	struct scene *scene = *state;

	for (unsigned i = 0; i < 48; i++)
		send_at(scene, NOON - i * 30 * MINUTE_MS, i + 1, "", SES_OUTCOME_SEND);
	for (size_t i = 0; i < sizeof(minutes) / sizeof(minutes[0]); i++) {
		int64_t step = minutes[i] * MINUTE_MS, sum = 0;

		assert_true(read_steps(scene, &query, step, NOON));
		for (size_t j = 0; j < steps->count; j++) {
			assert_int_equal(steps->rows[j].start,
				utc_floor(steps->from, step) + (utc_ms) j * step);
			assert_in_range(steps->rows[j].counts.sends, 0,
				(uint64_t) minutes[i] / 30 + 1);
			sum += steps->rows[j].counts.sends;
		}
		assert_int_equal(sum, 48);
	}
}

static void what_is_no_step_is_refused_in_words(void **state)
{
	static const int64_t bad[] = {0, -MINUTE_MS, 1, MINUTE_MS + 1, MINUTE_MS - 1};
	struct store_rates_query query = {
		.window = STORE_WINDOW_30D,
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(read_steps(scene, &query, bad[i], NOON));
		assert_non_null(strstr(scene->error.text, "whole number of minutes"));
	}
	/* 43,200 minutes. */
	assert_false(read_steps(scene, &query, MINUTE_MS, NOON));
	assert_non_null(strstr(scene->error.text, "longer step"));
	assert_int_equal(steps->count, 0);
	/* Without an account, too, there are steps. */
	query.window = STORE_WINDOW_24H;
	assert_true(read_steps(scene, &query, MINUTE_MS, NOON));
	assert_int_equal(steps->count, 1440);
	steps->stop_at = 3;
	assert_true(read_steps(scene, &query, MINUTE_MS, NOON));
	assert_int_equal(steps->count, 3);
}

static void a_key_an_account_and_a_time_narrow_it(void **state)
{
	struct store_rates_query query = {
		.window = STORE_WINDOW_1H,
		.dimension = STORE_BY_CONFIGURATION_SET,
		.basis = STORE_BASIS_PUBLISHED,
		.key = "news",
	};
	struct scene *scene = *state;

	send_at(scene, NOON - 10 * MINUTE_MS, 1, "news", SES_OUTCOME_SEND);
	send_at(scene, NOON - 20 * MINUTE_MS, 2, "shop", SES_OUTCOME_SEND);
	send_at(scene, NOON - 30 * MINUTE_MS, 3, "news", SES_OUTCOME_SEND);
	assert_true(read_steps(scene, &query, DAY_MS, NOON));
	assert_int_equal(steps->count, 1);
	assert_int_equal(steps->rows[0].counts.sends, 2);
	query.since = NOON - 15 * MINUTE_MS - 1;
	assert_true(read_steps(scene, &query, DAY_MS, NOON));
	assert_int_equal(steps->from, NOON - 15 * MINUTE_MS);
	assert_int_equal(steps->rows[0].counts.sends, 1);
	query.since = 0;
	query.account = "222233334444";
	assert_true(read_steps(scene, &query, DAY_MS, NOON));
	assert_int_equal(steps->rows[0].counts.sends, 0);
	query.account = NULL;
	query.key = NULL;
	assert_true(read_steps(scene, &query, DAY_MS, NOON));
	assert_int_equal(steps->rows[0].counts.sends, 3);
}

/* More bounces than sends in one step: no rate of 200 %. */
static void no_step_has_a_rate_above_one(void **state)
{
	const struct store_rates_query query = {
		.window = STORE_WINDOW_24H,
		.basis = STORE_BASIS_PUBLISHED,
	};
	struct scene *scene = *state;

	send_at(scene, NOON - 50 * MINUTE_MS, 1, "", SES_OUTCOME_SEND);
	send_at(scene, NOON - 40 * MINUTE_MS, 1, "", SES_OUTCOME_HARD_BOUNCE);
	send_at(scene, NOON - 40 * MINUTE_MS, 2, "", SES_OUTCOME_HARD_BOUNCE);
	assert_true(read_steps(scene, &query, HOUR_MS, NOON - MINUTE_MS));
	assert_int_equal(steps->rows[steps->count - 1].counts.hard_bounces, 2);
	assert_false(steps->rows[steps->count - 1].bounce.has_rate);
	assert_true(steps->rows[steps->count - 1].bounce.is_incomplete);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(steps_are_aligned_and_the_empty_ones_are_there),
		TEST(a_step_can_be_any_number_of_minutes),
		TEST(what_is_no_step_is_refused_in_words),
		TEST(a_key_an_account_and_a_time_narrow_it),
		TEST(no_step_has_a_rate_above_one),
	};

	return cmocka_run_group_tests_name("series", tests, NULL, NULL);
}
