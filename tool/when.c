/* when.c - times and counts as people type them and like to read them. */
#include "tool/when.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static bool parse_date(const char *text, utc_ms *time)
{
	char whole[WHEN_SIZE];

	if (strlen(text) != 10)
		return false;
	snprintf(whole, sizeof(whole), "%sT00:00:00Z", text);
	return utc_parse(whole, time);
}

bool when_parse(const char *name, const char *text, utc_ms now,
	enum when_direction direction, utc_ms *time, struct error *error)
{
	int64_t duration;

	if (text_equal(text, "now"))
		*time = now;
	else if (duration_parse(text, &duration))
		*time = direction == WHEN_PAST ? now - duration : now + duration;
	else if (!utc_parse(text, time) && !parse_date(text, time))
		return error_set(error,
			"--%s %.60s: no time; write it as 2026-11-24T05:51:47Z, "
			"2026-11-24 "
			"(midnight UTC), or a duration such as 24h or 30d (%s now)",
			name, text, direction == WHEN_PAST ? "before" : "from");
	return true;
}

bool when_parse_number(const char *name, const char *text, int64_t least, int64_t most,
	int64_t *number, struct error *error)
{
	int64_t value;

	if (!text_to_integer(text, &value) || value < least || value > most)
		return error_set(error,
			"--%s %.60s: not a number from %" PRId64 " to %" PRId64, name,
			text, least, most);
	*number = value;
	return true;
}

const char *when_show(const char *text, char shown[WHEN_SIZE])
{
	char whole[UTC_TEXT_SIZE];
	utc_ms time;

	if (text == NULL)
		shown[0] = '\0';
	else if (utc_parse(text, &time) && *utc_format(time, whole) != '\0')
		snprintf(shown, WHEN_SIZE, "%.10s %.8sZ", whole, whole + 11);
	else
		snprintf(shown, WHEN_SIZE, "%s", text);
	return shown;
}

const char *when_duration(int64_t duration_ms, char shown[WHEN_SIZE])
{
	static const struct {
		int64_t length_ms;
		const char *name;
	} units[] = {{DAY_MS, "day"}, {HOUR_MS, "hour"}, {MINUTE_MS, "minute"},
		{SECOND_MS, "second"}};
	size_t unit = 0;
	int64_t count;

	/* Two days and more in days, and so on: "36 hours" says more than "1 day". */
	while (unit < 3 && duration_ms < 2 * units[unit].length_ms)
		unit++;
	count = duration_ms / units[unit].length_ms;
	snprintf(shown, WHEN_SIZE, "%" PRId64 " %s%s", count, units[unit].name,
		count == 1 ? "" : "s");
	return shown;
}

const char *when_ago(const char *text, utc_ms now, char shown[WHEN_SIZE])
{
	char duration[WHEN_SIZE];
	utc_ms time;

	if (text == NULL)
		snprintf(shown, WHEN_SIZE, "never");
	else if (!utc_parse(text, &time))
		snprintf(shown, WHEN_SIZE, "%s", text);
	else if (time > now + SECOND_MS)
		snprintf(shown, WHEN_SIZE, "in %.40s",
			when_duration(time - now, duration));
	else if (now - time < 2 * SECOND_MS)
		snprintf(shown, WHEN_SIZE, "just now");
	else
		snprintf(shown, WHEN_SIZE, "%.40s ago",
			when_duration(now - time, duration));
	return shown;
}
