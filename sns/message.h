/* message.h - the envelope that SNS posts, taken apart. Proves nothing. */
#ifndef SNS_MESSAGE_H
#define SNS_MESSAGE_H

#include <stddef.h>

#include "base/clock.h"
#include "base/error.h"

enum sns_type {
	SNS_NOTIFICATION,
	SNS_SUBSCRIPTION_CONFIRMATION,
	SNS_UNSUBSCRIBE_CONFIRMATION
};

/* "Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation". */
const char *sns_type_name(enum sns_type type);

/* All texts are the decoded values, byte for byte, and belong to the message. */
struct sns_message {
	enum sns_type type;
	const char *message_id;
	const char *topic_arn;
	const char *subject; /* notifications only (elsewhere it is not signed); NULL
				where the key is absent */
	const char *message;
	const char *timestamp_text;
	utc_ms timestamp;
	const char *signature_version;
	const char *signature; /* base64, well-formed; not yet verified */
	const char *certificate_url;
	const char *subscribe_url; /* confirmations only, else NULL */
	const char *token;	   /* confirmations only, else NULL */
	struct json *tree;	   /* owns the texts */
};

enum sns_shape {
	SNS_WELL_FORMED,
	SNS_MALFORMED,	  /* not an SNS message; error says why */
	SNS_RAW_DELIVERY, /* an SES event without its envelope: unsigned; error says how
			     to switch it off */
	SNS_NO_MEMORY,
};

/*
 * Reads a body: strict JSON (json.h), one object; each field that is signed, or that says
 * how, there exactly once, a string and not empty (Message and Subject may be empty);
 * Subject absent or once; Type one of the three; Timestamp a time; Signature base64;
 * MessageId, TopicArn, Timestamp, SubscribeURL and Token without control characters and
 * Subject without line breaks (canonical.c says why). "Subject": null counts as a field
 * that is not a string. Fields not known are ignored. Unless the body is SNS_WELL_FORMED,
 * *message is zeroed.
 */
enum sns_shape sns_message_parse(
	const char *body, size_t length, struct sns_message *message, struct error *error)
	__attribute__((warn_unused_result));

/* Takes a message that was parsed or zeroed. */
void sns_message_finish(struct sns_message *message);

#endif
