/* test_marks.c - fresh starts and brakes, as people set them. */
#include "tests/store/support.h"

#include "store/marks.h"
#include "store/reputation.h"

static enum store_outcome change(struct scene *scene, struct store_mark_change *mark)
{
	struct store_job job = {.kind = STORE_MARK, .mark = mark, .now = NOON};

	return store_submit_and_wait(scene->store, &job);
}

static enum store_outcome add(
	struct scene *scene, const char *account, utc_ms at, bool *changed)
{
	struct store_mark mark = {
		.account = account,
		.region = "eu-west-1",
		.at = at,
		.actor = "ops",
		.note = "list cleaned",
	};
	struct store_mark_change mark_change = {.add = &mark};
	enum store_outcome outcome = change(scene, &mark_change);

	if (changed != NULL)
		*changed = mark_change.changed;
	return outcome;
}

struct marks {
	struct store_mark marks[8];
	char accounts[8][16];
	size_t count, stop_at;
};

static bool copy_mark(void *closure, const struct store_mark *mark)
{
	struct marks *marks = closure;

	assert_true(marks->count < 8);
	assert_string_equal(mark->region, "eu-west-1");
	assert_string_equal(mark->actor, "ops");
	assert_string_equal(mark->note, "list cleaned");
	marks->marks[marks->count] = *mark;
	snprintf(marks->accounts[marks->count], 16, "%s", mark->account);
	return ++marks->count != marks->stop_at;
}

static struct marks list(struct scene *scene, const char *account, size_t stop_at)
{
	struct marks marks = {.stop_at = stop_at};

	assert_true(store_mark_list(
		scene->store, account, NULL, copy_mark, &marks, &scene->error));
	return marks;
}

static void marks_are_listed_newest_first(void **state)
{
	struct scene *scene = *state;
	struct marks marks;
	bool changed;

	assert_int_equal(add(scene, "111122223333", NOON - DAY_MS, &changed), STORE_DONE);
	assert_true(changed);
	assert_int_equal(add(scene, "222233334444", NOON, NULL), STORE_DONE);
	assert_int_equal(add(scene, "111122223333", NOON - 5 * DAY_MS, NULL), STORE_DONE);
	/* The same call twice. */
	assert_int_equal(
		add(scene, "111122223333", NOON - DAY_MS, &changed), STORE_DUPLICATE);
	assert_false(changed);
	marks = list(scene, NULL, 0);
	assert_int_equal(marks.count, 3);
	assert_int_equal(marks.marks[0].at, NOON);
	assert_int_equal(marks.marks[0].recorded, NOON);
	assert_string_equal(marks.accounts[0], "222233334444");
	assert_int_equal(marks.marks[1].at, NOON - DAY_MS);
	assert_int_equal(marks.marks[2].at, NOON - 5 * DAY_MS);
	assert_int_equal(list(scene, "111122223333", 0).count, 2);
	assert_int_equal(list(scene, "333344445555", 0).count, 0);
	assert_int_equal(list(scene, NULL, 1).count, 1);
}

static void a_mark_can_be_taken_back(void **state)
{
	struct scene *scene = *state;
	struct store_mark_change remove = {.remove = 0};
	struct marks marks;

	add(scene, "111122223333", NOON, NULL);
	add(scene, "111122223333", NOON - DAY_MS, NULL);
	remove.remove = list(scene, NULL, 1).marks[0].id;
	assert_int_equal(change(scene, &remove), STORE_DONE);
	assert_true(remove.changed);
	assert_int_equal(change(scene, &remove), STORE_DUPLICATE);
	assert_false(remove.changed);
	marks = list(scene, NULL, 0);
	assert_int_equal(marks.count, 1);
	assert_int_equal(marks.marks[0].at, NOON - DAY_MS);
}

static void an_id_is_never_given_again(void **state)
{
	struct scene *scene = *state;
	struct store_mark_change remove = {.remove = 0};

	add(scene, "111122223333", NOON, NULL);
	remove.remove = list(scene, NULL, 1).marks[0].id;
	assert_int_equal(change(scene, &remove), STORE_DONE);
	add(scene, "111122223333", NOON, NULL);
	assert_true(list(scene, NULL, 1).marks[0].id > remove.remove);
}

struct brakes {
	struct store_brake brakes[8];
	char sets[8][16], notes[8][16];
	size_t count;
};

static bool copy_brake(void *closure, const struct store_brake *brake)
{
	struct brakes *brakes = closure;

	assert_true(brakes->count < 8);
	assert_string_equal(brake->account, "111122223333");
	assert_string_equal(brake->region, "eu-west-1");
	brakes->brakes[brakes->count] = *brake;
	snprintf(brakes->sets[brakes->count], 16, "%s", brake->configuration_set);
	snprintf(brakes->notes[brakes->count], 16, "%s", brake->note);
	brakes->count++;
	return true;
}

static struct brakes brakes_of(struct scene *scene)
{
	struct brakes brakes = {.count = 0};

	assert_true(store_brake_list(scene->store, "111122223333", "eu-west-1",
		copy_brake, &brakes, &scene->error));
	return brakes;
}

static struct store_brake brake_of(const char *configuration_set)
{
	return (struct store_brake){
		.account = "111122223333",
		.region = "eu-west-1",
		.configuration_set = configuration_set,
		.state =
			{
				.is_tripped = true,
				.tripped = NOON - HOUR_MS,
				.level = SES_LEVEL_OVER_PAUSE_LIMIT,
				.resumed = UTC_NONE,
			},
		.stopped_at_ses = UTC_NONE,
		.actor = "",
		.note = "12 %",
	};
}

static void a_brake_is_kept_as_it_was_put_last(void **state)
{
	struct scene *scene = *state;
	struct store_brake account = brake_of(""), news = brake_of("news");
	struct store_mark_change put = {.put = &news};
	struct brakes brakes;

	assert_int_equal(change(scene, &put), STORE_DONE);
	put.put = &account;
	assert_int_equal(change(scene, &put), STORE_DONE);
	assert_true(put.changed);
	assert_int_equal(change(scene, &put), STORE_DUPLICATE);
	assert_false(put.changed);
	brakes = brakes_of(scene);
	assert_int_equal(brakes.count, 2);
	assert_string_equal(brakes.sets[0], "");
	assert_string_equal(brakes.sets[1], "news");
	assert_true(brakes.brakes[1].state.is_tripped);
	assert_int_equal(brakes.brakes[1].state.tripped, NOON - HOUR_MS);
	assert_int_equal(brakes.brakes[1].state.level, SES_LEVEL_OVER_PAUSE_LIMIT);
	assert_true(brakes.brakes[1].state.resumed == UTC_NONE);
	assert_true(brakes.brakes[1].stopped_at_ses == UTC_NONE);

	/* Resumed by hand. */
	news.state.is_tripped = false;
	news.state.resumed = NOON;
	news.actor = "ops";
	news.note = "fixed";
	news.stopped_at_ses = NOON - MINUTE_MS;
	put.put = &news;
	assert_int_equal(change(scene, &put), STORE_DONE);
	scene_close(scene);
	assert_true(scene_open(scene));
	brakes = brakes_of(scene);
	assert_int_equal(brakes.count, 2);
	assert_true(brakes.brakes[0].state.is_tripped);
	assert_false(brakes.brakes[1].state.is_tripped);
	assert_true(brakes.brakes[1].state.tripped == UTC_NONE);
	assert_int_equal(brakes.brakes[1].state.resumed, NOON);
	assert_int_equal(brakes.brakes[1].stopped_at_ses, NOON - MINUTE_MS);
	assert_string_equal(brakes.notes[1], "fixed");
}

/* Tripped and without a time for it: then now. */
static void a_brake_never_loses_that_it_is_on(void **state)
{
	struct scene *scene = *state;
	struct store_brake brake = brake_of("");
	struct store_mark_change put = {.put = &brake};

	brake.state.tripped = UTC_NONE;
	assert_int_equal(change(scene, &put), STORE_DONE);
	assert_true(brakes_of(scene).brakes[0].state.is_tripped);
	assert_int_equal(brakes_of(scene).brakes[0].state.tripped, NOON);
}

/* ---- what a fresh start does to the window ---- */

static bool take(void *closure, const struct store_reputation *reputation)
{
	struct store_reputation *taken = closure;

	*taken = *reputation;
	return true;
}

static struct store_reputation reputation_at(struct scene *scene, utc_ms now)
{
	struct ses_reputation_settings settings;
	struct store_reputation reputation = {.to = UTC_NONE};

	ses_reputation_defaults(&settings);
	settings.representative_sends = 3;
	assert_true(store_reputation(
		scene->store, &settings, now, take, &reputation, &scene->error));
	assert_int_not_equal(reputation.to, UTC_NONE);
	return reputation;
}

/* One send and one bounce a day, for so many days up to noon. */
static void send_daily(struct scene *scene, unsigned days)
{
	struct letter letter;

	for (unsigned i = 0; i < days; i++) {
		utc_ms sent = NOON - HOUR_MS - (utc_ms) i * DAY_MS;

		letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, sent, i + 1,
			"a@plain.example");
		letter.job.notification.published = sent;
		record(scene, &letter);
		letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, sent, i + 1,
			"a@plain.example");
		letter.job.notification.published = sent;
		record(scene, &letter);
	}
}

static void a_window_never_begins_before_the_newest_fresh_start(void **state)
{
	struct scene *scene = *state;
	struct store_reputation reputation;

	send_daily(scene, 20);
	reputation = reputation_at(scene, NOON);
	assert_int_equal(reputation.bounce.denominator, 7);
	assert_false(reputation.is_all);
	assert_int_equal(reputation.fresh_start, UTC_NONE);

	/* One that the window does not reach changes nothing. */
	add(scene, "111122223333", NOON - 10 * DAY_MS, NULL);
	reputation = reputation_at(scene, NOON);
	assert_int_equal(reputation.bounce.denominator, 7);
	assert_int_equal(reputation.fresh_start, NOON - 10 * DAY_MS);
	assert_int_equal(reputation.notices & 1u << SES_NOTICE_YOUNG, 0);

	/* Another account's is not this one's, nor one of the future. */
	add(scene, "222233334444", NOON - DAY_MS, NULL);
	add(scene, "111122223333", NOON + DAY_MS, NULL);
	assert_int_equal(reputation_at(scene, NOON).fresh_start, NOON - 10 * DAY_MS);

	/* In the middle of a minute: that minute counts no more. */
	add(scene, "111122223333", NOON - 3 * DAY_MS - HOUR_MS + 1, NULL);
	reputation = reputation_at(scene, NOON);
	assert_int_equal(reputation.from, NOON - 3 * DAY_MS - HOUR_MS + MINUTE_MS);
	assert_int_equal(reputation.bounce.denominator, 3);
	assert_int_equal(reputation.bounce.numerator, 3);
	/* Less than asked for, but not all that is kept. */
	assert_false(reputation.is_all);
	assert_int_not_equal(reputation.notices & 1u << SES_NOTICE_YOUNG, 0);
}

static void a_fresh_start_of_this_minute_leaves_nothing(void **state)
{
	struct scene *scene = *state;
	struct store_reputation reputation;

	send_daily(scene, 3);
	add(scene, "111122223333", NOON + 500, NULL);
	reputation = reputation_at(scene, NOON + 600);
	assert_int_equal(reputation.from, reputation.to);
	assert_int_equal(reputation.bounce.denominator, 0);
	assert_int_equal(reputation.level, SES_LEVEL_NO_DENOMINATOR);
	/* And a day later the span is the day since. */
	reputation = reputation_at(scene, NOON + DAY_MS);
	assert_int_equal(reputation.from, NOON + MINUTE_MS);
}

static void before_the_first_event_a_fresh_start_changes_nothing(void **state)
{
	struct scene *scene = *state;
	struct store_reputation reputation;

	send_daily(scene, 2);
	add(scene, "111122223333", NOON - 30 * DAY_MS, NULL);
	reputation = reputation_at(scene, NOON);
	assert_int_equal(reputation.from, NOON - HOUR_MS - DAY_MS);
	assert_true(reputation.is_all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(marks_are_listed_newest_first),
		TEST(a_mark_can_be_taken_back),
		TEST(an_id_is_never_given_again),
		TEST(a_brake_is_kept_as_it_was_put_last),
		TEST(a_brake_never_loses_that_it_is_on),
		TEST(a_window_never_begins_before_the_newest_fresh_start),
		TEST(a_fresh_start_of_this_minute_leaves_nothing),
		TEST(before_the_first_event_a_fresh_start_changes_nothing),
	};

	return cmocka_run_group_tests_name("marks", tests, NULL, NULL);
}
