/* keys.h - which keys of a day have lines of their own in the roll-ups. Private to
 * store/. */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "store/db.h"
#include "store/store.h"
#include "store/tally.h"

/* Days that are remembered between two batches; all that a batch needs stay within it. */
#define KEYS_DAYS 32

/* So many names of tags get a "NAME=*" a day, once its tags have no more lines. */
#define KEYS_NAMES_A_DAY 50

/*
 * A memory of the keys that the day roll-ups (of publication) hold already, or will; the
 * writer's. What is not remembered is read from there, so that a restart changes nothing.
 * Keys go by their hash: two of one hash are one key here.
 */
struct keys {
	struct keys_day {
		int64_t account;
		int64_t start; /* as in the table: minutes */
		uint64_t used; /* the batch that needed it last */
		struct keys_set {
			uint64_t *hashes; /* in order of arrival */
			uint32_t *slots;  /* place among them + 1; 0 is free */
			size_t count, slot_count;
			bool is_loaded;
			uint64_t item; /* that last added to it … */
			size_t before; /* … and how many there were before that */
		} sets[STORE_DIMENSIONS + 1]; /* the last: names of tags */
	} * *days;
	size_t count, capacity;
	struct keys_day *newest;       /* NULL: none */
	const struct tally *uncounted; /* what the roll-ups do not hold yet; borrowed */
	uint64_t batch, item;
};

/* Frees all; the memory is usable again. After a batch was rolled back: what it added is
 * in no table. */
void keys_forget(struct keys *keys);

/* Every item is begun; of one that failed nothing stays. */
void keys_begin_item(struct keys *keys);
void keys_undo_item(struct keys *keys);

/* Days that no batch needed for long are forgotten. */
void keys_end_batch(struct keys *keys);

/* The day of an account; lives until the batch ends. NULL without memory. */
struct keys_day *keys_day(struct keys *keys, int64_t account, utc_ms published);

/*
 * Whether a key has lines of its own on that day: it is known, or is now one of the first
 * so many. hash: names_hash of the key, which is neither "" nor STORE_KEY_OTHER. False
 * with what went wrong in db.
 */
bool keys_admit(struct keys *keys, struct db *db, struct keys_day *day,
	enum store_dimension dimension, uint64_t hash, bool *is_admitted);

/* The same for "NAME=*": hash is that of all of it. */
bool keys_admit_rest(struct keys *keys, struct db *db, struct keys_day *day,
	uint64_t hash, bool *is_admitted);

#endif
