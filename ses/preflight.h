/* preflight.h - what sending to a list would do to the rates, from one's own history.
 * Pure. */
#ifndef SES_PREFLIGHT_H
#define SES_PREFLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ses/reputation.h"

/* What is known of an address before it is mailed. */
enum ses_history {
	SES_HISTORY_SUPPRESSED, /* on the list: would not be mailed */
	SES_HISTORY_BOUNCED,	/* a hard bounce or no such domain, not on the list */
	SES_HISTORY_SOFT,	/* soft bounces since the last delivery, or probation */
	SES_HISTORY_RECENT,	/* delivered in the last 30 days */
	SES_HISTORY_QUARTER,	/* … 90 days */
	SES_HISTORY_YEAR,	/* … 365 days */
	SES_HISTORY_OLD,	/* … longer ago */
	SES_HISTORY_NEVER,	/* never mailed, as far as is kept */
	SES_HISTORY_INVALID,	/* at a domain that cannot exist: ses_domain_flaw */
	SES_HISTORY_COUNT
};

/* "suppressed" "bounced" "soft-bounced" "delivered-30d" "delivered-90d" "delivered-365d"
 * "delivered-earlier" "never-mailed" "invalid-domain". */
const char *ses_history_name(enum ses_history history);

/* Of a delivery so long ago: RECENT to OLD. */
enum ses_history ses_history_of_age(int64_t age_ms);

/* Why no mail can be delivered to a domain in normal form, in words: it cannot be one
 * (no dot, an empty or too long label, no such top-level domain), or is reserved (RFC
 * 2606, 6761, 6762, 7686). NULL: it may exist. Static. */
const char *ses_domain_flaw(const char *domain);

/*
 * What one's own past says of such addresses: of those mailed, how many bounced hard.
 * Where it says little (few trials) the prior of the table in preflight.c weighs in as
 * SES_PRIOR_WEIGHT trials; it says where it is from.
 */
struct ses_experience {
	int64_t trials, bounces;
};
#define SES_PRIOR_WEIGHT 20

struct ses_risk {
	double expected;  /* probability of a hard bounce of one such address */
	double low, high; /* 95 % credible */
	bool is_guess;	  /* mostly the prior: fewer trials than it weighs */
};

/* SUPPRESSED has none: it is not mailed. */
struct ses_risk ses_preflight_risk(
	enum ses_history history, const struct ses_experience *experience);

/* The reasoning behind the prior of a class, in a sentence. Static. */
const char *ses_preflight_reasoning(enum ses_history history);

/* Hard bounces of so many addresses of each class. */
struct ses_prediction {
	double expected;  /* the sum of the risks */
	double low, high; /* 95 %: of what is not known of the risks, and of chance */
};

/* counts and experience: of each class. 0 <= low <= expected <= high <= all addresses. */
struct ses_prediction ses_preflight_predict(
	const int64_t *counts, const struct ses_experience *experience);

/* The classes that are mailed, the safest first. */
#define SES_HISTORY_MAILED (SES_HISTORY_COUNT - 1)
void ses_preflight_order(const struct ses_experience *experience,
	enum ses_history order[SES_HISTORY_MAILED]);

/* The riskiest classes that together stand out most: so large a share of the mailed
 * addresses carries so large a share of the expected bounces. False: none stands out. */
bool ses_preflight_concentration(const int64_t *counts,
	const struct ses_experience *experience, double *of_addresses,
	double *of_bounces);

/* One UTC day of an account, as it counts in the representative window. */
struct ses_preflight_day {
	int64_t eligible, hard_bounces;
};

/* What the window still holds of the account when so many more have been sent: the last
 * representative_days and so many days more that, with the new ones,
 * representative_sends are covered. days: each day once, newest first, the fresh start's
 * and no older one. */
struct ses_preflight_day ses_preflight_base(
	const struct ses_reputation_settings *settings,
	const struct ses_preflight_day *days, size_t day_count, int64_t mailed);

struct ses_preflight_plan {
	const struct ses_reputation_settings *settings;
	const struct ses_experience *experience; /* of each class */
	const struct ses_preflight_day *days;	 /* ses_preflight_base */
	size_t day_count;
	int64_t counts[SES_HISTORY_COUNT]; /* addresses of each class */
	int64_t wanted; /* at least so many slices; 0 or 1: as it comes */
};

/* So many of the safest that were not sent yet. BOUNCED and INVALID ones are in no slice.
 */
struct ses_slice {
	int64_t count;
	int64_t counts[SES_HISTORY_COUNT];
	struct ses_prediction bounces; /* of this slice */
	struct ses_rate expected;      /* the account after it */
	struct ses_rate high; /* the same, if this slice is as bad as its upper bound and
				 those before it were as expected */
	bool has_guess;	      /* some of its risks are guesses */
	int64_t wait_ms;      /* until its feedback is in: before the next */
};

#define SES_SLICES_MAX 100
#define SES_SLICE_LEAST 10 /* smaller ones teach nothing; all that is left may be */
#define SES_SLICE_WAIT_KNOWN (24 * (int64_t) 3600000)
#define SES_SLICE_WAIT_GUESS (72 * (int64_t) 3600000)

/*
 * Cuts the list so that after each slice the bounce level stays below warning even at its
 * upper bound; slices with guesses and those without are kept apart. Nothing else is
 * assumed to be sent meanwhile. *left_over: addresses for which no slice is safe enough.
 * Returns how many slices there are.
 */
size_t ses_preflight_slice(const struct ses_preflight_plan *plan,
	struct ses_slice slices[SES_SLICES_MAX], int64_t *left_over);

#endif
