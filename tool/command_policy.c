/* command_policy.c - what a changed policy would make of the list, and doing it. */
#include <stdlib.h>
#include <string.h>

#include "tool/client.h"
#include "tool/command.h"
#include "tool/entry.h"
#include "tool/input.h"
#include "tool/screen.h"
#include "tool/table.h"
#include "tool/words.h"

#define CONFIGURATION_MAX ((size_t) 1 << 20)
/* Millions of addresses are compared. */
#define COMPARE_SECONDS 3600L

static const struct column columns[] = {{"ADDRESS", false}, {"SCOPE", false},
	{"NOW", false}, {"THEN", false}, {"WHY", false}, {NULL, false}};

static void add_state(struct table *table, const struct json *entry)
{
	char shown[WHEN_SIZE];

	if (!json_is_object(entry))
		table_cell(table, SCREEN_GOOD, "clear");
	else if (json_text(entry, "expires") == NULL)
		table_cell(table, SCREEN_DANGER, entry_reason(entry));
	else
		table_format(table, SCREEN_DANGER, "%s until %s", entry_reason(entry),
			entry_expires(entry, shown));
}

static enum tool_status show_differences(struct tool *tool, const struct json *answer)
{
	struct table *table = table_new(columns);
	bool went_well;

	if (table == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	for (const struct json *one = json_first(json_member(answer, "differences"));
		one != NULL; one = json_next(one)) {
		table_cell(table, SCREEN_PLAIN, json_text(one, "address"));
		table_cell(table, SCREEN_PLAIN, entry_scope(one));
		add_state(table, json_member(one, "before"));
		add_state(table, json_member(one, "after"));
		table_cell(table, SCREEN_PLAIN, json_text(one, "why"));
	}
	went_well = table_rows(table) == 0 || table_flush(table, tool, 0);
	table_free(table);
	return went_well ? TOOL_DONE : tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
}

static void say_sum(struct tool *tool, const struct json *answer, const char *verb)
{
	int64_t left_out = words_member_integer(answer, "left_out");
	char compared[WORDS_SIZE], added[WORDS_SIZE], removed[WORDS_SIZE],
		changed[WORDS_SIZE], rest[WORDS_SIZE];

	if (left_out > 0)
		fprintf(tool->out, "… and %s more\n", words_count(left_out, rest));
	fprintf(tool->out, "%s addresses compared: %s %s added, %s removed, %s changed\n",
		words_member_count(answer, "compared", compared),
		words_member_count(answer, "added", added), verb,
		words_member_count(answer, "removed", removed),
		words_member_count(answer, "changed", changed));
}

static enum tool_status ask(
	struct tool *tool, const char *path, const char *body, const char *verb)
{
	struct client *client = NULL;
	struct answer answer = {0};
	enum tool_status status = client_open(tool, &client);

	if (status == TOOL_DONE) {
		client_set_timeout(client, COMPARE_SECONDS);
		status = client_call(client, "POST", path, body, strlen(body), &answer);
	}
	if (status == TOOL_DONE && tool->is_json) {
		screen_print_json(tool, answer.json);
	} else if (status == TOOL_DONE) {
		status = show_differences(tool, answer.json);
		say_sum(tool, answer.json, verb);
	}
	answer_finish(&answer);
	client_close(client);
	return status;
}

/* The body of the call, freed by the caller; NULL: it was said why. */
static char *write_body(struct tool *tool, const char *configuration)
{
	struct json *json = json_object();
	struct buffer text;
	struct error error;
	char *body = NULL;

	buffer_init(&text, CONFIGURATION_MAX);
	if (configuration != NULL && !input_read_file(configuration, &text, &error)) {
		tool_fail(tool, TOOL_USAGE, "--config %s: %s", configuration, error.text);
		goto out;
	}
	if (configuration != NULL)
		json_put_text(json, "configuration", text.length > 0 ? text.bytes : "");
	body = json_print(json);
	if (body == NULL)
		tool_fail(tool, TOOL_USAGE, "out of memory");
out:
	buffer_finish(&text);
	json_free(json);
	return body;
}

static enum tool_status run_diff(struct tool *tool, const struct options *options)
{
	char *body = write_body(tool, options_value(options, "config"));
	enum tool_status status = TOOL_USAGE;

	if (body != NULL)
		status = ask(tool, "/v1/policy/diff", body, "would be");
	free(body);
	return status;
}

static enum tool_status run_apply(struct tool *tool, const struct options *options)
{
	(void) options;
	return ask(tool, "/v1/policy/apply", "{}", "were");
}

static const struct option options_known[] = {
	{"config", OPTION_VALUE, "FILE",
		"a configuration to try (default: the one in force)"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_policy_diff = {
	.name = "policy diff",
	.arguments = "",
	.summary = "what a changed policy would make of the list",
	.description =
		"Runs the policy of section [suppression] over the recorded feedback and "
		"prints what\nwould be added, removed or changed, and why. Nothing is "
		"changed. The first 1,000\ndifferences are shown, all are counted.\n",
	.examples = "  ses-feedback policy diff\n"
		    "  ses-feedback policy diff --config new.conf\n",
	.options = options_known,
	.words_least = 0,
	.words_most = 0,
	.run = run_diff,
};

const struct command command_policy_apply = {
	.name = "policy apply",
	.arguments = "",
	.summary = "makes the list what the policy in force says",
	.description = "Does what \"policy diff\" shows, in one transaction. A changed "
		       "configuration alone\njudges new feedback only.\n",
	.examples = "  systemctl reload ses-feedbackd\n"
		    "  ses-feedback policy diff\n"
		    "  ses-feedback policy apply\n",
	.options = NULL,
	.words_least = 0,
	.words_most = 0,
	.run = run_apply,
};
