/* command_status.c - one screen: is anything dangerous, and what is to be done. */
#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/report.h"
#include "tool/screen.h"

struct answers {
	struct answer status, reputation, topics, alerts;
};

static enum tool_status ask_all(struct client *client, struct answers *answers)
{
	enum tool_status status = client_get(client, "/v1/status", &answers->status);

	if (status == TOOL_DONE)
		status = client_get(client, "/v1/reputation", &answers->reputation);
	if (status == TOOL_DONE)
		status = client_get(client, "/v1/topics", &answers->topics);
	if (status == TOOL_DONE)
		status = client_get(client, "/v1/alerts?on=yes", &answers->alerts);
	return status;
}

static void print_json(struct tool *tool, const struct answers *answers)
{
	struct json *all = json_object();

	json_put_copy(all, "status", answers->status.json);
	json_put_copy(all, "accounts", json_member(answers->reputation.json, "accounts"));
	json_put_copy(all, "topics", json_member(answers->topics.json, "topics"));
	json_put_copy(all, "alerts", json_member(answers->alerts.json, "alerts"));
	screen_print_json(tool, all);
	json_free(all);
}

static void print_screen(struct tool *tool, const struct answers *answers)
{
	const struct report report = {
		.status = answers->status.json,
		.accounts = json_member(answers->reputation.json, "accounts"),
		.topics = json_member(answers->topics.json, "topics"),
		.alerts = json_member(answers->alerts.json, "alerts"),
	};

	report_print(tool, &report, clock_now());
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct answers answers = {0};
	struct client *client;
	enum tool_status status = client_open(tool, &client);

	(void) options;
	if (status == TOOL_DONE)
		status = ask_all(client, &answers);
	if (status == TOOL_DONE && tool->is_json)
		print_json(tool, &answers);
	else if (status == TOOL_DONE)
		print_screen(tool, &answers);
	answer_finish(&answers.status);
	answer_finish(&answers.reputation);
	answer_finish(&answers.topics);
	answer_finish(&answers.alerts);
	client_close(client);
	return status;
}

const struct command command_status = {
	.name = "status",
	.arguments = "",
	.summary = "one screen: is everything well, and what is to be done",
	.description =
		"Danger first: alarms and alerts, the level of each account, both rates "
		"with the\ninterval they lie in, AWS's limits and how much is left "
		"before "
		"each, the quota, and\nwhat the numbers cannot be trusted for; then "
		"topics, what was refused and what was\nnot understood. The levels are "
		"estimates from the feedback that came; what AWS\nitself says is in its "
		"console. Exit status 0 whatever the level is.\n",
	.examples = "  ses-feedback status\n"
		    "  ses-feedback --url http://127.0.0.1:8480 --token-file ~/.token "
		    "status\n"
		    "  ses-feedback --json status | jq '.accounts[].level'\n",
	.options = NULL,
	.words_least = 0,
	.words_most = 0,
	.run = run,
};
