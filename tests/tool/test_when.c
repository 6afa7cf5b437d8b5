/* test_when.c - times, durations and counts as people type and read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tool/path.h"
#include "tool/when.h"
#include "tool/words.h"

#define NOW INT64_C(1795499507000) /* 2026-11-24T05:51:47Z */

static void times_are_read_as_people_type_them(void **state)
{
	static const struct {
		const char *text;
		enum when_direction direction;
		utc_ms expected;
	} rows[] = {
		{"2026-11-24T05:51:47Z", WHEN_PAST, NOW},
		{"2026-11-24", WHEN_PAST, NOW - (5 * HOUR_MS + 51 * MINUTE_MS + 47000)},
		{"now", WHEN_PAST, NOW},
		{"24h", WHEN_PAST, NOW - DAY_MS},
		{"30d", WHEN_FUTURE, NOW + 30 * DAY_MS},
		{"90s", WHEN_FUTURE, NOW + 90 * SECOND_MS},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error error;
		utc_ms time = 0;

		assert_true(when_parse(
			"since", rows[i].text, NOW, rows[i].direction, &time, &error));
		assert_int_equal(time, rows[i].expected);
	}
}

static void what_is_no_time_is_refused_with_what_would_be_one(void **state)
{
	static const char *const rows[] = {
		"", "yesterday", "2026-02-30", "24", "h", "-1d", "2026-11-24T", "24hh"};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error error;
		utc_ms time = 7;

		assert_false(when_parse("since", rows[i], NOW, WHEN_PAST, &time, &error));
		assert_int_equal(time, 7);
		assert_non_null(strstr(error.text, "--since"));
		assert_non_null(strstr(error.text, "24h"));
	}
}

static void numbers_have_bounds(void **state)
{
	struct error error;
	int64_t number = 7;

	(void) state;
	assert_true(when_parse_number("limit", "10", 1, 10, &number, &error));
	assert_int_equal(number, 10);
	assert_false(when_parse_number("limit", "0", 1, 10, &number, &error));
	assert_false(when_parse_number("limit", "11", 1, 10, &number, &error));
	assert_false(when_parse_number("limit", "1x", 1, 10, &number, &error));
	assert_false(when_parse_number("limit", "-1", 1, 10, &number, &error));
	assert_string_equal(error.text, "--limit -1: not a number from 1 to 10");
	assert_int_equal(number, 10);
}

static void times_are_shown_short_and_strange_ones_as_they_are(void **state)
{
	char shown[WHEN_SIZE];

	(void) state;
	assert_string_equal(
		when_show("2026-11-24T05:51:47.123Z", shown), "2026-11-24 05:51:47Z");
	assert_string_equal(when_show(NULL, shown), "");
	assert_string_equal(when_show("soon", shown), "soon");
}

static void ages_are_said_in_the_unit_that_says_most(void **state)
{
	static const struct {
		const char *time, *expected;
	} rows[] = {
		{"2026-11-24T05:51:47Z", "just now"},
		{"2026-11-24T05:51:40Z", "7 seconds ago"},
		{"2026-11-24T05:50:00Z", "107 seconds ago"},
		{"2026-11-24T05:48:47Z", "3 minutes ago"},
		{"2026-11-23T05:51:47Z", "24 hours ago"},
		{"2026-11-20T05:51:47Z", "4 days ago"},
		{"2026-11-26T05:51:47Z", "in 2 days"},
		{NULL, "never"},
	};
	char shown[WHEN_SIZE];

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(when_ago(rows[i].time, NOW, shown), rows[i].expected);
	assert_string_equal(when_duration(SECOND_MS, shown), "1 second");
}

static void counts_are_grouped(void **state)
{
	char words[WORDS_SIZE];

	(void) state;
	assert_string_equal(words_count(0, words), "0");
	assert_string_equal(words_count(999, words), "999");
	assert_string_equal(words_count(1000, words), "1,000");
	assert_string_equal(words_count(10476, words), "10,476");
	assert_string_equal(words_count(-123456, words), "-123,456");
	assert_string_equal(words_count(INT64_MAX, words), "9,223,372,036,854,775,807");
}

static void a_rate_that_is_not_known_is_a_dash_and_never_zero(void **state)
{
	static const char text[] =
		"{\"a\":null,\"b\":0,\"c\":0.0123,\"d\":0.05,\"e\":0.001,\"f\":1}";
	struct json *json = json_parse(text, strlen(text), JSON_STRICT, NULL);
	char words[WORDS_SIZE];

	(void) state;
	assert_string_equal(words_member_rate(json, "a", words), "–");
	assert_string_equal(words_member_rate(json, "missing", words), "–");
	assert_string_equal(words_member_rate(json, "b", words), "0.000 %");
	assert_string_equal(words_member_rate(json, "c", words), "1.23 %");
	assert_string_equal(words_member_rate(json, "f", words), "100.00 %");
	assert_string_equal(words_member_limit(json, "d", words), "5 %");
	assert_string_equal(words_member_limit(json, "e", words), "0.1 %");
	assert_string_equal(words_member_count(json, "a", words), "–");
	json_free(json);
}

static void worse_levels_rank_higher_and_unknown_ones_are_shown(void **state)
{
	static const char *const levels[] = {"no-denominator", "too-few", "ok", "warning",
		"over-review-limit", "over-pause-limit"};
	enum screen_style style;

	(void) state;
	for (size_t i = 1; i < sizeof(levels) / sizeof(levels[0]); i++)
		assert_true(
			words_level_rank(levels[i]) > words_level_rank(levels[i - 1]));
	assert_string_equal(
		words_level("over-pause-limit", &style), "OVER THE PAUSE LIMIT");
	assert_int_equal(style, SCREEN_ALARM);
	assert_string_equal(words_level("from-the-future", &style), "from-the-future");
	assert_string_equal(words_level(NULL, &style), "unknown");
}

static void paths_are_percent_encoded(void **state)
{
	struct buffer path;

	(void) state;
	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/suppressions/");
	path_encode(&path, "a/b+c@bü.example?#%");
	path_query(&path, "scope", "x&y=z");
	path_query(&path, "left-out", NULL);
	path_query(&path, "note", "a b");
	assert_string_equal(path.bytes,
		"/v1/suppressions/a%2Fb%2Bc%40b%C3%BC.example%3F%23%25"
		"?scope=x%26y%3Dz&note=a%20b");
	buffer_finish(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read_as_people_type_them),
		cmocka_unit_test(what_is_no_time_is_refused_with_what_would_be_one),
		cmocka_unit_test(numbers_have_bounds),
		cmocka_unit_test(times_are_shown_short_and_strange_ones_as_they_are),
		cmocka_unit_test(ages_are_said_in_the_unit_that_says_most),
		cmocka_unit_test(counts_are_grouped),
		cmocka_unit_test(a_rate_that_is_not_known_is_a_dash_and_never_zero),
		cmocka_unit_test(worse_levels_rank_higher_and_unknown_ones_are_shown),
		cmocka_unit_test(paths_are_percent_encoded),
	};

	return cmocka_run_group_tests_name("when", tests, NULL, NULL);
}
