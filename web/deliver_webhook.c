/* deliver_webhook.c - the payload as it is, signed as Standard Webhooks 1.0 describes. */
#include "web/deliver.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "web/deliver_http.h"
#include "web/secret.h"

/* Of a current secret and a few old ones. */
#define SIGNATURES_MAX 4096

static bool sign(const struct deliver_order *order, int64_t seconds,
	struct buffer *signatures, struct error *error)
{
	const struct web_channel *channel = order->channel;

	if (!secret_sign(channel->secret, order->message, seconds, order->payload,
		    signatures, error))
		return false;
	for (const char *const *old = channel->old_secrets; old != NULL && *old != NULL;
		old++)
		if (!secret_sign(*old, order->message, seconds, order->payload,
			    signatures, error))
			return error_prefix(error, "an old secret");
	return true;
}

/* False with the reason in error. */
static bool make_headers(const struct deliver_order *order, struct curl_slist **headers,
	struct error *error)
{
	int64_t seconds = order->now / SECOND_MS;
	struct buffer signatures;
	bool is_made;
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, seconds);
	if (!deliver_header(headers, "webhook-id", order->message) ||
		!deliver_header(headers, "webhook-timestamp", text))
		return error_set(error, "out of memory");
	if (text_is_empty(order->channel->secret))
		return true;
	buffer_init(&signatures, SIGNATURES_MAX);
	is_made = sign(order, seconds, &signatures, error);
	if (is_made && !deliver_header(headers, "webhook-signature", signatures.bytes))
		is_made = error_set(error, "out of memory");
	buffer_finish(&signatures);
	return is_made;
}

void deliver_webhook(const struct deliver_order *order, struct deliver_outcome *outcome)
{
	struct curl_slist *headers = NULL;

	if (make_headers(order, &headers, &outcome->said))
		deliver_post(
			order, order->channel->url, order->payload, headers, outcome);
	else
		deliver_refuse(outcome);
	curl_slist_free_all(headers);
}
