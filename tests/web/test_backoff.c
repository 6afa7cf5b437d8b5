/* test_backoff.c - when a message that was not taken is tried again. */
#include "web/backoff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
/* 2026-11-24T12:00:00Z, as date(1) gives it. */
#define NOW (1795521600 * SECOND_MS)

static void the_longest_wait_grows_to_an_hour_and_stays_there(void **state)
{
	static const int64_t seconds[] = {5, 15, 60, 300, 900, 3600, 3600, 3600};

	(void) state;
	for (size_t i = 0; i < COUNT(seconds); i++)
		assert_int_equal(backoff_longest_ms((int64_t) i + 1), seconds[i] * 1000);
	assert_int_equal(backoff_longest_ms(400), HOUR_MS);
	assert_int_equal(backoff_longest_ms(0), 5 * SECOND_MS);
}

static void jitter_spreads_over_the_whole_wait_but_not_within_a_second(void **state)
{
	(void) state;
	assert_int_equal(backoff_next(NOW, 6, 0, 0, NOW), NOW + SECOND_MS);
	assert_int_equal(backoff_next(NOW, 6, 1234567, 0, NOW), NOW + 1234567);
	assert_int_equal(backoff_next(NOW, 6, 3600000, 0, NOW), NOW + HOUR_MS);
	/* the dice turn over: never later than the longest wait */
	for (uint64_t dice = 1; dice < 1u << 30; dice *= 3) {
		utc_ms due = backoff_next(NOW, 2, dice, 0, NOW);

		assert_in_range(due, NOW + SECOND_MS, NOW + 15 * SECOND_MS);
	}
	assert_in_range(backoff_next(NOW, 2, UINT64_MAX, 0, NOW), NOW + SECOND_MS,
		NOW + 15 * SECOND_MS);
}

static void what_the_receiver_asks_for_is_waited(void **state)
{
	(void) state;
	assert_int_equal(backoff_next(NOW, 1, 4000, 2 * HOUR_MS, NOW), NOW + 2 * HOUR_MS);
	/* but it shortens nothing */
	assert_int_equal(backoff_next(NOW, 6, 3600000, SECOND_MS, NOW), NOW + HOUR_MS);
}

static void after_three_days_it_is_given_up(void **state)
{
	utc_ms put = NOW - 3 * DAY_MS;

	(void) state;
	assert_int_equal(
		backoff_next(put + HOUR_MS + 1, 80, 3600000, 0, NOW), NOW + HOUR_MS);
	assert_int_equal(backoff_next(put, 80, 3600000, 0, NOW), UTC_NONE);
	/* the last attempt would be later than three days */
	assert_int_equal(backoff_next(put + HOUR_MS - 1, 80, 3600000, 0, NOW), UTC_NONE);
}

static void what_waited_while_nothing_ran_has_its_chances_still(void **state)
{
	(void) state;
	assert_int_not_equal(backoff_next(NOW - 30 * DAY_MS, 1, 0, 0, NOW), UTC_NONE);
	assert_int_not_equal(backoff_next(NOW - 30 * DAY_MS, 5, 0, 0, NOW), UTC_NONE);
	assert_int_equal(backoff_next(NOW - 30 * DAY_MS, 6, 0, 0, NOW), UTC_NONE);
}

static void a_clock_that_was_set_back_does_not_try_for_ever(void **state)
{
	(void) state;
	assert_int_not_equal(backoff_next(NOW + 365 * DAY_MS, 100, 0, 0, NOW), UTC_NONE);
	assert_int_equal(backoff_next(NOW + 365 * DAY_MS, 500, 0, 0, NOW), UTC_NONE);
}

static void retry_after_is_seconds_or_a_date_and_a_day_at_most(void **state)
{
	static const struct {
		const char *text;
		int64_t expected_ms;
	} rows[] = {
		{"120", 120 * SECOND_MS},
		{"0", 0},
		{"86400", DAY_MS},
		{"86401", DAY_MS},
		{"99999999999999999999999999", DAY_MS},
		{"-5", 0},
		{"Tue, 24 Nov 2026 12:02:00 GMT", 2 * MINUTE_MS},
		{"Tuesday, 24-Nov-26 12:02:00 GMT", 2 * MINUTE_MS}, /* RFC 850 */
		{"Tue Nov 24 12:02:00 2026", 2 * MINUTE_MS},	    /* asctime */
		{"Tue, 24 Nov 2026 11:59:59 GMT", 0},
		{"Fri, 31 Dec 2027 23:59:59 GMT", DAY_MS},
		{"soon", 0},
		{"", 0},
		{NULL, 0},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (backoff_asked_ms(rows[i].text, NOW) != rows[i].expected_ms)
			fail_msg("%s gives %lld", rows[i].text,
				(long long) backoff_asked_ms(rows[i].text, NOW));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_wait_grows_to_an_hour_and_stays_there),
		cmocka_unit_test(
			jitter_spreads_over_the_whole_wait_but_not_within_a_second),
		cmocka_unit_test(what_the_receiver_asks_for_is_waited),
		cmocka_unit_test(after_three_days_it_is_given_up),
		cmocka_unit_test(what_waited_while_nothing_ran_has_its_chances_still),
		cmocka_unit_test(a_clock_that_was_set_back_does_not_try_for_ever),
		cmocka_unit_test(retry_after_is_seconds_or_a_date_and_a_day_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
