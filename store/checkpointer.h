/* checkpointer.h - copies SQLite's log into the file while the writer writes on. Private
 * to store/. */
#ifndef STORE_CHECKPOINTER_H
#define STORE_CHECKPOINTER_H

#include <stdbool.h>

#include "base/error.h"

/*
 * A thread with a connection of its own. It copies what is in the log, then what came
 * meanwhile, until little is left; that little, and the log's new beginning, are the
 * writer's (checkpoint.c). What it can't do the writer does, so its failures are none.
 */
struct checkpointer;

/* The file exists and is in WAL mode. NULL with error. */
struct checkpointer *checkpointer_start(const char *path, struct error *error);

/* Waits for what is under way. Takes NULL. */
void checkpointer_stop(struct checkpointer *checkpointer);

/* The writer: to copy. */
void checkpointer_ask(struct checkpointer *checkpointer);

/* Whether nothing is under way. */
bool checkpointer_is_done(struct checkpointer *checkpointer);

#endif
