/* brake.h - stops sending when the rates say so, here and at SES. For the watcher. */
#ifndef DAEMON_BRAKE_H
#define DAEMON_BRAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "store/store.h"
#include "web/web.h"

struct brake;

/* Both are borrowed. NULL without memory. */
struct brake *brake_new(struct web *web, struct store *store);
/* Takes NULL. Waits for a call of SES that is under way. */
void brake_free(struct brake *brake);

/* Whether SES is being asked: then there is something to look for. */
bool brake_is_calling(const struct brake *brake);

/*
 * One look: reads what is stopped; judges each account over its representative window
 * and, with brake.streams, each configuration set over 24 hours, both only from the last
 * resume on, and then only once minimum_sends (of a set stream_minimum) eligible
 * recipients were counted since; trips what has reached the level (ses/brake.h) and
 * writes that into the store; has SES told what it does not know yet (by a thread of its
 * own, one call at a time, each thing once a minute until SES confirms it; a later look
 * takes the answer); tells the doors the levels (web_levels_put). With the brake off it
 * only sees to what is stopped already. False with error where the store can't be read or
 * written: what is stopped stays so. A refusal of SES is no failure: it is logged once
 * and said in the sight.
 */
bool brake_look(struct brake *brake, struct web_rules *rules, utc_ms now,
	struct error *error) __attribute__((warn_unused_result));

/* What the last look makes of the alert "brake". Texts are the brake's, until the next.
 */
struct brake_sight {
	const char *account, *region, *configuration_set; /* "": the account */
	const char
		*object; /* "ACCOUNT/REGION", "ACCOUNT/REGION configuration-set NAME" */
	enum ses_level level;  /* that tripped it */
	utc_ms since;	       /* UTC_NONE: a dry run keeps no time */
	bool is_dry;	       /* it would have been stopped */
	utc_ms stopped_at_ses; /* UTC_NONE: it is not, or not yet */
	bool is_refused;       /* SES was told, and does not do it yet */
	const char *text;      /* sentences */
	const char *advice;    /* NULL: the kind's own */
};
const struct brake_sight *brake_sights(const struct brake *brake, size_t *count);

#endif
