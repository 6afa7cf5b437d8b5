/* rollup.h - lines of a tally become minutes, hours and days of the table counters.
 * Private to store/. */
#ifndef STORE_ROLLUP_H
#define STORE_ROLLUP_H

#include <stdbool.h>

#include "store/tally.h"

/* Adds every line to its minute, hour and day, by both times; but_many: not those of
 * dimensions with many keys. False with what went wrong in db. */
bool rollup_write(const struct tally *tally, bool but_many, struct db *db);

#endif
