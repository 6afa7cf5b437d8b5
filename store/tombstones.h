/* tombstones.h - forgotten addresses that stay suppressed. Private to store/. */
#ifndef STORE_TOMBSTONES_H
#define STORE_TOMBSTONES_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/crypto.h"
#include "store/db.h"
#include "store/store.h"

/*
 * HMAC-SHA256 of the normal form under a key that is in a file of its own, PATH.key, mode
 * 0600: who has the database alone can't try addresses out. The file is made with the
 * first tombstone: the key in hex and a newline. Table tombstones: digest, scope, reason,
 * since, expires. One row of it, with no reason, is the digest of the empty text: by it a
 * wrong key is told from the right one.
 */
struct tombstones {
	atomic_bool has_key; /* once true it stays so, and the key what it is */
	uint8_t key[SHA256_SIZE];
};

/* Reads the key if there is one, before any thread. There are tombstones but no key, or
 * another: false, error says what to do. path: of the database. */
bool tombstones_open(struct tombstones *tombstones, struct db *db, const char *path,
	struct error *error);

/* Makes and syncs the key file if need be; the writing thread. */
bool tombstones_make_key(
	struct tombstones *tombstones, const char *path, struct error *error);

/* In the writer's transaction; there is a key. Of two of one address and scope the
 * stronger reason and the later end count. */
bool tombstones_add(const struct tombstones *tombstones, struct db *db,
	const struct store_suppression *entry);

/* Takes away the one of an address and scope (NULL: those of all its scopes), in the
 * writer's transaction; *was_there. */
bool tombstones_remove(const struct tombstones *tombstones, struct db *db,
	const char *address, const char *scope, bool *was_there);

/* Whether there are any at all: then each check must look. */
bool tombstones_exist(struct db *db, bool *exist);

/* Those that apply to the scopes and stand, one of a scope. Texts are borrowed from
 * address, scopes or static. */
#define TOMBSTONES_MAX (SES_SCOPES_MAX + 1)
bool tombstones_read(const struct tombstones *tombstones, struct db *db,
	const char *address, const struct ses_scopes *scopes, utc_ms now,
	struct store_suppression found[TOMBSTONES_MAX], size_t *count);

/* The strongest of these; *found false if there are none. */
bool tombstones_find(const struct tombstones *tombstones, struct db *db,
	const char *address, const struct ses_scopes *scopes, utc_ms now,
	struct store_suppression *entry, bool *found);

#endif
