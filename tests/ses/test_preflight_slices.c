/* test_preflight_slices.c - slices of a list that do no harm. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ses/preflight.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct ses_experience none[SES_HISTORY_COUNT];

/* A sender who knows the list: some thousand mails of each class. */
static const struct ses_experience known[SES_HISTORY_COUNT] = {
	[SES_HISTORY_BOUNCED] = {100, 80},
	[SES_HISTORY_SOFT] = {500, 40},
	[SES_HISTORY_RECENT] = {10000, 20},
	[SES_HISTORY_QUARTER] = {5000, 50},
	[SES_HISTORY_YEAR] = {2000, 80},
	[SES_HISTORY_OLD] = {500, 50},
	[SES_HISTORY_NEVER] = {3000, 240},
};

/* ---- the window ---- */

static void the_window_shrinks_as_more_is_sent(void **state)
{
	struct ses_reputation_settings settings;
	struct ses_preflight_day days[30];
	static const struct {
		int64_t mailed, days;
	} table[] = {{0, 20}, {5000, 10}, {6000, 8}, {10000, 8}, {1000000, 8}};

	(void) state;
	ses_reputation_defaults(&settings);
	for (size_t i = 0; i < COUNT(days); i++)
		days[i] = (struct ses_preflight_day){500, 5};
	for (size_t i = 0; i < COUNT(table); i++) {
		struct ses_preflight_day base =
			ses_preflight_base(&settings, days, COUNT(days), table[i].mailed);

		assert_int_equal(base.eligible, 500 * table[i].days);
		assert_int_equal(base.hard_bounces, 5 * table[i].days);
	}
	assert_int_equal(ses_preflight_base(&settings, days, 3, 0).eligible, 1500);
	assert_int_equal(ses_preflight_base(&settings, days, 0, 0).eligible, 0);
}

/* ---- slices ---- */

struct plan_scene {
	struct ses_reputation_settings settings;
	struct ses_preflight_day days[30];
	struct ses_preflight_plan plan;
	struct ses_slice slices[SES_SLICES_MAX];
	size_t count;
	int64_t left_over;
};

static void plan(struct plan_scene *scene, const struct ses_experience *experience,
	int64_t eligible, int64_t bounces)
{
	memset(scene, 0, sizeof(*scene));
	ses_reputation_defaults(&scene->settings);
	for (size_t i = 0; i < COUNT(scene->days); i++)
		scene->days[i] = (struct ses_preflight_day){eligible, bounces};
	scene->plan = (struct ses_preflight_plan){
		.settings = &scene->settings,
		.experience = experience,
		.days = scene->days,
		.day_count = COUNT(scene->days),
	};
}

static void cut(struct plan_scene *scene)
{
	scene->count =
		ses_preflight_slice(&scene->plan, scene->slices, &scene->left_over);
}

/* Whatever is proposed keeps the promise, and nobody is lost or sent twice. */
static void assert_sane(const struct plan_scene *scene)
{
	int64_t rest[SES_HISTORY_COUNT], left = 0, sent = 0;
	double expected = 0;

	memcpy(rest, scene->plan.counts, sizeof(rest));
	for (size_t i = 0; i < scene->count; i++) {
		const struct ses_slice *slice = &scene->slices[i];
		struct ses_preflight_day base;
		struct ses_rate rate;
		int64_t sum = 0;

		for (int h = 0; h < SES_HISTORY_COUNT; h++) {
			assert_true(slice->counts[h] >= 0);
			sum += slice->counts[h];
			rest[h] -= slice->counts[h];
			assert_true(rest[h] >= 0);
		}
		assert_true(sum > 0);
		assert_int_equal(sum, slice->count);
		assert_int_equal(slice->counts[SES_HISTORY_SUPPRESSED], 0);
		assert_int_equal(slice->counts[SES_HISTORY_BOUNCED], 0);
		assert_int_equal(slice->counts[SES_HISTORY_INVALID], 0);
		sent += sum;
		base = ses_preflight_base(
			&scene->settings, scene->days, scene->plan.day_count, sent);
		ses_rate_judge(&scene->settings, SES_METRIC_BOUNCE,
			base.hard_bounces + llround(expected + slice->bounces.high),
			base.eligible + sent, &rate);
		assert_true(rate.level < SES_LEVEL_WARNING);
		assert_int_equal(slice->high.numerator, rate.numerator);
		assert_int_equal(slice->high.denominator, rate.denominator);
		assert_true(slice->expected.numerator <= slice->high.numerator);
		expected += slice->bounces.expected;
	}
	rest[SES_HISTORY_SUPPRESSED] = rest[SES_HISTORY_BOUNCED] = 0;
	rest[SES_HISTORY_INVALID] = 0;
	for (int h = 0; h < SES_HISTORY_COUNT; h++)
		left += rest[h];
	assert_int_equal(left, scene->left_over);
}

static void a_list_that_does_no_harm_is_one_slice(void **state)
{
	struct plan_scene scene;

	(void) state;
	plan(&scene, known, 2000, 10);
	scene.plan.counts[SES_HISTORY_RECENT] = 50000;
	scene.plan.counts[SES_HISTORY_SUPPRESSED] = 700;
	scene.plan.counts[SES_HISTORY_BOUNCED] = 20;
	cut(&scene);
	assert_sane(&scene);
	assert_int_equal(scene.count, 1);
	assert_int_equal(scene.slices[0].count, 50000);
	assert_int_equal(scene.left_over, 0);
	assert_int_equal(scene.slices[0].wait_ms, SES_SLICE_WAIT_KNOWN);
}

static void as_many_slices_as_are_wanted(void **state)
{
	struct plan_scene scene;

	(void) state;
	plan(&scene, known, 2000, 10);
	scene.plan.counts[SES_HISTORY_RECENT] = 50001;
	scene.plan.wanted = 5;
	cut(&scene);
	assert_sane(&scene);
	assert_int_equal(scene.count, 5);
	for (size_t i = 0; i < scene.count; i++)
		assert_true(scene.slices[i].count <= 10001);
}

static void guesses_wait_three_days_and_stand_apart(void **state)
{
	struct ses_experience experience[SES_HISTORY_COUNT];
	struct plan_scene scene;

	(void) state;
	memcpy(experience, known, sizeof(experience));
	experience[SES_HISTORY_NEVER] = (struct ses_experience){0, 0};
	plan(&scene, experience, 3000, 15);
	scene.plan.counts[SES_HISTORY_RECENT] = 20000;
	scene.plan.counts[SES_HISTORY_NEVER] = 1500;
	cut(&scene);
	assert_sane(&scene);
	assert_true(scene.count >= 2);
	assert_false(scene.slices[0].has_guess);
	assert_int_equal(scene.slices[0].count, 20000);
	for (size_t i = 1; i < scene.count; i++) {
		assert_true(scene.slices[i].has_guess);
		assert_int_equal(scene.slices[i].wait_ms, SES_SLICE_WAIT_GUESS);
	}
}

static void risky_addresses_are_sent_a_few_at_a_time(void **state)
{
	struct plan_scene scene;

	(void) state;
	plan(&scene, known, 3000, 45);
	scene.plan.counts[SES_HISTORY_NEVER] = 20000;
	cut(&scene);
	assert_sane(&scene);
	assert_true(scene.slices[0].count < 20000);
	assert_true(scene.left_over > 0);
}

static void over_the_limit_nothing_is_safe(void **state)
{
	struct plan_scene scene;

	(void) state;
	plan(&scene, known, 3000, 240);
	scene.plan.counts[SES_HISTORY_NEVER] = 1000;
	cut(&scene);
	assert_sane(&scene);
	assert_int_equal(scene.count, 0);
	assert_int_equal(scene.left_over, 1000);
}

/* An account that publishes bounces and no sends. */
static void more_bounces_than_mail_is_not_safe(void **state)
{
	struct plan_scene scene;

	(void) state;
	plan(&scene, known, 0, 5000);
	scene.plan.counts[SES_HISTORY_NEVER] = 1000;
	cut(&scene);
	assert_int_equal(scene.count, 0);
	assert_int_equal(scene.left_over, 1000);
}

static void nobody_ever_mailed_and_no_history_is_not_called_safe(void **state)
{
	struct plan_scene scene;

	(void) state;
	plan(&scene, none, 0, 0);
	scene.plan.counts[SES_HISTORY_NEVER] = 100000;
	cut(&scene);
	assert_sane(&scene);
	assert_true(scene.left_over > 99000);
}

static void safe_mail_makes_room_for_the_rest(void **state)
{
	struct plan_scene scene;

	(void) state;
	/* At 4.5 %: over the warning limit until the safe ones were sent. */
	plan(&scene, known, 1000, 45);
	scene.plan.counts[SES_HISTORY_RECENT] = 30000;
	scene.plan.counts[SES_HISTORY_NEVER] = 500;
	cut(&scene);
	assert_sane(&scene);
	assert_true(scene.count >= 1);
	assert_true(scene.slices[0].counts[SES_HISTORY_RECENT] > 20000);
	assert_int_equal(scene.left_over, 0);
}

static uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return *seed >> 33;
}

static void no_slice_of_any_list_exceeds_the_limit(void **state)
{
	uint64_t seed = 7;

	(void) state;
	for (int round = 0; round < 60; round++) {
		struct ses_experience experience[SES_HISTORY_COUNT];
		struct plan_scene scene;

		for (int h = 0; h < SES_HISTORY_COUNT; h++) {
			experience[h].trials = (int64_t) (next_random(&seed) % 3000);
			experience[h].bounces =
				(int64_t) (next_random(&seed) %
					   (uint64_t) (experience[h].trials / 8 + 1));
		}
		plan(&scene, experience, (int64_t) (next_random(&seed) % 5000), 0);
		for (size_t i = 0; i < COUNT(scene.days); i++)
			scene.days[i].hard_bounces = scene.days[i].eligible *
						     (int64_t) (next_random(&seed) % 50) /
						     1000;
		for (int h = 0; h < SES_HISTORY_COUNT; h++)
			scene.plan.counts[h] = (int64_t) (next_random(&seed) % 20000);
		scene.plan.wanted = (int64_t) (next_random(&seed) % 12);
		cut(&scene);
		assert_sane(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_window_shrinks_as_more_is_sent),
		cmocka_unit_test(a_list_that_does_no_harm_is_one_slice),
		cmocka_unit_test(as_many_slices_as_are_wanted),
		cmocka_unit_test(guesses_wait_three_days_and_stand_apart),
		cmocka_unit_test(risky_addresses_are_sent_a_few_at_a_time),
		cmocka_unit_test(over_the_limit_nothing_is_safe),
		cmocka_unit_test(more_bounces_than_mail_is_not_safe),
		cmocka_unit_test(nobody_ever_mailed_and_no_history_is_not_called_safe),
		cmocka_unit_test(safe_mail_makes_room_for_the_rest),
		cmocka_unit_test(no_slice_of_any_list_exceeds_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
