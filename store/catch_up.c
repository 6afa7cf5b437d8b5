/* catch_up.c - readers wait until the roll-ups hold what was recorded. */
#include "store/catch_up.h"

#include <time.h>

#include "base/clock.h"
#include "store/inside.h"

/* A long job of the writer holds nobody up for longer: what is read then is what was
 * counted a little earlier. */
#define PATIENCE_S 1

void catch_up_init(struct catch_up *catch_up)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&catch_up->lock, NULL);
	pthread_cond_init(&catch_up->has_news, &attributes);
	pthread_condattr_destroy(&attributes);
}

void catch_up_finish(struct catch_up *catch_up)
{
	pthread_cond_destroy(&catch_up->has_news);
	pthread_mutex_destroy(&catch_up->lock);
}

void catch_up_tell(struct catch_up *catch_up, int64_t noted, int64_t counted)
{
	pthread_mutex_lock(&catch_up->lock);
	catch_up->noted = noted;
	catch_up->counted = counted;
	pthread_mutex_unlock(&catch_up->lock);
}

/* The writer is through with the job, well or not. */
static void wake(struct store_job *job)
{
	struct catch_up *catch_up = job->owner;

	pthread_mutex_lock(&catch_up->lock);
	catch_up->is_asked = false;
	pthread_cond_broadcast(&catch_up->has_news);
	pthread_mutex_unlock(&catch_up->lock);
}

/* With the lock held. */
static bool ask(struct store *store)
{
	struct catch_up *catch_up = &store->catch_up;

	if (catch_up->is_asked)
		return true;
	catch_up->job = (struct store_job){
		.kind = STORE_COUNT,
		.done = wake,
		.owner = catch_up,
	};
	catch_up->is_asked = store_submit(store, &catch_up->job);
	return catch_up->is_asked;
}

/* What somebody else asked for before may not reach as far as is wanted here; but the
 * second job after that surely does, or the writer fails. */
static void wait_until_counted(struct store *store)
{
	struct catch_up *catch_up = &store->catch_up;
	struct timespec until;
	int64_t wanted;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += PATIENCE_S;
	pthread_mutex_lock(&catch_up->lock);
	wanted = catch_up->noted;
	for (int i = 0; i < 2 && catch_up->counted < wanted && ask(store); i++) {
		int result = 0;

		while (result == 0 && catch_up->is_asked && catch_up->counted < wanted)
			result = pthread_cond_timedwait(
				&catch_up->has_news, &catch_up->lock, &until);
	}
	pthread_mutex_unlock(&catch_up->lock);
}

struct db *catch_up_borrow(struct store *store, struct error *error)
{
	wait_until_counted(store);
	return readers_borrow(store->readers, error);
}
