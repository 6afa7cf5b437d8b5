/* event.h - one event of SES, made up. Private to tests/bench/. */
#ifndef BENCH_EVENT_H
#define BENCH_EVENT_H

#include "base/buffer.h"
#include "base/clock.h"
#include "tests/bench/parts/dice.h"

/* What tells events apart. */
struct event_identity {
	uint64_t run;	 /* another one for each run of a program */
	uint64_t number; /* another one for each event of it */
};

/*
 * Adds SES's JSON, about 1.4 KB of ASCII: 70 % deliveries, 20 % bounces (half of them
 * permanent), 5 % complaints, 5 % opens, to one of 2 million recipients at so many
 * domains, of mail sent at most 3 s before now. Kind and recipient come from the dice
 * only.
 */
void event_write(struct buffer *text, struct dice *dice, struct event_identity identity,
	uint32_t domains, utc_ms now);

#endif
