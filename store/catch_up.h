/* catch_up.h - readers wait until the roll-ups hold what was recorded. Private to store/.
 */
#ifndef STORE_CATCH_UP_H
#define STORE_CATCH_UP_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "store/db.h"
#include "store/store.h"
#include "store/uncounted.h"

/* What readers of the roll-ups and the writer tell each other. */
struct catch_up {
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t has_news;
	int64_t noted;	  /* as in uncounted.h, committed */
	struct catching { /* by enum counting: what is asked for */
		int64_t counted;
		bool is_asked; /* the job is with the writer */
		bool has_failed;
		struct store_job job;
	} few, all;
};

void catch_up_init(struct catch_up *catch_up);
void catch_up_finish(struct catch_up *catch_up);

/* The writer, after a commit and before anybody is told of it. */
void catch_up_tell(struct catch_up *catch_up, const struct uncounted *uncounted);

/*
 * A connection, as readers_borrow. It sees roll-ups with everything that was recorded
 * before this call, unless the writer is busy for longer than a reader waits, or can't
 * write. COUNT_FEW: of dimensions with many keys the last seconds may be missing when
 * much is recorded.
 */
struct db *catch_up_borrow(
	struct store *store, enum counting counting, struct error *error);

/* What is to be asked for to read a dimension. */
static inline enum counting catch_up_for(enum store_dimension dimension)
{
	return tally_has_many_keys(dimension) ? COUNT_ALL : COUNT_FEW;
}

#endif
