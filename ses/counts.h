/* counts.h - what is counted, for an account, an identity, a configuration set, a domain.
 */
#ifndef SES_COUNTS_H
#define SES_COUNTS_H

#include <stddef.h>
#include <stdint.h>

/* All of eligible recipients, but for those that say what was left out. The order is that
 * of the columns of the roll-ups: only ever append. */
struct ses_counts {
	int64_t sends;
	int64_t attempts; /* recipients with a Delivery or a Bounce, each once:
			     "delivery+bounce" */
	int64_t deliveries;
	int64_t hard_bounces;
	int64_t soft_bounces;
	int64_t complaints; /* reports, not suspects */
	int64_t rejects;
	int64_t refused;   /* SES itself did not try; they are in sends */
	int64_t verified;  /* hard bounces at verified domains and addresses */
	int64_t simulator; /* events of the mailbox simulator */
	int64_t not_spam;  /* reports */
	int64_t listed;	   /* complaint reports about addresses that SES's list held */
	int64_t automatic; /* soft bounces that are automatic replies; not in
			      soft_bounces */
	int64_t blocked;   /* of class reputation: soft bounces (in soft_bounces too), and
			      DeliveryDelays for SpamDetected or IPFailure (only here) */
	int64_t verified_sends; /* to verified domains and addresses; not in sends */
	int64_t reported; /* recipients that the application reported (POST /v1/sends) */
};

#define SES_COUNTS_FIELDS (sizeof(struct ses_counts) / sizeof(int64_t))

void ses_counts_add(struct ses_counts *sum, const struct ses_counts *more);

#endif
