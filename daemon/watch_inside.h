/* watch_inside.h - what the parts of the watcher share. Private to daemon/. */
#ifndef DAEMON_WATCH_INSIDE_H
#define DAEMON_WATCH_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "daemon/brake.h"
#include "daemon/watch.h"
#include "daemon/watch_facts.h"

/* What became of alerts while messages were replayed: nothing is told of it but this. */
struct watch_replay {
	uint64_t begun, ended; /* as of the last look that went well */
	bool is_open;	       /* a replay is, or was until a moment ago */
	utc_ms since;
	int64_t last_ms; /* of clock_monotonic_ms: when it was last so */
	struct json *changes;
	size_t change_count;
	enum ses_level worst;
};

/* The thread's own, but for what is said to be shared. */
struct watch {
	struct web *web;
	struct store *store;
	struct brake *brake;
	char *folder; /* of the store */
	bool is_quick;

	pthread_t thread;
	pthread_mutex_t lock; /* is_stopping */
	pthread_cond_t stops;
	bool is_stopping;
	atomic_int_fast64_t beat_ms; /* shared: when the thread last got on */

	struct watch_book book;
	bool has_book; /* read from the store */
	struct watch_alarm *alarms;
	size_t alarm_count;
	struct web_rules *rules; /* of the last look, held */
	utc_ms rules_since;
	utc_ms since;	       /* watch_scene.since */
	int64_t slow_due_ms;   /* what costs more is looked at once a minute */
	int64_t clock_offset;  /* wall less monotonic, at the last look */
	int64_t held_until_ms; /* the clock stepped: it may step back */
	bool has_waited;       /* for a clock that is behind what is stored */
	struct watch_replay replay;
	uint64_t failures; /* of the store, at the last look */
	int64_t failed_ms; /* when one was last seen; 0 never */
	char failure[256];
	bool is_failing; /* the last look failed, and that was logged */
};

/* ---- watch_look.c ---- */

/* One look, from facts to messages. False if it failed. */
bool watch_look(struct watch *watch);

/* ---- watch_resume.c ---- */

/* Reads the book, once; watch->rules are there. */
bool watch_resume(struct watch *watch, struct error *error);

/* ---- watch_tell.c ---- */

struct watch_telling {
	struct watch *watch;
	const struct web_rules *rules;
	utc_ms now;
	bool is_quiet; /* adopt what changed, tell nothing */
};

/* Writes what a look made of the alerts, and what is to be told. False with error:
 * nothing is written, and the book is as it was. */
bool watch_tell(const struct watch_telling *telling, const struct watch_sights *sights,
	struct error *error);

/* ---- watch_replay.c ---- */

/* Before and after the facts were read: whether what changed is to be adopted silently.
 */
bool watch_replay_begin(struct watch *watch, uint64_t *begun, uint64_t *ended);
bool watch_replay_end(const struct watch *watch, uint64_t begun);

/* One alert that was adopted. */
void watch_replay_note(struct watch *watch, const struct watch_news *news, utc_ms now);

/* Once it has been over for a moment: one line in the log, and, if levels changed, one
 * message for each channel. */
bool watch_replay_sum_up(struct watch *watch, const struct web_rules *rules, utc_ms now,
	struct error *error);
void watch_replay_finish(struct watch_replay *replay);

/* ---- watch_brake.c ---- */

/* Stops what has to be stopped (daemon/brake.h), and sees what is. */
bool watch_brake(
	struct watch *watch, const struct watch_scene *scene, struct error *error);

/* ---- watch_doors.c ---- */

/* Brings watch->alarms up to what the doors say now; those that were cleared stay until
 * the look after. False without memory. */
bool watch_read_alarms(struct watch *watch, utc_ms now);
/* One that does not stand any more, though the doors can't say so. False without memory.
 */
bool watch_alarm_is_over(struct watch *watch, const struct web_alarm *alarm);
void watch_alarms_finish(struct watch *watch);

#endif
