/* alerts.c - alerts and what was told of them, as a person reads them. */
#include "tool/alerts.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "ses/alert.h"
#include "tool/suggest.h"
#include "tool/when.h"
#include "tool/words.h"

const char *alerts_level(const struct json *alert, enum screen_style *style)
{
	const char *level = words_member_text(alert, "level", "unknown");

	*style = SCREEN_DIM;
	if (text_equal(level, "ok"))
		return "resolved";
	*style = SCREEN_DANGER;
	if (text_equal(level, "critical"))
		return "CRITICAL";
	return words_level(level, style);
}

const char *alerts_delivery(const struct json *delivery, char words[ALERTS_STATE_SIZE],
	enum screen_style *style)
{
	const char *state = words_member_text(delivery, "state", "waiting");
	int64_t attempts = words_member_integer(delivery, "attempts");

	*style = SCREEN_GOOD;
	if (text_equal(state, "delivered"))
		return "delivered";
	*style = SCREEN_DANGER;
	if (text_equal(state, "given-up"))
		return "given up";
	*style = SCREEN_WARNING;
	if (attempts == 0)
		return "waits";
	snprintf(words, ALERTS_STATE_SIZE, "waits (%" PRId64 " attempt%s)", attempts,
		attempts == 1 ? "" : "s");
	return words;
}

/* Of several to one channel the newest counts, which stands first. */
static bool is_newest(const struct json *deliveries, const struct json *delivery)
{
	const char *channel = json_text(delivery, "channel");

	for (const struct json *other = json_first(deliveries); other != delivery;
		other = json_next(other))
		if (text_equal(json_text(other, "channel"), channel))
			return false;
	return true;
}

static void add_channels(
	const struct json *deliveries, struct buffer *words, enum screen_style *style)
{
	char state[ALERTS_STATE_SIZE];
	enum screen_style here;
	bool is_first = true;

	for (const struct json *delivery = json_first(deliveries); delivery != NULL;
		delivery = json_next(delivery)) {
		if (!is_newest(deliveries, delivery))
			continue;
		buffer_format(words, "%s%s %s", is_first ? ": " : ", ",
			words_member_text(delivery, "channel", "?"),
			alerts_delivery(delivery, state, &here));
		if (is_first || here > *style)
			*style = here;
		is_first = false;
	}
}

bool alerts_told(const struct json *alert, utc_ms now, struct buffer *words,
	enum screen_style *style)
{
	const struct json *deliveries = json_member(alert, "deliveries");
	const char *silenced = json_text(alert, "silenced_until");
	char shown[WHEN_SIZE];

	*style = SCREEN_PLAIN;
	if (json_count(deliveries) > 0) {
		buffer_append_text(words, when_ago(json_text(alert, "told"), now, shown));
		add_channels(deliveries, words, style);
	} else if (silenced == NULL) {
		buffer_append_text(words, "to no channel");
		*style = SCREEN_DIM;
	}
	if (silenced != NULL)
		buffer_format(words, "%ssilenced until %s", words->length > 0 ? "; " : "",
			when_show(silenced, shown));
	return !words->failed;
}

bool alerts_name_is_known(struct tool *tool, const char *name)
{
	size_t count, distance = SUGGEST_FAR;
	const struct ses_alert_kind *kinds = ses_alert_kinds(&count);
	const char *nearest = NULL;

	if (ses_alert_kind(name) != NULL)
		return true;
	for (size_t i = 0; i < count; i++) {
		size_t here = suggest_distance(name, kinds[i].name);

		if (here <= suggest_limit(name) && here < distance) {
			distance = here;
			nearest = kinds[i].name;
		}
	}
	if (nearest != NULL)
		tool_fail(tool, TOOL_USAGE,
			"there is no alert \"%s\"; did you mean \"%s\"?", name, nearest);
	else
		tool_fail(tool, TOOL_USAGE,
			"there is no alert \"%s\"; ses-feedbackd(8) lists them", name);
	return false;
}
