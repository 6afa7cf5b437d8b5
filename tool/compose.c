/* compose.c - the event that SES would publish about a made-up mail. */
#include "tool/compose.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/text.h"

/* The made-up mail: names of RFC 2606 and RFC 5737. */
#define SOURCE_DOMAIN "example.com"
#define SOURCE "simulate@" SOURCE_DOMAIN
#define SUBJECT "A simulated mail"
#define SOURCE_IP "192.0.2.1"
#define REMOTE_IP "192.0.2.25"

/* How long before now the mail was sent, and its feedback came. */
#define SENT_MS 1500
#define HAPPENED_MS 200

static const char *const kinds[] = {
	"success", "bounce", "complaint", "ooto", "suppressionlist"};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

const char *compose_kind_name(enum compose_kind kind)
{
	return kinds[kind];
}

bool compose_kind_from_name(const char *name, enum compose_kind *kind)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (text_equal(kinds[i], name)) {
			*kind = (enum compose_kind) i;
			return true;
		}
	return false;
}

bool compose_uuid(char uuid[COMPOSE_UUID_SIZE])
{
	uint8_t bytes[16];
	char hex[33];

	if (!crypto_random(bytes, sizeof(bytes)))
		return false;
	bytes[6] = (uint8_t) ((bytes[6] & 0x0F) | 0x40);
	bytes[8] = (uint8_t) ((bytes[8] & 0x3F) | 0x80);
	hex_encode(bytes, sizeof(bytes), hex);
	snprintf(uuid, COMPOSE_UUID_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
		hex + 12, hex + 16, hex + 20);
	return true;
}

/* The four digits that ids of a region were seen to begin with. */
static const char *region_digits(const char *region)
{
	static const char *const known[][2] = {{"us-east-1", "0100"},
		{"us-west-2", "0101"}, {"eu-west-1", "0102"}, {"eu-central-1", "0107"}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (text_equal(known[i][0], region))
			return known[i][1];
	return known[0][1];
}

bool compose_message_id(const char *region, utc_ms time, char id[COMPOSE_MESSAGE_ID_SIZE])
{
	char uuid[COMPOSE_UUID_SIZE];

	if (!compose_uuid(uuid))
		return false;
	snprintf(id, COMPOSE_MESSAGE_ID_SIZE, "%s%012" PRIx64 "-%s-000000",
		region_digits(region), (uint64_t) time & UINT64_C(0xFFFFFFFFFFFF), uuid);
	return true;
}

static struct json *list_of(const char *text)
{
	struct json *list = json_array();

	json_append_text(list, text);
	return list;
}

static void add_header(struct json *headers, const char *name, const char *value)
{
	struct json *header = json_object();

	json_put_text(header, "name", name);
	json_put_text(header, "value", value);
	json_append(headers, header);
}

static struct json *headers_json(const struct compose *compose)
{
	struct json *headers = json_array();

	add_header(headers, "From", SOURCE);
	add_header(headers, "To", compose->recipient);
	add_header(headers, "Subject", SUBJECT);
	add_header(headers, "MIME-Version", "1.0");
	add_header(headers, "Content-Type", "text/plain; charset=UTF-8");
	return headers;
}

static struct json *common_headers_json(const struct compose *compose)
{
	struct json *common = json_object();

	json_put(common, "from", list_of(SOURCE));
	json_put(common, "to", list_of(compose->recipient));
	if (!compose->is_identity_feedback)
		json_put_text(common, "messageId", compose->message_id);
	json_put_text(common, "subject", SUBJECT);
	return common;
}

static struct json *tags_json(void)
{
	struct json *tags = json_object();

	json_put(tags, "ses:operation", list_of("SendEmail"));
	json_put(tags, "ses:configuration-set", list_of("simulate"));
	json_put(tags, "ses:source-ip", list_of(SOURCE_IP));
	json_put(tags, "ses:from-domain", list_of(SOURCE_DOMAIN));
	json_put(tags, "ses:caller-identity", list_of("ses-feedback"));
	return tags;
}

static struct json *mail_json(const struct compose *compose)
{
	const struct sns_topic *topic = compose->topic;
	struct json *mail = json_object();
	char arn[256];

	snprintf(arn, sizeof(arn), "arn:%s:ses:%s:%s:identity/%s", topic->partition,
		topic->region, topic->account, SOURCE_DOMAIN);
	json_put_time(mail, "timestamp", compose->now - SENT_MS);
	json_put_text(mail, "source", SOURCE);
	json_put_text(mail, "sourceArn", arn);
	if (compose->is_identity_feedback) {
		json_put_text(mail, "sourceIp", SOURCE_IP);
		json_put_text(mail, "callerIdentity", "ses-feedback");
	}
	json_put_text(mail, "sendingAccountId", topic->account);
	json_put_text(mail, "messageId", compose->message_id);
	json_put(mail, "destination", list_of(compose->recipient));
	json_put_boolean(mail, "headersTruncated", false);
	json_put(mail, "headers", headers_json(compose));
	json_put(mail, "commonHeaders", common_headers_json(compose));
	if (!compose->is_identity_feedback)
		json_put(mail, "tags", tags_json());
	return mail;
}

static struct json *delivery_json(const struct compose *compose)
{
	struct json *delivery = json_object();

	json_put_time(delivery, "timestamp", compose->now - HAPPENED_MS);
	json_put_integer(delivery, "processingTimeMillis", SENT_MS - HAPPENED_MS);
	json_put(delivery, "recipients", list_of(compose->recipient));
	json_put_text(delivery, "smtpResponse", "250 2.6.0 Message received");
	if (compose->is_identity_feedback)
		json_put_text(delivery, "remoteMtaIp", REMOTE_IP);
	json_put_text(delivery, "reportingMTA", "a8-43.smtp-out.amazonses.com");
	return delivery;
}

struct bounce_words {
	const char *type, *subtype, *action, *status, *diagnostic, *reporter;
};

static const struct bounce_words user_unknown = {"Permanent", "General", "failed",
	"5.1.1", "smtp; 550 5.1.1 user unknown", "dns; a8-43.smtp-out.amazonses.com"};
static const struct bounce_words globally_listed = {"Permanent", "Suppressed", "failed",
	"5.1.1",
	"Amazon SES has suppressed sending to this address because it has a recent "
	"history "
	"of bouncing as an invalid address. For more information about how to remove an "
	"address from the suppression list, see the Amazon SES Developer Guide: "
	"http://docs.aws.amazon.com/ses/latest/DeveloperGuide/"
	"remove-from-suppressionlist.html ",
	"dns; amazonses.com"};
static const struct bounce_words out_of_office = {
	"Transient", "General", NULL, NULL, NULL, NULL};

static struct json *bounce_json(
	const struct compose *compose, const struct bounce_words *words)
{
	struct json *bounce = json_object(), *recipient = json_object(),
		    *recipients = json_array();

	json_put_text(recipient, "emailAddress", compose->recipient);
	if (words->action != NULL) {
		json_put_text(recipient, "action", words->action);
		json_put_text(recipient, "status", words->status);
		json_put_text(recipient, "diagnosticCode", words->diagnostic);
	}
	json_append(recipients, recipient);
	json_put_text(bounce, "feedbackId", compose->feedback_id);
	json_put_text(bounce, "bounceType", words->type);
	json_put_text(bounce, "bounceSubType", words->subtype);
	json_put(bounce, "bouncedRecipients", recipients);
	json_put_time(bounce, "timestamp", compose->now - HAPPENED_MS);
	if (compose->is_identity_feedback && words != &globally_listed)
		json_put_text(bounce, "remoteMtaIp", REMOTE_IP);
	if (words->reporter != NULL)
		json_put_text(bounce, "reportingMTA", words->reporter);
	return bounce;
}

static struct json *complaint_json(const struct compose *compose)
{
	struct json *complaint = json_object(), *recipient = json_object(),
		    *recipients = json_array();

	json_put_text(recipient, "emailAddress", compose->recipient);
	json_append(recipients, recipient);
	json_put_text(complaint, "feedbackId", compose->feedback_id);
	json_put_null(complaint, "complaintSubType");
	json_put(complaint, "complainedRecipients", recipients);
	json_put_time(complaint, "timestamp", compose->now - HAPPENED_MS);
	json_put_text(complaint, "userAgent", "Amazon SES Mailbox Simulator");
	json_put_text(complaint, "complaintFeedbackType", "abuse");
	json_put_time(complaint, "arrivalDate", compose->now - HAPPENED_MS);
	return complaint;
}

static void put_what_happened(struct json *event, const struct compose *compose)
{
	const char *type =
		compose->is_identity_feedback ? "notificationType" : "eventType";

	switch (compose->kind) {
	case COMPOSE_SUCCESS:
		json_put_text(event, type, "Delivery");
		json_put(event, "delivery", delivery_json(compose));
		break;
	case COMPOSE_BOUNCE:
		json_put_text(event, type, "Bounce");
		json_put(event, "bounce", bounce_json(compose, &user_unknown));
		break;
	case COMPOSE_COMPLAINT:
		json_put_text(event, type, "Complaint");
		json_put(event, "complaint", complaint_json(compose));
		break;
	case COMPOSE_OOTO:
		json_put_text(event, type, "Bounce");
		json_put(event, "bounce", bounce_json(compose, &out_of_office));
		break;
	case COMPOSE_SUPPRESSIONLIST:
		json_put_text(event, type, "Bounce");
		json_put(event, "bounce", bounce_json(compose, &globally_listed));
		break;
	}
}

char *compose_event(const struct compose *compose)
{
	struct json *event = json_object();
	struct buffer text;
	char *printed, *message = NULL;
	size_t length;

	put_what_happened(event, compose);
	json_put(event, "mail", mail_json(compose));
	printed = json_print(event);
	json_free(event);
	if (printed == NULL)
		return NULL;
	/* Event publishing ends its text with a newline, which is signed too. */
	buffer_init(&text, (size_t) 256 * 1024);
	buffer_append_text(&text, printed);
	if (!compose->is_identity_feedback)
		buffer_append_text(&text, "\n");
	message = buffer_take(&text, &length);
	buffer_finish(&text);
	free(printed);
	return message;
}

const char *compose_subject(const struct compose *compose)
{
	return compose->is_identity_feedback ? NULL
					     : "Amazon SES Email Event Notification";
}
