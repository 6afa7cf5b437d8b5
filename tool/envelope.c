/* envelope.c - an SNS notification around a message, signed. */
#include "tool/envelope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "sns/canonical.h"

#define SIGNATURE_MAX 512
#define CANONICAL_LIMIT ((size_t) 1024 * 1024)

static bool sign(const struct sns_message *message, bool is_version_1,
	const struct private_key *key, char text[SIGNATURE_MAX * 2], struct error *error)
{
	enum digest_kind digest = is_version_1 ? DIGEST_SHA1 : DIGEST_SHA256;
	uint8_t signature[SIGNATURE_MAX];
	struct buffer bytes;
	size_t length;
	bool is_signed;

	buffer_init(&bytes, CANONICAL_LIMIT);
	is_signed = sns_canonical(message, &bytes) &&
		    private_key_sign(key, digest, bytes.bytes, bytes.length, signature,
			    sizeof(signature), &length);
	buffer_finish(&bytes);
	if (!is_signed)
		return error_set(error, "the message cannot be signed");
	base64_encode(signature, length, text);
	return true;
}

/* "https://HOST" of the certificate's URL. */
static int host_length(const char *url)
{
	const char *path = text_begins(url, "https://") ? strchr(url + 8, '/') : NULL;

	return path == NULL ? (int) strlen(url) : (int) (path - url);
}

static char *print(const struct sns_message *message, const char *signature)
{
	struct json *json = json_object();
	char unsubscribe[1024], *text;

	snprintf(unsubscribe, sizeof(unsubscribe),
		"%.*s/?Action=Unsubscribe&SubscriptionArn=%s:%s",
		host_length(message->certificate_url), message->certificate_url,
		message->topic_arn, message->message_id);
	json_put_text(json, "Type", sns_type_name(message->type));
	json_put_text(json, "MessageId", message->message_id);
	json_put_text(json, "TopicArn", message->topic_arn);
	if (message->subject != NULL)
		json_put_text(json, "Subject", message->subject);
	json_put_text(json, "Message", message->message);
	json_put_text(json, "Timestamp", message->timestamp_text);
	json_put_text(json, "SignatureVersion", message->signature_version);
	json_put_text(json, "Signature", signature);
	json_put_text(json, "SigningCertURL", message->certificate_url);
	json_put_text(json, "UnsubscribeURL", unsubscribe);
	text = json_print(json);
	json_free(json);
	return text;
}

bool envelope_sign(const struct envelope *envelope, const struct private_key *key,
	struct buffer *body, struct error *error)
{
	char timestamp[UTC_TEXT_SIZE], signature[SIGNATURE_MAX * 2], *text;
	struct sns_message message = {
		.type = SNS_NOTIFICATION,
		.message_id = envelope->message_id,
		.topic_arn = envelope->topic_arn,
		.subject = envelope->subject,
		.message = envelope->message,
		.timestamp_text = utc_format(envelope->timestamp, timestamp),
		.timestamp = envelope->timestamp,
		.signature_version = envelope->is_version_1 ? "1" : "2",
		.certificate_url = envelope->certificate_url,
	};
	bool is_added;

	if (!sign(&message, envelope->is_version_1, key, signature, error))
		return false;
	text = print(&message, signature);
	is_added = text != NULL && buffer_append_text(body, text);
	free(text);
	return is_added || error_set(error, "out of memory");
}
