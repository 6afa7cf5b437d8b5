/* reputation.h - counts become rates, levels, and what is left. Pure; limits are compared
 * in integers. */
#ifndef SES_REPUTATION_H
#define SES_REPUTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ses/counts.h"

/* Ascending: the worse of two is the greater. */
enum ses_level {
	SES_LEVEL_NO_DENOMINATOR,
	SES_LEVEL_TOO_FEW,
	SES_LEVEL_OK,
	SES_LEVEL_WARNING,
	SES_LEVEL_OVER_REVIEW_LIMIT,
	SES_LEVEL_OVER_PAUSE_LIMIT,
};

/* "no-denominator" "too-few" "ok" "warning" "over-review-limit" "over-pause-limit". */
const char *ses_level_name(enum ses_level level);
/* As a sentence says it: "over the review limit", "near the review limit", "ok", "too few
 * to judge", "without a rate". */
const char *ses_level_words(enum ses_level level);

enum ses_metric { SES_METRIC_BOUNCE, SES_METRIC_COMPLAINT };

/* Where a denominator comes from. */
enum ses_source {
	SES_SOURCE_NONE, /* null */
	SES_SOURCE_SEND,
	SES_SOURCE_ATTEMPTS, /* "delivery+bounce" */
	SES_SOURCE_MIXED,
	SES_SOURCE_REPORTED, /* by the application */
};

const char *ses_source_name(enum ses_source source); /* NULL for NONE */

/* Parts of a million: 5 % is 50000. */
typedef int64_t ppm;
#define PPM_ONE ((ppm) 1000000)

/* What is left out of the rates, as CONTRACT and SES's documents say; each can be counted
 * in again by configuration, to see what it would make of the rates. What is at verified
 * domains and at the simulator is decided when an event is judged (ses_event_judge). */
enum ses_exclusion {
	SES_EXCLUDE_REFUSED = 1,   /* else: hard bounces */
	SES_EXCLUDE_AUTOMATIC = 2, /* else: soft bounces */
	SES_EXCLUDE_NOT_SPAM = 4,  /* else: complaints */
	SES_EXCLUDE_LISTED = 8,	   /* else: complaints */
};
#define SES_EXCLUDE_ALL 15u

struct ses_quota {
	const char *account,
		*region; /* NULL: of every account that has none of its own */
	int64_t daily;	 /* recipients in 24 hours */
	int64_t rate;	 /* recipients a second */
};

struct ses_reputation_settings {
	int64_t representative_sends;
	int64_t representative_days;
	int64_t minimum_sends;
	int64_t minimum_complaints;
	ppm warning_at; /* of the review limit */
	ppm bounce_review, bounce_pause;
	ppm complaint_review, complaint_pause;
	const char *const *reporting_domains; /* configured, normal forms */
	size_t reporting_domain_count;
	unsigned excludes; /* of enum ses_exclusion */
	ppm hysteresis;	   /* a level is left only this part of its limit below it */
	const struct ses_quota *quotas;
	size_t quota_count;
};

/* The documented defaults; no reporting domains but the shipped ones. */
void ses_reputation_defaults(struct ses_reputation_settings *settings);

/* Which source a day (UTC) of an account has: Send events if it has any, else Delivery +
 * Bounce if it has a Delivery. Sends of less than half of those who got a Delivery or a
 * Bounce are not the day's sends (one configuration set of several publishes them, or
 * they were switched on that day): then Delivery + Bounce too. A day with neither has
 * what the application reported. */
enum ses_source ses_day_source(const struct ses_counts *day);

struct ses_rate;

/* The counts with what is not excluded counted in; what is counted in is left out no
 * more, so its own count is zero. */
struct ses_counts ses_counts_judged(
	const struct ses_reputation_settings *settings, const struct ses_counts *counts);

/* The quota that applies to an account, the one that names most of it; NULL: not
 * configured. */
const struct ses_quota *ses_quota_of(const struct ses_reputation_settings *settings,
	const char *account, const char *region);

/*
 * The level with hysteresis: rising is at once; a level above ok is left only once the
 * rate is below its limit by the margin (or the rate is unknown, too few, or there is no
 * denominator: then at once). was: the level before, now: what ses_rate_judge found.
 */
enum ses_level ses_level_held(const struct ses_reputation_settings *settings,
	enum ses_metric metric, const struct ses_rate *rate, enum ses_level was);

/*
 * After how many further days like (numerator, denominator) the rate reaches the review
 * limit, if nothing leaves the window: 0 it has, -1 never or unknown.
 */
int64_t ses_days_to_review(
	const struct ses_rate *rate, int64_t numerator, int64_t denominator);

/* Eligible recipients of counts that belong to days of that source: sends or what was
 * reported less refused, or attempts; never negative. */
int64_t ses_eligible(const struct ses_counts *counts, enum ses_source source);

/* Adds up days: start zeroed, ses_total_add for each day (or part of one) with that whole
 * day's source, ses_total_denominator at the end. */
struct ses_total {
	struct ses_counts counts;		    /* of all days */
	int64_t sends, refused, attempts, reported; /* of the days whose source they are
						     */
	bool has_send, has_attempts, has_reported;
};
void ses_total_add(struct ses_total *total, const struct ses_counts *part,
	enum ses_source source_of_day);
int64_t ses_total_denominator(const struct ses_total *total);
enum ses_source ses_total_source(const struct ses_total *total);

struct ses_rate {
	int64_t numerator;
	int64_t denominator;
	bool has_rate; /* false: null: no denominator, or more feedback than denominator
			*/
	bool is_incomplete; /* more feedback than denominator */
	double rate;	    /* numerator / denominator */
	double low, high;   /* 95 % interval (Wilson) */
	enum ses_level level;
	int64_t remaining_review,
		remaining_pause; /* further events at the present volume that stay below;
				    0 if at or over; -1 unknown (no rate) */
	int64_t recover; /* clean sends until below the review limit; 0 if below; -1
			    unknown */
	ppm review, pause;
};

/*
 * A level above ok needs minimum_sends (and minimum_complaints reports), or a lower bound
 * of the interval above that very limit; a rate at or above a limit for which neither
 * holds falls to the next lower limit, and at last to too-few. "At or above" counts as
 * reached.
 */
void ses_rate_judge(const struct ses_reputation_settings *settings,
	enum ses_metric metric, int64_t numerator, int64_t denominator,
	struct ses_rate *rate);

/* Domains that send complaint feedback to SES, as shipped (domains.c); Gmail never
 * does. */
bool ses_domain_reports_complaints(const char *domain);

/* All of them, in the order of strcmp. */
const char *const *ses_reporting_domains(size_t *count);

#endif
