/* test_watch_words.c - numbers as alerts say them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/watch_words.h"

static char text[WATCH_WORD_SIZE];

static void numbers_have_commas(void **state)
{
	(void) state;
	assert_string_equal(watch_number(0, text), "0");
	assert_string_equal(watch_number(999, text), "999");
	assert_string_equal(watch_number(10000, text), "10,000");
	assert_string_equal(watch_number(-1234567, text), "-1,234,567");
	assert_string_equal(watch_number(INT64_MAX, text), "9,223,372,036,854,775,807");
}

static void one_is_not_many(void **state)
{
	(void) state;
	assert_string_equal(watch_counted(1, "hard bounce", text), "1 hard bounce");
	assert_string_equal(watch_counted(0, "complaint", text), "0 complaints");
	assert_string_equal(watch_counted(10000, "recipient", text), "10,000 recipients");
}

static void percents_are_never_rounded_up(void **state)
{
	(void) state;
	assert_string_equal(watch_percent(531, 10000, false, text), "5.31 %");
	assert_string_equal(watch_percent(49999, 1000000, false, text), "4.99 %");
	assert_string_equal(watch_percent(1, 1000, true, text), "0.100 %");
	assert_string_equal(watch_percent(99, 100000, true, text), "0.099 %");
	assert_string_equal(watch_percent(1, 1, false, text), "100.00 %");
	assert_string_equal(watch_percent(1, 0, false, text), "no rate");
}

static void limits_have_no_needless_places(void **state)
{
	(void) state;
	assert_string_equal(watch_limit(50000, text), "5 %");
	assert_string_equal(watch_limit(1000, text), "0.1 %");
	assert_string_equal(watch_limit(12345, text), "1.2345 %");
	assert_string_equal(watch_limit(1000000, text), "100 %");
}

static void spans_have_the_unit_that_fits(void **state)
{
	(void) state;
	assert_string_equal(watch_span(7 * DAY_MS, text), "7.0 days");
	assert_string_equal(watch_span(36 * HOUR_MS, text), "1.5 days");
	assert_string_equal(watch_span(3 * HOUR_MS + 30 * MINUTE_MS, text), "3.5 hours");
	assert_string_equal(watch_span(90 * MINUTE_MS, text), "90 minutes");
	assert_string_equal(watch_span(SECOND_MS, text), "1 second");
	assert_string_equal(watch_span(-5, text), "0 seconds");
}

static void bytes_have_the_unit_that_fits(void **state)
{
	(void) state;
	assert_string_equal(watch_bytes(0, text), "0.0 KiB");
	assert_string_equal(watch_bytes(1536 << 10, text), "1.5 MiB");
	assert_string_equal(watch_bytes((uint64_t) 3 << 30, text), "3.0 GiB");
	assert_string_equal(watch_bytes((uint64_t) 5000 << 40, text), "5000.0 TiB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_commas),
		cmocka_unit_test(one_is_not_many),
		cmocka_unit_test(percents_are_never_rounded_up),
		cmocka_unit_test(limits_have_no_needless_places),
		cmocka_unit_test(spans_have_the_unit_that_fits),
		cmocka_unit_test(bytes_have_the_unit_that_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
