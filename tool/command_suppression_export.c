/* command_suppression_export.c - the suppression list as a file. */
#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/path.h"
#include "tool/progress.h"

static const char *const formats[] = {"csv", "ndjson", "ses", "ses-delete"};

static const char *find_format(struct tool *tool, const struct options *options)
{
	const char *given = options_value(options, "format");

	if (given == NULL)
		return tool->is_json ? "ndjson" : "csv";
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (text_equal(formats[i], given))
			return given;
	tool_fail(tool, TOOL_USAGE, "--format %.60s: one of csv, ndjson, ses, ses-delete",
		given);
	return NULL;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	const char *format = find_format(tool, options);
	struct client *client = NULL;
	struct progress progress;
	enum tool_status status;
	struct buffer path;

	if (format == NULL)
		return TOOL_USAGE;
	buffer_init(&path, PATH_LIMIT);
	buffer_append_text(&path, "/v1/suppressions/export");
	path_query(&path, "format", format);
	path_query(&path, "reason", options_value(options, "reason"));
	path_query(&path, "scope", options_value(options, "scope"));
	if (path.failed) {
		status = tool_fail(tool, TOOL_USAGE, "the question is too long");
		goto out;
	}
	status = client_open(tool, &client);
	if (status != TOOL_DONE)
		goto out;
	/* On a terminal the list itself shows how far it got. */
	progress_begin(&progress, tool->err, "export", -1);
	if (tool->is_terminal)
		progress.err = NULL;
	status = client_download(client, path.bytes, tool->out, &progress);
out:
	client_close(client);
	buffer_finish(&path);
	return status;
}

static const struct option options_known[] = {
	{"format", OPTION_VALUE, "FORMAT", "csv (default), ndjson, ses or ses-delete"},
	{"reason", OPTION_VALUE, "REASON", "only entries of this reason"},
	{"scope", OPTION_VALUE, "SCOPE", "only entries of this scope"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_suppression_export = {
	.name = "suppression export",
	.arguments = "",
	.summary = "prints the whole list as a file",
	.description =
		"Prints every entry, in order of address, in constant memory: as CSV "
		"with the\ncolumns address,reason,scope,since,expires,note, or as "
		"NDJSON, one entry a line.\n\"ses\" gives the JSON lines that an import "
		"job of SES takes to add, \"ses-delete\"\nthe lines it takes to delete: "
		"only what holds for good is in them. Broken off,\nit says so and the "
		"exit status is 3.\n",
	.examples =
		"  ses-feedback suppression export > list.csv\n"
		"  ses-feedback suppression export --format ndjson --reason complaint\n",
	.options = options_known,
	.words_least = 0,
	.words_most = 0,
	.run = run,
};
