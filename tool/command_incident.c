/* command_incident.c - "AWS says we are under review": since when, whose mail, the way
 * out. */
#include <stdio.h>

#include "tool/account.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/incident.h"
#include "tool/paragraph.h"
#include "tool/path.h"
#include "tool/screen.h"
#include "tool/table.h"
#include "tool/words.h"

static const struct column columns[] = {{"BY", false}, {"KEY", false}, {"BAD", true},
	{"OF ALL BAD", true}, {"ELIGIBLE", true}, {"OF ALL MAIL", true}, {NULL, false}};

static void add_suspect(struct table *table, const struct json *suspect)
{
	char words[WORDS_SIZE];

	table_cell(table, SCREEN_PLAIN, words_member_text(suspect, "by", "?"));
	table_cell(table, SCREEN_PLAIN, words_member_text(suspect, "key", "(none)"));
	table_cell(table, SCREEN_PLAIN, words_member_count(suspect, "numerator", words));
	table_cell(table, SCREEN_PLAIN, words_member_rate(suspect, "share", words));
	table_cell(
		table, SCREEN_PLAIN, words_member_count(suspect, "denominator", words));
	table_cell(
		table, SCREEN_PLAIN, words_member_rate(suspect, "share_of_mail", words));
}

static void print_suspects(struct tool *tool, const struct json *suspects)
{
	struct table *table;

	if (json_first(suspects) == NULL)
		return;
	fputc('\n', tool->out);
	screen_print(tool, SCREEN_BOLD, "Who and where, in these hours");
	fputc('\n', tool->out);
	table = table_new(columns);
	for (const struct json *suspect = json_first(suspects); suspect != NULL;
		suspect = json_next(suspect))
		add_suspect(table, suspect);
	table_flush(table, tool, 2);
	table_free(table);
}

static void print_list(
	struct tool *tool, const char *heading, const char *lead, const struct json *list)
{
	fputc('\n', tool->out);
	screen_print(tool, SCREEN_BOLD, "%s", heading);
	fputc('\n', tool->out);
	for (const struct json *item = json_first(list); item != NULL;
		item = json_next(item))
		paragraph_print(tool, SCREEN_PLAIN, lead, json_as_text(item));
}

static void print_incident(struct tool *tool, const struct json *incident)
{
	enum screen_style style;
	const char *level = words_level(json_text(incident, "level"), &style);

	screen_print(tool, SCREEN_BOLD, "%s %s, %s rate",
		words_member_text(incident, "account", "?"),
		words_member_text(incident, "region", "?"),
		words_member_text(incident, "metric", "?"));
	fputs(": ", tool->out);
	screen_print(tool, style, "%s", level);
	fputc('\n', tool->out);
	print_list(tool, "What happened", "  ", json_member(incident, "story"));
	print_suspects(tool, json_member(json_member(incident, "stretch"), "suspects"));
	print_list(tool, "What to do", "  - ", json_member(incident, "advice"));
}

enum tool_status incident_ask(struct tool *tool, struct client *client,
	const struct options *options, struct answer *answer)
{
	bool is_named = options->word_count > 0;
	struct account account = {0};
	char unknown[2 * ACCOUNT_TEXT_SIZE + 64];
	enum tool_status status = TOOL_DONE;
	struct buffer path;

	/* Without a name it is the worst of several. */
	if (is_named)
		status = account_choose(tool, client, options, &account);
	if (status != TOOL_DONE)
		return status;
	snprintf(unknown, sizeof(unknown), "nothing is recorded of %s%s%s yet",
		is_named ? account.account : "any account", is_named ? "/" : "",
		account.region);
	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/incident");
	path_query(&path, "account", is_named ? account.account : NULL);
	path_query(&path, "region", is_named ? account.region : NULL);
	path_query(&path, "metric", options_value(options, "metric"));
	status = path.failed ? tool_fail(tool, TOOL_USAGE, "the question is too long")
			     : client_find(client, "GET", path.bytes, unknown, answer);
	buffer_finish(&path);
	return status;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct client *client;
	struct answer answer = {0};
	enum tool_status status = client_open(tool, &client);

	if (status != TOOL_DONE)
		return status;
	status = incident_ask(tool, client, options, &answer);
	if (status == TOOL_DONE && tool->is_json)
		screen_print_json(tool, answer.json);
	else if (status == TOOL_DONE)
		print_incident(tool, answer.json);
	answer_finish(&answer);
	client_close(client);
	return status;
}

static const struct option options_known[] = {
	{"metric", OPTION_VALUE, "M", "bounce or complaint; else the one that is worse"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_incident = {
	.name = "incident",
	.arguments = "[ACCOUNT/REGION]",
	.summary = "what pulled the rate up, whose mail it was, the way out",
	.description =
		"For the day AWS says that the account is under review, and before it. "
		"Finds the\nhours that pulled the rate over its limit, who sent in them "
		"and to whom, whether\nthe addresses were ever delivered to, what to "
		"stop, and how many clean sends lead\nout. Without ACCOUNT/REGION it is "
		"the account that is worst.\n",
	.examples = "  ses-feedback incident\n"
		    "  ses-feedback incident 111122223333/us-east-1 --metric complaint\n"
		    "  ses-feedback --json incident | jq .stretch.culprit\n",
	.options = options_known,
	.words_least = 0,
	.words_most = 1,
	.run = run,
};
