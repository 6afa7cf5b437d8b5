/* latch.c - one thread waits until others have done so many things. */
#include "web/latch.h"

#include <assert.h>

void latch_init(struct latch *latch, size_t count)
{
	pthread_mutex_init(&latch->lock, NULL);
	pthread_cond_init(&latch->reached, NULL);
	latch->left = count;
}

void latch_finish(struct latch *latch)
{
	pthread_cond_destroy(&latch->reached);
	pthread_mutex_destroy(&latch->lock);
}

void latch_count_down(struct latch *latch)
{
	pthread_mutex_lock(&latch->lock);
	assert(latch->left > 0);
	/* Signalled with the lock held: after it the waiter may destroy the latch. */
	if (--latch->left == 0)
		pthread_cond_signal(&latch->reached);
	pthread_mutex_unlock(&latch->lock);
}

void latch_wait(struct latch *latch)
{
	pthread_mutex_lock(&latch->lock);
	while (latch->left > 0)
		pthread_cond_wait(&latch->reached, &latch->lock);
	pthread_mutex_unlock(&latch->lock);
}
