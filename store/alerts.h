/* alerts.h - alerts that are on or were, silences, and what is told of them. */
#ifndef STORE_ALERTS_H
#define STORE_ALERTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/error.h"
#include "ses/alert.h"
#include "store/store.h"

struct store_alert {
	int64_t id;
	const char *name, *object;
	struct ses_alert_state state;
	int64_t fired;	  /* how often it went from ok to more */
	const char *text; /* what happened, with the numbers */
	const char *advice;
	const char *data;      /* JSON object: what a webhook gets as data; NULL none */
	utc_ms silenced_until; /* for reading; UTC_NONE: it is not silenced */
};

/* One message for one channel. */
struct store_message {
	const char *channel; /* name in the configuration */
	const char *message; /* the stable id: "msg_" and 26 letters and digits */
	const char
		*payload; /* JSON, what a webhook's body is: {"type","timestamp","data"}
			   */
};

/*
 * A job STORE_ALERTS: writes the alert (inserting it, or by name and object), and puts
 * the messages into the outbox, in one transaction. Borrowed until done. The id of an
 * alert that is there stays; a new one gets the id given, or with 0 the next. For done:
 * alert.id is the id it has.
 */
struct store_alert_batch {
	struct store_alert_write {
		struct store_alert alert; /* id 0 is fine: it is found by name and object
					   */
		const struct store_message *messages;
		size_t message_count;
	} * writes;
	size_t count;
};

typedef bool store_each_alert(void *closure, const struct store_alert *alert);

struct store_alert_filter {
	bool only_on;	  /* above ok now */
	const char *name; /* NULL any */
	int64_t before;	  /* cursor by id; 0 */
	size_t limit;	  /* 0: all */
};

/* Newest first, by id; *next as in store_event_list. */
bool store_alert_list(struct store *store, const struct store_alert_filter *filter,
	utc_ms now, store_each_alert *each, void *closure, int64_t *next,
	struct error *error);

/* A silence stops what is told of an alert, not the alert. */
struct store_silence {
	int64_t id;
	const char *name;   /* of a kind; "*" any */
	const char *object; /* "" any; else as ses_silence_covers has it */
	utc_ms at, until;
	const char *actor, *note;
};

/* A job STORE_SILENCE: adds one (until > now) in the place of that of the same name and
 * object, or ends it (until <= now). */
struct store_silence_change {
	struct store_silence silence; /* its at is the job's now */
	bool changed; /* for done: there was one to end, or it was added */
};

typedef bool store_each_silence(void *closure, const struct store_silence *silence);

/* Those that have not ended, newest first. */
bool store_silence_list(struct store *store, utc_ms now, store_each_silence *each,
	void *closure, struct error *error);

#endif
