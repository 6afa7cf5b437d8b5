/* test_faults.c - disks that fill and fail, bad items, threads. */
#include "tests/store/support.h"

#include <pthread.h>
#include <sched.h>

#include "tests/store/fault_scene.h"

static enum store_outcome bounce(struct scene *scene, unsigned mail)
{
	struct letter letter;
	char address[32];

	snprintf(address, sizeof(address), "user%u@example.org", mail);
	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, mail, address);
	return record(scene, &letter);
}

static void assert_recorded(struct scene *scene, unsigned events)
{
	assert_int_equal(health_of(scene).events, events);
	assert_int_equal(health_of(scene).suppressions, events);
}

static void assert_holds(struct scene *scene, unsigned events)
{
	assert_recorded(scene, events);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).hard_bounces, events);
	assert_int_equal(
		counted(scene, STORE_BY_RECIPIENT_DOMAIN, NULL).hard_bounces, events);
}

/* Each fault at each of the first writes or syncs of a batch. */
static void a_failing_disk_loses_the_batch_and_nothing_else(void **state)
{
	static const enum fault faults[] = {FAULT_FULL, FAULT_WRITE, FAULT_SYNC};
	struct scene *scene = *state;
	unsigned stored = 0, mail = 0;

	for (size_t i = 0; i < 3; i++)
		for (int after = 0; after < 12; after++) {
			struct store_health health;
			enum store_outcome outcome;

			fault_set(faults[i], after, 1);
			outcome = bounce(scene, ++mail);
			health = health_of(scene);
			if (fault_hits == 0) {
				/* The batch took fewer writes than that. */
				assert_int_equal(outcome, STORE_DONE);
				assert_false(health.is_failing);
				stored++;
				break;
			}
			fault_set(FAULT_NONE, 0, 0);
			assert_int_equal(outcome, STORE_FAILED);
			assert_true(health.is_failing);
			assert_true(health.failure[0] != '\0');
			assert_holds(scene, stored);
			/* The sender comes again. */
			assert_int_equal(bounce(scene, mail), STORE_DONE);
			assert_int_equal(bounce(scene, mail), STORE_DUPLICATE);
			assert_holds(scene, ++stored);
			assert_false(health_of(scene).is_failing);
			assert_string_equal(health_of(scene).failure, "");
		}
	scene_close(scene);
	assert_true(scene_open(scene));
	assert_holds(scene, stored);
}

static void a_full_disk_refuses_until_there_is_room(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(bounce(scene, 1), STORE_DONE);
	fault_set(FAULT_FULL, 0, -1);
	for (unsigned i = 2; i < 30; i++)
		assert_int_equal(bounce(scene, i), STORE_FAILED);
	/* What is known already needs no room. */
	assert_int_equal(bounce(scene, 1), STORE_DUPLICATE);
	assert_recorded(scene, 1);
	/* What was not counted yet waits for room; nobody waits with it. */
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).hard_bounces, 0);
	fault_set(FAULT_NONE, 0, 0);
	assert_holds(scene, 1);
	for (unsigned i = 2; i < 30; i++)
		assert_int_equal(bounce(scene, i), STORE_DONE);
	assert_holds(scene, 29);
}

/* Nothing of an import is there until all of its job is. */
static void a_disk_that_fills_in_an_import_leaves_nothing_half_done(void **state)
{
	enum { COUNT = 3000 };
	struct scene *scene = *state;
	struct store_change *changes = calloc(COUNT, sizeof(*changes));
	char(*addresses)[32] = calloc(COUNT, sizeof(*addresses));

	assert_non_null(changes);
	assert_non_null(addresses);
	for (unsigned i = 0; i < COUNT; i++) {
		snprintf(addresses[i], sizeof(addresses[i]), "u%u@x.example", i);
		changes[i] = change_of(STORE_IMPORT, addresses[i], "");
	}
	for (int after = 0; after <= 40; after += 20) {
		fault_set(FAULT_FULL, after, 1);
		assert_int_equal(change_all(scene, changes, COUNT, NOON), STORE_FAILED);
		assert_int_equal(fault_hits, 1);
		assert_int_equal(changes[0].result, STORE_UNCHANGED);
		assert_int_equal(entry_of(scene, addresses[0], "", NOON).count, 0);
		assert_int_equal(health_of(scene).suppressions, 0);
	}
	fault_set(FAULT_NONE, 0, 0);
	assert_int_equal(change_all(scene, changes, COUNT, NOON), STORE_DONE);
	assert_int_equal(changes[COUNT - 1].result, STORE_ADDED);
	assert_int_equal(health_of(scene).suppressions, COUNT);
	/* Interrupted imports are simply repeated. */
	assert_int_equal(change_all(scene, changes, COUNT, NOON), STORE_DONE);
	assert_int_equal(changes[0].result, STORE_UNCHANGED);
	assert_int_equal(health_of(scene).suppressions, COUNT);
	free(addresses);
	free(changes);
}

static void duplicates_write_and_sync_nothing(void **state)
{
	struct scene *scene = *state;
	int writes, syncs;

	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(bounce(scene, i), STORE_DONE);
	writes = fault_writes;
	syncs = fault_syncs;
	assert_true(syncs >= 20);
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(bounce(scene, i), STORE_DUPLICATE);
	assert_int_equal(fault_writes, writes);
	assert_int_equal(fault_syncs, syncs);
}

static _Atomic unsigned finished;

static void count_finished(struct store_job *job)
{
	(void) job;
	finished++;
}

/* A bad item among good ones, in one batch: a first one keeps the writer busy while they
 * gather. */
static void a_bad_item_does_not_poison_its_batch(void **state)
{
	enum { ITEMS = 60 };
	struct scene *scene = *state;
	struct letter *letters = calloc(ITEMS, sizeof(*letters));
	char address[32];

	assert_non_null(letters);
	finished = 0;
	for (unsigned i = 0; i < ITEMS; i++) {
		struct letter *letter = &letters[i];

		snprintf(address, sizeof(address), "user%u@example.org", i);
		letter_simple(
			letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, i, address);
		if (i % 3 == 1) {
			/* Fails after its topic was given a number; the next has the
			   same topic. */
			letter->job.kind = STORE_UNRECOGNISED;
			letter->job.why = NULL;
		}
		if (i % 3 != 0)
			letter->job.notification.topic_arn =
				i % 2 == 0 ? "arn:even" : "arn:odd";
		letter->job.done = count_finished;
		assert_true(store_submit(scene->store, &letter->job));
	}
	scene_close(scene);
	assert_int_equal(finished, ITEMS);
	for (unsigned i = 0; i < ITEMS; i++)
		assert_int_equal(
			letters[i].job.outcome, i % 3 == 1 ? STORE_FAILED : STORE_DONE);
	assert_true(scene_open(scene));
	assert_holds(scene, ITEMS * 2 / 3);
	assert_int_equal(health_of(scene).unrecognised, 0);
	free(letters);
}

static void a_disk_that_fails_for_long_is_tried_again_each_time(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(bounce(scene, 1), STORE_DONE);
	fault_set(FAULT_SYNC, 0, -1);
	for (unsigned i = 2; i < 10; i++)
		assert_int_equal(bounce(scene, i), STORE_FAILED);
	assert_int_equal(health_of(scene).failures, 8);
	assert_recorded(scene, 1);
	fault_set(FAULT_NONE, 0, 0);
	assert_holds(scene, 1);
	for (unsigned i = 2; i < 10; i++)
		assert_int_equal(bounce(scene, i), STORE_DONE);
	scene_close(scene);
	assert_true(scene_open(scene));
	assert_holds(scene, 9);
}

enum { PRODUCERS = 8, EACH = 400 };

struct producer {
	struct scene *scene;
	pthread_t thread;
	unsigned number;
	unsigned done, duplicates;
};

/* Half of what each sends, another one sends too. */
static void *produce(void *closure)
{
	struct producer *producer = closure;

	for (unsigned i = 0; i < EACH; i++) {
		unsigned mail = i % 2 == 0 ? i : 10000 + producer->number * EACH + i;
		struct letter letter;
		enum store_outcome outcome;
		char address[32];

		snprintf(address, sizeof(address), "user%u@example.org", mail);
		letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE,
			NOON + mail * 1000, mail, address);
		outcome = record(producer->scene, &letter);
		assert_int_not_equal(outcome, STORE_FAILED);
		producer->done += outcome == STORE_DONE;
		producer->duplicates += outcome == STORE_DUPLICATE;
		/* Every answer given after that includes it. */
		assert_int_equal(
			entry_of(producer->scene, address, "", NOON + DAY_MS).count, 1);
	}
	return NULL;
}

static void many_threads_store_everything_once(void **state)
{
	struct scene *scene = *state;
	struct producer producers[PRODUCERS] = {0};
	unsigned done = 0, duplicates = 0, expected = EACH / 2 + PRODUCERS * EACH / 2;

	for (unsigned i = 0; i < PRODUCERS; i++) {
		producers[i].scene = scene;
		producers[i].number = i;
		assert_int_equal(pthread_create(&producers[i].thread, NULL, produce,
					 &producers[i]),
			0);
	}
	for (unsigned i = 0; i < PRODUCERS; i++) {
		pthread_join(producers[i].thread, NULL);
		done += producers[i].done;
		duplicates += producers[i].duplicates;
	}
	assert_int_equal(done, expected);
	assert_int_equal(done + duplicates, PRODUCERS * EACH);
	assert_holds(scene, expected);
}

static void closing_finishes_what_waits_and_takes_no_more(void **state)
{
	enum { ITEMS = 500 };
	struct scene *scene = *state;
	struct letter *letters = calloc(ITEMS, sizeof(*letters));

	assert_non_null(letters);
	finished = 0;
	for (unsigned i = 0; i < ITEMS; i++) {
		letter_simple(
			&letters[i], SES_SEND, SES_OUTCOME_SEND, NOON, i, "a@b.example");
		letters[i].job.done = count_finished;
		assert_true(store_submit(scene->store, &letters[i].job));
	}
	scene_close(scene);
	assert_int_equal(finished, ITEMS);
	assert_true(scene_open(scene));
	assert_int_equal(health_of(scene).events, ITEMS);
	free(letters);
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void wait_at_gate(struct store_job *job)
{
	(void) job;
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
}

enum { FLOOD = 5 };

/* A store whose writer waits at the gate, which is locked, and whose queue is full. Says
 * how many of the flood it took. */
static unsigned fill_queue(struct scene *scene, size_t limit, struct letter *first,
	struct letter letters[FLOOD])
{
	unsigned taken = 0;

	scene_close(scene);
	scene->queue_limit = limit;
	assert_true(scene_open(scene));
	pthread_mutex_lock(&gate);
	letter_simple(first, SES_SEND, SES_OUTCOME_SEND, NOON, 99, "a@b.example");
	first->job.done = wait_at_gate;
	assert_true(store_submit(scene->store, &first->job));
	while (health_of(scene).jobs == 0)
		sched_yield();
	for (unsigned i = 0; i < FLOOD; i++) {
		letter_simple(
			&letters[i], SES_SEND, SES_OUTCOME_SEND, NOON, i, "a@b.example");
		letters[i].job.done = count_finished;
		taken += store_submit(scene->store, &letters[i].job);
	}
	return taken;
}

static void a_full_queue_refuses(void **state)
{
	struct scene *scene = *state;
	struct letter first, letters[FLOOD];

	assert_int_equal(fill_queue(scene, 3, &first, letters), 3);
	assert_int_equal(health_of(scene).queued, 3);
	assert_int_equal(record(scene, &letters[4]), STORE_FAILED);
	pthread_mutex_unlock(&gate);
	scene_close(scene);
}

struct asking {
	struct scene *scene;
	int64_t sends;
};

static void *ask_for_sends(void *closure)
{
	struct asking *asking = closure;

	asking->sends = counted(asking->scene, STORE_BY_ACCOUNT, NULL).sends;
	return NULL;
}

/* A flood is when the figures are needed. */
static void a_full_queue_keeps_no_reader_from_the_newest(void **state)
{
	struct scene *scene = *state;
	struct letter first, letters[FLOOD];
	struct asking asking = {.scene = scene};
	pthread_t reader;

	assert_int_equal(fill_queue(scene, 2, &first, letters), 2);
	assert_int_equal(pthread_create(&reader, NULL, ask_for_sends, &asking), 0);
	while (health_of(scene).queued < 3)
		sched_yield();
	pthread_mutex_unlock(&gate);
	pthread_join(reader, NULL);
	assert_true(asking.sends >= 1);
	scene_close(scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fault_set_up, fault_tear_down)
		TEST(a_failing_disk_loses_the_batch_and_nothing_else),
		TEST(a_full_disk_refuses_until_there_is_room),
		TEST(a_disk_that_fills_in_an_import_leaves_nothing_half_done),
		TEST(duplicates_write_and_sync_nothing),
		TEST(a_bad_item_does_not_poison_its_batch),
		TEST(a_disk_that_fails_for_long_is_tried_again_each_time),
		TEST(many_threads_store_everything_once),
		TEST(closing_finishes_what_waits_and_takes_no_more),
		TEST(a_full_queue_refuses),
		TEST(a_full_queue_keeps_no_reader_from_the_newest),
	};

	return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
