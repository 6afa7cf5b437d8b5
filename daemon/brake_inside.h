/* brake_inside.h - what the parts of the brake share. Private to daemon/. */
#ifndef DAEMON_BRAKE_INSIDE_H
#define DAEMON_BRAKE_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "daemon/brake.h"
#include "daemon/brake_items.h"

#define BRAKE_NAME_SIZE 400
#define BRAKE_TEXT_SIZE 1400
#define BRAKE_ACTOR "ses-feedbackd"

/* A call of SES that failed. */
struct brake_attempt {
	char *object;
	utc_ms due;	/* of the next one */
	bool is_unsure; /* one was a stop: SES may have done it, and its answer was lost
			 */
	struct error failure;
};

/* One call of SES, on a thread of its own: a host that hangs holds no alert up. */
struct brake_call {
	pthread_t thread;
	bool is_running;     /* to be joined */
	atomic_bool is_done; /* set by the thread, after everything below */
	bool went_well;
	struct error refusal;

	/* Set before it begins. */
	struct web *web;
	struct web_rules *rules; /* held */
	char *region, *set;
	char object[BRAKE_NAME_SIZE];
	bool is_stop;
};

struct brake_texts {
	char object[BRAKE_NAME_SIZE], text[BRAKE_TEXT_SIZE];
};

struct brake {
	struct web *web;
	struct store *store;
	struct brake_items items; /* of the last look */
	struct brake_sight *sights;
	struct brake_texts *texts; /* of each sight */
	size_t sight_count;
	struct brake_attempt *attempts;
	size_t attempt_count;
	struct brake_call call;
};

/* "ACCOUNT/REGION configuration-set NAME"; returns object. */
const char *brake_object(const struct brake_item *item, char object[BRAKE_NAME_SIZE]);

/* Writes what the item is now, if in the store it still is what it was. */
bool brake_write(struct brake *brake, const struct brake_item *item,
	const struct store_brake *was, utc_ms now, bool *is_written, struct error *error);

bool brake_set_text(char **text, const char *words);

/* ---- brake_ses.c ---- */

/* Takes the answer of a call that is over, and begins the next one. */
bool brake_tell_ses(
	struct brake *brake, struct web_rules *rules, utc_ms now, struct error *error);

/* Why SES does not do it yet; NULL: it does, or was not asked. */
const char *brake_failure(const struct brake *brake, const char *object);

void brake_ses_finish(struct brake *brake);

#endif
