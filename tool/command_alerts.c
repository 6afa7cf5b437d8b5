/* command_alerts.c - what is wrong now, and whether somebody was told. */
#include <inttypes.h>

#include "base/text.h"
#include "tool/alerts.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/pages.h"
#include "tool/path.h"
#include "tool/table.h"
#include "tool/when.h"
#include "tool/words.h"

#define TOLD_LIMIT ((size_t) 64 * 1024)

static const struct column columns[] = {{"ID", true}, {"SINCE", false}, {"ALERT", false},
	{"LEVEL", false}, {"OBJECT", false}, {"TOLD", false}, {NULL, false}};

struct list {
	struct tool *tool;
	struct table *table;
	utc_ms now;
};

static void add(void *closure, const struct json *alert)
{
	struct list *list = closure;
	char shown[WHEN_SIZE];
	enum screen_style style;
	struct buffer told;
	const char *level = alerts_level(alert, &style);

	/* As "alerts show" takes it: without commas. */
	table_format(
		list->table, SCREEN_PLAIN, "%" PRId64, words_member_integer(alert, "id"));
	table_cell(
		list->table, SCREEN_PLAIN, when_show(json_text(alert, "since"), shown));
	table_cell(list->table, SCREEN_PLAIN, json_text(alert, "alert"));
	table_cell(list->table, style, level);
	table_cell(list->table, SCREEN_PLAIN, json_text(alert, "object"));
	buffer_init(&told, TOLD_LIMIT);
	if (!alerts_told(alert, list->now, &told, &style))
		list->tool->is_cut = true;
	table_cell(list->table, style, told.bytes);
	buffer_finish(&told);
}

static void end_page(void *closure)
{
	struct list *list = closure;

	table_flush(list->table, list->tool, 0);
	fflush(list->tool->out);
}

/* ---- below the table ---- */

static void print_silence(struct tool *tool, const struct json *silence)
{
	const char *name = words_member_text(silence, "name", "?");
	const char *note = json_text(silence, "note");
	char shown[WHEN_SIZE];

	screen_print(tool, SCREEN_DIM, "silenced until %s: %s of %s, by %s",
		when_show(json_text(silence, "until"), shown),
		text_equal(name, "*") ? "every alert" : name,
		words_member_text(silence, "object", "anything"),
		words_member_text(silence, "actor", "nobody known"));
	if (!text_is_empty(note))
		screen_print(tool, SCREEN_DIM, " (%s)", note);
	fputc('\n', tool->out);
}

static enum tool_status show_silences(struct tool *tool, struct client *client)
{
	struct answer answer = {0};
	enum tool_status status = client_get(client, "/v1/silences", &answer);

	if (status == TOOL_DONE)
		for (const struct json *silence =
				json_first(json_member(answer.json, "silences"));
			silence != NULL; silence = json_next(silence))
			print_silence(tool, silence);
	answer_finish(&answer);
	return status;
}

/* A channel that does not deliver is the one thing it can't tell of itself. */
static void print_channel(struct tool *tool, const struct json *channel, utc_ms now)
{
	int64_t waiting = words_member_integer(channel, "waiting");
	const char *answer = json_text(channel, "answer");
	char number[WORDS_SIZE], shown[WHEN_SIZE];

	if (waiting == 0 || answer == NULL)
		return;
	screen_print(tool, SCREEN_WARNING,
		"! channel %s: %s message%s not delivered, the oldest from %s: %s",
		words_member_text(channel, "name", "?"), words_count(waiting, number),
		waiting == 1 ? "" : "s",
		when_ago(json_text(channel, "oldest"), now, shown), answer);
	fputc('\n', tool->out);
}

static enum tool_status show_channels(
	struct tool *tool, struct client *client, utc_ms now)
{
	struct answer answer = {0};
	enum tool_status status = client_get(client, "/v1/channels", &answer);
	const struct json *channels = json_member(answer.json, "channels");

	if (status == TOOL_DONE && json_count(channels) == 0) {
		screen_print(tool, SCREEN_WARNING,
			"No channel is configured: alerts are shown here and told "
			"nobody; "
			"see [alert \"NAME\"] in ses-feedbackd.conf(5).");
		fputc('\n', tool->out);
	}
	for (const struct json *channel = json_first(channels);
		status == TOOL_DONE && channel != NULL; channel = json_next(channel))
		print_channel(tool, channel, now);
	answer_finish(&answer);
	return status;
}

static enum tool_status list_all(
	struct tool *tool, struct client *client, const char *path, bool is_all)
{
	struct list list = {
		.tool = tool, .table = table_new(columns), .now = clock_now()};
	struct pages pages = {
		.name = "alerts", .each = add, .end_page = end_page, .closure = &list};
	enum tool_status status;

	if (list.table == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	status = pages_show(tool, client, path, &pages);
	if (!tool->is_json && status == TOOL_DONE && pages.count == 0)
		fputs(is_all ? "There was no such alert.\n" : "Nothing is wrong.\n",
			tool->out);
	table_free(list.table);
	if (tool->is_json || status != TOOL_DONE)
		return status;
	status = show_silences(tool, client);
	if (status == TOOL_DONE)
		status = show_channels(tool, client, list.now);
	return status;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	const char *name = options_value(options, "name");
	bool is_all = options_flag(options, "all");
	struct client *client = NULL;
	enum tool_status status = TOOL_USAGE;
	struct buffer path;

	if (name != NULL && !alerts_name_is_known(tool, name))
		return TOOL_USAGE;
	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/alerts");
	path_query(&path, "on", is_all ? NULL : "yes");
	path_query(&path, "name", name);
	if (path.failed)
		status = tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	else
		status = client_open(tool, &client);
	if (status == TOOL_DONE)
		status = list_all(tool, client, path.bytes, is_all);
	client_close(client);
	buffer_finish(&path);
	return status;
}

static const struct option options_known[] = {
	{"all", OPTION_FLAG, NULL, "those too that are resolved"},
	{"name", OPTION_VALUE, "ALERT", "only of this kind"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_alerts = {
	.name = "alerts",
	.arguments = "",
	.summary = "what is wrong now, and whether somebody was told",
	.description =
		"Lists the alerts that are on, newest first, with the channels that "
		"were told and\nwhether the message was delivered; below them what is "
		"silenced, and channels that\ndo not deliver.\n",
	.examples = "  ses-feedback alerts\n"
		    "  ses-feedback alerts --all --name reputation-level\n"
		    "  ses-feedback alerts show 12\n"
		    "  ses-feedback alerts silence quota 4h\n"
		    "  ses-feedback alerts test ops\n",
	.options = options_known,
	.words_least = 0,
	.words_most = 0,
	.run = run,
};
