/* report_alerts.c - the alerts that are on, in a line or two each. */
#include "base/text.h"
#include "tool/alerts.h"
#include "tool/paragraph.h"
#include "tool/report.h"
#include "tool/when.h"
#include "tool/words.h"

#define ALERTS_SHOWN 8

static void print_alert(struct tool *tool, const struct json *alert, utc_ms now)
{
	const char *silenced = json_text(alert, "silenced_until");
	char ago[WHEN_SIZE], until[WHEN_SIZE];
	enum screen_style style;
	const char *level = alerts_level(alert, &style);

	screen_print(tool, style, "ALERT %s %s", words_member_text(alert, "alert", "?"),
		level);
	screen_print(tool, SCREEN_DIM, "  (since %s",
		when_ago(json_text(alert, "since"), now, ago));
	if (silenced != NULL)
		screen_print(tool, SCREEN_DIM, ", silenced until %s",
			when_show(silenced, until));
	screen_print(tool, SCREEN_DIM, ")");
	fputc('\n', tool->out);
	paragraph_print(tool, SCREEN_PLAIN, "  ", json_text(alert, "text"));
	if (!text_is_empty(json_text(alert, "advice")))
		paragraph_print(tool, SCREEN_PLAIN, "  -> ", json_text(alert, "advice"));
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
	int shown = 0;

	for (const struct json *alert = json_first(alerts); alert != NULL;
		alert = json_next(alert)) {
		if (is_said(alarms, alert))
			continue;
		if (shown++ == ALERTS_SHOWN) {
			fputs("... and more: ses-feedback alerts\n", tool->out);
			return;
		}
		print_alert(tool, alert, now);
	}
}
