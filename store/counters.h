/* counters.h - reading the roll-ups inside one read transaction. Private to store/. */
#ifndef STORE_COUNTERS_H
#define STORE_COUNTERS_H

#include <stdbool.h>

#include "store/db.h"
#include "store/store.h"

/* As store_counts. */
bool counters_read(struct db *db, const struct store_counts_query *query,
	store_each_counts *each, void *closure);

/* As store_complaining_domains. */
bool counters_complaining(struct db *db, store_each_domain *each, void *closure);

#endif
