/* command_rates.c - bounce and complaint rates over a window, broken down. */
#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/path.h"
#include "tool/table.h"
#include "tool/when.h"
#include "tool/words.h"

static const struct column columns[] = {{"KEY", false}, {"ELIGIBLE", true},
	{"DELIVERED", true}, {"HARD", true}, {"SOFT", true}, {"COMPLAINTS", true},
	{"REJECTS", true}, {"REFUSED", true}, {"BOUNCE RATE", true},
	{"COMPLAINT RATE", true}, {"AT REPORTING", true}, {"SOURCE", false}, {"", false},
	{NULL, false}};

static bool is_immature(const struct json *row)
{
	bool immature;

	return json_boolean(row, "immature", &immature) && immature;
}

static void add_row(struct table *table, const struct json *row)
{
	static const char *const counts[] = {"denominator", "deliveries", "hard_bounces",
		"soft_bounces", "complaints", "rejects", "refused", NULL};
	static const char *const rates[] = {
		"bounce_rate", "complaint_rate", "complaint_reporting_rate", NULL};
	char words[WORDS_SIZE];

	table_cell(table, SCREEN_PLAIN, words_member_text(row, "key", "(none)"));
	for (size_t i = 0; counts[i] != NULL; i++)
		table_cell(
			table, SCREEN_PLAIN, words_member_count(row, counts[i], words));
	for (size_t i = 0; rates[i] != NULL; i++)
		table_cell(table, SCREEN_PLAIN, words_member_rate(row, rates[i], words));
	table_cell(table, SCREEN_PLAIN, words_member_text(row, "source", "–"));
	table_cell(table, SCREEN_DIM, is_immature(row) ? "immature" : "");
}

static void print_table(struct tool *tool, const struct json *json)
{
	const struct json *rows = json_member(json, "rows");
	char from[WHEN_SIZE], to[WHEN_SIZE], words[WORDS_SIZE];
	bool has_immature = false;
	struct table *table = table_new(columns);

	screen_print(tool, SCREEN_BOLD, "%s by %s, by the time %s: %s to %s",
		words_member_text(json, "window", "?"),
		words_member_text(json, "by", "account"),
		text_equal(json_text(json, "basis"), "published")
			? "the feedback was published"
			: "the mail was sent",
		when_show(json_text(json, "from"), from),
		when_show(json_text(json, "to"), to));
	fputc('\n', tool->out);
	for (const struct json *row = json_first(rows); row != NULL;
		row = json_next(row)) {
		add_row(table, row);
		has_immature = has_immature || is_immature(row);
	}
	if (json_first(rows) == NULL)
		fputs("Nothing was sent, and no feedback came, in this window.\n",
			tool->out);
	table_flush(table, tool, 0);
	table_free(table);
	if (words_member_integer(json, "left_out") > 0)
		fprintf(tool->out, "%s more keys are left out: those with the least.\n",
			words_member_count(json, "left_out", words));
	if (text_equal(json_text(json, "by"), "identity") ||
		text_equal(json_text(json, "by"), "configuration-set"))
		fputs("The rate at reporting domains is known by account and recipient "
		      "domain only.\n",
			tool->out);
	if (has_immature)
		fputs("immature: feedback about mail this young may still come.\n",
			tool->out);
}

static enum tool_status ask(struct tool *tool, struct client *client,
	const struct options *options, const char *basis, struct json *both)
{
	struct answer answer = {0};
	enum tool_status status;
	struct buffer path;

	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/rates");
	path_query(&path, "window", options_value(options, "window"));
	path_query(&path, "by", options_value(options, "by"));
	path_query(&path, "basis", basis);
	status = path.failed ? tool_fail(tool, TOOL_USAGE, "the question is too long")
			     : client_get(client, path.bytes, &answer);
	if (status == TOOL_DONE && both != NULL)
		json_put_copy(both, basis, answer.json);
	else if (status == TOOL_DONE && tool->is_json)
		screen_print_json(tool, answer.json);
	else if (status == TOOL_DONE)
		print_table(tool, answer.json);
	answer_finish(&answer);
	buffer_finish(&path);
	return status;
}

/* Both bases are two calls; as JSON one object with a member for each. */
static enum tool_status ask_both(
	struct tool *tool, struct client *client, const struct options *options)
{
	struct json *both = tool->is_json ? json_object() : NULL;
	enum tool_status status = ask(tool, client, options, "sent", both);

	if (status == TOOL_DONE && !tool->is_json)
		fputc('\n', tool->out);
	if (status == TOOL_DONE)
		status = ask(tool, client, options, "published", both);
	if (status == TOOL_DONE && tool->is_json)
		screen_print_json(tool, both);
	json_free(both);
	return status;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	const char *basis = options_value(options, "basis");
	struct client *client;
	enum tool_status status = client_open(tool, &client);

	if (status != TOOL_DONE)
		return status;
	if (text_equal(basis, "sent,published") || text_equal(basis, "published,sent"))
		status = ask_both(tool, client, options);
	else
		status = ask(tool, client, options, basis, NULL);
	client_close(client);
	return status;
}

static const struct option options_known[] = {
	{"window", OPTION_VALUE, "W", "1h, 24h (default), 7d, 30d or representative"},
	{"by", OPTION_VALUE, "D",
		"account (default), identity, configuration-set, recipient-domain"},
	{"basis", OPTION_VALUE, "B",
		"sent (default), published, or sent,published: both"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_rates = {
	.name = "rates",
	.arguments = "",
	.summary = "bounce and complaint rates, broken down",
	.description = "ELIGIBLE are the recipients that SES tried to send to, and the "
		       "denominator; "
		       "HARD\nbounces and COMPLAINTS the numerators. A rate without a "
		       "denominator is "
		       "shown as –.\nAT REPORTING is the complaint rate among domains "
		       "that report "
		       "complaints: what SES\njudges by. By \"sent\" feedback stands "
		       "with its mail; by "
		       "\"published\" with the day it\ncame.\n",
	.examples = "  ses-feedback rates\n"
		    "  ses-feedback rates --window 7d --by recipient-domain\n"
		    "  ses-feedback rates --window 30d --by configuration-set\n"
		    "  ses-feedback --json rates --basis published\n",
	.options = options_known,
	.words_least = 0,
	.words_most = 0,
	.run = run,
};
