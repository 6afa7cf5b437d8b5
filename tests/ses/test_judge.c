/* test_judge.c - what an event means for each of its recipients. */
#include "ses/class.h"
#include "tests/ses/sample.h"

static const char *const verified_domains[] = {"own.example"};
static const char *const verified_addresses[] = {"me@elsewhere.example"};
static const struct ses_judgement_policy policy = {
	.verified_domains = verified_domains,
	.verified_domain_count = COUNT(verified_domains),
	.verified_addresses = verified_addresses,
	.verified_address_count = COUNT(verified_addresses),
};

static struct ses_event judged(const char *message)
{
	struct ses_event event = sample_parse(message);

	ses_event_judge(&event, &policy);
	return event;
}

static struct ses_event judged_bounce(
	const char *type, const char *subtype, const char *recipients)
{
	char message[2048];

	snprintf(message, sizeof(message),
		"{\"eventType\":\"Bounce\",\"bounce\":{\"bounceType\":\"%s\","
		"\"bounceSubType\":\"%s\",\"bouncedRecipients\":[%s]},\"mail\":" MAIL "}",
		type, subtype, recipients);
	return judged(message);
}

static void bounces_are_judged_by_type_and_subtype(void **state)
{
	static const struct {
		const char *type, *subtype;
		enum ses_outcome outcome;
		enum ses_class class;
	} cases[] = {
		{"Permanent", "General", SES_OUTCOME_HARD_BOUNCE, SES_CLASS_HARD},
		{"Permanent", "NoEmail", SES_OUTCOME_HARD_BOUNCE, SES_CLASS_HARD},
		{"Permanent", "", SES_OUTCOME_HARD_BOUNCE, SES_CLASS_HARD},
		{"Permanent", "NewOne", SES_OUTCOME_HARD_BOUNCE, SES_CLASS_HARD},
		{"Permanent", "Suppressed", SES_OUTCOME_HARD_BOUNCE, SES_CLASS_HARD},
		{"Permanent", "OnAccountSuppressionList", SES_OUTCOME_REFUSED,
			SES_CLASS_SES_LIST},
		{"Permanent", "\\tOnAccountSuppressionList ", SES_OUTCOME_REFUSED,
			SES_CLASS_SES_LIST},
		{"Permanent", "OnTenantSuppressionList", SES_OUTCOME_REFUSED,
			SES_CLASS_SES_LIST},
		{"Permanent", "UnsubscribedRecipient", SES_OUTCOME_REFUSED,
			SES_CLASS_NONE},
		{"Permanent", "EmailValidationSuppressed", SES_OUTCOME_REFUSED,
			SES_CLASS_NONE},
		{"Transient", "General", SES_OUTCOME_SOFT_BOUNCE, SES_CLASS_AUTOMATIC},
		{"Transient", "MailboxFull", SES_OUTCOME_SOFT_BOUNCE, SES_CLASS_SOFT},
		{"Transient", "OnAccountSuppressionList", SES_OUTCOME_SOFT_BOUNCE,
			SES_CLASS_SOFT},
		{"Undetermined", "Undetermined", SES_OUTCOME_SOFT_BOUNCE,
			SES_CLASS_UNCLEAR},
		{"NewType", "General", SES_OUTCOME_SOFT_BOUNCE, SES_CLASS_UNCLEAR},
		{"permanent", "General", SES_OUTCOME_SOFT_BOUNCE, SES_CLASS_UNCLEAR},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ses_event event = judged_bounce(
			cases[i].type, cases[i].subtype, RECIPIENT("ann@example.net"));
		const struct ses_recipient *recipient = &event.recipients[0];

		assert_int_equal(recipient->outcome, cases[i].outcome);
		assert_int_equal(recipient->class, cases[i].class);
		assert_int_equal(recipient->standing, SES_ELIGIBLE);
		assert_true(recipient->is_certain);
		ses_event_finish(&event);
	}
}

static void own_action_then_own_status_decide_a_permanent_bounce(void **state)
{
	static const struct {
		const char *own;
		enum ses_outcome outcome;
	} cases[] = {
		{"", SES_OUTCOME_HARD_BOUNCE},
		{",\"action\":\"failed\"", SES_OUTCOME_HARD_BOUNCE},
		{",\"action\":\" FAILED \"", SES_OUTCOME_HARD_BOUNCE},
		{",\"action\":\"delayed\"", SES_OUTCOME_SOFT_BOUNCE},
		{",\"action\":\"delivered\"", SES_OUTCOME_SOFT_BOUNCE},
		{",\"status\":\"5.1.1\"", SES_OUTCOME_HARD_BOUNCE},
		{",\"status\":\"4.0.0\"", SES_OUTCOME_SOFT_BOUNCE},
		{",\"status\":\"2.0.0\"", SES_OUTCOME_SOFT_BOUNCE},
		{",\"action\":\"failed\",\"status\":\"5.0.0\"", SES_OUTCOME_HARD_BOUNCE},
		{",\"action\":\"delayed\",\"status\":\"4.0.0\"", SES_OUTCOME_SOFT_BOUNCE},
		{",\"action\":\"failed\",\"status\":\"4.4.7\"", SES_OUTCOME_HARD_BOUNCE},
		{",\"action\":\"delayed\",\"status\":\"5.0.0\"", SES_OUTCOME_SOFT_BOUNCE},
		{",\"action\":\"\",\"status\":\"\"", SES_OUTCOME_HARD_BOUNCE},
		{",\"action\":null,\"status\":511", SES_OUTCOME_HARD_BOUNCE},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char recipient[256];
		struct ses_event event;

		snprintf(recipient, sizeof(recipient),
			"{\"emailAddress\":\"ann@example.net\"%s}", cases[i].own);
		event = judged_bounce("Permanent", "General", recipient);
		assert_int_equal(event.recipients[0].outcome, cases[i].outcome);
		ses_event_finish(&event);
	}
}

static void of_two_recipients_only_the_one_that_failed_is_hard(void **state)
{
	struct ses_event event = judged_bounce("Permanent", "General",
		"{\"emailAddress\":\"a@example.net\",\"action\":\"delayed\",\"status\":"
		"\"4.0.0\"},{\"emailAddress\":\"b@example.net\",\"action\":\"failed\","
		"\"status\":\"5.0.0\"}");

	(void) state;
	assert_int_equal(event.recipients[0].class, SES_CLASS_SOFT);
	assert_int_equal(event.recipients[1].class, SES_CLASS_HARD);
	ses_event_finish(&event);
}

static void complaints_are_told_from_corrections_and_listings(void **state)
{
	static const struct {
		const char *members;
		enum ses_outcome outcome;
		enum ses_class class;
	} cases[] = {
		{"", SES_OUTCOME_COMPLAINT, SES_CLASS_COMPLAINT},
		{"\"complaintSubType\":null,\"complaintFeedbackType\":\"abuse\",",
			SES_OUTCOME_COMPLAINT, SES_CLASS_COMPLAINT},
		{"\"complaintFeedbackType\":\"fraud\",", SES_OUTCOME_COMPLAINT,
			SES_CLASS_COMPLAINT},
		{"\"complaintFeedbackType\":\"not-spam\",", SES_OUTCOME_NOT_SPAM,
			SES_CLASS_NOT_SPAM},
		{"\"complaintSubType\":\"OnAccountSuppressionList\",", SES_OUTCOME_LISTED,
			SES_CLASS_SES_LIST},
		{"\"complaintSubType\":\"NewOne\",", SES_OUTCOME_LISTED,
			SES_CLASS_SES_LIST},
		{"\"complaintSubType\":\"OnAccountSuppressionList\","
		 "\"complaintFeedbackType\":\"not-spam\",",
			SES_OUTCOME_NOT_SPAM, SES_CLASS_NOT_SPAM},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char message[1024];
		struct ses_event event;

		snprintf(message, sizeof(message),
			"{\"eventType\":\"Complaint\",\"complaint\":{%s" COMPLAINED(
				RECIPIENT("ann@example.net")) "},\"mail\":" MAIL "}",
			cases[i].members);
		event = judged(message);
		assert_int_equal(event.recipients[0].outcome, cases[i].outcome);
		assert_int_equal(event.recipients[0].class, cases[i].class);
		assert_true(event.recipients[0].is_certain);
		ses_event_finish(&event);
	}
}

static void one_of_several_suspects_is_not_certain(void **state)
{
	struct ses_event event = judged(COMPLAINT(
		COMPLAINED(RECIPIENT("a@example.net") "," RECIPIENT("b@example.net"))));

	(void) state;
	assert_int_equal(event.recipient_count, 2);
	assert_false(event.recipients[0].is_certain);
	assert_false(event.recipients[1].is_certain);
	ses_event_finish(&event);

	event = judged(COMPLAINT(
		COMPLAINED(RECIPIENT("a@example.net") "," RECIPIENT("A@Example.net"))));
	assert_int_equal(event.recipient_count, 1);
	assert_true(event.recipients[0].is_certain);
	ses_event_finish(&event);
}

static void every_other_type_has_its_outcome_and_says_no_ill(void **state)
{
	static const struct {
		const char *message;
		enum ses_outcome outcome;
	} cases[] = {
		{EVENT("Send", "send", ""), SES_OUTCOME_SEND},
		{EVENT("Delivery", "delivery", "\"recipients\":[\"ann@example.net\"]"),
			SES_OUTCOME_DELIVERY},
		{EVENT("Reject", "reject", ""), SES_OUTCOME_REJECT},
		{EVENT("Open", "open", ""), SES_OUTCOME_OTHER},
		{EVENT("Click", "click", ""), SES_OUTCOME_OTHER},
		{EVENT("Rendering Failure", "failure", ""), SES_OUTCOME_OTHER},
		{EVENT("DeliveryDelay", "deliveryDelay",
			 "\"delayedRecipients\":[" RECIPIENT("ann@example.net") "]"),
			SES_OUTCOME_OTHER},
		{EVENT("Subscription", "subscription", ""), SES_OUTCOME_OTHER},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ses_event event = judged(cases[i].message);

		assert_int_equal(event.recipient_count, 1);
		assert_int_equal(event.recipients[0].outcome, cases[i].outcome);
		assert_int_equal(event.recipients[0].class,
			cases[i].outcome == SES_OUTCOME_DELIVERY ? SES_CLASS_DELIVERED
								 : SES_CLASS_NONE);
		ses_event_finish(&event);
	}
}

static void standing_goes_by_simulator_domain_and_address(void **state)
{
	static const struct {
		const char *address;
		enum ses_standing standing;
		enum ses_class class;
	} cases[] = {
		{"ann@example.net", SES_ELIGIBLE, SES_CLASS_HARD},
		{"bounce@simulator.amazonses.com", SES_SIMULATOR, SES_CLASS_NONE},
		{"Bounce+x@Simulator.AmazonSES.com", SES_SIMULATOR, SES_CLASS_NONE},
		{"ann@Own.Example", SES_VERIFIED, SES_CLASS_HARD},
		{"ann@mail.own.example", SES_VERIFIED, SES_CLASS_HARD},
		{"ann@notown.example", SES_ELIGIBLE, SES_CLASS_HARD},
		{"Me <ME@elsewhere.example>", SES_VERIFIED, SES_CLASS_HARD},
		{"you@elsewhere.example", SES_ELIGIBLE, SES_CLASS_HARD},
		{"no address", SES_ELIGIBLE, SES_CLASS_NONE},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char recipient[256];
		struct ses_event event;

		snprintf(recipient, sizeof(recipient), "{\"emailAddress\":\"%s\"}",
			cases[i].address);
		event = judged_bounce("Permanent", "General", recipient);
		assert_int_equal(event.recipients[0].outcome, SES_OUTCOME_HARD_BOUNCE);
		assert_int_equal(event.recipients[0].standing, cases[i].standing);
		assert_int_equal(event.recipients[0].class, cases[i].class);
		ses_event_finish(&event);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounces_are_judged_by_type_and_subtype),
		cmocka_unit_test(own_action_then_own_status_decide_a_permanent_bounce),
		cmocka_unit_test(of_two_recipients_only_the_one_that_failed_is_hard),
		cmocka_unit_test(complaints_are_told_from_corrections_and_listings),
		cmocka_unit_test(one_of_several_suspects_is_not_certain),
		cmocka_unit_test(every_other_type_has_its_outcome_and_says_no_ill),
		cmocka_unit_test(standing_goes_by_simulator_domain_and_address),
	};

	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
