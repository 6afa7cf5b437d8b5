/* seen.h - what was recorded already, so that nothing counts twice. Private to store/. */
#ifndef STORE_SEEN_H
#define STORE_SEEN_H

#include <stdbool.h>

#include "base/clock.h"
#include "ses/event.h"
#include "ses/key.h"
#include "store/db.h"
#include "store/recent.h"

/*
 * Where a key of an event lies. The digits of a message id are its send time as far as
 * was observed, and seen is pruned by it; so digits that say anything else than
 * mail.timestamp, give or take a day, are not taken for a time (the locality is negative
 * then).
 */
struct ses_key seen_place(const struct ses_event *event, struct ses_key key);

/* *is_new: the key was not there, and is there now. */
bool seen_add(struct recent *recent, struct db *db, struct ses_key key, utc_ms now,
	bool *is_new);
bool seen_has(
	const struct recent *recent, struct db *db, struct ses_key key, bool *answer);

/*
 * Takes away up to limit keys of what was sent before cutoff; those without a time, by
 * when they were recorded. *count: how many.
 */
bool seen_prune(struct db *db, utc_ms cutoff, int64_t limit, int64_t *count);

#endif
