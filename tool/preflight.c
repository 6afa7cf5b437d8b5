/* preflight.c - what a preflight found, on a screen. */
#include "tool/preflight.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tool/screen.h"
#include "tool/table.h"
#include "tool/words.h"

/* screen_print escapes what ends a line. */
#define say_line(tool, style, ...)                                                       \
	do {                                                                             \
		screen_print(tool, style, __VA_ARGS__);                                  \
		fputc('\n', tool->out);                                                  \
	} while (0)

static double number_of(const struct json *object, const char *name)
{
	double number;

	return json_as_number(json_member(object, name), &number) ? number : 0;
}

/* "12.3", "1,234". */
static const char *say_number(double number, char words[WORDS_SIZE])
{
	if (number >= 100)
		return words_count((int64_t) (number + 0.5), words);
	snprintf(words, WORDS_SIZE, "%.1f", number);
	return words;
}

/* "12.3 (4.0 to 31.5)". */
static void print_interval(struct tool *tool, const struct json *interval)
{
	char expected[WORDS_SIZE], low[WORDS_SIZE], high[WORDS_SIZE];

	fprintf(tool->out, "%s (%s to %s)",
		say_number(number_of(interval, "expected"), expected),
		say_number(number_of(interval, "low"), low),
		say_number(number_of(interval, "high"), high));
}

/* ---- the list ---- */

void preflight_say_bad_lines(struct tool *tool, const struct json *answer)
{
	int64_t left_out = words_member_integer(answer, "errors_left_out");
	char number[WORDS_SIZE];

	for (const struct json *error = json_first(json_member(answer, "errors"));
		error != NULL; error = json_next(error))
		tool_fail(tool, TOOL_NO, "line %" PRId64 ": %s",
			words_member_integer(error, "line"),
			words_member_text(error, "detail", "not understood"));
	if (left_out > 0)
		tool_fail(tool, TOOL_NO, "and %s more lines that cannot be read",
			words_count(left_out, number));
}

static void say_list(struct tool *tool, const struct json *answer)
{
	char addresses[WORDS_SIZE], lines[WORDS_SIZE], number[WORDS_SIZE];

	fprintf(tool->out, "%s mailbox%s in %s line%s",
		words_member_count(answer, "addresses", addresses),
		words_member_integer(answer, "addresses") == 1 ? "" : "es",
		words_member_count(answer, "lines", lines),
		words_member_integer(answer, "lines") == 1 ? "" : "s");
	if (words_member_integer(answer, "invalid") > 0)
		fprintf(tool->out, ", %s of them bad",
			words_member_count(answer, "invalid", number));
	if (words_member_integer(answer, "duplicates") > 0)
		fprintf(tool->out, ", %s for the second time",
			words_member_count(answer, "duplicates", number));
	if (words_member_integer(answer, "other_spellings") > 0)
		fprintf(tool->out, " (%s in another spelling)",
			words_member_count(answer, "other_spellings", number));
	fputs(".\n\n", tool->out);
}

/* ---- classes and providers ---- */

static const struct column class_columns[] = {{"HISTORY", false}, {"ADDRESSES", true},
	{"RISK", true}, {"95 %", false}, {"KNOWN FROM", false}, {"BOUNCES", true},
	{NULL, false}};

static void add_class(struct table *table, const struct json *class)
{
	const struct json *risk = json_member(class, "risk");
	int64_t trials = words_member_integer(class, "trials");
	char number[WORDS_SIZE], low[WORDS_SIZE], high[WORDS_SIZE];
	bool is_guess = false;

	if (words_member_integer(class, "addresses") == 0)
		return;
	json_boolean(class, "is_guess", &is_guess);
	table_cell(table, SCREEN_PLAIN, json_text(class, "history"));
	table_cell(table, SCREEN_PLAIN, words_member_count(class, "addresses", number));
	if (text_equal(json_text(class, "history"), "suppressed")) {
		for (int i = 0; i < 4; i++)
			table_cell(table, SCREEN_DIM, i == 2 ? "is not mailed" : "");
		return;
	}
	table_cell(table, SCREEN_PLAIN, words_member_rate(risk, "expected", number));
	table_format(table, SCREEN_PLAIN, "%s to %s", words_member_rate(risk, "low", low),
		words_member_rate(risk, "high", high));
	if (is_guess)
		table_cell(table, SCREEN_WARNING, "a guess");
	else if (trials == 0)
		table_cell(table, SCREEN_PLAIN, "");
	else
		table_format(table, SCREEN_PLAIN, "%s such mails",
			words_count(trials, number));
	table_cell(table, SCREEN_PLAIN,
		say_number(number_of(class, "expected_bounces"), number));
}

static void show_classes(struct tool *tool, const struct json *answer)
{
	struct table *table = table_new(class_columns);

	if (table == NULL)
		return;
	for (const struct json *class = json_first(json_member(answer, "history"));
		class != NULL; class = json_next(class))
		add_class(table, class);
	table_flush(table, tool, 0);
	table_free(table);
	fputc('\n', tool->out);
}

#define PROVIDERS_SHOWN 10

static void show_providers(struct tool *tool, const struct json *answer)
{
	static const struct column columns[] = {{"PROVIDER", false}, {"ADDRESSES", true},
		{"SUPPRESSED", true}, {"BOUNCES", true}, {NULL, false}};
	struct table *table = table_new(columns);
	char number[WORDS_SIZE];
	size_t shown = 0;

	if (table == NULL)
		return;
	for (const struct json *row = json_first(json_member(answer, "providers"));
		row != NULL && shown < PROVIDERS_SHOWN; row = json_next(row), shown++) {
		table_cell(table, SCREEN_PLAIN, json_text(row, "provider"));
		table_cell(table, SCREEN_PLAIN,
			words_member_count(row, "addresses", number));
		table_cell(table, SCREEN_PLAIN,
			words_member_count(row, "suppressed", number));
		table_cell(table, SCREEN_PLAIN,
			say_number(number_of(row, "expected_bounces"), number));
	}
	table_flush(table, tool, 0);
	table_free(table);
	fputc('\n', tool->out);
}

/* ---- the rate ---- */

static void say_distance(struct tool *tool, const struct json *rate, double review)
{
	int64_t left = words_member_integer(json_member(rate, "remaining"), "review");
	char number[WORDS_SIZE];
	double now;

	if (!json_as_number(json_member(rate, "rate"), &now))
		return;
	if (review > 0 && now >= review)
		fputs(", beyond the review limit", tool->out);
	else if (left == 0)
		fputs(", the next hard bounce reaches the review limit", tool->out);
	else
		fprintf(tool->out, ", %s more hard bounce%s until the review limit",
			words_count(left, number), left == 1 ? "" : "s");
}

static void say_rate(
	struct tool *tool, const char *when, const struct json *rate, double review)
{
	enum screen_style style;
	const char *level = words_level(json_text(rate, "level"), &style);
	char number[WORDS_SIZE];

	fprintf(tool->out, "  %-10s %8s  ", when,
		words_member_rate(rate, "rate", number));
	screen_print(tool, style, "%s", level);
	say_distance(tool, rate, review);
	fputc('\n', tool->out);
}

static void show_rate(struct tool *tool, const struct json *answer)
{
	const struct json *after = json_member(answer, "after");
	const struct json *now = json_member(answer, "now");
	const char *account = json_text(answer, "account");
	double review = number_of(json_member(answer, "limits"), "review");
	char number[WORDS_SIZE];

	fputs("Predicted hard bounces: ", tool->out);
	print_interval(tool, json_member(answer, "bounces"));
	fprintf(tool->out, " of %s that would be mailed.\n",
		words_member_count(answer, "mailed", number));
	if (account != NULL)
		say_line(tool, SCREEN_PLAIN, "Bounce rate of %s/%s:", account,
			words_member_text(answer, "region", ""));
	else
		fputs("Bounce rate (no account is known yet):\n", tool->out);
	if (json_is_object(now))
		say_rate(tool, "now", now, review);
	say_rate(tool, "at best", json_member(after, "low"), review);
	say_rate(tool, "expected", json_member(after, "expected"), review);
	say_rate(tool, "at worst", json_member(after, "high"), review);
	fputc('\n', tool->out);
}

/* ---- the riskiest ---- */

static void show_riskiest(struct tool *tool, const struct json *answer)
{
	static const struct column columns[] = {{"RISKIEST", false}, {"LINE", true},
		{"RISK", true}, {"HISTORY", false}, {NULL, false}};
	const struct json *riskiest = json_member(answer, "riskiest");
	const char *sentence = json_text(riskiest, "sentence");
	struct table *table = table_new(columns);
	char number[WORDS_SIZE];
	bool is_empty;

	if (table == NULL)
		return;
	if (sentence != NULL)
		say_line(tool, SCREEN_BOLD, "T%s.", sentence + 1);
	for (const struct json *row = json_first(json_member(riskiest, "first"));
		row != NULL; row = json_next(row)) {
		table_cell(table, SCREEN_PLAIN, json_text(row, "address"));
		table_cell(table, SCREEN_PLAIN, words_member_count(row, "line", number));
		table_cell(table, SCREEN_PLAIN, words_member_rate(row, "risk", number));
		table_cell(table, SCREEN_PLAIN, json_text(row, "history"));
	}
	is_empty = table_rows(table) == 0 && sentence == NULL;
	if (table_rows(table) > 0)
		table_flush(table, tool, 0);
	if (!is_empty)
		fputc('\n', tool->out);
	table_free(table);
}

static void show_invalid(struct tool *tool, const struct json *answer)
{
	const struct json *invalid = json_member(answer, "invalid_domains");
	char number[WORDS_SIZE];

	if (words_member_integer(invalid, "domains") == 0)
		return;
	fprintf(tool->out, "Addresses at domains that cannot receive mail: %s\n",
		words_member_count(invalid, "addresses", number));
	for (const struct json *row = json_first(json_member(invalid, "first"));
		row != NULL; row = json_next(row))
		say_line(tool, SCREEN_PLAIN, "  %s (%s): %s",
			words_member_text(row, "domain", ""),
			words_member_count(row, "addresses", number),
			words_member_text(row, "why", ""));
	fputc('\n', tool->out);
}

/* ---- slices ---- */

static void add_slice(struct table *table, const struct json *slice)
{
	const struct json *bounces = json_member(slice, "bounces");
	int64_t hours = words_member_integer(slice, "wait_hours");
	char number[WORDS_SIZE], low[WORDS_SIZE], high[WORDS_SIZE];

	table_cell(table, SCREEN_PLAIN, words_member_count(slice, "slice", number));
	table_cell(table, SCREEN_PLAIN, words_member_count(slice, "addresses", number));
	table_format(table, SCREEN_PLAIN, "%s (%s to %s)",
		say_number(number_of(bounces, "expected"), number),
		say_number(number_of(bounces, "low"), low),
		say_number(number_of(bounces, "high"), high));
	table_cell(table, SCREEN_PLAIN,
		words_member_rate(json_member(slice, "expected"), "rate", number));
	table_cell(table, SCREEN_PLAIN,
		words_member_rate(json_member(slice, "high"), "rate", number));
	if (hours == 0)
		table_cell(table, SCREEN_PLAIN, "");
	else
		table_format(table, SCREEN_PLAIN, "wait %" PRId64 " h", hours);
}

static void show_slices(struct tool *tool, const struct json *answer, const char *folder)
{
	static const struct column columns[] = {{"SLICE", true}, {"ADDRESSES", true},
		{"BOUNCES", false}, {"RATE AFTER IT", true}, {"AT WORST", true},
		{"THEN", false}, {NULL, false}};
	struct table *table = table_new(columns);

	if (table == NULL)
		return;
	for (const struct json *slice = json_first(json_member(answer, "slices"));
		slice != NULL; slice = json_next(slice))
		add_slice(table, slice);
	if (table_rows(table) > 0) {
		table_flush(table, tool, 0);
		if (folder != NULL)
			say_line(tool, SCREEN_PLAIN,
				"Their addresses are in %s/slice-1.txt and so on.",
				folder);
		fputc('\n', tool->out);
	}
	table_free(table);
}

bool preflight_has_slices(const struct json *answer)
{
	return json_first(json_member(answer, "slices")) != NULL;
}

void preflight_say_no_slice(FILE *out, const struct json *answer)
{
	int64_t left = words_member_integer(answer, "left_over");
	char number[WORDS_SIZE];

	fputs("no slice was written: ", out);
	if (left == 0)
		fputs("every address is suppressed, has bounced, or cannot exist\n", out);
	else
		fprintf(out,
			"not even a few of the %s address%s that could be mailed are "
			"sure to keep the account below the warning level\n",
			words_count(left, number), left == 1 ? "" : "es");
}

static void show_advice(struct tool *tool, const struct json *answer)
{
	for (const struct json *row = json_first(json_member(answer, "advice"));
		row != NULL; row = json_next(row))
		say_line(tool, SCREEN_PLAIN, "* %s", json_as_text(row));
}

void preflight_show(struct tool *tool, const struct json *answer, const char *folder)
{
	preflight_say_bad_lines(tool, answer);
	say_list(tool, answer);
	show_classes(tool, answer);
	show_providers(tool, answer);
	show_rate(tool, answer);
	show_riskiest(tool, answer);
	show_invalid(tool, answer);
	show_slices(tool, answer, folder);
	show_advice(tool, answer);
}
