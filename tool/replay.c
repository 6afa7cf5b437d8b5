/* replay.c - SNS messages sent to the daemon in batches, and what came of each. */
#include "tool/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tool/input.h"
#include "tool/screen.h"
#include "tool/words.h"

/* A hundred messages may need certificates that the daemon must fetch first. */
#define TIMEOUT_SECONDS 600L

void replay_init(struct replay *replay, struct tool *tool, struct client *client)
{
	memset(replay, 0, sizeof(*replay));
	replay->tool = tool;
	replay->client = client;
	buffer_init(&replay->batch, REPLAY_BYTES);
	client_set_timeout(client, TIMEOUT_SECONDS);
	if (tool->is_json)
		stream_begin(&replay->stream, tool, "results");
}

void replay_finish(struct replay *replay)
{
	buffer_finish(&replay->batch);
}

static void count_refusal(struct replay *replay, const char *reason)
{
	size_t i = 0;

	replay->refused++;
	while (i < replay->sum_count && !text_equal(replay->sums[i].reason, reason))
		i++;
	if (i == REPLAY_REASONS)
		return;
	if (i == replay->sum_count) {
		snprintf(replay->sums[i].reason, sizeof(replay->sums[i].reason), "%s",
			reason);
		replay->sum_count++;
	}
	replay->sums[i].count++;
}

static void say_result(struct replay *replay, const struct replay_place *place,
	const char *what, const char *reason, const char *detail, const char *message_id)
{
	struct tool *tool = replay->tool;

	if (tool->is_json)
		return;
	screen_print(
		tool, SCREEN_PLAIN, "%s:%zu: ", input_name(place->file), place->line);
	screen_print(tool, SCREEN_DANGER, "%s", what);
	screen_print(tool, SCREEN_PLAIN, " (%s)%s%s", reason,
		text_is_empty(detail) ? "" : ": ", text_is_empty(detail) ? "" : detail);
	if (!text_is_empty(message_id))
		screen_print(tool, SCREEN_DIM, "  MessageId %s", message_id);
	fputc('\n', tool->out);
}

static void stream_result(struct replay *replay, const struct replay_place *place,
	const struct json *result, const char *why)
{
	struct json *element = json_object();

	json_put_text(element, "file", place->file);
	json_put_integer(element, "line", (int64_t) place->line);
	for (const struct json *member = json_first(result); member != NULL;
		member = json_next(member))
		if (!text_equal(json_name(member), "line"))
			json_put_copy(element, json_name(member), member);
	if (result == NULL) {
		json_put_integer(element, "status", 400);
		json_put_text(element, "reason", "malformed");
		json_put_text(element, "detail", why);
	}
	stream_element(&replay->stream, element);
	json_free(element);
}

static void count_success(struct replay *replay, const char *reason)
{
	if (text_equal(reason, "stored"))
		replay->stored++;
	else if (text_equal(reason, "duplicate"))
		replay->known++;
	else if (text_equal(reason, "aside"))
		replay->aside++;
	else if (text_equal(reason, "unrecognised"))
		replay->unrecognised++;
	else
		replay->other++;
}

static void take_result(struct replay *replay, const struct replay_place *place,
	const struct json *result)
{
	const char *reason = words_member_text(result, "reason", "unknown");
	const char *detail = json_text(result, "detail");
	const char *message_id = json_text(result, "message_id");
	int64_t status = words_member_integer(result, "status");

	if (replay->tool->is_json)
		stream_result(replay, place, result, NULL);
	if (status >= 200 && status < 300) {
		count_success(replay, reason);
		return;
	}
	if (status >= 500 || status == 429) {
		replay->postponed++;
		replay->worst = tool_worse(replay->worst, TOOL_UNREACHABLE);
		say_result(replay, place, "not stored now", reason, detail, message_id);
		return;
	}
	count_refusal(replay, reason);
	replay->worst = tool_worse(replay->worst, TOOL_NO);
	say_result(replay, place, "refused", reason, detail, message_id);
}

static bool take_results(struct replay *replay, const struct json *json)
{
	size_t taken = 0;

	for (const struct json *result = json_first(json_member(json, "results"));
		result != NULL && taken < replay->count; result = json_next(result))
		take_result(replay, &replay->places[taken++], result);
	if (taken == replay->count)
		return true;
	tool_fail(replay->tool, TOOL_UNREACHABLE,
		"the daemon answered for %zu of %zu messages only", taken, replay->count);
	replay->postponed += (int64_t) (replay->count - taken);
	return false;
}

bool replay_send(struct replay *replay)
{
	struct answer answer = {0};
	enum tool_status status;
	bool is_taken = false;

	if (replay->count == 0)
		return true;
	status = client_call(replay->client, "POST", "/v1/replay", replay->batch.bytes,
		replay->batch.length, &answer);
	if (status == TOOL_DONE)
		is_taken = take_results(replay, answer.json);
	else
		replay->postponed += (int64_t) replay->count;
	if (!is_taken)
		replay->worst = TOOL_UNREACHABLE;
	answer_finish(&answer);
	replay->count = 0;
	replay->batch.length = 0;
	replay->batch.failed = false;
	fflush(replay->tool->out);
	return is_taken;
}

bool replay_add(struct replay *replay, const char *text, size_t length,
	const struct replay_place *place)
{
	if (length >= REPLAY_BYTES)
		return replay_refuse(replay, place, "larger than any SNS message");
	if (replay->count == REPLAY_LINES ||
		replay->batch.length + length + 1 >= REPLAY_BYTES)
		if (!replay_send(replay))
			return false;
	if (!buffer_append(&replay->batch, text, length) ||
		!buffer_append_text(&replay->batch, "\n")) {
		replay->worst =
			tool_fail(replay->tool, TOOL_UNREACHABLE, "out of memory");
		return false;
	}
	replay->places[replay->count++] = *place;
	replay->messages++;
	return true;
}

bool replay_refuse(
	struct replay *replay, const struct replay_place *place, const char *why)
{
	/* In the order of the file: what waits goes first. */
	if (!replay_send(replay))
		return false;
	replay->messages++;
	count_refusal(replay, "malformed");
	replay->worst = tool_worse(replay->worst, TOOL_NO);
	say_result(replay, place, "refused", "malformed", why, NULL);
	if (replay->tool->is_json)
		stream_result(replay, place, NULL, why);
	return true;
}

static struct json *sum_json(const struct replay *replay)
{
	struct json *rest = json_object(), *sum = json_object(), *reasons = json_object();

	for (size_t i = 0; i < replay->sum_count; i++)
		json_put_integer(reasons, replay->sums[i].reason, replay->sums[i].count);
	json_put_integer(sum, "messages", replay->messages);
	json_put_integer(sum, "stored", replay->stored);
	json_put_integer(sum, "duplicate", replay->known);
	json_put_integer(sum, "aside", replay->aside);
	json_put_integer(sum, "unrecognised", replay->unrecognised);
	json_put_integer(sum, "other", replay->other);
	json_put_integer(sum, "not_stored_now", replay->postponed);
	json_put_integer(sum, "refused", replay->refused);
	json_put(sum, "refused_by_reason", reasons);
	json_put(rest, "summary", sum);
	return rest;
}

static void print_sum(const struct replay *replay, int64_t count, const char *words)
{
	char number[WORDS_SIZE];

	if (count > 0)
		fprintf(replay->tool->out, ", %s %s", words_count(count, number), words);
}

enum tool_status replay_say_sum(struct replay *replay)
{
	struct tool *tool = replay->tool;
	char number[WORDS_SIZE], stored[WORDS_SIZE], known[WORDS_SIZE];

	if (tool->is_json) {
		stream_end(&replay->stream, sum_json(replay));
		return replay->worst;
	}
	fprintf(tool->out, "%s messages: %s stored, %s already known",
		words_count(replay->messages, number),
		words_count(replay->stored, stored), words_count(replay->known, known));
	print_sum(replay, replay->aside, "kept aside (topic not configured)");
	print_sum(replay, replay->unrecognised, "unrecognised (kept)");
	print_sum(replay, replay->other, "without an event (set-up, confirmations)");
	print_sum(replay, replay->postponed, "not stored now: run it again");
	print_sum(replay, replay->refused, "refused");
	for (size_t i = 0; i < replay->sum_count; i++)
		screen_print(tool, SCREEN_PLAIN, "%s%s %s", i == 0 ? " (" : ", ",
			words_count(replay->sums[i].count, number),
			replay->sums[i].reason);
	fputs(replay->sum_count > 0 ? ")\n" : "\n", tool->out);
	return replay->worst;
}
