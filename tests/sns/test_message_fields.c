/* test_message_fields.c - what each field of an envelope may hold, and what is said of
 * it. */
#include "tests/sns/parsing.h"

/* One field of a message that is well-formed otherwise; value is JSON, NULL leaves the
 * field out. */
static enum sns_shape parse_with(const char *name, const char *value, struct error *error)
{
	static const char *const fields[][2] = {
		{"Type", "\"Notification\""},
		{"MessageId", "\"id\""},
		{"TopicArn", "\"" SAMPLE_TOPIC "\""},
		{"Message", "\"m\""},
		{"Timestamp", "\"" SAMPLE_TIME "\""},
		{"SignatureVersion", "\"1\""},
		{"Signature", "\"c2ln\""},
		{"SigningCertURL", "\"" SAMPLE_URL "\""},
	};
	struct buffer body;
	enum sns_shape shape;

	buffer_init(&body, 65536);
	buffer_append_text(&body, "{\"First\":1");
	for (size_t i = 0; i < COUNT(fields); i++) {
		bool is_it = strcmp(fields[i][0], name) == 0;
		const char *text = is_it ? value : fields[i][1];

		if (text)
			buffer_format(&body, ",\"%s\":%s", fields[i][0], text);
	}
	assert_true(buffer_append_text(&body, "}"));
	shape = parse_bytes(body.bytes, body.length, error);
	buffer_finish(&body);
	return shape;
}

static void each_field_has_its_rule(void **state)
{
	static const struct {
		const char *name;
		const char *value;
		enum sns_shape shape;
		const char *error;
	} cases[] = {
		{"", "", SNS_WELL_FORMED, ""},
		{"Type", NULL, SNS_MALFORMED, "Type is missing"},
		{"Type", "\"\"", SNS_MALFORMED, "Type is empty"},
		{"Type", "\"notification\"", SNS_MALFORMED, "Type is none"},
		{"Type", "\"Notification \"", SNS_MALFORMED, "Type is none"},
		{"Type", "\"Publish\\n\"", SNS_MALFORMED, "\"Publish?\""},
		{"Type", "1", SNS_MALFORMED, "Type is not a string"},
		{"Type", "\"SubscriptionConfirmation\"", SNS_MALFORMED,
			"SubscribeURL is missing"},
		{"MessageId", NULL, SNS_MALFORMED, "MessageId is missing"},
		{"MessageId", "\"\"", SNS_MALFORMED, "MessageId is empty"},
		{"MessageId", "\"i\\nd\"", SNS_MALFORMED, "control character"},
		{"MessageId", "\"i\\u007fd\"", SNS_MALFORMED, "control character"},
		{"MessageId", "12", SNS_MALFORMED, "MessageId is not a string"},
		{"TopicArn", NULL, SNS_MALFORMED, "TopicArn is missing"},
		{"TopicArn", "\"\"", SNS_MALFORMED, "TopicArn is empty"},
		{"TopicArn", "\"arn\\nType\"", SNS_MALFORMED, "control character"},
		{"TopicArn", "[\"arn\"]", SNS_MALFORMED, "TopicArn is not a string"},
		{"TopicArn", "\"whatever\"", SNS_WELL_FORMED, ""},
		{"Message", NULL, SNS_MALFORMED, "Message is missing"},
		{"Timestamp", NULL, SNS_MALFORMED, "Timestamp is missing"},
		{"Timestamp", "\"\"", SNS_MALFORMED, "Timestamp is empty"},
		{"Timestamp", "\"yesterday\"", SNS_MALFORMED, "Timestamp is not a time"},
		{"Timestamp", "\"2026-02-30T00:00:00.000Z\"", SNS_MALFORMED,
			"Timestamp is not a time"},
		{"Timestamp", "\"2026-11-24T05:51:47.123Z\\n\"", SNS_MALFORMED,
			"control character"},
		{"Timestamp", "1764000000", SNS_MALFORMED, "Timestamp is not a string"},
		{"Timestamp", "\"2026-11-24T05:51:47Z\"", SNS_WELL_FORMED, ""},
		{"SignatureVersion", NULL, SNS_MALFORMED, "SignatureVersion is missing"},
		{"SignatureVersion", "1", SNS_MALFORMED,
			"SignatureVersion is not a string"},
		{"SignatureVersion", "\"\"", SNS_MALFORMED, "SignatureVersion is empty"},
		{"SignatureVersion", "\"3\"", SNS_WELL_FORMED, ""},
		{"Signature", NULL, SNS_MALFORMED, "Signature is missing"},
		{"Signature", "\"\"", SNS_MALFORMED, "Signature is empty"},
		{"Signature", "\"c2l\"", SNS_MALFORMED, "Signature is not base64"},
		{"Signature", "\"c2l=n\"", SNS_MALFORMED, "Signature is not base64"},
		{"Signature", "\"c2ln\\n\"", SNS_MALFORMED, "control character"},
		{"Signature", "\" c2l\"", SNS_MALFORMED, "Signature is not base64"},
		{"Signature", "\"c2-_\"", SNS_MALFORMED, "Signature is not base64"},
		{"Signature", "null", SNS_MALFORMED, "Signature is not a string"},
		{"SigningCertURL", NULL, SNS_MALFORMED, "SigningCertURL is missing"},
		{"SigningCertURL", "\"\"", SNS_MALFORMED, "SigningCertURL is empty"},
		{"SigningCertURL", "{}", SNS_MALFORMED, "SigningCertURL is not a string"},
	};
	struct error error;

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum sns_shape shape = parse_with(cases[i].name, cases[i].value, &error);

		if (shape != cases[i].shape || !strstr(error.text, cases[i].error))
			fail_msg("%s: %s: %d \"%s\"", cases[i].name,
				cases[i].value ? cases[i].value : "left out", (int) shape,
				error.text);
	}
}

static void lambda_spelling_is_missing_and_the_error_says_so(void **state)
{
	struct sns_message lambda = sample_message(SNS_NOTIFICATION);
	struct error error;
	char *body, *name;

	(void) state;
	body = sample_print(&lambda);
	name = strstr(body, "SigningCertURL");
	assert_non_null(name);
	memcpy(name, "SigningCertUrl", strlen("SigningCertUrl"));
	assert_int_equal(parse(body, &error), SNS_MALFORMED);
	assert_non_null(strstr(error.text, "SigningCertURL is missing"));
	assert_non_null(strstr(error.text, "SigningCertUrl"));
	assert_non_null(strstr(error.text, "Lambda"));
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_field_has_its_rule),
		cmocka_unit_test(lambda_spelling_is_missing_and_the_error_says_so),
	};

	return cmocka_run_group_tests_name("message_fields", tests, NULL, NULL);
}
