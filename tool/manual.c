/* manual.c - the table of commands as the manual and a shell's completion show it. */
#include "tool/manual.h"

#include <stdbool.h>
#include <string.h>

#include "tool/command.h"

#define COLUMNS 79

/* ---- the manual ---- */

/* A backslash begins an escape in roff; the control characters . and ' only at the
 * beginning of a line. */
static void put_word(FILE *out, const char *word, size_t length, bool begins_line)
{
	if (begins_line && (*word == '.' || *word == '\''))
		fputs("\\&", out);
	for (size_t i = 0; i < length; i++)
		fputs(word[i] == '\\' ? "\\e" : (const char[]){word[i], '\0'}, out);
}

/* mandoc wants each sentence to begin a line. */
static bool ends_sentence(const char *word, size_t length)
{
	while (length > 1 && strchr(")\"", word[length - 1]) != NULL)
		length--;
	return length > 1 && strchr(".!?", word[length - 1]) != NULL &&
	       word[length - 2] != '.';
}

/* Words, filled anew; lines that are indented stay as they are. */
static void put_line(FILE *out, const char *line, size_t length, size_t *column)
{
	for (size_t at = 0; at < length;) {
		size_t word;

		while (at < length && line[at] == ' ')
			at++;
		for (word = 0; at + word < length && line[at + word] != ' ';)
			word++;
		if (word == 0)
			break;
		if (*column > 0 && *column + 1 + word > COLUMNS) {
			fputc('\n', out);
			*column = 0;
		}
		if (*column > 0)
			fputc(' ', out);
		put_word(out, line + at, word, *column == 0);
		*column += word + (*column > 0);
		if (ends_sentence(line + at, word)) {
			fputc('\n', out);
			*column = 0;
		}
		at += word;
	}
}

static void end_filled(FILE *out, size_t *column)
{
	if (*column > 0)
		fputc('\n', out);
	*column = 0;
}

static void put_description(FILE *out, const char *text)
{
	bool is_literal = false;
	size_t column = 0;

	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		bool is_indented = text[0] == ' ';

		if (is_indented != is_literal) {
			end_filled(out, &column);
			fputs(is_indented ? ".Bd -literal -compact\n" : ".Ed\n", out);
			is_literal = is_indented;
		}
		if (is_literal) {
			put_word(out, text, length, true);
			fputc('\n', out);
		} else if (length == 0) {
			end_filled(out, &column);
			/* A display brings its own space. */
			if (text[1] != ' ' && text[1] != '\0')
				fputs(".Pp\n", out);
		} else {
			put_line(out, text, length, &column);
		}
		text += length;
		text += *text == '\n';
	}
	end_filled(out, &column);
	if (is_literal)
		fputs(".Ed\n", out);
}

static void put_options(FILE *out, const struct option *options)
{
	if (options == NULL || options->name == NULL)
		return;
	fputs(".Bl -tag -width Ds -compact\n", out);
	for (; options->name != NULL; options++) {
		size_t column = 0;

		fprintf(out, ".It Fl Fl %s", options->name);
		if (options->value != NULL)
			fprintf(out, " Ar %s", options->value);
		fputc('\n', out);
		put_line(
			out, options->explanation, strlen(options->explanation), &column);
		end_filled(out, &column);
	}
	fputs(".El\n", out);
}

void manual_print_commands(FILE *out)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct command *command = commands[i];

		fprintf(out, ".It Cm %s", command->name);
		if (command->options != NULL && command->options->name != NULL)
			fputs(" Oo Ar options Oc", out);
		if (command->arguments[0] != '\0')
			fprintf(out, " No %s", command->arguments);
		fputc('\n', out);
		put_description(out, command->description);
		put_options(out, command->options);
	}
}

/* ---- the completion ---- */

static bool is_group(const char *first, size_t length)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strncmp(commands[i]->name, first, length) == 0 &&
			commands[i]->name[length] == ' ')
			return true;
	return false;
}

static bool is_told_already(size_t before, const char *first, size_t length)
{
	for (size_t i = 0; i < before; i++)
		if (strncmp(commands[i]->name, first, length) == 0 &&
			strcspn(commands[i]->name, " ") == length)
			return true;
	return false;
}

static void put_first_words(FILE *out)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		size_t length = strcspn(commands[i]->name, " ");

		if (!is_told_already(i, commands[i]->name, length))
			fprintf(out, "%s%.*s", i > 0 ? " " : "", (int) length,
				commands[i]->name);
	}
	fputs(" help", out);
}

static void put_second_words(FILE *out, const char *first, size_t length)
{
	for (size_t i = 0; commands[i] != NULL; i++)
		if (strncmp(commands[i]->name, first, length) == 0 &&
			commands[i]->name[length] == ' ')
			fprintf(out, "%s ", commands[i]->name + length + 1);
}

static void put_groups(FILE *out)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		size_t length = strcspn(commands[i]->name, " ");

		if (is_told_already(i, commands[i]->name, length) ||
			!is_group(commands[i]->name, length))
			continue;
		fprintf(out, "\t\"%.*s \") options=\"", (int) length, commands[i]->name);
		put_second_words(out, commands[i]->name, length);
		fputs("\" ;;\n", out);
	}
}

static void put_option_names(FILE *out, const struct option *options)
{
	for (; options != NULL && options->name != NULL; options++)
		fprintf(out, "--%s ", options->name);
}

static void put_commands(FILE *out)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct command *command = commands[i];

		if (command->options == NULL || command->options->name == NULL)
			continue;
		fprintf(out, "\t\"%s%s\"*) options+=\" ", command->name,
			strchr(command->name, ' ') == NULL ? " " : "");
		put_option_names(out, command->options);
		fputs("\" ;;\n", out);
	}
}

/* The options that end their commands' line with a file. */
static bool takes_file(const struct option *option)
{
	return option->value != NULL && (strcmp(option->value, "FILE") == 0 ||
						strcmp(option->value, "PATH") == 0 ||
						strcmp(option->value, "DIR") == 0);
}

static void put_files(FILE *out)
{
	fputs("\t--socket | --token-file", out);
	for (size_t i = 0; commands[i] != NULL; i++)
		for (const struct option *option = commands[i]->options;
			option != NULL && option->name != NULL; option++)
			if (takes_file(option))
				fprintf(out, " | --%s", option->name);
	fputs(") COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n", out);
}

void manual_print_completion(FILE *out)
{
	fputs("# bash completion for ses-feedback(1), generated from its table of "
	      "commands\n\n"
	      "_ses_feedback()\n"
	      "{\n"
	      "\tlocal word=${COMP_WORDS[COMP_CWORD]} "
	      "before=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal command=\"\" action=\"\" options=\"\" i\n\n"
	      "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	      "\t\tcase ${COMP_WORDS[i]} in\n"
	      "\t\t--socket | --url | --token-file) ((i++)) ;;\n"
	      "\t\t-*) ;;\n"
	      "\t\t*)\n"
	      "\t\t\tif [[ -z $command ]]; then\n"
	      "\t\t\t\tcommand=${COMP_WORDS[i]}\n"
	      "\t\t\telif [[ -z $action ]]; then\n"
	      "\t\t\t\taction=${COMP_WORDS[i]}\n"
	      "\t\t\tfi\n"
	      "\t\t\t;;\n"
	      "\t\tesac\n"
	      "\tdone\n"
	      "\tcase $before in\n",
		out);
	put_files(out);
	fputs("\tesac\n"
	      "\tcase \"$command $action\" in\n"
	      "\t\" \") options=\"",
		out);
	put_first_words(out);
	fputs("\" ;;\n", out);
	put_groups(out);
	fputs("\tesac\n"
	      "\tcase \"$command $action\" in\n",
		out);
	put_commands(out);
	fputs("\tesac\n"
	      "\tif [[ $word != -* && -z $options ]]; then\n"
	      "\t\tCOMPREPLY=($(compgen -f -- \"$word\"))\n"
	      "\telse\n"
	      "\t\tCOMPREPLY=($(compgen -W \"$options ",
		out);
	put_option_names(out, command_global_options);
	fputs("\" -- \"$word\"))\n"
	      "\tfi\n"
	      "}\n"
	      "complete -o default -F _ses_feedback ses-feedback\n",
		out);
}
