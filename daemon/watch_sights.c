/* watch_sights.c - what a look saw: conditions, with what is to be said of them. */
#include "daemon/watch_sights.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static void finish_sight(struct watch_sight *sight)
{
	free(sight->object);
	free(sight->account);
	free(sight->region);
	free(sight->text);
	free(sight->advice);
	json_free(sight->data);
}

void watch_sights_finish(struct watch_sights *sights)
{
	for (size_t i = 0; i < sights->count; i++)
		finish_sight(&sights->sights[i]);
	for (size_t i = 0; i < sights->name_count; i++)
		free(sights->names[i]);
	free(sights->sights);
	free(sights->names);
	*sights = (struct watch_sights){0};
}

bool watch_is_examined(const struct watch_sights *sights, const char *name)
{
	for (size_t i = 0; i < sights->name_count; i++)
		if (text_equal(sights->names[i], name))
			return true;
	return false;
}

void watch_examined(struct watch_sights *sights, const char *name)
{
	char **names, *copy;

	if (watch_is_examined(sights, name))
		return;
	names = realloc(sights->names, (sights->name_count + 1) * sizeof(*names));
	copy = text_copy(name, strlen(name));
	if (names != NULL)
		sights->names = names;
	if (names == NULL || copy == NULL) {
		sights->lacks_memory = true;
		free(copy);
		return;
	}
	names[sights->name_count++] = copy;
}

static bool grow(struct watch_sights *sights)
{
	size_t capacity = sights->capacity * 2 + 16;
	struct watch_sight *grown =
		realloc(sights->sights, capacity * sizeof(*sights->sights));

	if (grown == NULL)
		return false;
	sights->sights = grown;
	sights->capacity = capacity;
	return true;
}

struct watch_sight *watch_sight_add(struct watch_sights *sights, const char *name,
	enum ses_level level, const char *account, const char *region)
{
	struct watch_sight *sight;

	if (sights->count == sights->capacity && !grow(sights)) {
		sights->lacks_memory = true;
		return NULL;
	}
	sight = &sights->sights[sights->count];
	*sight = (struct watch_sight){.name = name, .level = level};
	if (account != NULL) {
		sight->account = text_copy(account, strlen(account));
		sight->region = text_copy(region, strlen(region));
	}
	sight->object = text_copy("", 0);
	sight->text = text_copy("", 0);
	sight->data = json_object();
	if (sight->object == NULL || sight->text == NULL || sight->data == NULL ||
		(account != NULL && (sight->account == NULL || sight->region == NULL))) {
		finish_sight(sight);
		sights->lacks_memory = true;
		return NULL;
	}
	sights->count++;
	return sight;
}

/* In the place of *text, or behind it. What can't be had leaves the old. */
static bool write(char **text, bool is_more, const char *format, va_list arguments)
{
	char *fresh = NULL, *both = NULL;

	if (vasprintf(&fresh, format, arguments) < 0)
		return false;
	if (!is_more || text_is_empty(*text)) {
		free(*text);
		*text = fresh;
		return true;
	}
	if (asprintf(&both, "%s %s", *text, fresh) < 0)
		both = NULL;
	free(fresh);
	if (both == NULL)
		return false;
	free(*text);
	*text = both;
	return true;
}

#define WRITE(member, is_more)                                                           \
	do {                                                                             \
		va_list arguments;                                                       \
		bool is_written;                                                         \
                                                                                         \
		if (sight == NULL)                                                       \
			return false;                                                    \
		va_start(arguments, format);                                             \
		is_written = write(&sight->member, is_more, format, arguments);          \
		va_end(arguments);                                                       \
		return is_written;                                                       \
	} while (0)

bool watch_sight_object(struct watch_sight *sight, const char *format, ...)
{
	WRITE(object, false);
}

bool watch_sight_text(struct watch_sight *sight, const char *format, ...)
{
	WRITE(text, false);
}

bool watch_sight_more(struct watch_sight *sight, const char *format, ...)
{
	WRITE(text, true);
}

bool watch_sight_advice(struct watch_sight *sight, const char *format, ...)
{
	WRITE(advice, false);
}
