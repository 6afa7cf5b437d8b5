/* command_alerts_silence.c - tells nothing of an alert for a time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/alert.h"
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

static bool is_id(const char *word)
{
	return !text_is_empty(word) && text_is_made_of(word, "0123456789");
}

/* An alert by its id: its name and its object stand for it; they are borrowed from alert.
 */
static enum tool_status read_alert(struct tool *tool, struct client *client,
	const struct options *options, struct answer *alert, struct order *order)
{
	const char *id = options->words[0];
	bool is_end = options_flag(options, "end");
	char path[64], unknown[96];
	enum tool_status status;

	if (options->word_count != (is_end ? 1 : 2))
		return tool_fail(tool, TOOL_USAGE,
			is_end ? "--end takes no more than the id"
			       : "for how long? \"ses-feedback alerts silence %.20s 4h\"",
			id);
	snprintf(path, sizeof(path), "/v1/alerts/%.20s", id);
	snprintf(unknown, sizeof(unknown),
		"there is no alert %.20s; \"ses-feedback alerts\" lists them", id);
	status = client_find(client, "GET", path, unknown, alert);
	if (status != TOOL_DONE)
		return status;
	order->name = words_member_text(alert->json, "alert", "?");
	order->object = json_text(alert->json, "object");
	if (text_is_empty(order->object))
		order->object = NULL;
	order->until = is_end ? NULL : options->words[1];
	return TOOL_DONE;
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

static bool read_until(const struct order *order, utc_ms *until, struct error *error)
{
	utc_ms now = clock_now();

	if (!when_parse("until", order->until, now, WHEN_FUTURE, until, error))
		return error_set(error,
			"%s: the last word says for how long: 4h, 2d, or a time",
			order->until);
	return *until > now || error_set(error, "%s: that time is past", order->until);
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
	else if (!read_until(order, &until, error))
		goto out;
	else
		json_put_text(json, "until", utc_format(until, text));
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

static enum tool_status submit(struct client *client, const struct order *order,
	const char *path, const char *body, struct answer *answer)
{
	char unknown[160];

	if (body != NULL)
		return client_call(client, "PUT", path, body, strlen(body), answer);
	snprintf(unknown, sizeof(unknown), "%.60s%s%.60s was not silenced",
		text_equal(order->name, "*") ? "every alert" : order->name,
		order->object == NULL ? "" : " of ",
		order->object == NULL ? "" : order->object);
	return client_find(client, "DELETE", path, unknown, answer);
}

static bool is_matched(const struct order *order, const struct json *alerts)
{
	for (const struct json *alert = json_first(alerts); alert != NULL;
		alert = json_next(alert))
		if (ses_silence_covers(order->name, order->object,
			    words_member_text(alert, "alert", ""),
			    words_member_text(alert, "object", "")))
			return true;
	return false;
}

/* An object that is mistyped silences nothing. */
static enum tool_status say_unmatched(
	struct tool *tool, struct client *client, const struct order *order)
{
	struct answer answer = {0};
	enum tool_status status =
		client_get(client, "/v1/alerts?on=yes&limit=1000", &answer);
	const struct json *alerts = json_member(answer.json, "alerts");
	const char *separator = " ";

	if (status == TOOL_DONE && !is_matched(order, alerts)) {
		fputs("no alert on now has that object; those on:", tool->out);
		if (json_first(alerts) == NULL)
			fputs(" none", tool->out);
		for (const struct json *alert = json_first(alerts); alert != NULL;
			alert = json_next(alert)) {
			screen_print(tool, SCREEN_PLAIN, "%s%s \"%s\"", separator,
				words_member_text(alert, "alert", "?"),
				words_member_text(alert, "object", ""));
			separator = ", ";
		}
		fputc('\n', tool->out);
	}
	answer_finish(&answer);
	return status;
}

static enum tool_status call(struct tool *tool, struct client *client,
	const struct order *order, const char *body)
{
	struct answer answer = {0};
	enum tool_status status = TOOL_DONE;
	struct buffer path;

	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/silences/");
	path_encode(&path, order->name);
	path_query(&path, "object", order->object);
	if (path.failed)
		status = tool_fail(tool, TOOL_USAGE, "the object is too long");
	else
		status = submit(client, order, path.bytes, body, &answer);
	if (status == TOOL_DONE)
		say_done(tool, order, &answer);
	if (status == TOOL_DONE && body != NULL && order->object != NULL &&
		!tool->is_json)
		status = say_unmatched(tool, client, order);
	answer_finish(&answer);
	buffer_finish(&path);
	return status;
}

static enum tool_status carry_out(struct tool *tool, struct client *client,
	const struct options *options, const struct order *order)
{
	struct error error = {""};
	enum tool_status status;
	char *body = NULL;

	if (order->until != NULL && (body = write_body(order, options, &error)) == NULL)
		return tool_fail(tool, TOOL_USAGE, "%s", error.text);
	status = call(tool, client, order, body);
	free(body);
	return status;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	bool is_of_id = is_id(options->words[0]);
	struct client *client = NULL;
	struct answer alert = {0};
	struct order order = {0};
	enum tool_status status =
		is_of_id ? TOOL_DONE : read_order(tool, options, &order);

	if (status == TOOL_DONE)
		status = client_open(tool, &client);
	if (status == TOOL_DONE && is_of_id)
		status = read_alert(tool, client, options, &alert, &order);
	if (status == TOOL_DONE)
		status = carry_out(tool, client, options, &order);
	answer_finish(&alert);
	client_close(client);
	return status;
}

static const struct option options_known[] = {
	{"note", OPTION_VALUE, "TEXT", "why, for whoever asks later"},
	{"end", OPTION_FLAG, NULL, "end the silence of that name and object"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_alerts_silence = {
	.name = "alerts silence",
	.arguments = "ALERT|all|ID [OBJECT] DURATION|TIME",
	.summary = "tells nothing of an alert for a time, at most 30 days",
	.description =
		"The alert goes on and stays in the list; only its messages are not "
		"sent. Without an\nobject every alert of that name is silenced, with "
		"\"all\" every alert. An object\nACCOUNT/REGION is everything of that "
		"account. A silence of the same name and\nobject is replaced.\n",
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
