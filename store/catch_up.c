/* catch_up.c - readers wait until the roll-ups hold what was recorded. */
#include "store/catch_up.h"

#include <assert.h>
#include <time.h>

#include "base/clock.h"
#include "store/inside.h"

/* A long job of the writer holds nobody up for longer: what is read then is what was
 * counted a little earlier. */
#define PATIENCE_S 2

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

void catch_up_tell(struct catch_up *catch_up, const struct uncounted *uncounted)
{
	pthread_mutex_lock(&catch_up->lock);
	catch_up->noted = uncounted->noted;
	catch_up->few.counted = uncounted->counted_few;
	catch_up->all.counted = uncounted->counted;
	pthread_mutex_unlock(&catch_up->lock);
}

/* The writer is through with a job, well or not. */
static void wake(struct store_job *job)
{
	struct catch_up *catch_up = job->owner;
	struct catching *catching =
		job == &catch_up->all.job ? &catch_up->all : &catch_up->few;

	pthread_mutex_lock(&catch_up->lock);
	catching->is_asked = false;
	catching->has_failed = job->outcome == STORE_FAILED;
	pthread_cond_broadcast(&catch_up->has_news);
	pthread_mutex_unlock(&catch_up->lock);
}

/* With the lock held. */
static bool ask(struct store *store, struct catching *catching)
{
	if (catching->is_asked)
		return true;
	catching->has_failed = false;
	catching->job = (struct store_job){
		.kind = STORE_COUNT,
		.counting = catching == &store->catch_up.all ? COUNT_ALL : COUNT_FEW,
		.done = wake,
		.owner = &store->catch_up,
	};
	/* However long the queue is: a flood is when the figures are needed. */
	catching->is_asked = queue_put_anyway(store->queue, &catching->job.item);
	return catching->is_asked;
}

/* What somebody else asked for before may not reach as far as is wanted here; but the
 * second job after that surely does, or the writer fails. */
static void wait_until_counted(struct store *store, struct catching *catching)
{
	struct catch_up *catch_up = &store->catch_up;
	struct timespec until;
	int64_t wanted;

	assert(!pthread_equal(pthread_self(), store->thread));
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += PATIENCE_S;
	pthread_mutex_lock(&catch_up->lock);
	wanted = catch_up->noted;
	for (int i = 0; i < 2 && catching->counted < wanted && ask(store, catching);
		i++) {
		int result = 0;

		while (result == 0 && catching->is_asked && catching->counted < wanted)
			result = pthread_cond_timedwait(
				&catch_up->has_news, &catch_up->lock, &until);
		if (result != 0 || catching->has_failed)
			break;
	}
	pthread_mutex_unlock(&catch_up->lock);
}

struct db *catch_up_borrow(
	struct store *store, enum counting counting, struct error *error)
{
	if (counting != COUNT_NOTHING)
		wait_until_counted(store, counting == COUNT_ALL ? &store->catch_up.all
								: &store->catch_up.few);
	return readers_borrow(store->readers, error);
}
