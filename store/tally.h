/* tally.h - counts added up in memory, line by line. Private to store/. */
#ifndef STORE_TALLY_H
#define STORE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "ses/counts.h"
#include "store/db.h"
#include "store/store.h"

/* A line of the table counters: four dimensions a group of 24, in it
 * basis * 12 + step * 4 + dimension. */
#define TALLY_SERIES (((STORE_DIMENSIONS + 3) / 4) * 24)
static inline int64_t tally_series(
	enum store_basis basis, enum store_step step, enum store_dimension dimension)
{
	return (int64_t) dimension / 4 * 24 + (int64_t) basis * 12 + (int64_t) step * 4 +
	       (int64_t) dimension % 4;
}

static inline enum store_step tally_step(int64_t series)
{
	return (enum store_step)(series % 12 / 4);
}

/* What was counted of one key at one minute of both times. */
struct tally_line {
	uint64_t hash, hash_of_key; /* names_hash */
	int64_t account;
	int64_t minutes[2]; /* of each basis */
	const char *key;
	enum store_dimension dimension;
	struct ses_counts counts;
};

/* Increments are staged for one item, and kept as lines only when the item succeeded. */
struct tally {
	int64_t minutes[2]; /* where what is staged next counts */
	struct tally_line *staged;
	size_t staged_count, staged_capacity;
	struct tally_line *lines;
	size_t line_count, line_capacity;
	uint32_t *slots;	    /* line number + 1; 0 is free */
	size_t slot_count;	    /* a power of two */
	struct tally_block *blocks; /* texts */
};

void tally_finish(struct tally *tally);

/* What is staged from here on counts at the minute of both times. */
void tally_at(struct tally *tally, utc_ms sent, utc_ms published);

/* hash: names_hash of the key, which is borrowed until tally_clear. False without memory.
 */
bool tally_stage(struct tally *tally, enum store_dimension dimension, int64_t account,
	const char *key, uint64_t hash, const struct ses_counts *counts);

/* Room for a key that nobody else keeps until tally_clear; NULL without memory. */
char *tally_room(struct tally *tally, size_t size);

/* The item succeeded. */
bool tally_keep(struct tally *tally);

/* The item failed, or the whole batch. */
void tally_drop_staged(struct tally *tally);
void tally_clear(struct tally *tally);

/* Dimensions with so many keys that their lines are most of a tally. */
static inline bool tally_has_many_keys(enum store_dimension dimension)
{
	return dimension == STORE_BY_RECIPIENT_DOMAIN || dimension == STORE_BY_TAG;
}

/* Forgets the lines of the other dimensions. */
void tally_keep_many(struct tally *tally);

/* Adds a line, whose hash is not looked at, with a key of its own. False without memory.
 */
bool tally_add(struct tally *tally, const struct tally_line *line);

/* The newest minute for which a delivery to a recipient domain is counted here, by the
 * time of sending; UTC_NONE if none. */
utc_ms tally_last_delivery(const struct tally *tally, const char *domain);

#endif
