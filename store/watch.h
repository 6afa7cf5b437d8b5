/* watch.h - whose deliveries matter. Private to store/. */
#ifndef STORE_WATCH_H
#define STORE_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

/*
 * A delivery matters to an address (or "@domain") with watched evidence only: evidence.h.
 * To look every delivery up in a table would cost the hot path a random page each; so the
 * watched ones are in a Bloom filter in memory: may say yes for one in a hundred others,
 * never no for one of them. It is built from the partial index evidence_watched at start,
 * and anew, larger, between two batches, when twice as many were added: not within a
 * transaction, which may be rolled back and bring evidence back. After that it may hold
 * too many.
 */
struct watch {
	uint64_t *bits;
	size_t bit_count;
	size_t added, capacity;
};

/* On failure watch is as it was. */
bool watch_build(struct watch *watch, struct db *db);
void watch_finish(struct watch *watch);

void watch_add(struct watch *watch, const char *address);
bool watch_is_full(const struct watch *watch);
bool watch_may_hold(const struct watch *watch, const char *address);

#endif
