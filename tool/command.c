/* command.c - finds the command that was meant, reads its options, and runs it. */
#include "tool/command.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tool/help.h"
#include "tool/suggest.h"

const struct command *const commands[] = {
	&command_status,
	&command_rates,
	&command_why_rate,
	&command_fresh_start,
	&command_preflight,
	&command_incident,
	&command_brake,
	&command_resume,
	&command_report,
	&command_alerts,
	&command_alerts_show,
	&command_alerts_silence,
	&command_alerts_test,
	&command_suppression_check,
	&command_suppression_list,
	&command_suppression_show,
	&command_suppression_add,
	&command_suppression_remove,
	&command_suppression_never,
	&command_suppression_import,
	&command_suppression_export,
	&command_why,
	&command_events,
	&command_policy_diff,
	&command_policy_apply,
	&command_forget,
	&command_topics,
	&command_topics_confirm,
	&command_verify,
	&command_replay,
	&command_simulate,
	NULL,
};

const struct option command_global_options[] = {
	{"socket", OPTION_VALUE, "PATH", "the daemon's admin socket (" TOOL_SOCKET ")"},
	{"url", OPTION_VALUE, "URL", "its admin address over TCP: http://127.0.0.1:8480"},
	{"token-file", OPTION_VALUE, "FILE", "holds the token that --url needs"},
	{"json", OPTION_FLAG, NULL, "print JSON, not tables"},
	{"help", OPTION_FLAG, NULL, "explain the command, with examples"},
	{"version", OPTION_FLAG, NULL, "print the version"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

/* How many of the words the command's name takes; 0 if they don't name it. */
static size_t match(const struct command *command, char *const *words, size_t count)
{
	const char *blank = strchr(command->name, ' ');
	size_t length;

	if (count == 0)
		return 0;
	if (blank == NULL)
		return text_equal(words[0], command->name) ? 1 : 0;
	length = (size_t) (blank - command->name);
	if (strlen(words[0]) != length || memcmp(words[0], command->name, length) != 0)
		return 0;
	return count > 1 && text_equal(words[1], blank + 1) ? 2 : 0;
}

/* The longest name wins: "topics confirm" is not "topics". */
static const struct command *find(char *const *words, size_t count, size_t *used)
{
	const struct command *found = NULL;

	*used = 0;
	for (size_t i = 0; commands[i] != NULL; i++) {
		size_t here = match(commands[i], words, count);

		if (here > *used) {
			*used = here;
			found = commands[i];
		}
	}
	return found;
}

static const char *nearest_command(char *const *words, size_t count)
{
	const char *nearest = NULL;
	size_t distance = SUGGEST_FAR;
	char typed[80];

	for (size_t i = 0; commands[i] != NULL; i++) {
		const char *name = commands[i]->name;
		size_t here;

		if (strchr(name, ' ') != NULL && count > 1)
			snprintf(typed, sizeof(typed), "%s %s", words[0], words[1]);
		else
			snprintf(typed, sizeof(typed), "%s", words[0]);
		here = suggest_distance(typed, name);
		if (here <= suggest_limit(typed) && here < distance) {
			distance = here;
			nearest = name;
		}
	}
	return nearest;
}

/* "suppression" alone, or with a word that is none of its commands. */
static bool is_group(const char *word)
{
	size_t length = strlen(word);

	for (size_t i = 0; commands[i] != NULL; i++)
		if (strncmp(commands[i]->name, word, length) == 0 &&
			commands[i]->name[length] == ' ')
			return true;
	return false;
}

static enum tool_status refuse_unknown(
	struct tool *tool, char *const *words, size_t count)
{
	const char *nearest = nearest_command(words, count);
	bool has_two = is_group(words[0]) && count > 1 && words[1][0] != '-';

	if (nearest != NULL)
		return tool_fail(tool, TOOL_USAGE,
			"unknown command \"%s%s%s\"; did you mean \"%s\"?", words[0],
			has_two ? " " : "", has_two ? words[1] : "", nearest);
	if (has_two)
		return tool_fail(tool, TOOL_USAGE,
			"unknown command \"%s %s\"; \"ses-feedback %s --help\" lists "
			"what "
			"there is",
			words[0], words[1], words[0]);
	if (is_group(words[0]))
		return tool_fail(tool, TOOL_USAGE,
			"\"%s\" needs a second word; \"ses-feedback %s --help\" lists "
			"them",
			words[0], words[0]);
	return tool_fail(tool, TOOL_USAGE,
		"unknown command \"%s\"; \"ses-feedback --help\" lists what there is",
		words[0]);
}

static enum tool_status refuse_words(struct tool *tool, const struct command *command)
{
	if (command->words_most == 0)
		return tool_fail(tool, TOOL_USAGE,
			"%s takes no arguments; \"ses-feedback %s --help\" explains it",
			command->name, command->name);
	return tool_fail(tool, TOOL_USAGE,
		"usage: ses-feedback %s %s; \"ses-feedback %s --help\" explains it",
		command->name, command->arguments, command->name);
}

static void apply_globals(struct tool *tool, const struct options *options)
{
	const char *value;

	if ((value = options_value(options, "socket")) != NULL)
		tool->socket_path = value;
	if ((value = options_value(options, "url")) != NULL)
		tool->url = value;
	if ((value = options_value(options, "token-file")) != NULL)
		tool->token_file = value;
	if (options_flag(options, "json"))
		tool->is_json = true;
}

/* rest is what follows the command's name. */
static enum tool_status run_found(struct tool *tool, const struct command *command,
	struct options *options, char *const *rest, size_t count)
{
	struct error error;
	size_t read;

	if (!options_read(options, command->options, command_global_options, rest, count,
		    false, &read, &error))
		return tool_fail(tool, TOOL_USAGE,
			"%s; \"ses-feedback %s --help\" explains the command", error.text,
			command->name);
	if (options_flag(options, "help")) {
		help_command(tool->out, command);
		return TOOL_DONE;
	}
	if (options->word_count < command->words_least ||
		options->word_count > command->words_most)
		return refuse_words(tool, command);
	apply_globals(tool, options);
	return command->run(tool, options);
}

static bool asks_for_help(char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(words[i], "--help") || text_equal(words[i], "-h"))
			return true;
	return false;
}

static enum tool_status run_words(
	struct tool *tool, struct options *options, char *const *words, size_t count)
{
	const struct command *command;
	size_t used;

	if (options_flag(options, "version")) {
		fprintf(tool->out, "ses-feedback %s\n", VERSION);
		return TOOL_DONE;
	}
	if (count > 0 && text_equal(words[0], "help")) {
		words++;
		count--;
		if (count == 0 || (command = find(words, count, &used)) == NULL) {
			help_overview(tool->out, count == 0 ? NULL : words[0]);
			return TOOL_DONE;
		}
		help_command(tool->out, command);
		return TOOL_DONE;
	}
	if (options_flag(options, "help") && count == 0) {
		help_overview(tool->out, NULL);
		return TOOL_DONE;
	}
	if (count == 0)
		return tool_fail(tool, TOOL_USAGE,
			"which command? \"ses-feedback status\" is the one to begin "
			"with; "
			"\"ses-feedback --help\" lists all");
	command = find(words, count, &used);
	if (command != NULL)
		return run_found(tool, command, options, words + used, count - used);
	if (is_group(words[0]) &&
		(options_flag(options, "help") || asks_for_help(words + 1, count - 1))) {
		help_overview(tool->out, words[0]);
		return TOOL_DONE;
	}
	return refuse_unknown(tool, words, count);
}

enum tool_status command_run(struct tool *tool, char *const *arguments, size_t count)
{
	enum tool_status status;
	struct options options;
	struct error error;
	size_t read;

	if (!options_init(&options, count))
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	if (!options_read(&options, command_global_options, NULL, arguments, count, true,
		    &read, &error))
		status = tool_fail(tool, TOOL_USAGE,
			"%s; \"ses-feedback --help\" lists what there is", error.text);
	else
		status = run_words(tool, &options, arguments + read, count - read);
	options_finish(&options);
	return status;
}
