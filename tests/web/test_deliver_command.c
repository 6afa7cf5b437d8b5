/* test_deliver_command.c - commands: what they get, how they end, how they are ended. */
#include "tests/web/telling.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

struct place {
	char folder[64], file[80];
};

static struct deliver_outcome run(struct place *place, const char *script,
	const char *payload, int64_t timeout_ms, const atomic_bool *is_cancelled)
{
	const char *const words[] = {"/bin/sh", "-c", script, "sh", place->file, NULL};
	const struct web_channel channel = {.name = "pager",
		.type = WEB_CHANNEL_COMMAND,
		.command = words,
		.timeout_ms = timeout_ms};
	struct deliver_order order = order_of(&channel, payload);
	struct deliver_outcome outcome;

	if (is_cancelled != NULL)
		order.is_cancelled = is_cancelled;
	deliver(&order, &outcome);
	return outcome;
}

/* What the script wrote; freed by the caller. */
static char *written(const struct place *place)
{
	char *text = calloc(1, 1 << 20);
	FILE *file = fopen(place->file, "r");

	assert_non_null(file);
	assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
	fclose(file);
	return text;
}

static void a_command_gets_the_payload_and_some_variables(void **state)
{
	struct deliver_outcome outcome;
	char *text;

	setenv("AWS_SECRET_ACCESS_KEY", "never", 1);
	outcome = run(*state, "{ cat; echo; env; } >\"$1\"", FIRED, 10000, NULL);
	assert_int_equal(outcome.verdict, DELIVER_DONE);
	text = written(*state);
	assert_true(text_begins(text, FIRED));
	assert_has(text, "\nSES_FEEDBACK_ID=msg_2abcdefghijklmnopqrstuvwxy\n");
	assert_has(text, "\nSES_FEEDBACK_CHANNEL=pager\n");
	assert_has(text, "\nSES_FEEDBACK_TYPE=alert.fired\n");
	assert_has(text, "\nSES_FEEDBACK_ALERT=reputation-level\n");
	assert_has(text, "\nSES_FEEDBACK_OBJECT=111122223333/eu-west-1 bounce\n");
	assert_has(text, "\nSES_FEEDBACK_LEVEL=over-review-limit\n");
	assert_has_not(text, "never");
	free(text);
}

static void a_variable_has_one_line_whatever_mail_brought(void **state)
{
	struct deliver_outcome outcome = run(*state, "env >\"$1\"", HOSTILE, 10000, NULL);
	char *text = written(*state);

	assert_int_equal(outcome.verdict, DELIVER_DONE);
	assert_has(text, "OBJECT=x  Bcc: victim@example.net");
	free(text);
}

static void a_command_begins_with_no_signal_blocked_and_no_file_of_ours(void **state)
{
	struct deliver_outcome outcome;
	sigset_t all, before;
	char *text, *ignored;
	int leaked = open("/dev/null", O_RDONLY); /* not close-on-exec */

	assert_true(leaked > 2);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	outcome = run(*state,
		"{ grep -E 'Sig(Blk|Ign)' /proc/self/status; ls /proc/self/fd; "
		"ps -o pgid= -p $$; echo $$; } >\"$1\"",
		FIRED, 10000, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	close(leaked);
	assert_int_equal(outcome.verdict, DELIVER_DONE);
	text = written(*state);
	assert_has(text, "SigBlk:\t0000000000000000\n");
	ignored = strstr(text, "SigIgn:\t");
	assert_non_null(ignored);
	/* but for two that are glibc's own, 32 and 33 */
	assert_int_equal(strtoull(ignored + 8, NULL, 16) & ~0x180000000ULL, 0);
	/* 0, 1, 2, and the folder that ls itself reads */
	assert_has(text, "\n0\n1\n2\n3\n");
	assert_has_not(text, "\n4\n");
	free(text);
}

static void another_exit_status_is_a_failure_that_says_it(void **state)
{
	struct deliver_outcome outcome = run(*state, "exit 7", FIRED, 10000, NULL);

	assert_int_equal(outcome.verdict, DELIVER_LATER);
	assert_string_equal(outcome.said.text, "exit status 7");
	outcome = run(*state, "kill -9 $$", FIRED, 10000, NULL);
	assert_int_equal(outcome.verdict, DELIVER_LATER);
	assert_string_equal(outcome.said.text, "ended by signal 9");
}

static void a_command_that_is_not_there_is_said_to_be_missing(void **state)
{
	static const char *const words[] = {"/nonexistent/pager", NULL};
	const struct web_channel channel = {
		.name = "pager", .type = WEB_CHANNEL_COMMAND, .command = words};
	struct deliver_order order = order_of(&channel, FIRED);
	struct deliver_outcome outcome;

	(void) state;
	deliver(&order, &outcome);
	assert_int_equal(outcome.verdict, DELIVER_LATER);
	assert_true(outcome.is_refused);
	assert_has(outcome.said.text, "/nonexistent/pager: No such file");
}

/* 300 KiB fill any pipe: who does not read it is no failure, and no SIGPIPE. */
static void a_command_need_not_read_and_may_say_much(void **state)
{
	size_t length = 300000;
	char *payload = malloc(length + 64);
	struct deliver_outcome outcome;
	sigset_t broken_pipe;

	sigemptyset(&broken_pipe);
	sigaddset(&broken_pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &broken_pipe, NULL);
	snprintf(payload, 64, "{\"type\":\"test\",\"data\":{\"text\":\"");
	memset(payload + strlen(payload), 'x', length);
	snprintf(payload + length, 8, "\"}}");
	outcome = run(*state, "exec <&-; yes | head -c 1000000", payload, 10000, NULL);
	assert_int_equal(outcome.verdict, DELIVER_DONE);
	outcome = run(*state, "wc -c >\"$1\"", payload, 10000, NULL);
	assert_int_equal(outcome.verdict, DELIVER_DONE);
	assert_int_equal(strlen(payload), 300003);
	free(payload);
	payload = written(*state);
	assert_has(payload, "300003");
	free(payload);
}

/* What $1 names ends too: it is of the group. */
static bool is_gone(const struct place *place)
{
	const struct timespec step = {0, 10000000};
	char *text = written(place);
	int64_t number, deadline = clock_monotonic_ms() + 10000;

	text[strcspn(text, "\n")] = '\0';
	assert_true(text_to_integer(text, &number));
	free(text);
	while (kill((pid_t) number, 0) == 0) {
		char path[64], state[256] = "";
		FILE *file;

		/* its parent is gone: a zombie may wait for init */
		snprintf(path, sizeof(path), "/proc/%d/stat", (int) number);
		file = fopen(path, "r");
		if (file == NULL)
			return true;
		if (fgets(state, sizeof(state), file) != NULL &&
			strstr(state, ") Z ") != NULL) {
			fclose(file);
			return true;
		}
		fclose(file);
		if (clock_monotonic_ms() > deadline)
			return false;
		nanosleep(&step, NULL);
	}
	return true;
}

static void a_command_that_takes_too_long_is_ended_with_its_children(void **state)
{
	int64_t begun = clock_monotonic_ms();
	struct deliver_outcome outcome =
		run(*state, "sleep 600 & echo $! >\"$1\"; wait", FIRED, 300, NULL);

	assert_int_equal(outcome.verdict, DELIVER_LATER);
	assert_has(outcome.said.text, "did not end in time");
	assert_in_range(clock_monotonic_ms() - begun, 300, 2000);
	assert_true(is_gone(*state));
}

static void a_command_that_ignores_sigterm_is_killed(void **state)
{
	int64_t begun = clock_monotonic_ms();
	struct deliver_outcome outcome = run(*state,
		"trap '' TERM; sh -c 'trap \"\" TERM; echo $$ >\"$1\"; while :; do sleep "
		"1; done' sh \"$1\"",
		FIRED, 300, NULL);

	assert_int_equal(outcome.verdict, DELIVER_LATER);
	assert_in_range(clock_monotonic_ms() - begun, 2000, 5000);
	assert_true(is_gone(*state));
}

static void *cancel_soon(void *closure)
{
	const struct timespec soon = {0, 200000000};

	nanosleep(&soon, NULL);
	atomic_store((atomic_bool *) closure, true);
	return NULL;
}

static void a_command_gives_way_when_the_daemon_stops(void **state)
{
	int64_t begun = clock_monotonic_ms();
	atomic_bool is_cancelled = false;
	struct deliver_outcome outcome;
	pthread_t thread;

	pthread_create(&thread, NULL, cancel_soon, &is_cancelled);
	outcome = run(
		*state, "echo $$ >\"$1\"; exec sleep 600", FIRED, 60000, &is_cancelled);
	pthread_join(thread, NULL);
	assert_int_equal(outcome.verdict, DELIVER_STOPPED);
	assert_in_range(clock_monotonic_ms() - begun, 200, 3000);
	assert_true(is_gone(*state));
}

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	log_open(LOG_LEVEL_ERROR, false);
	snprintf(place->folder, sizeof(place->folder), "/tmp/test-command-XXXXXX");
	*state = place;
	if (mkdtemp(place->folder) == NULL)
		return -1;
	snprintf(place->file, sizeof(place->file), "%s/written", place->folder);
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	unlink(place->file);
	rmdir(place->folder);
	free(place);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_command_gets_the_payload_and_some_variables),
		TEST(a_variable_has_one_line_whatever_mail_brought),
		TEST(a_command_begins_with_no_signal_blocked_and_no_file_of_ours),
		TEST(another_exit_status_is_a_failure_that_says_it),
		TEST(a_command_that_is_not_there_is_said_to_be_missing),
		TEST(a_command_need_not_read_and_may_say_much),
		TEST(a_command_that_takes_too_long_is_ended_with_its_children),
		TEST(a_command_that_ignores_sigterm_is_killed),
		TEST(a_command_gives_way_when_the_daemon_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
