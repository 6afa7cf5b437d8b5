/* readers.h - connections that only read, lent to one thread at a time. Private to
 * store/. */
#ifndef STORE_READERS_H
#define STORE_READERS_H

#include <stdbool.h>

#include "base/error.h"
#include "store/db.h"

struct lookup;
struct readers;

struct readers *readers_new(const char *path, unsigned count, struct error *error);
/* All must be back. Takes NULL. */
void readers_free(struct readers *readers);

/* Lends a connection inside a read transaction that sees every commit so far; waits for
 * one. Given back with readers_return, soon: an open read transaction keeps the log from
 * being emptied. NULL with error if the store can't be read. */
struct db *readers_borrow(struct readers *readers, struct error *error);
void readers_return(struct readers *readers, struct db *db);

/* The look-up that stays with a lent connection, for lookup_resume: what it remembers is
 * of the transaction that the connection is in. */
struct lookup *readers_lookup(struct db *db);

/* The writer says after each commit that there is something new, and before a checkpoint
 * that idle readers must let go of the log. */
void readers_note_commit(struct readers *readers);
void readers_let_go(struct readers *readers);

#endif
