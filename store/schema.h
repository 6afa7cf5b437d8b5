/* schema.h - the tables, and how older files become today's. Private to store/. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "store/db.h"

/* Refuses a file that is not ours, damaged, or written by a newer program, before
 * anything in it is changed. */
bool schema_check(struct db *db, const char *path, struct error *error);

/* Puts before error which file it is about, and what to do with a damaged one; false. */
bool schema_explain(const struct db *db, const char *path, struct error *error);

/* Brings the file to today's tables; each step is one transaction. *migrated_from is the
 * version before (0: a new file), or -1 if there was nothing to do. */
bool schema_migrate(
	struct db *db, const char *path, int *migrated_from, struct error *error);

int schema_version(void);

#endif
