/* test_clock.c - tests of base/clock.h. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void times_are_read_in_every_spelling(void **state)
{
	static const struct {
		const char *text;
		utc_ms time;
	} rows[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01T00:00:00.001Z", 1},
		{"2012-05-02T00:54:06.655Z", 1335920046655},
		{"2016-01-27T14:59:38Z", 1453906778000},
		{"2018-10-08T14:05:45 +0000", 1539007545000},
		{"2009-12-03T04:24:21.000-05:00", 1259832261000},
		{"2009-12-03T04:24:21-0500", 1259832261000},
		{"2009-12-03T14:54:21.000+05:30", 1259832261000},
		{"2009-12-03 09:24:21Z", 1259832261000},
		{"2009-12-03 09:24:21 Z", 1259832261000},
		{"2009-12-03t09:24:21z", 1259832261000},
		{"2009-12-03T09:24:21   +00:00", 1259832261000},
		{"2009-12-03T09:24:21-00:00", 1259832261000},
		{"2016-01-27T14:59:38.1Z", 1453906778100},
		{"2016-01-27T14:59:38.12Z", 1453906778120},
		{"2016-01-27T14:59:38.123Z", 1453906778123},
		{"2016-01-27T14:59:38.1239Z", 1453906778123},
		{"2016-01-27T14:59:38.123456789Z", 1453906778123},
		{"2016-01-27T14:59:38.000999Z", 1453906778000},
		{"2000-02-29T00:00:00Z", 951782400000},
		{"2024-02-29T23:59:59.999Z", 1709251199999},
		{"2038-01-19T03:14:08Z", 2147483648000},
		{"9999-12-31T23:59:59.999Z", 253402300799999},
		{"2016-12-31T23:59:60Z", 1483228800000},
		{"2016-12-31T23:59:60.5Z", 1483228800500},
		{"2017-01-01T00:59:60+01:00", 1483228800000},
		{"2016-12-31T18:59:60-0500", 1483228800000},
		{"1970-01-01T01:00:00+01:00", 0},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		utc_ms time = -1;

		if (!utc_parse(rows[i].text, &time) || time != rows[i].time)
			fail_msg("%s gave %lld", rows[i].text, (long long) time);
	}
}

static void what_is_no_time_is_refused_and_changes_nothing(void **state)
{
	static const char *const rows[] = {
		"",
		" ",
		"now",
		"2016",
		"2016-01-27",
		"2016-01-27T14:59Z",
		"2016-01-27T14:59:38",
		"2016-01-27T14:59:38 ",
		" 2016-01-27T14:59:38Z",
		"2016-01-27T14:59:38Z ",
		"2016-01-27T14:59:38Z\n",
		"2016-01-27T14:59:38ZZ",
		"2016-01-27T14:59:38+00:00Z",
		"2016-01-27T14:59:38.Z",
		"2016-01-27T14:59:38,5Z",
		"2016-01-27T14:59:38.1234567890Z",
		"2016-01-27T14:59:38.5.5Z",
		"2016-01-27T14:59:38+0",
		"2016-01-27T14:59:38+00",
		"2016-01-27T14:59:38+000",
		"2016-01-27T14:59:38+00:0",
		"2016-01-27T14:59:38+24:00",
		"2016-01-27T14:59:38+00:60",
		"2016-01-27T14:59:38 UTC",
		"2016-01-27T14:59:38\tZ",
		"2016-01-27T24:00:00Z",
		"2016-01-27T14:60:00Z",
		"2016-01-27T14:59:61Z",
		"2016-01-27T14:59:60Z",
		"2016-12-31T23:58:60Z",
		"2016-12-31T23:59:60+01:00",
		"9999-12-31T23:59:60Z",
		"2016-00-27T14:59:38Z",
		"2016-13-27T14:59:38Z",
		"2016-01-00T14:59:38Z",
		"2016-01-32T14:59:38Z",
		"2016-04-31T14:59:38Z",
		"2015-02-29T14:59:38Z",
		"2100-02-29T14:59:38Z",
		"1969-12-31T23:59:59Z",
		"1970-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01",
		"0000-01-01T00:00:00Z",
		"10000-01-01T00:00:00Z",
		"-2016-01-27T14:59:38Z",
		"2016-1-27T14:59:38Z",
		"2016-01-27X14:59:38Z",
		"2016-01-27  14:59:38Z",
		"2016-01-27T4:59:38Z",
		"2016-01-27T-4:59:38Z",
		"2016-01-27T14:59:+8Z",
		"20160127T145938Z",
		"Wed, 27 Jan 2016 14:59:38 GMT",
	};
	utc_ms time = 42;

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (utc_parse(rows[i], &time))
			fail_msg("%s was taken for a time", rows[i]);
		assert_int_equal(time, 42);
	}
	assert_false(utc_parse(NULL, &time));
}

static void times_are_written_with_milliseconds(void **state)
{
	static const struct {
		utc_ms time;
		const char *text;
	} rows[] = {
		{0, "1970-01-01T00:00:00.000Z"},
		{1335920046655, "2012-05-02T00:54:06.655Z"},
		{951782400000, "2000-02-29T00:00:00.000Z"},
		{4107542399999, "2100-02-28T23:59:59.999Z"},
		{4107542400000, "2100-03-01T00:00:00.000Z"},
		{253402300799999, "9999-12-31T23:59:59.999Z"},
		{253402300800000, ""},
		{-1, ""},
		{UTC_NONE, ""},
		{INT64_MAX, ""},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[UTC_TEXT_SIZE];

		assert_ptr_equal(utc_format(rows[i].time, text), text);
		assert_string_equal(text, rows[i].text);
	}
}

static void every_day_survives_writing_and_reading(void **state)
{
	char text[UTC_TEXT_SIZE], expected[64];
	utc_ms read;

	(void) state;
	for (utc_ms time = 86399999; time < 253402300800000; time += DAY_MS) {
		time_t seconds = (time_t) (time / 1000);
		struct tm date;

		gmtime_r(&seconds, &date);
		snprintf(expected, sizeof(expected), "%04d-%02d-%02dT23:59:59.999Z",
			date.tm_year + 1900, date.tm_mon + 1, date.tm_mday);
		if (strcmp(utc_format(time, text), expected) != 0)
			fail_msg("%s instead of %s", text, expected);
		assert_true(utc_parse(text, &read));
		assert_true(read == time);
	}
}

static void time_zone_changes_nothing(void **state)
{
	static const char *const zones[] = {
		"America/New_York", "right/UTC", "Pacific/Kiritimati", "UTC"};
	char text[UTC_TEXT_SIZE];
	utc_ms time;

	(void) state;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		setenv("TZ", zones[i], 1);
		tzset();
		assert_true(utc_parse("2018-07-08T14:05:45Z", &time));
		assert_int_equal(time, 1531058745000);
		assert_string_equal(utc_format(time, text), "2018-07-08T14:05:45.000Z");
	}
	unsetenv("TZ");
	tzset();
}

static void floor_is_the_beginning_of_the_step(void **state)
{
	static const struct {
		utc_ms time;
		int64_t step;
		utc_ms floor;
	} rows[] = {
		{0, MINUTE_MS, 0},
		{59999, MINUTE_MS, 0},
		{60000, MINUTE_MS, 60000},
		{1335920046655, HOUR_MS, 1335920046655 - 1335920046655 % HOUR_MS},
		{1335920046655, DAY_MS, 1335916800000},
		{-1, MINUTE_MS, -60000},
		{-60000, MINUTE_MS, -60000},
		{-60001, MINUTE_MS, -120000},
		{-1, DAY_MS, -DAY_MS},
		{UTC_NONE, DAY_MS, UTC_NONE},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(utc_floor(rows[i].time, rows[i].step) == rows[i].floor);
}

static void durations_are_digits_and_a_unit(void **state)
{
	static const struct {
		const char *text;
		int64_t duration; /* -1: refused */
	} rows[] = {
		{"0", 0},
		{"0s", 0},
		{"0d", 0},
		{"30s", 30000},
		{"15m", 900000},
		{"24h", 86400000},
		{"400d", 34560000000},
		{"007s", 7000},
		{"36525d", 36525 * DAY_MS},
		{"876600h", 36525 * DAY_MS},
		{"3155760000s", 36525 * DAY_MS},
		{"36526d", -1},
		{"3155760001s", -1},
		{"99999999999999999999999999d", -1},
		{"9223372036854775807s", -1},
		{"", -1},
		{"00", -1},
		{"30", -1},
		{"s", -1},
		{"-1s", -1},
		{"+1s", -1},
		{"1.5h", -1},
		{" 1s", -1},
		{"1 s", -1},
		{"1s ", -1},
		{"1S", -1},
		{"1ms", -1},
		{"1w", -1},
		{"1h30m", -1},
		{NULL, -1},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t duration = -1;
		bool is_read = duration_parse(rows[i].text, &duration);

		if (is_read != (rows[i].duration >= 0) || duration != rows[i].duration)
			fail_msg("%s gave %lld", rows[i].text, (long long) duration);
	}
}

static void clocks_go_forward(void **state)
{
	int64_t monotonic = clock_monotonic_ms();
	utc_ms now = clock_now();

	(void) state;
	assert_true(now > 1700000000000 && now < 253402300800000);
	assert_true(llabs(now - (utc_ms) time(NULL) * 1000) < 2000);
	assert_true(clock_monotonic_ms() >= monotonic);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read_in_every_spelling),
		cmocka_unit_test(what_is_no_time_is_refused_and_changes_nothing),
		cmocka_unit_test(times_are_written_with_milliseconds),
		cmocka_unit_test(every_day_survives_writing_and_reading),
		cmocka_unit_test(time_zone_changes_nothing),
		cmocka_unit_test(floor_is_the_beginning_of_the_step),
		cmocka_unit_test(durations_are_digits_and_a_unit),
		cmocka_unit_test(clocks_go_forward),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
