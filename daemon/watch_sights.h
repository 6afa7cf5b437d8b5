/* watch_sights.h - what a look saw: conditions, with what is to be said of them. Private
 * to daemon/. */
#ifndef DAEMON_WATCH_SIGHTS_H
#define DAEMON_WATCH_SIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "ses/alert.h"
#include "store/reputation.h"

/* What a cause carries most of. */
enum watch_measure { WATCH_HARD_BOUNCES, WATCH_COMPLAINTS, WATCH_BLOCKED };

/* What the causes are looked for in, once a sight is news. */
struct watch_question {
	bool is_asked;
	enum store_window window;
	enum watch_measure measure;
	const char *of; /* "of its", "of the account's": whose, for the sentence */
};

struct watch_sight {
	const char *name; /* of a kind; lives as long as the sights do */
	char *object;
	char *account, *region; /* NULL: it is of no account */
	enum ses_level level;
	uint64_t version;
	char *text;
	char *advice;	   /* NULL: the kind's own */
	struct json *data; /* an object: what is particular to it */
	struct watch_question question;
	bool is_logged; /* whoever raised it has logged it */
};

struct watch_sights {
	struct watch_sight *sights;
	size_t count, capacity;
	char **names; /* of kinds; what of them was not seen is over */
	size_t name_count;
	bool lacks_memory; /* then nothing is to be made of it */
};

void watch_sights_finish(struct watch_sights *sights);

/* Every condition of that kind that is so now has been or will be added. */
void watch_examined(struct watch_sights *sights, const char *name);
bool watch_is_examined(const struct watch_sights *sights, const char *name);

/* A new sight; account and region may be NULL. NULL without memory; the functions below
 * take NULL. Valid until the next is added. */
struct watch_sight *watch_sight_add(struct watch_sights *sights, const char *name,
	enum ses_level level, const char *account, const char *region);
bool watch_sight_object(struct watch_sight *sight, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool watch_sight_text(struct watch_sight *sight, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Behind what was said before, after a blank. */
bool watch_sight_more(struct watch_sight *sight, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool watch_sight_advice(struct watch_sight *sight, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
