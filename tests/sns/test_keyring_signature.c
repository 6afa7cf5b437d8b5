/* test_keyring_signature.c - signatures verified: right ones, and wrong ones of all
 * kinds. */
#include "tests/sns/verifying.h"

static void each_type_verifies_in_both_versions(void **state)
{
	static const enum sns_type types[] = {SNS_NOTIFICATION,
		SNS_SUBSCRIPTION_CONFIRMATION, SNS_UNSUBSCRIBE_CONFIRMATION};
	struct sns_keyring *keyring = keyring_make();
	struct error error;

	(void) state;
	for (size_t i = 0; i < COUNT(types); i++) {
		struct sns_message message = sample_message(types[i]);

		message.signature_version = "1";
		assert_int_equal(
			sign_and_deliver(keyring, key, message, &error), SNS_GENUINE);
		message.signature_version = "2";
		assert_int_equal(
			sign_and_deliver(keyring, key, message, &error), SNS_GENUINE);
	}
	sns_keyring_free(keyring);
}

static void message_with_all_kinds_of_bytes_verifies(void **state)
{
	struct sns_keyring *keyring = keyring_make();
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	struct error error;

	(void) state;
	message.message = "\r\n\t\x01\x7f \"\\/\\u0000 \xc3\xa4 \xf0\x9f\x93\xa7 \n\n";
	message.subject = "\xe2\x80\xa8 \t";
	assert_int_equal(sign_and_deliver(keyring, key, message, &error), SNS_GENUINE);
	message.message = "";
	message.subject = "";
	assert_int_equal(sign_and_deliver(keyring, key, message, &error), SNS_GENUINE);
	sns_keyring_free(keyring);
}

/* What changes between signing and posting. */
struct change {
	const char *what;
	enum sns_type type;
	size_t offset; /* of a const char * in struct sns_message */
	const char *value;
};

#define CHANGE(type, member, value)                                                      \
	{                                                                                \
#member, type, offsetof(struct sns_message, member), value               \
	}

static void any_change_after_signing_is_found(void **state)
{
	static const struct change changes[] = {
		CHANGE(SNS_NOTIFICATION, message, "{\"eventType\":\"Bounce\"}"),
		CHANGE(SNS_NOTIFICATION, message, "{\"eventType\":\"Bounce\"}\n "),
		CHANGE(SNS_NOTIFICATION, message, ""),
		CHANGE(SNS_NOTIFICATION, message_id,
			"22b80b92-fdea-4c2c-8f9d-bdfb0c7bf325"),
		CHANGE(SNS_NOTIFICATION, topic_arn, SAMPLE_TOPIC "2"),
		CHANGE(SNS_NOTIFICATION, subject, NULL),
		CHANGE(SNS_NOTIFICATION, subject, ""),
		CHANGE(SNS_NOTIFICATION, subject, "null"),
		CHANGE(SNS_NOTIFICATION, timestamp_text, "2026-11-24T05:51:47.124Z"),
		CHANGE(SNS_NOTIFICATION, timestamp_text, "2026-11-24T05:51:47.1230Z"),
		CHANGE(SNS_NOTIFICATION, signature_version, "1"),
		CHANGE(SNS_NOTIFICATION, signature, "c2lnbmF0dXJl"),
		CHANGE(SNS_SUBSCRIPTION_CONFIRMATION, token, "2336412f38"),
		CHANGE(SNS_SUBSCRIPTION_CONFIRMATION, subscribe_url,
			"https://evil.example/"),
		CHANGE(SNS_SUBSCRIPTION_CONFIRMATION, message, "m"),
		CHANGE(SNS_UNSUBSCRIBE_CONFIRMATION, token, "2336412f38"),
		CHANGE(SNS_UNSUBSCRIBE_CONFIRMATION, subscribe_url,
			"https://evil.example/"),
	};
	struct sns_keyring *keyring = keyring_make();
	struct error error;

	(void) state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct sns_message message = sample_message(changes[i].type);
		char *signature = sample_sign(key, &message);

		message.signature = signature;
		assert_int_equal(deliver(keyring, &message, NULL, &error), SNS_GENUINE);
		memcpy((char *) &message + changes[i].offset, &changes[i].value,
			sizeof(changes[i].value));
		if (deliver(keyring, &message, NULL, &error) != SNS_SIGNATURE_WRONG)
			fail_msg("change %zu of %s was not found", i, changes[i].what);
		free(signature);
	}
	sns_keyring_free(keyring);
}

static void one_type_does_not_pass_for_another(void **state)
{
	struct sns_keyring *keyring = keyring_make();
	struct sns_message message = sample_message(SNS_UNSUBSCRIBE_CONFIRMATION);
	struct error error;
	char *signature = sample_sign(key, &message);

	(void) state;
	message.signature = signature;
	message.type = SNS_SUBSCRIPTION_CONFIRMATION;
	assert_int_equal(deliver(keyring, &message, NULL, &error), SNS_SIGNATURE_WRONG);
	free(signature);
	sns_keyring_free(keyring);
}

static void signature_over_empty_subject_differs_from_absent_subject(void **state)
{
	struct sns_keyring *keyring = keyring_make();
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	struct error error;
	char *signature;

	(void) state;
	message.subject = NULL;
	signature = sample_sign(key, &message);
	message.signature = signature;
	assert_int_equal(deliver(keyring, &message, NULL, &error), SNS_GENUINE);
	message.subject = "";
	assert_int_equal(deliver(keyring, &message, NULL, &error), SNS_SIGNATURE_WRONG);
	free(signature);
	sns_keyring_free(keyring);
}

/* Signed by SNS for a topic of the attacker's, whose Message holds the fields of ours. */
static void message_that_pretends_to_be_several_fields_is_not_taken_for_ours(void **state)
{
	static const char tail[] = "\nTopicArn\n" SAMPLE_TOPIC "\nType\nNotification";
	struct sns_message theirs = sample_message(SNS_NOTIFICATION);
	struct sns_message ours = sample_message(SNS_NOTIFICATION);
	struct error error;
	struct buffer inside, joined, one, other;
	char *body;

	(void) state;
	buffer_init(&inside, 4096);
	buffer_format(
		&inside, "bounce\nMessageId\nid\nTimestamp\n" SAMPLE_TIME "%s", tail);
	theirs.message = inside.bytes;
	theirs.subject = NULL;
	theirs.topic_arn = "arn:aws:sns:us-east-1:999999999999:attacker";
	/* The other way to cut the same bytes: all of the rest is in TopicArn. */
	buffer_init(&joined, 4096);
	buffer_format(&joined,
		"%s\nType\nNotification\nMessageId\n%s\nTimestamp\n" SAMPLE_TIME
		"\nTopicArn\n%s",
		SAMPLE_TOPIC, theirs.message_id, theirs.topic_arn);
	ours.message = "bounce";
	ours.message_id = "id";
	ours.subject = NULL;
	ours.topic_arn = joined.bytes;
	buffer_init(&one, 4096);
	buffer_init(&other, 4096);
	assert_true(sns_canonical(&theirs, &one));
	assert_true(sns_canonical(&ours, &other));
	assert_string_equal(one.bytes, other.bytes);
	body = sample_print(&ours);
	assert_int_equal(
		sns_message_parse(body, strlen(body), &ours, &error), SNS_MALFORMED);
	free(body);
	buffer_finish(&inside);
	buffer_finish(&joined);
	buffer_finish(&one);
	buffer_finish(&other);
}

static void signature_of_another_key_is_wrong(void **state)
{
	struct private_key *other_key = private_key_generate(2048, NULL);
	struct sns_keyring *keyring = keyring_make();
	struct error error;

	(void) state;
	assert_non_null(other_key);
	assert_int_equal(sign_and_deliver(keyring, other_key,
				 sample_message(SNS_NOTIFICATION), &error),
		SNS_SIGNATURE_WRONG);
	private_key_free(other_key);
	sns_keyring_free(keyring);
}

static void signature_of_an_odd_length_is_wrong(void **state)
{
	static const size_t lengths[] = {1, 255, 257, 512, 2048, 2049, 100000};
	struct sns_keyring *keyring = keyring_make();
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	struct error error;

	(void) state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		uint8_t *bytes = calloc(1, lengths[i]);
		char *text = malloc(4 * ((lengths[i] + 2) / 3) + 1);

		assert_true(bytes && text);
		base64_encode(bytes, lengths[i], text);
		message.signature = text;
		assert_int_equal(
			deliver(keyring, &message, NULL, &error), SNS_SIGNATURE_WRONG);
		free(bytes);
		free(text);
	}
	sns_keyring_free(keyring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_verifies_in_both_versions),
		cmocka_unit_test(message_with_all_kinds_of_bytes_verifies),
		cmocka_unit_test(any_change_after_signing_is_found),
		cmocka_unit_test(one_type_does_not_pass_for_another),
		cmocka_unit_test(
			signature_over_empty_subject_differs_from_absent_subject),
		cmocka_unit_test(
			message_that_pretends_to_be_several_fields_is_not_taken_for_ours),
		cmocka_unit_test(signature_of_another_key_is_wrong),
		cmocka_unit_test(signature_of_an_odd_length_is_wrong),
	};

	return cmocka_run_group_tests_name(
		"keyring_signature", tests, keys_make, keys_free);
}
