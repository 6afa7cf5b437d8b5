/* why.h - the decision about an address in a sentence or two. Private to web/. */
#ifndef WEB_WHY_H
#define WEB_WHY_H

#include <stdbool.h>

#include "base/buffer.h"
#include "store/store.h"

/* What is known of an address, for one question. Borrowed. */
struct why {
	const char *address; /* normal form, or "@domain" */
	enum ses_verdict verdict;
	const struct store_suppression
		*told; /* as store_suppression_check; NULL: CLEAR */
	const struct store_suppression *removed; /* the newest REMOVED rule that the
						    question is about; NULL none */
	unsigned held;	   /* uncertain complaints that wait for a second report */
	bool is_elsewhere; /* it is suppressed in a stream that the question did not name
			    */
};

/* Writes plain English: the decision, the rule, when it ends, who said so. Pure. */
void why_write(struct buffer *buffer, const struct why *why);

#endif
