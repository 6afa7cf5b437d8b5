/* levels.c - the levels as the watcher judged them last. */
#include "web/levels.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/inside.h"

struct levels {
	pthread_mutex_t lock;
	struct web_level *list; /* with all its texts behind it, in one block */
	size_t count;
	utc_ms at;
};

struct levels *levels_new(void)
{
	struct levels *levels = calloc(1, sizeof(*levels));

	if (levels == NULL)
		return NULL;
	levels->at = UTC_NONE;
	pthread_mutex_init(&levels->lock, NULL);
	return levels;
}

void levels_free(struct levels *levels)
{
	if (levels == NULL)
		return;
	pthread_mutex_destroy(&levels->lock);
	free(levels->list);
	free(levels);
}

static size_t room_of(const char *text)
{
	return text == NULL ? 0 : strlen(text) + 1;
}

static const char *put(char **room, const char *text)
{
	size_t length = room_of(text);
	char *copy = *room;

	if (text == NULL)
		return NULL;
	memcpy(copy, text, length);
	*room += length;
	return copy;
}

/* NULL without memory. */
static struct web_level *copy_of(const struct web_level *levels, size_t count)
{
	size_t size = (count + 1) * sizeof(*levels);
	struct web_level *list;
	char *room;

	for (size_t i = 0; i < count; i++)
		size += room_of(levels[i].account) + room_of(levels[i].region) +
			room_of(levels[i].configuration_set) + room_of(levels[i].would);
	list = malloc(size);
	if (list == NULL)
		return NULL;
	room = (char *) (list + count + 1);
	for (size_t i = 0; i < count; i++) {
		list[i] = (struct web_level){
			.level = levels[i].level,
			.is_since_resume = levels[i].is_since_resume,
			.account = put(&room, levels[i].account),
			.region = put(&room, levels[i].region),
			.configuration_set = put(&room, levels[i].configuration_set),
			.would = put(&room, levels[i].would),
		};
	}
	return list;
}

bool web_levels_put(
	struct web *web, const struct web_level *list, size_t count, utc_ms at)
{
	struct levels *levels = web->levels;
	struct web_level *copy = copy_of(list, count), *old;

	pthread_mutex_lock(&levels->lock);
	old = levels->list;
	levels->list = copy;
	levels->count = copy == NULL ? 0 : count;
	levels->at = copy == NULL ? UTC_NONE : at;
	pthread_mutex_unlock(&levels->lock);
	free(old);
	return copy != NULL;
}

static void take(const struct web_level *level, struct levels_answer *answer)
{
	bool is_set = level->configuration_set[0] != '\0';
	enum ses_level *worst = is_set ? &answer->set : &answer->account;

	if (is_set)
		answer->has_set = true;
	else
		answer->is_known = true;
	if (level->level > *worst)
		*worst = level->level;
	answer->is_since_resume = answer->is_since_resume || level->is_since_resume;
	if (level->would != NULL && !answer->would_pause)
		snprintf(answer->why, sizeof(answer->why), "%s", level->would);
	answer->would_pause = answer->would_pause || level->would != NULL;
}

void levels_ask(struct levels *levels, const char *account, const char *region,
	const char *configuration_set, struct levels_answer *answer)
{
	*answer = (struct levels_answer){
		.account = SES_LEVEL_NO_DENOMINATOR, .set = SES_LEVEL_NO_DENOMINATOR};
	pthread_mutex_lock(&levels->lock);
	answer->at = levels->at;
	for (size_t i = 0; i < levels->count; i++) {
		const struct web_level *level = &levels->list[i];

		if ((account == NULL || text_equal(account, level->account)) &&
			(region == NULL || text_equal(region, level->region)) &&
			(level->configuration_set[0] == '\0' ||
				text_equal(configuration_set, level->configuration_set)))
			take(level, answer);
	}
	pthread_mutex_unlock(&levels->lock);
}
