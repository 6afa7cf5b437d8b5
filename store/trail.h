/* trail.h - which events an address has, without an index on the hot path. Private to
 * store/. */
#ifndef STORE_TRAIL_H
#define STORE_TRAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
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

/* The hashes of the events that are in no segment yet, kept in memory, so that an address
 * is found among them without reading them: hashes[i] belongs to the event first + i; 0
 * none. */
struct open_segment {
	int64_t first;
	int32_t hashes[TRAIL_SEGMENT];
};

/* Reads what the tables hold; after opening and after a rollback. */
bool open_segment_read(
	struct open_segment *open, struct db *db, int64_t trailed, int64_t last_event);
void open_segment_note(struct open_segment *open, int64_t event, const char *address);

/*
 * The newest Delivery of an address to a mail with since <= sent < before, by sent; *sent
 * is UTC_NONE if there is none. any: the first one found will do. A Delivery is recorded
 * after its mail was sent, so the walk, newest first, ends with what was recorded then,
 * or after TRAIL_SEGMENTS_MAX segments.
 */
#define TRAIL_SEGMENTS_MAX 2000
bool trail_find_delivery(const struct open_segment *open, struct db *db,
	const char *address, utc_ms since, utc_ms before, bool any, utc_ms *sent);

/* 32 bits; two addresses may share one, so the event's own address decides. */
int64_t trail_hash(const char *address);

#endif
