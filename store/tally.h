/* tally.h - the counting of one batch: added up in memory, written once. Private to
 * store/. */
#ifndef STORE_TALLY_H
#define STORE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "ses/counts.h"
#include "store/db.h"
#include "store/store.h"

/* A line of the table counters: basis * 12 + step * 4 + dimension. */
static inline int64_t tally_series(
	enum store_basis basis, enum store_step step, enum store_dimension dimension)
{
	return (int64_t) basis * 12 + (int64_t) step * 4 + (int64_t) dimension;
}

/*
 * Increments are staged for one item, and kept only when the item succeeded; kept ones
 * are written by tally_write, as minutes, hours and days. Keys are borrowed until then.
 */
struct tally {
	struct tally_staged {
		enum store_dimension dimension;
		int64_t account;
		const char *key;
		struct ses_counts counts;
	} * staged;
	size_t staged_count, staged_capacity;
	struct tally_line *lines;
	size_t line_count, line_capacity;
	uint32_t *slots; /* line number + 1; 0 is free */
	size_t slot_count;
};

void tally_finish(struct tally *tally);

/* False without memory. */
bool tally_stage(struct tally *tally, enum store_dimension dimension, int64_t account,
	const char *key, const struct ses_counts *counts);

/* The item succeeded: its increments count at the minute of both times. */
bool tally_keep(struct tally *tally, utc_ms sent, utc_ms published);

/* The item failed, or the whole batch. */
void tally_drop_staged(struct tally *tally);
void tally_clear(struct tally *tally);

bool tally_write(struct tally *tally, struct db *db);

/* The newest minute for which this batch has counted a delivery to a recipient domain, by
 * the time of sending; UTC_NONE if none. */
utc_ms tally_last_delivery(const struct tally *tally, const char *domain);

#endif
