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

/* Where a denominator comes from. */
enum ses_source {
	SES_SOURCE_NONE, /* null */
	SES_SOURCE_SEND,
	SES_SOURCE_ATTEMPTS, /* "delivery+bounce" */
	SES_SOURCE_MIXED,
};

const char *ses_source_name(enum ses_source source); /* NULL for NONE */

/* Parts of a million: 5 % is 50000. */
typedef int64_t ppm;
#define PPM_ONE ((ppm) 1000000)

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
};

/* The documented defaults; no reporting domains but the shipped ones. */
void ses_reputation_defaults(struct ses_reputation_settings *settings);

/* Which source a day (UTC) of an account has: Send events if it has any, else Delivery +
 * Bounce if it has a Delivery. Sends of less than half of those who got a Delivery or a
 * Bounce are not the day's sends (one configuration set of several publishes them, or
 * they were switched on that day): then Delivery + Bounce too. */
enum ses_source ses_day_source(const struct ses_counts *day);

/* Eligible recipients of counts that belong to days of that source: sends less refused,
 * or attempts; never negative. */
int64_t ses_eligible(const struct ses_counts *counts, enum ses_source source);

/* Adds up days: start zeroed, ses_total_add for each day (or part of one) with that whole
 * day's source, ses_total_denominator at the end. */
struct ses_total {
	struct ses_counts counts;	  /* of all days */
	int64_t sends, refused, attempts; /* of the days whose source they are */
	bool has_send, has_attempts;
};
void ses_total_add(struct ses_total *total, const struct ses_counts *part,
	enum ses_source source_of_day);
int64_t ses_total_denominator(const struct ses_total *total);
enum ses_source ses_total_source(const struct ses_total *total);

enum ses_metric { SES_METRIC_BOUNCE, SES_METRIC_COMPLAINT };

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

#endif
