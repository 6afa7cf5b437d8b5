/* series.c - the answer of /v1/series as a table with a bar. */
#include <string.h>

#include "tool/rates.h"
#include "tool/table.h"
#include "tool/when.h"
#include "tool/words.h"

/* A longer run of steps in which nothing was becomes one line. */
#define EMPTY_SHOWN 3
#define BAR_MAX 30
#define BAR_PART "▇"

static const struct column columns[] = {{"FROM", false}, {"ELIGIBLE", true},
	{"HARD", true}, {"BOUNCE RATE", true}, {"COMPLAINTS", true}, {"", false},
	{NULL, false}};

static int64_t bad(const struct json *row)
{
	return words_member_integer(row, "hard_bounces") +
	       words_member_integer(row, "complaints");
}

/* What is not nothing has a part at least. */
static void bar_cell(struct table *table, int64_t count, int64_t most)
{
	char bar[BAR_MAX * sizeof(BAR_PART)] = "";
	int64_t parts = most > 0 ? (count * BAR_MAX + most - 1) / most : 0;
	size_t length = strlen(BAR_PART);

	for (int64_t i = 0; i < parts && i < BAR_MAX; i++)
		memcpy(bar + (size_t) i * length, BAR_PART, length + 1);
	table_cell(table, SCREEN_DANGER, bar);
}

static bool is_empty(const struct json *row)
{
	return words_member_integer(row, "denominator") == 0 && bad(row) == 0;
}

/* How many empty steps follow one another from a row on. */
static int64_t count_empty(const struct json *row)
{
	int64_t count = 0;

	for (; row != NULL && is_empty(row); row = json_next(row))
		count++;
	return count;
}

static void add_fold(struct table *table, int64_t count)
{
	char words[WORDS_SIZE];

	table_format(table, SCREEN_DIM, "… %s empty steps", words_count(count, words));
	for (size_t i = 1; columns[i].heading != NULL; i++)
		table_cell(table, SCREEN_DIM, "");
}

static void add_row(struct table *table, const struct json *row, int64_t most)
{
	char words[WORDS_SIZE], shown[WHEN_SIZE];

	when_show(json_text(row, "at"), shown);
	/* Steps are whole minutes. */
	if (strlen(shown) > 16)
		shown[16] = '\0';
	table_cell(table, SCREEN_PLAIN, shown);
	table_cell(table, SCREEN_PLAIN, words_member_count(row, "denominator", words));
	table_cell(table, SCREEN_PLAIN, words_member_count(row, "hard_bounces", words));
	table_cell(table, SCREEN_PLAIN, words_member_rate(row, "bounce_rate", words));
	table_cell(table, SCREEN_PLAIN, words_member_count(row, "complaints", words));
	bar_cell(table, bad(row), most);
}

static void add_rows(struct table *table, const struct json *row, int64_t most)
{
	while (row != NULL) {
		int64_t empty = count_empty(row);

		if (empty <= EMPTY_SHOWN) {
			add_row(table, row, most);
			row = json_next(row);
			continue;
		}
		add_fold(table, empty);
		for (; empty > 0; empty--)
			row = json_next(row);
	}
}

void series_print(struct tool *tool, const struct json *series)
{
	const struct json *rows = json_member(series, "rows");
	struct table *table = table_new(columns);
	char words[WORDS_SIZE];
	int64_t most = 0;

	rates_print_heading(tool, series);
	for (const struct json *row = json_first(rows); row != NULL; row = json_next(row))
		if (bad(row) > most)
			most = bad(row);
	add_rows(table, json_first(rows), most);
	table_flush(table, tool, 0);
	table_free(table);
	screen_print(tool, SCREEN_DIM,
		"Steps of %s. The bar is of hard bounces and complaints together; the "
		"longest is %s.",
		words_member_text(series, "step", "?"), words_count(most, words));
	fputc('\n', tool->out);
}
