/* command_suppression_show.c - one entry of the suppression list. */
#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/entry.h"
#include "tool/screen.h"

static enum tool_status show(struct tool *tool, struct client *client,
	const struct answer *answer, const char *address, const char *scope)
{
	bool is_unknown = answer->status == 404 &&
			  text_ends(json_text(answer->json, "type"), ":not-suppressed");

	if (!is_unknown && (answer->status >= 400 || answer->json == NULL))
		return client_refused(client, answer);
	if (tool->is_json) {
		screen_print_json(tool, answer->json);
	} else if (!is_unknown) {
		entry_print(tool, answer->json);
	} else {
		screen_print(tool, SCREEN_PLAIN, "%s is not suppressed", address);
		if (scope != NULL)
			screen_print(tool, SCREEN_PLAIN, " in the scope %s", scope);
		else
			fputs(" for everything (--scope asks for one configuration set)",
				tool->out);
		fputs(";\n\"ses-feedback why\" tells whether a rule for its domain, or "
		      "an exemption, decides",
			tool->out);
		fputc('\n', tool->out);
	}
	return is_unknown ? TOOL_NO : TOOL_DONE;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	const char *scope = options_value(options, "scope");
	struct client *client = NULL;
	struct answer answer = {0};
	enum tool_status status;

	status = entry_ask(tool, "GET", options->words[0], scope, &client, &answer);
	if (status == TOOL_DONE)
		status = show(tool, client, &answer, options->words[0], scope);
	answer_finish(&answer);
	client_close(client);
	return status;
}

static const struct option options_known[] = {
	{"scope", OPTION_VALUE, "SCOPE",
		"the entry of a configuration set, or of tenant:NAME"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_suppression_show = {
	.name = "suppression show",
	.arguments = "ADDRESS",
	.summary = "one entry: why, since when, until when",
	.description =
		"Shows the entry that forbids mailing ADDRESS. Exit status 1 if there "
		"is none.\nWithout --scope it is the entry for everything; what "
		"happened to the address\nis told by \"ses-feedback why ADDRESS\".\n",
	.examples =
		"  ses-feedback suppression show anna@example.com\n"
		"  ses-feedback suppression show --scope newsletter anna@example.com\n",
	.options = options_known,
	.words_least = 1,
	.words_most = 1,
	.run = run,
};
