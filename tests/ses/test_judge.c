/* test_judge.c - what an event means for each of its recipients. */
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
		enum ses_reason suppress;
	} cases[] = {
		{"Permanent", "General", SES_OUTCOME_HARD_BOUNCE, SES_REASON_BOUNCE},
		{"Permanent", "NoEmail", SES_OUTCOME_HARD_BOUNCE, SES_REASON_BOUNCE},
		{"Permanent", "", SES_OUTCOME_HARD_BOUNCE, SES_REASON_BOUNCE},
		{"Permanent", "NewOne", SES_OUTCOME_HARD_BOUNCE, SES_REASON_BOUNCE},
		{"Permanent", "Suppressed", SES_OUTCOME_HARD_BOUNCE, SES_REASON_BOUNCE},
		{"Permanent", "OnAccountSuppressionList", SES_OUTCOME_REFUSED,
			SES_REASON_SES_LIST},
		{"Permanent", "\\tOnAccountSuppressionList ", SES_OUTCOME_REFUSED,
			SES_REASON_SES_LIST},
		{"Permanent", "OnTenantSuppressionList", SES_OUTCOME_REFUSED,
			SES_REASON_SES_LIST},
		{"Permanent", "UnsubscribedRecipient", SES_OUTCOME_REFUSED,
			SES_REASON_NONE},
		{"Permanent", "EmailValidationSuppressed", SES_OUTCOME_REFUSED,
			SES_REASON_NONE},
		{"Transient", "General", SES_OUTCOME_SOFT_BOUNCE, SES_REASON_NONE},
		{"Transient", "MailboxFull", SES_OUTCOME_SOFT_BOUNCE, SES_REASON_NONE},
		{"Transient", "OnAccountSuppressionList", SES_OUTCOME_SOFT_BOUNCE,
			SES_REASON_NONE},
		{"Undetermined", "Undetermined", SES_OUTCOME_SOFT_BOUNCE,
			SES_REASON_NONE},
		{"NewType", "General", SES_OUTCOME_SOFT_BOUNCE, SES_REASON_NONE},
		{"permanent", "General", SES_OUTCOME_SOFT_BOUNCE, SES_REASON_NONE},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ses_event event = judged_bounce(
			cases[i].type, cases[i].subtype, RECIPIENT("ann@example.net"));
		const struct ses_recipient *recipient = &event.recipients[0];

		assert_int_equal(recipient->outcome, cases[i].outcome);
		assert_int_equal(recipient->suppress, cases[i].suppress);
		assert_int_equal(recipient->standing, SES_ELIGIBLE);
		assert_int_equal(
			recipient->at_ses, cases[i].suppress == SES_REASON_SES_LIST);
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

static void of_two_recipients_only_the_one_that_failed_is_suppressed(void **state)
{
	struct ses_event event = judged_bounce("Permanent", "General",
		"{\"emailAddress\":\"a@example.net\",\"action\":\"delayed\",\"status\":"
		"\"4.0.0\"},{\"emailAddress\":\"b@example.net\",\"action\":\"failed\","
		"\"status\":\"5.0.0\"}");

	(void) state;
	assert_int_equal(event.recipients[0].suppress, SES_REASON_NONE);
	assert_int_equal(event.recipients[1].suppress, SES_REASON_BOUNCE);
	ses_event_finish(&event);
}

static void complaints_are_told_from_corrections_and_listings(void **state)
{
	static const struct {
		const char *members;
		enum ses_outcome outcome;
		enum ses_reason suppress;
	} cases[] = {
		{"", SES_OUTCOME_COMPLAINT, SES_REASON_COMPLAINT},
		{"\"complaintSubType\":null,\"complaintFeedbackType\":\"abuse\",",
			SES_OUTCOME_COMPLAINT, SES_REASON_COMPLAINT},
		{"\"complaintFeedbackType\":\"fraud\",", SES_OUTCOME_COMPLAINT,
			SES_REASON_COMPLAINT},
		{"\"complaintFeedbackType\":\"not-spam\",", SES_OUTCOME_NOT_SPAM,
			SES_REASON_NONE},
		{"\"complaintSubType\":\"OnAccountSuppressionList\",", SES_OUTCOME_LISTED,
			SES_REASON_SES_LIST},
		{"\"complaintSubType\":\"NewOne\",", SES_OUTCOME_LISTED,
			SES_REASON_SES_LIST},
		{"\"complaintSubType\":\"OnAccountSuppressionList\","
		 "\"complaintFeedbackType\":\"not-spam\",",
			SES_OUTCOME_NOT_SPAM, SES_REASON_NONE},
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
		assert_int_equal(event.recipients[0].suppress, cases[i].suppress);
		assert_int_equal(event.recipients[0].at_ses,
			cases[i].outcome == SES_OUTCOME_LISTED);
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

static void every_other_type_has_its_outcome_and_suppresses_nobody(void **state)
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
		assert_int_equal(event.recipients[0].suppress, SES_REASON_NONE);
		ses_event_finish(&event);
	}
}

static void standing_goes_by_simulator_domain_and_address(void **state)
{
	static const struct {
		const char *address;
		enum ses_standing standing;
		enum ses_reason suppress;
	} cases[] = {
		{"ann@example.net", SES_ELIGIBLE, SES_REASON_BOUNCE},
		{"bounce@simulator.amazonses.com", SES_SIMULATOR, SES_REASON_NONE},
		{"Bounce+x@Simulator.AmazonSES.com", SES_SIMULATOR, SES_REASON_NONE},
		{"ann@Own.Example", SES_VERIFIED, SES_REASON_BOUNCE},
		{"ann@mail.own.example", SES_VERIFIED, SES_REASON_BOUNCE},
		{"ann@notown.example", SES_ELIGIBLE, SES_REASON_BOUNCE},
		{"Me <ME@elsewhere.example>", SES_VERIFIED, SES_REASON_BOUNCE},
		{"you@elsewhere.example", SES_ELIGIBLE, SES_REASON_BOUNCE},
		{"no address", SES_ELIGIBLE, SES_REASON_NONE},
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
		assert_int_equal(event.recipients[0].suppress, cases[i].suppress);
		ses_event_finish(&event);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounces_are_judged_by_type_and_subtype),
		cmocka_unit_test(own_action_then_own_status_decide_a_permanent_bounce),
		cmocka_unit_test(
			of_two_recipients_only_the_one_that_failed_is_suppressed),
		cmocka_unit_test(complaints_are_told_from_corrections_and_listings),
		cmocka_unit_test(one_of_several_suspects_is_not_certain),
		cmocka_unit_test(every_other_type_has_its_outcome_and_suppresses_nobody),
		cmocka_unit_test(standing_goes_by_simulator_domain_and_address),
	};

	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
