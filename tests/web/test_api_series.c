/* test_api_series.c - the counters of a window as a time series, over the API. */
#include "tests/web/api_scene.h"

static void record_an_hour(struct scene *scene)
{
	utc_ms when = clock_now() - 10 * MINUTE_MS;

	for (unsigned i = 0; i < 10; i++) {
		char address[64];

		snprintf(address, sizeof(address), "user%u@%s.example", i,
			i < 4 ? "small" : "large");
		record_send(scene, i, when, address);
		if (i < 2)
			record_bounce(scene, i, when, address);
	}
}

static int64_t sum(const struct scene *scene, const char *name)
{
	const struct json *row = json_first(json_member(scene->json, "rows"));
	int64_t total = 0;

	for (; row != NULL; row = json_next(row))
		total += integer(row, name);
	return total;
}

static void every_step_is_there_and_they_add_up(void **state)
{
	struct scene *scene = *state;
	const struct json *rows;

	record_an_hour(scene);
	assert_int_equal(get(scene, "/v1/series?window=1h"), 200);
	assert_member(scene->json, "window", "1h");
	assert_member(scene->json, "step", "1m");
	assert_member(scene->json, "by", "account");
	assert_member(scene->json, "basis", "sent");
	rows = json_member(scene->json, "rows");
	assert_int_equal(json_count(rows), 60);
	assert_member(json_first(rows), "at", json_text(scene->json, "from"));
	assert_int_equal(sum(scene, "sends"), 10);
	assert_int_equal(sum(scene, "hard_bounces"), 2);
	/* A step without anything has no rate. */
	assert_true(json_is_null(json_member(json_first(rows), "bounce_rate")));
	assert_true(json_is_null(json_member(json_first(rows), "denominator")));
}

static void steps_fit_the_window_unless_they_are_named(void **state)
{
	static const struct {
		const char *query, *step;
		size_t least, most; /* steps */
	} cases[] = {
		{"", "15m", 96, 97},
		{"window=7d", "1h", 168, 169},
		{"window=30d", "1d", 30, 31},
		{"window=representative", "1d", 1, 1500},
		{"window=24h&step=5m", "5m", 288, 289},
		{"window=24h&step=90m", "90m", 16, 17},
		{"window=24h&step=24h", "1d", 1, 2},
		{"window=7d&step=120m", "2h", 84, 85},
		{"window=7d&step=7m", "7m", 1440, 1441},
	};
	struct scene *scene = *state;

	record_an_hour(scene);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char target[128];
		size_t count;

		snprintf(target, sizeof(target), "/v1/series?%s", cases[i].query);
		assert_int_equal(get(scene, target), 200);
		assert_member(scene->json, "step", cases[i].step);
		count = json_count(json_member(scene->json, "rows"));
		assert_in_range(count, cases[i].least, cases[i].most);
		assert_int_equal(sum(scene, "sends"), 10);
	}
}

static void a_key_narrows_the_series(void **state)
{
	static const struct {
		const char *query;
		int64_t sends, hard_bounces;
	} cases[] = {
		{"by=recipient-domain&key=small.example", 4, 2},
		{"by=recipient-domain&key=large.example", 6, 0},
		{"by=recipient-domain&key=none.example", 0, 0},
		{"by=tag:campaign&key=spring", 10, 2},
		{"by=tag&key=campaign=spring", 10, 2},
		{"by=provider&key=", 10, 2},
		{"by=account&key=111122223333/eu-west-1", 10, 2},
		{"account=111122223333&region=eu-west-1&basis=published", 10, 2},
		{"account=999999999999", 0, 0},
	};
	struct scene *scene = *state;

	record_an_hour(scene);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char target[160];

		snprintf(target, sizeof(target), "/v1/series?%s", cases[i].query);
		assert_int_equal(get(scene, target), 200);
		assert_int_equal(sum(scene, "sends"), cases[i].sends);
		assert_int_equal(sum(scene, "hard_bounces"), cases[i].hard_bounces);
	}
}

static void wrong_steps_and_missing_keys_are_refused_in_words(void **state)
{
	static const struct {
		const char *query, *words;
	} cases[] = {
		{"step=90s", "whole minutes"},
		{"step=0", "whole minutes"},
		{"step=m", "whole minutes"},
		{"window=7d&step=1m", "the smallest step possible is 7m"},
		{"window=30d&step=5m", "the smallest step possible is 29m"},
		{"by=provider", "name the key (key="},
		{"by=colour&key=red", "provider"},
		{"limit=10", "limit"},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char target[128];

		snprintf(target, sizeof(target), "/v1/series?%s", cases[i].query);
		get(scene, target);
		assert_problem(scene, 400, "query", cases[i].words);
	}
}

static void a_long_representative_window_names_its_smallest_step_too(void **state)
{
	struct scene *scene = *state;

	scene->rules.reputation.representative_sends = 1000000;
	record_send(scene, 1, clock_now() - 30 * DAY_MS, "anna@example.com");
	record_send(scene, 2, clock_now() - MINUTE_MS, "anna@example.com");
	get(scene, "/v1/series?window=representative&step=1m&basis=published");
	assert_problem(scene, 400, "query", "the smallest step possible is");
}

#define SCENE_TEST(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(every_step_is_there_and_they_add_up),
		SCENE_TEST(steps_fit_the_window_unless_they_are_named),
		SCENE_TEST(a_key_narrows_the_series),
		SCENE_TEST(wrong_steps_and_missing_keys_are_refused_in_words),
		SCENE_TEST(a_long_representative_window_names_its_smallest_step_too),
	};

	return cmocka_run_group_tests_name("api_series", tests, NULL, NULL);
}
