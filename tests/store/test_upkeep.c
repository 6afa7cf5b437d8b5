/* test_upkeep.c - pruning, slice by slice. */
#include "tests/store/listed.h"
#include "tests/store/upkeep.h"

#include <sched.h>

#define KEEP (30 * DAY_MS)

static int set_up(void **state)
{
	struct scene *scene;

	if (scene_prepare(state) != 0)
		return -1;
	scene = *state;
	scene->keep_events_ms = KEEP;
	return scene_open(scene) ? 0 : -1;
}

static void send(struct scene *scene, enum ses_type type, utc_ms sent, utc_ms received,
	unsigned mail, const char *message_id)
{
	struct letter letter;

	letter_simple(&letter, type,
		type == SES_BOUNCE ? SES_OUTCOME_HARD_BOUNCE : SES_OUTCOME_SEND, sent,
		mail, "a@b.example");
	letter_add(&letter, "c@b.example", letter.recipients[0].outcome);
	letter.job.now = received;
	if (message_id != NULL)
		letter.event.message_id = message_id;
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

static void nothing_young_is_pruned(void **state)
{
	struct scene *scene = *state;
	uint64_t log_bytes;

	send(scene, SES_BOUNCE, NOON, NOON, 1, NULL);
	upkeep(scene, NOON + KEEP); /* the guard's hours are past */
	log_bytes = health_of(scene).log_bytes;
	assert_int_equal(upkeep(scene, NOON + KEEP), 1);
	assert_int_equal(health_of(scene).events, 2);
	assert_int_equal(health_of(scene).log_bytes, log_bytes);
}

static void old_events_go_with_their_text_and_counters(void **state)
{
	struct scene *scene = *state;
	struct listed listed;

	for (unsigned i = 0; i < 1500; i++)
		send(scene, i % 2 == 0 ? SES_BOUNCE : SES_SEND, NOON + i, NOON + i, i,
			NULL);
	send(scene, SES_BOUNCE, NOON + 10 * DAY_MS, NOON + 10 * DAY_MS, 9999, NULL);
	assert_int_equal(health_of(scene).events, 3002);
	assert_true(upkeep(scene, NOON + KEEP + 5 * DAY_MS) >= 4);
	assert_int_equal(health_of(scene).events, 2);
	assert_int_equal(rows(scene, "SELECT count(*) FROM events"), 2);
	assert_int_equal(rows(scene, "SELECT count(*) FROM raws"), 1);
	/* The rates reach back further than events are kept. */
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).hard_bounces, 1502);
	/* Keys go by the time of sending, long after: a copy that comes now is known. */
	assert_true(rows(scene, "SELECT count(*) FROM seen") > 3000);
	listed = list(scene, &everything, NULL);
	assert_int_equal(listed.count, 2);
	assert_int_equal(health_of(scene).suppressions, 2);

	assert_true(upkeep(scene, NOON + KEEP + 65 * DAY_MS) >= 3);
	assert_int_equal(rows(scene, "SELECT count(*) FROM events"), 0);
	assert_int_equal(rows(scene, "SELECT count(*) FROM raws"), 0);
	assert_int_equal(rows(scene, "SELECT count(*) FROM seen"), 4); /* day 10's */
	/* One slice of keys, two through the evidence of 1,024 bounces, which stays. */
	assert_int_equal(upkeep(scene, NOON + KEEP + 75 * DAY_MS), 3);
	assert_int_equal(rows(scene, "SELECT count(*) FROM evidence"), 1024);
	assert_int_equal(rows(scene, "SELECT count(*) FROM seen"), 0);
	upkeep(scene, NOON + 405 * DAY_MS);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).hard_bounces, 2);
	upkeep(scene, NOON + 415 * DAY_MS);
	assert_int_equal(rows(scene, "SELECT count(*) FROM counters"), 0);
}

static void ids_go_on_after_everything_was_pruned(void **state)
{
	struct scene *scene = *state;
	struct listed listed;

	send(scene, SES_SEND, NOON, NOON, 1, NULL);
	upkeep(scene, NOON + 2 * KEEP);
	scene_close(scene);
	assert_true(scene_open(scene));
	assert_int_equal(health_of(scene).events, 0);
	send(scene, SES_SEND, NOON + 2 * KEEP, NOON + 2 * KEEP, 2, NULL);
	listed = list(scene, &everything, NULL);
	assert_int_equal(listed.events[0].id, 4);
}

static void a_replayed_old_event_is_found_among_younger_ones(void **state)
{
	struct scene *scene = *state;

	send(scene, SES_SEND, NOON, NOON, 1, NULL);
	/* Published long ago, received today from a dead-letter queue. */
	send(scene, SES_BOUNCE, NOON - KEEP - DAY_MS, NOON, 2, NULL);
	send(scene, SES_SEND, NOON, NOON, 3, NULL);
	upkeep(scene, NOON);
	assert_int_equal(health_of(scene).events, 4);
	assert_int_equal(rows(scene, "SELECT count(*) FROM raws"), 0);
	assert_int_equal(
		rows(scene, "SELECT count(*) FROM events WHERE id IN (3, 4)"), 0);
}

static void odd_ids_are_forgotten_by_when_they_were_recorded(void **state)
{
	struct scene *scene = *state;

	/* Not of the usual shape; and of the usual shape with digits that are no time. */
	send(scene, SES_SEND, NOON, NOON, 1, "odd");
	send(scene, SES_SEND, NOON, NOON, 2,
		"0102000000000001-00000001-1111-4222-8333-000000000001-000000");
	assert_int_equal(rows(scene, "SELECT count(*) FROM seen_odd"), 4);
	upkeep(scene, NOON + KEEP + 59 * DAY_MS);
	assert_int_equal(rows(scene, "SELECT count(*) FROM seen"), 4);
	upkeep(scene, NOON + KEEP + 61 * DAY_MS);
	assert_int_equal(rows(scene, "SELECT count(*) FROM seen"), 0);
	assert_int_equal(rows(scene, "SELECT count(*) FROM seen_odd"), 0);
}

static void what_was_kept_whole_goes_too(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	for (unsigned i = 0; i < 4; i++) {
		letter_init(&letter, SES_SEND, NOON + i * 10 * DAY_MS, 1, i);
		letter.job.kind = i % 2 == 0 ? STORE_UNRECOGNISED : STORE_ASIDE;
		letter.job.why = "odd";
		assert_int_equal(record(scene, &letter), STORE_DONE);
	}
	upkeep(scene, NOON + KEEP + 15 * DAY_MS);
	assert_int_equal(health_of(scene).unrecognised, 1);
	assert_int_equal(health_of(scene).aside, 1);
	scene_close(scene);
	assert_true(scene_open(scene));
	assert_int_equal(health_of(scene).unrecognised, 1);
	assert_int_equal(health_of(scene).aside, 1);
}

static void ignore(struct store_job *job)
{
	(void) job;
}

static void the_trail_of_old_segments_goes(void **state)
{
	enum { MAILS = 9000 };
	struct scene *scene = *state;
	struct letter *letters = calloc(MAILS, sizeof(*letters));

	assert_non_null(letters);
	for (unsigned i = 0; i < MAILS; i++) {
		letter_simple(&letters[i], SES_SEND, SES_OUTCOME_SEND, NOON + i, i,
			"a@b.example");
		letter_add(&letters[i], "c@b.example", SES_OUTCOME_SEND);
		letters[i].job.done = ignore;
		while (!store_submit(scene->store, &letters[i].job))
			sched_yield();
	}
	/* A segment is written between two batches. */
	upkeep(scene, NOON);
	upkeep(scene, NOON);
	free(letters);
	assert_int_equal(rows(scene, "SELECT count(*) FROM trail"), 16383);
	assert_true(upkeep(scene, NOON + KEEP + DAY_MS) > 18 + 16);
	assert_int_equal(rows(scene, "SELECT count(*) FROM events"), 0);
	assert_int_equal(rows(scene, "SELECT count(*) FROM trail"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, scene_tear_down)
		TEST(nothing_young_is_pruned),
		TEST(old_events_go_with_their_text_and_counters),
		TEST(ids_go_on_after_everything_was_pruned),
		TEST(a_replayed_old_event_is_found_among_younger_ones),
		TEST(odd_ids_are_forgotten_by_when_they_were_recorded),
		TEST(what_was_kept_whole_goes_too),
		TEST(the_trail_of_old_segments_goes),
	};

	return cmocka_run_group_tests_name("upkeep", tests, NULL, NULL);
}
