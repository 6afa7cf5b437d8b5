/* command_resume.c - lets sending go on that the brake has stopped. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/screen.h"
#include "tool/words.h"

/* SES may be asked about several streams, each for some seconds. */
#define TIMEOUT_SECONDS 120L

/* "ACCOUNT/REGION", or the account alone. */
static bool put_account(struct json *json, const char *word)
{
	const char *slash = strchr(word, '/');
	size_t length = slash == NULL ? strlen(word) : (size_t) (slash - word);
	char *account = text_copy(word, length);

	if (account == NULL)
		return false;
	json_put_text(json, "account", account);
	if (slash != NULL)
		json_put_text(json, "region", slash + 1);
	free(account);
	return true;
}

static char *write_body(const struct options *options)
{
	const char *set = options_value(options, "configuration-set");
	const char *note = options_value(options, "note");
	struct json *json = json_object();
	char *body = NULL;

	if (options->word_count == 0 || put_account(json, options->words[0])) {
		if (set != NULL)
			json_put_text(json, "configuration_set", set);
		if (note != NULL)
			json_put_text(json, "note", note);
		body = json_print(json);
	}
	json_free(json);
	return body;
}

static void say_one(struct tool *tool, const struct json *row)
{
	const struct json *brake = json_member(row, "brake");
	const char *set = json_text(brake, "configuration_set");
	const char *failure = json_text(row, "ses_error");

	screen_print(tool, SCREEN_GOOD, "%s/%s%s%s: sending goes on",
		words_member_text(brake, "account", "?"),
		words_member_text(brake, "region", "?"),
		set == NULL ? "" : ", configuration set ", set == NULL ? "" : set);
	fputc('\n', tool->out);
	if (failure == NULL)
		return;
	screen_print(tool, SCREEN_DANGER,
		"  but SES still has it stopped: %s; the daemon tries again every minute",
		failure);
	fputc('\n', tool->out);
}

static enum tool_status say(struct tool *tool, const struct json *answer)
{
	const struct json *rows = json_member(answer, "resumed");
	bool is_empty = json_first(rows) == NULL;
	enum tool_status status = is_empty ? TOOL_NO : TOOL_DONE;

	if (tool->is_json) {
		screen_print_json(tool, answer);
		return status;
	}
	if (is_empty)
		fputs("Nothing that this names is stopped; ses-feedback brake shows what "
		      "is.\n",
			tool->out);
	for (const struct json *row = json_first(rows); row != NULL; row = json_next(row))
		say_one(tool, row);
	if (!is_empty)
		fputs("Only what comes from the next minute on can stop it again.\n",
			tool->out);
	return status;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct client *client = NULL;
	struct answer answer = {0};
	enum tool_status status;
	char *body = write_body(options);

	if (body == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	status = client_open(tool, &client);
	if (status == TOOL_DONE) {
		client_set_timeout(client, TIMEOUT_SECONDS);
		status = client_call(
			client, "POST", "/v1/resume", body, strlen(body), &answer);
	}
	if (status == TOOL_DONE)
		status = say(tool, answer.json);
	answer_finish(&answer);
	client_close(client);
	free(body);
	return status;
}

static const struct option options_known[] = {
	{"configuration-set", OPTION_VALUE, "NAME", "this configuration set alone"},
	{"note", OPTION_VALUE, "TEXT", "why; kept beside who said it"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_resume = {
	.name = "resume",
	.arguments = "[ACCOUNT[/REGION]]",
	.summary = "lets sending go on that the brake has stopped",
	.description =
		"Once the cause is taken away: GET /v1/may-send answers yes again, and "
		"what was\nstopped at SES is started there. The brake is armed again at "
		"once, but goes only by\nwhat comes from the next minute on: the old "
		"numbers do not trip it a second time.\nWithout an account it is for "
		"everything that is stopped. The exit status is 1 if\nnothing was.\n",
	.examples = "  ses-feedback resume --note \"list cleaned\"\n"
		    "  ses-feedback resume 111122223333/us-east-1 --configuration-set "
		    "news\n",
	.options = options_known,
	.words_least = 0,
	.words_most = 1,
	.run = run,
};
