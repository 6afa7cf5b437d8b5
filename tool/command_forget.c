/* command_forget.c - takes an address out of everything that is kept. */
#include <stdlib.h>
#include <string.h>

#include "tool/client.h"
#include "tool/command.h"
#include "tool/screen.h"
#include "tool/words.h"

static char *write_body(const char *address, bool keeps_block)
{
	struct json *json = json_object();
	char *body;

	json_put_text(json, "address", address);
	json_put_boolean(json, "keep_block", keeps_block);
	body = json_print(json);
	json_free(json);
	return body;
}

static void say_forgotten(struct tool *tool, const struct json *answer, bool keeps_block)
{
	char number[WORDS_SIZE];
	bool is_found;

	if (!json_boolean(answer, "found", &is_found) || !is_found) {
		fputs("Nothing was kept about this address.\n", tool->out);
		return;
	}
	fprintf(tool->out,
		"Forgotten: %s events name nobody any more; what they count stays.\n",
		words_member_count(answer, "events", number));
	fputs(keeps_block ? "What suppressed it still does, under a keyed digest.\n"
			  : "It is not suppressed any more.\n",
		tool->out);
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	bool keeps_block = options_flag(options, "keep-block");
	struct client *client = NULL;
	struct answer answer = {0};
	enum tool_status status;
	char *body;

	if (keeps_block == options_flag(options, "lift-block"))
		return tool_fail(tool, TOOL_USAGE,
			"say what becomes of a suppression: --keep-block or --lift-block "
			"(one of them)");
	body = write_body(options->words[0], keeps_block);
	if (body == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	status = client_open(tool, &client);
	if (status == TOOL_DONE)
		status = client_call(
			client, "POST", "/v1/forget", body, strlen(body), &answer);
	if (status == TOOL_DONE && tool->is_json)
		screen_print_json(tool, answer.json);
	else if (status == TOOL_DONE)
		say_forgotten(tool, answer.json, keeps_block);
	answer_finish(&answer);
	client_close(client);
	free(body);
	return status;
}

static const struct option options_known[] = {
	{"keep-block", OPTION_FLAG, NULL,
		"it stays suppressed, known by a keyed digest only"},
	{"lift-block", OPTION_FLAG, NULL, "it is suppressed no more"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_forget = {
	.name = "forget",
	.arguments = "ADDRESS",
	.summary = "takes an address out of everything that is kept",
	.description =
		"Blanks the address and all texts about it in the recorded events, takes "
		"it out of\nthe list, its audit trail and SES's own texts, and empties "
		"what the database's\nfiles still held of it. Counts and rates stay. "
		"There is no question back, and no\nway back but a backup. Mail to it "
		"that SES reports later is recorded as usual.\n",
	.examples = "  ses-feedback forget --keep-block anna@example.com\n",
	.options = options_known,
	.words_least = 1,
	.words_most = 1,
	.run = run,
};
