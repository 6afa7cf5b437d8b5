/* test_queue.c - tests of base/queue.h. */
#include "base/queue.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"

/* Far more than anything here takes: a test that waits this long has failed. */
#define LONG_MS 30000

static void items_come_out_in_the_order_they_went_in(void **state)
{
	struct queue *queue = queue_new(10);
	struct queue_item items[3], *taken;

	(void) state;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < 3; i++)
			assert_true(queue_put(queue, &items[i]));
		assert_int_equal(queue_count(queue), 3);
		taken = queue_take_all(queue, 0);
		assert_ptr_equal(taken, &items[0]);
		assert_ptr_equal(taken->next, &items[1]);
		assert_ptr_equal(taken->next->next, &items[2]);
		assert_null(taken->next->next->next);
		assert_int_equal(queue_count(queue), 0);
	}
	queue_free(queue);
}

static void full_queue_refuses_until_it_was_emptied(void **state)
{
	struct queue *queue = queue_new(2);
	struct queue_item items[3];

	(void) state;
	assert_true(queue_put(queue, &items[0]));
	assert_true(queue_put(queue, &items[1]));
	assert_false(queue_put(queue, &items[2]));
	assert_int_equal(queue_count(queue), 2);
	assert_ptr_equal(queue_take_all(queue, LONG_MS), &items[0]);
	assert_true(queue_put(queue, &items[2]));
	assert_ptr_equal(queue_take_all(queue, -1), &items[2]);
	queue_free(queue);
	queue = queue_new(0);
	assert_false(queue_put(queue, &items[0]));
	queue_free(queue);
	queue_free(NULL);
}

static void what_somebody_inside_waits_for_goes_past_the_limit(void **state)
{
	struct queue *queue = queue_new(1);
	struct queue_item items[3];

	(void) state;
	assert_true(queue_put(queue, &items[0]));
	assert_false(queue_put(queue, &items[1]));
	assert_true(queue_put_anyway(queue, &items[1]));
	assert_int_equal(queue_count(queue), 2);
	assert_ptr_equal(queue_take_all(queue, 0), &items[0]);
	queue_close(queue);
	assert_false(queue_put_anyway(queue, &items[2]));
	queue_free(queue);
}

static void waiting_ends_after_the_time(void **state)
{
	static const int64_t waits[] = {0, 1, 20, 1001};
	struct queue *queue = queue_new(1);

	(void) state;
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		int64_t start = clock_monotonic_ms();

		assert_null(queue_take_all(queue, waits[i]));
		assert_true(clock_monotonic_ms() - start >= waits[i] - 1);
		assert_true(clock_monotonic_ms() - start < waits[i] + LONG_MS);
	}
	assert_false(queue_is_closed(queue));
	queue_free(queue);
}

static void closed_queue_refuses_but_still_gives(void **state)
{
	struct queue *queue = queue_new(3);
	struct queue_item items[2];

	(void) state;
	assert_true(queue_put(queue, &items[0]));
	queue_close(queue);
	queue_close(queue);
	assert_true(queue_is_closed(queue));
	assert_false(queue_put(queue, &items[1]));
	assert_ptr_equal(queue_take_all(queue, -1), &items[0]);
	assert_null(queue_take_all(queue, -1));
	assert_null(queue_take_all(queue, LONG_MS));
	queue_free(queue);
}

static void *take_for_ever(void *argument)
{
	return queue_take_all(argument, -1);
}

static void *take_for_long(void *argument)
{
	return queue_take_all(argument, INT64_MAX);
}

/* Whatever the thread does first, it must end. */
static void waiting_taker_is_woken(void **state)
{
	void *(*const takers[])(void *) = {take_for_ever, take_for_long};

	(void) state;
	for (size_t i = 0; i < 2; i++) {
		struct queue *queue = queue_new(1);
		struct queue_item item;
		pthread_t taker;
		void *taken;

		assert_int_equal(pthread_create(&taker, NULL, takers[i], queue), 0);
		assert_true(queue_put(queue, &item));
		pthread_join(taker, &taken);
		assert_ptr_equal(taken, &item);
		assert_int_equal(pthread_create(&taker, NULL, takers[i], queue), 0);
		queue_close(queue);
		pthread_join(taker, &taken);
		assert_null(taken);
		queue_free(queue);
	}
}

#define PRODUCERS 8
#define NUMBERS 5000

struct numbered {
	struct queue_item item;
	int producer;
	int number;
};

struct producer {
	pthread_t thread;
	struct queue *queue;
	int number;
	int refused; /* by a full queue; put again */
};

static void *produce(void *argument)
{
	struct producer *self = argument;

	for (int i = 0; i < NUMBERS; i++) {
		struct numbered *numbered = malloc(sizeof(*numbered));

		if (!numbered)
			abort();
		numbered->producer = self->number;
		numbered->number = i;
		while (!queue_put(self->queue, &numbered->item)) {
			self->refused++;
			sched_yield();
		}
	}
	return NULL;
}

static void many_producers_lose_nothing_and_keep_their_order(void **state)
{
	struct queue *queue = queue_new(64);
	struct producer producers[PRODUCERS];
	int next[PRODUCERS] = {0}, total = 0;

	(void) state;
	for (int i = 0; i < PRODUCERS; i++) {
		producers[i] = (struct producer){.queue = queue, .number = i};
		assert_int_equal(pthread_create(&producers[i].thread, NULL, produce,
					 &producers[i]),
			0);
	}
	while (total < PRODUCERS * NUMBERS) {
		struct queue_item *item = queue_take_all(queue, LONG_MS);

		assert_non_null(item);
		while (item) {
			struct numbered *numbered = (struct numbered *) item;

			item = item->next;
			assert_int_equal(numbered->number, next[numbered->producer]++);
			free(numbered);
			total++;
		}
	}
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(producers[i].thread, NULL);
	assert_int_equal(queue_count(queue), 0);
	assert_null(queue_take_all(queue, 0));
	queue_free(queue);
}

struct closing {
	struct queue *queue;
	atomic_int accepted;
};

static void *put_until_closed(void *argument)
{
	struct closing *closing = argument;

	for (;;) {
		struct queue_item *item = malloc(sizeof(*item));

		if (!item)
			abort();
		if (queue_put(closing->queue, item)) {
			atomic_fetch_add(&closing->accepted, 1);
			continue;
		}
		free(item);
		if (queue_is_closed(closing->queue))
			return NULL;
		sched_yield();
	}
}

static void all_that_was_accepted_before_closing_comes_out(void **state)
{
	struct closing closing = {.queue = queue_new(100)};
	pthread_t threads[4];
	int taken = 0;
	bool was_closed = false;

	(void) state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, put_until_closed, &closing), 0);
	for (;;) {
		struct queue_item *item = queue_take_all(closing.queue, LONG_MS);

		if (!item)
			break;
		while (item) {
			struct queue_item *next = item->next;

			free(item);
			item = next;
			taken++;
		}
		if (taken > 1000 && !was_closed) {
			queue_close(closing.queue);
			was_closed = true;
		}
	}
	assert_true(was_closed);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(taken, atomic_load(&closing.accepted));
	queue_free(closing.queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_come_out_in_the_order_they_went_in),
		cmocka_unit_test(full_queue_refuses_until_it_was_emptied),
		cmocka_unit_test(what_somebody_inside_waits_for_goes_past_the_limit),
		cmocka_unit_test(waiting_ends_after_the_time),
		cmocka_unit_test(closed_queue_refuses_but_still_gives),
		cmocka_unit_test(waiting_taker_is_woken),
		cmocka_unit_test(many_producers_lose_nothing_and_keep_their_order),
		cmocka_unit_test(all_that_was_accepted_before_closing_comes_out),
	};

	return cmocka_run_group_tests_name("queue", tests, NULL, NULL);
}
