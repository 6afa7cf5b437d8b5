/* listed.h - a page of events, copied to be looked at. */
#ifndef TESTS_STORE_LISTED_H
#define TESTS_STORE_LISTED_H

#include "tests/store/support.h"

struct listed {
	struct store_event events[64];
	char addresses[64][64];
	char message_ids[64][80];
	size_t count;
	size_t stop_at;
};

UNUSED static bool copy_event(void *closure, const struct store_event *event)
{
	struct listed *listed = closure;
	size_t i = listed->count++;

	assert_true(i < 64);
	listed->events[i] = *event;
	snprintf(listed->addresses[i], 64, "%s", event->address);
	snprintf(listed->message_ids[i], 80, "%s", event->message_id);
	return listed->count != listed->stop_at;
}

UNUSED static const struct store_event_filter everything = {
	.since = UTC_NONE,
	.until = UTC_NONE,
	.limit = 64,
};

UNUSED static struct listed list(
	struct scene *scene, const struct store_event_filter *filter, int64_t *next)
{
	struct listed listed = {.count = 0};
	int64_t ignored;

	assert_true(store_event_list(scene->store, filter, copy_event, &listed,
		next != NULL ? next : &ignored, &scene->error));
	return listed;
}

#endif
