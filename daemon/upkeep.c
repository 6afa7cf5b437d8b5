/* upkeep.c - what is due every minute: the store prunes what is too old. */
#include "daemon/upkeep.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* The main thread's, but for the job while it is under way, and what is atomic. */
struct upkeep {
	struct store *store;
	struct store_job job;
	int wake; /* an eventfd, written by slice_done */
	int64_t due_ms;
	int64_t begun_ms;
	atomic_bool is_under_way;
	atomic_bool has_more; /* set by slice_done before is_under_way is cleared */
};

struct upkeep *upkeep_new(struct store *store, struct error *error)
{
	struct upkeep *upkeep = calloc(1, sizeof(*upkeep));

	if (!upkeep) {
		error_set(error, "upkeep: out of memory");
		return NULL;
	}
	upkeep->store = store;
	atomic_init(&upkeep->is_under_way, false);
	atomic_init(&upkeep->has_more, false);
	upkeep->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (upkeep->wake < 0) {
		error_set(error, "upkeep: %s", strerror(errno));
		free(upkeep);
		return NULL;
	}
	return upkeep;
}

void upkeep_free(struct upkeep *upkeep)
{
	if (!upkeep)
		return;
	close(upkeep->wake);
	free(upkeep);
}

int upkeep_fd(const struct upkeep *upkeep)
{
	return upkeep->wake;
}

/* On the store's thread. The job is the main thread's again from the last line on. */
static void slice_done(struct store_job *job)
{
	struct upkeep *upkeep = job->owner;
	bool has_more = job->outcome == STORE_DONE && job->changed;
	int wake = upkeep->wake;

	atomic_store(&upkeep->has_more, has_more);
	atomic_store(&upkeep->is_under_way, false);
	if (has_more)
		(void) eventfd_write(wake, 1);
}

/* A store that is too busy to take the slice, or that failed and logged why, is asked
 * again in a minute. */
static void hand_over_slice(struct upkeep *upkeep, int64_t now_ms)
{
	upkeep->job = (struct store_job){
		.kind = STORE_UPKEEP,
		.now = clock_now(),
		.done = slice_done,
		.owner = upkeep,
	};
	upkeep->begun_ms = now_ms;
	upkeep->due_ms = now_ms + UPKEEP_EVERY_MS;
	atomic_store(&upkeep->is_under_way, true);
	if (!store_submit(upkeep->store, &upkeep->job))
		atomic_store(&upkeep->is_under_way, false);
}

int64_t upkeep_tick(struct upkeep *upkeep, int64_t now_ms)
{
	eventfd_t count;

	(void) eventfd_read(upkeep->wake, &count);
	if (atomic_load(&upkeep->is_under_way))
		return now_ms + UPKEEP_EVERY_MS;
	if (atomic_exchange(&upkeep->has_more, false) || now_ms >= upkeep->due_ms)
		hand_over_slice(upkeep, now_ms);
	return upkeep->due_ms;
}

bool upkeep_is_stuck(const struct upkeep *upkeep, int64_t now_ms)
{
	return atomic_load(&upkeep->is_under_way) &&
	       now_ms - upkeep->begun_ms > UPKEEP_PATIENCE_MS;
}
