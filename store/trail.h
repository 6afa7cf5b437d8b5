/* trail.h - which events an address has, without an index on the hot path. Private to
 * store/. */
#ifndef STORE_TRAIL_H
#define STORE_TRAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

/*
 * An index on the address would dirty a page of its own for every event. Instead, when
 * TRAIL_SEGMENT more ids were given, the addresses of these events are sorted and
 * appended: (segment, hash of the address, place in the segment). A look-up seeks once in
 * each segment, and reads the events that are in no segment yet.
 */
#define TRAIL_SEGMENT 16384

/* trailed: how many segments are written. Segment n holds the ids n * TRAIL_SEGMENT
 * up to, not with, (n + 1) * TRAIL_SEGMENT. */
bool trail_is_due(int64_t trailed, int64_t last_event);

/* Writes the next segment; in a transaction of the writer. */
bool trail_write(struct db *db, int64_t *trailed);

/* 32 bits; two addresses may share one, so the event's own address decides. */
int64_t trail_hash(const char *address);

#endif
