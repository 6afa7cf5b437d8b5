/* command_rates.c - bounce and complaint rates over a window, broken down. */
#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/path.h"
#include "tool/rates.h"
#include "tool/screen.h"

static enum tool_status ask(struct tool *tool, struct client *client,
	const struct options *options, const char *basis, struct json *both)
{
	const char *step = options_value(options, "series");
	struct answer answer = {0};
	enum tool_status status;
	struct buffer path;

	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, step == NULL ? "/v1/rates" : "/v1/series");
	path_query(&path, "window", options_value(options, "window"));
	path_query(&path, "step", step);
	path_query(&path, "by", options_value(options, "by"));
	path_query(&path, "key", options_value(options, "key"));
	path_query(&path, "basis", basis);
	status = path.failed ? tool_fail(tool, TOOL_USAGE, "the question is too long")
			     : client_get(client, path.bytes, &answer);
	if (status == TOOL_DONE && both != NULL)
		json_put_copy(both, basis, answer.json);
	else if (status == TOOL_DONE && tool->is_json)
		screen_print_json(tool, answer.json);
	else if (status == TOOL_DONE && step != NULL)
		series_print(tool, answer.json);
	else if (status == TOOL_DONE)
		rates_print(tool, answer.json, options_flag(options, "wide"));
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
		"account (default), identity, configuration-set, recipient-domain, "
		"provider, tag, tag:NAME, tenant, source-ip, caller, from-domain, "
		"diagnostic"},
	{"key", OPTION_VALUE, "K", "this key only"},
	{"basis", OPTION_VALUE, "B",
		"sent (default), published, or sent,published: both"},
	{"series", OPTION_VALUE, "STEP", "as a time series, in steps of 5m, 1h, 1d, ..."},
	{"wide", OPTION_FLAG, NULL, "every column"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_rates = {
	.name = "rates",
	.arguments = "",
	.summary = "bounce and complaint rates, broken down",
	.description =
		"ELIGIBLE are the recipients that SES tried to send to, and the "
		"denominator; HARD\nbounces and COMPLAINTS the numerators. A rate "
		"without a denominator is shown as –.\n95 % is the interval in which the "
		"rate lies, for all that so few can tell. AT\nREPORTING is the complaint "
		"rate among domains that report complaints: what SES\njudges by. By "
		"\"sent\" feedback stands with its mail; by \"published\" with the day "
		"it\ncame. A series is of one key, or of an account.\n",
	.examples = "  ses-feedback rates\n"
		    "  ses-feedback rates --window 7d --by recipient-domain\n"
		    "  ses-feedback rates --window 30d --by tag:campaign --wide\n"
		    "  ses-feedback rates --window 7d --series 6h --by provider --key "
		    "google\n"
		    "  ses-feedback --json rates --basis published\n",
	.options = options_known,
	.words_least = 0,
	.words_most = 0,
	.run = run,
};
