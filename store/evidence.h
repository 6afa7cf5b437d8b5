/* evidence.h - what is remembered of an address to decide by. Private to store/. */
#ifndef STORE_EVIDENCE_H
#define STORE_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "ses/suppression.h"
#include "store/db.h"

/*
 * Kept beside the events, for it outlives them: table evidence, by address, then event.
 * DELIVERED has the event 0. Bounded: of one address at most EVIDENCE_MAX pieces; beyond
 * that the second oldest of the class that has most goes (the oldest says since when).
 */
#define EVIDENCE_MAX 512

struct evidence {
	struct ses_evidence *pieces;
	size_t count, capacity;
	struct buffer texts; /* owns their texts */
};

/* All of one address (or "@domain"), in order of event. evidence is zeroed before or was
 * read before: then its memory is used again. */
bool evidence_read(struct db *db, const char *address, struct evidence *evidence);
void evidence_finish(struct evidence *evidence);

/* Adds a piece; one of that event is there already: nothing. origin: names.h. mail: the
 * digest of the SES message id. tenant "" none. */
bool evidence_add(struct db *db, const char *address, const struct ses_evidence *piece,
	int64_t origin);

/* Notes a delivery of a mail sent then, if it is newer than what is known; *is_newer. */
bool evidence_deliver(struct db *db, const char *address, utc_ms sent, bool *is_newer);

/* The classes a delivery may make a difference to: for SQL, as the index evidence_watched
 * has them, and for a piece. */
#define EVIDENCE_WATCHED "class IN (2, 3, 6, 8, 12)"
bool evidence_is_watched(enum ses_class class);

#endif
