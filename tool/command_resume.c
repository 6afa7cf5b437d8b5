/* command_resume.c - lets sending go on that the brake has stopped. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tool/account.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/screen.h"
#include "tool/words.h"

/* SES may be asked about several streams, each for some seconds. */
#define TIMEOUT_SECONDS 120L

/* ACCOUNT/REGION; of an account alone every region is meant. */
static enum tool_status choose(struct tool *tool, struct client *client,
	const struct options *options, struct account *account)
{
	*account = (struct account){"", ""};
	if (options->word_count == 0)
		return TOOL_DONE;
	if (!account_is_number(options->words[0]))
		return account_choose(tool, client, options, account);
	snprintf(account->account, sizeof(account->account), "%s", options->words[0]);
	return TOOL_DONE;
}

static char *write_body(const struct options *options, const struct account *account)
{
	const char *set = options_value(options, "configuration-set");
	const char *note = options_value(options, "note");
	struct json *json = json_object();
	char *body;

	if (account->account[0] != '\0')
		json_put_text(json, "account", account->account);
	if (account->region[0] != '\0')
		json_put_text(json, "region", account->region);
	if (set != NULL)
		json_put_text(json, "configuration_set", set);
	if (note != NULL)
		json_put_text(json, "note", note);
	body = json_print(json);
	json_free(json);
	return body;
}

/* Whether the whole account of a configuration set that was resumed is stopped still. */
static bool is_account_stopped(const struct json *brakes, const struct json *set)
{
	for (const struct json *brake = json_first(json_member(brakes, "brakes"));
		brake != NULL; brake = json_next(brake))
		if (json_text(brake, "configuration_set") == NULL &&
			text_equal(json_text(brake, "state"), "tripped") &&
			text_equal(
				json_text(brake, "account"), json_text(set, "account")) &&
			text_equal(json_text(brake, "region"), json_text(set, "region")))
			return true;
	return false;
}

static void say_still_stopped(struct tool *tool, const struct json *brake)
{
	const char *account = words_member_text(brake, "account", "?");
	const char *region = words_member_text(brake, "region", "?");

	screen_print(tool, SCREEN_WARNING,
		"%s/%s, configuration set %s: released, but the whole account is still "
		"stopped; \"ses-feedback resume %s/%s\" lets it go on",
		account, region, words_member_text(brake, "configuration_set", "?"),
		account, region);
	fputc('\n', tool->out);
}

/* TOOL_NO: it does not go on. */
static enum tool_status say_one(
	struct tool *tool, const struct json *row, const struct json *brakes)
{
	const struct json *brake = json_member(row, "brake");
	const char *set = json_text(brake, "configuration_set");
	const char *failure = json_text(row, "ses_error");
	bool goes_on = set == NULL || !is_account_stopped(brakes, brake);

	if (!goes_on) {
		say_still_stopped(tool, brake);
	} else {
		screen_print(tool, SCREEN_GOOD, "%s/%s%s%s: sending goes on",
			words_member_text(brake, "account", "?"),
			words_member_text(brake, "region", "?"),
			set == NULL ? "" : ", configuration set ",
			set == NULL ? "" : set);
		fputc('\n', tool->out);
	}
	if (failure != NULL) {
		screen_print(tool, SCREEN_DANGER,
			"  but SES still has it stopped: %s; the daemon tries again "
			"every minute",
			failure);
		fputc('\n', tool->out);
	}
	return goes_on ? TOOL_DONE : TOOL_NO;
}

static enum tool_status say(
	struct tool *tool, const struct json *answer, const struct json *brakes)
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
		status = tool_worse(status, say_one(tool, row, brakes));
	if (!is_empty)
		fputs("Only what comes from the next minute on can stop it again.\n",
			tool->out);
	return status;
}

static enum tool_status resume(
	struct tool *tool, struct client *client, const struct options *options)
{
	struct answer answer = {0}, brakes = {0};
	struct account account;
	enum tool_status status = choose(tool, client, options, &account);
	char *body;

	if (status != TOOL_DONE)
		return status;
	body = write_body(options, &account);
	if (body == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	client_set_timeout(client, TIMEOUT_SECONDS);
	status = client_call(client, "POST", "/v1/resume", body, strlen(body), &answer);
	if (status == TOOL_DONE)
		status = client_get(client, "/v1/brakes", &brakes);
	if (status == TOOL_DONE)
		status = say(tool, answer.json, brakes.json);
	answer_finish(&answer);
	answer_finish(&brakes);
	free(body);
	return status;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct client *client = NULL;
	enum tool_status status = client_open(tool, &client);

	if (status == TOOL_DONE)
		status = resume(tool, client, options);
	client_close(client);
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
