/* command_topics_confirm.c - confirms the subscription of a topic by hand. */
#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/path.h"
#include "tool/screen.h"
#include "tool/words.h"

static enum tool_status run(struct tool *tool, const struct options *options)
{
	const char *arn = options->words[0];
	struct client *client = NULL;
	struct answer answer = {0};
	enum tool_status status;
	struct buffer path;

	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/topics/");
	path_encode(&path, arn);
	if (!buffer_append_text(&path, "/confirm")) {
		status = tool_fail(tool, TOOL_USAGE, "the ARN is too long");
		goto out;
	}
	status = client_open(tool, &client);
	if (status == TOOL_DONE)
		status = client_call(client, "POST", path.bytes, NULL, 0, &answer);
	if (status != TOOL_DONE)
		goto out;
	if (tool->is_json) {
		screen_print_json(tool, answer.json);
	} else {
		screen_print(tool, SCREEN_PLAIN,
			"%s is confirmed; SNS delivers to this daemon now", arn);
		screen_print(tool, SCREEN_DIM, " (%s)",
			words_member_text(
				answer.json, "subscription", "subscription unnamed"));
		fputc('\n', tool->out);
	}
out:
	answer_finish(&answer);
	client_close(client);
	buffer_finish(&path);
	return status;
}

const struct command command_topics_confirm = {
	.name = "topics confirm",
	.arguments = "ARN",
	.summary = "confirms the subscription of a topic (confirm = manual)",
	.description =
		"With \"confirm = manual\" in the daemon's configuration a subscription "
		"waits until\nyou confirm it here; \"ses-feedback topics\" shows it as "
		"pending. SNS forgets an\nunconfirmed subscription after two days: then "
		"subscribe again.\n",
	.examples = "  ses-feedback topics confirm "
		    "arn:aws:sns:us-east-1:111122223333:ses-feedback\n",
	.options = NULL,
	.words_least = 1,
	.words_most = 1,
	.run = run,
};
