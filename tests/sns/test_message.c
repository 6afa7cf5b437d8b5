/* test_message.c - envelopes taken apart. */
#include "tests/sns/parsing.h"

#include "base/text.h"

static void each_type_is_read_whole(void **state)
{
	static const enum sns_type types[] = {SNS_NOTIFICATION,
		SNS_SUBSCRIPTION_CONFIRMATION, SNS_UNSUBSCRIBE_CONFIRMATION};

	(void) state;
	for (size_t i = 0; i < COUNT(types); i++) {
		struct sns_message expected = sample_message(types[i]), message;
		char *body = sample_print(&expected);

		assert_int_equal(sns_message_parse(body, strlen(body), &message, NULL),
			SNS_WELL_FORMED);
		free(body);
		assert_int_equal(message.type, types[i]);
		assert_string_equal(message.message_id, expected.message_id);
		assert_string_equal(message.topic_arn, expected.topic_arn);
		assert_true(text_equal(message.subject, expected.subject));
		assert_string_equal(message.message, expected.message);
		assert_string_equal(message.timestamp_text, SAMPLE_TIME);
		assert_int_equal(message.timestamp, expected.timestamp);
		assert_string_equal(message.signature_version, "2");
		assert_string_equal(message.signature, expected.signature);
		assert_string_equal(message.certificate_url, SAMPLE_URL);
		assert_true(text_equal(message.subscribe_url, expected.subscribe_url));
		assert_true(text_equal(message.token, expected.token));
		sns_message_finish(&message);
	}
}

#define MEMBERS(type)                                                                    \
	"\"Type\":\"" type "\",\"MessageId\":\"id\",\"TopicArn\":\"" SAMPLE_TOPIC        \
	"\",\"Timestamp\":\"" SAMPLE_TIME "\",\"SignatureVersion\":\"1\","               \
	"\"Signature\":\"c2ln\",\"SigningCertURL\":\"" SAMPLE_URL "\""
#define BASE MEMBERS("Notification")
#define CONFIRMATION MEMBERS("SubscriptionConfirmation") ",\"Message\":\"m\""

static void what_is_well_formed_but_unusual_is_read(void **state)
{
	static const char *const cases[] = {
		"{" BASE ",\"Message\":\"\"}",
		"{" BASE ",\"Message\":\"m\",\"Subject\":\"\"}",
		" \r\n\t{" BASE ",\"Message\":\"m\"}\r\n ",
		/* Not signed, not known: whatever they hold. */
		"{" BASE ",\"Message\":\"m\",\"MessageAttributes\":{\"a\":"
		"{\"Type\":\"String\",\"Value\":\"v\"}}}",
		"{" BASE ",\"Message\":\"m\",\"UnsubscribeURL\":7,\"X\":null,\"X\":[1]}",
		"{" BASE ",\"Message\":\"m\",\"Token\":5,\"SubscribeURL\":null}",
		"{" BASE ",\"Message\":\"m\",\"type\":\"x\",\"message\":\"n\"}",
		"{" BASE ",\"Message\":\"m\",\"SigningCertUrl\":\"https://evil\"}",
		/* A NUL inside the inner JSON is six harmless characters. */
		"{" BASE ",\"Message\":\"{\\\"a\\\":\\\"\\\\u0000\\\"}\"}",
		"{" BASE ",\"Message\":\"\\ud83d\\udce7\\/\\r\\n\\u00e4\xc3\xa4\"}",
		"{" CONFIRMATION ",\"Token\":\"t\",\"SubscribeURL\":\"u\"}",
	};
	struct error error;

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (parse(cases[i], &error) != SNS_WELL_FORMED)
			fail_msg("%s: %s", cases[i], error.text);
	}
}

static void values_are_decoded_byte_for_byte(void **state)
{
	static const char body[] =
		"{" BASE
		",\"M\\u0065ssage\":\"\\ud83d\\udce7\\/ \\r\\n\\t\\u007f\\\\u0000\","
		"\"Subject\":\"\"}";
	struct sns_message message;

	(void) state;
	assert_int_equal(
		sns_message_parse(body, strlen(body), &message, NULL), SNS_WELL_FORMED);
	assert_string_equal(message.message, "\xf0\x9f\x93\xa7/ \r\n\t\x7f\\u0000");
	assert_non_null(message.subject);
	assert_string_equal(message.subject, "");
	sns_message_finish(&message);
}

static void unsigned_fields_of_the_other_type_are_not_shown(void **state)
{
	static const char notification[] =
		"{" BASE ",\"Message\":\"m\",\"Token\":\"t\",\"SubscribeURL\":\"u\"}";
	static const char confirmation[] =
		"{" CONFIRMATION
		",\"Token\":\"t\",\"SubscribeURL\":\"u\",\"Subject\":\"s\"}";
	struct sns_message message;

	(void) state;
	assert_int_equal(
		sns_message_parse(notification, strlen(notification), &message, NULL),
		SNS_WELL_FORMED);
	assert_null(message.token);
	assert_null(message.subscribe_url);
	sns_message_finish(&message);
	assert_int_equal(
		sns_message_parse(confirmation, strlen(confirmation), &message, NULL),
		SNS_WELL_FORMED);
	assert_null(message.subject);
	sns_message_finish(&message);
}

static void what_is_no_sns_message_is_malformed(void **state)
{
	static const char *const cases[] = {
		"",
		" ",
		"null",
		"true",
		"7",
		"\"text\"",
		"[]",
		"{}",
		"{",
		"hello=world&x=1",
		"<xml/>",
		"[{" BASE ",\"Message\":\"m\"}]",
		/* After the value, before it. */
		"{" BASE ",\"Message\":\"m\"}x",
		"{" BASE ",\"Message\":\"m\"}{}",
		"{" BASE ",\"Message\":\"m\"},",
		"\xef\xbb\xbf{" BASE ",\"Message\":\"m\"}",
		"{" BASE ",\"Message\":\"m\",}",
		"{" BASE ",\"Message\":'m'}",
		"{" BASE ",\"Message\":\"m\"",
		/* NUL, surrogates, UTF-8, raw control characters. */
		"{" BASE ",\"Message\":\"m\\u0000\"}",
		"{" BASE ",\"Message\":\"m\\\\\\u0000\"}",
		"{" BASE ",\"Message\":\"m\",\"X\\u0000\":1}",
		"{" BASE ",\"Message\":\"\\ud83d\"}",
		"{" BASE ",\"Message\":\"\\udce7\"}",
		"{" BASE ",\"Message\":\"\\udce7\\ud83d\"}",
		"{" BASE ",\"Message\":\"\xff\"}",
		"{" BASE ",\"Message\":\"\xc0\x80\"}",
		"{" BASE ",\"Message\":\"\xed\xa0\x80\"}",
		"{" BASE ",\"Message\":\"a\nb\"}",
		"{" BASE ",\"Message\":\"m\",\"X\":1e999}",
		/* Twice: whichever a verifier took, another reader may take the other. */
		"{" BASE ",\"Message\":\"m\",\"Message\":\"n\"}",
		"{" BASE ",\"Message\":\"m\",\"Message\":\"m\"}",
		"{" BASE ",\"Message\":\"m\",\"M\\u0065ssage\":\"n\"}",
		"{" BASE ",\"Message\":\"m\",\"Type\":\"Notification\"}",
		"{" BASE ",\"Message\":\"m\",\"MessageId\":\"id\"}",
		"{" BASE ",\"Message\":\"m\",\"TopicArn\":\"" SAMPLE_TOPIC "\"}",
		"{" BASE ",\"Message\":\"m\",\"Timestamp\":\"" SAMPLE_TIME "\"}",
		"{" BASE ",\"Message\":\"m\",\"Signature\":\"c2ln\"}",
		"{" BASE ",\"Message\":\"m\",\"SignatureVersion\":\"1\"}",
		"{" BASE ",\"Message\":\"m\",\"SigningCertURL\":\"" SAMPLE_URL "\"}",
		"{" BASE ",\"Message\":\"m\",\"Subject\":\"a\",\"Subject\":\"a\"}",
		"{" CONFIRMATION
		",\"Token\":\"t\",\"Token\":\"t\",\"SubscribeURL\":\"u\"}",
		"{" CONFIRMATION ",\"Token\":\"t\",\"SubscribeURL\":\"u\","
		"\"SubscribeURL\":\"u\"}",
		/* No string. */
		"{" BASE ",\"Message\":7}",
		"{" BASE ",\"Message\":null}",
		"{" BASE ",\"Message\":{\"eventType\":\"Bounce\"}}",
		"{" BASE ",\"Message\":[\"m\"]}",
		"{" BASE ",\"Message\":true}",
		"{" BASE ",\"Message\":\"m\",\"Subject\":null}",
		"{" BASE ",\"Message\":\"m\",\"Subject\":7}",
		"{" CONFIRMATION ",\"Token\":5,\"SubscribeURL\":\"u\"}",
		/* Missing or empty. */
		"{" BASE "}",
		"{" CONFIRMATION ",\"Token\":\"t\"}",
		"{" CONFIRMATION ",\"SubscribeURL\":\"u\"}",
		"{" CONFIRMATION ",\"Token\":\"\",\"SubscribeURL\":\"u\"}",
		"{" CONFIRMATION ",\"Token\":\"t\",\"SubscribeURL\":\"\"}",
		/* Line breaks where the signed bytes would read two ways. */
		"{" BASE ",\"Message\":\"m\",\"Subject\":\"a\\nb\"}",
		"{" BASE ",\"Message\":\"m\",\"Subject\":\"a\\r\"}",
		"{" CONFIRMATION ",\"Token\":\"t\\n\",\"SubscribeURL\":\"u\"}",
		"{" CONFIRMATION ",\"Token\":\"t\",\"SubscribeURL\":\"u\\nToken\"}",
	};
	struct error error;

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (parse(cases[i], &error) != SNS_MALFORMED)
			fail_msg("not found malformed: %s", cases[i]);
	}
}

static void raw_nul_bytes_are_malformed(void **state)
{
	static const char inside[] = "{" BASE ",\"Message\":\"m\0\"}";
	static const char behind[] = "{" BASE ",\"Message\":\"m\"}\0";
	struct error error;

	(void) state;
	assert_int_equal(parse_bytes(inside, sizeof(inside) - 1, &error), SNS_MALFORMED);
	assert_int_equal(parse_bytes(behind, sizeof(behind) - 1, &error), SNS_MALFORMED);
}

static void deep_nesting_is_malformed(void **state)
{
	struct buffer body;
	struct error error;

	(void) state;
	for (size_t depth = 20; depth < 200000; depth = depth * 20) {
		buffer_init(&body, 1 << 20);
		buffer_append_text(&body, "{" BASE ",\"Message\":\"m\",\"X\":");
		for (size_t i = 0; i < depth; i++)
			buffer_append_text(&body, "[");
		for (size_t i = 0; i < depth; i++)
			buffer_append_text(&body, "]");
		assert_true(buffer_append_text(&body, "}"));
		assert_int_equal(parse_bytes(body.bytes, body.length, &error),
			depth < JSON_DEPTH_MAX ? SNS_WELL_FORMED : SNS_MALFORMED);
		buffer_finish(&body);
	}
}

static void largest_message_swollen_by_escapes_is_read(void **state)
{
	const size_t length = 256 * 1024;
	struct buffer body;
	struct sns_message message;

	(void) state;
	buffer_init(&body, 2 * 1024 * 1024);
	buffer_append_text(&body, "{" BASE ",\"Message\":\"");
	for (size_t i = 0; i < length; i++)
		buffer_append_text(&body, "\\u0001");
	assert_true(buffer_append_text(&body, "\"}"));
	assert_int_equal(sns_message_parse(body.bytes, body.length, &message, NULL),
		SNS_WELL_FORMED);
	assert_int_equal(strlen(message.message), length);
	sns_message_finish(&message);
	buffer_finish(&body);
}

static void raw_delivery_is_recognised_and_the_error_says_how_to_end_it(void **state)
{
	static const char *const raw[] = {
		"{\"notificationType\":\"Bounce\",\"bounce\":{},\"mail\":{}}",
		"{\"eventType\":\"Rendering Failure\",\"failure\":{}}\n",
		"{\"notificationType\":\"AmazonSnsSubscriptionSucceeded\"}\n",
		"{\"eventType\":\"Open\",\"subject\":\"\\ud83d \\u0000\"}",
		"{\"eventType\":\"Open\",\"subject\":\"\xff\"}",
		"Successfully validated SNS topic for Amazon SES event publishing.",
		" Successfully validated SNS topic for Amazon SES event publishing.\n",
	};
	static const char *const others[] = {
		"{\"eventType\":5}",
		"{\"eventtype\":\"Open\"}",
		"{\"eventType\":\"Open\"",
		"[{\"eventType\":\"Open\"}]",
		"{\"eventType\":\"Open\",\"Type\":\"Notification\"}",
		"{\"eventType\":\"Open\",\"Signature\":\"c2ln\"}",
		"Successfully validated SNS topic for Amazon SES event publishing",
		"Successfully validated",
	};
	struct error error;

	(void) state;
	for (size_t i = 0; i < COUNT(raw); i++) {
		assert_int_equal(parse(raw[i], &error), SNS_RAW_DELIVERY);
		assert_non_null(strstr(error.text,
			"aws sns set-subscription-attributes --subscription-arn "));
		assert_non_null(strstr(error.text,
			" --attribute-name RawMessageDelivery --attribute-value false"));
	}
	for (size_t i = 0; i < COUNT(others); i++)
		assert_int_equal(parse(others[i], &error), SNS_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_is_read_whole),
		cmocka_unit_test(what_is_well_formed_but_unusual_is_read),
		cmocka_unit_test(values_are_decoded_byte_for_byte),
		cmocka_unit_test(unsigned_fields_of_the_other_type_are_not_shown),
		cmocka_unit_test(what_is_no_sns_message_is_malformed),
		cmocka_unit_test(raw_nul_bytes_are_malformed),
		cmocka_unit_test(deep_nesting_is_malformed),
		cmocka_unit_test(largest_message_swollen_by_escapes_is_read),
		cmocka_unit_test(
			raw_delivery_is_recognised_and_the_error_says_how_to_end_it),
	};

	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
