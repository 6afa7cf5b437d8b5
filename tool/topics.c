/* topics.c - the topics as a table, with what to do about them. */
#include "tool/topics.h"

#include "base/text.h"
#include "tool/table.h"
#include "tool/when.h"
#include "tool/words.h"

static const struct column columns[] = {{"TOPIC", false}, {"STATE", false},
	{"LAST MESSAGE", false}, {"MESSAGES", true}, {"ASIDE", true}, {NULL, false}};

static bool is_configured(const struct json *topic)
{
	bool configured;

	return !json_boolean(topic, "configured", &configured) || configured;
}

static enum screen_style state_style(const struct json *topic, const char *state)
{
	if (!is_configured(topic) || text_equal(state, "pending"))
		return SCREEN_WARNING;
	if (text_equal(state, "confirmed"))
		return SCREEN_GOOD;
	return text_equal(state, "cancelled") ? SCREEN_DANGER : SCREEN_DIM;
}

static void add_row(struct table *table, const struct json *topic, utc_ms now)
{
	const char *state = words_member_text(topic, "state", "unknown");
	char shown[WHEN_SIZE], number[WORDS_SIZE];
	int64_t aside = words_member_integer(topic, "aside");

	table_cell(table, SCREEN_PLAIN, json_text(topic, "arn"));
	table_format(table, state_style(topic, state), "%s%s", state,
		is_configured(topic) ? "" : ", not configured");
	table_cell(table, SCREEN_PLAIN,
		when_ago(json_text(topic, "last_received"), now, shown));
	table_cell(
		table, SCREEN_PLAIN, words_member_count(topic, "notifications", number));
	table_cell(table, aside > 0 ? SCREEN_WARNING : SCREEN_PLAIN,
		words_count(aside, number));
}

/* What to do about a topic that is not as it should be. */
static void advise(struct tool *tool, const struct json *topic, int indent)
{
	const char *state = words_member_text(topic, "state", "unknown");
	const char *arn = words_member_text(topic, "arn", "?");
	const char *advice = NULL;

	if (!is_configured(topic)) {
		if (words_member_integer(topic, "aside") > 0)
			advice = "its messages are kept aside; add it to [sns] topic and "
				 "reload to have them applied, or unsubscribe it";
	} else if (text_equal(state, "pending")) {
		advice = "its subscription waits: ses-feedback topics confirm ARN";
	} else if (text_equal(state, "cancelled")) {
		advice =
			"somebody unsubscribed it: no feedback comes any more; subscribe "
			"this address to it again";
	} else if (text_equal(state, "unknown")) {
		advice = "nothing was heard from it yet; subscribe this daemon's /sns "
			 "address to it";
	}
	if (advice == NULL)
		return;
	screen_print(tool, SCREEN_WARNING, "%*s! %s: %s", indent, "", arn, advice);
	fputc('\n', tool->out);
}

void topics_print(struct tool *tool, const struct json *list, utc_ms now, int indent)
{
	struct table *table;

	if (json_count(list) == 0) {
		screen_print(tool, SCREEN_WARNING,
			"%*sNo topic is configured: name one in [sns] topic of "
			"ses-feedbackd.conf.",
			indent, "");
		fputc('\n', tool->out);
		return;
	}
	table = table_new(columns);
	for (const struct json *topic = json_first(list); topic != NULL;
		topic = json_next(topic))
		add_row(table, topic, now);
	table_flush(table, tool, indent);
	table_free(table);
	for (const struct json *topic = json_first(list); topic != NULL;
		topic = json_next(topic))
		advise(tool, topic, indent);
}
