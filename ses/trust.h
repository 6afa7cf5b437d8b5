/* trust.h - what a rate can be trusted for: which events seem to be missing. Pure. */
#ifndef SES_TRUST_H
#define SES_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include "ses/reputation.h"

enum ses_notice {
	SES_NOTICE_NO_SENDS,	   /* Delivery + Bounce without Send */
	SES_NOTICE_SENDS_MISSING,  /* fewer Sends than Deliveries and Bounces on some days
				    */
	SES_NOTICE_NO_DENOMINATOR, /* bounces or complaints, and nothing says of how many
				    */
	SES_NOTICE_MORE_FEEDBACK,  /* more feedback than sends */
	SES_NOTICE_REPORTED,	   /* the application's word is the denominator */
	SES_NOTICE_NO_CONFIGURATION_SET, /* feedback about mail without a configuration
					    set, of which no Send is published */
	SES_NOTICE_TOPIC_SILENT, /* a topic that spoke before is silent while others speak
				  */
	SES_NOTICE_SANDBOX, /* everything goes to verified recipients or the simulator:
			       AWS judges nothing yet */
	SES_NOTICE_YOUNG,   /* less is kept than the window asks for, or counts since a
			       fresh start */
	SES_NOTICE_NO_REPORTING, /* no domain of those mailed is known to report
				    complaints */
	SES_NOTICE_KEYS_BOUNDED, /* a break-down has more keys than are told apart */
	SES_NOTICE_COUNT
};

/* "no-sends" "sends-missing" "no-denominator" "more-feedback-than-sends" "reported"
 * "no-configuration-set" "topic-silent" "sandbox" "young" "no-reporting-domains"
 * "keys-bounded". */
const char *ses_notice_name(enum ses_notice notice);

/* A sentence or two: what it means for the number, and what to do. */
const char *ses_notice_text(enum ses_notice notice);

struct ses_trust_facts {
	enum ses_source source;
	struct ses_counts counts;	 /* of the window */
	int64_t denominator;		 /* of the window: eligible recipients */
	struct ses_counts unlabelled;	 /* of it, mail without a configuration set */
	int64_t days_with_sends_missing; /* ses_day_source fell back to Delivery + Bounce,
					    and not only for mail of the day before */
	int64_t reporting_denominator;
	bool is_short;	      /* the window covers less than it asks for: less is kept, or
				 counting began afresh */
	bool is_topic_silent; /* see store_reputation */
	bool is_sandbox_quota; /* the configured quota is the sandbox's: 200 a day */
};

/* How far a number is to be trusted: the worst that a notice says. */
enum ses_trust { SES_TRUST_FULL, SES_TRUST_PARTIAL, SES_TRUST_NONE };
const char *ses_trust_name(enum ses_trust trust); /* "full" "partial" "none" */

/* A bit (1 << notice) for each that applies. */
unsigned ses_trust_notices(const struct ses_trust_facts *facts, enum ses_trust *trust);

#endif
