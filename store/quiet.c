/* quiet.c - topics that used to speak, and are silent while others speak. */
#include "store/quiet.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/bisect.h"

static const char TOPICS[] =
	"SELECT id, arn, changed, last_received, notifications FROM topics"
	" WHERE last_received IS NOT NULL";
static const char FIRST_FROM[] =
	"SELECT id, recorded FROM events WHERE id >= ?1 ORDER BY id LIMIT 1";
static const char SPOKE[] =
	"SELECT count(*) FROM (SELECT topic FROM events WHERE id >= ?1 AND id < ?2"
	" ORDER BY id LIMIT ?3) WHERE topic = ?4";
static const char HIGHEST[] = "SELECT max(id) FROM events";

/* A week and a day, so that a weekend has both its ends in it. */
#define DAYS 8
#define DAYS_LEAST 5 /* most of them */
#define SILENCE_MOST (7 * DAY_MS)
/* So many places of a day are looked at, and so many events at each. */
#define SAMPLES 24
#define SAMPLE_EVENTS 16

/* The text between the colons of an ARN, freed by the caller. */
static char *arn_part(const char *arn, unsigned place)
{
	for (; place > 0 && arn != NULL; place--) {
		arn = strchr(arn, ':');
		if (arn != NULL)
			arn++;
	}
	return arn == NULL ? text_copy("", 0) : text_copy(arn, strcspn(arn, ":"));
}

static bool add_topic(struct quiet *quiet, const struct query *query)
{
	const char *arn = query_text(query, 1);
	struct quiet_topic *topic;

	if (quiet->count == quiet->capacity) {
		size_t capacity = quiet->capacity * 2 + 8;

		topic = reallocarray(quiet->topics, capacity, sizeof(*topic));
		if (topic == NULL)
			return false;
		quiet->topics = topic;
		quiet->capacity = capacity;
	}
	topic = &quiet->topics[quiet->count++];
	*topic = (struct quiet_topic){
		.id = query_integer(query, 0),
		.region = arn_part(arn, 3),
		.account = arn_part(arn, 4),
		.changed = query_time(query, 2),
		.last = query_time(query, 3),
		.notifications = query_integer(query, 4),
	};
	return topic->region != NULL && topic->account != NULL;
}

bool quiet_read(struct db *db, struct quiet *quiet)
{
	struct query query;

	query_start(&query, db, TOPICS);
	while (!quiet->lacks_memory && query_row(&query))
		quiet->lacks_memory = !add_topic(quiet, &query);
	if (!query_end(&query))
		return false;
	return !quiet->lacks_memory || db_lacks_memory(db);
}

void quiet_finish(struct quiet *quiet)
{
	for (size_t i = 0; i < quiet->count; i++) {
		free(quiet->topics[i].account);
		free(quiet->topics[i].region);
	}
	free(quiet->topics);
	memset(quiet, 0, sizeof(*quiet));
}

static bool spoke_between(struct db *db, const struct quiet_topic *topic, int64_t low,
	int64_t high, bool *spoke)
{
	int64_t stride = (high - low + SAMPLES - 1) / SAMPLES;

	*spoke = false;
	for (int64_t at = low; at < high && !*spoke; at += stride) {
		struct query query;

		query_start(&query, db, SPOKE);
		query_give_integer(&query, at);
		query_give_integer(&query, high);
		query_give_integer(&query, SAMPLE_EVENTS);
		query_give_integer(&query, topic->id);
		*spoke = query_row(&query) && query_integer(&query, 0) > 0;
		if (!query_end(&query))
			return false;
	}
	return true;
}

static bool read_highest(struct db *db, int64_t *highest)
{
	struct query query;

	query_start(&query, db, HIGHEST);
	*highest = query_row(&query) ? query_integer(&query, 0) : 0;
	return query_end(&query);
}

/* On how many of the days before its last word the topic spoke, and the longest pause
 * between two of them. */
static bool find_habit(struct db *db, const struct quiet_topic *topic, int *spoken,
	int64_t *longest_days)
{
	utc_ms end = topic->last + 1;
	int last_spoken = 0;
	int64_t high, low;

	*spoken = 0;
	*longest_days = 1;
	if (!read_highest(db, &high) ||
		!bisect_time(db, FIRST_FROM, end, 0, high + 1, &high))
		return false;
	for (int day = 0; day < DAYS; day++) {
		bool spoke;

		if (!bisect_time(
			    db, FIRST_FROM, end - (day + 1) * DAY_MS, 0, high + 1, &low))
			return false;
		if (!spoke_between(db, topic, low + 1, high + 1, &spoke))
			return false;
		high = low;
		if (!spoke)
			continue;
		(*spoken)++;
		if (day - last_spoken > *longest_days)
			*longest_days = day - last_spoken;
		last_spoken = day;
	}
	return true;
}

/* Three times the average pause since it was confirmed; a day at least. */
static int64_t usual_pause(const struct quiet_topic *topic)
{
	int64_t pause = 0;

	if (topic->changed != UTC_NONE && topic->changed < topic->last &&
		topic->notifications > 1)
		pause = 3 * ((topic->last - topic->changed) / topic->notifications);
	return pause > DAY_MS ? pause : DAY_MS;
}

static bool is_of(
	const struct quiet_topic *topic, const char *account, const char *region)
{
	return text_equal(topic->account, account) && text_equal(topic->region, region);
}

/* Another one spoke within the time that this one has been silent. */
static bool another_spoke(
	const struct quiet *quiet, const struct quiet_topic *topic, utc_ms after)
{
	for (size_t i = 0; i < quiet->count; i++) {
		const struct quiet_topic *other = &quiet->topics[i];

		if (other != topic && other->last > after &&
			is_of(other, topic->account, topic->region))
			return true;
	}
	return false;
}

static bool is_silent_topic(struct db *db, const struct quiet *quiet,
	const struct quiet_topic *topic, utc_ms now, bool *is_silent)
{
	int64_t silence = now - topic->last, longest_days;
	int spoken;

	*is_silent = false;
	if (silence < usual_pause(topic) || silence > SILENCE_MOST ||
		!another_spoke(quiet, topic, now - DAY_MS))
		return true;
	if (!find_habit(db, topic, &spoken, &longest_days))
		return false;
	*is_silent = spoken >= DAYS_LEAST && silence >= longest_days * DAY_MS;
	return true;
}

bool quiet_has_topic(struct db *db, const struct quiet *quiet, const char *account,
	const char *region, utc_ms now, bool *is_silent)
{
	*is_silent = false;
	for (size_t i = 0; i < quiet->count && !*is_silent; i++)
		if (is_of(&quiet->topics[i], account, region) &&
			!is_silent_topic(db, quiet, &quiet->topics[i], now, is_silent))
			return false;
	return true;
}
