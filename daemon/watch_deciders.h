/* watch_deciders.h - facts in, sights out: one function for each thing that is watched.
 * Pure; texts of facts are borrowed. Private to daemon/. */
#ifndef DAEMON_WATCH_DECIDERS_H
#define DAEMON_WATCH_DECIDERS_H

#include "daemon/watch_book.h"
#include "ses/watching.h"
#include "sns/policy.h"
#include "store/reputation.h"
#include "web/web.h"

struct watch_scene {
	utc_ms now;
	utc_ms since; /* the watcher's start, or a later step of the clock: what didn't
			 happen before it proves nothing */
	const struct ses_watch_settings *watch;
	const struct ses_reputation_settings *reputation;
	const struct watch_book *book; /* before this look */
	struct watch_sights *sights;
};

/* How many alerts of one kind can be on that strangers, or a bad day, can multiply. */
#define WATCH_MANY_MAX 20

/* ---- watch_levels.c: reputation-level, forecast, quota ---- */

/* The level a rate has for an alert of that name and object, with hysteresis. */
enum ses_level watch_held(const struct watch_scene *scene, const char *name,
	const char *object, enum ses_metric metric, const struct ses_rate *rate);

/* The members and the sentence of a rate. */
void watch_put_rate(struct watch_sight *sight, enum ses_metric metric,
	const struct ses_rate *rate, int64_t span_ms);

/* levels: by metric, for the streams. */
void watch_levels(const struct watch_scene *scene,
	const struct store_reputation *reputation, enum ses_level levels[2]);
void watch_forecast(
	const struct watch_scene *scene, const struct store_reputation *reputation);
void watch_quota(
	const struct watch_scene *scene, const struct store_reputation *reputation);

/* ---- watch_streams.c: stream-level ---- */

struct watch_account {
	char *account, *region;
	enum ses_level levels[2]; /* by metric */
	int64_t denominator;	  /* of 24 hours, published */
};

struct watch_stream {
	char *account, *region, *key;
	enum store_dimension dimension;
	int64_t denominator;
	struct ses_rate rates[2]; /* by metric; of 24 hours, published */
};

/* The dimensions that are judged by themselves, the one that says most first. */
extern const enum store_dimension watch_stream_dimensions[];
#define WATCH_STREAM_DIMENSIONS 5

/* Streams come in the order of these dimensions. */
void watch_streams(const struct watch_scene *scene, const struct watch_stream *streams,
	size_t count, const struct watch_account *accounts, size_t account_count);

/* ---- watch_senders.c: new-sender, unusual-volume ---- */

struct watch_sender {
	char *account, *region, *key;
	int kind; /* enum ses_sender_kind */
	utc_ms first, account_since;
};

/* From when on a sender that was first heard of counts as new, for an alert that is on or
 * not: further ones add to it, none leaves it. */
utc_ms watch_new_since(const struct watch_scene *scene, const char *object);

/* Sorts the senders. */
void watch_new_senders(
	const struct watch_scene *scene, struct watch_sender *senders, size_t count);

struct watch_volume {
	char *account, *region, *key;
	int kind;
	int64_t hour;	      /* recipients of the last hour */
	int64_t week;	      /* of 7 days, that hour included */
	int64_t busiest;      /* hour of the 30 days but the last */
	utc_ms first;	      /* UTC_NONE: more than 7 days ago */
	utc_ms account_since; /* UTC_NONE: the same */
};

void watch_volumes(const struct watch_scene *scene, const struct watch_volume *volumes,
	size_t count);

/* ---- watch_providers.c: provider-blocking ---- */

struct watch_provider {
	char *account, *region, *key;
	int64_t blocked, denominator; /* of the last hour, published */
};

void watch_providers(const struct watch_scene *scene,
	const struct watch_provider *providers, size_t count);

/* ---- watch_topics.c: subscriptions, silence ---- */

struct watch_topic {
	char *arn;
	enum store_topic_state state;
	utc_ms changed, last_received; /* UTC_NONE */
};

/* rules_since: when the configured topics became so. */
void watch_topics(const struct watch_scene *scene, const struct sns_policy *policy,
	utc_ms rules_since, const struct watch_topic *topics, size_t count);

/* For an account whose reputation has the notice. */
void watch_silent_topic(const struct watch_scene *scene,
	const struct store_reputation *reputation, const struct watch_topic *topics,
	size_t count);

/* ---- watch_machine.c: disk, log, store, certificate ---- */

struct watch_machine {
	const char *folder;		/* of the store */
	uint64_t disk_free, disk_bytes; /* disk_bytes 0: unknown */
	uint64_t log_bytes;
	const char *failure;	 /* of the store, now or a moment ago; NULL: it is well */
	utc_ms certificate_ends; /* UTC_NONE: there is none */
};

void watch_machine(const struct watch_scene *scene, const struct watch_machine *machine);

/* ---- watch_alarms.c: alarms of the doors ---- */

struct watch_alarm {
	char *name, *object, *text, *advice;
	utc_ms renewed; /* when its count was last seen to grow */
	uint64_t count;
	bool is_here; /* it stands now */
};

/* Whether the doors tell, even after a restart, when it is over. */
bool watch_is_cleared_by_doors(const char *name);

void watch_alarms(
	const struct watch_scene *scene, const struct watch_alarm *alarms, size_t count);

#endif
