/* test_death.c - what was acknowledged is there after SIGKILL. */
#include "tests/store/support.h"

#include <signal.h>
#include <sys/wait.h>

static enum store_outcome bounce(struct scene *scene, unsigned mail)
{
	struct letter letter;
	char address[32];

	snprintf(address, sizeof(address), "user%u@example.org", mail);
	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, mail, address);
	return record(scene, &letter);
}

static void assert_holds(struct scene *scene, unsigned events)
{
	assert_int_equal(health_of(scene).events, events);
	assert_int_equal(health_of(scene).suppressions, events);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).hard_bounces, events);
	assert_int_equal(
		counted(scene, STORE_BY_RECIPIENT_DOMAIN, NULL).hard_bounces, events);
}

/* The child's: records and tells each acknowledged number through the pipe. */
static int acknowledgements;

static void acknowledge(struct store_job *job)
{
	unsigned mail = (unsigned) (uintptr_t) job->owner;

	if (job->outcome == STORE_DONE &&
		write(acknowledgements, &mail, sizeof(mail)) != sizeof(mail))
		_exit(2);
}

static void record_until_killed(struct scene *scene, unsigned first)
{
	enum { WINDOW = 64 };
	struct letter *letters = calloc(WINDOW, sizeof(*letters));

	if (letters == NULL || !scene_open(scene))
		_exit(3);
	for (unsigned mail = first;; mail++) {
		struct letter *letter = &letters[mail % WINDOW];
		char address[32];

		/* The last of each window waits for all before it. */
		snprintf(address, sizeof(address), "user%u@example.org", mail);
		letter_simple(
			letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, mail, address);
		if (mail % WINDOW == WINDOW - 1) {
			struct store_job *job = &letter->job;

			record(scene, letter);
			job->owner = (void *) (uintptr_t) mail;
			acknowledge(job);
			continue;
		}
		letter->job.done = acknowledge;
		letter->job.owner = (void *) (uintptr_t) mail;
		if (!store_submit(scene->store, &letter->job))
			_exit(4);
	}
}

static void what_was_acknowledged_survives_sudden_death(void **state)
{
	enum { ROUNDS = 10 };
	struct scene *scene = *state;
	uint64_t seed = 11;
	unsigned next = 1, acknowledged, total = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned wanted = 1 + dice(&seed, 700), count = 0, first = next;
		int pipe_ends[2], status;
		struct store_health health;
		pid_t child;

		scene_close(scene);
		assert_int_equal(pipe(pipe_ends), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			close(pipe_ends[0]);
			acknowledgements = pipe_ends[1];
			record_until_killed(scene, first);
		}
		close(pipe_ends[1]);
		/* Killed when so many were acknowledged, in the middle of the rest. */
		while (read(pipe_ends[0], &acknowledged, sizeof(acknowledged)) ==
			sizeof(acknowledged)) {
			if (acknowledged >= next)
				next = acknowledged + 1;
			if (++count == wanted)
				kill(child, SIGKILL);
		}
		close(pipe_ends[0]);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		assert_true(count >= wanted);
		total += count;

		assert_true(scene_open(scene));
		health = health_of(scene);
		assert_true(health.events >= total);
		for (unsigned mail = first; mail < next; mail++)
			assert_int_equal(bounce(scene, mail), STORE_DUPLICATE);
		/* What was stored and not acknowledged any more counts too, once. */
		total = (unsigned) health.events;
		assert_holds(scene, total);
		next += 1000;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(what_was_acknowledged_survives_sudden_death),
	};

	return cmocka_run_group_tests_name("death", tests, NULL, NULL);
}
