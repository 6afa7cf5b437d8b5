/* command_brake.c - what the brake would do, and what it has stopped. */
#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/screen.h"
#include "tool/table.h"
#include "tool/when.h"
#include "tool/words.h"

static const struct column columns[] = {{"ACCOUNT", false}, {"REGION", false},
	{"CONFIGURATION SET", false}, {"STATE", false}, {"SINCE", false},
	{"AT SES", false}, {"BY", false}, {"WHY", false}, {NULL, false}};

static bool is_yes(const struct json *answer, const char *name)
{
	bool value;

	return json_boolean(answer, name, &value) && value;
}

static void say_settings(struct tool *tool, const struct json *answer)
{
	const char *at = words_member_text(answer, "at", "off");
	bool is_off = text_equal(at, "off");

	if (is_off) {
		fputs("The brake is off; [brake] at switches it on.\n", tool->out);
		return;
	}
	screen_print(tool, SCREEN_PLAIN, "The brake stops %s at %s%s%s.",
		is_yes(answer, "streams") ? "an account or a configuration set alone"
					  : "an account",
		at, is_yes(answer, "call_ses") ? ", at SES as well" : "",
		is_yes(answer, "dry_run") ? "; this is a dry run: it only says so" : "");
	fputc('\n', tool->out);
}

static void add_row(struct table *table, const struct json *brake)
{
	bool is_tripped = text_equal(json_text(brake, "state"), "tripped");
	const char *since = json_text(brake, is_tripped ? "tripped" : "resumed");
	char shown[WHEN_SIZE];

	table_cell(table, SCREEN_PLAIN, json_text(brake, "account"));
	table_cell(table, SCREEN_PLAIN, json_text(brake, "region"));
	table_cell(table, SCREEN_PLAIN,
		words_member_text(brake, "configuration_set", "(the account)"));
	table_cell(table, is_tripped ? SCREEN_ALARM : SCREEN_GOOD,
		is_tripped ? "STOPPED" : "resumed");
	table_cell(table, SCREEN_PLAIN, when_show(since, shown));
	table_cell(table, SCREEN_PLAIN,
		json_text(brake, "stopped_at_ses") == NULL ? "–" : "stopped");
	table_cell(table, SCREEN_PLAIN, words_member_text(brake, "actor", "–"));
	table_cell(table, SCREEN_PLAIN, json_text(brake, "note"));
}

static bool is_stopped(const struct json *brake)
{
	return text_equal(json_text(brake, "state"), "tripped");
}

/* Where several are stopped: what lets which go on. */
static void say_how(struct tool *tool, const struct json *brakes)
{
	int count = 0;

	for (const struct json *brake = json_first(brakes); brake != NULL;
		brake = json_next(brake))
		count += is_stopped(brake);
	for (const struct json *brake = json_first(brakes); count > 1 && brake != NULL;
		brake = json_next(brake)) {
		const char *set = json_text(brake, "configuration_set");

		if (!is_stopped(brake))
			continue;
		screen_print(tool, SCREEN_PLAIN,
			"  -> ses-feedback resume %s/%s%s%s  (%s)",
			words_member_text(brake, "account", "?"),
			words_member_text(brake, "region", "?"),
			set == NULL ? "" : " --configuration-set ",
			set == NULL ? "" : set,
			set == NULL ? "the account and all its configuration sets"
				    : "that set alone");
		fputc('\n', tool->out);
	}
}

static enum tool_status say(struct tool *tool, const struct json *answer)
{
	const struct json *brakes = json_member(answer, "brakes");
	struct table *table;
	bool is_whole;

	if (tool->is_json) {
		screen_print_json(tool, answer);
		return TOOL_DONE;
	}
	say_settings(tool, answer);
	if (json_first(brakes) == NULL) {
		fputs("Nothing is stopped.\n", tool->out);
		return TOOL_DONE;
	}
	table = table_new(columns);
	if (table == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	for (const struct json *brake = json_first(brakes); brake != NULL;
		brake = json_next(brake))
		add_row(table, brake);
	is_whole = table_flush(table, tool, 0);
	table_free(table);
	say_how(tool, brakes);
	return is_whole ? TOOL_DONE : tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct client *client = NULL;
	struct answer answer = {0};
	enum tool_status status = client_open(tool, &client);

	(void) options;
	if (status == TOOL_DONE)
		status = client_get(client, "/v1/brakes", &answer);
	if (status == TOOL_DONE)
		status = say(tool, answer.json);
	answer_finish(&answer);
	client_close(client);
	return status;
}

const struct command command_brake = {
	.name = "brake",
	.arguments = "",
	.summary = "shows what the brake has stopped, and when it would",
	.description =
		"With [brake] in the daemon's configuration, GET /v1/may-send answers "
		"pause once the\nrates of an account or of a configuration set reach a "
		"level, and SES is told to stop,\nif that is configured. \"ses-feedback "
		"resume\" lets sending go on.\n",
	.examples = "  ses-feedback brake\n",
	.options = NULL,
	.words_least = 0,
	.words_most = 0,
	.run = run,
};
