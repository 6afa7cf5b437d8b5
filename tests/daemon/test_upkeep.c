/* test_upkeep.c - the store gets its slices of upkeep, and a stuck one is noticed. */
#include "daemon/upkeep.h"

#include <poll.h>

#include "tests/daemon/scratch.h"

static struct store *opened_store(void)
{
	const struct store_settings settings = {
		.path = scratch_path("feedback.db"), .keep_events_ms = DAY_MS};
	struct error error = {""};
	struct store *store = store_open(&settings, &error);

	if (!store)
		fail_msg("%s", error.text);
	return store;
}

static void a_slice_is_due_at_once_and_then_every_minute(void **state)
{
	struct store *store = opened_store();
	struct error error;
	struct upkeep *upkeep = upkeep_new(store, &error);
	struct store_health health;
	int64_t start = clock_monotonic_ms();
	int64_t due;

	(void) state;
	assert_non_null(upkeep);
	assert_true(start >= 0);
	due = upkeep_tick(upkeep, start);
	assert_int_equal(due, start + UPKEEP_EVERY_MS);
	/* Whether the first is done already or not: no second one before its time. */
	assert_true(upkeep_tick(upkeep, start + 1) > start + 1);
	assert_false(upkeep_is_stuck(upkeep, start + 1));
	store_close(store); /* finishes what waits */
	assert_false(upkeep_is_stuck(upkeep, start + 10 * UPKEEP_PATIENCE_MS));
	upkeep_free(upkeep);

	store = opened_store();
	assert_true(store_health(store, &health, &error));
	assert_false(health.is_failing);
	store_close(store);
}

static void an_empty_store_has_no_more_to_prune(void **state)
{
	struct store *store = opened_store();
	struct error error;
	struct upkeep *upkeep = upkeep_new(store, &error);
	struct pollfd wait = {.fd = upkeep_fd(upkeep), .events = POLLIN};

	(void) state;
	upkeep_tick(upkeep, clock_monotonic_ms());
	store_close(store);
	assert_int_equal(poll(&wait, 1, 0), 0);
	upkeep_free(upkeep);
	upkeep_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slice_is_due_at_once_and_then_every_minute),
		cmocka_unit_test(an_empty_store_has_no_more_to_prune),
	};

	return cmocka_run_group_tests_name("upkeep", tests, scratch_make, scratch_remove);
}
