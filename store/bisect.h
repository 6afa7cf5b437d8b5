/* bisect.h - finds a time in a table whose ids grow with time. Private to store/. */
#ifndef STORE_BISECT_H
#define STORE_BISECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "store/db.h"

/*
 * *id: from low on and below high, the highest such that no row at or below it is as late
 * as a time. first_from is SQL for the id and the time of the first row from ?1 on, at
 * the same address each time (db.h).
 */
bool bisect_time(struct db *db, const char *first_from, utc_ms time, int64_t low,
	int64_t high, int64_t *id);

#endif
