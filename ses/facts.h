/* facts.h - what an event says of a recipient beyond the common columns. Private to ses/.
 */
#ifndef SES_FACTS_H
#define SES_FACTS_H

#include <stdbool.h>

#include "base/json.h"
#include "ses/event.h"

/*
 * Compact JSON, in SES's own names and in this order; a member that SES left out is left
 * out here. Texts are trimmed, and cut after FACT_BYTES_MAX.
 *
 * bounce: bounceType bounceSubType action status diagnosticCode feedbackId reportingMTA
 *     remoteMtaIp
 * complaint: complaintFeedbackType complaintSubType feedbackId userAgent arrivalDate, and
 *     suspects: how many recipients the report names (a number)
 * reject: reason
 * rendering failure: templateName errorMessage
 * delay: delayType status diagnosticCode expirationTime reportingMTA
 * open, click: ipAddress userAgent link isBotEvent
 * subscription: contactList source newTopicPreferences (an object)
 * send, delivery: nothing; there are too many of them
 */
#define FACT_BYTES_MAX 4096

/* Whether what ses_facts_write gives depends on the recipient. */
bool ses_facts_are_personal(enum ses_type type);

/* object is the one of the event's type, recipient the element that names the recipient
 * (NULL where there is none). *facts is NULL if there is nothing to say, else belongs to
 * the event's texts. False without memory. */
bool ses_facts_write(const struct ses_event *event, const struct json *object,
	const struct json *recipient, char **facts) __attribute__((warn_unused_result));

#endif
