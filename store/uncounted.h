/* uncounted.h - what batches counted, and the keys of their events, until the tables hold
 * them. Private to store/. */
#ifndef STORE_UNCOUNTED_H
#define STORE_UNCOUNTED_H

#include <stdbool.h>

#include "base/buffer.h"
#include "store/recent.h"
#include "store/tally.h"

/*
 * A roll-up row costs a page of its own in most batches, and the same rows come again
 * with the next one. So a batch writes what it counted as one row of the table uncounted,
 * and the sum of many batches goes into the roll-ups at once: when it is large, or old,
 * or before somebody reads. After a crash the rows that are left are added up again. The
 * keys of events go the same way, for the same reason.
 *
 * The table holds the same as the tally and the keys at any time; the writer's.
 */
struct uncounted {
	struct tally tally;
	struct recent keys;   /* with those of the batch that runs */
	struct buffer packed; /* of one batch */
	int64_t noted;	      /* the highest id that is committed */
	int64_t counted;      /* the highest id all of which is in the roll-ups … */
	int64_t counted_few;  /* … and of whose dimensions with few keys all is */
	bool is_lost;	      /* both are to be read again */
	int64_t since;	      /* monotonic: of the oldest row; 0: there is none */
};

void uncounted_init(struct uncounted *uncounted);
void uncounted_finish(struct uncounted *uncounted);

/* Reads the table. False with what went wrong in db, also if a row is damaged. */
bool uncounted_read(struct uncounted *uncounted, struct db *db);

/* In a transaction, before a batch does anything. */
bool uncounted_begin(struct uncounted *uncounted, struct db *db);

/* Whether a batch has anything to note: it counted something, or added a key. */
bool uncounted_has_news(const struct uncounted *uncounted, const struct tally *batch);

/* In the batch's transaction: its row. */
bool uncounted_note(
	struct uncounted *uncounted, const struct tally *batch, struct db *db);

/* How much goes into the roll-ups: nothing; what is of dimensions with few keys, unless
 * the rest is little, or old; everything. The more is the greater number. */
enum counting { COUNT_NOTHING, COUNT_FEW, COUNT_ALL };

/* In a transaction: what earlier batches noted goes into the roll-ups. *counting becomes
 * what was done. */
bool uncounted_count(struct uncounted *uncounted, enum counting *counting, struct db *db);

/* After the commit of what was done since the last one. */
void uncounted_commit(
	struct uncounted *uncounted, const struct tally *batch, enum counting counting);

/* For how long the thread may wait for work before it counts; -1: for ever. */
int64_t uncounted_wait_ms(const struct uncounted *uncounted);

#endif
