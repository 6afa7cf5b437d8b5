/* command_suppression_remove.c - takes addresses off the suppression list. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/entry.h"
#include "tool/screen.h"
#include "tool/table.h"
#include "tool/where.h"
#include "tool/words.h"

#define WHERE_SECONDS 3600L

static const struct column columns[] = {{"ADDRESS", false}, {"RESULT", false},
	{"REASON", false}, {"SINCE", false}, {"DIAGNOSTIC", false}, {NULL, false}};

/* SES's list is another one, and people are surprised by it. */
static void warn_of_ses(struct tool *tool, const struct json *results)
{
	for (const struct json *one = json_first(results); one != NULL;
		one = json_next(one)) {
		const char *original = json_text(one, "original");
		const char *region = json_text(one, "region");

		if (!text_equal(json_text(one, "at_ses"), "blocked"))
			continue;
		if (original == NULL)
			original = words_member_text(one, "address", "?");
		screen_print(tool, SCREEN_WARNING,
			"SES itself goes on refusing %s until you run:", original);
		fputs("\n  aws sesv2 delete-suppressed-destination", tool->out);
		if (region != NULL)
			screen_print(tool, SCREEN_PLAIN, " --region %s", region);
		screen_print(tool, SCREEN_PLAIN, " --email-address '%s'", original);
		fputc('\n', tool->out);
	}
}

static void show_words(struct tool *tool, const struct json *results, const char *scope)
{
	for (const struct json *one = json_first(results); one != NULL;
		one = json_next(one)) {
		const char *result = words_member_text(one, "result", "?");
		const char *address = words_member_text(one, "address", "?");

		if (text_equal(result, "removed"))
			screen_print(tool, SCREEN_PLAIN, "%s is removed", address);
		else if (text_equal(result, "unknown") || text_equal(result, "unchanged"))
			screen_print(
				tool, SCREEN_PLAIN, "%s was not on the list", address);
		else
			screen_print(tool, SCREEN_DANGER, "%s: %s", address,
				words_member_text(one, "detail", result));
		screen_print(
			tool, SCREEN_DIM, " (%s)", scope == NULL ? "everything" : scope);
		fputc('\n', tool->out);
	}
	warn_of_ses(tool, results);
}

static enum tool_status show_matches(
	struct tool *tool, const struct json *answer, bool is_dry)
{
	const struct json *results = json_member(answer, "results");
	struct table *table = table_new(columns);
	char shown[WHEN_SIZE], number[WORDS_SIZE];

	if (table == NULL)
		return tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
	for (const struct json *one = json_first(results); one != NULL;
		one = json_next(one)) {
		table_cell(table, SCREEN_PLAIN, json_text(one, "address"));
		table_cell(table, SCREEN_PLAIN,
			is_dry ? "would be removed"
			       : words_member_text(one, "result", "?"));
		table_cell(table, SCREEN_PLAIN, entry_reason(one));
		table_cell(
			table, SCREEN_PLAIN, when_show(json_text(one, "since"), shown));
		table_cell(table, SCREEN_DIM, json_text(one, "diagnostic"));
	}
	if (table_rows(table) > 0)
		table_flush(table, tool, 0);
	table_free(table);
	fprintf(tool->out, "%s matched%s\n",
		words_member_count(answer, "matched", number),
		is_dry ? "; nothing was changed (--dry-run)" : "");
	return TOOL_DONE;
}

/* The lines of an import job of SES that deletes, for those that SES holds as well. */
static enum tool_status write_ses_file(
	struct tool *tool, const char *path, const struct json *results)
{
	FILE *file = fopen(path, "we");
	bool went_well;

	if (file == NULL)
		return tool_fail(
			tool, TOOL_USAGE, "--ses-delete %s: cannot be written", path);
	for (const struct json *one = json_first(results); one != NULL;
		one = json_next(one)) {
		const char *address = json_text(one, "original");

		if (address == NULL)
			address = json_text(one, "address");
		if (address != NULL)
			fprintf(file, "%s\n", address);
	}
	went_well = !ferror(file);
	went_well = fclose(file) == 0 && went_well;
	if (!went_well)
		return tool_fail(
			tool, TOOL_USAGE, "--ses-delete %s: cannot be written", path);
	return TOOL_DONE;
}

static bool any_is_bad(const struct json *results)
{
	for (const struct json *one = json_first(results); one != NULL;
		one = json_next(one))
		if (text_equal(json_text(one, "result"), "invalid"))
			return true;
	return false;
}

static enum tool_status show(struct tool *tool, const struct options *options,
	const struct json *answer, bool is_where)
{
	const struct json *results = json_member(answer, "results");
	const char *ses_file = options_value(options, "ses-delete");
	enum tool_status status = TOOL_DONE;

	if (tool->is_json)
		screen_print_json(tool, answer);
	else if (is_where)
		status = show_matches(tool, answer, options_flag(options, "dry-run"));
	else
		show_words(tool, results, options_value(options, "scope"));
	if (ses_file != NULL)
		status = tool_worse(status, write_ses_file(tool, ses_file, results));
	return any_is_bad(results) ? tool_worse(status, TOOL_USAGE) : status;
}

/* The body of the call, freed by the caller; NULL with error. */
static char *write_body(const struct options *options, struct error *error)
{
	const char *where = options_value(options, "where");
	struct json *json = json_object(), *addresses = json_array(), *chosen;
	char *body = NULL;

	for (size_t i = 0; i < options->word_count; i++)
		json_append_text(addresses, options->words[i]);
	if (where == NULL) {
		json_put(json, "addresses", addresses);
	} else {
		json_free(addresses);
		chosen = where_read(where, clock_now(), error);
		if (chosen == NULL)
			goto out;
		json_put(json, "where", chosen);
		json_put_boolean(json, "dry_run", options_flag(options, "dry-run"));
	}
	if (options_value(options, "scope") != NULL)
		json_put_text(json, "scope", options_value(options, "scope"));
	if (options_value(options, "note") != NULL)
		json_put_text(json, "note", options_value(options, "note"));
	body = json_print(json);
	if (body == NULL)
		error_set(error, "out of memory");
out:
	json_free(json);
	return body;
}

static enum tool_status ask(
	struct tool *tool, const struct options *options, const char *body, bool is_where)
{
	struct client *client = NULL;
	struct answer answer = {0};
	enum tool_status status = client_open(tool, &client);

	if (status == TOOL_DONE) {
		if (is_where)
			client_set_timeout(client, WHERE_SECONDS);
		status = client_call(client, "POST", "/v1/suppressions/remove", body,
			strlen(body), &answer);
	}
	if (status == TOOL_DONE)
		status = show(tool, options, answer.json, is_where);
	answer_finish(&answer);
	client_close(client);
	return status;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	bool is_where = options_value(options, "where") != NULL;
	enum tool_status status;
	struct error error;
	char *body;

	if (is_where == (options->word_count > 0))
		return tool_fail(tool, TOOL_USAGE,
			"give addresses, or --where with conditions (one of them)");
	if (!is_where && options_flag(options, "dry-run"))
		return tool_fail(tool, TOOL_USAGE, "--dry-run goes with --where");
	body = write_body(options, &error);
	if (body == NULL)
		return tool_fail(tool, TOOL_USAGE, "%s", error.text);
	status = ask(tool, options, body, is_where);
	free(body);
	return status;
}

static const struct option options_known[] = {
	{"scope", OPTION_VALUE, "SCOPE", "the entry of this scope"},
	{"note", OPTION_VALUE, "TEXT", "why, for whoever asks later"},
	{"where", OPTION_VALUE, "CONDITIONS",
		"all that bounces of a time put there: provider=google,\n"
		"diagnostic~5.1.1,since=2026-11-24T10:00:00Z,until=..."},
	{"dry-run", OPTION_FLAG, NULL, "with --where: only show them"},
	{"ses-delete", OPTION_VALUE, "FILE",
		"also write the addresses for an import job of SES that deletes"},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_suppression_remove = {
	.name = "suppression remove",
	.arguments = "ADDRESS... | --where CONDITIONS",
	.summary = "takes addresses off the list",
	.description =
		"Removes the entries of the addresses, whatever their reason. What was "
		"reported until\nnow does not bring them back, a replay neither; newer "
		"feedback does. SES's own list\nis another one: where it goes on "
		"refusing an address, the command that ends it is\nshown. --where "
		"undoes what false bounces did: first with --dry-run.\n",
	.examples =
		"  ses-feedback suppression remove anna@example.com --note \"asked\"\n"
		"  ses-feedback suppression remove --scope newsletter anna@example.com\n"
		"  ses-feedback suppression remove --dry-run \\\n"
		"    --where provider=google,diagnostic~5.1.1,since=6h\n",
	.options = options_known,
	.words_least = 0,
	.words_most = COMMAND_WORDS_ANY,
	.run = run,
};
