/* test_policy.c - what is refused before a key is needed. */
#include "tests/sns/sample.h"

#include "sns/policy.h"

#define MAX_AGE_MS (30 * DAY_MS)

struct setting {
	struct sns_topic topics[2];
	struct sns_policy policy;
	utc_ms now;
};

static struct setting setting_make(void)
{
	struct setting setting = {.policy = {.topic_count = 2, .max_age_ms = MAX_AGE_MS}};

	assert_true(sns_topic_parse(SAMPLE_TOPIC, &setting.topics[0], NULL));
	assert_true(
		sns_topic_parse("arn:aws-eusc:sns:eusc-de-east-1:444455556666:bounces",
			&setting.topics[1], NULL));
	assert_true(utc_parse(SAMPLE_TIME, &setting.now));
	return setting;
}

static enum sns_verdict judge(struct setting *setting, const struct sns_message *message,
	struct sns_route *route)
{
	struct error error = {""};
	enum sns_verdict verdict;

	setting->policy.topics = setting->topics;
	verdict =
		sns_policy_judge(&setting->policy, message, setting->now, route, &error);
	if (verdict == SNS_KEY_UNKNOWN)
		assert_string_equal(error.text, "");
	else
		assert_string_not_equal(error.text, "");
	for (const char *byte = error.text; *byte; byte++)
		assert_in_range(*byte, ' ', '~');
	return verdict;
}

static void message_of_a_configured_topic_is_routed(void **state)
{
	struct setting setting = setting_make();
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	struct sns_route route;

	(void) state;
	assert_int_equal(judge(&setting, &message, &route), SNS_KEY_UNKNOWN);
	assert_true(route.topic_is_configured);
	assert_string_equal(route.topic.arn, SAMPLE_TOPIC);
	assert_string_equal(route.host, "sns.us-east-1.amazonaws.com");
	assert_string_equal(route.certificate_name, SAMPLE_NAME);
	assert_string_equal(route.certificate_subject, "sns.amazonaws.com");

	message.topic_arn = setting.topics[1].arn;
	message.certificate_url = "https://sns.eusc-de-east-1.amazonaws.eu/" SAMPLE_NAME;
	assert_int_equal(judge(&setting, &message, &route), SNS_KEY_UNKNOWN);
	assert_true(route.topic_is_configured);
	assert_string_equal(
		route.certificate_subject, "sns-signing.eusc-de-east-1.amazonaws.eu");
}

static void other_topic_of_the_same_account_is_let_through_but_not_configured(
	void **state)
{
	struct setting setting = setting_make();
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	struct sns_route route;

	(void) state;
	message.topic_arn = "arn:aws:sns:us-east-1:111122223333:another";
	assert_int_equal(judge(&setting, &message, &route), SNS_KEY_UNKNOWN);
	assert_false(route.topic_is_configured);
	message.topic_arn = "arn:aws:sns:eu-west-1:111122223333:ses-feedback";
	message.certificate_url = "https://sns.eu-west-1.amazonaws.com/" SAMPLE_NAME;
	assert_int_equal(judge(&setting, &message, &route), SNS_KEY_UNKNOWN);
	assert_false(route.topic_is_configured);
}

static void topics_of_other_accounts_are_foreign(void **state)
{
	static const char *const foreign[] = {
		"arn:aws:sns:us-east-1:111122223334:ses-feedback",
		"arn:aws:sns:us-east-1:444455556666:bounces",
		"arn:aws-cn:sns:cn-north-1:111122223333:ses-feedback",
		"arn:aws:sns:s3-ap-southeast-2:111122223333:ses-feedback",
		"arn:aws:sns:us-east-1:111122223333:ses-feedback ",
		"arn:aws:sqs:us-east-1:111122223333:ses-feedback",
		"ses-feedback",
	};
	struct setting setting = setting_make();
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	struct sns_route route;

	(void) state;
	for (size_t i = 0; i < COUNT(foreign); i++) {
		message.topic_arn = foreign[i];
		assert_int_equal(judge(&setting, &message, &route), SNS_TOPIC_FOREIGN);
		assert_false(route.topic_is_configured);
		assert_string_equal(route.certificate_name, "");
	}
}

static void without_topics_every_topic_is_foreign_unless_any_will_do(void **state)
{
	struct setting setting = setting_make();
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	struct sns_route route;

	(void) state;
	setting.policy.topic_count = 0;
	assert_int_equal(judge(&setting, &message, &route), SNS_TOPIC_FOREIGN);
	setting.policy.any_topic = true;
	assert_int_equal(judge(&setting, &message, &route), SNS_KEY_UNKNOWN);
	assert_false(route.topic_is_configured);
	message.topic_arn = "arn:aws:sns:s3-ap-southeast-2:111122223333:ses-feedback";
	message.certificate_url =
		"https://sns.s3-ap-southeast-2.amazonaws.com/" SAMPLE_NAME;
	assert_int_equal(judge(&setting, &message, &route), SNS_TOPIC_FOREIGN);
}

static void signature_version_is_1_or_2(void **state)
{
	static const struct {
		const char *version;
		enum sns_verdict verdict;
	} cases[] = {
		{"1", SNS_KEY_UNKNOWN},
		{"2", SNS_KEY_UNKNOWN},
		{"0", SNS_VERSION_UNKNOWN},
		{"3", SNS_VERSION_UNKNOWN},
		{"01", SNS_VERSION_UNKNOWN},
		{"1.0", SNS_VERSION_UNKNOWN},
		{" 1", SNS_VERSION_UNKNOWN},
		{"2 ", SNS_VERSION_UNKNOWN},
		{"12", SNS_VERSION_UNKNOWN},
		{"\xef\xbc\x91", SNS_VERSION_UNKNOWN},
	};
	struct setting setting = setting_make();
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	struct sns_route route;

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		message.signature_version = cases[i].version;
		assert_int_equal(judge(&setting, &message, &route), cases[i].verdict);
	}
}

static void age_is_judged_by_the_timestamp(void **state)
{
	static const struct {
		int64_t now_after_ms;
		int64_t max_age_ms;
		enum sns_verdict verdict;
	} cases[] = {
		{0, MAX_AGE_MS, SNS_KEY_UNKNOWN},
		{MAX_AGE_MS, MAX_AGE_MS, SNS_KEY_UNKNOWN},
		{MAX_AGE_MS + 1, MAX_AGE_MS, SNS_TOO_OLD},
		{MAX_AGE_MS + 1, 0, SNS_KEY_UNKNOWN},
		{1, 1, SNS_KEY_UNKNOWN},
		{2, 1, SNS_TOO_OLD},
		/* Ahead of our clock. */
		{-MINUTE_MS, MAX_AGE_MS, SNS_KEY_UNKNOWN},
		{-1000 * DAY_MS, MAX_AGE_MS, SNS_KEY_UNKNOWN},
	};
	struct setting setting = setting_make();
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	struct sns_route route;

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		setting.now = message.timestamp + cases[i].now_after_ms;
		setting.policy.max_age_ms = cases[i].max_age_ms;
		assert_int_equal(judge(&setting, &message, &route), cases[i].verdict);
	}
}

#define HOST "sns.us-east-1.amazonaws.com"
#define PATH "/" SAMPLE_NAME

static void certificate_url_is_exactly_what_sns_writes(void **state)
{
	static const char *const wrong[] = {
		/* Scheme. */
		"http://" HOST PATH,
		"HTTPS://" HOST PATH,
		"https:/" HOST PATH,
		"https:" HOST PATH,
		"//" HOST PATH,
		HOST PATH,
		"file:///etc/passwd",
		" https://" HOST PATH,
		"https://" HOST PATH " ",
		/* Host: other regions, other services, other owners. */
		"https://sns.us-west-2.amazonaws.com" PATH,
		"https://sns.s3-ap-southeast-2.amazonaws.com" PATH,
		"https://sns.us-east-1.s3.amazonaws.com" PATH,
		"https://s3.amazonaws.com/sns" PATH,
		"https://sns.amazonaws.com" PATH,
		"https://sns-us-east-1.amazonaws.com" PATH,
		"https://sns.us-east-1.amazonaws.com.cn" PATH,
		"https://sns.us-east-1.amazonaws.eu" PATH,
		"https://sns.us-east-1.amazonaws.com.evil.example" PATH,
		"https://evil.example/" HOST PATH,
		"https://evil" HOST PATH,
		"https://evil." HOST PATH,
		"https://Sns.us-east-1.amazonaws.com" PATH,
		"https://SNS.US-EAST-1.AMAZONAWS.COM" PATH,
		"https://" HOST "." PATH,
		"https://sns.us-east-1.amazonaws.c\xd0\xbem" PATH,
		"https://sns\xe3\x80\x82us-east-1.amazonaws.com" PATH,
		"https://xn--sns-.us-east-1.amazonaws.com" PATH,
		"https://sns%2eus-east-1.amazonaws.com" PATH,
		"https://[::1]" PATH,
		"https://169.254.169.254" PATH,
		/* Port and userinfo. */
		"https://" HOST ":443" PATH,
		"https://" HOST ":8443" PATH,
		"https://" HOST ":" PATH,
		"https://user@" HOST PATH,
		"https://user:password@" HOST PATH,
		"https://@" HOST PATH,
		"https://" HOST "@evil.example" PATH,
		"https://" HOST "\\@evil.example" PATH,
		"https://" HOST "#@evil.example" PATH,
		/* Path. */
		"https://" HOST,
		"https://" HOST "/",
		"https://" HOST "/" PATH,
		"https://" HOST "\\" SAMPLE_NAME,
		"https://" HOST "/./" SAMPLE_NAME,
		"https://" HOST "/x/.." PATH,
		"https://" HOST "/%2e%2e" PATH,
		"https://" HOST "/..%2f" SAMPLE_NAME,
		"https://" HOST "/%53impleNotificationService-0a.pem",
		"https://" HOST "/SimpleNotificationService-../0a.pem",
		"https://" HOST "/SimpleNotificationService-0a%00.pem",
		"https://" HOST "/SimpleNotificationService-0a/.pem",
		"https://" HOST "/SimpleNotificationService-.pem",
		"https://" HOST "/SimpleNotificationService-0a.PEM",
		"https://" HOST "/SimpleNotificationService-0a.pe",
		"https://" HOST "/SimpleNotificationService-0a.pem.pem",
		"https://" HOST "/SimpleNotificationService-0a.pem/",
		"https://" HOST "/SimpleNotificationService-0a-0b.pem",
		"https://" HOST "/SimpleNotificationService_0a.pem",
		"https://" HOST "/simplenotificationservice-0a.pem",
		"https://" HOST "/SimpleNotificationService-\xc3\xa4.pem",
		"https://" HOST "/SimpleNotificationService-0a.pem\n",
		"https://" HOST "/evil.pem",
		/* 65 letters. */
		"https://" HOST
		"/SimpleNotificationService-0123456789abcdef0123456789abcdef"
		"0123456789abcdef0123456789abcdef0.pem",
		/* Query and fragment. */
		"https://" HOST PATH "?",
		"https://" HOST PATH "?x=.pem",
		"https://" HOST "/?" SAMPLE_NAME,
		"https://" HOST "/?Action=Publish&x=.pem",
		"https://" HOST PATH "#",
		"https://" HOST PATH "#.pem",
		"https://" HOST PATH ";x=.pem",
	};
	static const char *const right[] = {
		"https://" HOST PATH,
		"https://" HOST "/SimpleNotificationService-0.pem",
		"https://" HOST "/SimpleNotificationService-aZ09.pem",
		"https://" HOST
		"/SimpleNotificationService-0123456789abcdef0123456789abcdef"
		"0123456789abcdef0123456789abcdef.pem",
	};
	struct setting setting = setting_make();
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	struct sns_route route;

	(void) state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		message.certificate_url = wrong[i];
		if (judge(&setting, &message, &route) != SNS_CERTIFICATE_URL_WRONG)
			fail_msg("taken for SNS's: %s", wrong[i]);
		assert_string_equal(route.certificate_name, "");
	}
	for (size_t i = 0; i < COUNT(right); i++) {
		message.certificate_url = right[i];
		assert_int_equal(judge(&setting, &message, &route), SNS_KEY_UNKNOWN);
		assert_string_equal(route.certificate_name, strrchr(right[i], '/') + 1);
	}
}

static void cheaper_questions_come_first(void **state)
{
	struct setting setting = setting_make();
	struct sns_message message = sample_message(SNS_NOTIFICATION);
	struct sns_route route;

	(void) state;
	message.signature_version = "3";
	message.topic_arn = "arn:aws:sns:us-east-1:999999999999:x";
	message.certificate_url = "https://evil.example/x.pem";
	setting.now += 1000 * DAY_MS;
	assert_int_equal(judge(&setting, &message, &route), SNS_VERSION_UNKNOWN);
	message.signature_version = "1";
	assert_int_equal(judge(&setting, &message, &route), SNS_TOPIC_FOREIGN);
	message.topic_arn = SAMPLE_TOPIC;
	assert_int_equal(judge(&setting, &message, &route), SNS_TOO_OLD);
	setting.now -= 1000 * DAY_MS;
	assert_int_equal(judge(&setting, &message, &route), SNS_CERTIFICATE_URL_WRONG);
}

static void confirmation_url_is_rebuilt_and_encoded(void **state)
{
	struct setting setting = setting_make();
	struct sns_topic nowhere = setting.topics[0];
	struct buffer url;

	(void) state;
	buffer_init(&url, 4096);
	assert_true(sns_confirmation_url(&setting.topics[0], "2336412f37", &url));
	assert_string_equal(url.bytes,
		"https://sns.us-east-1.amazonaws.com/"
		"?Action=ConfirmSubscription&TopicArn="
		"arn%3Aaws%3Asns%3Aus-east-1%3A111122223333%3Ases-feedback"
		"&Token=2336412f37");
	buffer_finish(&url);

	assert_true(sns_confirmation_url(
		&setting.topics[1], "a&Action=Publish#/?@:%2e \xc3\xa4~", &url));
	assert_string_equal(url.bytes,
		"https://sns.eusc-de-east-1.amazonaws.eu/?Action=ConfirmSubscription"
		"&TopicArn=arn%3Aaws-eusc%3Asns%3Aeusc-de-east-1%3A444455556666%3Abounces"
		"&Token=a%26Action%3DPublish%23%2F%3F%40%3A%252e%20%C3%A4~");
	buffer_finish(&url);

	strncpy(nowhere.region, "s3-us-west-2", sizeof(nowhere.region) - 1);
	assert_false(sns_confirmation_url(&nowhere, "t", &url));
	buffer_finish(&url);

	buffer_init(&url, 60);
	assert_false(sns_confirmation_url(&setting.topics[0], "t", &url));
	buffer_finish(&url);
}

static void each_verdict_has_a_name_of_its_own(void **state)
{
	static const enum sns_verdict verdicts[] = {SNS_GENUINE, SNS_KEY_UNKNOWN,
		SNS_VERSION_UNKNOWN, SNS_TOPIC_FOREIGN, SNS_TOO_OLD,
		SNS_CERTIFICATE_URL_WRONG, SNS_SIGNATURE_WRONG,
		SNS_CERTIFICATE_UNEXPECTED};

	(void) state;
	assert_string_equal(sns_verdict_name(SNS_GENUINE), "genuine");
	assert_string_equal(sns_verdict_name(SNS_SIGNATURE_WRONG), "signature-wrong");
	for (size_t i = 0; i < COUNT(verdicts); i++) {
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(sns_verdict_name(verdicts[i]),
				sns_verdict_name(verdicts[j]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(message_of_a_configured_topic_is_routed),
		cmocka_unit_test(
			other_topic_of_the_same_account_is_let_through_but_not_configured),
		cmocka_unit_test(topics_of_other_accounts_are_foreign),
		cmocka_unit_test(
			without_topics_every_topic_is_foreign_unless_any_will_do),
		cmocka_unit_test(signature_version_is_1_or_2),
		cmocka_unit_test(age_is_judged_by_the_timestamp),
		cmocka_unit_test(certificate_url_is_exactly_what_sns_writes),
		cmocka_unit_test(cheaper_questions_come_first),
		cmocka_unit_test(confirmation_url_is_rebuilt_and_encoded),
		cmocka_unit_test(each_verdict_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
