/* command_topics.c - the topics and the state of their subscriptions. */
#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/table.h"
#include "tool/topics.h"

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct client *client;
	struct answer answer = {0};
	enum tool_status status = client_open(tool, &client);

	(void) options;
	if (status == TOOL_DONE)
		status = client_get(client, "/v1/topics", &answer);
	if (status == TOOL_DONE && tool->is_json)
		screen_print_json(tool, answer.json);
	else if (status == TOOL_DONE)
		topics_print(tool, json_member(answer.json, "topics"), clock_now(), 0);
	answer_finish(&answer);
	client_close(client);
	return status;
}

const struct command command_topics = {
	.name = "topics",
	.arguments = "",
	.summary = "the topics, and whether their subscriptions live",
	.description =
		"States: \"unknown\" nothing was heard yet; \"pending\" a confirmation "
		"waits;\n\"confirmed\" SNS delivers; \"cancelled\" somebody "
		"unsubscribed it. A topic that is\nnot configured has its messages kept "
		"aside until it is.\n",
	.examples = "  ses-feedback topics\n"
		    "  ses-feedback topics confirm "
		    "arn:aws:sns:us-east-1:111122223333:ses-feedback\n",
	.options = NULL,
	.words_least = 0,
	.words_most = 0,
	.run = run,
};
