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

#define TRAIL_SEGMENTS_MAX 2000

/* The events that are in no segment yet, kept in memory, so that an address is found
 * among them without reading them; and of written segments what saves looking at them. */
struct open_segment {
	int64_t first;
	int32_t hashes[TRAIL_SEGMENT]; /* of the event first + i; 0 none */
	/* No Delivery in it is of a mail sent later; of the segment n at n modulo. */
	struct segment_newest {
		int64_t segment; /* + 1; 0: nothing is known */
		utc_ms sent;
	} newest[TRAIL_SEGMENTS_MAX];
};

/* Reads what the tables hold; after opening and after a rollback. */
bool open_segment_read(
	struct open_segment *open, struct db *db, int64_t trailed, int64_t last_event);

/* An event was added. delivered: when its mail was sent if it is a Delivery, else
 * UTC_NONE. */
void open_segment_note(
	struct open_segment *open, int64_t event, const char *address, utc_ms delivered);

/*
 * The newest Delivery of an address to a mail with since <= sent < before, by sent; *sent
 * is UTC_NONE if there is none. any: the first one found will do. A Delivery is recorded
 * after its mail was sent, so the walk, newest first, ends with what was recorded then,
 * or after TRAIL_SEGMENTS_MAX segments.
 */
bool trail_find_delivery(const struct open_segment *open, struct db *db,
	const char *address, utc_ms since, utc_ms before, bool any, utc_ms *sent);

/* 32 bits; two addresses may share one, so the event's own address decides. */
int64_t trail_hash(const char *address);

#endif
