/* deliver_command.c - a command of one's own, which gets the payload on standard input.
 */
#include "web/deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/log.h"
#include "base/text.h"
#include "web/telling.h"

/* Between SIGTERM and SIGKILL. */
#define GRACE_MS (2 * SECOND_MS)
/* How often is_cancelled is looked at. */
#define LOOK_MS 100
#define OUTPUT_MAX ((size_t) 16 << 10)
#define LINES_MAX 20
#define VARIABLES 7

/* One run, from the spawn to the end. */
struct run {
	const struct deliver_order *order;
	pid_t process;
	int process_fd;
	int input, output; /* our ends; -1 closed */
	size_t written;
	struct buffer said; /* standard output and error, the beginning */
	int64_t deadline_ms;
	bool is_over; /* it ended by itself; not yet waited for */
	bool is_late;
};

/* ---- what it is given ---- */

struct environment {
	char *texts[VARIABLES + 1]; /* ends with NULL */
	size_t count;
	bool failed;
};

static void add_variable(
	struct environment *environment, const char *name, const char *value)
{
	struct buffer text;
	size_t length;

	buffer_init(&text, 65536);
	buffer_format(&text, "%s=", name);
	telling_append(&text, value);
	environment->texts[environment->count] = buffer_take(&text, &length);
	if (environment->texts[environment->count] == NULL)
		environment->failed = true;
	else
		environment->count++;
	buffer_finish(&text);
}

/* Nothing of our own environment, which may hold secrets, but the path. */
static bool make_environment(const struct deliver_order *order,
	struct environment *environment, struct error *error)
{
	const char *path = getenv("PATH");
	struct telling telling;

	memset(environment, 0, sizeof(*environment));
	if (!telling_read(&telling, order->payload, error))
		return false;
	add_variable(environment, "PATH",
		path == NULL ? "/usr/local/bin:/usr/bin:/bin" : path);
	add_variable(environment, "SES_FEEDBACK_ID", order->message);
	add_variable(environment, "SES_FEEDBACK_CHANNEL", order->channel->name);
	add_variable(environment, "SES_FEEDBACK_TYPE", telling.type);
	add_variable(environment, "SES_FEEDBACK_ALERT", telling.alert);
	add_variable(environment, "SES_FEEDBACK_OBJECT", telling.object);
	add_variable(environment, "SES_FEEDBACK_LEVEL", telling.level);
	telling_finish(&telling);
	return !environment->failed || error_set(error, "out of memory");
}

static void finish_environment(struct environment *environment)
{
	for (size_t i = 0; i < environment->count; i++)
		free(environment->texts[i]);
}

/* ---- starting it ---- */

/* Group, signals: the daemon blocks all of them, which a command would inherit. */
static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP |
							    POSIX_SPAWN_SETSIGMASK |
							    POSIX_SPAWN_SETSIGDEF) ||
	       posix_spawnattr_setpgroup(attributes, 0) ||
	       posix_spawnattr_setsigmask(attributes, &none) ||
	       posix_spawnattr_setsigdefault(attributes, &all);
}

static int set_files(posix_spawn_file_actions_t *files, int input, int output)
{
	return posix_spawn_file_actions_adddup2(files, input, STDIN_FILENO) ||
	       posix_spawn_file_actions_adddup2(files, output, STDOUT_FILENO) ||
	       posix_spawn_file_actions_adddup2(files, output, STDERR_FILENO) ||
	       /* libcurl's sockets are not close-on-exec */
	       posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
}

static int spawn(struct run *run, int input, int output, char *const *variables)
{
	const char *const *words = run->order->channel->command;
	char *const *arguments = (char *const *) (uintptr_t) words;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int code = ENOMEM;

	if (posix_spawn_file_actions_init(&files) != 0)
		return ENOMEM;
	if (posix_spawnattr_init(&attributes) == 0) {
		if (set_attributes(&attributes) == 0 &&
			set_files(&files, input, output) == 0)
			code = posix_spawnp(&run->process, words[0], &files, &attributes,
				arguments, variables);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&files);
	return code;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Two pipes; our ends don't block. */
static bool make_pipes(int input[2], int output[2])
{
	input[0] = input[1] = output[0] = output[1] = -1;
	if (pipe2(input, O_CLOEXEC) == 0 && pipe2(output, O_CLOEXEC) == 0 &&
		fcntl(input[1], F_SETFL, O_NONBLOCK) == 0 &&
		fcntl(output[0], F_SETFL, O_NONBLOCK) == 0)
		return true;
	for (int i = 0; i < 2; i++) {
		close_end(&input[i]);
		close_end(&output[i]);
	}
	return false;
}

static bool start(struct run *run, char *const *variables, struct error *error)
{
	const char *name = run->order->channel->command[0];
	int input[2], output[2], code;

	if (!make_pipes(input, output))
		return error_set(error, "pipes: %s", strerror(errno));
	code = spawn(run, input[0], output[1], variables);
	close_end(&input[0]);
	close_end(&output[1]);
	run->input = input[1];
	run->output = output[0];
	if (code != 0)
		return error_set(error, "%s: %s", name, strerror(code));
	run->process_fd = pidfd_open(run->process, 0);
	if (run->process_fd >= 0)
		return true;
	error_set(error, "%s: %s", name, strerror(errno));
	kill(-run->process, SIGKILL);
	waitpid(run->process, NULL, 0);
	return false;
}

/* ---- while it runs ---- */

/* It need not read what it is given: EPIPE is no failure. SIGPIPE is blocked. */
static void write_some(struct run *run)
{
	const char *payload = run->order->payload;
	size_t left = strlen(payload) - run->written;
	ssize_t count = left == 0 ? 0 : write(run->input, payload + run->written, left);

	if (count > 0)
		run->written += (size_t) count;
	if ((count < 0 && errno != EAGAIN && errno != EINTR) ||
		payload[run->written] == '\0')
		close_end(&run->input);
}

/* False when there is no more for now. */
static bool read_some(struct run *run)
{
	char bytes[4096];
	ssize_t count = read(run->output, bytes, sizeof(bytes));
	size_t room = OUTPUT_MAX - run->said.length;

	if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
		close_end(&run->output);
	if (count <= 0)
		return false;
	buffer_append(&run->said, bytes, (size_t) count < room ? (size_t) count : room);
	return true;
}

/* Until it ends, is_cancelled, or the monotonic time until_ms. */
static void attend(struct run *run, int64_t until_ms, const atomic_bool *is_cancelled)
{
	while (!run->is_over && clock_monotonic_ms() < until_ms &&
		(is_cancelled == NULL || !atomic_load(is_cancelled))) {
		struct pollfd waits[] = {
			{.fd = run->process_fd, .events = POLLIN},
			{.fd = run->input, .events = POLLOUT},
			{.fd = run->output, .events = POLLIN},
		};
		int64_t left = until_ms - clock_monotonic_ms();

		if (poll(waits, 3, (int) (left < LOOK_MS ? left : LOOK_MS)) < 0)
			continue;
		if (waits[1].revents != 0)
			write_some(run);
		if (waits[2].revents != 0)
			read_some(run);
		run->is_over = waits[0].revents != 0;
	}
}

/* Asks it to end, and its children, and then sees to it. The group is named by a process
 * that nobody has waited for yet, so the number can't be another's. */
static void end_group(struct run *run)
{
	kill(-run->process, SIGTERM);
	attend(run, clock_monotonic_ms() + GRACE_MS, NULL);
	kill(-run->process, SIGKILL);
}

static void log_output(struct run *run)
{
	const char *line = run->said.bytes;
	size_t lines = 0;

	while (line != NULL && *line != '\0') {
		size_t length = strcspn(line, "\n");

		if (lines++ == LINES_MAX) {
			log_info("channel %s: the command says more",
				run->order->channel->name);
			return;
		}
		if (length > 0)
			log_info("channel %s: the command says: %.*s",
				run->order->channel->name, (int) length, line);
		line += length + (line[length] == '\n');
	}
}

static void judge(struct run *run, int status, struct deliver_outcome *outcome)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !run->is_late) {
		outcome->verdict = DELIVER_DONE;
		error_set(&outcome->said, "exit status 0");
	} else if (run->is_late) {
		outcome->verdict = DELIVER_LATER;
		error_set(
			&outcome->said, "the command did not end in time, and was ended");
	} else if (atomic_load(run->order->is_cancelled)) {
		outcome->verdict = DELIVER_STOPPED;
	} else {
		outcome->verdict = DELIVER_LATER;
		error_set(&outcome->said,
			WIFEXITED(status) ? "exit status %d" : "ended by signal %d",
			WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	}
}

static void finish(struct run *run, struct deliver_outcome *outcome)
{
	int status = 0;

	if (!run->is_over) {
		run->is_late = clock_monotonic_ms() >= run->deadline_ms;
		end_group(run);
	}
	/* At once, or after SIGKILL. */
	while (waitpid(run->process, &status, 0) < 0 && errno == EINTR)
		;
	while (run->output >= 0 && run->said.length < OUTPUT_MAX && read_some(run))
		;
	close(run->process_fd);
	log_output(run);
	judge(run, status, outcome);
}

void deliver_command(const struct deliver_order *order, struct deliver_outcome *outcome)
{
	const struct web_channel *channel = order->channel;
	struct run run = {.order = order, .input = -1, .output = -1};
	struct environment environment;

	buffer_init(&run.said, OUTPUT_MAX + 1);
	run.deadline_ms =
		clock_monotonic_ms() +
		(channel->timeout_ms > 0 ? channel->timeout_ms : DELIVER_TIMEOUT_MS);
	if (channel->command == NULL || channel->command[0] == NULL) {
		error_set(&outcome->said, "no command");
		deliver_refuse(outcome);
		return;
	}
	if (make_environment(order, &environment, &outcome->said) &&
		start(&run, environment.texts, &outcome->said)) {
		attend(&run, run.deadline_ms, order->is_cancelled);
		finish(&run, outcome);
	} else {
		deliver_refuse(outcome);
	}
	close_end(&run.input);
	close_end(&run.output);
	finish_environment(&environment);
	buffer_finish(&run.said);
}
