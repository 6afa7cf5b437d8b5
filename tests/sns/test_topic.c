/* test_topic.c - ARNs of topics. */
#include "tests/sns/sample.h"

#include "sns/topic.h"

static void arn_is_taken_apart(void **state)
{
	struct sns_topic topic;
	struct error error;

	(void) state;
	assert_true(sns_topic_parse("arn:aws-us-gov:sns:us-gov-west-1:012345678901:"
				    "Bounces_and-Complaints",
		&topic, &error));
	assert_string_equal(topic.arn,
		"arn:aws-us-gov:sns:us-gov-west-1:012345678901:Bounces_and-Complaints");
	assert_string_equal(topic.partition, "aws-us-gov");
	assert_string_equal(topic.region, "us-gov-west-1");
	assert_string_equal(topic.account, "012345678901");
	assert_string_equal(topic.name, "Bounces_and-Complaints");
}

static void fifo_topics_have_names_with_a_dot(void **state)
{
	struct sns_topic topic;

	(void) state;
	assert_true(sns_topic_parse(
		"arn:aws:sns:eu-west-1:111122223333:a.fifo", &topic, NULL));
	assert_string_equal(topic.name, "a.fifo");
}

static void name_has_at_most_256_characters(void **state)
{
	static const char beginning[] = "arn:aws:sns:eu-west-1:111122223333:";
	char arn[sizeof(beginning) + 400];
	struct sns_topic topic;

	(void) state;
	for (size_t length = 255; length <= 257; length++) {
		memcpy(arn, beginning, strlen(beginning));
		memset(arn + strlen(beginning), 'n', length);
		arn[strlen(beginning) + length] = '\0';
		assert_int_equal(sns_topic_parse(arn, &topic, NULL), length <= 256);
	}
}

static void what_is_no_arn_of_a_topic_is_refused_and_nothing_written(void **state)
{
	static const char *const cases[] = {
		"",
		"arn",
		"arn:",
		"arn:::::",
		"arn:aws:sns:us-east-1:111122223333",
		"arn:aws:sns:us-east-1:111122223333:",
		"arn:aws:sns:us-east-1::topic",
		"arn:aws:sns::111122223333:topic",
		"arn::sns:us-east-1:111122223333:topic",
		"arn:aws:sqs:us-east-1:111122223333:topic",
		"arn:aws:SNS:us-east-1:111122223333:topic",
		"ARN:aws:sns:us-east-1:111122223333:topic",
		"arn:aws:sns:us-east-1:11112222333:topic",
		"arn:aws:sns:us-east-1:1111222233334:topic",
		"arn:aws:sns:us-east-1:11112222333a:topic",
		"arn:aws:sns:us-east-1:11112222333\xd9\xa3:topic",
		"arn:aws:sns:us-east-1:111122223333:topic:8d6e1e31-subscription",
		"arn:aws:sns:us-east-1:111122223333:*",
		"arn:aws:sns:us-east-1:111122223333:to pic",
		"arn:aws:sns:us-east-1:111122223333:topic\n",
		"arn:aws:sns:us-east-1:111122223333:to\npic",
		"arn:aws:sns:us-east-1:111122223333:to.pic",
		"arn:aws:sns:us-east-1:111122223333:.fifo",
		"arn:aws:sns:us-east-1:111122223333:a.fifo.fifo",
		"arn:aws:sns:us-east-1:111122223333:a.FIFO",
		"arn:aws:sns:us-east-1:111122223333:../etc",
		"arn:aws:sns:us-east-1:111122223333:t%6fpic",
		"arn:aws:sns:us-east-1:111122223333:t\xc3\xb6pic",
		" arn:aws:sns:us-east-1:111122223333:topic",
		"arn:aws:sns:us-east-1 :111122223333:topic",
		"arn:aws:sns:s3-ap-southeast-2:111122223333:topic",
		"arn:aws:sns:us-gov-west-1:111122223333:topic",
		"arn:aws-cn:sns:us-east-1:111122223333:topic",
		"arn:aws-moon:sns:us-east-1:111122223333:topic",
		"arn:a-partition-name-longer-than-any:sns:us-east-1:111122223333:topic",
		"arn:aws:sns:us-averyveryveryveryveryverylongregion-1:111122223333:topic",
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sns_topic topic = {.arn = "untouched"};
		struct error error = {""};

		if (sns_topic_parse(cases[i], &topic, &error))
			fail_msg("taken for a topic: %s", cases[i]);
		assert_string_equal(topic.arn, "untouched");
		assert_string_not_equal(error.text, "");
		assert_null(strchr(error.text, '\n'));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arn_is_taken_apart),
		cmocka_unit_test(fifo_topics_have_names_with_a_dot),
		cmocka_unit_test(name_has_at_most_256_characters),
		cmocka_unit_test(
			what_is_no_arn_of_a_topic_is_refused_and_nothing_written),
	};

	return cmocka_run_group_tests_name("topic", tests, NULL, NULL);
}
