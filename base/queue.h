/* queue.h - hand-over from many threads to one. */
#ifndef BASE_QUEUE_H
#define BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Put as the first member into what is handed over; the queue allocates nothing. */
struct queue_item {
	struct queue_item *next;
};

struct queue;

/* limit is how many items may wait. NULL without memory. */
struct queue *queue_new(size_t limit);
/* Takes NULL. The queue must be empty. */
void queue_free(struct queue *queue);

/* Any thread. False if the queue is full or closed: the item still belongs to the caller.
 * The taker is woken only when the queue was empty. */
bool queue_put(struct queue *queue, struct queue_item *item)
	__attribute__((warn_unused_result));

/* Past the limit too: for the few items that somebody inside waits for. False if it is
 * closed. */
bool queue_put_anyway(struct queue *queue, struct queue_item *item)
	__attribute__((warn_unused_result));

/*
 * The one taking thread: everything that waits, oldest first, as a list; waits for at
 * most timeout_ms (negative: for ever) while there is nothing. NULL after the time, or
 * once the queue is closed and empty (see queue_is_closed).
 */
struct queue_item *queue_take_all(struct queue *queue, int64_t timeout_ms);

/* No more is accepted; what waits may still be taken. Wakes the taker. */
void queue_close(struct queue *queue);
bool queue_is_closed(struct queue *queue);
size_t queue_count(struct queue *queue);

#endif
