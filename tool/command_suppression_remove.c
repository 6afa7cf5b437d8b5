/* command_suppression_remove.c - takes an address off the suppression list. */
#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/entry.h"
#include "tool/screen.h"

static void say_removed(struct tool *tool, const char *address, const char *scope)
{
	struct json *json;

	if (tool->is_json) {
		json = json_object();
		json_put_text(json, "address", address);
		json_put_text(json, "scope", scope == NULL ? "" : scope);
		json_put_boolean(json, "suppressed", false);
		screen_print_json(tool, json);
		json_free(json);
		return;
	}
	screen_print(tool, SCREEN_PLAIN, "%s is not on the list", address);
	if (scope != NULL)
		screen_print(tool, SCREEN_PLAIN, " in the scope %s", scope);
	else
		fputs(" for everything", tool->out);
	fputs("; an entry that was there is removed.\n", tool->out);
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	const char *scope = options_value(options, "scope");
	struct client *client = NULL;
	struct answer answer = {0};
	enum tool_status status;

	status = entry_ask(tool, "DELETE", options->words[0], scope, &client, &answer);
	if (status == TOOL_DONE && answer.status >= 400)
		status = client_refused(client, &answer);
	else if (status == TOOL_DONE)
		say_removed(tool, options->words[0], scope);
	answer_finish(&answer);
	client_close(client);
	return status;
}

static const struct option options_known[] = {
	{"scope", OPTION_VALUE, "SCOPE",
		"the entry of a configuration set, or of tenant:NAME"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_suppression_remove = {
	.name = "suppression remove",
	.arguments = "ADDRESS",
	.summary = "takes an address off the list",
	.description =
		"Removes the entry of ADDRESS, whatever its reason; done is also said "
		"where there\nwas none. SES's own list is another one: an address that "
		"it holds stays there.\n",
	.examples =
		"  ses-feedback suppression remove anna@example.com\n"
		"  ses-feedback suppression remove --scope newsletter anna@example.com\n",
	.options = options_known,
	.words_least = 1,
	.words_most = 1,
	.run = run,
};
