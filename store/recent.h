/* recent.h - the newest keys of events, which the table seen does not hold yet. Private
 * to store/. */
#ifndef STORE_RECENT_H
#define STORE_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ses/key.h"
#include "store/db.h"

/*
 * Mail of a few seconds lies on some hundred pages of the table, and a batch would write
 * one of them for each of its events. So keys gather here, and many are written at once,
 * in the table's order. uncounted.h keeps them safe meanwhile.
 */
struct recent {
	struct ses_key *keys; /* in order of arrival, each once */
	uint32_t *slots;      /* place among them + 1; 0 is free */
	size_t count, slot_count;
	size_t batch, item; /* how many there were before this batch; before this item */
};

void recent_finish(struct recent *recent);

bool recent_has(const struct recent *recent, struct ses_key key);

/* A key that is not there. False without memory. */
bool recent_add(struct recent *recent, struct ses_key key);

void recent_begin_item(struct recent *recent);
void recent_undo_item(struct recent *recent);

/* After the commit; and after a rollback. */
void recent_end_batch(struct recent *recent);
void recent_undo_batch(struct recent *recent);

/* In a transaction: the keys of earlier batches go into the table. */
bool recent_write(const struct recent *recent, struct db *db);

/* They are written; those of this batch stay. */
void recent_forget_written(struct recent *recent);

/* Forgets all. */
void recent_clear(struct recent *recent);

#endif
