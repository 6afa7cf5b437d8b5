/* test_mail.c - which mail an event is about, and whose. */
#include "tests/ses/sample.h"

static void account_and_region_come_from_the_nearest_that_names_them(void **state)
{
	static const struct {
		const char *members, *account, *region;
	} cases[] = {
		{"", TOPIC_ACCOUNT, TOPIC_REGION},
		{",\"sendingAccountId\":\"111122223333\"", "111122223333", TOPIC_REGION},
		{",\"sendingAccountId\":\"111122223333\",\"sourceArn\":"
		 "\"arn:aws:ses:us-west-2:444455556666:identity/x.example\"",
			"111122223333", "us-west-2"},
		{",\"sourceArn\":\"arn:aws:ses:us-west-2:444455556666:identity/"
		 "x.example\"",
			"444455556666", "us-west-2"},
		{",\"sendingAccountId\":\"1234\",\"sourceArn\":"
		 "\"arn:aws-cn:ses:cn-north-1:444455556666:identity/x.example\"",
			"444455556666", "cn-north-1"},
		{",\"sendingAccountId\":111122223333", TOPIC_ACCOUNT, TOPIC_REGION},
		{",\"sendingAccountId\":\"11112222333x\"", TOPIC_ACCOUNT, TOPIC_REGION},
		{",\"sendingAccountId\":\"1111222233334\"", TOPIC_ACCOUNT, TOPIC_REGION},
		{",\"sourceArn\":\"arn:aws:ses:us-west-2:4444555566667777:identity/x\"",
			TOPIC_ACCOUNT, "us-west-2"},
		{",\"sourceArn\":\"arn:aws:ses::444455556666:identity/x.example\"",
			"444455556666", TOPIC_REGION},
		{",\"sourceArn\":\"arn:aws:ses:US WEST:444455556666:identity/x.example\"",
			"444455556666", TOPIC_REGION},
		{",\"sourceArn\":\"arn:aws:sns:us-west-2:444455556666:identity/x\"",
			TOPIC_ACCOUNT, TOPIC_REGION},
		{",\"sourceArn\":\"arn:aws:ses:us-west-2\"", TOPIC_ACCOUNT, TOPIC_REGION},
		{",\"sourceArn\":\"arn:aws:ses:a-region-with-a-name-of-forty-characters-"
		 "0:"
		 "444455556666:identity/x\"",
			"444455556666", TOPIC_REGION},
		{",\"sourceArn\":null", TOPIC_ACCOUNT, TOPIC_REGION},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char message[1024];
		struct ses_event event;

		snprintf(message, sizeof(message),
			"{\"eventType\":\"Send\",\"send\":{},\"mail\":" MAIL_START "%s}}",
			cases[i].members);
		event = sample_parse(message);
		assert_string_equal(event.account, cases[i].account);
		assert_string_equal(event.region, cases[i].region);
		ses_event_finish(&event);
	}
}

static void a_topic_that_names_nothing_leaves_account_and_region_empty(void **state)
{
	static const char message[] = EVENT("Send", "send", "");
	struct ses_event event;
	struct error error;

	(void) state;
	assert_int_equal(
		ses_event_parse(message, strlen(message), NULL, NULL, &event, &error),
		SES_UNDERSTOOD);
	assert_string_equal(event.account, "");
	assert_string_equal(event.region, "");
	ses_event_finish(&event);
	ses_event_finish(NULL);
}

static void identity_is_that_of_source_arn_else_the_domain_of_source(void **state)
{
	static const struct {
		const char *members, *identity;
	} cases[] = {
		{"\"source\":\"Shop <News@Example.COM>\"", "example.com"},
		{"\"source\":\"news@example.com\",\"sourceArn\":"
		 "\"arn:aws:ses:us-west-2:444455556666:identity/Shop@Example.ORG\"",
			"shop@example.org"},
		{"\"source\":\"news@example.com\",\"sourceArn\":"
		 "\"arn:aws:ses:us-west-2:444455556666:identity/a:b/c.example\"",
			"a:b/c.example"},
		{"\"source\":\"news@example.com\",\"sourceArn\":"
		 "\"arn:aws:ses:us-west-2:444455556666:configuration-set/c\"",
			"example.com"},
		{"\"source\":\"news@example.com\",\"sourceArn\":"
		 "\"arn:aws:ses:us-west-2:444455556666:identity/\"",
			"example.com"},
		{"\"source\":\"nobody\"", ""},
		{"\"source\":[]", ""},
		{"\"source\":null", ""},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char message[1024];
		struct ses_event event;

		snprintf(message, sizeof(message),
			"{\"eventType\":\"Send\",\"send\":{},\"mail\":{\"messageId\":"
			"\"x\","
			"\"timestamp\":\"" MAIL_TIME "\",%s}}",
			cases[i].members);
		event = sample_parse(message);
		assert_string_equal(event.identity, cases[i].identity);
		ses_event_finish(&event);
	}
}

static void tags_are_kept_without_those_of_ses(void **state)
{
	static const struct {
		const char *tags, *kept, *configuration_set;
	} cases[] = {
		{"null", NULL, ""},
		{"{}", NULL, ""},
		{"[\"a\"]", NULL, ""},
		{"\"a\"", NULL, ""},
		{"{\"ses:configuration-set\":[\"News\"],\"ses:operation\":[\"SendEmail\"]"
		 "}",
			NULL, "News"},
		{"{\"ses:configuration-set\":\"News\",\"k\":\"v\"}", "{\"k\":[\"v\"]}",
			"News"},
		{"{\"ses:configuration-set\":[],\"k\":[\"v\",\"w\"]}",
			"{\"k\":[\"v\",\"w\"]}", ""},
		{"{\"ses:configuration-set\":[7,\"b\"]}", NULL, "b"},
		{"{\"a\":[\"1\"],\"b\":null,\"c\":7,\"d\":{\"x\":\"y\"},\"e\":[],\"f\":["
		 "3,\"4\","
		 "null],\"g\\\"\":[\"\\n\\u00fc\"]}",
			"{\"a\":[\"1\"],\"f\":[\"4\"],\"g\\\"\":[\"\\n\xc3\xbc\"]}", ""},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char message[1024];
		struct ses_event event;

		snprintf(message, sizeof(message),
			"{\"eventType\":\"Send\",\"send\":{},\"mail\":" MAIL_START
			",\"tags\":%s}}",
			cases[i].tags);
		event = sample_parse(message);
		if (cases[i].kept)
			assert_string_equal(event.tags, cases[i].kept);
		else
			assert_null(event.tags);
		assert_string_equal(event.configuration_set, cases[i].configuration_set);
		ses_event_finish(&event);
	}
}

static void the_tenant_is_the_first_text_of_its_tag(void **state)
{
	static const struct {
		const char *tags, *tenant;
	} cases[] = {
		{"{}", ""},
		{"null", ""},
		{"{\"tenant-name\":[\"acme\"]}", ""},
		{"{\"ses:tenant-name\":[\"Acme\",\"other\"]}", "Acme"},
		{"{\"ses:tenant-name\":\"acme\",\"ses:configuration-set\":[\"n\"]}",
			"acme"},
		{"{\"ses:tenant-name\":[7]}", ""},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char message[1024];
		struct ses_event event;

		snprintf(message, sizeof(message),
			"{\"eventType\":\"Send\",\"send\":{},\"mail\":" MAIL_START
			",\"tags\":%s}}",
			cases[i].tags);
		event = sample_parse(message);
		assert_string_equal(event.tenant, cases[i].tenant);
		ses_event_finish(&event);
	}
}

/* Identity feedback has members for them, event publishing tags; neither may be there. */
static void who_sent_it_is_in_members_or_tags(void **state)
{
	static const struct {
		const char *members, *source_ip, *caller, *from_domain;
	} cases[] = {
		{"\"source\":\"Shop <News@Example.COM>\"", "", "", "example.com"},
		{"\"sourceIp\":\"192.0.2.7\",\"callerIdentity\":\"shop-user\","
		 "\"source\":\"a@b.example\"",
			"192.0.2.7", "shop-user", "b.example"},
		{"\"tags\":{\"ses:source-ip\":[\"192.0.2.8\"],"
		 "\"ses:caller-identity\":[\"mailer\"],"
		 "\"ses:from-domain\":[\"Shop.Example.\"]},\"source\":\"a@b.example\"",
			"192.0.2.8", "mailer", "shop.example"},
		{"\"sourceIp\":\" \",\"callerIdentity\":7,"
		 "\"tags\":{\"ses:source-ip\":\"192.0.2.9\",\"ses:caller-identity\":[]}",
			"192.0.2.9", "", ""},
		{"\"sourceIp\":\"192.0.2.1\","
		 "\"tags\":{\"ses:source-ip\":[\"192.0.2.2\"]}",
			"192.0.2.1", "", ""},
		{"\"tags\":{\"ses:from-domain\":[\"b\xc3\xbc"
		 "cher.example\"]}",
			"", "", "xn--bcher-kva.example"},
		{"\"tags\":{\"ses:from-domain\":[\"no domain\"]},"
		 "\"source\":\"a@b.example\"",
			"", "", "b.example"},
		{"\"tags\":{\"ses:from-domain\":[7]},\"source\":\"nobody\"", "", "", ""},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char message[1024];
		struct ses_event event;

		snprintf(message, sizeof(message),
			"{\"eventType\":\"Send\",\"send\":{},\"mail\":{\"messageId\":"
			"\"x\",\"timestamp\":\"" MAIL_TIME "\",%s}}",
			cases[i].members);
		event = sample_parse(message);
		assert_string_equal(event.source_ip, cases[i].source_ip);
		assert_string_equal(event.caller, cases[i].caller);
		assert_string_equal(event.from_domain, cases[i].from_domain);
		ses_event_finish(&event);
	}
}

static void a_from_domain_of_any_length_is_read(void **state)
{
	static const size_t lengths[] = {400, 509, 510, 511, 512, 600};

	(void) state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		char message[2048], domain[601];
		struct ses_event event;

		memset(domain, 'a', lengths[i]);
		domain[lengths[i]] = '\0';
		snprintf(message, sizeof(message),
			"{\"eventType\":\"Send\",\"send\":{},\"mail\":" MAIL_START
			",\"tags\":{\"ses:from-domain\":[\"%s\"]}}}",
			domain);
		event = sample_parse(message);
		assert_string_equal(
			event.from_domain, lengths[i] + 2 < 512 ? domain : "example.com");
		ses_event_finish(&event);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			account_and_region_come_from_the_nearest_that_names_them),
		cmocka_unit_test(
			a_topic_that_names_nothing_leaves_account_and_region_empty),
		cmocka_unit_test(
			identity_is_that_of_source_arn_else_the_domain_of_source),
		cmocka_unit_test(tags_are_kept_without_those_of_ses),
		cmocka_unit_test(the_tenant_is_the_first_text_of_its_tag),
		cmocka_unit_test(who_sent_it_is_in_members_or_tags),
		cmocka_unit_test(a_from_domain_of_any_length_is_read),
	};

	return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
