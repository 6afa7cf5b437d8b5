/* posting.h - posts messages over many connections, in one thread. Private to
 * tests/bench/. */
#ifndef BENCH_POSTING_H
#define BENCH_POSTING_H

#include <stddef.h>
#include <stdint.h>

#include "tests/bench/parts/messages.h"
#include "tests/bench/parts/options.h"
#include "tests/bench/parts/wire.h"

/* What came of the messages. Grows over several rounds of posting. */
struct outcome {
	int64_t *took_ns;   /* from the first byte sent (a connection of its own: from
			       connecting) to the whole answer; room for every message */
	size_t answered;    /* with any status */
	size_t not_200;	    /* another status, or broken */
	size_t broken;	    /* the connection broke before the answer */
	size_t connections; /* how many were opened */
};

/* One round: connections, and what they have to post. */
struct posting;

/* Unless each message takes a connection of its own, connects here: what follows measures
 * no handshakes. Dies if it can't. All but options and target borrowed until
 * posting_finish. */
struct posting *posting_begin(const struct options *options, const struct target *target,
	const struct message *messages, size_t count, struct outcome *outcome);

/* Posts each message once. A message whose connection breaks is not sent again; the first
 * few failures are told on standard error. Dies when too many connections break, or no
 * answer comes for long. */
void posting_run(struct posting *posting);

void posting_finish(struct posting *posting);

#endif
