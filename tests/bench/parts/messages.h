/* messages.h - signed notifications, as SNS posts them. Private to tests/bench/. */
#ifndef BENCH_MESSAGES_H
#define BENCH_MESSAGES_H

#include <stddef.h>

#include "tests/bench/parts/options.h"

/* A whole HTTP request. */
struct message {
	char *bytes;
	size_t length;
};

/* Makes messages; has the key. */
struct maker;

/* Dies without a key. options outlive it. */
struct maker *maker_new(const struct options *options);
void maker_free(struct maker *maker);

/* Fills so many messages, the first of which has this number, on two threads. Dies if one
 * can't be made. The same number never gives the same message twice. */
void maker_make(
	struct maker *maker, struct message *messages, size_t first, size_t count);

void messages_finish(struct message *messages, size_t count);

#endif
