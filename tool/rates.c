/* rates.c - the answer of /v1/rates as a table. */
#include "tool/rates.h"

#include <string.h>

#include "base/text.h"
#include "tool/paragraph.h"
#include "tool/table.h"
#include "tool/when.h"
#include "tool/words.h"

/* What a cell shows: a member of the row, as the kind says. */
enum cell_kind { CELL_KEY, CELL_COUNT, CELL_RATE, CELL_INTERVAL, CELL_SOURCE };

struct shown {
	const char *heading;
	enum cell_kind kind;
	const char *member;
	const char *low, *high; /* of an interval */
};

#define SHOWN_MAX 20
#define HEADING_MAX ((size_t) 8192)

static const struct shown narrow[] = {
	{"KEY", CELL_KEY, NULL, NULL, NULL},
	{"ELIGIBLE", CELL_COUNT, "denominator", NULL, NULL},
	{"HARD", CELL_COUNT, "hard_bounces", NULL, NULL},
	{"BOUNCE RATE", CELL_RATE, "bounce_rate", NULL, NULL},
	{"95 %", CELL_INTERVAL, NULL, "bounce_low", "bounce_high"},
	{"COMPLAINTS", CELL_COUNT, "complaints", NULL, NULL},
	{"COMPL. RATE", CELL_RATE, "complaint_rate", NULL, NULL},
	{NULL, CELL_KEY, NULL, NULL, NULL},
};
#define NARROW_KEY 28

/* Of what servers said nothing was sent: there are only counts. */
static const struct shown of_diagnostics[] = {
	{"KEY", CELL_KEY, NULL, NULL, NULL},
	{"HARD", CELL_COUNT, "hard_bounces", NULL, NULL},
	{"SOFT", CELL_COUNT, "soft_bounces", NULL, NULL},
	{"COMPLAINTS", CELL_COUNT, "complaints", NULL, NULL},
	{NULL, CELL_KEY, NULL, NULL, NULL},
};
#define DIAGNOSTIC_KEY 66

static const struct shown all[] = {
	{"KEY", CELL_KEY, NULL, NULL, NULL},
	{"ELIGIBLE", CELL_COUNT, "denominator", NULL, NULL},
	{"DELIVERED", CELL_COUNT, "deliveries", NULL, NULL},
	{"HARD", CELL_COUNT, "hard_bounces", NULL, NULL},
	{"SOFT", CELL_COUNT, "soft_bounces", NULL, NULL},
	{"AUTOMATIC", CELL_COUNT, "automatic", NULL, NULL},
	{"BLOCKED", CELL_COUNT, "blocked", NULL, NULL},
	{"COMPLAINTS", CELL_COUNT, "complaints", NULL, NULL},
	{"REJECTS", CELL_COUNT, "rejects", NULL, NULL},
	{"REFUSED", CELL_COUNT, "refused", NULL, NULL},
	{"BOUNCE RATE", CELL_RATE, "bounce_rate", NULL, NULL},
	{"95 %", CELL_INTERVAL, NULL, "bounce_low", "bounce_high"},
	{"COMPLAINT RATE", CELL_RATE, "complaint_rate", NULL, NULL},
	{"95 %", CELL_INTERVAL, NULL, "complaint_low", "complaint_high"},
	{"AT REPORTING", CELL_RATE, "complaint_reporting_rate", NULL, NULL},
	{"SOURCE", CELL_SOURCE, NULL, NULL, NULL},
	{NULL, CELL_KEY, NULL, NULL, NULL},
};

static bool is_true(const struct json *object, const char *name)
{
	bool value;

	return json_boolean(object, name, &value) && value;
}

/* ---- cells ---- */

/* Cut behind so many columns, where there is a limit. */
static void key_cell(struct table *table, const struct json *row, size_t limit)
{
	const char *key = words_member_text(row, "key", "(none)");
	size_t length = strlen(key);
	bool is_named = is_true(row, "other") || is_true(row, "unknown");
	enum screen_style style = is_named ? SCREEN_DIM : SCREEN_PLAIN;

	if (limit == 0 || screen_width(key, length) <= limit) {
		table_cell(table, style, key);
		return;
	}
	while (length > 0 && screen_width(key, length) > limit - 1)
		length = utf8_without_half(key, length - 1);
	table_format(table, style, "%.*s…", (int) length, key);
}

static void interval_cell(
	struct table *table, const struct json *row, const struct shown *shown)
{
	char low[WORDS_SIZE], high[WORDS_SIZE], *percent;

	words_member_rate(row, shown->low, low);
	words_member_rate(row, shown->high, high);
	/* "1.23 %" and "4.56 %" are "1.23–4.56 %". */
	percent = strstr(low, " %");
	if (percent == NULL) {
		table_cell(table, SCREEN_DIM, low);
		return;
	}
	*percent = '\0';
	table_format(table, SCREEN_DIM, "%s–%s", low, high);
}

static void add_cell(struct table *table, const struct json *row,
	const struct shown *shown, size_t key_limit)
{
	char words[WORDS_SIZE];

	switch (shown->kind) {
	case CELL_KEY:
		key_cell(table, row, key_limit);
		break;
	case CELL_COUNT:
		table_cell(table, SCREEN_PLAIN,
			words_member_count(row, shown->member, words));
		break;
	case CELL_RATE:
		table_cell(table, SCREEN_PLAIN,
			words_member_rate(row, shown->member, words));
		break;
	case CELL_INTERVAL:
		interval_cell(table, row, shown);
		break;
	case CELL_SOURCE:
		table_cell(table, SCREEN_PLAIN, words_member_text(row, "source", "–"));
		break;
	}
}

static void print_rows(struct tool *tool, const struct json *rows,
	const struct shown *shown, size_t key_limit)
{
	struct column columns[SHOWN_MAX + 1] = {{NULL, false}};
	struct table *table;

	for (size_t i = 0; shown[i].heading != NULL && i < SHOWN_MAX; i++)
		columns[i] = (struct column){shown[i].heading,
			shown[i].kind != CELL_KEY && shown[i].kind != CELL_SOURCE};
	table = table_new(columns);
	for (const struct json *row = json_first(rows); row != NULL; row = json_next(row))
		for (size_t i = 0; shown[i].heading != NULL; i++)
			add_cell(table, row, &shown[i], key_limit);
	table_flush(table, tool, 0);
	table_free(table);
}

/* ---- the whole ---- */

void rates_print_heading(struct tool *tool, const struct json *answer)
{
	const char *key = json_text(answer, "key");
	char from[WHEN_SIZE], to[WHEN_SIZE];
	struct buffer heading;

	buffer_init(&heading, HEADING_MAX);
	buffer_format(&heading, "%s by %s%s%s, by the time %s: %s to %s",
		words_member_text(answer, "window", "?"),
		words_member_text(answer, "by", "account"), key == NULL ? "" : " ",
		key == NULL ? "" : key,
		text_equal(json_text(answer, "basis"), "published")
			? "the feedback was published"
			: "the mail was sent",
		when_show(json_text(answer, "from"), from),
		when_show(json_text(answer, "to"), to));
	paragraph_print(tool, SCREEN_BOLD, "", heading.bytes);
	buffer_finish(&heading);
}

static void print_remarks(struct tool *tool, const struct json *rates, bool is_wide)
{
	const struct json *notices = json_member(rates, "notices");
	const char *by = json_text(rates, "by");
	char words[WORDS_SIZE];

	if (words_member_integer(rates, "left_out") > 0)
		fprintf(tool->out, "%s more keys are left out: those with the least.\n",
			words_member_count(rates, "left_out", words));
	for (const struct json *notice = json_first(notices); notice != NULL;
		notice = json_next(notice))
		paragraph_print(tool, SCREEN_WARNING, "! ", json_text(notice, "text"));
	if (is_wide && !text_equal(by, "account") && !text_equal(by, "recipient-domain"))
		fputs("The rate at reporting domains is known by account and recipient "
		      "domain only.\n",
			tool->out);
	/* It is so of the whole window. */
	if (is_true(json_first(json_member(rates, "rows")), "immature"))
		fputs("Immature: feedback about mail this young may still come.\n",
			tool->out);
}

void rates_print(struct tool *tool, const struct json *rates, bool is_wide)
{
	const struct json *rows = json_member(rates, "rows");
	bool is_diagnostic = text_equal(json_text(rates, "by"), "diagnostic");
	size_t limit = is_diagnostic ? DIAGNOSTIC_KEY : NARROW_KEY;

	rates_print_heading(tool, rates);
	if (json_first(rows) == NULL)
		fputs("Nothing was sent, and no feedback came, in this window.\n",
			tool->out);
	else if (is_wide)
		print_rows(tool, rows, all, 0);
	else
		/* Behind a pipe keys stay whole: somebody may look for one. */
		print_rows(tool, rows, is_diagnostic ? of_diagnostics : narrow,
			tool->is_terminal ? limit : 0);
	print_remarks(tool, rates, is_wide);
}
