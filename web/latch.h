/* latch.h - one thread waits until others have done so many things. Private to web/. */
#ifndef WEB_LATCH_H
#define WEB_LATCH_H

#include <pthread.h>
#include <stddef.h>

struct latch {
	pthread_mutex_t lock;
	pthread_cond_t reached;
	size_t left;
};

void latch_init(struct latch *latch, size_t count);
/* Nobody waits any more. */
void latch_finish(struct latch *latch);

/* Any thread; what it did before is seen by the one that waits. */
void latch_count_down(struct latch *latch);

/* Waits until it was counted down as often as init said. */
void latch_wait(struct latch *latch);

#endif
