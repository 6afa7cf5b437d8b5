/* changes.h - the audit trail of the list. Private to store/. */
#ifndef STORE_CHANGES_H
#define STORE_CHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"
#include "store/store.h"

/* Why the list changes: the same for all that one job does. */
struct change_cause {
	utc_ms at;
	const char *actor, *cause;
	int64_t event; /* 0 none */
};

enum change_what {
	CHANGE_ADDED = 1,
	CHANGE_CHANGED = 2,
	CHANGE_REMOVED = 3,
	CHANGE_EXEMPTED = 4,
	CHANGE_NOT_EXEMPTED = 5,
	CHANGE_FORGOTTEN = 6,
};

/* before and after: NULL for nothing. *id is the change's. In the writer's transaction.
 */
bool changes_add(struct db *db, const struct change_cause *cause, enum change_what what,
	const char *address, const char *scope, const struct store_suppression *before,
	const struct store_suppression *after, int64_t *id);

#endif
