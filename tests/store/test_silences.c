/* test_silences.c - for how long nothing is told, and of what. */
#include "tests/store/telling.h"
#include "tests/store/upkeep.h"

static bool silence(struct scene *scene, const char *name, const char *object,
	utc_ms until, utc_ms now)
{
	struct store_silence_change change = {.silence = {.name = name,
						      .object = object,
						      .until = until,
						      .actor = "ops",
						      .note = "maintenance"}};
	struct store_job job = {.kind = STORE_SILENCE, .silence = &change, .now = now};
	enum store_outcome outcome = store_submit_and_wait(scene->store, &job);

	assert_int_equal(outcome, change.changed ? STORE_DONE : STORE_DUPLICATE);
	return change.changed;
}

static bool list_silence(void *closure, const struct store_silence *found)
{
	struct listing *listing = closure;
	size_t length = strlen(listing->text);

	snprintf(listing->text + length, sizeof(listing->text) - length,
		"%s/%s %d-%d %s %s;", found->name, found->object, from_noon(found->at),
		from_noon(found->until), found->actor, found->note);
	return ++listing->count != listing->stop_at;
}

static void assert_silences(struct scene *scene, utc_ms now, const char *expected)
{
	struct listing listing = {0};

	assert_true(store_silence_list(
		scene->store, now, list_silence, &listing, &scene->error));
	assert_string_equal(listing.text, expected);
}

static bool list_until(void *closure, const struct store_alert *alert)
{
	struct listing *listing = closure;
	size_t length = strlen(listing->text);

	snprintf(listing->text + length, sizeof(listing->text) - length, "%s/%s %d;",
		alert->name, alert->object, from_noon(alert->silenced_until));
	return true;
}

static void assert_silenced(struct scene *scene, utc_ms now, const char *expected)
{
	struct store_alert_filter filter = {.limit = 0};
	struct listing listing = {0};
	int64_t next;

	assert_true(store_alert_list(
		scene->store, &filter, now, list_until, &listing, &next, &scene->error));
	assert_string_equal(listing.text, expected);
}

static void a_silence_lasts_until_its_end(void **state)
{
	struct scene *scene = *state;

	assert_true(silence(scene, "quota", "", NOON + 60000, NOON));
	assert_silences(scene, NOON + 59999, "quota/ 0-60 ops maintenance;");
	assert_silences(scene, NOON + 60000, "");
}

static void a_silence_can_be_ended_and_put_anew(void **state)
{
	struct scene *scene = *state;

	assert_false(silence(scene, "quota", "", NOON, NOON));
	assert_true(silence(scene, "quota", "", NOON + 60000, NOON));
	assert_true(silence(scene, "quota", "a", NOON + 90000, NOON));
	/* Shorter than the one before, which it takes the place of. */
	assert_true(silence(scene, "quota", "", NOON + 20000, NOON + 1000));
	assert_silences(scene, NOON + 1000,
		"quota/ 1-20 ops maintenance;quota/a 0-90 ops maintenance;");
	assert_true(silence(scene, "quota", "", NOON + 2000, NOON + 2000));
	assert_silences(scene, NOON + 2000, "quota/a 0-90 ops maintenance;");
	assert_false(silence(scene, "quota", "", NOON + 3000, NOON + 3000));
	assert_false(silence(scene, "*", "a", 0, NOON + 3000));
	assert_true(silence(scene, "quota", "a", 0, NOON + 3000));
	assert_silences(scene, NOON + 3000, "");
}

static void an_alert_is_silenced_by_the_longest_that_fits(void **state)
{
	struct scene *scene = *state;

	apply_alert(scene, alert_of("quota", "b"), NULL, 0);
	apply_alert(scene, alert_of("brake", "a"), NULL, 0);
	apply_alert(scene, alert_of("quota", "a"), NULL, 0);
	assert_silenced(scene, NOON, "quota/a -1;brake/a -1;quota/b -1;");
	silence(scene, "quota", "a", NOON + 5000, NOON);
	assert_silenced(scene, NOON, "quota/a 5;brake/a -1;quota/b -1;");
	silence(scene, "quota", "", NOON + 4000, NOON);
	assert_silenced(scene, NOON, "quota/a 5;brake/a -1;quota/b 4;");
	silence(scene, "*", "", NOON + 3000, NOON);
	silence(scene, "*", "a", NOON + 6000, NOON);
	assert_silenced(scene, NOON, "quota/a 6;brake/a 6;quota/b 4;");
	assert_silenced(scene, NOON + 4000, "quota/a 6;brake/a 6;quota/b -1;");
	assert_silenced(scene, NOON + 6000, "quota/a -1;brake/a -1;quota/b -1;");
}

static void an_account_is_silenced_with_all_that_is_of_it(void **state)
{
	struct scene *scene = *state;

	apply_alert(scene, alert_of("quota", "111122223333/us-east-10"), NULL, 0);
	apply_alert(scene, alert_of("quota", "111122223333/us-east-1"), NULL, 0);
	apply_alert(scene, alert_of("brake", "111122223333/us-east-1 a"), NULL, 0);
	silence(scene, "*", "111122223333/us-east-1", NOON + 5000, NOON);
	assert_silenced(scene, NOON,
		"brake/111122223333/us-east-1 a 5;quota/111122223333/us-east-1 5;"
		"quota/111122223333/us-east-10 -1;");
}

static void what_ended_long_ago_goes(void **state)
{
	struct scene *scene = *state;

	silence(scene, "quota", "", NOON + 1000, NOON);
	silence(scene, "brake", "", NOON + 2000, NOON);
	upkeep(scene, NOON + 30 * DAY_MS + 1000);
	assert_int_equal(rows(scene, "SELECT count(*) FROM silences"), 2);
	upkeep(scene, NOON + 30 * DAY_MS + 1001);
	assert_int_equal(rows(scene, "SELECT count(*) FROM silences"), 1);
	upkeep(scene, NOON + 31 * DAY_MS);
	assert_int_equal(rows(scene, "SELECT count(*) FROM silences"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_silence_lasts_until_its_end),
		TEST(a_silence_can_be_ended_and_put_anew),
		TEST(an_alert_is_silenced_by_the_longest_that_fits),
		TEST(an_account_is_silenced_with_all_that_is_of_it),
		TEST(what_ended_long_ago_goes),
	};

	return cmocka_run_group_tests_name("silences", tests, NULL, NULL);
}
