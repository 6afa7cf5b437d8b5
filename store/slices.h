/* slices.h - the roll-ups of one account in a stretch of time, by the widest rows that
 * fit. Private to store/. */
#ifndef STORE_SLICES_H
#define STORE_SLICES_H

#include <stdbool.h>

#include "base/clock.h"
#include "ses/counts.h"
#include "store/db.h"
#include "store/store.h"

struct slices_query {
	enum store_basis basis;
	enum store_dimension dimension;
	int64_t account;	  /* its number in the table accounts */
	const char *first, *last; /* keys between these two, both included; NULL, NULL:
				     all */
	utc_ms from, to;	  /* whole minutes: from <= t < to */
	int64_t step_ms; /* no row lies on both sides of a multiple of it: whole minutes;
			    0: rows of up to a day */
};

struct slices_row {
	utc_ms start; /* of a minute, an hour or a day; all of it lies in the query */
	const char *key;
	struct ses_counts counts;
};
typedef bool slices_each(void *closure, const struct slices_row *row);

/* Part of a query that is read by rows of one width. */
struct slices_span {
	enum store_step step;
	int64_t width;
	utc_ms end;
};

/* The part that begins at from; the next one begins at its end. */
struct slices_span slices_span_at(const struct slices_query *asked, utc_ms from);

/* The counts of a row of the table counters, all of whose columns were selected. */
void slices_counts(const struct query *query, struct ses_counts *counts);

/* Rows by start, then by key. Each minute, hour or day is looked up by its account and
 * key: the cost goes with the length of the query and the rows that are handed out, not
 * with other accounts and keys. */
bool slices_read(struct db *db, const struct slices_query *asked, slices_each *each,
	void *closure);

#endif
