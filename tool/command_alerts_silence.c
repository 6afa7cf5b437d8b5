/* command_alerts_silence.c - tells nothing of an alert for a time. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tool/alerts.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/path.h"
#include "tool/screen.h"
#include "tool/when.h"
#include "tool/words.h"

/* What the words say. */
struct order {
	const char *name;   /* of the API: "*" all */
	const char *object; /* NULL any */
	const char *until;  /* as typed; NULL: it ends */
};

/* A star would be every file of the folder to the shell. */
static bool read_name(struct tool *tool, const char *word, struct order *order)
{
	bool is_all = text_equal(word, "all") || text_equal(word, "*");

	order->name = is_all ? "*" : word;
	return is_all || alerts_name_is_known(tool, word);
}

static enum tool_status read_order(
	struct tool *tool, const struct options *options, struct order *order)
{
	bool is_end = options_flag(options, "end");
	size_t count = options->word_count;

	if (!read_name(tool, options->words[0], order))
		return TOOL_USAGE;
	if (is_end && count > 2)
		return tool_fail(tool, TOOL_USAGE,
			"--end takes the name and the object of a silence, and no "
			"duration");
	if (!is_end && count < 2)
		return tool_fail(tool, TOOL_USAGE,
			"for how long? \"ses-feedback alerts silence %s 4h\"",
			options->words[0]);
	order->object = count == 3 || (is_end && count == 2) ? options->words[1] : NULL;
	order->until = is_end ? NULL : options->words[count - 1];
	return TOOL_DONE;
}

/* Freed by the caller. A duration is counted by the daemon's clock. */
static char *write_body(
	const struct order *order, const struct options *options, struct error *error)
{
	struct json *json = json_object();
	char text[UTC_TEXT_SIZE], *body = NULL;
	int64_t duration;
	utc_ms until;

	if (duration_parse(order->until, &duration))
		json_put_text(json, "for", order->until);
	else if (when_parse(
			 "until", order->until, clock_now(), WHEN_FUTURE, &until, error))
		json_put_text(json, "until", utc_format(until, text));
	else
		goto out;
	if (options_value(options, "note") != NULL)
		json_put_text(json, "note", options_value(options, "note"));
	body = json_print(json);
	if (body == NULL)
		error_set(error, "out of memory");
out:
	json_free(json);
	return body;
}

static void say_done(
	struct tool *tool, const struct order *order, const struct answer *answer)
{
	char shown[WHEN_SIZE];

	if (tool->is_json) {
		if (answer->json != NULL)
			screen_print_json(tool, answer->json);
		return;
	}
	screen_print(tool, SCREEN_PLAIN, "%s%s%s",
		text_equal(order->name, "*") ? "every alert" : order->name,
		order->object == NULL ? "" : " of ",
		order->object == NULL ? "" : order->object);
	if (order->until == NULL)
		fputs(" is not silenced any more.", tool->out);
	else
		screen_print(tool, SCREEN_PLAIN,
			" is silenced until %s; \"ses-feedback alerts\" still shows it.",
			when_show(json_text(answer->json, "until"), shown));
	fputc('\n', tool->out);
}

static enum tool_status call(
	struct tool *tool, const struct order *order, const char *body)
{
	struct client *client = NULL;
	struct answer answer = {0};
	enum tool_status status;
	struct buffer path;

	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/silences/");
	path_encode(&path, order->name);
	path_query(&path, "object", order->object);
	if (path.failed)
		status = tool_fail(tool, TOOL_USAGE, "the object is too long");
	else
		status = client_open(tool, &client);
	if (status == TOOL_DONE)
		status = client_call(client, body == NULL ? "DELETE" : "PUT", path.bytes,
			body, body == NULL ? 0 : strlen(body), &answer);
	if (status == TOOL_DONE)
		say_done(tool, order, &answer);
	answer_finish(&answer);
	client_close(client);
	buffer_finish(&path);
	return status;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct order order = {0};
	struct error error = {""};
	enum tool_status status = read_order(tool, options, &order);
	char *body = NULL;

	if (status != TOOL_DONE)
		return status;
	if (order.until != NULL && (body = write_body(&order, options, &error)) == NULL)
		return tool_fail(tool, TOOL_USAGE,
			"%s: the last word says for how long: 4h, 2d, or a time",
			order.until);
	status = call(tool, &order, body);
	free(body);
	return status;
}

static const struct option options_known[] = {
	{"note", OPTION_VALUE, "TEXT", "why, for whoever asks later"},
	{"end", OPTION_FLAG, NULL, "end the silence of that name and object"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_alerts_silence = {
	.name = "alerts silence",
	.arguments = "ALERT|all [OBJECT] DURATION|TIME",
	.summary = "tells nothing of an alert for a time, at most 30 days",
	.description =
		"The alert goes on and stays in the list; only its messages are not "
		"sent. Without an\nobject every alert of that name is silenced, with "
		"\"all\" "
		"every alert. A silence of\nthe same name and object is replaced.\n",
	.examples =
		"  ses-feedback alerts silence quota 4h\n"
		"  ses-feedback alerts silence reputation-level \"111122223333/us-east-1 "
		"bounce\" 2d\n"
		"  ses-feedback alerts silence all 30m --note \"moving house\"\n"
		"  ses-feedback alerts silence --end quota\n",
	.options = options_known,
	.words_least = 1,
	.words_most = 3,
	.run = run,
};
