/* test_suppression.c - which outcomes forbid writing again, and which reason wins. */
#include "tests/ses/sample.h"

#include "ses/suppression.h"

static void each_outcome_has_its_reason(void **state)
{
	static const struct {
		enum ses_outcome outcome;
		const char *subtype;
		enum ses_reason reason;
	} cases[] = {
		{SES_OUTCOME_OTHER, "", SES_REASON_NONE},
		{SES_OUTCOME_SEND, "", SES_REASON_NONE},
		{SES_OUTCOME_DELIVERY, "", SES_REASON_NONE},
		{SES_OUTCOME_HARD_BOUNCE, "General", SES_REASON_BOUNCE},
		{SES_OUTCOME_HARD_BOUNCE, "Suppressed", SES_REASON_BOUNCE},
		{SES_OUTCOME_SOFT_BOUNCE, "General", SES_REASON_NONE},
		{SES_OUTCOME_REFUSED, "OnAccountSuppressionList", SES_REASON_SES_LIST},
		{SES_OUTCOME_REFUSED, "OnTenantSuppressionList", SES_REASON_SES_LIST},
		{SES_OUTCOME_REFUSED, "UnsubscribedRecipient", SES_REASON_NONE},
		{SES_OUTCOME_REFUSED, "EmailValidationSuppressed", SES_REASON_NONE},
		{SES_OUTCOME_COMPLAINT, "", SES_REASON_COMPLAINT},
		{SES_OUTCOME_NOT_SPAM, "", SES_REASON_NONE},
		{SES_OUTCOME_LISTED, "", SES_REASON_SES_LIST},
		{SES_OUTCOME_REJECT, "", SES_REASON_NONE},
	};
	char address[] = "ann@example.net", nothing[] = "";

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ses_event event = {.bounce_subtype = cases[i].subtype};
		struct ses_recipient recipient = {
			.address = address, .outcome = cases[i].outcome};

		assert_int_equal(
			ses_suppression_decide(&event, &recipient), cases[i].reason);
		recipient.standing = SES_VERIFIED;
		assert_int_equal(
			ses_suppression_decide(&event, &recipient), cases[i].reason);
		recipient.standing = SES_SIMULATOR;
		assert_int_equal(
			ses_suppression_decide(&event, &recipient), SES_REASON_NONE);
		recipient.standing = SES_ELIGIBLE;
		recipient.address = nothing;
		assert_int_equal(
			ses_suppression_decide(&event, &recipient), SES_REASON_NONE);
	}
}

static void a_reason_outranks_exactly_those_below_it(void **state)
{
	static const enum ses_reason ascending[] = {SES_REASON_NONE, SES_REASON_SES_LIST,
		SES_REASON_IMPORT, SES_REASON_SOFT_BOUNCE, SES_REASON_BOUNCE,
		SES_REASON_COMPLAINT, SES_REASON_MANUAL};

	(void) state;
	for (size_t i = 0; i < COUNT(ascending); i++) {
		for (size_t j = 0; j < COUNT(ascending); j++)
			assert_int_equal(
				ses_reason_outranks(ascending[i], ascending[j]), i > j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_outcome_has_its_reason),
		cmocka_unit_test(a_reason_outranks_exactly_those_below_it),
	};

	return cmocka_run_group_tests_name("suppression", tests, NULL, NULL);
}
