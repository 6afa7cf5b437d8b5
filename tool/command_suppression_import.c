/* command_suppression_import.c - puts the addresses of a file on the list. */
#include <inttypes.h>
#include <sys/stat.h>

#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/input.h"
#include "tool/path.h"
#include "tool/progress.h"
#include "tool/screen.h"
#include "tool/words.h"

static void say_bad_lines(struct tool *tool, const struct json *answer)
{
	int64_t left_out = words_member_integer(answer, "errors_left_out"), line;
	const struct json *errors = json_member(answer, "errors");
	char number[WORDS_SIZE];

	for (const struct json *error = json_first(errors); error != NULL;
		error = json_next(error)) {
		if (!json_integer(error, "line", &line))
			line = 0;
		tool_fail(tool, TOOL_NO, "line %" PRId64 ": %s", line,
			words_member_text(error, "detail", "not understood"));
	}
	if (left_out > 0)
		tool_fail(tool, TOOL_NO, "and %s more lines that were left out",
			words_count(left_out, number));
}

static void say_count(
	struct tool *tool, const struct json *answer, const char *name, const char *words)
{
	char number[WORDS_SIZE];

	if (words_member_integer(answer, name) == 0)
		return;
	fprintf(tool->out, "  %12s  %s\n", words_member_count(answer, name, number),
		words);
}

static void say_sum(struct tool *tool, const struct json *answer, bool is_dry)
{
	char number[WORDS_SIZE];

	fprintf(tool->out, "%s lines read as ",
		words_member_count(answer, "lines", number));
	screen_print(
		tool, SCREEN_PLAIN, "%s", words_member_text(answer, "format", "a list"));
	fputs(is_dry ? "; this is what an import would do:\n" : ":\n", tool->out);
	say_count(tool, answer, "added", "added");
	say_count(tool, answer, "changed", "changed");
	say_count(tool, answer, "unchanged", "there already, as strong or stronger");
	say_count(tool, answer, "outranked", "left as a newer rule by hand says");
	say_count(tool, answer, "expired", "expired already");
	say_count(tool, answer, "invalid", "could not be read");
}

static enum tool_status send(struct tool *tool, const char *path, FILE *file,
	const char *name, struct answer *answer)
{
	struct client *client;
	struct progress progress;
	struct stat about;
	enum tool_status status = client_open(tool, &client);
	int64_t length = -1;

	if (status != TOOL_DONE)
		return status;
	if (fstat(fileno(file), &about) == 0 && S_ISREG(about.st_mode))
		length = (int64_t) about.st_size - (int64_t) ftello(file);
	progress_begin(&progress, tool->err, name, length);
	status = client_upload(client, path, file, length, &progress, answer);
	client_close(client);
	return status;
}

static bool write_path(const struct options *options, struct buffer *path)
{
	buffer_append_text(path, "/v1/suppressions/import");
	path_query(path, "columns", options_value(options, "columns"));
	path_query(path, "reason", options_value(options, "reason"));
	path_query(path, "scope", options_value(options, "scope"));
	path_query(path, "note", options_value(options, "note"));
	path_query(path, "dry_run", options_flag(options, "dry-run") ? "yes" : NULL);
	return !path->failed;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	const char *name = options->words[0];
	bool is_dry = options_flag(options, "dry-run");
	struct answer answer = {0};
	enum tool_status status;
	struct buffer path;
	struct error error;
	FILE *file = input_open(name, &error);

	if (file == NULL)
		return tool_fail(tool, TOOL_USAGE, "%s: %s", name, error.text);
	buffer_init(&path, PATH_LIMIT);
	if (!write_path(options, &path))
		status = tool_fail(tool, TOOL_USAGE, "the options are too long");
	else
		status = send(tool, path.bytes, file, input_name(name), &answer);
	if (status == TOOL_DONE && tool->is_json) {
		screen_print_json(tool, answer.json);
	} else if (status == TOOL_DONE) {
		say_bad_lines(tool, answer.json);
		say_sum(tool, answer.json, is_dry);
	}
	if (status == TOOL_DONE && words_member_integer(answer.json, "lines") == 0)
		status = tool_fail(tool, TOOL_NO,
			"%s: nothing went in, for there is nothing in it",
			input_name(name));
	if (status == TOOL_DONE && words_member_integer(answer.json, "invalid") > 0)
		status = TOOL_NO;
	answer_finish(&answer);
	buffer_finish(&path);
	input_close(file);
	return status;
}

static const struct option options_known[] = {
	{"columns", OPTION_VALUE, "MAP",
		"which column is which: address=email,reason=status"},
	{"reason", OPTION_VALUE, "REASON", "for lines that name none (default: import)"},
	{"scope", OPTION_VALUE, "SCOPE",
		"for lines that name none (default: everything)"},
	{"note", OPTION_VALUE, "TEXT", "for lines that have none"},
	{"dry-run", OPTION_FLAG, NULL, "say what would be done, and do nothing"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_suppression_import = {
	.name = "suppression import",
	.arguments = "FILE | -",
	.summary = "puts the addresses of a file on the list",
	.description =
		"Recognises its own exports (CSV, NDJSON), the CSV of other providers by "
		"its\nheader, a plain list of addresses, and SES's formats: what \"aws "
		"sesv2\nlist-suppressed-destinations\" prints, and the files of its "
		"import jobs. Lines that\ncannot be read are told by number and do not "
		"stop the rest; exit status 1 then.\nWhat is there already stays, so an "
		"interrupted import is simply run again.\n",
	.examples = "  ses-feedback suppression import list.csv\n"
		    "  ses-feedback suppression import --columns "
		    "address=email,since=created old.csv\n"
		    "  aws sesv2 list-suppressed-destinations | ses-feedback "
		    "suppression import -\n",
	.options = options_known,
	.words_least = 1,
	.words_most = 1,
	.run = run,
};
