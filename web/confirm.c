/* confirm.c - what SNS says when a subscription is confirmed. */
#include "web/passage.h"

#include <string.h>

#include "base/text.h"

/* The text between the first <NAME> and the next </NAME>, or NULL. It is SNS's own XML,
 * over TLS: two names are looked for, nothing more. */
static const char *element(
	const struct buffer *xml, const char *open, const char *close, size_t *length)
{
	const char *begin, *end;

	if (xml->bytes == NULL)
		return NULL;
	begin = memmem(xml->bytes, xml->length, open, strlen(open));
	if (begin == NULL)
		return NULL;
	begin += strlen(open);
	end = memmem(
		begin, xml->length - (size_t) (begin - xml->bytes), close, strlen(close));
	if (end == NULL)
		return NULL;
	*length = (size_t) (end - begin);
	return begin;
}

static bool is_made_of_arn(const char *text, size_t length)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:._-";

	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\0' || strchr(allowed, text[i]) == NULL)
			return false;
	}
	return length > 4 && memcmp(text, "arn:", 4) == 0;
}

bool confirmation_read(const struct courier_job *call, char *subscription, size_t size,
	struct error *error)
{
	const char *text;
	size_t length;

	if (call->status == 0)
		return error_set(error, "%s", call->error.text);
	if (call->status != 200) {
		text = element(&call->answer, "<Code>", "</Code>", &length);
		if (text != NULL && length < 64)
			return error_set(error, "SNS answered %ld (%.*s)", call->status,
				(int) length, text);
		return error_set(error, "SNS answered %ld", call->status);
	}
	text = element(&call->answer, "<SubscriptionArn>", "</SubscriptionArn>", &length);
	if (text != NULL)
		text = text_trim(text, &length);
	if (text == NULL || length >= size || !is_made_of_arn(text, length))
		return error_set(error, "the answer names no subscription");
	memcpy(subscription, text, length);
	subscription[length] = '\0';
	return true;
}
