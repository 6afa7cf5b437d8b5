/* command_suppression_remove.c - takes addresses off the suppression list. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/entry.h"
#include "tool/screen.h"
#include "tool/table.h"
#include "tool/where.h"
#include "tool/words.h"

#define WHERE_SECONDS 3600L
#define WORD_MAX ((size_t) 64 * 1024)

static const struct column columns[] = {{"ADDRESS", false}, {"RESULT", false},
	{"REASON", false}, {"SINCE", false}, {"DIAGNOSTIC", false}, {NULL, false}};

/* Whoever is on the list has chosen the words. */
static void print_quoted(struct tool *tool, const char *text)
{
	struct buffer word;

	buffer_init(&word, WORD_MAX);
	if (buffer_append_quoted(&word, text))
		screen_print(tool, SCREEN_PLAIN, "%s", word.bytes);
	else
		tool->is_cut = true;
	buffer_finish(&word);
}

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
		if (region != NULL) {
			fputs(" --region ", tool->out);
			print_quoted(tool, region);
		}
		fputs(" --email-address ", tool->out);
		print_quoted(tool, original);
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
	bool has_more;

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
	if (words_member_integer(answer, "kept") > 0)
		fprintf(tool->out,
			"%s stay: a complaint or a rule by hand suppresses them too\n",
			words_member_count(answer, "kept", number));
	if (json_boolean(answer, "more", &has_more) && has_more)
		fputs("This is not all of them: run the same command again.\n",
			tool->out);
	if (!is_dry)
		warn_of_ses(tool, results);
	return TOOL_DONE;
}

/* RFC 4180. */
static void write_cell(FILE *file, const char *text)
{
	bool is_quoted = strpbrk(text, ",\"\r\n") != NULL;

	if (is_quoted)
		fputc('"', file);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', file);
		fputc(*text, file);
	}
	fputs(is_quoted ? "\"\n" : "\n", file);
}

/* The lines of an import job of SES that deletes: SES puts hard bounces on its own list,
 * whether it has told us or not. */
static enum tool_status write_ses_file(
	struct tool *tool, FILE *file, const struct json *results)
{
	for (const struct json *one = json_first(results); one != NULL;
		one = json_next(one)) {
		const char *result = json_text(one, "result");
		const char *address = json_text(one, "original");

		if (address == NULL)
			address = json_text(one, "address");
		if (address != NULL &&
			(text_equal(result, "removed") || text_equal(result, "matched")))
			write_cell(file, address);
	}
	if (fflush(file) == 0 && fsync(fileno(file)) == 0 && !ferror(file))
		return TOOL_DONE;
	return tool_fail(tool, TOOL_USAGE,
		"--ses-delete: cannot be written to its end; the JSON answer has the "
		"addresses too");
}

/* 2: something was no address; 1: something stays that was to go. */
static enum tool_status status_of(const struct json *answer)
{
	enum tool_status status = TOOL_DONE;
	bool has_more;

	for (const struct json *one = json_first(json_member(answer, "results"));
		one != NULL; one = json_next(one)) {
		const char *result = json_text(one, "result");

		if (text_equal(result, "invalid"))
			status = tool_worse(status, TOOL_USAGE);
		else if (text_equal(result, "conflict") || text_equal(result, "not-soft"))
			status = tool_worse(status, TOOL_NO);
	}
	if (json_boolean(answer, "more", &has_more) && has_more)
		status = tool_worse(status, TOOL_NO);
	return status;
}

static enum tool_status show(struct tool *tool, const struct options *options,
	const struct json *answer, bool is_where, FILE *ses_file)
{
	const struct json *results = json_member(answer, "results");
	enum tool_status status = TOOL_DONE;

	if (tool->is_json)
		screen_print_json(tool, answer);
	else if (is_where)
		status = show_matches(tool, answer, options_flag(options, "dry-run"));
	else
		show_words(tool, results, options_value(options, "scope"));
	if (ses_file != NULL)
		status = tool_worse(status, write_ses_file(tool, ses_file, results));
	return tool_worse(status, status_of(answer));
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

static enum tool_status ask(struct tool *tool, const struct options *options,
	const char *body, bool is_where, FILE *ses_file)
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
		status = show(tool, options, answer.json, is_where, ses_file);
	answer_finish(&answer);
	client_close(client);
	return status;
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	const char *ses_path = options_value(options, "ses-delete");
	bool is_where = options_value(options, "where") != NULL;
	FILE *ses_file = NULL;
	enum tool_status status;
	struct error error;
	char *body;

	if (is_where == (options->word_count > 0))
		return tool_fail(tool, TOOL_USAGE, "give either addresses or --where");
	if (!is_where && options_flag(options, "dry-run"))
		return tool_fail(tool, TOOL_USAGE, "--dry-run goes with --where");
	/* Before anything is removed: nobody could find these addresses again. */
	if (ses_path != NULL && (ses_file = fopen(ses_path, "we")) == NULL)
		return tool_fail(tool, TOOL_USAGE,
			"--ses-delete %s: %s; nothing is removed", ses_path,
			strerror(errno));
	body = write_body(options, &error);
	if (body == NULL)
		status = tool_fail(tool, TOOL_USAGE, "%s", error.text);
	else
		status = ask(tool, options, body, is_where, ses_file);
	if (ses_file != NULL)
		fclose(ses_file);
	free(body);
	return status;
}

static const struct option options_known[] = {
	{"scope", OPTION_VALUE, "SCOPE", "the entry of this scope"},
	{"note", OPTION_VALUE, "TEXT", "why, for whoever asks later"},
	{"where", OPTION_VALUE, "CONDITIONS",
		"what bounces put there: provider=google,since=6h,..."},
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
		"undoes what false bounces did,\nfirst with --dry-run: conditions with "
		"commas between, provider=NAME, reason=REASON\n(bounce, quarantine or "
		"soft-bounce), diagnostic~TEXT, since=TIME (needed), until=TIME.\n",
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
