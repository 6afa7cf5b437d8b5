/* watch_senders.c - the traces of a stolen key: senders never seen before, and senders
 * that send far more than they use to. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "daemon/watch_deciders.h"
#include "daemon/watch_words.h"

/* A new sender is news for so long. */
#define NEW_MS DAY_MS
#define NEWEST_LISTED 10
#define WEEK_HOURS 168
/* Somebody who is known for less has no usual hour; a new sender is told of as such. */
#define KNOWN_MS DAY_MS

/* In a sentence. */
static const char *kind_words(int kind)
{
	return kind == SES_SENDER_SOURCE_IP ? "source IP" : ses_sender_name(kind);
}

/* ---- new ones ---- */

utc_ms watch_new_since(const struct watch_scene *scene, const char *object)
{
	const struct watch_entry *entry =
		watch_book_find(scene->book, "new-sender", object);
	bool is_on = entry != NULL && entry->state.level > SES_LEVEL_OK;

	return (is_on ? entry->state.since : scene->now) - NEW_MS;
}

static int by_account(const struct watch_sender *a, const struct watch_sender *b)
{
	int order = strcmp(a->account, b->account);

	if (order == 0)
		order = strcmp(a->region, b->region);
	return order != 0 ? order : (a->kind > b->kind) - (a->kind < b->kind);
}

/* Of one account and kind the newest first. */
static int compare(const void *one, const void *other)
{
	const struct watch_sender *a = one, *b = other;
	int order = by_account(a, b);

	if (order == 0)
		order = (a->first < b->first) - (a->first > b->first);
	return order != 0 ? order : strcmp(a->key, b->key);
}

static bool is_new(
	const struct watch_scene *scene, const struct watch_sender *sender, utc_ms since)
{
	return sender->first >= since && sender->first <= scene->now + HOUR_MS &&
	       sender->first - sender->account_since >= scene->watch->learning_ms;
}

static void say_who(struct watch_sight *sight, const struct watch_sender *const *fresh,
	size_t count, const char *object, int kind)
{
	char number[WATCH_WORD_SIZE];
	struct json *list = json_array();

	if (count == 1)
		watch_sight_text(sight,
			"%s: a %s that never sent before sends mail:", object,
			kind_words(kind));
	else
		watch_sight_text(sight,
			"%s: %s that never sent before send mail:", object,
			watch_counted((int64_t) count, kind_words(kind), number));
	for (size_t i = 0; i < count && i < NEWEST_LISTED; i++) {
		char since[UTC_TEXT_SIZE];
		struct json *json = json_object();

		watch_sight_more(sight, "%s (since %s)%s", fresh[i]->key,
			utc_format(fresh[i]->first, since),
			i + 1 == count		 ? "."
			: i + 1 == NEWEST_LISTED ? ", …"
						 : ",");
		json_put_text(json, "key", fresh[i]->key);
		json_put_time(json, "first", fresh[i]->first);
		json_append(list, json);
	}
	json_put_integer(sight->data, "count", (int64_t) count);
	json_put(sight->data, "senders", list);
}

/* The senders of one account and kind, the newest first. */
static void watch_group(
	const struct watch_scene *scene, const struct watch_sender *senders, size_t count)
{
	const struct watch_sender **fresh = calloc(count + 1, sizeof(*fresh));
	struct watch_sight *sight;
	size_t new_count = 0;
	utc_ms since;

	sight = watch_sight_add(scene->sights, "new-sender", SES_LEVEL_OK,
		senders[0].account, senders[0].region);
	if (fresh == NULL ||
		!watch_sight_object(sight, "%s/%s %s", senders[0].account,
			senders[0].region, ses_sender_name(senders[0].kind))) {
		scene->sights->lacks_memory = true;
		free(fresh);
		return;
	}
	since = watch_new_since(scene, sight->object);
	for (size_t i = 0; i < count; i++)
		if (is_new(scene, &senders[i], since))
			fresh[new_count++] = &senders[i];
	sight->version = new_count;
	if (new_count > 0 && fresh[0]->first >= scene->now - NEW_MS)
		sight->level = SES_LEVEL_WARNING;
	json_put_text(sight->data, "account", senders[0].account);
	json_put_text(sight->data, "region", senders[0].region);
	json_put_text(sight->data, "by", ses_sender_name(senders[0].kind));
	if (sight->level > SES_LEVEL_OK)
		say_who(sight, fresh, new_count, sight->object, senders[0].kind);
	else
		watch_sight_text(sight, "%s: no new one for a day.", sight->object);
	free(fresh);
}

void watch_new_senders(
	const struct watch_scene *scene, struct watch_sender *senders, size_t count)
{
	size_t begin = 0;

	if (count > 0)
		qsort(senders, count, sizeof(senders[0]), compare);
	while (begin < count) {
		size_t end = begin + 1;

		while (end < count && by_account(&senders[begin], &senders[end]) == 0)
			end++;
		if (((unsigned) senders[begin].kind & scene->watch->senders) != 0)
			watch_group(scene, &senders[begin], end - begin);
		begin = end;
	}
	watch_examined(scene->sights, "new-sender");
}

/* ---- volume ---- */

/* How many hours the week's count is of, without the last. 0: too few to know what is
 * usual. */
static int64_t known_hours(
	const struct watch_scene *scene, const struct watch_volume *volume)
{
	int64_t known;

	if (volume->account_since != UTC_NONE &&
		scene->now - volume->account_since < scene->watch->learning_ms)
		return 0;
	if (volume->first == UTC_NONE)
		return WEEK_HOURS - 1;
	known = scene->now - volume->first;
	if (known < KNOWN_MS)
		return 0;
	return known / HOUR_MS < WEEK_HOURS ? known / HOUR_MS - 1 : WEEK_HOURS - 1;
}

/* An alert that is on stays so down to half of each limit. */
static bool is_unusual(const struct watch_scene *scene, const struct watch_volume *volume,
	int64_t hours, bool was_on)
{
	__int128 usual = (__int128) scene->watch->volume_factor *
			 (volume->week > volume->hour ? volume->week - volume->hour : 0);
	__int128 now = (__int128) volume->hour * hours * (was_on ? 2 : 1);
	int64_t hour = volume->hour * (was_on ? 2 : 1);

	return hours > 0 && hour >= scene->watch->volume_minimum && now > usual &&
	       hour > volume->busiest;
}

static void watch_volume(
	const struct watch_scene *scene, const struct watch_volume *volume, size_t *left)
{
	struct watch_sight *sight;
	char hour[WATCH_WORD_SIZE], usual[WATCH_WORD_SIZE], busiest[WATCH_WORD_SIZE];
	int64_t hours = known_hours(scene, volume), mean;
	bool was_on;

	sight = watch_sight_add(scene->sights, "unusual-volume", SES_LEVEL_OK,
		volume->account, volume->region);
	if (!watch_sight_object(sight, "%s/%s %s %s", volume->account, volume->region,
		    ses_sender_name(volume->kind), volume->key))
		return;
	was_on = watch_book_is_on(scene->book, sight->name, sight->object);
	if (*left > 0 && is_unusual(scene, volume, hours, was_on)) {
		sight->level = SES_LEVEL_WARNING;
		(*left)--;
	}
	mean = hours > 0 ? (volume->week - volume->hour) / hours : 0;
	json_put_text(sight->data, "account", volume->account);
	json_put_text(sight->data, "region", volume->region);
	json_put_text(sight->data, "by", ses_sender_name(volume->kind));
	json_put_text(sight->data, "key", volume->key);
	json_put_integer(sight->data, "last_hour", volume->hour);
	json_put_integer(sight->data, "mean_hour", mean);
	json_put_integer(sight->data, "busiest_hour", volume->busiest);
	watch_sight_text(sight,
		"%s/%s: %s %s sent to %s in the last hour; usual are %s an hour, and the "
		"busiest of the last 30 days had %s.",
		volume->account, volume->region, kind_words(volume->kind), volume->key,
		watch_counted(volume->hour, "recipient", hour), watch_number(mean, usual),
		watch_number(volume->busiest, busiest));
}

void watch_volumes(
	const struct watch_scene *scene, const struct watch_volume *volumes, size_t count)
{
	size_t left = WATCH_MANY_MAX;

	for (size_t i = 0; i < count; i++)
		watch_volume(scene, &volumes[i], &left);
	watch_examined(scene->sights, "unusual-volume");
}
