/* watch_causes.h - where the bounces, complaints or refusals of an alert come from.
 * Private to daemon/. */
#ifndef DAEMON_WATCH_CAUSES_H
#define DAEMON_WATCH_CAUSES_H

#include "daemon/watch_sights.h"

#define WATCH_CAUSES_MAX 3
#define WATCH_CAUSE_KEY_SIZE 256

struct watch_cause {
	enum store_dimension by;
	char key[WATCH_CAUSE_KEY_SIZE]; /* cut if it is longer */
	int64_t value;			/* of what was asked for; 0: there is none */
	int64_t hard_bounces, complaints, blocked, denominator;
	double share; /* of all of the dimension */
};

struct watch_causes {
	struct watch_cause causes[WATCH_CAUSES_MAX]; /* the greatest share first */
	size_t count;
};

/* The greatest of one break-down, collected row by row. Start zeroed but for the first
 * two. */
struct watch_leaders {
	enum store_dimension by;
	enum watch_measure measure;
	struct watch_cause first, second;
	int64_t total;
};
void watch_leaders_add(struct watch_leaders *leaders, const struct store_rates_row *row);

/* The greatest of each of the break-downs; where one has none, second ones. */
void watch_causes_choose(
	struct watch_causes *causes, const struct watch_leaders *leaders, size_t count);

/* Asks the store for an account's causes. */
bool watch_causes_find(struct store *store,
	const struct ses_reputation_settings *settings, const struct watch_sight *sight,
	utc_ms now, struct watch_causes *causes, struct error *error);

/* "Most of the account's hard bounces come from …." Freed by the caller; "" without
 * causes, NULL without memory. */
char *watch_causes_sentence(
	const struct watch_causes *causes, const struct watch_question *question);

/* [{"by","key","hard_bounces","complaints","denominator","share"}…] */
struct json *watch_causes_json(
	const struct watch_causes *causes, const struct watch_question *question);

#endif
