/* command_alerts_test.c - sends a message through a channel, and says what came of it. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/path.h"
#include "tool/screen.h"
#include "tool/suggest.h"
#include "tool/when.h"
#include "tool/words.h"

#define WAIT_MS (15 * SECOND_MS)
#define LOOK_AGAIN_MS 200

static const struct json *find_by(
	const struct json *list, const char *name, const char *value)
{
	for (const struct json *element = json_first(list); element != NULL;
		element = json_next(element))
		if (text_equal(json_text(element, name), value))
			return element;
	return NULL;
}

/* Freed with answer. NULL: it is not among the newest any more, or the channel is gone.
 */
static enum tool_status look(struct client *client, const char *channel,
	const char *message, struct answer *answer, const struct json **delivery)
{
	enum tool_status status = client_get(client, "/v1/channels", answer);
	const struct json *found =
		find_by(json_member(answer->json, "channels"), "name", channel);

	*delivery = find_by(json_member(found, "recent"), "message", message);
	return status;
}

static bool is_decided(const struct json *delivery)
{
	return delivery != NULL &&
	       (!text_equal(json_text(delivery, "state"), "waiting") ||
		       words_member_integer(delivery, "attempts") > 0);
}

/* ---- what came of it ---- */

static enum tool_status say(
	struct tool *tool, const char *channel, const struct json *delivery)
{
	const char *state = words_member_text(delivery, "state", "waiting");
	const char *answer = words_member_text(delivery, "answer", "no answer");
	bool is_delivered = text_equal(state, "delivered");
	char shown[WHEN_SIZE];

	if (tool->is_json) {
		screen_print_json(tool, delivery);
		return is_delivered ? TOOL_DONE : TOOL_NO;
	}
	if (is_delivered) {
		screen_print(tool, SCREEN_GOOD, "%s: delivered", channel);
		screen_print(tool, SCREEN_PLAIN, " (%s)", answer);
	} else if (text_equal(state, "given-up")) {
		screen_print(tool, SCREEN_DANGER, "%s: not delivered, and given up: %s",
			channel, answer);
	} else if (words_member_integer(delivery, "attempts") > 0) {
		screen_print(
			tool, SCREEN_DANGER, "%s: not delivered: %s", channel, answer);
		fputc('\n', tool->out);
		screen_print(tool, SCREEN_PLAIN, "It is tried again %s.",
			when_ago(json_text(delivery, "due"), clock_now(), shown));
	} else {
		screen_print(tool, SCREEN_WARNING,
			"%s: no attempt within %d seconds: messages before it wait too",
			channel, (int) (WAIT_MS / SECOND_MS));
	}
	fputc('\n', tool->out);
	return is_delivered ? TOOL_DONE : TOOL_NO;
}

static enum tool_status await(struct tool *tool, struct client *client,
	const char *channel, const struct json *queued)
{
	static const struct timespec pause = {0, LOOK_AGAIN_MS * 1000000L};
	const char *message = words_member_text(queued, "message", "");
	int64_t deadline = clock_monotonic_ms() + WAIT_MS;
	enum tool_status status;

	for (;;) {
		struct answer answer = {0};
		const struct json *delivery;

		status = look(client, channel, message, &answer, &delivery);
		if (status == TOOL_DONE &&
			(is_decided(delivery) || clock_monotonic_ms() >= deadline)) {
			status = say(tool, channel, delivery == NULL ? queued : delivery);
			answer_finish(&answer);
			return status;
		}
		answer_finish(&answer);
		if (status != TOOL_DONE)
			return status;
		nanosleep(&pause, NULL);
	}
}

/* ---- a name that is none ---- */

static enum tool_status refuse_channel(
	struct tool *tool, struct client *client, const char *channel)
{
	struct answer answer = {0};
	enum tool_status status = client_get(client, "/v1/channels", &answer);
	const struct json *channels = json_member(answer.json, "channels");
	size_t distance = SUGGEST_FAR;
	const char *nearest = NULL;

	for (const struct json *known = json_first(channels); known != NULL;
		known = json_next(known)) {
		const char *name = words_member_text(known, "name", "");
		size_t here = suggest_distance(channel, name);

		if (here <= suggest_limit(channel) && here < distance) {
			distance = here;
			nearest = name;
		}
	}
	if (status == TOOL_DONE && nearest != NULL)
		status = tool_fail(tool, TOOL_USAGE,
			"there is no channel \"%s\"; did you mean \"%s\"?", channel,
			nearest);
	else if (status == TOOL_DONE)
		status = tool_fail(tool, TOOL_USAGE,
			"there is no channel \"%s\": the daemon's configuration has no "
			"section [alert \"%s\"]",
			channel, channel);
	answer_finish(&answer);
	return status;
}

static enum tool_status test(
	struct tool *tool, struct client *client, const char *channel, const char *path)
{
	struct answer answer = {0};
	enum tool_status status = client_ask(client, "POST", path, NULL, 0, &answer);

	if (status == TOOL_DONE && answer.status == 404 &&
		text_equal(json_text(answer.json, "type"),
			"urn:ses-feedbackd:problem:no-channel"))
		status = refuse_channel(tool, client, channel);
	else if (status == TOOL_DONE && answer.status != 202)
		status = client_refused(client, &answer);
	else if (status == TOOL_DONE)
		status = await(tool, client, channel, answer.json);
	answer_finish(&answer);
	return status;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	const char *channel = options->words[0];
	struct client *client = NULL;
	enum tool_status status;
	struct buffer path;

	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/channels/");
	path_encode(&path, channel);
	if (!buffer_append_text(&path, "/test"))
		status = tool_fail(tool, TOOL_USAGE, "the name is too long");
	else
		status = client_open(tool, &client);
	if (status == TOOL_DONE)
		status = test(tool, client, channel, path.bytes);
	client_close(client);
	buffer_finish(&path);
	return status;
}

const struct command command_alerts_test = {
	.name = "alerts test",
	.arguments = "CHANNEL",
	.summary = "sends a test message through a channel, and says what came of it",
	.description =
		"CHANNEL is the NAME of a section [alert \"NAME\"]. Waits up to 15 "
		"seconds for the\nfirst attempt; exit status 1 if it was not "
		"delivered.\n",
	.examples = "  ses-feedback alerts test ops\n",
	.options = NULL,
	.words_least = 1,
	.words_most = 1,
	.run = run,
};
