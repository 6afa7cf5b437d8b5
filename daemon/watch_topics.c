/* watch_topics.c - topics and events that are missing. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "daemon/watch_deciders.h"
#include "daemon/watch_words.h"

static bool is_heard_of(const struct watch_topic *topic)
{
	return topic->state != STORE_TOPIC_UNKNOWN || topic->last_received != UTC_NONE;
}

/* The later of two; UTC_NONE is before any time. */
static utc_ms later(utc_ms one, utc_ms other)
{
	return one > other ? one : other;
}

static void say_pending(
	const struct watch_scene *scene, const char *arn, utc_ms since, bool is_pending)
{
	struct watch_sight *sight = watch_sight_add(
		scene->sights, "subscription-pending", SES_LEVEL_WARNING, NULL, NULL);
	char span[WATCH_WORD_SIZE];

	if (!watch_sight_object(sight, "%s", arn))
		return;
	watch_span(scene->now - since, span);
	json_put_text(sight->data, "topic", arn);
	json_put_time(sight->data, "waits_since", since);
	if (is_pending) {
		watch_sight_text(sight,
			"topic %s: its subscription has waited to be confirmed for %s; "
			"nothing comes until then.",
			arn, span);
		return;
	}
	watch_sight_text(sight,
		"topic %s is configured, and for %s nothing has been heard of it: no "
		"subscription, no notification.",
		arn, span);
	watch_sight_advice(sight,
		"Subscribe this daemon's address to the topic; if it is subscribed, look "
		"at "
		"the way from SNS to this host.");
}

/* What the store says of a configured topic holds, whatever the doors last heard. */
static void say_cancelled(const struct watch_scene *scene, const char *arn,
	utc_ms changed, enum ses_level level)
{
	struct watch_sight *sight = watch_sight_add(
		scene->sights, "subscription-cancelled", level, NULL, NULL);
	char since[UTC_TEXT_SIZE];

	if (!watch_sight_object(sight, "%s", arn))
		return;
	json_put_text(sight->data, "topic", arn);
	if (level <= SES_LEVEL_OK)
		watch_sight_text(sight, "topic %s: it is subscribed again.", arn);
	else
		watch_sight_text(sight,
			"topic %s: its subscription was cancelled at %s: nothing more "
			"comes, and bounces and complaints go unseen.",
			arn, utc_format(changed, since));
}

/* What is on stays on for as long as nothing changes: a restart is no news. */
static bool is_over_time(const struct watch_scene *scene, const char *name,
	const char *object, utc_ms since, int64_t limit_ms)
{
	return limit_ms > 0 && (scene->now - since >= limit_ms ||
				       watch_book_is_on(scene->book, name, object));
}

static void watch_configured(const struct watch_scene *scene, const char *arn,
	utc_ms rules_since, const struct watch_topic *topic)
{
	int64_t limit_ms = scene->watch->pending_ms;
	bool is_known = topic != NULL && is_heard_of(topic);
	utc_ms since = later(rules_since, scene->since);

	if (is_known && topic->state == STORE_TOPIC_CANCELLED)
		say_cancelled(scene, arn, topic->changed, SES_LEVEL_OVER_PAUSE_LIMIT);
	else if (watch_book_is_on(scene->book, "subscription-cancelled", arn))
		say_cancelled(scene, arn, UTC_NONE, SES_LEVEL_OK);
	if (is_known && topic->state != STORE_TOPIC_PENDING)
		return;
	if (is_known)
		since = topic->changed;
	if (is_over_time(scene, "subscription-pending", arn, since, limit_ms))
		say_pending(scene, arn, since, is_known);
}

static void watch_no_events(
	const struct watch_scene *scene, const struct watch_topic *topics, size_t count)
{
	int64_t limit_ms = scene->watch->no_events_ms;
	utc_ms last = UTC_NONE;
	struct watch_sight *sight;
	char span[WATCH_WORD_SIZE], since[UTC_TEXT_SIZE];

	for (size_t i = 0; i < count; i++)
		last = later(last, topics[i].last_received);
	/* What could have come while the daemon did not run proves nothing. */
	if (last == UTC_NONE || scene->now - last < limit_ms ||
		!is_over_time(
			scene, "no-events", "", later(last, scene->since), limit_ms))
		return;
	sight = watch_sight_add(
		scene->sights, "no-events", SES_LEVEL_WARNING, NULL, NULL);
	if (sight == NULL)
		return;
	json_put_time(sight->data, "last", last);
	watch_sight_text(sight, "no event has come for %s, since %s.",
		watch_span(scene->now - last, span), utc_format(last, since));
}

static const struct watch_topic *find_topic(
	const struct watch_topic *topics, size_t count, const char *arn)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(topics[i].arn, arn))
			return &topics[i];
	return NULL;
}

void watch_topics(const struct watch_scene *scene, const struct sns_policy *policy,
	utc_ms rules_since, const struct watch_topic *topics, size_t count)
{
	for (size_t i = 0; i < policy->topic_count; i++)
		watch_configured(scene, policy->topics[i].arn, rules_since,
			find_topic(topics, count, policy->topics[i].arn));
	watch_no_events(scene, topics, count);
	watch_examined(scene->sights, "subscription-pending");
	watch_examined(scene->sights, "no-events");
}

/* ---- a topic that is silent while others speak ---- */

static bool is_of_account(
	const struct watch_topic *topic, const struct store_reputation *reputation)
{
	char part[128];

	snprintf(part, sizeof(part), ":%.40s:%.40s:", reputation->region,
		reputation->account);
	return strstr(topic->arn, part) != NULL;
}

/* Of those of the account that have spoken the one that was heard of longest ago. */
static const struct watch_topic *silent_one(const struct store_reputation *reputation,
	const struct watch_topic *topics, size_t count)
{
	const struct watch_topic *silent = NULL;

	for (size_t i = 0; i < count; i++)
		if (topics[i].last_received != UTC_NONE &&
			is_of_account(&topics[i], reputation) &&
			(silent == NULL ||
				topics[i].last_received < silent->last_received))
			silent = &topics[i];
	return silent;
}

void watch_silent_topic(const struct watch_scene *scene,
	const struct store_reputation *reputation, const struct watch_topic *topics,
	size_t count)
{
	const struct watch_topic *topic = silent_one(reputation, topics, count);
	struct watch_sight *sight = watch_sight_add(scene->sights, "topic-silent",
		SES_LEVEL_WARNING, reputation->account, reputation->region);
	char span[WATCH_WORD_SIZE];

	if (!watch_sight_object(sight, "%s/%s", reputation->account, reputation->region))
		return;
	json_put_text(sight->data, "account", reputation->account);
	json_put_text(sight->data, "region", reputation->region);
	json_put_text(sight->data, "topic", topic == NULL ? NULL : topic->arn);
	if (topic == NULL)
		watch_sight_text(sight,
			"%s: a topic that spoke before is silent while others speak.",
			sight->object);
	else
		watch_sight_text(sight,
			"%s: topic %s has been silent for %s while others speak: what it "
			"tells is missing from the rates.",
			sight->object, topic->arn,
			watch_span(scene->now - topic->last_received, span));
}
