/* test_ration.c - so many in a burst, then so many a second. */
#include "web/ration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int take(struct ration *ration, int64_t now_ms, int wanted)
{
	int taken = 0;

	while (wanted-- > 0 && ration_take(ration, now_ms))
		taken++;
	return taken;
}

static void a_burst_is_allowed_and_no_more(void **state)
{
	struct ration ration;

	(void) state;
	ration_init(&ration, 5, 1000);
	assert_int_equal(take(&ration, 100000, 10), 5);
	assert_int_equal(take(&ration, 100999, 10), 0);
}

static void time_earns_one_an_interval_and_keeps_the_rest(void **state)
{
	struct ration ration;

	(void) state;
	ration_init(&ration, 5, 1000);
	assert_int_equal(take(&ration, 100000, 5), 5);
	assert_int_equal(take(&ration, 101500, 10), 1);
	assert_int_equal(take(&ration, 101900, 10), 0);
	assert_int_equal(take(&ration, 102000, 10), 1);
}

static void what_is_earned_never_exceeds_the_burst(void **state)
{
	struct ration ration;

	(void) state;
	ration_init(&ration, 5, 1000);
	assert_int_equal(take(&ration, 100000, 5), 5);
	assert_int_equal(take(&ration, 10000000, 100), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_is_allowed_and_no_more),
		cmocka_unit_test(time_earns_one_an_interval_and_keeps_the_rest),
		cmocka_unit_test(what_is_earned_never_exceeds_the_burst),
	};

	return cmocka_run_group_tests_name("ration", tests, NULL, NULL);
}
