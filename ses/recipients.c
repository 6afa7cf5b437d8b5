/* recipients.c - whom an event is about. */
#include "ses/recipients.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "ses/facts.h"
#include "ses/judge.h"
#include "ses/texts.h"

/* A bounce without bouncedRecipients names nobody: to take mail.destination instead would
 * blame all for one. */
static const struct json *find_list(
	const struct json *object, const struct json *mail, enum ses_type type)
{
	switch (type) {
	case SES_BOUNCE:
		return json_member(object, "bouncedRecipients");
	case SES_COMPLAINT:
		return json_member(object, "complainedRecipients");
	case SES_DELIVERY:
		return json_member(object, "recipients");
	case SES_DELIVERY_DELAY:
		return json_member(object, "delayedRecipients");
	case SES_SEND:
	case SES_REJECT:
	case SES_OPEN:
	case SES_CLICK:
	case SES_RENDERING_FAILURE:
	case SES_SUBSCRIPTION:
		break;
	}
	return json_member(mail, "destination");
}

/* An element is a text or an object with emailAddress; either is taken in either list.
 * NULL: this is no recipient at all. */
static const char *address_text(const struct json *element)
{
	const char *text;

	if (!json_is_object(element))
		return json_as_text(element);
	text = json_text(element, "emailAddress");
	return text ? text : "";
}

static const char *trimmed_member(
	struct ses_event *event, const struct json *element, const char *name)
{
	const char *text = json_text(element, name);
	size_t length;

	if (!text)
		return NULL;
	length = strlen(text);
	text = text_trim(text, &length);
	if (length == 0)
		return NULL;
	return text[length] == '\0' ? text : texts_add(event->texts, text, length);
}

static bool fill_address(
	struct ses_event *event, const char *text, struct ses_recipient *recipient)
{
	char normal[SES_ADDRESS_MAX];
	size_t length = strlen(text);

	if (!ses_address_normalise(text, length, normal))
		normal[0] = '\0';
	text = text_trim(text, &length);
	recipient->original = texts_add(event->texts, text, length);
	recipient->address = texts_add(event->texts, normal, strlen(normal));
	if (!recipient->original || !recipient->address)
		return false;
	recipient->domain = ses_address_domain(recipient->address);
	return true;
}

static bool is_same_mailbox(
	const struct ses_recipient *one, const struct ses_recipient *other)
{
	if (one->address[0] != '\0' || other->address[0] != '\0')
		return strcmp(one->address, other->address) == 0;
	return strcmp(one->original, other->original) == 0;
}

/* At most SES_RECIPIENTS_MAX, so comparing each with each is cheap enough. */
static struct ses_recipient *find_known(
	struct ses_event *event, const struct ses_recipient *recipient)
{
	for (size_t i = 0; i < event->recipient_count; i++) {
		if (is_same_mailbox(&event->recipients[i], recipient))
			return &event->recipients[i];
	}
	return NULL;
}

/* One mailbox twice in one bounce: that it failed is what counts. */
static bool says_worse(
	const struct ses_recipient *recipient, const struct ses_recipient *known)
{
	return !ses_recipient_has_failed(known) && ses_recipient_has_failed(recipient);
}

static bool add_recipient(struct ses_event *event, const struct json *object,
	const struct json *element, const char *text)
{
	struct ses_recipient *recipient = &event->recipients[event->recipient_count];
	struct ses_recipient *known;

	*recipient = (struct ses_recipient){.is_certain = true};
	if (!fill_address(event, text, recipient))
		return false;
	known = find_known(event, recipient);
	recipient->action = trimmed_member(event, element, "action");
	recipient->status = trimmed_member(event, element, "status");
	recipient->diagnostic = trimmed_member(event, element, "diagnosticCode");
	if (known && !says_worse(recipient, known))
		return true;
	if (ses_facts_are_personal(event->type) &&
		!ses_facts_write(event, object, element, &recipient->facts))
		return false;
	if (known)
		*known = *recipient;
	else
		event->recipient_count++;
	return true;
}

/* What is the same for all is written once, when it is known how many there are. */
static bool share_facts(struct ses_event *event, const struct json *object)
{
	char *facts;

	if (event->recipient_count == 0 || ses_facts_are_personal(event->type))
		return true;
	if (!ses_facts_write(event, object, NULL, &facts))
		return false;
	for (size_t i = 0; i < event->recipient_count; i++)
		event->recipients[i].facts = facts;
	return true;
}

enum ses_parse ses_recipients_read(const struct json *object, const struct json *mail,
	struct ses_event *event, struct error *error)
{
	const struct json *list = find_list(object, mail, event->type);
	size_t count = json_is_array(list) ? json_count(list) : 0;

	if (count == 0)
		return SES_UNDERSTOOD;
	if (count > SES_RECIPIENTS_MAX) {
		error_set(error,
			"%zu recipients, more than the %d that one event may name", count,
			SES_RECIPIENTS_MAX);
		return SES_UNRECOGNISED;
	}
	event->recipients = calloc(count, sizeof(*event->recipients));
	if (!event->recipients)
		return SES_NO_MEMORY;
	for (const struct json *element = json_first(list); element;
		element = json_next(element)) {
		const char *text = address_text(element);

		if (text && !add_recipient(event, object, element, text))
			return SES_NO_MEMORY;
	}
	return share_facts(event, object) ? SES_UNDERSTOOD : SES_NO_MEMORY;
}
