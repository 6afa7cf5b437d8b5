/* command_suppression_list.c - the suppression list, page after page. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/entry.h"
#include "tool/pages.h"
#include "tool/path.h"
#include "tool/table.h"

static const struct column columns[] = {{"ADDRESS", false}, {"REASON", false},
	{"SINCE", false}, {"EXPIRES", false}, {"SCOPE", false}, {"NOTE", false},
	{NULL, false}};

struct list {
	struct tool *tool;
	struct table *table;
};

static void add(void *closure, const struct json *entry)
{
	struct list *list = closure;
	char shown[WHEN_SIZE];

	table_cell(list->table, SCREEN_PLAIN, json_text(entry, "address"));
	table_cell(list->table, SCREEN_PLAIN, entry_reason(entry));
	table_cell(
		list->table, SCREEN_PLAIN, when_show(json_text(entry, "since"), shown));
	table_cell(list->table, SCREEN_PLAIN, entry_expires(entry, shown));
	table_cell(list->table, SCREEN_PLAIN, entry_scope(entry));
	table_cell(list->table, SCREEN_PLAIN, json_text(entry, "note"));
}

static void end_page(void *closure)
{
	struct list *list = closure;

	table_flush(list->table, list->tool, 0);
	fflush(list->tool->out);
}

/* Times are relative to our clock, so that every page asks for the same. */
static bool write_path(
	const struct options *options, struct buffer *path, struct error *error)
{
	static const char *const names[] = {"since", "until"};
	char text[UTC_TEXT_SIZE];
	utc_ms time, now = clock_now();

	buffer_append_text(path, "/v1/suppressions");
	path_query(path, "prefix", options_value(options, "prefix"));
	path_query(path, "reason", options_value(options, "reason"));
	path_query(path, "scope", options_value(options, "scope"));
	for (size_t i = 0; i < 2; i++) {
		const char *given = options_value(options, names[i]);

		if (given == NULL)
			continue;
		if (!when_parse(names[i], given, now, WHEN_PAST, &time, error))
			return false;
		path_query(path, names[i], utc_format(time, text));
	}
	return true;
}

static enum tool_status list_all(
	struct tool *tool, struct client *client, const char *path, int64_t limit)
{
	struct list list = {.tool = tool};
	struct pages pages = {.name = "suppressions",
		.limit = limit,
		.each = add,
		.end_page = end_page,
		.closure = &list};
	enum tool_status status;

	list.table = table_new(columns);
	if (list.table == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	status = pages_show(tool, client, path, &pages);
	if (!tool->is_json && status == TOOL_DONE && pages.count == 0)
		fputs("Nobody is suppressed by this question.\n", tool->out);
	table_free(list.table);
	return status;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	const char *limit_text = options_value(options, "limit");
	struct client *client = NULL;
	enum tool_status status;
	struct buffer path;
	struct error error;
	int64_t limit = 0;

	buffer_init(&path, PATH_LIMIT);
	if (!write_path(options, &path, &error) ||
		(limit_text != NULL && !when_parse_number("limit", limit_text, 1,
					       INT64_MAX, &limit, &error))) {
		status = tool_fail(tool, TOOL_USAGE, "%s", error.text);
		goto out;
	}
	if (path.failed) {
		status = tool_fail(tool, TOOL_USAGE, "the question is too long");
		goto out;
	}
	status = client_open(tool, &client);
	if (status == TOOL_DONE)
		status = list_all(tool, client, path.bytes, limit);
out:
	client_close(client);
	buffer_finish(&path);
	return status;
}

static const struct option options_known[] = {
	{"prefix", OPTION_VALUE, "TEXT", "only addresses that begin so"},
	{"reason", OPTION_VALUE, "REASON",
		"bounce, complaint, soft-bounce, manual, import, ..."},
	{"scope", OPTION_VALUE, "SCOPE", "only entries of this scope; \"\" everything"},
	{"since", OPTION_VALUE, "TIME", "only entries made since: 24h, 2026-11-24, ..."},
	{"until", OPTION_VALUE, "TIME", "only entries made before"},
	{"limit", OPTION_VALUE, "N", "at most so many (default: all)"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_suppression_list = {
	.name = "suppression list",
	.arguments = "",
	.summary = "everybody who is not to be mailed, and why",
	.description =
		"Prints the suppression list in order of address, as it is read: a "
		"list of\nmillions needs no memory. Entries that have expired are "
		"not shown.\n",
	.examples = "  ses-feedback suppression list\n"
		    "  ses-feedback suppression list --reason complaint --since 7d\n"
		    "  ses-feedback suppression list --prefix anna@\n"
		    "  ses-feedback --json suppression list | jq -r "
		    "'.suppressions[].address'\n",
	.options = options_known,
	.words_least = 0,
	.words_most = 0,
	.run = run,
};
