/* test_canonical.c - the bytes that SNS signs. */
#include "tests/sns/sample.h"

static void assert_canonical(const struct sns_message *message, const char *expected)
{
	struct buffer bytes;

	assert_int_equal(sns_canonical_length(message), strlen(expected));
	buffer_init(&bytes, strlen(expected));
	assert_true(sns_canonical(message, &bytes));
	assert_int_equal(bytes.length, strlen(expected));
	assert_string_equal(bytes.bytes, expected);
	buffer_finish(&bytes);
}

static void notification_has_a_subject_only_if_present(void **state)
{
	struct sns_message message = sample_message(SNS_NOTIFICATION);

	(void) state;
	message.message = "hello";
	message.message_id = "id";
	message.subject = "about";
	assert_canonical(&message, "Message\nhello\nMessageId\nid\nSubject\nabout\n"
				   "Timestamp\n" SAMPLE_TIME "\nTopicArn\n" SAMPLE_TOPIC
				   "\nType\nNotification\n");
	message.subject = NULL;
	assert_canonical(&message, "Message\nhello\nMessageId\nid\n"
				   "Timestamp\n" SAMPLE_TIME "\nTopicArn\n" SAMPLE_TOPIC
				   "\nType\nNotification\n");
}

static void empty_subject_differs_from_absent_subject(void **state)
{
	struct sns_message message = sample_message(SNS_NOTIFICATION);

	(void) state;
	message.message = "";
	message.message_id = "id";
	message.subject = "";
	assert_canonical(&message, "Message\n\nMessageId\nid\nSubject\n\n"
				   "Timestamp\n" SAMPLE_TIME "\nTopicArn\n" SAMPLE_TOPIC
				   "\nType\nNotification\n");
}

static void both_confirmations_sign_token_and_subscribe_url(void **state)
{
	static const enum sns_type types[] = {
		SNS_SUBSCRIPTION_CONFIRMATION, SNS_UNSUBSCRIBE_CONFIRMATION};
	static const char *const expected[] = {
		"Message\nm\nMessageId\nid\nSubscribeURL\nu\nTimestamp\n" SAMPLE_TIME
		"\nToken\nt\nTopicArn\n" SAMPLE_TOPIC
		"\nType\nSubscriptionConfirmation\n",
		"Message\nm\nMessageId\nid\nSubscribeURL\nu\nTimestamp\n" SAMPLE_TIME
		"\nToken\nt\nTopicArn\n" SAMPLE_TOPIC "\nType\nUnsubscribeConfirmation\n",
	};

	(void) state;
	for (size_t i = 0; i < COUNT(types); i++) {
		struct sns_message message = sample_message(types[i]);

		message.message = "m";
		message.message_id = "id";
		message.subscribe_url = "u";
		message.token = "t";
		assert_canonical(&message, expected[i]);
	}
}

static void values_are_untouched(void **state)
{
	struct sns_message message = sample_message(SNS_NOTIFICATION);

	(void) state;
	message.message = " \r\n\t\"\\/\xf0\x9f\x93\xa7 \n";
	message.message_id = " id ";
	message.subject = NULL;
	message.timestamp_text = "2026-03-06T20:00:26.000Z";
	assert_canonical(&message,
		"Message\n \r\n\t\"\\/\xf0\x9f\x93\xa7 \n\nMessageId\n id \n"
		"Timestamp\n2026-03-06T20:00:26.000Z\nTopicArn\n" SAMPLE_TOPIC
		"\nType\nNotification\n");
}

static void buffer_that_is_too_small_is_a_failure(void **state)
{
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	struct buffer bytes;

	(void) state;
	buffer_init(&bytes, sns_canonical_length(&message) - 1);
	assert_false(sns_canonical(&message, &bytes));
	buffer_finish(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notification_has_a_subject_only_if_present),
		cmocka_unit_test(empty_subject_differs_from_absent_subject),
		cmocka_unit_test(both_confirmations_sign_token_and_subscribe_url),
		cmocka_unit_test(values_are_untouched),
		cmocka_unit_test(buffer_that_is_too_small_is_a_failure),
	};

	return cmocka_run_group_tests_name("canonical", tests, NULL, NULL);
}
