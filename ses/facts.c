/* facts.c - what an event says of a recipient beyond the common columns. */
#include "ses/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/texts.h"

/* A JSON text can be six times as long as what it says. */
#define FACTS_BYTES_MAX ((size_t) 4 << 20)

enum source { FROM_EVENT, FROM_RECIPIENT };

struct fact {
	enum ses_type type;
	enum source source;
	const char *name;
};

static const struct fact facts_of_texts[] = {
	{SES_BOUNCE, FROM_EVENT, "bounceType"},
	{SES_BOUNCE, FROM_EVENT, "bounceSubType"},
	{SES_BOUNCE, FROM_RECIPIENT, "action"},
	{SES_BOUNCE, FROM_RECIPIENT, "status"},
	{SES_BOUNCE, FROM_RECIPIENT, "diagnosticCode"},
	{SES_BOUNCE, FROM_EVENT, "feedbackId"},
	{SES_BOUNCE, FROM_EVENT, "reportingMTA"},
	{SES_BOUNCE, FROM_EVENT, "remoteMtaIp"},
	{SES_COMPLAINT, FROM_EVENT, "complaintFeedbackType"},
	{SES_COMPLAINT, FROM_EVENT, "complaintSubType"},
	{SES_COMPLAINT, FROM_EVENT, "feedbackId"},
	{SES_COMPLAINT, FROM_EVENT, "userAgent"},
	{SES_COMPLAINT, FROM_EVENT, "arrivalDate"},
	{SES_REJECT, FROM_EVENT, "reason"},
	{SES_RENDERING_FAILURE, FROM_EVENT, "templateName"},
	{SES_RENDERING_FAILURE, FROM_EVENT, "errorMessage"},
	{SES_DELIVERY_DELAY, FROM_EVENT, "delayType"},
	{SES_DELIVERY_DELAY, FROM_RECIPIENT, "status"},
	{SES_DELIVERY_DELAY, FROM_RECIPIENT, "diagnosticCode"},
	{SES_DELIVERY_DELAY, FROM_EVENT, "expirationTime"},
	{SES_DELIVERY_DELAY, FROM_EVENT, "reportingMTA"},
	{SES_OPEN, FROM_EVENT, "ipAddress"},
	{SES_OPEN, FROM_EVENT, "userAgent"},
	{SES_OPEN, FROM_EVENT, "isBotEvent"},
	{SES_CLICK, FROM_EVENT, "ipAddress"},
	{SES_CLICK, FROM_EVENT, "userAgent"},
	{SES_CLICK, FROM_EVENT, "link"},
	{SES_CLICK, FROM_EVENT, "isBotEvent"},
	{SES_SUBSCRIPTION, FROM_EVENT, "contactList"},
	{SES_SUBSCRIPTION, FROM_EVENT, "source"},
};

#define FACTS (sizeof(facts_of_texts) / sizeof(facts_of_texts[0]))

bool ses_facts_are_personal(enum ses_type type)
{
	return type == SES_BOUNCE || type == SES_DELIVERY_DELAY;
}

static void begin_member(struct buffer *buffer, const char *name)
{
	buffer_format(buffer, "%s\"%s\":", buffer->length == 0 ? "{" : ",", name);
}

static void append_text(struct buffer *buffer, const char *name, const char *text)
{
	size_t length = strlen(text);
	char *cut;

	text = text_trim(text, &length);
	if (length == 0)
		return;
	if (length > FACT_BYTES_MAX)
		length = utf8_without_half(text, FACT_BYTES_MAX);
	cut = text_copy(text, length);
	begin_member(buffer, name);
	if (!cut || !json_print_text(buffer, cut))
		buffer->failed = true;
	free(cut);
}

static void append_texts(struct buffer *buffer, enum ses_type type,
	const struct json *object, const struct json *recipient)
{
	for (size_t i = 0; i < FACTS; i++) {
		const struct fact *fact = &facts_of_texts[i];
		const char *text;

		if (fact->type != type)
			continue;
		text = json_text(
			fact->source == FROM_EVENT ? object : recipient, fact->name);
		if (text)
			append_text(buffer, fact->name, text);
	}
}

static void append_object(
	struct buffer *buffer, const char *name, const struct json *object)
{
	char *printed = json_print(object);

	begin_member(buffer, name);
	if (!printed || !buffer_append_text(buffer, printed))
		buffer->failed = true;
	free(printed);
}

bool ses_facts_write(const struct ses_event *event, const struct json *object,
	const struct json *recipient, char **facts)
{
	const struct json *preferences = json_member(object, "newTopicPreferences");
	struct buffer buffer;
	bool success = true;

	*facts = NULL;
	buffer_init(&buffer, FACTS_BYTES_MAX);
	append_texts(&buffer, event->type, object, recipient);
	if (event->type == SES_SUBSCRIPTION && json_is_object(preferences))
		append_object(&buffer, "newTopicPreferences", preferences);
	if (event->type == SES_COMPLAINT) {
		begin_member(&buffer, "suspects");
		buffer_format(&buffer, "%zu", event->recipient_count);
	}
	if (buffer.length > 0) {
		buffer_append_text(&buffer, "}");
		if (!buffer.failed)
			*facts = texts_add(event->texts, buffer.bytes, buffer.length);
		success = *facts != NULL;
	}
	success = success && !buffer.failed;
	buffer_finish(&buffer);
	return success;
}
