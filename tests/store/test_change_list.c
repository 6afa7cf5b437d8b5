/* test_change_list.c - the audit trail of the list, newest first. */
#include "tests/store/support.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"

static void change_at(struct scene *scene, enum store_change_kind kind,
	const char *address, const char *scope, utc_ms now)
{
	struct store_change change = change_of(kind, address, scope);

	change.entry.since = now;
	change.entry.note = "ticket 7";
	change_one(scene, &change, now);
}

struct trail {
	char text[1024];
	int64_t ids[64];
	size_t count, stop_at;
};

static bool add_to_trail(void *closure, const struct store_list_change *change)
{
	struct trail *trail = closure;
	size_t length = strlen(trail->text);

	assert_true(trail->count < 64);
	trail->ids[trail->count++] = change->id;
	snprintf(trail->text + length, sizeof(trail->text) - length, "%s:%s/%s:%s ",
		change->what, change->address, change->scope, change->actor);
	return trail->count != trail->stop_at;
}

static const struct store_list_change_filter all = {
	.since = UTC_NONE, .until = UTC_NONE, .limit = 64};

static struct trail list(
	struct scene *scene, const struct store_list_change_filter *filter, int64_t *next)
{
	struct trail trail = {.count = 0};

	assert_true(store_list_change_list(
		scene->store, filter, add_to_trail, &trail, next, &scene->error));
	return trail;
}

static void assert_trail(struct scene *scene,
	const struct store_list_change_filter *filter, const char *expected)
{
	int64_t next;
	struct trail trail = list(scene, filter, &next);

	assert_string_equal(trail.text, expected);
	assert_int_equal(next, 0);
}

static void fill(struct scene *scene)
{
	struct letter letter;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1, ALICE);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	change_at(scene, STORE_PUT, BOB, "news", NOON + DAY_MS);
	change_at(scene, STORE_REMOVE, ALICE, "", NOON + 2 * DAY_MS);
	change_at(scene, STORE_NEVER, ALICE, "", NOON + 3 * DAY_MS);
	change_at(scene, STORE_NEVER_NO_MORE, ALICE, "", NOON + 4 * DAY_MS);
}

static void every_change_is_told_newest_first(void **state)
{
	struct scene *scene = *state;
	struct store_list_change_filter filter = all;

	assert_trail(scene, &all, "");
	fill(scene);
	assert_trail(scene, &all,
		"not-exempted:" ALICE "/:ops exempted:" ALICE "/:ops removed:" ALICE
		"/:ops added:" BOB "/news:ops added:" ALICE "/:feedback ");
	filter.address = BOB;
	assert_trail(scene, &filter, "added:" BOB "/news:ops ");
	filter.address = "carol@example.org";
	assert_trail(scene, &filter, "");
	filter.limit = 0;
	assert_trail(scene, &filter, "");
}

struct change_copy {
	struct store_list_change change;
	char before[200], after[200], cause[64];
};

static bool copy_change(void *closure, const struct store_list_change *change)
{
	struct change_copy *copy = closure;

	copy->change = *change;
	snprintf(copy->before, sizeof(copy->before), "%s",
		change->before != NULL ? change->before : "nothing");
	snprintf(copy->after, sizeof(copy->after), "%s",
		change->after != NULL ? change->after : "nothing");
	snprintf(copy->cause, sizeof(copy->cause), "%s", change->cause);
	return false;
}

static void a_change_tells_time_cause_event_before_and_after(void **state)
{
	struct scene *scene = *state;
	struct store_list_change_filter filter = all;
	struct change_copy copy;
	struct letter letter;
	int64_t next;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1, ALICE);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_true(store_list_change_list(
		scene->store, &filter, copy_change, &copy, &next, &scene->error));
	assert_int_equal(copy.change.at, letter.job.now);
	assert_int_equal(copy.change.event, 1);
	assert_string_equal(copy.before, "nothing");
	assert_non_null(strstr(copy.after, "\"reason\":\"bounce\""));
	change_at(scene, STORE_REMOVE, ALICE, "", NOON + DAY_MS);
	assert_true(store_list_change_list(
		scene->store, &filter, copy_change, &copy, &next, &scene->error));
	assert_int_equal(copy.change.at, NOON + DAY_MS);
	assert_int_equal(copy.change.event, 0);
	assert_string_equal(copy.cause, "ticket 7");
	assert_non_null(strstr(copy.before, "\"reason\":\"bounce\""));
	assert_string_equal(copy.after, "nothing");
	/* It said stop, and there is one before it. */
	assert_true(next > 0);
}

static void changes_are_found_by_time(void **state)
{
	struct scene *scene = *state;
	struct store_list_change_filter filter = all;

	fill(scene);
	filter.since = NOON + 3 * DAY_MS;
	assert_trail(
		scene, &filter, "not-exempted:" ALICE "/:ops exempted:" ALICE "/:ops ");
	filter.until = NOON + 4 * DAY_MS;
	assert_trail(scene, &filter, "exempted:" ALICE "/:ops ");
	filter.since = UTC_NONE;
	filter.until = NOON + 2 * DAY_MS;
	assert_trail(scene, &filter, "added:" BOB "/news:ops added:" ALICE "/:feedback ");
	filter.address = ALICE;
	assert_trail(scene, &filter, "added:" ALICE "/:feedback ");
	filter.until = NOON;
	assert_trail(scene, &filter, "");
	filter.until = INT64_MAX;
	filter.since = NOON + 100 * DAY_MS;
	assert_trail(scene, &filter, "");
}

static void pages_join_and_end(void **state)
{
	struct scene *scene = *state;

	for (unsigned i = 0; i < 10; i++) {
		change_at(scene, STORE_PUT, ALICE, "", NOON + i * HOUR_MS);
		change_at(scene, STORE_PUT, BOB, "", NOON + i * HOUR_MS);
		change_at(scene, STORE_REMOVE, ALICE, "", NOON + i * HOUR_MS + 1);
		change_at(scene, STORE_REMOVE, BOB, "", NOON + i * HOUR_MS + 1);
	}
	for (size_t limit = 1; limit <= 21; limit += 5) {
		for (size_t part = 0; part < 2; part++) {
			struct store_list_change_filter filter = all;
			int64_t last = INT64_MAX, next;
			size_t count = 0, calls = 0;

			filter.limit = limit;
			filter.address = part == 0 ? NULL : ALICE;
			do {
				struct trail trail = list(scene, &filter, &next);

				for (size_t i = 0; i < trail.count; i++) {
					assert_true(trail.ids[i] < last);
					last = trail.ids[i];
				}
				assert_true(trail.count > 0);
				count += trail.count;
				filter.before = next;
				assert_true(++calls < 50);
			} while (next != 0);
			assert_int_equal(count, part == 0 ? 40 : 20);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(every_change_is_told_newest_first),
		TEST(a_change_tells_time_cause_event_before_and_after),
		TEST(changes_are_found_by_time),
		TEST(pages_join_and_end),
	};

	return cmocka_run_group_tests_name("change list", tests, NULL, NULL);
}
