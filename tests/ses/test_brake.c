/* test_brake.c - when the brake trips, and when it does not again. */
#include "ses/brake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct ses_brake_state armed = {.tripped = UTC_NONE, .resumed = UTC_NONE};

static void it_trips_at_its_level_and_above(void **state)
{
	(void) state;
	for (enum ses_level at = SES_LEVEL_WARNING; at <= SES_LEVEL_OVER_PAUSE_LIMIT;
		at++) {
		const struct ses_brake_settings settings = {.at = at};

		for (enum ses_level level = SES_LEVEL_NO_DENOMINATOR;
			level <= SES_LEVEL_OVER_PAUSE_LIMIT; level++)
			assert_int_equal(
				ses_brake_trips(&settings, &armed, level), level >= at);
	}
}

static void it_is_off_unless_it_has_a_level(void **state)
{
	static const enum ses_level off[] = {
		SES_LEVEL_NO_DENOMINATOR, SES_LEVEL_TOO_FEW, SES_LEVEL_OK};

	(void) state;
	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		const struct ses_brake_settings settings = {.at = off[i]};

		assert_false(
			ses_brake_trips(&settings, &armed, SES_LEVEL_OVER_PAUSE_LIMIT));
	}
}

static void what_is_tripped_does_not_trip_again(void **state)
{
	const struct ses_brake_settings settings = {.at = SES_LEVEL_WARNING};
	const struct ses_brake_state tripped = {.is_tripped = true,
		.tripped = 1,
		.level = SES_LEVEL_WARNING,
		.resumed = UTC_NONE};

	(void) state;
	assert_false(ses_brake_trips(&settings, &tripped, SES_LEVEL_OVER_PAUSE_LIMIT));
}

static void what_was_resumed_trips_by_what_came_after(void **state)
{
	const struct ses_brake_settings settings = {.at = SES_LEVEL_WARNING};
	const struct ses_brake_state resumed = {
		.tripped = UTC_NONE, .level = SES_LEVEL_WARNING, .resumed = 5};

	(void) state;
	assert_false(ses_brake_trips(&settings, &resumed, SES_LEVEL_NO_DENOMINATOR));
	assert_false(ses_brake_trips(&settings, &resumed, SES_LEVEL_TOO_FEW));
	assert_true(ses_brake_trips(&settings, &resumed, SES_LEVEL_WARNING));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_trips_at_its_level_and_above),
		cmocka_unit_test(it_is_off_unless_it_has_a_level),
		cmocka_unit_test(what_is_tripped_does_not_trip_again),
		cmocka_unit_test(what_was_resumed_trips_by_what_came_after),
	};

	return cmocka_run_group_tests_name("brake", tests, NULL, NULL);
}
