/* fuzz_sns_message.c - any body: parsed, its signed bytes built, judged, verified. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/json.h"
#include "base/text.h"
#include "sns/canonical.h"
#include "sns/keyring.h"
#include "sns/message.h"
#include "sns/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define NOW ((utc_ms) 1795499507123) /* 2026-11-24 */

static void check_texts(const struct sns_message *message)
{
	assert(message->message_id[0] && !strpbrk(message->message_id, "\r\n"));
	assert(message->topic_arn[0] && !strpbrk(message->topic_arn, "\r\n"));
	assert(message->timestamp >= 0 && message->message);
	assert(!message->subject || !strpbrk(message->subject, "\r\n"));
	assert((message->type == SNS_NOTIFICATION) == !message->token);
	assert((message->type == SNS_NOTIFICATION) == !message->subscribe_url);
	assert(message->type == SNS_NOTIFICATION || !message->subject);
}

static void check_canonical(const struct sns_message *message)
{
	struct buffer bytes;
	char ending[64] = "\nType\n";

	strncat(ending, sns_type_name(message->type), 40);
	strncat(ending, "\n", 2);
	buffer_init(&bytes, sns_canonical_length(message));
	assert(sns_canonical(message, &bytes));
	assert(bytes.length == sns_canonical_length(message));
	assert(strlen(bytes.bytes) == bytes.length);
	assert(utf8_is_valid(bytes.bytes, bytes.length));
	assert(text_begins(bytes.bytes, "Message\n"));
	assert(text_ends(bytes.bytes, ending));
	buffer_finish(&bytes);
}

static void check_confirmation(
	const struct sns_message *message, const struct sns_route *route)
{
	struct buffer url;

	if (!message->token)
		return;
	buffer_init(&url, 4 * 1024 * 1024);
	assert(sns_confirmation_url(&route->topic, message->token, &url));
	assert(text_begins(url.bytes, "https://sns."));
	assert(text_begins(url.bytes + strlen("https://"), route->host));
	assert(strcspn(url.bytes, " \r\n\"<>#@") == url.length);
	buffer_finish(&url);
}

static void check_judged(const struct sns_message *message)
{
	static struct sns_keyring *keyring;
	struct sns_policy policy = {.any_topic = true};
	struct sns_route route;
	struct error error = {""};
	enum sns_verdict verdict =
		sns_policy_judge(&policy, message, NOW, &route, &error);

	assert((verdict == SNS_KEY_UNKNOWN) == (error.text[0] == '\0'));
	if (verdict == SNS_KEY_UNKNOWN) {
		const char *url = message->certificate_url;

		assert(text_begins(url, "https://sns."));
		assert(text_begins(url + strlen("https://"), route.host));
		assert(text_ends(url, route.certificate_name));
		assert(sns_certificate_name_is_valid(route.certificate_name));
		assert(text_equal(route.topic.arn, message->topic_arn));
		assert(route.certificate_subject[0]);
		if (!keyring)
			keyring = sns_keyring_new();
		assert(sns_keyring_verify(keyring, message, &route, NULL, &error) ==
			SNS_KEY_UNKNOWN);
		check_confirmation(message, &route);
	}
	policy.any_topic = false;
	verdict = sns_policy_judge(&policy, message, NOW, &route, &error);
	assert(verdict == SNS_VERSION_UNKNOWN || verdict == SNS_TOPIC_FOREIGN);
}

/* Printed and read again, it is the same message: nothing was cut or repaired. */
static void check_fields_survive(const struct sns_message *message)
{
	char *printed = json_print(message->tree);
	struct sns_message again;

	assert(printed);
	assert(sns_message_parse(printed, strlen(printed), &again, NULL) ==
		SNS_WELL_FORMED);
	free(printed);
	assert(again.type == message->type && again.timestamp == message->timestamp);
	assert(text_equal(again.message, message->message));
	assert(text_equal(again.subject, message->subject));
	assert(text_equal(again.message_id, message->message_id));
	assert(text_equal(again.signature, message->signature));
	sns_message_finish(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct sns_message message;
	struct error error = {""};

	switch (sns_message_parse((const char *) bytes, length, &message, &error)) {
	case SNS_WELL_FORMED:
		check_texts(&message);
		check_canonical(&message);
		check_judged(&message);
		check_fields_survive(&message);
		break;
	case SNS_MALFORMED:
	case SNS_RAW_DELIVERY:
	case SNS_NO_MEMORY:
		assert(error.text[0] && !message.tree);
		break;
	}
	sns_message_finish(&message);
	return 0;
}
