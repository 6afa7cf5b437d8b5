/* command_fresh_start.c - from when on an account is counted afresh. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tool/account.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/path.h"
#include "tool/screen.h"
#include "tool/table.h"
#include "tool/when.h"
#include "tool/words.h"

static const char path_of_all[] = "/v1/fresh-starts";

/* ---- the list ---- */

static const struct column columns[] = {{"ID", true}, {"ACCOUNT", false},
	{"COUNTED FROM", false}, {"STATE", false}, {"RECORDED", false}, {"BY", false},
	{"NOTE", false}, {NULL, false}};

/* UTC_NONE, which is before any time, where it is not understood. */
static utc_ms begins(const struct json *mark)
{
	const char *text = json_text(mark, "at");
	utc_ms at;

	return text != NULL && utc_parse(text, &at) ? at : UTC_NONE;
}

/* The one of an account that begins last, of those that have begun; NULL none. */
static const struct json *find_holding(
	const struct json *list, const struct json *of, utc_ms now)
{
	const struct json *holding = NULL;

	for (const struct json *mark = json_first(list); mark != NULL;
		mark = json_next(mark))
		if (text_equal(json_text(mark, "account"), json_text(of, "account")) &&
			text_equal(json_text(mark, "region"), json_text(of, "region")) &&
			begins(mark) <= now &&
			(holding == NULL || begins(mark) > begins(holding)))
			holding = mark;
	return holding;
}

static void state_cell(
	struct table *table, const struct json *list, const struct json *mark, utc_ms now)
{
	if (begins(mark) > now)
		table_cell(table, SCREEN_WARNING, "to come");
	else if (find_holding(list, mark, now) == mark)
		table_cell(table, SCREEN_GOOD, "holds");
	else
		table_cell(table, SCREEN_DIM, "–");
}

static void print_list(struct tool *tool, const struct json *list)
{
	struct table *table;
	char shown[WHEN_SIZE], words[WORDS_SIZE];
	utc_ms now = clock_now();

	if (json_first(list) == NULL) {
		fputs("No account was started afresh.\n", tool->out);
		return;
	}
	table = table_new(columns);
	for (const struct json *mark = json_first(list); mark != NULL;
		mark = json_next(mark)) {
		table_cell(table, SCREEN_PLAIN, words_member_count(mark, "id", words));
		table_format(table, SCREEN_PLAIN, "%s/%s",
			words_member_text(mark, "account", "?"),
			words_member_text(mark, "region", "?"));
		table_cell(table, SCREEN_PLAIN, when_show(json_text(mark, "at"), shown));
		state_cell(table, list, mark, now);
		table_cell(table, SCREEN_PLAIN,
			when_show(json_text(mark, "recorded"), shown));
		table_cell(table, SCREEN_PLAIN, json_text(mark, "actor"));
		table_cell(table, SCREEN_PLAIN, json_text(mark, "note"));
	}
	table_flush(table, tool, 0);
	table_free(table);
}

static enum tool_status list(struct tool *tool, struct client *client)
{
	struct answer answer = {0};
	enum tool_status status = client_get(client, path_of_all, &answer);

	if (status == TOOL_DONE && tool->is_json)
		screen_print_json(tool, answer.json);
	else if (status == TOOL_DONE)
		print_list(tool, json_member(answer.json, "fresh_starts"));
	answer_finish(&answer);
	return status;
}

/* ---- the end of one ---- */

static enum tool_status take_back(
	struct tool *tool, struct client *client, const char *id)
{
	struct answer answer = {0};
	enum tool_status status;
	struct buffer path;
	char unknown[128];

	snprintf(unknown, sizeof(unknown),
		"there is no fresh start %.40s; \"ses-feedback fresh-start --list\" "
		"shows "
		"them",
		id);
	buffer_init(&path, PATH_LIMIT);
	buffer_format(&path, "%s/", path_of_all);
	path_encode(&path, id);
	status = path.failed
			 ? tool_fail(tool, TOOL_USAGE, "the id is too long")
			 : client_find(client, "DELETE", path.bytes, unknown, &answer);
	if (status == TOOL_DONE && !tool->is_json)
		screen_print(tool, SCREEN_PLAIN, "Fresh start %s is taken back.", id);
	if (status == TOOL_DONE && !tool->is_json)
		fputc('\n', tool->out);
	answer_finish(&answer);
	buffer_finish(&path);
	return status;
}

/* ---- a new one ---- */

static char *write_body(const struct account *account, utc_ms at, const char *note)
{
	struct json *json = json_object();
	char *body;

	json_put_text(json, "account", account->account);
	json_put_text(json, "region", account->region);
	if (at != UTC_NONE)
		json_put_time(json, "at", at);
	if (note != NULL)
		json_put_text(json, "note", note);
	body = json_print(json);
	json_free(json);
	return body;
}

static void say_outdone(
	struct tool *tool, const struct json *mark, const struct json *later)
{
	char shown[WHEN_SIZE], words[WORDS_SIZE], other[WORDS_SIZE];

	words_member_count(later, "id", other);
	screen_print(tool, SCREEN_WARNING,
		"%s/%s: fresh start %s is recorded, but number %s (from %s) is later and "
		"holds; \"--remove %s\" takes that one back.",
		words_member_text(mark, "account", "?"),
		words_member_text(mark, "region", "?"),
		words_member_count(mark, "id", words), other,
		when_show(json_text(later, "at"), shown), other);
	fputc('\n', tool->out);
}

static void say_added(
	struct tool *tool, const struct json *mark, const struct json *holding)
{
	char shown[WHEN_SIZE], words[WORDS_SIZE];

	if (holding != NULL && begins(holding) > begins(mark)) {
		say_outdone(tool, mark, holding);
		return;
	}
	screen_print(tool, SCREEN_PLAIN,
		"%s/%s is counted afresh from %s on. \"ses-feedback fresh-start --remove "
		"%s\" takes it back.",
		words_member_text(mark, "account", "?"),
		words_member_text(mark, "region", "?"),
		when_show(json_text(mark, "at"), shown),
		words_member_count(mark, "id", words));
	fputc('\n', tool->out);
}

/* One that begins later may hold all the same. */
static enum tool_status say_whether_it_holds(
	struct tool *tool, struct client *client, const struct json *mark)
{
	struct answer answer = {0};
	enum tool_status status = client_get(client, path_of_all, &answer);

	say_added(tool, mark,
		find_holding(
			json_member(answer.json, "fresh_starts"), mark, clock_now()));
	answer_finish(&answer);
	return status;
}

static enum tool_status add(struct tool *tool, struct client *client,
	const struct options *options, utc_ms at)
{
	struct answer answer = {0};
	struct account account;
	enum tool_status status = account_choose(tool, client, options, &account);
	char *body;

	if (status != TOOL_DONE)
		return status;
	body = write_body(&account, at, options_value(options, "note"));
	if (body == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	status = client_call(client, "POST", path_of_all, body, strlen(body), &answer);
	if (status == TOOL_DONE && tool->is_json)
		screen_print_json(tool, answer.json);
	else if (status == TOOL_DONE)
		status = say_whether_it_holds(tool, client, answer.json);
	answer_finish(&answer);
	free(body);
	return status;
}

/* ---- the command ---- */

static enum tool_status check_options(
	struct tool *tool, const struct options *options, utc_ms *at)
{
	const char *time = options_value(options, "at");
	bool is_list = options_flag(options, "list");
	bool is_removal = options_value(options, "remove") != NULL;
	bool is_new = time != NULL || options_value(options, "note") != NULL ||
		      options->word_count > 0;
	struct error error;

	if (is_list + is_removal + is_new > 1)
		return tool_fail(tool, TOOL_USAGE,
			"--list, --remove ID and a new fresh start are three things: "
			"give one");
	*at = UTC_NONE;
	if (time != NULL && !when_parse("at", time, clock_now(), WHEN_PAST, at, &error))
		return tool_fail(tool, TOOL_USAGE, "%s", error.text);
	return TOOL_DONE;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	const char *id = options_value(options, "remove");
	struct client *client;
	utc_ms at;
	enum tool_status status = check_options(tool, options, &at);

	if (status == TOOL_DONE)
		status = client_open(tool, &client);
	if (status != TOOL_DONE)
		return status;
	if (options_flag(options, "list"))
		status = list(tool, client);
	else if (id != NULL)
		status = take_back(tool, client, id);
	else
		status = add(tool, client, options, at);
	client_close(client);
	return status;
}

static const struct option options_known[] = {
	{"at", OPTION_VALUE, "TIME", "from then on; now if it is absent, 24h: a day ago"},
	{"note", OPTION_VALUE, "TEXT", "why, for those who come after"},
	{"list", OPTION_FLAG, NULL, "show all of them"},
	{"remove", OPTION_VALUE, "ID", "take one back"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_fresh_start = {
	.name = "fresh-start",
	.arguments = "[ACCOUNT/REGION]",
	.summary = "count an account afresh, once SES accepted what was mended",
	.description =
		"After accepted fixes SES counts only what comes after them. With a "
		"fresh "
		"start the\nrepresentative window, by which levels are judged, reaches "
		"back no further than that.\nNothing is forgotten: rates, series and "
		"events stay as they are. Of several of\nan account the one that begins "
		"last holds.\n",
	.examples = "  ses-feedback fresh-start --note \"case 1234: list cleaned\"\n"
		    "  ses-feedback fresh-start 111122223333/us-east-1 --at 2026-11-24\n"
		    "  ses-feedback fresh-start --list\n"
		    "  ses-feedback fresh-start --remove 3\n",
	.options = options_known,
	.words_least = 0,
	.words_most = 1,
	.run = run,
};
