/* message.c - the envelope that SNS posts, taken apart. */
#include "sns/message.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "sns/quote.h"

const char *sns_type_name(enum sns_type type)
{
	switch (type) {
	case SNS_NOTIFICATION:
		return "Notification";
	case SNS_SUBSCRIPTION_CONFIRMATION:
		return "SubscriptionConfirmation";
	case SNS_UNSUBSCRIBE_CONFIRMATION:
		return "UnsubscribeConfirmation";
	}
	return "unknown";
}

static bool type_read(const char *name, enum sns_type *type, struct error *error)
{
	static const enum sns_type types[] = {SNS_NOTIFICATION,
		SNS_SUBSCRIPTION_CONFIRMATION, SNS_UNSUBSCRIBE_CONFIRMATION};
	char quoted[SNS_QUOTE_SIZE];

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (text_equal(name, sns_type_name(types[i]))) {
			*type = types[i];
			return true;
		}
	}
	return error_set(error, "Type is none that SNS documents: \"%s\"",
		sns_quote(name, quoted));
}

/* What a field may hold. */
enum content {
	ANY_TEXT,  /* empty too */
	SOMETHING, /* not empty */
	ONE_LINE,  /* not empty, no control characters */
};

static bool has_control_character(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char) *text < 0x20 || *text == 0x7f)
			return true;
	}
	return false;
}

/* A field that must be there: its text, or NULL with the reason in error. */
static const char *field_read(const struct json *envelope, const char *name,
	enum content content, struct error *error)
{
	size_t count;
	const struct json *member = json_members(envelope, name, &count);
	const char *text;

	if (!member) {
		error_set(error, "%s is missing", name);
		return NULL;
	}
	if (count > 1) {
		error_set(error, "%s is given more than once", name);
		return NULL;
	}
	text = json_as_text(member);
	if (!text) {
		error_set(error, "%s is not a string", name);
		return NULL;
	}
	if (content != ANY_TEXT && *text == '\0') {
		error_set(error, "%s is empty", name);
		return NULL;
	}
	if (content == ONE_LINE && has_control_character(text)) {
		error_set(error, "%s holds a control character", name);
		return NULL;
	}
	return text;
}

static bool subject_read(
	const struct json *envelope, const char **subject, struct error *error)
{
	if (!json_member(envelope, "Subject")) {
		*subject = NULL;
		return true;
	}
	*subject = field_read(envelope, "Subject", ANY_TEXT, error);
	if (!*subject)
		return false;
	if (strpbrk(*subject, "\r\n"))
		return error_set(error, "Subject holds a line break");
	return true;
}

/* Events for Lambda functions spell these two otherwise; over HTTP SNS never does, and to
 * take either would be to verify with an address that nobody looked at. */
static bool certificate_url_read(
	const struct json *envelope, const char **url, struct error *error)
{
	*url = field_read(envelope, "SigningCertURL", ONE_LINE, error);
	if (*url)
		return true;
	if (!json_member(envelope, "SigningCertURL") &&
		json_member(envelope, "SigningCertUrl"))
		return error_set(error,
			"SigningCertURL is missing: it is spelled SigningCertUrl, as in "
			"events for Lambda functions; SNS does not spell it so over "
			"HTTP");
	return false;
}

static bool timestamp_read(struct sns_message *message, struct error *error)
{
	char quoted[SNS_QUOTE_SIZE];

	if (utc_parse(message->timestamp_text, &message->timestamp))
		return true;
	return error_set(error, "Timestamp is not a time: \"%s\"",
		sns_quote(message->timestamp_text, quoted));
}

/* Whether the signature is base64 at all. What it decodes to is for the keyring. */
static bool signature_check(const char *signature, struct error *error)
{
	size_t length;

	return base64_measure(signature, strlen(signature), &length) ||
	       error_set(error, "Signature is not base64");
}

static bool fields_read(
	const struct json *envelope, struct sns_message *read, struct error *error)
{
	const char *type = field_read(envelope, "Type", SOMETHING, error);
	const char *subject;

	if (!type || !type_read(type, &read->type, error))
		return false;
	read->message_id = field_read(envelope, "MessageId", ONE_LINE, error);
	if (!read->message_id)
		return false;
	read->topic_arn = field_read(envelope, "TopicArn", ONE_LINE, error);
	if (!read->topic_arn)
		return false;
	read->message = field_read(envelope, "Message", ANY_TEXT, error);
	if (!read->message)
		return false;
	read->timestamp_text = field_read(envelope, "Timestamp", ONE_LINE, error);
	if (!read->timestamp_text || !timestamp_read(read, error))
		return false;
	if (!subject_read(envelope, &subject, error))
		return false;
	if (read->type == SNS_NOTIFICATION) {
		read->subject = subject;
	} else {
		read->subscribe_url =
			field_read(envelope, "SubscribeURL", ONE_LINE, error);
		if (!read->subscribe_url)
			return false;
		read->token = field_read(envelope, "Token", ONE_LINE, error);
		if (!read->token)
			return false;
	}
	read->signature_version =
		field_read(envelope, "SignatureVersion", ONE_LINE, error);
	if (!read->signature_version)
		return false;
	read->signature = field_read(envelope, "Signature", ONE_LINE, error);
	if (!read->signature)
		return false;
	return certificate_url_read(envelope, &read->certificate_url, error);
}

/* ---- raw delivery ---- */

static void raw_delivery_explain(struct error *error)
{
	error_set(error,
		"raw message delivery: an SES event without SNS's envelope is not signed "
		"and cannot be trusted; switch it off with: aws sns "
		"set-subscription-attributes --subscription-arn SUBSCRIPTION-ARN "
		"--attribute-name RawMessageDelivery --attribute-value false");
}

static bool is_ses_event(const struct json *value)
{
	return json_is_object(value) && !json_member(value, "Type") &&
	       !json_member(value, "Signature") &&
	       (json_is_text(json_member(value, "notificationType")) ||
		       json_is_text(json_member(value, "eventType")));
}

/* An envelope has a dozen fields, MessageAttributes perhaps some more; whoever posts one
 * has proven nothing yet. An SES event without its envelope is only looked at for its
 * shape. */
#define ENVELOPE_VALUES_MAX 1024
#define EVENT_VALUES_MAX 32768

/* What SES publishes when an event destination is set up; not JSON. */
static bool is_ses_greeting(const char *body, size_t length)
{
	static const char greeting[] =
		"Successfully validated SNS topic for Amazon SES event publishing.";
	const char *text = text_trim(body, &length);

	return length == strlen(greeting) && memcmp(text, greeting, length) == 0;
}

/* A bare event may hold what an envelope may not, such as a damaged subject line. */
static bool is_damaged_ses_event(const char *body, size_t length)
{
	struct json *value =
		json_parse_bounded(body, length, JSON_REPAIR, EVENT_VALUES_MAX, NULL);
	bool is_event = is_ses_event(value);

	json_free(value);
	return is_event;
}

enum sns_shape sns_message_parse(
	const char *body, size_t length, struct sns_message *message, struct error *error)
{
	struct sns_message read = {0};
	enum sns_shape shape = SNS_MALFORMED;

	*message = read;
	read.tree =
		json_parse_bounded(body, length, JSON_STRICT, ENVELOPE_VALUES_MAX, error);
	if (!read.tree && errno == ENOMEM)
		return SNS_NO_MEMORY;
	if (is_ses_event(read.tree) ||
		(!read.tree && (is_ses_greeting(body, length) ||
				       is_damaged_ses_event(body, length)))) {
		raw_delivery_explain(error);
		shape = SNS_RAW_DELIVERY;
	} else if (!read.tree) {
		error_prefix(error, "not JSON as SNS writes it");
	} else if (!json_is_object(read.tree)) {
		error_set(error, "not a JSON object");
	} else if (fields_read(read.tree, &read, error) &&
		   signature_check(read.signature, error)) {
		shape = SNS_WELL_FORMED;
	}
	if (shape == SNS_WELL_FORMED)
		*message = read;
	else
		json_free(read.tree);
	return shape;
}

void sns_message_finish(struct sns_message *message)
{
	static const struct sns_message nothing;

	json_free(message->tree);
	*message = nothing;
}
