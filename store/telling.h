/* telling.h - what alerts, silences and the outbox give to the rest of the store. Private
 * to store/. */
#ifndef STORE_TELLING_H
#define STORE_TELLING_H

#include "store/alerts.h"
#include "store/db.h"
#include "store/outbox.h"

/* Those that have not ended. */
struct silences {
	struct silence {
		char *name, *object;
		utc_ms until;
	} * list;
	size_t count;
};

/* False with the failure in db; finish it all the same. */
bool silences_read(struct db *db, utc_ms now, struct silences *silences);
void silences_finish(struct silences *silences);

/* The latest end of those that are for the alert; UTC_NONE. */
utc_ms silences_until(const struct silences *silences, const struct store_alert *alert);

/* Puts a message there, due at once. alert: 0 none. *id is its own. In the writer's
 * transaction. */
bool outbox_add(struct db *db, const struct store_message *message, int64_t alert,
	utc_ms now, int64_t *id);

/*
 * Take out what is old, at most slice rows each, and add to *count how many went (of the
 * outbox twice that: what has been due for a week with nobody to try it is given up):
 * messages that were finished more than 30 days ago, alerts that were resolved more than
 * 400 days ago, silences that ended more than 30 days ago. In the writer's transaction.
 */
bool outbox_prune(struct db *db, utc_ms now, int64_t slice, int64_t *count);
bool alerts_prune(struct db *db, utc_ms now, int64_t slice, int64_t *count);
bool silences_prune(struct db *db, utc_ms now, int64_t slice, int64_t *count);

#endif
