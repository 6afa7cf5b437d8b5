/* test_keys.c - how many keys of a day are told apart. */
#include "tests/store/bare.h"

#include <sched.h>

#include "store/keys.h"
#include "tests/store/fault_scene.h"

#define ALICE "alice@example.org"
#define ACCOUNT 7

/* ---- the memory alone ---- */

static bool admits(struct keys *keys, struct bare *bare, utc_ms published,
	enum store_dimension dimension, unsigned key)
{
	struct keys_day *day = keys_day(keys, ACCOUNT, published);
	bool is_admitted;

	assert_non_null(day);
	assert_true(keys_admit(keys, &bare->writer.db, day, dimension,
		(uint64_t) key * UINT64_C(0x9e3779b97f4a7c15), &is_admitted));
	return is_admitted;
}

static void the_first_of_a_day_are_told_apart(void **state)
{
	struct bare *bare = *state;
	struct keys keys = {.uncounted = &bare->writer.uncounted.tally};

	keys_begin_item(&keys);
	for (unsigned i = 1; i <= STORE_KEYS_A_DAY; i++)
		assert_true(admits(&keys, bare, NOON, STORE_BY_CALLER, i));
	assert_false(admits(&keys, bare, NOON, STORE_BY_CALLER, 2000));
	assert_true(admits(&keys, bare, NOON, STORE_BY_CALLER, 500));
	/* Another dimension, another day; the same day again. */
	assert_true(admits(&keys, bare, NOON, STORE_BY_TENANT, 2000));
	assert_true(admits(&keys, bare, NOON + DAY_MS, STORE_BY_CALLER, 2000));
	assert_false(admits(&keys, bare, NOON + HOUR_MS, STORE_BY_CALLER, 2000));
	for (unsigned i = 1; i <= STORE_DOMAINS_A_DAY; i++)
		assert_true(admits(&keys, bare, NOON, STORE_BY_RECIPIENT_DOMAIN, i));
	assert_false(admits(&keys, bare, NOON, STORE_BY_RECIPIENT_DOMAIN, 20000));
	assert_true(admits(&keys, bare, NOON, STORE_BY_RECIPIENT_DOMAIN, 1));
	keys_forget(&keys);
}

static void a_failed_item_leaves_no_key_behind(void **state)
{
	struct bare *bare = *state;
	struct keys keys = {.uncounted = &bare->writer.uncounted.tally};

	keys_begin_item(&keys);
	for (unsigned i = 1; i < STORE_KEYS_A_DAY; i++)
		assert_true(admits(&keys, bare, NOON, STORE_BY_CALLER, i));
	for (unsigned i = 0; i < 3; i++) {
		keys_begin_item(&keys);
		assert_true(admits(&keys, bare, NOON, STORE_BY_CALLER, 2000 + i));
		assert_true(admits(&keys, bare, NOON, STORE_BY_TENANT, 2000 + i));
		assert_false(admits(&keys, bare, NOON, STORE_BY_CALLER, 3000));
		keys_undo_item(&keys);
	}
	keys_begin_item(&keys);
	assert_true(admits(&keys, bare, NOON, STORE_BY_CALLER, 4000));
	keys_begin_item(&keys);
	keys_undo_item(&keys); /* of an item that added nothing */
	assert_true(admits(&keys, bare, NOON, STORE_BY_CALLER, 4000));
	assert_true(admits(&keys, bare, NOON, STORE_BY_CALLER, 1));
	assert_true(admits(&keys, bare, NOON, STORE_BY_CALLER, STORE_KEYS_A_DAY - 1));
	assert_false(admits(&keys, bare, NOON, STORE_BY_CALLER, 2000));
	keys_forget(&keys);
}

static void days_beyond_the_memory_are_forgotten_between_batches_only(void **state)
{
	struct bare *bare = *state;
	struct keys keys = {.uncounted = &bare->writer.uncounted.tally};

	for (unsigned day = 0; day < 3 * KEYS_DAYS; day++)
		assert_true(admits(
			&keys, bare, NOON + day * DAY_MS, STORE_BY_CALLER, 1 + day));
	assert_int_equal(keys.count, 3 * KEYS_DAYS);
	keys_end_batch(&keys);
	assert_int_equal(keys.count, KEYS_DAYS);
	assert_true(admits(&keys, bare, NOON - DAY_MS, STORE_BY_CALLER, 1));
	keys_end_batch(&keys);
	assert_int_equal(keys.count, KEYS_DAYS);
	assert_int_equal(
		keys_day(&keys, ACCOUNT, NOON - DAY_MS)->sets[STORE_BY_CALLER].count, 1);
	keys_forget(&keys);
	assert_int_equal(keys.count, 0);
}

/* ---- in a store ---- */

static enum store_outcome send_as(struct scene *scene, unsigned identity, utc_ms sent)
{
	static unsigned serial;
	struct letter letter;

	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, sent, ++serial, ALICE);
	snprintf(letter.identity, sizeof(letter.identity), "i%u.example", identity);
	return record(scene, &letter);
}

static int64_t sends_of(struct scene *scene, unsigned identity)
{
	char key[32];

	snprintf(key, sizeof(key), "i%u.example", identity);
	return counted(scene, STORE_BY_IDENTITY, key).sends;
}

static void ignore(struct store_job *job)
{
	assert_int_equal(job->outcome, STORE_DONE);
}

/* Many at once: each its own identity. */
static void send_many(struct scene *scene, unsigned first, unsigned count)
{
	struct letter *letters = calloc(count, sizeof(*letters));

	assert_non_null(letters);
	for (unsigned i = 0; i < count; i++) {
		letter_simple(&letters[i], SES_SEND, SES_OUTCOME_SEND, NOON,
			100000 + first + i, ALICE);
		snprintf(letters[i].identity, sizeof(letters[i].identity), "i%u.example",
			first + i);
		letters[i].job.done = ignore;
		while (!store_submit(scene->store, &letters[i].job))
			sched_yield();
	}
	assert_int_equal(send_as(scene, first, NOON), STORE_DONE);
	free(letters);
}

static void a_restart_in_mid_day_keeps_the_bound(void **state)
{
	struct scene *scene = *state;

	send_many(scene, 0, 600);
	scene_close(scene);
	assert_true(scene_open(scene));
	send_many(scene, 600, 450);
	assert_int_equal(counted(scene, STORE_BY_IDENTITY, "*").sends, 50);
	scene_close(scene);
	assert_true(scene_open(scene));
	assert_int_equal(send_as(scene, 5000, NOON), STORE_DONE);
	assert_int_equal(send_as(scene, 3, NOON), STORE_DONE);
	assert_int_equal(send_as(scene, 5000, NOON + DAY_MS), STORE_DONE);
	assert_int_equal(counted(scene, STORE_BY_IDENTITY, "*").sends, 51);
	assert_int_equal(sends_of(scene, 3), 2);
	assert_int_equal(sends_of(scene, 999), 1);
	assert_int_equal(sends_of(scene, 1000), 0);
	assert_int_equal(sends_of(scene, 5000), 1);
	/* Nothing is lost. */
	assert_int_equal(counted(scene, STORE_BY_IDENTITY, NULL).sends, 1055);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).sends, 1055);
}

static void send_tagged(struct scene *scene, const char *name, unsigned value)
{
	static unsigned serial = 500000;
	struct letter letter;

	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON, ++serial, ALICE);
	snprintf(letter.tags, sizeof(letter.tags), "{\"%s\":[\"%u\",\"%u\"]}", name,
		value, value + 1);
	letter.event.tags = letter.tags;
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

static void tags_too_many_are_told_apart_by_name(void **state)
{
	struct scene *scene = *state;
	char name[32];

	for (unsigned i = 0; i < STORE_KEYS_A_DAY; i += 2)
		send_tagged(scene, "user", i);
	send_tagged(scene, "user", 5000);
	send_tagged(scene, "user", 0);
	/* Two values of one mail that are not told apart are one. */
	assert_int_equal(counted(scene, STORE_BY_TAG, "user=*").sends, 1);
	assert_int_equal(counted(scene, STORE_BY_TAG, "user=0").sends, 2);
	for (unsigned i = 0; i < 60; i++) {
		if (i == 30) {
			scene_close(scene);
			assert_true(scene_open(scene));
		}
		snprintf(name, sizeof(name), "name%u", i);
		send_tagged(scene, name, 7);
	}
	send_tagged(scene, "user", 9000);
	assert_int_equal(counted(scene, STORE_BY_TAG, "name48=*").sends, 1);
	assert_int_equal(counted(scene, STORE_BY_TAG, "name49=*").sends, 0);
	assert_int_equal(counted(scene, STORE_BY_TAG, "*").sends, 11);
	assert_int_equal(counted(scene, STORE_BY_TAG, "user=*").sends, 2);
}

static void a_batch_that_is_rolled_back_leaves_no_key_behind(void **state)
{
	struct scene *scene = *state;

	send_many(scene, 0, STORE_KEYS_A_DAY - 1);
	fault_set(FAULT_FULL, 0, 1);
	assert_int_equal(send_as(scene, 2000, NOON), STORE_FAILED);
	fault_set(FAULT_NONE, 0, 0);
	assert_int_equal(send_as(scene, 2001, NOON), STORE_DONE);
	assert_int_equal(send_as(scene, 2002, NOON), STORE_DONE);
	assert_int_equal(sends_of(scene, 2001), 1);
	assert_int_equal(counted(scene, STORE_BY_IDENTITY, "*").sends, 1);
}

static void ignore_failure(struct store_job *job)
{
	assert_int_equal(job->outcome, STORE_FAILED);
}

/* The bound holds within one batch too, and an item that fails in its midst takes no key
 * of another one with it. */
static void a_bad_item_does_not_loosen_the_bound(void **state)
{
	enum { ITEMS = 40 };
	struct scene *scene = *state;
	struct letter *letters = calloc(ITEMS, sizeof(*letters));

	assert_non_null(letters);
	send_many(scene, 0, STORE_KEYS_A_DAY - 5);
	for (unsigned i = 0; i < ITEMS; i++) {
		struct letter *letter = &letters[i];

		letter_simple(
			letter, SES_SEND, SES_OUTCOME_SEND, NOON, 900000 + i, ALICE);
		snprintf(letter->identity, sizeof(letter->identity), "i%u.example",
			7000 + i);
		letter->job.done = ignore;
		if (i % 2 == 1) {
			letter->job.kind = STORE_UNRECOGNISED;
			letter->job.why = NULL; /* its table refuses that */
			letter->job.done = ignore_failure;
		}
		assert_true(store_submit(scene->store, &letter->job));
	}
	assert_int_equal(send_as(scene, 0, NOON), STORE_DONE);
	assert_int_equal(counted(scene, STORE_BY_IDENTITY, "*").sends, ITEMS / 2 - 5);
	assert_int_equal(sends_of(scene, 7008), 1);
	assert_int_equal(sends_of(scene, 7010), 0);
	free(letters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define BARE(name) cmocka_unit_test_setup_teardown(name, bare_set_up, bare_tear_down)
#define TEST(name) cmocka_unit_test_setup_teardown(name, fault_set_up, fault_tear_down)
		BARE(the_first_of_a_day_are_told_apart),
		BARE(a_failed_item_leaves_no_key_behind),
		BARE(days_beyond_the_memory_are_forgotten_between_batches_only),
		TEST(a_restart_in_mid_day_keeps_the_bound),
		TEST(tags_too_many_are_told_apart_by_name),
		TEST(a_batch_that_is_rolled_back_leaves_no_key_behind),
		TEST(a_bad_item_does_not_loosen_the_bound),
	};

	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
