/* test_parking.c - the gate: counted, closed, waited for. */
#include "web/parking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

static int make(void **state)
{
	*state = parking_new();
	return *state == NULL ? -1 : 0;
}

static int unmake(void **state)
{
	parking_free(*state);
	return 0;
}

static void who_is_inside_is_counted(void **state)
{
	assert_true(parking_enter(*state));
	assert_true(parking_enter(*state));
	assert_int_equal(parking_count(*state), 2);
	parking_leave(*state);
	parking_leave(*state);
	assert_int_equal(parking_count(*state), 0);
	assert_true(parking_wait_empty(*state, 0));
}

static void nobody_enters_a_closed_gate_but_who_is_inside_stays(void **state)
{
	assert_true(parking_enter(*state));
	parking_close(*state);
	assert_false(parking_enter(*state));
	assert_int_equal(parking_count(*state), 1);
	parking_leave(*state);
}

static void waiting_for_an_occupied_park_ends_at_its_time(void **state)
{
	assert_true(parking_enter(*state));
	assert_false(parking_wait_empty(*state, 20));
	parking_leave(*state);
}

static void *leave(void *closure)
{
	parking_leave(closure);
	return NULL;
}

static void waiting_ends_when_the_last_one_leaves(void **state)
{
	pthread_t thread;

	assert_true(parking_enter(*state));
	assert_int_equal(pthread_create(&thread, NULL, leave, *state), 0);
	assert_true(parking_wait_empty(*state, 10000));
	pthread_join(thread, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_is_inside_is_counted, make, unmake),
		cmocka_unit_test_setup_teardown(
			nobody_enters_a_closed_gate_but_who_is_inside_stays, make,
			unmake),
		cmocka_unit_test_setup_teardown(
			waiting_for_an_occupied_park_ends_at_its_time, make, unmake),
		cmocka_unit_test_setup_teardown(
			waiting_ends_when_the_last_one_leaves, make, unmake),
	};

	return cmocka_run_group_tests_name("parking", tests, NULL, NULL);
}
