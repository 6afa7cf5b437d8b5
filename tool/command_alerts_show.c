/* command_alerts_show.c - one alert: what happened, why, what to do, who was told. */
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "tool/alerts.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/paragraph.h"
#include "tool/table.h"
#include "tool/when.h"
#include "tool/words.h"

static const struct column cause_columns[] = {{"CAUSE", false}, {"WHICH", false},
	{"EVENTS", true}, {"OF", true}, {"SHARE", true}, {NULL, false}};
static const struct column delivery_columns[] = {{"CHANNEL", false}, {"FROM", false},
	{"STATE", false}, {"ATTEMPTS", true}, {"ANSWER", false}, {NULL, false}};

static void print_times(struct tool *tool, const struct json *alert, utc_ms now)
{
	const char *resolved = json_text(alert, "resolved");
	const char *silenced = json_text(alert, "silenced_until");
	char shown[WHEN_SIZE], ago[WHEN_SIZE];
	int64_t fired = words_member_integer(alert, "fired");

	screen_print(tool, SCREEN_DIM, "since %s (%s)",
		when_show(json_text(alert, "since"), shown),
		when_ago(json_text(alert, "since"), now, ago));
	if (resolved != NULL)
		screen_print(
			tool, SCREEN_DIM, ", resolved %s", when_show(resolved, shown));
	if (fired > 1)
		screen_print(
			tool, SCREEN_DIM, "; it came %" PRId64 " times so far", fired);
	if (silenced != NULL)
		screen_print(tool, SCREEN_DIM, "; silenced until %s",
			when_show(silenced, shown));
	fputc('\n', tool->out);
}

static void print_words(struct tool *tool, const struct json *alert)
{
	const char *text = json_text(alert, "text");
	const char *advice = json_text(alert, "advice");

	if (!text_is_empty(text)) {
		fputc('\n', tool->out);
		paragraph_print(tool, SCREEN_PLAIN, "", text);
	}
	if (text_is_empty(advice))
		return;
	fputc('\n', tool->out);
	paragraph_print(tool, SCREEN_PLAIN, "What to do: ", advice);
}

/* A cause of the bounce rate has hard bounces, one of the complaint rate complaints. */
static void add_cause(struct table *table, const struct json *cause)
{
	const char *counted =
		words_member_integer(cause, "hard_bounces") > 0 ? "hard_bounces"
		: words_member_integer(cause, "complaints") > 0 ? "complaints"
								: "count";
	char number[WORDS_SIZE];

	table_cell(table, SCREEN_PLAIN, words_member_text(cause, "by", "?"));
	table_cell(table, SCREEN_PLAIN, words_member_text(cause, "key", "(none)"));
	table_cell(table, SCREEN_PLAIN, words_member_count(cause, counted, number));
	table_cell(table, SCREEN_PLAIN, words_member_count(cause, "denominator", number));
	table_cell(table, SCREEN_PLAIN, words_member_rate(cause, "share", number));
}

static bool print_causes(struct tool *tool, const struct json *causes)
{
	struct table *table;

	if (!json_is_array(causes) || json_count(causes) == 0)
		return true;
	table = table_new(cause_columns);
	if (table == NULL)
		return false;
	for (const struct json *cause = json_first(causes); cause != NULL;
		cause = json_next(cause))
		add_cause(table, cause);
	fputc('\n', tool->out);
	table_flush(table, tool, 0);
	table_free(table);
	return true;
}

static void add_delivery(struct table *table, const struct json *delivery)
{
	char shown[WHEN_SIZE], number[WORDS_SIZE], words[ALERTS_STATE_SIZE];
	const char *due = json_text(delivery, "due");
	enum screen_style style;
	const char *state = alerts_delivery(delivery, words, &style);

	table_cell(table, SCREEN_PLAIN, words_member_text(delivery, "channel", "?"));
	table_cell(table, SCREEN_PLAIN, when_show(json_text(delivery, "at"), shown));
	if (due != NULL && words_member_integer(delivery, "attempts") > 0)
		table_format(table, style, "waits until %s", when_show(due, shown));
	else
		table_cell(table, style, state);
	table_cell(table, SCREEN_PLAIN, words_member_count(delivery, "attempts", number));
	table_cell(table, SCREEN_PLAIN, json_text(delivery, "answer"));
}

static bool print_deliveries(struct tool *tool, const struct json *deliveries)
{
	struct table *table;

	fputc('\n', tool->out);
	if (json_count(deliveries) == 0) {
		fputs("No channel was told.\n", tool->out);
		return true;
	}
	table = table_new(delivery_columns);
	if (table == NULL)
		return false;
	for (const struct json *delivery = json_first(deliveries); delivery != NULL;
		delivery = json_next(delivery))
		add_delivery(table, delivery);
	table_flush(table, tool, 0);
	table_free(table);
	return true;
}

static enum tool_status show(struct tool *tool, const struct json *alert)
{
	const struct json *data = json_member(alert, "data");
	enum screen_style style;
	const char *level = alerts_level(alert, &style);

	screen_print(tool, style, "%s", level);
	screen_print(tool, SCREEN_BOLD, "  %s", words_member_text(alert, "alert", "?"));
	if (!text_is_empty(json_text(alert, "object")))
		screen_print(tool, SCREEN_PLAIN, " of %s", json_text(alert, "object"));
	fputc('\n', tool->out);
	print_times(tool, alert, clock_now());
	print_words(tool, alert);
	if (print_causes(tool, json_member(data, "causes")) &&
		print_deliveries(tool, json_member(alert, "deliveries")))
		return TOOL_DONE;
	return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct client *client = NULL;
	struct answer answer = {0};
	enum tool_status status;
	struct error error;
	char path[64], unknown[96];
	int64_t id;

	if (!when_parse_number("id", options->words[0], 1, INT64_MAX - 1, &id, &error))
		return tool_fail(tool, TOOL_USAGE,
			"%s: an alert is named by its id, the first column of "
			"\"ses-feedback alerts\"",
			options->words[0]);
	snprintf(path, sizeof(path), "/v1/alerts/%" PRId64, id);
	snprintf(unknown, sizeof(unknown),
		"there is no alert %" PRId64 "; \"ses-feedback alerts\" lists them", id);
	status = client_open(tool, &client);
	if (status == TOOL_DONE)
		status = client_find(client, "GET", path, unknown, &answer);
	if (status == TOOL_DONE && tool->is_json)
		screen_print_json(tool, answer.json);
	else if (status == TOOL_DONE)
		status = show(tool, answer.json);
	answer_finish(&answer);
	client_close(client);
	return status;
}

const struct command command_alerts_show = {
	.name = "alerts show",
	.arguments = "ID",
	.summary = "one alert: what happened, its causes, what to do, who was told",
	.description =
		"ID is the first column of \"ses-feedback alerts\". Each message to "
		"a channel is listed\nwith its attempts and the answer to the last "
		"one.\n",
	.examples = "  ses-feedback alerts show 12\n",
	.options = NULL,
	.words_least = 1,
	.words_most = 1,
	.run = run,
};
