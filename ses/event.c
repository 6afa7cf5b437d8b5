/* event.c - what SES says happened: both shapes, every type, one entry a recipient. */
#include "ses/event.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "ses/mail.h"
#include "ses/names.h"
#include "ses/recipients.h"
#include "ses/texts.h"

/* SES cuts headers at 10 KB and takes 50 recipients a mail: a real event is far below. */
#define VALUES_MAX 32768

/* The two messages by which SES checks that it may publish to a topic. The first is no
 * JSON. */
#define EVENT_DESTINATION_CHECK "Successfully validated SNS topic for Amazon SES"
#define IDENTITY_CHECK "AmazonSnsSubscriptionSucceeded"

/* As much of a text from the wire as a message for people can bear. */
#define SHOWN_BYTES 60

static bool is_event_destination_check(const char *message, size_t length)
{
	size_t wanted = strlen(EVENT_DESTINATION_CHECK);

	message = text_trim(message, &length);
	return length >= wanted && memcmp(message, EVENT_DESTINATION_CHECK, wanted) == 0;
}

/* A member without white space at its ends; "" if it is missing or no text. NULL without
 * memory. */
static const char *trimmed_text(
	struct ses_event *event, const struct json *object, const char *name)
{
	const char *text = json_text(object, name);
	size_t length;

	if (!text)
		return "";
	length = strlen(text);
	text = text_trim(text, &length);
	return text[length] == '\0' ? text : texts_add(event->texts, text, length);
}

static enum ses_parse read_type(struct ses_event *event, struct error *error)
{
	const char *name = trimmed_text(event, event->tree, "eventType");
	int shown;

	if (name && name[0] == '\0') {
		name = trimmed_text(event, event->tree, "notificationType");
		event->is_identity_feedback = true;
	}
	if (!name)
		return SES_NO_MEMORY;
	if (name[0] == '\0') {
		error_set(error, "neither eventType nor notificationType");
		return SES_UNRECOGNISED;
	}
	if (event->is_identity_feedback && text_equal(name, IDENTITY_CHECK))
		return SES_SET_UP;
	if (ses_type_from_event(name, &event->type))
		return SES_UNDERSTOOD;
	shown = strlen(name) > SHOWN_BYTES ? (int) utf8_without_half(name, SHOWN_BYTES)
					   : (int) strlen(name);
	error_set(error, "type \"%.*s\" is %s", shown, name,
		text_equal(name, "Received") ? "inbound mail" : "not known");
	return SES_UNRECOGNISED;
}

static enum ses_bounce_kind bounce_kind(const char *type)
{
	if (text_equal(type, "Permanent"))
		return SES_BOUNCE_PERMANENT;
	if (text_equal(type, "Transient"))
		return SES_BOUNCE_TRANSIENT;
	return SES_BOUNCE_UNDETERMINED;
}

/* NULL if missing or empty. */
static bool read_optional(struct ses_event *event, const struct json *object,
	const char *name, const char **text)
{
	*text = trimmed_text(event, object, name);
	if (*text == NULL)
		return false;
	if ((*text)[0] == '\0')
		*text = NULL;
	return true;
}

/* The reportingMTA of a delivery or delay is SES's own; there nobody asks. */
static bool read_servers(struct ses_event *event, const struct json *object)
{
	if (event->type == SES_DELIVERY_DELAY)
		return read_optional(event, object, "delayType", &event->delay_type);
	if (event->type == SES_DELIVERY &&
		!read_optional(event, object, "smtpResponse", &event->smtp_response))
		return false;
	if (event->type == SES_BOUNCE &&
		!read_optional(event, object, "reportingMTA", &event->reporting_mta))
		return false;
	return (event->type != SES_BOUNCE && event->type != SES_DELIVERY) ||
	       read_optional(event, object, "remoteMtaIp", &event->remote_mta_ip);
}

static bool read_details(const struct json *object, struct ses_event *event)
{
	const char *happened = json_text(object, "timestamp");
	const char *bounce_type = "";

	event->bounce_kind = SES_BOUNCE_UNDETERMINED;
	event->bounce_subtype = event->complaint_subtype = event->complaint_type = "";
	if (event->type == SES_BOUNCE) {
		bounce_type = trimmed_text(event, object, "bounceType");
		event->bounce_subtype = trimmed_text(event, object, "bounceSubType");
	}
	if (event->type == SES_COMPLAINT) {
		event->complaint_type =
			trimmed_text(event, object, "complaintFeedbackType");
		event->complaint_subtype =
			trimmed_text(event, object, "complaintSubType");
	}
	if (!bounce_type || !event->complaint_type || !event->bounce_subtype ||
		!event->complaint_subtype ||
		!read_optional(event, object, "feedbackId", &event->feedback_id) ||
		!read_servers(event, object))
		return false;
	event->bounce_kind = bounce_kind(bounce_type);
	event->is_not_spam = text_equal_ignoring_case(event->complaint_type, "not-spam");
	if (!happened || !utc_parse(happened, &event->happened))
		event->happened = UTC_NONE;
	return true;
}

static enum ses_parse read_event(const char *topic_account, const char *topic_region,
	struct ses_event *event, struct error *error)
{
	const struct json *mail = json_member(event->tree, "mail");
	const struct json *object;
	enum ses_parse result;

	if (!json_is_object(event->tree)) {
		error_set(error, "not a JSON object");
		return SES_UNRECOGNISED;
	}
	result = read_type(event, error);
	if (result != SES_UNDERSTOOD)
		return result;
	object = json_member(event->tree, ses_type_object(event->type));
	if (!json_is_object(object)) {
		error_set(error, "a %s event without its \"%s\" object",
			ses_type_name(event->type), ses_type_object(event->type));
		return SES_UNRECOGNISED;
	}
	result = ses_mail_read(mail, topic_account, topic_region, event, error);
	if (result != SES_UNDERSTOOD)
		return result;
	if (!read_details(object, event))
		return SES_NO_MEMORY;
	return ses_recipients_read(object, mail, event, error);
}

enum ses_parse ses_event_parse(const char *message, size_t length,
	const char *topic_account, const char *topic_region, struct ses_event *event,
	struct error *error)
{
	enum ses_parse result;

	memset(event, 0, sizeof(*event));
	event->happened = UTC_NONE;
	if (is_event_destination_check(message, length))
		return SES_SET_UP;
	event->tree = json_parse_bounded(message, length, JSON_REPAIR, VALUES_MAX, error);
	if (!event->tree && errno == ENOMEM)
		return SES_NO_MEMORY;
	if (!event->tree) {
		error_prefix(error, "message");
		return SES_UNRECOGNISED;
	}
	event->texts = texts_new();
	result = event->texts ? read_event(topic_account, topic_region, event, error)
			      : SES_NO_MEMORY;
	if (result == SES_NO_MEMORY)
		error_set(error, "out of memory");
	if (result != SES_UNDERSTOOD)
		ses_event_finish(event);
	return result;
}

void ses_event_finish(struct ses_event *event)
{
	if (!event)
		return;
	free(event->recipients);
	texts_free(event->texts);
	json_free(event->tree);
	memset(event, 0, sizeof(*event));
}
