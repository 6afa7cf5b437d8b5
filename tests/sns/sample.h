/* sample.h - made-up SNS messages, signed with a key of our own, for the tests here. */
#ifndef TESTS_SNS_SAMPLE_H
#define TESTS_SNS_SAMPLE_H

/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/publickey.h"
#include "sns/canonical.h"
#include "sns/message.h"

#define SAMPLE_TOPIC "arn:aws:sns:us-east-1:111122223333:ses-feedback"
#define SAMPLE_NAME "SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
#define SAMPLE_URL "https://sns.us-east-1.amazonaws.com/" SAMPLE_NAME
#define SAMPLE_TIME "2026-11-24T05:51:47.123Z"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A message that is well-formed; its signature is base64 of nothing that was signed. */
static inline struct sns_message sample_message(enum sns_type type)
{
	struct sns_message message = {
		.type = type,
		.message_id = "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
		.topic_arn = SAMPLE_TOPIC,
		.message = "{\"eventType\":\"Bounce\"}\n",
		.timestamp_text = SAMPLE_TIME,
		.signature_version = "2",
		.signature = "c2lnbmF0dXJl",
		.certificate_url = SAMPLE_URL,
	};

	assert_true(utc_parse(SAMPLE_TIME, &message.timestamp));
	if (type == SNS_NOTIFICATION) {
		message.subject = "Amazon SES Email Event Notification";
	} else {
		message.subscribe_url =
			"https://sns.us-east-1.amazonaws.com/"
			"?Action=ConfirmSubscription&TopicArn=" SAMPLE_TOPIC
			"&Token=2336412f37";
		message.token = "2336412f37";
	}
	return message;
}

/* The signature of a message, base64, freed by the caller. */
static inline char *sample_sign(
	const struct private_key *key, const struct sns_message *message)
{
	bool is_version_2 = strcmp(message->signature_version, "2") == 0;
	struct buffer bytes;
	uint8_t signature[1024];
	size_t length = 0;
	char *text;

	buffer_init(&bytes, sns_canonical_length(message));
	assert_true(sns_canonical(message, &bytes));
	assert_true(private_key_sign(key, is_version_2 ? DIGEST_SHA256 : DIGEST_SHA1,
		bytes.bytes, bytes.length, signature, sizeof(signature), &length));
	buffer_finish(&bytes);
	text = malloc(4 * ((length + 2) / 3) + 1);
	assert_non_null(text);
	base64_encode(signature, length, text);
	return text;
}

static inline void sample_put(struct json *object, const char *name, const char *text)
{
	if (text)
		json_put_text(object, name, text);
}

/* The body that SNS would post, freed by the caller. */
static inline char *sample_print(const struct sns_message *message)
{
	struct json *object = json_object();
	char *body;

	json_put_text(object, "Type", sns_type_name(message->type));
	sample_put(object, "MessageId", message->message_id);
	sample_put(object, "TopicArn", message->topic_arn);
	sample_put(object, "Subject", message->subject);
	sample_put(object, "Message", message->message);
	sample_put(object, "Timestamp", message->timestamp_text);
	sample_put(object, "SignatureVersion", message->signature_version);
	sample_put(object, "Signature", message->signature);
	sample_put(object, "SigningCertURL", message->certificate_url);
	sample_put(object, "SubscribeURL", message->subscribe_url);
	sample_put(object, "Token", message->token);
	body = json_print(object);
	json_free(object);
	assert_non_null(body);
	return body;
}

#endif
