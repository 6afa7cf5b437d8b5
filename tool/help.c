/* help.c - what --help prints. */
#include "tool/help.h"

#include <stdbool.h>
#include <string.h>

#include "tool/paragraph.h"

#define NAME_COLUMN 26
#define HELP_COLUMNS 92

static bool is_of_group(const struct command *command, const char *group)
{
	size_t length = strlen(group);

	return strncmp(command->name, group, length) == 0 &&
	       (command->name[length] == ' ' || command->name[length] == '\0');
}

static bool group_exists(const char *group)
{
	for (size_t i = 0; group != NULL && commands[i] != NULL; i++)
		if (is_of_group(commands[i], group))
			return true;
	return false;
}

static void print_options(FILE *out, const struct option *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		int width = (int) strlen(options->name) + 4;

		fprintf(out, "  --%s", options->name);
		if (options->value != NULL)
			width += fprintf(out, " %s", options->value);
		width += fprintf(
			out, "%*s", width < NAME_COLUMN ? NAME_COLUMN - width : 1, "");
		paragraph_fill(out, (size_t) width, NAME_COLUMN, HELP_COLUMNS,
			options->explanation);
	}
}

void help_overview(FILE *out, const char *group)
{
	bool is_all = !group_exists(group);

	fputs("usage: ses-feedback [--socket PATH | --url URL --token-file FILE] "
	      "[--json] "
	      "COMMAND\n\n",
		out);
	if (is_all)
		fputs("Asks a running ses-feedbackd about bounces, complaints and whom "
		      "not to "
		      "mail.\n\n",
			out);
	fputs("Commands (\"ses-feedback COMMAND --help\" explains each):\n", out);
	for (size_t i = 0; commands[i] != NULL; i++)
		if (is_all || is_of_group(commands[i], group))
			fprintf(out, "  %-*s%s\n", NAME_COLUMN - 2, commands[i]->name,
				commands[i]->summary);
	fputs("\nOptions of every command:\n", out);
	print_options(out, command_global_options);
	if (!is_all)
		return;
	fputs("\nFirst steps:\n"
	      "  ses-feedback status                         is everything well?\n"
	      "  ses-feedback suppression check a@b.example  may I mail this address?\n"
	      "  ses-feedback events --type bounce --limit 20\n"
	      "\nExit status: 0 done; 1 the answer is no (an address is suppressed, a "
	      "message not\ngenuine); 2 used wrongly; 3 the daemon cannot be reached or "
	      "refused.\n",
		out);
}

void help_command(FILE *out, const struct command *command)
{
	fprintf(out, "usage: ses-feedback %s", command->name);
	if (command->options != NULL && command->options->name != NULL)
		fputs(" [OPTIONS]", out);
	if (command->arguments[0] != '\0')
		fprintf(out, " %s", command->arguments);
	fprintf(out, "\n\n%s", command->description);
	if (command->options != NULL && command->options->name != NULL) {
		fputs("\nOptions:\n", out);
		print_options(out, command->options);
	}
	fputs("\nOptions of every command:\n", out);
	print_options(out, command_global_options);
	fprintf(out, "\nExamples:\n%s", command->examples);
}
