/* peaks.h - the busiest second of an hour. Private to store/. */
#ifndef STORE_PEAKS_H
#define STORE_PEAKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "store/db.h"

/* Seconds that are counted side by side: Send events of one second come within a few. */
#define PEAKS_SECONDS 1024
#define PEAKS_KEPT_MS (30 * DAY_MS)

/*
 * Counts recipients by account and second of sending, in memory; what is the most of its
 * hour is written once a batch. A second that others have pushed out, or that a restart
 * went through, counts from nothing again: peaks are never too high.
 */
struct peaks {
	struct peak_second {
		int64_t account; /* 0: free */
		int64_t second;
		int64_t count;
	} seconds[PEAKS_SECONDS];
	struct peak_hour { /* of this batch */
		int64_t account, hour, rate;
		utc_ms at;
	} * hours;
	size_t hour_count, hour_capacity;
};

/* So many recipients were sent to then. Called for items that succeeded. False without
 * memory. */
bool peaks_add(struct peaks *peaks, int64_t account, utc_ms sent, int64_t count);

bool peaks_write(struct peaks *peaks, struct db *db);

/* The batch is written. */
void peaks_clear(struct peaks *peaks);

/* The batch was rolled back, and its recipients with it. Frees all. */
void peaks_forget(struct peaks *peaks);

/* The most recipients in one second from since on and before until, and when that was; 0
 * and UTC_NONE without any. Takes any connection. */
bool peaks_read(struct db *db, const char *account, const char *region, utc_ms since,
	utc_ms until, int64_t *rate, utc_ms *at);

/* Takes away at most limit old rows. *count: how many. */
bool peaks_prune(struct db *db, utc_ms now, int64_t limit, int64_t *count);

#endif
