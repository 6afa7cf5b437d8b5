/* watch_book.c - the alerts that are remembered: what a look makes of them. */
#include "daemon/watch_book.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static void finish_entry(struct watch_entry *entry)
{
	free(entry->name);
	free(entry->object);
}

void watch_book_finish(struct watch_book *book)
{
	for (size_t i = 0; i < book->count; i++)
		finish_entry(&book->entries[i]);
	free(book->entries);
	*book = (struct watch_book){0};
}

void watch_kind(const char *name, struct ses_alert_kind *kind)
{
	const struct ses_alert_kind *known = ses_alert_kind(name);

	if (known != NULL)
		*kind = *known;
	else
		*kind = (struct ses_alert_kind){
			.name = name, .meaning = "", .advice = "See the log."};
}

/* Where it stands, or would stand. */
static size_t place_of(const struct watch_book *book, const char *name,
	const char *object, bool *is_there)
{
	size_t low = 0, high = book->count;

	*is_there = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct watch_entry *entry = &book->entries[middle];
		int order = strcmp(entry->name, name);

		if (order == 0)
			order = strcmp(entry->object, object);
		if (order == 0) {
			*is_there = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool grow(struct watch_book *book)
{
	size_t capacity = book->capacity * 2 + 64;
	struct watch_entry *grown =
		realloc(book->entries, capacity * sizeof(*book->entries));

	if (grown == NULL)
		return false;
	book->entries = grown;
	book->capacity = capacity;
	return true;
}

/* The one that is there, or a new one that is not on. */
static struct watch_entry *entry_of(
	struct watch_book *book, const char *name, const char *object)
{
	bool is_there;
	size_t place = place_of(book, name, object, &is_there);
	struct watch_entry fresh = {
		.state = {.level = SES_LEVEL_OK, .told = UTC_NONE, .resolved = UTC_NONE},
	};

	if (is_there)
		return &book->entries[place];
	if (book->count == book->capacity && !grow(book))
		return NULL;
	fresh.name = text_copy(name, strlen(name));
	fresh.object = text_copy(object, strlen(object));
	if (fresh.name == NULL || fresh.object == NULL) {
		finish_entry(&fresh);
		return NULL;
	}
	watch_kind(fresh.name, &fresh.kind);
	memmove(&book->entries[place + 1], &book->entries[place],
		(book->count - place) * sizeof(fresh));
	book->entries[place] = fresh;
	book->count++;
	return &book->entries[place];
}

bool watch_book_add(struct watch_book *book, const struct store_alert *alert)
{
	struct watch_entry *entry = entry_of(book, alert->name, alert->object);

	if (entry == NULL)
		return false;
	entry->state = alert->state;
	entry->id = alert->id;
	entry->fired = alert->fired;
	return true;
}

struct watch_entry *watch_book_find(
	const struct watch_book *book, const char *name, const char *object)
{
	bool is_there;
	size_t place = place_of(book, name, object, &is_there);

	return is_there ? &book->entries[place] : NULL;
}

enum ses_level watch_book_level(
	const struct watch_book *book, const char *name, const char *object)
{
	const struct watch_entry *entry = watch_book_find(book, name, object);

	return entry == NULL ? SES_LEVEL_OK : entry->state.level;
}

bool watch_book_is_on(const struct watch_book *book, const char *name, const char *object)
{
	return watch_book_level(book, name, object) > SES_LEVEL_OK;
}

/* ---- a look ---- */

static bool was_told(const struct ses_alert_state *state)
{
	return state->told != UTC_NONE && state->told != 0;
}

/* What was silenced when it happened, or never got into the outbox, is still to be told.
 */
static bool is_owed(const struct watch_entry *entry)
{
	return entry->state.level > SES_LEVEL_OK && !was_told(&entry->state);
}

static bool is_over(const struct watch_entry *entry, const struct watch_sights *sights)
{
	return entry->sight == NULL && entry->state.level > SES_LEVEL_OK &&
	       watch_is_examined(sights, entry->name);
}

static struct watch_news step_entry(
	struct watch_entry *entry, utc_ms now, int64_t renotify_ms)
{
	static const struct watch_sight nothing = {.level = SES_LEVEL_OK};
	const struct watch_sight *seen = entry->sight == NULL ? &nothing : entry->sight;
	const struct ses_alert_sight sight = {seen->level, seen->version};
	struct watch_news news = {
		.entry = entry, .before = entry->state, .fired_before = entry->fired};
	bool owed = is_owed(entry);

	news.step = ses_alert_step(&entry->kind, &entry->state, &sight, now, renotify_ms);
	if (news.step == SES_ALERT_NOTHING && owed && is_owed(entry)) {
		entry->state.told = now;
		news.step = SES_ALERT_FIRED;
	} else if (news.step == SES_ALERT_FIRED && news.before.level <= SES_LEVEL_OK) {
		entry->fired++;
	}
	return news;
}

static bool is_to_write(const struct watch_news *news)
{
	return news->step != SES_ALERT_NOTHING ||
	       news->before.level != news->entry->state.level;
}

/* Every sight that is on has an entry, and every entry its sight. */
static bool open_entries(struct watch_book *book, const struct watch_sights *sights)
{
	for (size_t i = 0; i < sights->count; i++) {
		const struct watch_sight *sight = &sights->sights[i];

		if (sight->level > SES_LEVEL_OK &&
			entry_of(book, sight->name, sight->object) == NULL)
			return false;
	}
	for (size_t i = 0; i < book->count; i++)
		book->entries[i].sight = NULL;
	for (size_t i = 0; i < sights->count; i++) {
		const struct watch_sight *sight = &sights->sights[i];
		struct watch_entry *entry =
			watch_book_find(book, sight->name, sight->object);

		/* The first that was added says it. */
		if (entry != NULL && entry->sight == NULL)
			entry->sight = sight;
	}
	return true;
}

bool watch_book_step(struct watch_book *book, const struct watch_sights *sights,
	utc_ms now, int64_t renotify_ms, struct watch_news **news, size_t *count)
{
	*news = NULL;
	*count = 0;
	if (sights->lacks_memory || !open_entries(book, sights))
		return false;
	*news = calloc(book->count + 1, sizeof(**news));
	if (*news == NULL)
		return false;
	for (size_t i = 0; i < book->count; i++) {
		struct watch_entry *entry = &book->entries[i];
		struct watch_news one;

		if (entry->sight == NULL && !is_over(entry, sights))
			continue;
		one = step_entry(entry, now, renotify_ms);
		if (is_to_write(&one))
			(*news)[(*count)++] = one;
	}
	return true;
}

void watch_book_undo(const struct watch_news *news)
{
	news->entry->state = news->before;
	news->entry->fired = news->fired_before;
}
