/* watch_book.h - the alerts that are remembered: what a look makes of them. Private to
 * daemon/. */
#ifndef DAEMON_WATCH_BOOK_H
#define DAEMON_WATCH_BOOK_H

#include "daemon/watch_sights.h"
#include "store/alerts.h"

struct watch_entry {
	char *name, *object;
	struct ses_alert_kind kind; /* of the table; an unknown name has a plain one */
	struct ses_alert_state state;
	int64_t id; /* of the store; 0: not written yet */
	int64_t fired;
	const struct watch_sight *sight; /* while a look is worked through; NULL: not seen
					  */
};

struct watch_book {
	struct watch_entry *entries; /* in order of name, object */
	size_t count, capacity;
};

/* What became of one alert in a look. */
struct watch_news {
	struct watch_entry *entry;
	struct ses_alert_state before;
	int64_t fired_before;
	enum ses_alert_step step; /* NOTHING: only the state is to be written */
};

void watch_book_finish(struct watch_book *book);

/* As the store keeps it. False without memory. */
bool watch_book_add(struct watch_book *book, const struct store_alert *alert);

/* NULL: never heard of. Valid until one is added. */
struct watch_entry *watch_book_find(
	const struct watch_book *book, const char *name, const char *object);

/* The level it has now; SES_LEVEL_OK if never heard of. For hysteresis. */
enum ses_level watch_book_level(
	const struct watch_book *book, const char *name, const char *object);
bool watch_book_is_on(
	const struct watch_book *book, const char *name, const char *object);

/*
 * Moves every alert on by what was seen; those of an examined kind that were not seen are
 * over. What is to be written comes back in *news (freed by the caller), with the states
 * moved; the entries' sights point into sights. False without memory: nothing is moved.
 */
bool watch_book_step(struct watch_book *book, const struct watch_sights *sights,
	utc_ms now, int64_t renotify_ms, struct watch_news **news, size_t *count);

/* Takes the step back: it could not be written. */
void watch_book_undo(const struct watch_news *news);

/* The kind of a name; one that the table does not have is told like a plain condition. */
void watch_kind(const char *name, struct ses_alert_kind *kind);

#endif
