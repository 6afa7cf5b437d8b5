/* watch_messages.c - what is told of an alert, and to which channels. */
#include "daemon/watch_messages.h"

#include <string.h>

#include "base/text.h"

static const enum ses_level levels[] = {
	SES_LEVEL_WARNING, SES_LEVEL_OVER_REVIEW_LIMIT, SES_LEVEL_OVER_PAUSE_LIMIT};
#define LEVELS (sizeof(levels) / sizeof(levels[0]))

unsigned watch_passed(
	const struct ses_alert_kind *kind, enum ses_level before, enum ses_level after)
{
	unsigned passed = 0;

	for (size_t i = 0; i < LEVELS; i++) {
		enum ses_level level = levels[i];
		bool is_risen_over = level > before && level <= after;
		bool is_fallen_over = level < before && level >= after;

		if (level == SES_LEVEL_OVER_REVIEW_LIMIT && !kind->has_rate_levels)
			continue;
		if (is_risen_over || is_fallen_over ||
			(before == after && level == after))
			passed |= 1u << level;
	}
	return after > SES_LEVEL_OK ? passed : 0;
}

static bool has_kind(const struct web_channel *channel, const char *name)
{
	if (channel->kinds == NULL)
		return true;
	for (size_t i = 0; channel->kinds[i] != NULL; i++)
		if (text_equal(channel->kinds[i], name))
			return true;
	return false;
}

bool watch_channel_wants(const struct web_channel *channel,
	const struct ses_alert_kind *kind, enum ses_alert_step step, unsigned passed)
{
	if (step == SES_ALERT_NOTHING || !has_kind(channel, kind->name))
		return false;
	if (step == SES_ALERT_RESOLVED)
		return (channel->levels & WEB_LEVEL_RECOVERED) != 0;
	return (channel->levels & passed) != 0;
}

/* In the order in which they were passed. */
static struct json *passed_json(
	const struct ses_alert_kind *kind, unsigned passed, bool is_falling)
{
	struct json *list = json_array();

	for (size_t i = 0; i < LEVELS; i++) {
		enum ses_level level = levels[is_falling ? LEVELS - 1 - i : i];

		if ((passed & 1u << level) != 0)
			json_append_text(list, ses_alert_level_name(kind, level));
	}
	return list;
}

struct json *watch_data(const struct watch_news *news, unsigned passed,
	const struct watch_words *words, const struct json *own)
{
	const struct watch_entry *entry = news->entry;
	enum ses_level level = entry->state.level;
	struct json *json = json_object();

	json_put_text(json, "alert", entry->name);
	json_put_text(json, "object", entry->object);
	if (entry->id > 0)
		json_put_integer(json, "id", entry->id);
	else
		json_put_null(json, "id");
	json_put_text(json, "level", ses_alert_level_name(&entry->kind, level));
	json_put_text(
		json, "previous", ses_alert_level_name(&entry->kind, news->before.level));
	json_put(json, "passed",
		passed_json(&entry->kind, passed, level < news->before.level));
	json_put_time(json, "since", entry->state.since);
	json_put_text(json, "text", words->text);
	json_put_text(json, "advice", words->advice);
	json_put(json, "causes", words->causes == NULL ? json_array() : words->causes);
	for (const struct json *member = json_first(own); member != NULL;
		member = json_next(member))
		json_put_copy(json, json_name(member), member);
	return json;
}

char *watch_payload(const char *type, utc_ms now, struct json *data)
{
	struct json *json = json_object();
	char *text;

	json_put_text(json, "type", type);
	json_put_time(json, "timestamp", now);
	json_put(json, "data", data);
	text = json_print(json);
	json_free(json);
	return text;
}
