/* backoff.h - when a message that was not taken is tried again. Pure. Private to web/. */
#ifndef WEB_BACKOFF_H
#define WEB_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

/* A message is given up when it is so old … */
#define BACKOFF_GIVE_UP_MS (3 * DAY_MS)
/* … and was tried so often: what waited while we were not running has its chances too. */
#define BACKOFF_ATTEMPTS_MIN 6
/* However the clock was set. At most one an hour on average would be 78. */
#define BACKOFF_ATTEMPTS_MAX 500
/* What a receiver can ask for. */
#define BACKOFF_ASKED_MAX_MS DAY_MS

/* The longest wait after so many attempts (1 is the first): 5 s, 15 s, 1 min, 5 min,
 * 15 min, then an hour. */
int64_t backoff_longest_ms(int64_t attempts);

/*
 * When the next attempt is due: a random part of the longest wait (full jitter: dice is
 * any random number), not within a second, and not before what the receiver asked for
 * (asked_ms; 0: nothing). put: when the message was put into the outbox. UTC_NONE: it is
 * given up.
 */
utc_ms backoff_next(
	utc_ms put, int64_t attempts, uint64_t dice, int64_t asked_ms, utc_ms now);

/* What a Retry-After asks for (RFC 9110, 10.2.3: seconds or a date), at most
 * BACKOFF_ASKED_MAX_MS; 0 for what can't be read or lies behind us. */
int64_t backoff_asked_ms(const char *retry_after, utc_ms now);

#endif
