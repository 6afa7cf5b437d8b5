/* command_events.c - the recorded events: the newest, those of somebody, as they come. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ses/event.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/event.h"
#include "tool/follow.h"
#include "tool/pages.h"
#include "tool/path.h"
#include "tool/unrecognised.h"
#include "tool/when.h"
#include "tool/words.h"

#define LIMIT_DEFAULT 50

struct list {
	struct tool *tool;
	struct table *table;
};

static void add(void *closure, const struct json *event)
{
	struct list *list = closure;

	event_add(list->table, event);
}

static void end_page(void *closure)
{
	struct list *list = closure;

	table_flush(list->table, list->tool, 0);
	fflush(list->tool->out);
}

static enum tool_status list_events(
	struct tool *tool, struct client *client, const char *path, int64_t limit)
{
	struct list list = {.tool = tool, .table = event_table()};
	struct pages pages = {.name = "events",
		.limit = limit,
		.each = add,
		.end_page = end_page,
		.closure = &list};
	enum tool_status status;

	if (list.table == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	status = pages_show(tool, client, path, &pages);
	if (!tool->is_json && status == TOOL_DONE && pages.count == 0)
		fputs("No such event is recorded.\n", tool->out);
	else if (!tool->is_json && status == TOOL_DONE && pages.next[0] != '\0')
		fprintf(tool->out, "There may be older ones: --limit N shows more, "
				   "--until TIME those "
				   "before.\n");
	table_free(list.table);
	return status;
}

/* SES's own text, byte for byte where nobody's terminal reads it. */
static enum tool_status show_raw(
	struct tool *tool, struct client *client, const char *id_text)
{
	struct answer answer = {0};
	enum tool_status status;
	struct error error;
	char path[64];
	int64_t id;

	if (!when_parse_number("raw", id_text, 1, INT64_MAX, &id, &error))
		return tool_fail(tool, TOOL_USAGE, "%s", error.text);
	snprintf(path, sizeof(path), "/v1/events/%" PRId64 "/raw", id);
	status = client_ask(client, "GET", path, NULL, 0, &answer);
	if (status == TOOL_DONE && answer.status >= 400)
		status = answer.status == 404 && text_ends(json_text(answer.json, "type"),
							 ":no-raw-text")
				 ? tool_fail(tool, TOOL_NO, "%s",
					   words_member_text(
						   answer.json, "detail", "no raw text"))
				 : client_refused(client, &answer);
	else if (status == TOOL_DONE && answer.json != NULL &&
		 (tool->is_terminal || tool->is_json))
		screen_print_json(tool, answer.json);
	else if (status == TOOL_DONE && tool->is_terminal)
		screen_put(tool->out, answer.body.bytes);
	else if (status == TOOL_DONE)
		fwrite(answer.body.bytes, 1, answer.body.length, tool->out);
	answer_finish(&answer);
	return status;
}

static bool query_time(const struct options *options, const char *name,
	struct buffer *path, struct error *error)
{
	const char *value = options_value(options, name);
	char text[UTC_TEXT_SIZE];
	utc_ms time;

	if (value == NULL)
		return true;
	if (!when_parse(name, value, clock_now(), WHEN_PAST, &time, error))
		return false;
	path_query(path, name, utc_format(time, text));
	return true;
}

static bool write_path(
	const struct options *options, struct buffer *path, struct error *error)
{
	const char *type_name = options_value(options, "type");
	enum ses_type type;

	if (type_name != NULL && !ses_type_from_name(type_name, &type))
		return error_set(error,
			"--type %.60s: one of send, delivery, bounce, complaint, reject, "
			"open, click, rendering-failure, delivery-delay, subscription",
			type_name);
	buffer_append_text(path, "/v1/events");
	path_query(path, "address", options_value(options, "address"));
	path_query(path, "type", type_name);
	path_query(path, "account", options_value(options, "account"));
	if (!query_time(options, "since", path, error) ||
		!query_time(options, "until", path, error))
		return false;
	return !path->failed || error_set(error, "the question is too long");
}

static enum tool_status run_list(struct tool *tool, struct client *client,
	const struct options *options, int64_t limit)
{
	enum tool_status status;
	struct buffer path;
	struct error error;

	buffer_init(&path, PATH_LIMIT);
	if (!write_path(options, &path, &error))
		status = tool_fail(tool, TOOL_USAGE, "%s", error.text);
	else if (options_flag(options, "follow"))
		status = follow_events(tool, client, path.bytes,
			options_value(options, "limit") == NULL ? FOLLOW_FIRST : limit);
	else
		status = list_events(tool, client, path.bytes, limit);
	buffer_finish(&path);
	return status;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	const char *raw = options_value(options, "raw");
	const char *limit_text = options_value(options, "limit");
	struct client *client;
	enum tool_status status;
	struct error error;
	int64_t limit = LIMIT_DEFAULT;

	if (limit_text != NULL &&
		!when_parse_number("limit", limit_text, 1, INT64_MAX, &limit, &error))
		return tool_fail(tool, TOOL_USAGE, "%s", error.text);
	if (options_flag(options, "follow") && options_value(options, "until") != NULL)
		return tool_fail(
			tool, TOOL_USAGE, "--follow and --until exclude each other");
	status = client_open(tool, &client);
	if (status != TOOL_DONE)
		return status;
	if (raw != NULL)
		status = show_raw(tool, client, raw);
	else if (options_flag(options, "unrecognised"))
		status = unrecognised_list(tool, client, limit);
	else
		status = run_list(tool, client, options, limit);
	client_close(client);
	return status;
}

static const struct option options_known[] = {
	{"address", OPTION_VALUE, "ADDRESS", "only of this recipient"},
	{"type", OPTION_VALUE, "TYPE", "bounce, complaint, delivery, send, reject, ..."},
	{"since", OPTION_VALUE, "TIME", "published since: 24h, 2026-11-24, ..."},
	{"until", OPTION_VALUE, "TIME", "published before"},
	{"account", OPTION_VALUE, "ACCOUNT", "only of this AWS account"},
	{"limit", OPTION_VALUE, "N", "at most so many (default: 50)"},
	{"follow", OPTION_FLAG, NULL, "the last 10, then every new one as it comes"},
	{"raw", OPTION_VALUE, "ID", "SES's own text of the event with this id"},
	{"unrecognised", OPTION_FLAG, NULL,
		"genuine messages that were not understood, whole"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_events = {
	.name = "events",
	.arguments = "",
	.summary = "what was recorded: bounces, complaints, deliveries, ...",
	.description =
		"Prints recorded events, the newest first; with --follow the oldest "
		"first, until\nyou press Ctrl-C. MEANS says what the event was counted "
		"as. Times are UTC.\n",
	.examples = "  ses-feedback events\n"
		    "  ses-feedback events --address anna@example.com\n"
		    "  ses-feedback events --type bounce --since 24h --limit 1000\n"
		    "  ses-feedback events --follow --type complaint\n"
		    "  ses-feedback events --raw 4711\n",
	.options = options_known,
	.words_least = 0,
	.words_most = 0,
	.run = run,
};
