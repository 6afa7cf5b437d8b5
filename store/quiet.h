/* quiet.h - topics that used to speak, and are silent while others speak. Private to
 * store/. */
#ifndef STORE_QUIET_H
#define STORE_QUIET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "store/db.h"

/* What is known of the topics; zeroed before quiet_read. */
struct quiet {
	struct quiet_topic {
		int64_t id;
		char *account, *region; /* of its ARN; "" unknown */
		utc_ms changed;		/* UTC_NONE unknown */
		utc_ms last;		/* when something came, by our clock */
		int64_t notifications;
	} * topics;
	size_t count, capacity;
	bool lacks_memory;
};

bool quiet_read(struct db *db, struct quiet *quiet);
void quiet_finish(struct quiet *quiet);

/*
 * Whether a topic of the account spoke on most of the eight days before its last word,
 * has now been silent for a day (and for longer than is usual with it: the longest pause
 * of those days, three times its average one), but not yet for more than seven, and
 * another topic of the account spoke in the last 24 hours. On which days it spoke is
 * found by samples of the events, a bounded number, and only for a topic for which all
 * the rest is so.
 */
bool quiet_has_topic(struct db *db, const struct quiet *quiet, const char *account,
	const char *region, utc_ms now, bool *is_silent);

#endif
