/* diary.h - what happened at the feedback door since start: counts, the last refusals,
 * alarms. */
#ifndef WEB_DIARY_H
#define WEB_DIARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct diary;

struct diary *diary_new(void);
void diary_free(struct diary *diary);

/* All functions: any thread; a lock is held for a few lines only. */

/* Every answer of the feedback door: reason is a short stable word: "stored" "duplicate"
 * "unrecognised" "aside" "confirmed" "set-up" "cancelled" "pending" or the name of a
 * refusal (sns_verdict_name, "malformed", "raw-delivery", "too-large", "unauthorized",
 * "store-failed", "overload", "certificate-unavailable", …). */
void diary_answered(struct diary *diary, const char *reason, unsigned status);

/* A refusal in words, kept among the last 50; also logged once here as a warning (at most
 * 10 a second; the rest are counted and said in one line). Does not call diary_answered.
 * topic may be NULL. */
void diary_refused(struct diary *diary, const char *reason, unsigned status,
	const char *topic, const char *detail);

struct diary_answer_count {
	const char *reason;
	unsigned status;
	uint64_t count;
	utc_ms last;
};
struct diary_refusal {
	utc_ms when;
	const char *reason, *topic, *detail;
	unsigned status;
};
struct diary_alarm {
	const char *name;   /* stable: "certificate-unexpected" "subscription-cancelled"
			       "topic-not-configured" "certificate-unavailable"
			       "store-failing" "development" … */
	const char *object; /* a topic, a certificate, "" */
	const char *text;   /* what happened */
	const char *advice; /* what to do */
	utc_ms since;
	uint64_t count;
};

/* Raises (or renews) the alarm of that name and object; logged when it is new. At most
 * 100 are kept. */
void diary_alarm(struct diary *diary, const char *name, const char *object,
	const char *text, const char *advice);

/* The same, but of that name at most so many stand: what is beyond is raised under the
 * object "" with more as its text. For what strangers can cause at will. */
void diary_alarm_among(struct diary *diary, const char *name, const char *object,
	size_t most, const char *text, const char *more, const char *advice);

/* Something that was so before still is: raises the alarm where it isn't raised, and does
 * not count again where it is. */
void diary_alarm_stands(struct diary *diary, const char *name, const char *object,
	const char *text, const char *advice);
void diary_alarm_clear(struct diary *diary, const char *name, const char *object);

/* Copies are handed out one after another, newest refusal first; borrowed for the call.
 */
void diary_each_answer(struct diary *diary,
	void (*each)(void *, const struct diary_answer_count *), void *closure);
void diary_each_refusal(struct diary *diary,
	void (*each)(void *, const struct diary_refusal *), void *closure);
void diary_each_alarm(struct diary *diary,
	void (*each)(void *, const struct diary_alarm *), void *closure);

/* Time of the last message that was stored; UTC_NONE. */
utc_ms diary_last_stored(struct diary *diary);

#endif
