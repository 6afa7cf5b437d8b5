/* posting.c - posts messages over many connections, in one thread. */
#include "tests/bench/parts/posting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "tests/bench/parts/answer.h"
#include "tests/bench/parts/die.h"
#include "tests/bench/parts/times.h"

#define ANSWER_MAX 16384
#define EVENTS_MAX 256
#define PATIENCE_MS 30000
#define TOLD_MAX 5
#define BROKEN_MAX 100

enum line_state { LINE_OPENING, LINE_READY, LINE_SENDING, LINE_RECEIVING, LINE_CLOSED };

/* One connection and the message it is about. */
struct line {
	struct wire wire;
	enum line_state state;
	uint32_t watched; /* what epoll looks for; 0: not among its own */
	const struct message *message;
	size_t sent, have;
	int64_t began_ns;
	char answer[ANSWER_MAX + 1];
};

struct posting {
	const struct options *options;
	const struct target *target;
	const struct message *messages;
	size_t count, given, finished;
	struct outcome *outcome;
	int epoll;
	struct line *lines;
	size_t line_count, ready;
	size_t told;
};

/* ---- failures ---- */

static void tell(struct posting *posting, const char *what, const char *detail)
{
	if (posting->told++ < TOLD_MAX)
		fprintf(stderr, "load: %s: %.*s\n", what, (int) strcspn(detail, "\r\n"),
			detail);
}

static void hang_up(struct line *line)
{
	wire_close(&line->wire);
	line->watched = 0;
	line->state = LINE_CLOSED;
}

/* ---- one message after another ---- */

static void open_line(struct posting *posting, struct line *line)
{
	wire_open(&line->wire, posting->target);
	posting->outcome->connections++;
	line->watched = 0;
	line->state = LINE_OPENING;
}

/* Gives the line its next message, if there is one left, and hangs up if not. */
static void take_next(struct posting *posting, struct line *line)
{
	if (posting->given == posting->count) {
		hang_up(line);
		return;
	}
	line->message = &posting->messages[posting->given++];
	line->sent = 0;
	line->have = 0;
	line->began_ns = clock_ns();
	if (line->state == LINE_CLOSED)
		open_line(posting, line);
	else
		line->state = LINE_SENDING;
}

static void lose(struct posting *posting, struct line *line, const char *why)
{
	if (line->message == NULL)
		die("no connection: %s", why);
	tell(posting, "a connection broke before its message was answered", why);
	posting->outcome->not_200++;
	posting->finished++;
	if (++posting->outcome->broken == BROKEN_MAX)
		die("%d connections broke", BROKEN_MAX);
	hang_up(line);
	take_next(posting, line);
}

static void take_answer(
	struct posting *posting, struct line *line, const struct answer *answer)
{
	struct outcome *outcome = posting->outcome;

	outcome->took_ns[outcome->answered++] = clock_ns() - line->began_ns;
	posting->finished++;
	if (answer->status != 200) {
		outcome->not_200++;
		tell(posting, "a message was answered", line->answer);
	}
	if (posting->options->is_new_connections || answer->ends_connection)
		hang_up(line);
	take_next(posting, line);
}

/* ---- one step of a line; how its wire stands after it ---- */

static enum wire_outcome step_opening(struct posting *posting, struct line *line)
{
	enum wire_outcome outcome = wire_shake(&line->wire, posting->target);

	if (outcome != WIRE_DONE)
		return outcome;
	line->state = line->message == NULL ? LINE_READY : LINE_SENDING;
	posting->ready += line->state == LINE_READY;
	return WIRE_DONE;
}

/* No look for the answer before epoll tells of it: that would be a call in vain. */
static enum wire_outcome step_sending(struct line *line)
{
	enum wire_outcome outcome = wire_send(
		&line->wire, line->message->bytes, line->message->length, &line->sent);

	if (outcome != WIRE_DONE)
		return outcome;
	line->state = LINE_RECEIVING;
	line->wire.wants = EPOLLIN;
	return WIRE_WAITS;
}

static enum wire_outcome step_receiving(struct posting *posting, struct line *line)
{
	enum wire_outcome outcome = wire_receive(&line->wire, line->answer + line->have,
		ANSWER_MAX - line->have, &line->have);
	struct answer answer;

	if (outcome != WIRE_DONE)
		return outcome;
	line->answer[line->have] = '\0';
	switch (answer_read(line->answer, line->have, &answer)) {
	case ANSWER_WHOLE:
		if (answer.length < line->have)
			die("more came than an answer: %.200s", line->answer);
		take_answer(posting, line, &answer);
		return WIRE_DONE;
	case ANSWER_PART:
		if (line->have == ANSWER_MAX)
			die("an answer is longer than %d bytes", ANSWER_MAX);
		return WIRE_DONE;
	case ANSWER_WRONG:
		die("this is no answer: %.200s", line->answer);
	}
	return WIRE_BROKEN;
}

static enum wire_outcome step(struct posting *posting, struct line *line)
{
	switch (line->state) {
	case LINE_OPENING:
		return step_opening(posting, line);
	case LINE_SENDING:
		return step_sending(line);
	case LINE_RECEIVING:
		return step_receiving(posting, line);
	case LINE_READY:
	case LINE_CLOSED:
		return WIRE_WAITS;
	}
	return WIRE_WAITS;
}

static void watch(struct posting *posting, struct line *line)
{
	struct epoll_event event = {.events = line->wire.wants, .data.ptr = line};

	if (line->state == LINE_CLOSED || line->watched == line->wire.wants)
		return;
	if (epoll_ctl(posting->epoll, line->watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD,
		    line->wire.fd, &event) != 0)
		die("epoll: %s", strerror(errno));
	line->watched = line->wire.wants;
}

/* As far as the line comes without waiting. */
static void go_on(struct posting *posting, struct line *line)
{
	enum wire_outcome outcome = WIRE_DONE;

	while (outcome != WIRE_WAITS) {
		outcome = step(posting, line);
		if (outcome == WIRE_BROKEN)
			lose(posting, line, line->wire.why);
	}
	watch(posting, line);
}

static void wait_and_go_on(struct posting *posting)
{
	struct epoll_event events[EVENTS_MAX];
	int count = epoll_wait(posting->epoll, events, EVENTS_MAX, PATIENCE_MS);

	if (count == 0)
		die("nothing came for %d seconds; %zu of %zu messages are answered",
			PATIENCE_MS / 1000, posting->finished, posting->count);
	if (count < 0 && errno != EINTR)
		die("epoll: %s", strerror(errno));
	for (int i = 0; i < count; i++)
		go_on(posting, events[i].data.ptr);
}

/* ---- a round ---- */

static void connect_all(struct posting *posting)
{
	for (size_t i = 0; i < posting->line_count; i++) {
		open_line(posting, &posting->lines[i]);
		go_on(posting, &posting->lines[i]);
	}
	while (posting->ready < posting->line_count)
		wait_and_go_on(posting);
}

struct posting *posting_begin(const struct options *options, const struct target *target,
	const struct message *messages, size_t count, struct outcome *outcome)
{
	struct posting *posting = calloc(1, sizeof(*posting));

	if (posting == NULL)
		die("out of memory");
	posting->options = options;
	posting->target = target;
	posting->messages = messages;
	posting->count = count;
	posting->outcome = outcome;
	posting->line_count = options->connections < count ? options->connections : count;
	posting->lines = calloc(posting->line_count, sizeof(*posting->lines));
	posting->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (posting->lines == NULL || posting->epoll < 0)
		die("out of memory");
	for (size_t i = 0; i < posting->line_count; i++) {
		posting->lines[i].wire.fd = -1;
		posting->lines[i].state = LINE_CLOSED;
	}
	if (!options->is_new_connections)
		connect_all(posting);
	return posting;
}

void posting_run(struct posting *posting)
{
	for (size_t i = 0; i < posting->line_count; i++) {
		take_next(posting, &posting->lines[i]);
		go_on(posting, &posting->lines[i]);
	}
	while (posting->finished < posting->count)
		wait_and_go_on(posting);
}

void posting_finish(struct posting *posting)
{
	if (posting == NULL)
		return;
	for (size_t i = 0; i < posting->line_count; i++)
		wire_close(&posting->lines[i].wire);
	close(posting->epoll);
	free(posting->lines);
	free(posting);
}
