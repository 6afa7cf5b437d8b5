/* watching.h - a scene for the deciders of the watcher: facts go in, sights come out. */
#ifndef TESTS_DAEMON_WATCHING_H
#define TESTS_DAEMON_WATCHING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "daemon/watch_deciders.h"

#define UNUSED __attribute__((unused))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOW ((utc_ms) 1795000000000)

static char account[] = "111122223333";
static char region[] = "us-east-1";

struct watching {
	struct watch_scene scene;
	struct ses_watch_settings watch;
	struct ses_reputation_settings reputation;
	struct watch_book book;
	struct watch_sights sights;
};

UNUSED static int watching_set_up(void **state)
{
	struct watching *watching = calloc(1, sizeof(*watching));

	if (watching == NULL)
		return -1;
	ses_watch_defaults(&watching->watch);
	ses_reputation_defaults(&watching->reputation);
	watching->scene = (struct watch_scene){
		.now = NOW,
		.since = NOW - 30 * DAY_MS,
		.watch = &watching->watch,
		.reputation = &watching->reputation,
		.book = &watching->book,
		.sights = &watching->sights,
	};
	*state = watching;
	return 0;
}

UNUSED static int watching_tear_down(void **state)
{
	struct watching *watching = *state;

	watch_sights_finish(&watching->sights);
	watch_book_finish(&watching->book);
	free(watching);
	return 0;
}

/* Forgets what was seen, for another look. */
UNUSED static void look_again(struct watching *watching)
{
	watch_sights_finish(&watching->sights);
}

/* An alert that is on since then, as the store has it. */
UNUSED static void is_on_since(struct watching *watching, const char *name,
	const char *object, enum ses_level level, utc_ms since)
{
	const struct store_alert alert = {.id = 1,
		.name = name,
		.object = object,
		.fired = 1,
		.state = {.level = level,
			.since = since,
			.told = since,
			.resolved = UTC_NONE,
			.seen = since}};

	assert_true(watch_book_add(&watching->book, &alert));
}

UNUSED static void is_on(struct watching *watching, const char *name, const char *object)
{
	is_on_since(watching, name, object, SES_LEVEL_WARNING, NOW - HOUR_MS);
}

/* NULL: there is no such sight. */
UNUSED static const struct watch_sight *find_sight(
	const struct watching *watching, const char *name, const char *object)
{
	for (size_t i = 0; i < watching->sights.count; i++) {
		const struct watch_sight *sight = &watching->sights.sights[i];

		if (text_equal(sight->name, name) && text_equal(sight->object, object))
			return sight;
	}
	return NULL;
}

/* The level that was seen; SES_LEVEL_OK where nothing was. */
UNUSED static enum ses_level seen(
	const struct watching *watching, const char *name, const char *object)
{
	const struct watch_sight *sight = find_sight(watching, name, object);

	return sight == NULL ? SES_LEVEL_OK : sight->level;
}

UNUSED static size_t count_on(const struct watching *watching, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < watching->sights.count; i++)
		count += text_equal(watching->sights.sights[i].name, name) &&
			 watching->sights.sights[i].level > SES_LEVEL_OK;
	return count;
}

UNUSED static void assert_says(const struct watching *watching, const char *name,
	const char *object, const char *part)
{
	const struct watch_sight *sight = find_sight(watching, name, object);

	if (sight == NULL)
		fail_msg("there is no sight %s %s", name, object);
	else if (strstr(sight->text, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", sight->text, part);
}

#endif
