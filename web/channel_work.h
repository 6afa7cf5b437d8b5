/* channel_work.h - what the outbox holds for one channel, delivered message by message.
 * Private to web/. */
#ifndef WEB_CHANNEL_WORK_H
#define WEB_CHANNEL_WORK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "store/outbox.h"
#include "web/web.h"

/* Of one thread, but for what is atomic. Begun zeroed, with the first three set. */
struct channel_work {
	struct web *web;
	const char *channel; /* its name */
	const atomic_bool *is_cancelled;
	bool takes_all; /* what waits is tried, due or not: after a reload, and when a
			   channel works again. The first failure ends it. */

	_Atomic int64_t stuck_at_ms; /* monotonic; 0: it delivers nothing now */
	int64_t failures;	     /* in a row */
	int64_t hold_until_ms;	     /* monotonic: the receiver asked for it */
	int64_t stuck_id;	     /* of a message that fails again and again; 0 */
	bool cant_read;		     /* said already */
	/* What came of an attempt and could not be stored. Not before it is on the disk
	   is anything else delivered: what is delivered twice is one message, never many.
	 */
	bool has_result;
	struct store_delivery_result result;
	struct error answer; /* of result */
};

/* Delivers what is to be delivered now; returns for how long there is nothing to do, in
 * ms. Ends early once is_cancelled. */
int64_t channel_work(struct channel_work *work);

#endif
