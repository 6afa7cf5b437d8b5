/* mail.c - which mail an event is about, and whose. */
#include "ses/mail.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "ses/texts.h"

#define ACCOUNT_DIGITS 12

/* A JSON text can be six times as long as what it says; a Message is at most 256 KiB. */
#define TAGS_BYTES_MAX ((size_t) 4 << 20)

/* As much of a text from the wire as a message for people can bear. */
#define SHOWN_BYTES 60

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_account(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!is_digit(bytes[i]))
			return false;
	}
	return length == ACCOUNT_DIGITS;
}

static bool is_region(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!is_digit(bytes[i]) && bytes[i] != '-' &&
			(bytes[i] < 'a' || bytes[i] > 'z'))
			return false;
	}
	return length > 0;
}

static bool copy_account(
	char account[ACCOUNT_DIGITS + 1], const char *bytes, size_t length)
{
	if (!is_account(bytes, length))
		return false;
	memcpy(account, bytes, length);
	account[length] = '\0';
	return true;
}

static bool copy_region(struct ses_event *event, const char *bytes, size_t length)
{
	if (length >= sizeof(event->region) || !is_region(bytes, length))
		return false;
	memcpy(event->region, bytes, length);
	event->region[length] = '\0';
	return true;
}

/* arn:PARTITION:ses:REGION:ACCOUNT:RESOURCE, each part borrowed from the text. */
struct arn {
	const char *part[6];
	size_t length[6];
};

enum { ARN_WORD, ARN_PARTITION, ARN_SERVICE, ARN_REGION, ARN_ACCOUNT, ARN_RESOURCE };

static bool arn_split(const char *text, struct arn *arn)
{
	for (int i = ARN_WORD; i < ARN_RESOURCE; i++) {
		const char *colon = strchr(text, ':');

		if (!colon)
			return false;
		arn->part[i] = text;
		arn->length[i] = (size_t) (colon - text);
		text = colon + 1;
	}
	arn->part[ARN_RESOURCE] = text;
	arn->length[ARN_RESOURCE] = strlen(text);
	return text_begins(arn->part[ARN_WORD], "arn:") &&
	       text_begins(arn->part[ARN_SERVICE], "ses:");
}

/* The domain of mail.source in normal form; "" if that is no address. Points into normal.
 */
static const char *source_domain(const struct json *mail, char normal[SES_ADDRESS_MAX])
{
	const char *source = json_text(mail, "source");

	if (source && ses_address_normalise(source, strlen(source), normal))
		return ses_address_domain(normal);
	return "";
}

static bool read_source(const struct json *mail, const char *topic_account,
	const char *topic_region, struct ses_event *event)
{
	static const char prefix[] = "identity/";
	const char *sending = json_text(mail, "sendingAccountId");
	const char *source_arn = json_text(mail, "sourceArn");
	char normal[SES_ADDRESS_MAX];
	const char *identity;
	struct arn arn;
	bool has_arn = source_arn && arn_split(source_arn, &arn);

	if (!(sending && copy_account(event->account, sending, strlen(sending))) &&
		!(has_arn && copy_account(event->account, arn.part[ARN_ACCOUNT],
				     arn.length[ARN_ACCOUNT])) &&
		topic_account)
		copy_account(event->account, topic_account, strlen(topic_account));
	if (!(has_arn &&
		    copy_region(event, arn.part[ARN_REGION], arn.length[ARN_REGION])) &&
		topic_region)
		copy_region(event, topic_region, strlen(topic_region));

	if (has_arn && text_begins(arn.part[ARN_RESOURCE], prefix) &&
		arn.length[ARN_RESOURCE] > strlen(prefix))
		identity = arn.part[ARN_RESOURCE] + strlen(prefix);
	else
		identity = source_domain(mail, normal);
	event->identity = texts_add(event->texts, identity, strlen(identity));
	if (!event->identity)
		return false;
	text_to_lower(event->identity);
	return true;
}

/* The first text of a tag's values, or the value itself if it is a text. */
static const char *first_value(const struct json *values)
{
	if (json_is_text(values))
		return json_as_text(values);
	for (const struct json *value = json_is_array(values) ? json_first(values) : NULL;
		value; value = json_next(value)) {
		if (json_is_text(value))
			return json_as_text(value);
	}
	return NULL;
}

static void append_tag(struct buffer *buffer, const struct json *values)
{
	bool is_first = true;

	buffer_append_text(buffer, buffer->length == 0 ? "{" : ",");
	json_print_text(buffer, json_name(values));
	buffer_append_text(buffer, ":[");
	if (json_is_text(values)) {
		json_print_text(buffer, json_as_text(values));
	} else {
		for (const struct json *value = json_first(values); value;
			value = json_next(value)) {
			if (!json_is_text(value))
				continue;
			if (!is_first)
				buffer_append_text(buffer, ",");
			json_print_text(buffer, json_as_text(value));
			is_first = false;
		}
	}
	buffer_append_text(buffer, "]");
}

/* Identity feedback has a member of mail, event publishing a tag of SES's own. */
static const char *tag_or_member(const struct json *mail, const struct json *tags,
	const char *tag, const char *member)
{
	const char *text = json_text(mail, member);

	if (text_is_blank(text))
		text = first_value(json_member(tags, tag));
	return text_is_blank(text) ? "" : text;
}

static bool read_from_domain(
	const struct json *mail, const struct json *tags, struct ses_event *event)
{
	const char *tag = first_value(json_member(tags, "ses:from-domain"));
	char normal[SES_ADDRESS_MAX], mailbox[SES_ADDRESS_MAX];
	const char *domain = "";

	if (!text_is_blank(tag) && strlen(tag) < sizeof(mailbox) - 2) {
		snprintf(mailbox, sizeof(mailbox), "x@%s", tag);
		if (ses_address_normalise(mailbox, strlen(mailbox), normal))
			domain = ses_address_domain(normal);
	}
	if (domain[0] == '\0')
		domain = source_domain(mail, normal);
	event->from_domain = texts_add(event->texts, domain, strlen(domain));
	return event->from_domain != NULL;
}

/* Who sent it, and from where. */
static bool read_sender(const struct json *mail, struct ses_event *event)
{
	const struct json *tags = json_member(mail, "tags");

	event->source_ip = tag_or_member(mail, tags, "ses:source-ip", "sourceIp");
	event->caller =
		tag_or_member(mail, tags, "ses:caller-identity", "callerIdentity");
	return read_from_domain(mail, tags, event);
}

/* Names that begin with ses: are SES's own; of what SES never sends (a value that is
 * neither text nor list) nothing is kept here. */
static bool read_tags(const struct json *mail, struct ses_event *event)
{
	const struct json *tags = json_member(mail, "tags");
	const char *set = first_value(json_member(tags, "ses:configuration-set"));
	const char *tenant = first_value(json_member(tags, "ses:tenant-name"));
	struct buffer buffer;
	bool success = true;

	event->configuration_set = set ? set : "";
	event->tenant = tenant ? tenant : "";
	if (!json_is_object(tags))
		return true;
	buffer_init(&buffer, TAGS_BYTES_MAX);
	for (const struct json *tag = json_first(tags); tag; tag = json_next(tag)) {
		if (!text_begins(json_name(tag), "ses:") && first_value(tag))
			append_tag(&buffer, tag);
	}
	if (buffer.length > 0) {
		buffer_append_text(&buffer, "}");
		if (!buffer.failed)
			event->tags =
				texts_add(event->texts, buffer.bytes, buffer.length);
		success = event->tags != NULL;
	}
	success = success && !buffer.failed;
	buffer_finish(&buffer);
	return success;
}

static enum ses_parse read_identity_of_mail(
	const struct json *mail, struct ses_event *event, struct error *error)
{
	const char *id = json_text(mail, "messageId");
	const char *timestamp = json_text(mail, "timestamp");
	size_t length = id ? strlen(id) : 0;

	if (id)
		id = text_trim(id, &length);
	if (length == 0) {
		error_set(error, "mail.messageId is missing or no text");
		return SES_UNRECOGNISED;
	}
	event->message_id = id[length] == '\0' ? id : texts_add(event->texts, id, length);
	if (!event->message_id)
		return SES_NO_MEMORY;
	if (!timestamp) {
		error_set(error, "mail.timestamp is missing or no text");
		return SES_UNRECOGNISED;
	}
	if (!utc_parse(timestamp, &event->sent)) {
		length = strlen(timestamp);
		if (length > SHOWN_BYTES)
			length = utf8_without_half(timestamp, SHOWN_BYTES);
		error_set(error, "mail.timestamp \"%.*s\" is not a time", (int) length,
			timestamp);
		return SES_UNRECOGNISED;
	}
	return SES_UNDERSTOOD;
}

enum ses_parse ses_mail_read(const struct json *mail, const char *topic_account,
	const char *topic_region, struct ses_event *event, struct error *error)
{
	enum ses_parse result;

	if (!json_is_object(mail)) {
		error_set(error, "no mail object");
		return SES_UNRECOGNISED;
	}
	result = read_identity_of_mail(mail, event, error);
	if (result != SES_UNDERSTOOD)
		return result;
	if (!read_source(mail, topic_account, topic_region, event) ||
		!read_sender(mail, event) || !read_tags(mail, event))
		return SES_NO_MEMORY;
	return SES_UNDERSTOOD;
}
