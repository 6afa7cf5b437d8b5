/* hosted.h - who runs the mailboxes of hosted domains, as replies showed it. Private to
 * store/. */
#ifndef STORE_HOSTED_H
#define STORE_HOSTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "store/db.h"

#define HOSTED_SLOTS 16384

/* A day without mail is no reason to forget one; this is. */
#define HOSTED_KEPT_MS (400 * DAY_MS)

/* Names of providers are few: those of the table in ses/provider.c. */
#define HOSTED_PROVIDERS_MAX 64

/* A memory of the table, consumer domains too; the writer's. Must be forgotten whenever a
 * transaction or a savepoint is rolled back. Domains go by their hash. */
struct hosted {
	struct hosted_domain {
		uint64_t hash;
		const char *provider; /* NULL: free slot; "" not known */
		utc_ms last;	      /* when the row was written; UTC_NONE: no row */
		bool is_consumer;
	} slots[HOSTED_SLOTS];
	size_t count;
	char *providers[HOSTED_PROVIDERS_MAX]; /* as read from the table */
	size_t provider_count;
};

void hosted_forget(struct hosted *hosted);
void hosted_finish(struct hosted *hosted);

/*
 * The provider of a domain in normal form: by its name, else by what its servers say in
 * replies (each may be NULL), else as learnt from earlier ones, in order of arrival; ""
 * not known. What is learnt is written where it is new, and once a day. *provider lives
 * as long as hosted.
 */
bool hosted_provider(struct hosted *hosted, struct db *db, const char *domain,
	const char *const replies[2], utc_ms now, const char **provider);

/* Takes away what was not seen for long: the next slice of limit rows behind domain,
 * which moves on; "" is the beginning. *seen: how many rows, fewer than limit at the end.
 */
bool hosted_prune(struct db *db, utc_ms now, int64_t limit, char *domain, size_t size,
	int64_t *seen);

#endif
