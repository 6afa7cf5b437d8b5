/* courier.h - the thread that makes outgoing calls: GET over HTTPS, nothing else. Private
 * to web/. */
#ifndef WEB_COURIER_H
#define WEB_COURIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/queue.h"
#include "web/web.h"

/* All that waits for an outgoing call is done with after so long, well under the 15
 * seconds that SNS waits for an answer. */
#define COURIER_PATIENCE_MS 10000

/* The largest answer: a certificate has 2 KiB, a confirmation 1 KiB. */
#define COURIER_ANSWER_MAX 65536

struct courier;

/*
 * One GET. From courier_submit on it is the courier's until done is called, exactly once,
 * on the courier's thread with no lock held. done must be short and must not wait. What
 * the inputs point to must live until then.
 */
struct courier_job {
	struct queue_item item;	 /* private */
	const char *url;	 /* https only; no redirect is followed */
	struct web_rules *rules; /* for ca_file and connect_to */
	int64_t deadline_ms;	 /* on the monotonic clock; past it the job fails, whether
				    begun or not */
	void (*done)(struct courier_job *job);
	void *owner; /* the caller's */

	long status;	      /* of the answer; 0: there was none, error says why */
	struct buffer answer; /* whole, of at most COURIER_ANSWER_MAX; finished by the
				 caller, in done or after */
	struct error error;
};

/* version goes into the User-Agent. NULL with error. */
struct courier *courier_start(const char *version, struct error *error);

/* From now on every job fails at once, the one under way too. Any thread. */
void courier_cancel(struct courier *courier);

/* Cancels, waits for the thread, frees. Takes NULL. */
void courier_stop(struct courier *courier);

/* Any thread. False: too many wait, or the courier stops; the job is still the caller's
 * and done is not called. */
bool courier_submit(struct courier *courier, struct courier_job *job)
	__attribute__((warn_unused_result));

/* Whether the thread is not stuck. */
bool courier_is_alive(struct courier *courier);

#endif
