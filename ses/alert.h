/* alert.h - when a condition becomes news: fired, stepped, told again, resolved. Pure. */
#ifndef SES_ALERT_H
#define SES_ALERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "ses/reputation.h"

/*
 * A condition has a name (of the table below) and an object ("111122223333/us-east-1
 * bounce"); together they are one alert. Its level is the level of a rate for
 * reputation-level and stream-level, else SES_LEVEL_WARNING or, for what is urgent,
 * SES_LEVEL_OVER_PAUSE_LIMIT, whose names are then "warning" and "critical".
 */
struct ses_alert_kind {
	const char *name;
	bool has_rate_levels; /* its levels are those of a rate */
	bool is_once;	      /* told once for an object and never again; that it is over
				 is in its state, and no step */
	const char *meaning;  /* one sentence, for the manual */
	const char *advice;   /* what to do; an alert may say more precisely */
};

/*
 * reputation-level, stream-level, forecast, quota, certificate-unavailable,
 * certificate-unexpected, subscription-pending, subscription-cancelled,
 * confirmation-failed, no-events, topic-silent, tls-certificate-expiring, disk-filling,
 * log-filling, store-failing, topic-not-configured (once), foreign-topic (once),
 * provider-blocking, new-sender, unusual-volume, false-bounces, brake, channel-failing,
 * development, reload-failed, clock-behind, replay.
 */
const struct ses_alert_kind *ses_alert_kinds(size_t *count);
const struct ses_alert_kind *ses_alert_kind(const char *name); /* NULL unknown */

/* "warning" "over-review-limit" "over-pause-limit" for rates, "warning" "critical" else;
 * "ok" for anything below. */
const char *ses_alert_level_name(const struct ses_alert_kind *kind, enum ses_level level);

/*
 * Whether a silence of that name ("*": every kind) and object is for an alert. An object
 * "" is any, and "ACCOUNT/REGION" also every one that begins with it and a blank.
 */
bool ses_silence_covers(const char *silence_name, const char *silence_object,
	const char *name, const char *object);

/* What is remembered of an alert. Zeroed: never heard of. */
struct ses_alert_state {
	enum ses_level level; /* <= SES_LEVEL_OK: it is not on */
	uint64_t version;     /* of the condition: see below */
	utc_ms since;	      /* when it went above ok */
	utc_ms told;	      /* when it was last told; UTC_NONE never */
	utc_ms resolved;      /* UTC_NONE: it is on, or never was */
	utc_ms seen;	      /* when the condition was last seen */
};

/* What is so now. level <= SES_LEVEL_OK: all is well. */
struct ses_alert_sight {
	enum ses_level level;
	uint64_t version; /* changes when there is more to tell at the same level (a
			     further new caller); told again, but not within
			     SES_ALERT_NEWS_MS of the last time */
};
#define SES_ALERT_NEWS_MS (10 * MINUTE_MS)

enum ses_alert_step {
	SES_ALERT_NOTHING,
	SES_ALERT_FIRED,  /* from ok */
	SES_ALERT_RISEN,  /* to a higher level */
	SES_ALERT_FALLEN, /* to a lower one that is still above ok */
	SES_ALERT_AGAIN,  /* the interval is over, or the version changed */
	SES_ALERT_RESOLVED,
};

/*
 * Moves the state on. renotify_ms: 0 never again. A clock that stepped back tells nothing
 * twice and holds nothing back for longer than the interval. A silence does not stop
 * steps; it stops what is told (the caller's).
 */
enum ses_alert_step ses_alert_step(const struct ses_alert_kind *kind,
	struct ses_alert_state *state, const struct ses_alert_sight *sight, utc_ms now,
	int64_t renotify_ms);

#endif
