/* test_confirm.c - what SNS says when a subscription is confirmed. */
#include "web/passage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ARN "arn:aws:sns:us-east-1:111122223333:t:c7fe3a54-ab0e-4ec2-88e0-db410a0f2bee"

static bool read_answer(long status, const char *body, char *subscription, size_t size,
	struct error *error)
{
	struct courier_job call = {.status = status};
	bool is_read;

	buffer_init(&call.answer, COURIER_ANSWER_MAX);
	assert_true(buffer_append_text(&call.answer, body));
	error_set(&call.error, "no route to host");
	is_read = confirmation_read(&call, subscription, size, error);
	buffer_finish(&call.answer);
	return is_read;
}

static void the_subscription_is_read_from_sns_xml(void **state)
{
	char subscription[256] = "";

	(void) state;
	assert_true(read_answer(200,
		"<ConfirmSubscriptionResponse xmlns=\"http://sns.amazonaws.com/doc/"
		"2010-03-31/\"><ConfirmSubscriptionResult>\n  <SubscriptionArn> " ARN
		"\n</SubscriptionArn></ConfirmSubscriptionResult>"
		"</ConfirmSubscriptionResponse>",
		subscription, sizeof(subscription), NULL));
	assert_string_equal(subscription, ARN);
}

static void anything_else_confirms_nothing(void **state)
{
	static const struct {
		long status;
		const char *body, *words;
	} cases[] = {
		{0, "", "no route to host"},
		{200, "", "names no subscription"},
		{200, "<html>hello</html>", "names no subscription"},
		{200, "<SubscriptionArn>" ARN, "names no subscription"},
		{200, "<SubscriptionArn></SubscriptionArn>", "names no subscription"},
		{200, "<SubscriptionArn>pending confirmation</SubscriptionArn>",
			"names no subscription"},
		{200, "<SubscriptionArn>arn:aws:<b/></SubscriptionArn>",
			"names no subscription"},
		{302, "<SubscriptionArn>" ARN "</SubscriptionArn>", "answered 302"},
		{400,
			"<ErrorResponse><Error><Code>InvalidParameter</Code></Error>"
			"</ErrorResponse>",
			"answered 400 (InvalidParameter)"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char subscription[256] = "untouched";
		struct error error = {""};

		assert_false(read_answer(cases[i].status, cases[i].body, subscription,
			sizeof(subscription), &error));
		assert_non_null(strstr(error.text, cases[i].words));
		assert_string_equal(subscription, "untouched");
	}
}

static void a_subscription_that_has_no_room_is_none(void **state)
{
	char subscription[16] = "";

	(void) state;
	assert_false(read_answer(200, "<SubscriptionArn>" ARN "</SubscriptionArn>",
		subscription, sizeof(subscription), NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_subscription_is_read_from_sns_xml),
		cmocka_unit_test(anything_else_confirms_nothing),
		cmocka_unit_test(a_subscription_that_has_no_room_is_none),
	};

	return cmocka_run_group_tests_name("confirm", tests, NULL, NULL);
}
