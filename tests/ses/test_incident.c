/* test_incident.c - the stretch of time that pulled a rate up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ses/incident.h"

#define LIMIT ((ppm) 50000) /* 5 % */
#define STEPS(array) array, sizeof(array) / sizeof(array[0])

static void nothing_is_found_where_no_step_is_beyond_the_limit(void **state)
{
	const struct ses_incident_step steps[] = {
		{0, 5, 100}, {1, 0, 0}, {2, 4, 100}, {3, 0, 1000}};
	struct ses_incident incident;

	(void) state;
	assert_false(ses_incident_find(STEPS(steps), LIMIT, &incident));
	assert_false(ses_incident_find(steps, 0, LIMIT, &incident));
}

static void one_bad_step_among_good_ones_is_the_stretch(void **state)
{
	const struct ses_incident_step steps[] = {
		{0, 1, 1000}, {1, 90, 300}, {2, 0, 1000}};
	struct ses_incident incident;

	(void) state;
	assert_true(ses_incident_find(STEPS(steps), LIMIT, &incident));
	assert_int_equal(incident.first, 1);
	assert_int_equal(incident.count, 1);
	assert_int_equal(incident.numerator, 90);
	assert_int_equal(incident.denominator, 300);
	assert_int_equal(incident.excess, 75 * PPM_ONE);
}

static void a_short_pause_between_two_bad_steps_belongs_to_the_stretch(void **state)
{
	const struct ses_incident_step steps[] = {{0, 0, 5000}, {1, 90, 300}, {2, 0, 0},
		{3, 0, 100}, {4, 60, 200}, {5, 0, 5000}};
	struct ses_incident incident;

	(void) state;
	assert_true(ses_incident_find(STEPS(steps), LIMIT, &incident));
	assert_int_equal(incident.first, 1);
	assert_int_equal(incident.count, 4);
}

static void good_steps_that_make_up_for_the_bad_ones_part_two_stretches(void **state)
{
	const struct ses_incident_step steps[] = {
		{0, 30, 100}, {1, 0, 5000}, {2, 80, 100}};
	struct ses_incident incident;

	(void) state;
	assert_true(ses_incident_find(STEPS(steps), LIMIT, &incident));
	assert_int_equal(incident.first, 2);
	assert_int_equal(incident.count, 1);
}

static void feedback_without_a_denominator_counts_whole(void **state)
{
	const struct ses_incident_step steps[] = {{0, 7, 0}};
	struct ses_incident incident;

	(void) state;
	assert_true(ses_incident_find(STEPS(steps), LIMIT, &incident));
	assert_int_equal(incident.excess, 7 * PPM_ONE);
}

/* Every stretch tried by itself. */
static int64_t largest_by_force(const struct ses_incident_step *steps, size_t count)
{
	int64_t largest = 0;

	for (size_t first = 0; first < count; first++) {
		int64_t numerator = 0, denominator = 0;

		for (size_t last = first; last < count; last++) {
			int64_t excess;

			numerator += steps[last].numerator;
			denominator += steps[last].denominator;
			excess = ses_incident_excess(numerator, denominator, LIMIT);
			if (excess > largest)
				largest = excess;
		}
	}
	return largest;
}

static void no_other_stretch_has_more_excess(void **state)
{
	unsigned seed = 4;

	(void) state;
	for (int round = 0; round < 2000; round++) {
		struct ses_incident_step steps[24];
		struct ses_incident incident = {0};
		int64_t largest;

		for (size_t i = 0; i < 24; i++) {
			int64_t sends = rand_r(&seed) % 200;

			steps[i] = (struct ses_incident_step){
				.start = (utc_ms) i * HOUR_MS,
				.numerator =
					sends > 0 ? rand_r(&seed) % (sends / 8 + 1) : 0,
				.denominator = sends,
			};
		}
		largest = largest_by_force(steps, 24);
		assert_int_equal(
			ses_incident_find(steps, 24, LIMIT, &incident), largest > 0);
		assert_int_equal(incident.excess, largest);
	}
}

static void the_largest_numbers_do_not_overflow(void **state)
{
	(void) state;
	assert_int_equal(ses_incident_excess(INT64_MAX, 0, LIMIT), INT64_MAX);
	assert_int_equal(ses_incident_excess(0, INT64_MAX, PPM_ONE), INT64_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_found_where_no_step_is_beyond_the_limit),
		cmocka_unit_test(one_bad_step_among_good_ones_is_the_stretch),
		cmocka_unit_test(
			a_short_pause_between_two_bad_steps_belongs_to_the_stretch),
		cmocka_unit_test(
			good_steps_that_make_up_for_the_bad_ones_part_two_stretches),
		cmocka_unit_test(feedback_without_a_denominator_counts_whole),
		cmocka_unit_test(no_other_stretch_has_more_excess),
		cmocka_unit_test(the_largest_numbers_do_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
