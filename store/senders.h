/* senders.h - callers, source addresses and from-domains: when each was seen first.
 * Private to store/. */
#ifndef STORE_SENDERS_H
#define STORE_SENDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "ses/watching.h"
#include "store/db.h"

#define SENDERS_SLOTS 4096
#define SENDERS_KEPT_MS (400 * DAY_MS)

/* A memory of which days the table covers; the writer's. Must be forgotten whenever a
 * transaction or a savepoint is rolled back. */
struct senders {
	struct sender_days {
		uint64_t hash; /* of account, kind and key; 0: free slot */
		int64_t first, last;
	} slots[SENDERS_SLOTS];
	size_t count;
};

void senders_forget(struct senders *senders);

/* There is mail of that sender, sent then. hash: names_hash of the key. Written when the
 * day is earlier or later than all known ones. */
bool senders_note(struct senders *senders, struct db *db, int64_t account,
	enum ses_sender_kind kind, const char *key, uint64_t hash, utc_ms sent);

/* Where a round through the table stands; zeroed at its begin. */
struct senders_place {
	int64_t account, kind;
	char key[600];
};

/* Takes away who was not seen for long: the next slice of limit rows. *seen: how many. */
bool senders_prune(struct db *db, utc_ms now, int64_t limit, struct senders_place *place,
	int64_t *seen);

#endif
