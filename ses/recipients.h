/* recipients.h - whom an event is about. Private to ses/. */
#ifndef SES_RECIPIENTS_H
#define SES_RECIPIENTS_H

#include "base/error.h"
#include "base/json.h"
#include "ses/event.h"

/* Fills recipients and recipient_count, facts too, of an event whose type and texts are
 * set. object is the one of its type. SES_UNDERSTOOD, SES_UNRECOGNISED if there are too
 * many, or SES_NO_MEMORY; what is filled then is freed with the event. */
enum ses_parse ses_recipients_read(const struct json *object, const struct json *mail,
	struct ses_event *event, struct error *error) __attribute__((warn_unused_result));

#endif
