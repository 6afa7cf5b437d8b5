/* incident.h - what pulled a rate up: since when, which stream, whose mail. Private to
 * web/. */
#ifndef WEB_INCIDENT_H
#define WEB_INCIDENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "ses/incident.h"
#include "store/reputation.h"

/* One key of a break-down of the stretch, among those with the most excess. */
struct incident_suspect {
	enum store_dimension dimension;
	char *key; /* "" unknown */
	bool is_other;
	int64_t numerator, denominator, excess; /* in the stretch */
	int64_t usual;				/* its denominator in the whole window */
};

#define INCIDENT_A_DIMENSION 3 /* suspects of each dimension */
#define INCIDENT_SUSPECTS_MAX (STORE_DIMENSIONS * INCIDENT_A_DIMENSION)
#define INCIDENT_SENDERS_MAX 10
#define INCIDENT_SAMPLE 100 /* bounced addresses whose past is looked at */

struct incident {
	char *account, *region; /* NULL: no account is known, or not that one */
	enum ses_metric metric;
	enum ses_level level;
	struct ses_rate rate; /* now, over the representative window */
	utc_ms window_from, window_to;
	utc_ms fresh_start;    /* UTC_NONE none */
	struct ses_rate other; /* of the other metric */
	int64_t sends_a_day; /* eligible recipients, mean of the last 7 days that ended */

	/* Where the stretch was looked for: the representative window; if there is none
	   in it since a fresh start, the 30 days before now up to the start. */
	enum store_window window;
	utc_ms until; /* 0: now */
	bool is_before_start;
	int64_t numerator_of_window, denominator_of_window; /* by the time of sending */

	bool is_found;	 /* else no hour of these was beyond the review limit */
	utc_ms from, to; /* whole hours, by the time of sending */
	int64_t numerator, denominator, excess;
	struct ses_rate before; /* the rest of the window, without the stretch */
	struct incident_suspect suspects[INCIDENT_SUSPECTS_MAX];
	size_t suspect_count;
	struct incident_sender {
		int kind; /* enum ses_sender_kind */
		char *key;
		utc_ms first;
	} senders[INCIDENT_SENDERS_MAX]; /* that first sent around the beginning */
	size_t sender_count;
	size_t sampled, first_timers; /* bounced addresses; never delivered to before */
};

/*
 * Looks for it in the representative window, by the time of sending, hour by hour:
 * account and region NULL: the account with the worst level; metric NULL: the one with
 * the worse level. Reads roll-ups, and of the events a bounded sample. False if the store
 * can't be read. Finished by the caller in any case.
 */
bool incident_look(struct store *store, const struct ses_reputation_settings *settings,
	const char *account, const char *region, const enum ses_metric *metric,
	utc_ms now, struct incident *incident, struct error *error);
void incident_finish(struct incident *incident);

/* The second half of incident_look: fills suspects, senders and the sample of a stretch
 * that was found. */
bool incident_find_who(struct store *store,
	const struct ses_reputation_settings *settings, struct incident *incident,
	utc_ms now, struct error *error);

/* What the metric counts; and the question for a part of the window (0: no end). */
int64_t incident_numerator(const struct ses_counts *counts, enum ses_metric metric);
struct store_rates_query incident_query(
	const struct incident *incident, utc_ms since, utc_ms until);

/* The sender-side suspect (a stream, a tag, a caller, …) that tells most: more of the
 * damage than of the mail. NULL if none stands out. */
const struct incident_suspect *incident_culprit(const struct incident *incident);

#endif
