/* queue.c - hand-over from many threads to one. */
#include "base/queue.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct queue {
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t has_news;
	struct queue_item *first;
	struct queue_item **end; /* where the next item is hung */
	size_t count;
	size_t limit;
	bool is_closed;
};

struct queue *queue_new(size_t limit)
{
	struct queue *queue = calloc(1, sizeof(*queue));
	pthread_condattr_t attributes;

	if (!queue)
		return NULL;
	queue->end = &queue->first;
	queue->limit = limit;
	if (pthread_mutex_init(&queue->lock, NULL) != 0)
		goto free_queue;
	if (pthread_condattr_init(&attributes) != 0)
		goto destroy_lock;
	/* A wall clock that is set must not stretch a wait. */
	if (pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) != 0 ||
		pthread_cond_init(&queue->has_news, &attributes) != 0)
		goto destroy_attributes;
	pthread_condattr_destroy(&attributes);
	return queue;

destroy_attributes:
	pthread_condattr_destroy(&attributes);
destroy_lock:
	pthread_mutex_destroy(&queue->lock);
free_queue:
	free(queue);
	return NULL;
}

void queue_free(struct queue *queue)
{
	if (!queue)
		return;
	assert(!queue->first);
	pthread_cond_destroy(&queue->has_news);
	pthread_mutex_destroy(&queue->lock);
	free(queue);
}

static bool put(struct queue *queue, struct queue_item *item, size_t limit)
{
	bool is_taken;

	pthread_mutex_lock(&queue->lock);
	is_taken = !queue->is_closed && queue->count < limit;
	if (is_taken) {
		item->next = NULL;
		*queue->end = item;
		queue->end = &item->next;
		if (queue->count++ == 0)
			pthread_cond_signal(&queue->has_news);
	}
	pthread_mutex_unlock(&queue->lock);
	return is_taken;
}

bool queue_put(struct queue *queue, struct queue_item *item)
{
	return put(queue, item, queue->limit);
}

bool queue_put_anyway(struct queue *queue, struct queue_item *item)
{
	return put(queue, item, SIZE_MAX);
}

static struct timespec deadline_after(int64_t timeout_ms)
{
	struct timespec deadline;

	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += (time_t) (timeout_ms / 1000);
	deadline.tv_nsec += (long) (timeout_ms % 1000) * 1000000;
	if (deadline.tv_nsec >= 1000000000) {
		deadline.tv_sec++;
		deadline.tv_nsec -= 1000000000;
	}
	return deadline;
}

struct queue_item *queue_take_all(struct queue *queue, int64_t timeout_ms)
{
	/* Nobody waits longer than this; a greater number could overflow the clock. */
	static const int64_t longest_ms = (int64_t) 1000 * 60 * 60 * 24 * 365;
	struct timespec deadline = {0};
	struct queue_item *items;
	int result = 0;

	if (timeout_ms > 0)
		deadline =
			deadline_after(timeout_ms < longest_ms ? timeout_ms : longest_ms);
	pthread_mutex_lock(&queue->lock);
	while (!queue->first && !queue->is_closed && timeout_ms != 0 &&
		result != ETIMEDOUT) {
		if (timeout_ms < 0)
			result = pthread_cond_wait(&queue->has_news, &queue->lock);
		else
			result = pthread_cond_timedwait(
				&queue->has_news, &queue->lock, &deadline);
	}
	items = queue->first;
	queue->first = NULL;
	queue->end = &queue->first;
	queue->count = 0;
	pthread_mutex_unlock(&queue->lock);
	return items;
}

void queue_close(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->is_closed = true;
	pthread_cond_broadcast(&queue->has_news);
	pthread_mutex_unlock(&queue->lock);
}

bool queue_is_closed(struct queue *queue)
{
	bool is_closed;

	pthread_mutex_lock(&queue->lock);
	is_closed = queue->is_closed;
	pthread_mutex_unlock(&queue->lock);
	return is_closed;
}

size_t queue_count(struct queue *queue)
{
	size_t count;

	pthread_mutex_lock(&queue->lock);
	count = queue->count;
	pthread_mutex_unlock(&queue->lock);
	return count;
}
