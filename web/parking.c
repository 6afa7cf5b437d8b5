/* parking.c - the gate for requests that wait for another thread. */
#include "web/parking.h"

#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "web/request.h"

/*
 * libmicrohttpd 0.9.75 aborts the process if it is stopped while a connection is
 * suspended. So there is a gate that can be closed and a count that can be waited for.
 */
struct parking {
	pthread_mutex_t lock;
	pthread_cond_t emptied;
	size_t inside;
	bool is_closed;
};

struct parking *parking_new(void)
{
	struct parking *parking = calloc(1, sizeof(*parking));
	pthread_condattr_t attributes;

	if (parking == NULL)
		return NULL;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&parking->emptied, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&parking->lock, NULL);
	return parking;
}

void parking_free(struct parking *parking)
{
	if (parking == NULL)
		return;
	assert(parking->inside == 0);
	pthread_cond_destroy(&parking->emptied);
	pthread_mutex_destroy(&parking->lock);
	free(parking);
}

bool parking_enter(struct parking *parking)
{
	bool is_open;

	pthread_mutex_lock(&parking->lock);
	is_open = !parking->is_closed;
	if (is_open)
		parking->inside++;
	pthread_mutex_unlock(&parking->lock);
	return is_open;
}

void parking_leave(struct parking *parking)
{
	pthread_mutex_lock(&parking->lock);
	assert(parking->inside > 0);
	if (--parking->inside == 0)
		pthread_cond_broadcast(&parking->emptied);
	pthread_mutex_unlock(&parking->lock);
}

bool parking_park(struct parking *parking, struct request *request)
{
	if (!parking_enter(parking))
		return false;
	request->is_suspended = true;
	request->state = REQUEST_PARKED;
	MHD_suspend_connection(request->connection);
	return true;
}

void parking_resume(struct parking *parking, struct request *request)
{
	struct MHD_Connection *connection = request->connection;

	request->state = REQUEST_ANSWERED;
	/* From here on the door's thread may have freed the request. The count falls
	   after the resume: an empty park means that nothing is suspended. */
	MHD_resume_connection(connection);
	parking_leave(parking);
}

void parking_close(struct parking *parking)
{
	pthread_mutex_lock(&parking->lock);
	parking->is_closed = true;
	pthread_mutex_unlock(&parking->lock);
}

bool parking_wait_empty(struct parking *parking, int64_t timeout_ms)
{
	struct timespec until;
	bool is_empty;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += (timeout_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&parking->lock);
	while (parking->inside > 0 && pthread_cond_timedwait(&parking->emptied,
					      &parking->lock, &until) != ETIMEDOUT)
		;
	is_empty = parking->inside == 0;
	pthread_mutex_unlock(&parking->lock);
	return is_empty;
}

size_t parking_count(struct parking *parking)
{
	size_t inside;

	pthread_mutex_lock(&parking->lock);
	inside = parking->inside;
	pthread_mutex_unlock(&parking->lock);
	return inside;
}
