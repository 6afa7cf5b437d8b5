/* command_suppression_check.c - who of many may be mailed. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "tool/client.h"
#include "tool/command.h"
#include "tool/entry.h"
#include "tool/input.h"
#include "tool/stream.h"
#include "tool/table.h"
#include "tool/words.h"

#define CHUNK_ADDRESSES 10000 /* what the API takes at once */
#define CHUNK_BYTES ((size_t) 1 * 1024 * 1024)
#define LINE_MAX_BYTES 2048

static const struct column columns[] = {{"ADDRESS", false}, {"STATE", false},
	{"REASON", false}, {"SINCE", false}, {"EXPIRES", false}, {"SCOPE", false},
	{NULL, false}};

struct check {
	struct tool *tool;
	struct client *client;
	const char *scope;
	struct table *table;
	struct stream stream;
	char **asked; /* as given, trimmed */
	size_t count, bytes;
	const struct json **found; /* entries of one answer, by the address asked */
	size_t found_count;
	struct json *probation, *exempt; /* --json: named by the answers so far */
	int64_t suppressed, clear;
};

static int compare_entries(const void *one, const void *other)
{
	const struct json *const *a = one, *const *b = other;

	return strcmp(
		words_member_text(*a, "asked", ""), words_member_text(*b, "asked", ""));
}

static int compare_key(const void *key, const void *element)
{
	const struct json *const *entry = element;

	return strcmp(key, words_member_text(*entry, "asked", ""));
}

/* Whether a list of the answer names the address as it was asked. */
static bool list_has(const struct json *answer, const char *name, const char *text)
{
	for (const struct json *one = json_first(json_member(answer, name)); one != NULL;
		one = json_next(one))
		if (text_equal(json_as_text(one), text))
			return true;
	return false;
}

static const char *clear_words(const struct json *answer, const char *text)
{
	if (list_has(answer, "probation", text))
		return "clear, on probation";
	return list_has(answer, "exempt", text) ? "clear, exempt" : "clear";
}

static void add_row(struct check *check, const char *asked, const struct json *entry,
	const struct json *answer)
{
	struct table *table = check->table;
	char shown[WHEN_SIZE];

	table_cell(table, SCREEN_PLAIN, asked);
	if (entry == NULL) {
		table_cell(table, SCREEN_GOOD, clear_words(answer, asked));
		for (int i = 0; i < 4; i++)
			table_cell(table, SCREEN_PLAIN, NULL);
		return;
	}
	table_cell(table, SCREEN_DANGER, "suppressed");
	table_cell(table, SCREEN_PLAIN, entry_reason(entry));
	table_cell(table, SCREEN_PLAIN, when_show(json_text(entry, "since"), shown));
	table_cell(table, SCREEN_PLAIN, entry_expires(entry, shown));
	table_cell(table, SCREEN_PLAIN, entry_scope(entry));
}

static void keep_names(struct json *kept, const struct json *names)
{
	for (const struct json *one = json_first(names); one != NULL;
		one = json_next(one))
		if (json_as_text(one) != NULL)
			json_append_text(kept, json_as_text(one));
}

static enum tool_status show_chunk(struct check *check, const struct json *json)
{
	const struct json *list = json_member(json, "suppressed");

	/* "clear" is said only of what this daemon looked up. */
	if (!json_is_array(list))
		return tool_fail(check->tool, TOOL_UNREACHABLE,
			"the answer has no list \"suppressed\": something else listens "
			"there");
	check->found_count = 0;
	for (const struct json *entry = json_first(list);
		entry != NULL && check->found_count < CHUNK_ADDRESSES;
		entry = json_next(entry)) {
		check->found[check->found_count++] = entry;
		if (check->tool->is_json)
			stream_element(&check->stream, entry);
	}
	if (check->tool->is_json) {
		keep_names(check->probation, json_member(json, "probation"));
		keep_names(check->exempt, json_member(json, "exempt"));
	}
	qsort(check->found, check->found_count, sizeof(*check->found), compare_entries);
	for (size_t i = 0; i < check->count; i++) {
		const struct json **entry = bsearch(check->asked[i], check->found,
			check->found_count, sizeof(*check->found), compare_key);

		if (entry != NULL)
			check->suppressed++;
		else
			check->clear++;
		if (!check->tool->is_json)
			add_row(check, check->asked[i], entry == NULL ? NULL : *entry,
				json);
	}
	if (!check->tool->is_json && !table_flush(check->table, check->tool, 0))
		return tool_fail(check->tool, TOOL_UNREACHABLE, "out of memory");
	fflush(check->tool->out);
	return TOOL_DONE;
}

static void forget_chunk(struct check *check)
{
	for (size_t i = 0; i < check->count; i++) {
		free(check->asked[i]);
	}
	check->count = 0;
	check->bytes = 0;
}

static enum tool_status ask_chunk(struct check *check)
{
	enum tool_status status;
	struct answer answer = {0};
	struct buffer body;

	if (check->count == 0)
		return TOOL_DONE;
	buffer_init(&body, 8 * CHUNK_BYTES);
	buffer_append_text(&body, "{\"addresses\":[");
	for (size_t i = 0; i < check->count; i++) {
		buffer_append_text(&body, i == 0 ? "" : ",");
		json_print_text(&body, check->asked[i]);
	}
	buffer_append_text(&body, "]");
	if (check->scope != NULL) {
		buffer_append_text(&body, ",\"scope\":");
		json_print_text(&body, check->scope);
	}
	if (!buffer_append_text(&body, "}"))
		status = tool_fail(check->tool, TOOL_UNREACHABLE, "out of memory");
	else
		status = client_call(check->client, "POST", "/v1/suppressions/check",
			body.bytes, body.length, &answer);
	buffer_finish(&body);
	if (status == TOOL_DONE)
		status = show_chunk(check, answer.json);
	answer_finish(&answer);
	forget_chunk(check);
	return status;
}

/* Takes one address; asks when a chunk is full. where says where it stood, for messages:
 * 0 is the command line. */
static enum tool_status take(
	struct check *check, const char *text, size_t length, size_t line)
{
	char normal[SES_ADDRESS_MAX];
	char *asked;

	text = text_trim(text, &length);
	if (!utf8_is_valid(text, length) || memchr(text, '\0', length) != NULL ||
		!ses_address_normalise(text, length, normal)) {
		if (line > 0)
			return tool_fail(check->tool, TOOL_USAGE,
				"line %zu: no mail address: %.*s", line,
				length < 100 ? (int) length : 100, text);
		return tool_fail(check->tool, TOOL_USAGE, "no mail address: %.*s",
			length < 100 ? (int) length : 100, text);
	}
	asked = text_copy(text, length);
	check->asked[check->count++] = asked;
	check->bytes += length;
	if (asked == NULL)
		return tool_fail(check->tool, TOOL_UNREACHABLE, "out of memory");
	if (check->count == CHUNK_ADDRESSES || check->bytes >= CHUNK_BYTES)
		return ask_chunk(check);
	return TOOL_DONE;
}

static enum tool_status take_lines(struct check *check)
{
	enum tool_status worst = TOOL_DONE;
	struct buffer line;
	size_t number = 0, length;

	buffer_init(&line, LINE_MAX_BYTES);
	while (worst != TOOL_UNREACHABLE && input_read_line(stdin, &line)) {
		enum tool_status status = TOOL_DONE;

		number++;
		length = line.length;
		if (line.failed)
			status = tool_fail(check->tool, TOOL_USAGE,
				"line %zu: no mail address: too long", number);
		else if (length > 0 && (text_trim(line.bytes, &length), length > 0))
			status = take(check, line.bytes, line.length, number);
		worst = tool_worse(worst, status);
	}
	buffer_finish(&line);
	if (ferror(stdin))
		return tool_fail(check->tool, TOOL_UNREACHABLE,
			"cannot read standard input to its end");
	return worst;
}

static enum tool_status take_words(struct check *check, const struct options *options)
{
	enum tool_status worst = TOOL_DONE;

	for (size_t i = 0; i < options->word_count && worst != TOOL_UNREACHABLE; i++) {
		const char *word = options->words[i];

		if (text_equal(word, "-"))
			worst = tool_worse(worst, take_lines(check));
		else
			worst = tool_worse(worst, take(check, word, strlen(word), 0));
	}
	if (worst != TOOL_UNREACHABLE)
		worst = tool_worse(worst, ask_chunk(check));
	return worst;
}

static void say_sum(struct check *check)
{
	char suppressed[WORDS_SIZE], clear[WORDS_SIZE];
	struct json *rest;

	if (check->tool->is_json) {
		rest = json_object();
		json_put_integer(rest, "clear", check->clear);
		json_put(rest, "probation", check->probation);
		json_put(rest, "exempt", check->exempt);
		check->probation = check->exempt = NULL;
		stream_end(&check->stream, rest);
	} else if (check->suppressed + check->clear > 1) {
		fprintf(check->tool->out, "%s suppressed, %s clear\n",
			words_count(check->suppressed, suppressed),
			words_count(check->clear, clear));
	}
}

static enum tool_status run(struct tool *tool, const struct options *options)
{
	struct check check = {.tool = tool, .scope = options_value(options, "scope")};
	enum tool_status status;

	status = client_open(tool, &check.client);
	if (status != TOOL_DONE)
		return status;
	check.table = table_new(columns);
	check.asked = calloc(CHUNK_ADDRESSES, sizeof(*check.asked));
	check.found = calloc(CHUNK_ADDRESSES, sizeof(*check.found));
	if (check.table == NULL || check.asked == NULL || check.found == NULL) {
		status = tool_fail(tool, TOOL_UNREACHABLE, "out of memory");
		goto out;
	}
	if (tool->is_json) {
		check.probation = json_array();
		check.exempt = json_array();
		stream_begin(&check.stream, tool, "suppressed");
	}
	status = take_words(&check, options);
	if (check.suppressed > 0)
		status = tool_worse(status, TOOL_NO);
	if (status != TOOL_UNREACHABLE)
		say_sum(&check);
out:
	forget_chunk(&check);
	free(check.asked);
	free(check.found);
	json_free(check.probation);
	json_free(check.exempt);
	table_free(check.table);
	client_close(check.client);
	return status;
}

static const struct option options_known[] = {
	{"scope", OPTION_VALUE, "SCOPE",
		"the mail's stream: a configuration set, tenant:NAME, ..."},
	{NULL, OPTION_FLAG, NULL, NULL},
};

const struct command command_suppression_check = {
	.name = "suppression check",
	.arguments = "ADDRESS... | -",
	.summary = "may these addresses be mailed?",
	.description =
		"Says for each address whether it is suppressed or clear; \"-\" reads "
		"addresses from\nstandard input, one a line, as many as you like. Exit "
		"status 0 if all are clear,\n1 if any is suppressed, 2 if any is no mail "
		"address.\n",
	.examples =
		"  ses-feedback suppression check anna@example.com\n"
		"  ses-feedback suppression check - < addresses.txt\n"
		"  ses-feedback suppression check anna@example.com && send-the-mail\n",
	.options = options_known,
	.words_least = 1,
	.words_most = COMMAND_WORDS_ANY,
	.run = run,
};
