/* deliver.h - one attempt to deliver one message over one channel. Private to web/. */
#ifndef WEB_DELIVER_H
#define WEB_DELIVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "web/web.h"

/* Where a channel has no time limit of its own. */
#define DELIVER_TIMEOUT_MS (10 * SECOND_MS)

struct deliver_order {
	const struct web_channel *channel;
	const char *message; /* the stable id */
	const char *payload; /* {"type","timestamp","data"} */
	utc_ms now;
	int64_t renotify_ms;		 /* how often what is on is told again; 0 never */
	const char *version;		 /* ours */
	const atomic_bool *is_cancelled; /* looked at all the time */
};

enum deliver_verdict {
	DELIVER_DONE,
	DELIVER_LATER,
	DELIVER_GONE,	 /* never again: the receiver says so */
	DELIVER_STOPPED, /* by is_cancelled: it was no attempt */
};

struct deliver_outcome {
	enum deliver_verdict verdict;
	bool is_refused;  /* LATER: the receiver, or we, found fault with it; time alone
			     hardly heals that */
	int64_t asked_ms; /* LATER: how long the receiver asks us to wait; 0 it doesn't */
	struct error said; /* what came of it, in words, of DONE too */
};

/* How long an attempt can last at most, when all goes wrong. */
int64_t deliver_longest_ms(const struct web_channel *channel);

/*
 * Makes the attempt and waits for what comes of it. On a thread of its channel, which
 * blocks SIGPIPE; curl_global_init and crypto_start are done. Redirects are not followed;
 * of an answer at most 64 KiB are read.
 */
void deliver(const struct deliver_order *order, struct deliver_outcome *outcome);

/* Of each type, in its own file. */
void deliver_webhook(const struct deliver_order *order, struct deliver_outcome *outcome);
void deliver_slack(const struct deliver_order *order, struct deliver_outcome *outcome);
void deliver_email(const struct deliver_order *order, struct deliver_outcome *outcome);
void deliver_alertmanager(
	const struct deliver_order *order, struct deliver_outcome *outcome);
void deliver_command(const struct deliver_order *order, struct deliver_outcome *outcome);

/* What the bodies of some are, for tests: NULL with error. Freed by the caller. */
char *deliver_slack_body(const struct deliver_order *order, struct error *error);
char *deliver_email_text(const struct deliver_order *order, struct error *error);
char *deliver_alertmanager_body(const struct deliver_order *order, struct error *error);

/* It can't even be tried, for a reason in said. */
void deliver_refuse(struct deliver_outcome *outcome);

#endif
