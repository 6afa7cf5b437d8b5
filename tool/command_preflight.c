/* command_preflight.c - what sending to a list would do, before it is sent. */
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/input.h"
#include "tool/path.h"
#include "tool/preflight.h"
#include "tool/progress.h"
#include "tool/screen.h"
#include "tool/when.h"
#include "tool/words.h"

/* The first line of an answer with addresses: the whole of one without. */
#define ANSWER_MAX ((size_t) 8 << 20)

struct asked {
	const char *name;   /* of the list */
	const char *folder; /* for the slices; NULL */
	bool wants_slices;
};

/* "111122223333/eu-west-1", or the account alone. */
static bool put_account(struct buffer *path, const char *given)
{
	char account[13], *slash;
	char text[64];

	if (given == NULL)
		return true;
	if (strlen(given) >= sizeof(text))
		return false;
	memcpy(text, given, strlen(given) + 1);
	slash = strchr(text, '/');
	if (slash != NULL)
		*slash++ = '\0';
	if (strlen(text) != 12 || !text_is_made_of(text, "0123456789") ||
		(slash != NULL && *slash == '\0'))
		return false;
	memcpy(account, text, sizeof(account));
	path_query(path, "account", account);
	path_query(path, "region", slash);
	return true;
}

static bool write_path(
	const struct options *options, struct buffer *path, struct error *error)
{
	const char *slices = options_value(options, "slices");
	int64_t number;

	buffer_append_text(path, "/v1/preflight");
	if (!put_account(path, options_value(options, "account")))
		return error_set(error, "--account takes ACCOUNT/REGION, such as "
					"111122223333/eu-west-1");
	if (slices != NULL &&
		!when_parse_number("slices", slices, 1, 100, &number, error))
		return false;
	path_query(path, "scope", options_value(options, "scope"));
	path_query(
		path, "configuration_set", options_value(options, "configuration-set"));
	path_query(path, "columns", options_value(options, "columns"));
	path_query(path, "slices", slices);
	path_query(path, "addresses",
		options_value(options, "write") == NULL ? NULL : "yes");
	return !path->failed || error_set(error, "the options are too long");
}

static int64_t length_of(FILE *file)
{
	struct stat about;

	if (fstat(fileno(file), &about) != 0 || !S_ISREG(about.st_mode))
		return -1;
	return (int64_t) about.st_size - (int64_t) ftello(file);
}

/* The answer goes to a file, for it is as long as the list. */
static enum tool_status ask(
	struct tool *tool, const char *path, FILE *file, const char *name, FILE *answer)
{
	struct progress progress;
	struct client *client;
	enum tool_status status = client_open(tool, &client);
	int64_t length = length_of(file);

	if (status != TOOL_DONE)
		return status;
	progress_begin(&progress, tool->err, name, length);
	status = client_exchange(client, path, file, length, answer, &progress);
	client_close(client);
	return status;
}

static enum tool_status say_no_address(
	struct tool *tool, const struct asked *asked, const struct json *json)
{
	if (tool->is_json)
		screen_print_json(tool, json);
	else
		preflight_say_bad_lines(tool, json);
	return tool_fail(tool, TOOL_USAGE, "no address in %s", asked->name);
}

static enum tool_status show_found(struct tool *tool, const struct asked *asked,
	FILE *answer, const struct json *json)
{
	enum tool_status status = TOOL_DONE;
	bool has_slices = preflight_has_slices(json);

	if (asked->folder != NULL && has_slices)
		status = preflight_write_slices(tool, answer, json, asked->folder);
	if (tool->is_json)
		screen_print_json(tool, json);
	else
		preflight_show(tool, json, status == TOOL_DONE ? asked->folder : NULL);
	if ((asked->folder != NULL || asked->wants_slices) && !has_slices)
		preflight_say_no_slice(tool->is_json ? tool->err : tool->out, json);
	return status;
}

static enum tool_status show(struct tool *tool, const struct asked *asked, FILE *answer)
{
	enum tool_status status;
	struct error error = {""};
	struct json *json = NULL;
	struct buffer line;

	rewind(answer);
	buffer_init(&line, ANSWER_MAX);
	if (input_read_line(answer, &line) && !line.failed)
		json = json_parse(line.bytes, line.length, JSON_REPAIR, &error);
	buffer_finish(&line);
	if (json == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "the daemon's answer: %s",
			error.text[0] == '\0' ? "there is none" : error.text);
	if (words_member_integer(json, "addresses") == 0)
		status = say_no_address(tool, asked, json);
	else
		status = show_found(tool, asked, answer, json);
	json_free(json);
	return status;
}

/* Before the list is read: it may take minutes. */
static enum tool_status check_folder(struct tool *tool, const char *folder)
{
	struct stat about;

	if (folder == NULL || (stat(folder, &about) == 0 && S_ISDIR(about.st_mode)))
		return TOOL_DONE;
	return tool_fail(tool, TOOL_USAGE,
		"--write %s: there is no such folder; make it first (mkdir -m 700 %s)",
		folder, folder);
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	const char *name = options->words[0];
	const struct asked asked = {
		.name = input_name(name),
		.folder = options_value(options, "write"),
		.wants_slices = options_value(options, "slices") != NULL,
	};
	FILE *file = NULL, *answer = NULL;
	enum tool_status status;
	struct buffer path;
	struct error error;

	buffer_init(&path, PATH_LIMIT);
	if (!write_path(options, &path, &error)) {
		status = tool_fail(tool, TOOL_USAGE, "%s", error.text);
		goto out;
	}
	status = check_folder(tool, asked.folder);
	if (status != TOOL_DONE)
		goto out;
	file = input_open(name, &error);
	if (file == NULL) {
		status = tool_fail(tool, TOOL_USAGE, "%s: %s", name, error.text);
		goto out;
	}
	answer = tmpfile();
	if (answer == NULL) {
		status = tool_fail(tool, TOOL_UNREACHABLE,
			"no temporary file can be made for the answer");
		goto out;
	}
	status = ask(tool, path.bytes, file, asked.name, answer);
	if (status == TOOL_DONE)
		status = show(tool, &asked, answer);
out:
	if (answer != NULL)
		fclose(answer);
	input_close(file);
	buffer_finish(&path);
	return status;
}

static const struct option options_known[] = {
	{"account", OPTION_VALUE, "ACCOUNT/REGION",
		"whose rate it is about; needed where there are several"},
	{"scope", OPTION_VALUE, "SCOPE",
		"the stream it is sent in: a configuration set, tenant:NAME, …"},
	{"configuration-set", OPTION_VALUE, "NAME",
		"the same, for a configuration set; it chooses the stream of the "
		"suppression list only: the rates stay the account's"},
	{"columns", OPTION_VALUE, "MAP", "which column is it: address=email"},
	{"slices", OPTION_VALUE, "N", "at least so many slices"},
	{"write", OPTION_VALUE, "DIR",
		"write each slice's addresses to DIR/slice-1.txt, …; DIR has to be "
		"there, "
		"and no file is written over"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_preflight = {
	.name = "preflight",
	.arguments = "FILE | -",
	.summary = "what sending to a list would do to the rates",
	.description =
		"Reads a list (CSV with a header, one address a line, NDJSON), looks "
		"each "
		"address up in\none's own history, predicts the hard bounces with a 95 % "
		"interval, and says what they\nwould make of the account's bounce rate. "
		"Proposes slices, the safest addresses first,\nthat keep it below the "
		"warning level. What is mostly a guess is called one. Nothing\nis "
		"recorded, and nothing is sent.\n",
	.examples = "  ses-feedback preflight list.csv\n"
		    "  ses-feedback preflight list.csv --account "
		    "111122223333/eu-west-1 --scope news\n"
		    "  ses-feedback preflight list.txt --slices 5 --write .\n"
		    "  cut -d';' -f2 old.csv | ses-feedback preflight -\n",
	.options = options_known,
	.words_least = 1,
	.words_most = 1,
	.run = run,
};
