/* report_alerts.c - the alerts that are on, in a line or two each. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tool/alerts.h"
#include "tool/paragraph.h"
#include "tool/report.h"
#include "tool/when.h"
#include "tool/words.h"

#define ALERTS_SHOWN 8
#define STREAMS_SHOWN 3 /* of ALERTS_SHOWN; they tell one incident over and over */
#define RANKS 4

/* What stops sending first, then the worst. */
static int rank_of(const struct json *alert)
{
	const char *level = json_text(alert, "level");

	if (text_equal(json_text(alert, "alert"), "brake"))
		return 0;
	if (text_equal(level, "over-pause-limit") || text_equal(level, "critical"))
		return 1;
	return text_equal(level, "over-review-limit") ? 2 : 3;
}

static bool is_stream(const struct json *alert)
{
	return text_equal(json_text(alert, "alert"), "stream-level");
}

/* The first sentence; the rest is for "alerts show". */
static void print_text(struct tool *tool, const char *text)
{
	const char *end = text == NULL ? NULL : strstr(text, ". ");
	char *sentence;

	if (end == NULL) {
		paragraph_print(tool, SCREEN_PLAIN, "  ", text);
		return;
	}
	sentence = text_copy(text, (size_t) (end - text) + 1);
	paragraph_print(tool, SCREEN_PLAIN, "  ", sentence == NULL ? text : sentence);
	free(sentence);
}

static void print_alert(struct tool *tool, const struct json *alert, utc_ms now)
{
	const char *silenced = json_text(alert, "silenced_until");
	char ago[WHEN_SIZE], until[WHEN_SIZE];
	enum screen_style style;
	const char *level = alerts_level(alert, &style);

	screen_print(tool, style, "ALERT %" PRId64 ": %s %s",
		words_member_integer(alert, "id"), words_member_text(alert, "alert", "?"),
		level);
	screen_print(tool, SCREEN_DIM, "  (since %s",
		when_ago(json_text(alert, "since"), now, ago));
	if (silenced != NULL)
		screen_print(tool, SCREEN_DIM, ", silenced until %s",
			when_show(silenced, until));
	screen_print(tool, SCREEN_DIM, ")");
	fputc('\n', tool->out);
	print_text(tool, json_text(alert, "text"));
}

static bool is_said(const struct json *alarms, const struct json *alert)
{
	for (const struct json *alarm = json_first(alarms); alarm != NULL;
		alarm = json_next(alarm))
		if (text_equal(json_text(alarm, "name"), json_text(alert, "alert")) &&
			text_equal(
				json_text(alarm, "object"), json_text(alert, "object")))
			return true;
	return false;
}

void report_alerts(struct tool *tool, const struct json *alerts,
	const struct json *alarms, utc_ms now)
{
	int shown = 0, streams = 0, left_out = 0;

	for (int rank = 0; rank < RANKS; rank++)
		for (const struct json *alert = json_first(alerts); alert != NULL;
			alert = json_next(alert)) {
			if (rank_of(alert) != rank || is_said(alarms, alert))
				continue;
			if (shown == ALERTS_SHOWN ||
				(is_stream(alert) && streams == STREAMS_SHOWN)) {
				left_out++;
				continue;
			}
			print_alert(tool, alert, now);
			/* What to do about the worst; the others say it when asked. */
			if (shown++ == 0 && !text_is_empty(json_text(alert, "advice")))
				paragraph_print(tool, SCREEN_PLAIN, "  -> ",
					json_text(alert, "advice"));
			streams += is_stream(alert);
		}
	if (shown > 1)
		fprintf(tool->out, "  -> about each: ses-feedback alerts show NUMBER%s\n",
			left_out > 0 ? "; more: ses-feedback alerts" : "");
}
