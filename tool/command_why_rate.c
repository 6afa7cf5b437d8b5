/* command_why_rate.c - what the rate of an account counts, and what it leaves out. */
#include <stdio.h>

#include "base/text.h"
#include "tool/account.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/paragraph.h"
#include "tool/path.h"
#include "tool/screen.h"
#include "tool/table.h"
#include "tool/when.h"
#include "tool/words.h"

#define EVENTS_SHOWN 20
#define NAMES_MAX ((size_t) 4096)

static void print_heading(struct tool *tool, const char *heading)
{
	fputc('\n', tool->out);
	screen_print(tool, SCREEN_BOLD, "%s", heading);
	fputc('\n', tool->out);
}

static bool is_complaint(const struct json *answer)
{
	return text_equal(json_text(answer, "metric"), "complaint");
}

/* ---- words for the API's names ---- */

struct naming {
	const char *name, *words;
};

static const struct naming sources[] = {
	{"send", "counted from Send events"},
	{"delivery+bounce", "counted from Delivery and Bounce events"},
	{"mixed", "counted from Send events, and from Delivery and Bounce events on days "
		  "without them"},
	{"reported", "counted from what was reported as sent"},
	{NULL, NULL},
};

static const struct naming classes[] = {
	{"soft", "soft bounces"},
	{"blocked", "refusals for our reputation"},
	{"automatic", "automatic replies"},
	{"refused", "recipients that SES did not try"},
	{"verified", "bounces at verified domains"},
	{"verified_sends", "mail to verified domains"},
	{"simulator", "the mailbox simulator"},
	{"rejects", "mail that SES rejected"},
	{"not_spam", "complaints taken back"},
	{"listed", "complaints about addresses on SES's list"},
	{NULL, NULL},
};

/* A newer daemon may have names that are not known here. */
static const char *in_words(
	const struct naming *namings, const struct json *object, const char *member)
{
	const char *name = words_member_text(object, member, "?");

	for (size_t i = 0; namings[i].name != NULL; i++)
		if (text_equal(namings[i].name, name))
			return namings[i].words;
	return name;
}

/* ---- the rate ---- */

static void print_rate(struct tool *tool, const struct json *answer)
{
	const struct json *rate = json_member(answer, "rate");
	const struct json *notices = json_member(answer, "notices");
	const char *fresh_start = json_text(answer, "fresh_start");
	char from[WHEN_SIZE], to[WHEN_SIZE], words[WORDS_SIZE];
	enum screen_style style;
	const char *level = words_level(json_text(rate, "level"), &style);

	screen_print(tool, SCREEN_BOLD,
		"%s/%s, %s rate: ", words_member_text(answer, "account", "?"),
		words_member_text(answer, "region", "?"),
		words_member_text(answer, "metric", "?"));
	screen_print(tool, style, "%s", level);
	fputc('\n', tool->out);
	paragraph_print(tool, SCREEN_PLAIN, "  ", json_text(rate, "sentence"));
	screen_print(tool, SCREEN_DIM, "  %s%s to %s, %s",
		when_show(json_text(answer, "from"), from),
		fresh_start == NULL ? "" : " (a fresh start)",
		when_show(json_text(answer, "to"), to),
		json_text(rate, "source") == NULL ? "and nothing says how much was sent"
						  : in_words(sources, rate, "source"));
	fputc('\n', tool->out);
	screen_print(tool, SCREEN_PLAIN, "  %s %s counted",
		words_member_count(answer, "counted", words),
		is_complaint(answer) ? "complaints are" : "hard bounces are");
	fputc('\n', tool->out);
	for (const struct json *notice = json_first(notices); notice != NULL;
		notice = json_next(notice))
		paragraph_print(tool, SCREEN_WARNING, "  ! ", json_text(notice, "text"));
}

/* ---- what was left out ---- */

static void print_class(struct tool *tool, const struct json *class, bool is_left_out)
{
	char count[WORDS_SIZE], lead[WORDS_SIZE * 2];

	snprintf(
		lead, sizeof(lead), "  %9s  ", words_member_count(class, "count", count));
	screen_print(tool, SCREEN_PLAIN, "%s", lead);
	screen_print(tool, is_left_out ? SCREEN_BOLD : SCREEN_WARNING, "%s%s",
		in_words(classes, class, "class"),
		is_left_out ? "" : ": counted in by [reputation] excludes");
	fputc('\n', tool->out);
	paragraph_print(tool, SCREEN_DIM, "             ", json_text(class, "text"));
}

/* Those that there are; the names of the others in one sentence. */
static void print_left_out(struct tool *tool, const struct json *list)
{
	struct buffer none;

	buffer_init(&none, NAMES_MAX);
	print_heading(tool, "Left out");
	for (const struct json *class = json_first(list); class != NULL;
		class = json_next(class)) {
		bool is_left_out;

		if (!json_boolean(class, "left_out", &is_left_out))
			is_left_out = true;
		if (words_member_integer(class, "count") > 0 || !is_left_out)
			print_class(tool, class, is_left_out);
	}
	for (const struct json *class = json_first(list); class != NULL;
		class = json_next(class)) {
		if (words_member_integer(class, "count") > 0)
			continue;
		buffer_format(&none, "%s%s",
			none.length == 0 ? "nothing of these was left out: " : ", ",
			in_words(classes, class, "class"));
	}
	if (none.length > 0 && !none.failed)
		paragraph_print(tool, SCREEN_DIM, "  ", none.bytes);
	buffer_finish(&none);
}

/* ---- what was counted ---- */

static const struct column part_columns[] = {{"KEY", false}, {"COUNTED", true},
	{"OF ALL", true}, {"ITS RATE", true}, {NULL, false}};

static void print_parts(struct tool *tool, const struct json *top)
{
	const struct json *rows = json_member(top, "rows");
	struct table *table;
	char words[WORDS_SIZE];

	if (json_first(rows) == NULL)
		return;
	fputc('\n', tool->out);
	screen_print(
		tool, SCREEN_BOLD, "Counted by %s", words_member_text(top, "by", "?"));
	fputc('\n', tool->out);
	table = table_new(part_columns);
	for (const struct json *row = json_first(rows); row != NULL;
		row = json_next(row)) {
		table_cell(table, SCREEN_PLAIN, words_member_text(row, "key", "(none)"));
		table_cell(table, SCREEN_PLAIN, words_member_count(row, "count", words));
		table_cell(table, SCREEN_PLAIN, words_member_rate(row, "share", words));
		table_cell(table, SCREEN_PLAIN, words_member_rate(row, "rate", words));
	}
	table_flush(table, tool, 2);
	table_free(table);
	if (words_member_integer(top, "more") > 0)
		fprintf(tool->out, "  and %s more\n",
			words_member_count(top, "more", words));
}

static const struct column event_columns[] = {{"PUBLISHED", false}, {"COUNTS", false},
	{"ADDRESS", false}, {"WHY", false}, {NULL, false}};

static void print_events(struct tool *tool, const struct json *events)
{
	const struct json *event = json_first(events);
	struct table *table;
	char shown[WHEN_SIZE];

	print_heading(tool, "The newest feedback");
	if (event == NULL) {
		fputs("  none is kept of this window\n", tool->out);
		return;
	}
	table = table_new(event_columns);
	for (int i = 0; event != NULL && i < EVENTS_SHOWN; i++) {
		bool counts = false;

		json_boolean(event, "counts", &counts);
		table_cell(table, SCREEN_PLAIN,
			when_show(json_text(event, "published"), shown));
		table_cell(table, counts ? SCREEN_WARNING : SCREEN_DIM,
			counts ? "yes" : "no");
		table_cell(table, SCREEN_PLAIN, words_member_text(event, "address", "–"));
		table_cell(table, SCREEN_PLAIN, json_text(event, "reason"));
		event = json_next(event);
	}
	table_flush(table, tool, 2);
	table_free(table);
}

static void print_page(struct tool *tool, const struct json *answer)
{
	const struct json *tops = json_member(answer, "top");

	print_rate(tool, answer);
	print_left_out(tool, json_member(answer, "left_out"));
	for (const struct json *top = json_first(tops); top != NULL; top = json_next(top))
		print_parts(tool, top);
	print_events(tool, json_member(answer, "events"));
}

/* ---- the command ---- */

static enum tool_status ask(struct tool *tool, struct client *client,
	const struct options *options, struct answer *answer)
{
	struct account account;
	enum tool_status status = account_choose(tool, client, options, &account);
	char unknown[2 * ACCOUNT_TEXT_SIZE + 64];
	struct buffer path;

	if (status != TOOL_DONE)
		return status;
	snprintf(unknown, sizeof(unknown), "nothing is recorded of %s/%s yet",
		account.account, account.region);
	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/why-rate");
	path_query(&path, "account", account.account);
	path_query(&path, "region", account.region);
	path_query(&path, "metric", options_value(options, "metric"));
	status = path.failed ? tool_fail(tool, TOOL_USAGE, "the question is too long")
			     : client_find(client, "GET", path.bytes, unknown, answer);
	buffer_finish(&path);
	return status;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct answer answer = {0};
	struct client *client;
	enum tool_status status = client_open(tool, &client);

	if (status != TOOL_DONE)
		return status;
	status = ask(tool, client, options, &answer);
	if (status == TOOL_DONE && tool->is_json)
		screen_print_json(tool, answer.json);
	else if (status == TOOL_DONE)
		print_page(tool, answer.json);
	answer_finish(&answer);
	client_close(client);
	return status;
}

static const struct option options_known[] = {
	{"metric", OPTION_VALUE, "M", "bounce (default) or complaint"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_why_rate = {
	.name = "why-rate",
	.arguments = "[ACCOUNT/REGION]",
	.summary = "what a rate counts, what it leaves out, and because of whom",
	.description =
		"Over the representative window: what was counted, what was left out and "
		"why, who\nand what has most of it, and the newest feedback with whether "
		"it counts. Needs no\nACCOUNT/REGION where the daemon knows one account "
		"only.\n",
	.examples = "  ses-feedback why-rate\n"
		    "  ses-feedback why-rate 111122223333/us-east-1 --metric complaint\n"
		    "  ses-feedback --json why-rate | jq '.top[0].rows'\n",
	.options = options_known,
	.words_least = 0,
	.words_most = 1,
	.run = run,
};
