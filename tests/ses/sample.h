/* sample.h - made-up SES events for the tests here. */
#ifndef TESTS_SES_SAMPLE_H
#define TESTS_SES_SAMPLE_H

/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "ses/event.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define TOPIC_ACCOUNT "999988887777"
#define TOPIC_REGION "eu-west-1"

#define MAIL_ID "0100018f00000000-01234567-89ab-cdef-0123-456789abcdef-000000"
#define MAIL_TIME "2026-11-24T05:51:47.123Z"
#define MAIL_START                                                                       \
	"{\"messageId\":\"" MAIL_ID "\",\"timestamp\":\"" MAIL_TIME                      \
	"\",\"source\":\"Shop <News@Example.COM>\""
#define MAIL MAIL_START ",\"destination\":[\"ann@example.net\"]}"

/* An event of that type, with what its object holds; the mail has one destination. */
#define EVENT(type, object, members)                                                     \
	"{\"eventType\":\"" type "\",\"" object "\":{" members "},\"mail\":" MAIL "}"
#define BOUNCE(members) EVENT("Bounce", "bounce", members)
#define COMPLAINT(members) EVENT("Complaint", "complaint", members)
#define PERMANENT                                                                        \
	"\"bounceType\":\"Permanent\",\"bounceSubType\":\"General\","                    \
	"\"timestamp\":\"2026-11-24T05:52:00.500Z\",\"feedbackId\":\"f-1\""
#define BOUNCED(recipients) "\"bouncedRecipients\":[" recipients "]"
#define COMPLAINED(recipients) "\"complainedRecipients\":[" recipients "]"
#define RECIPIENT(address) "{\"emailAddress\":\"" address "\"}"

static inline enum ses_parse sample_try(
	const char *message, struct ses_event *event, struct error *error)
{
	*error = (struct error){""};
	return ses_event_parse(
		message, strlen(message), TOPIC_ACCOUNT, TOPIC_REGION, event, error);
}

/* Parses what must be understood; finished by the caller. */
static inline struct ses_event sample_parse(const char *message)
{
	struct ses_event event;
	struct error error;

	if (sample_try(message, &event, &error) != SES_UNDERSTOOD)
		fail_msg("not understood: %s: %s", error.text, message);
	return event;
}

#endif
