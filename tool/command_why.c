/* command_why.c - the whole story of an address, in order. */
#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/entry.h"
#include "tool/path.h"
#include "tool/screen.h"
#include "tool/words.h"

static void print_part(struct tool *tool, const char *name, const char *text)
{
	if (text_is_empty(text))
		return;
	screen_print(tool, SCREEN_DIM, "      %-12s", name);
	screen_print(tool, SCREEN_PLAIN, "%s", text);
	fputc('\n', tool->out);
}

static void print_event(struct tool *tool, const struct json *item)
{
	const char *class = json_text(item, "class");
	char words[WORDS_SIZE * 4];
	const char *set = json_text(item, "configuration_set");

	snprintf(words, sizeof(words), "%s%s%s", words_member_text(item, "type", "event"),
		class == NULL ? "" : ": ", class == NULL ? "" : class);
	screen_print(tool, SCREEN_BOLD, "%s", words);
	if (!text_is_empty(set))
		screen_print(tool, SCREEN_PLAIN, ", configuration set %s", set);
	fputc('\n', tool->out);
	print_part(tool, "meaning", json_text(item, "meaning"));
	print_part(tool, "subtype", json_text(item, "subtype"));
	print_part(tool, "diagnostic", json_text(item, "diagnostic"));
	print_part(tool, "message", json_text(item, "message_id"));
}

static void print_state(struct tool *tool, const char *name, const struct json *entry)
{
	char shown[WHEN_SIZE];
	const char *note = json_text(entry, "note");

	screen_print(tool, SCREEN_DIM, "      %-12s", name);
	if (!json_is_object(entry)) {
		fputs("clear\n", tool->out);
		return;
	}
	screen_print(tool, SCREEN_PLAIN, "%s, expires %s", entry_reason(entry),
		entry_expires(entry, shown));
	if (!text_is_empty(note))
		screen_print(tool, SCREEN_PLAIN, " (%s)", note);
	fputc('\n', tool->out);
}

static void print_change(struct tool *tool, const struct json *item)
{
	screen_print(
		tool, SCREEN_WARNING, "%s", words_member_text(item, "what", "changed"));
	screen_print(tool, SCREEN_PLAIN, " by %s for %s",
		words_member_text(item, "actor", "nobody known"), entry_scope(item));
	fputc('\n', tool->out);
	print_part(tool, "cause", json_text(item, "cause"));
	print_state(tool, "before", json_member(item, "before"));
	print_state(tool, "after", json_member(item, "after"));
}

static void print_story(struct tool *tool, const struct json *story)
{
	char shown[WHEN_SIZE];

	if (json_first(story) == NULL) {
		fputs("\nNothing is recorded about it.\n", tool->out);
		return;
	}
	fputc('\n', tool->out);
	for (const struct json *item = json_first(story); item != NULL;
		item = json_next(item)) {
		screen_print(tool, SCREEN_DIM, "  %s  ",
			when_show(json_text(item, "at"), shown));
		if (text_equal(json_text(item, "kind"), "change"))
			print_change(tool, item);
		else
			print_event(tool, item);
	}
}

static void show(struct tool *tool, const struct json *answer)
{
	const char *verdict = words_member_text(answer, "verdict", "unknown");
	bool is_suppressed = text_equal(verdict, "suppressed");
	const char *advice = json_text(answer, "at_ses_advice");

	screen_print(tool, SCREEN_BOLD, "%s", words_member_text(answer, "address", "?"));
	fputs(": ", tool->out);
	screen_print(tool, is_suppressed ? SCREEN_DANGER : SCREEN_GOOD, "%s", verdict);
	fputc('\n', tool->out);
	screen_print(tool, SCREEN_PLAIN, "%s", words_member_text(answer, "sentence", ""));
	fputc('\n', tool->out);
	if (!text_is_empty(advice)) {
		screen_print(tool, SCREEN_WARNING, "%s", advice);
		fputc('\n', tool->out);
	}
	print_story(tool, json_member(answer, "story"));
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct client *client = NULL;
	struct answer answer = {0};
	enum tool_status status;
	struct buffer path;

	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/suppressions/");
	path_encode(&path, options->words[0]);
	buffer_append_text(&path, "/why");
	path_query(&path, "scope", options_value(options, "scope"));
	if (path.failed)
		status = tool_fail(tool, TOOL_USAGE, "the address is too long");
	else
		status = client_open(tool, &client);
	if (status == TOOL_DONE)
		status = client_get(client, path.bytes, &answer);
	if (status == TOOL_DONE && tool->is_json)
		screen_print_json(tool, answer.json);
	else if (status == TOOL_DONE)
		show(tool, answer.json);
	answer_finish(&answer);
	client_close(client);
	buffer_finish(&path);
	return status;
}

static const struct option options_known[] = {
	{"scope", OPTION_VALUE, "SCOPE",
		"decide for this stream: a configuration set, tenant:NAME, account:ID"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_why = {
	.name = "why",
	.arguments = "ADDRESS | @DOMAIN",
	.summary = "the whole story of an address: events, rules, decisions",
	.description =
		"May it be mailed, by which rule, until when, who said so; then "
		"everything that\nhappened to it, oldest first: what SES reported and "
		"what it means, and each change\nof the list with its cause. Where SES "
		"itself goes on refusing the address, the\ncommand that ends it there is "
		"shown.\n",
	.examples = "  ses-feedback why anna@example.com\n"
		    "  ses-feedback why --scope newsletter anna@example.com\n"
		    "  ses-feedback --json why anna@example.com | jq .sentence\n",
	.options = options_known,
	.words_least = 1,
	.words_most = 1,
	.run = run,
};
