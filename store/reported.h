/* reported.h - what the application says it sent. Private to store/. */
#ifndef STORE_REPORTED_H
#define STORE_REPORTED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "store/db.h"

/* An id that was reported again within this counts no more. */
#define REPORTED_KEPT_MS (30 * DAY_MS)

/* Takes away at most limit old ids. *count: how many. */
bool reported_prune(struct db *db, utc_ms now, int64_t limit, int64_t *count);

#endif
