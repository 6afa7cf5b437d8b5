/* event.c - a recorded event as a row of a table. */
#include "tool/event.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/text.h"
#include "tool/when.h"
#include "tool/words.h"

static const struct column columns[] = {{"ID", true}, {"PUBLISHED", false},
	{"TYPE", false}, {"MEANS", false}, {"ADDRESS", false}, {"DETAIL", false},
	{NULL, false}};

struct table *event_table(void)
{
	return table_new(columns);
}

static enum screen_style outcome_style(const char *outcome)
{
	if (text_equal(outcome, "hard-bounce") || text_equal(outcome, "complaint"))
		return SCREEN_DANGER;
	if (text_equal(outcome, "soft-bounce") || text_equal(outcome, "refused") ||
		text_equal(outcome, "reject") || text_equal(outcome, "listed"))
		return SCREEN_WARNING;
	return text_equal(outcome, "delivery") ? SCREEN_GOOD : SCREEN_PLAIN;
}

/* Adds text, after a comma where something is there already. */
static void add_detail(struct buffer *detail, const char *name, const char *text)
{
	if (text_is_empty(text))
		return;
	if (detail->length > 0)
		buffer_append_text(detail, ", ");
	buffer_append_text(detail, name);
	buffer_append_text(detail, text);
}

static void add_flag(struct buffer *detail, const struct json *event, const char *name,
	const char *words)
{
	bool is_set;

	if (json_boolean(event, name, &is_set) && is_set)
		add_detail(detail, "", words);
}

static void write_detail(struct buffer *detail, const struct json *event)
{
	const struct json *facts = json_member(event, "facts");

	add_flag(detail, event, "simulator", "simulator");
	add_flag(detail, event, "development", "development key");
	add_flag(detail, event, "verified", "verified domain");
	add_detail(detail, "", json_text(event, "bounce_subtype"));
	add_detail(detail, "", json_text(event, "complaint_feedback_type"));
	add_detail(detail, "", json_text(event, "complaint_subtype"));
	add_detail(detail, "", json_text(event, "diagnostic"));
	if (json_text(event, "diagnostic") == NULL)
		add_detail(detail, "", json_text(event, "status"));
	add_detail(detail, "", json_text(facts, "smtpResponse"));
	add_detail(detail, "", json_text(facts, "reason"));
	add_detail(detail, "", json_text(facts, "delayType"));
	add_detail(detail, "", json_text(facts, "errorMessage"));
	add_detail(detail, "", json_text(facts, "link"));
}

void event_add(struct table *table, const struct json *event)
{
	const char *type = words_member_text(event, "type", "?");
	const char *outcome = words_member_text(event, "outcome", "other");
	const char *address = json_text(event, "address");
	char shown[WHEN_SIZE];
	struct buffer detail;

	buffer_init(&detail, (size_t) 1024 * 1024);
	write_detail(&detail, event);
	table_format(table, SCREEN_PLAIN, "%" PRId64, words_member_integer(event, "id"));
	table_cell(table, SCREEN_PLAIN, when_show(json_text(event, "published"), shown));
	table_cell(table, SCREEN_PLAIN, type);
	table_cell(table, outcome_style(outcome),
		text_equal(outcome, "other") ? "" : outcome);
	table_cell(table, SCREEN_PLAIN,
		text_is_empty(address) ? json_text(event, "original") : address);
	table_cell(table, SCREEN_PLAIN, detail.bytes);
	buffer_finish(&detail);
}
