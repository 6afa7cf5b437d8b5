/* command_suppression_never.c - exempts an address or a domain, whatever comes. */
#include <stdlib.h>
#include <string.h>

#include "tool/client.h"
#include "tool/command.h"
#include "tool/pages.h"
#include "tool/path.h"
#include "tool/screen.h"
#include "tool/table.h"
#include "tool/when.h"
#include "tool/words.h"

static const struct column columns[] = {{"NEVER SUPPRESSED", false}, {"SCOPE", false},
	{"SINCE", false}, {"BY", false}, {"NOTE", false}, {NULL, false}};

struct list {
	struct tool *tool;
	struct table *table;
};

static void add(void *closure, const struct json *rule)
{
	struct list *list = closure;
	char shown[WHEN_SIZE];

	table_cell(list->table, SCREEN_PLAIN, json_text(rule, "address"));
	table_cell(list->table, SCREEN_PLAIN,
		words_member_text(rule, "scope", "everything"));
	table_cell(list->table, SCREEN_PLAIN, when_show(json_text(rule, "since"), shown));
	table_cell(list->table, SCREEN_PLAIN, json_text(rule, "actor"));
	table_cell(list->table, SCREEN_PLAIN, json_text(rule, "note"));
}

static void end_page(void *closure)
{
	struct list *list = closure;

	table_flush(list->table, list->tool, 0);
}

static enum tool_status show_all(struct tool *tool, struct client *client)
{
	struct list list = {.tool = tool, .table = table_new(columns)};
	struct pages pages = {.name = "exceptions",
		.each = add,
		.end_page = end_page,
		.closure = &list};
	enum tool_status status;

	if (list.table == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	status = pages_show(tool, client, "/v1/exceptions", &pages);
	if (!tool->is_json && status == TOOL_DONE && pages.count == 0)
		fputs("Nobody is exempt.\n", tool->out);
	table_free(list.table);
	return status;
}

static char *write_body(const struct options *options)
{
	struct json *json = json_object();
	char *body;

	if (options_value(options, "scope") != NULL)
		json_put_text(json, "scope", options_value(options, "scope"));
	if (options_value(options, "note") != NULL)
		json_put_text(json, "note", options_value(options, "note"));
	body = json_print(json);
	json_free(json);
	return body;
}

static void say_done(
	struct tool *tool, const char *address, bool is_off, const struct answer *answer)
{
	if (tool->is_json) {
		if (answer->json != NULL)
			screen_print_json(tool, answer->json);
		return;
	}
	screen_print(tool, SCREEN_PLAIN, "%s", address);
	if (is_off) {
		fputs(" is not exempt: what its feedback says holds.\n", tool->out);
		return;
	}
	fputs(" is never suppressed, whatever comes.\n"
	      "SES's own list may refuse it all the same.\n",
		tool->out);
}

static enum tool_status change(struct tool *tool, struct client *client,
	const struct options *options, const char *address)
{
	bool is_off = options_flag(options, "off");
	struct answer answer = {0};
	enum tool_status status;
	struct buffer path;
	char *body = is_off ? NULL : write_body(options);

	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/exceptions/");
	path_encode(&path, address);
	if (is_off)
		path_query(&path, "scope", options_value(options, "scope"));
	if (path.failed)
		status = tool_fail(tool, TOOL_USAGE, "the address is too long");
	else if (!is_off && body == NULL)
		status = tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	else
		status = client_call(client, is_off ? "DELETE" : "PUT", path.bytes, body,
			body == NULL ? 0 : strlen(body), &answer);
	if (status == TOOL_DONE)
		say_done(tool, address, is_off, &answer);
	answer_finish(&answer);
	buffer_finish(&path);
	free(body);
	return status;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct client *client;
	enum tool_status status = client_open(tool, &client);

	if (status == TOOL_DONE && options->word_count == 0)
		status = show_all(tool, client);
	for (size_t i = 0; i < options->word_count && status < TOOL_UNREACHABLE; i++)
		status = tool_worse(
			status, change(tool, client, options, options->words[i]));
	client_close(client);
	return status;
}

static const struct option options_known[] = {
	{"scope", OPTION_VALUE, "SCOPE", "only in this scope"},
	{"note", OPTION_VALUE, "TEXT", "why, for whoever asks later"},
	{"off", OPTION_FLAG, NULL, "end the exemption"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_suppression_never = {
	.name = "suppression never",
	.arguments = "[ADDRESS | @DOMAIN]...",
	.summary = "exempts addresses or domains: postmaster, your own staff",
	.description =
		"An exempt address, and every address of an exempt @DOMAIN, is clear "
		"whatever its\nfeedback says. Without an address the exemptions are "
		"listed. A rule for an address\ngoes before one for its domain; "
		"\"suppression add @DOMAIN\" suppresses all of one.\n",
	.examples = "  ses-feedback suppression never postmaster@example.com\n"
		    "  ses-feedback suppression never @example.com --note \"our staff\"\n"
		    "  ses-feedback suppression never --off @example.com\n"
		    "  ses-feedback suppression never\n",
	.options = options_known,
	.words_least = 0,
	.words_most = COMMAND_WORDS_ANY,
	.run = run,
};
