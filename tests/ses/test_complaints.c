/* test_complaints.c - what complaints make of an address: certain, suspected, lifted. */
#include "tests/ses/learning.h"

/* A policy with that choice for suspects, and that scope for complaints. */
static struct ses_suppression_policy policy_of(
	enum ses_uncertain uncertain, enum ses_scope_choice scope)
{
	struct ses_suppression_policy policy = ses_suppression_standard;

	policy.uncertain = uncertain;
	policy.complaint_scope = scope;
	return policy;
}

static void a_certain_complaint_goes_into_the_scope_of_complaints(void **state)
{
	static const struct {
		enum ses_scope_choice choice;
		struct learning_case of[2];
	} cases[] = {
		{SES_SCOPE_ALL, {{.evidence = {REPORT(COMPLAINT, 1, 0, 1, .tenant = "t",
					  .configuration_set = "news")},
					 .learnt = "complaint [] 1.00-never #1"},
					{.evidence = {REPORT(COMPLAINT, 1, 0, 1)},
						.learnt = "complaint [] 1.00-never #1"}}},
		{SES_SCOPE_ACCOUNT,
			{{.evidence = {REPORT(COMPLAINT, 1, 0, 1)},
				 .learnt = "complaint [account:" ONE_ACCOUNT
					   "] 1.00-never #1"},
				{.evidence = {REPORT(COMPLAINT, 1, 0, 1, .account = "")},
					.learnt = "complaint [] 1.00-never #1"}}},
		{SES_SCOPE_TENANT,
			{{.evidence = {REPORT(COMPLAINT, 1, 0, 1, .tenant = "t"),
				  REPORT(COMPLAINT, 2, 0, 2, .tenant = "u")},
				 .learnt = "complaint [tenant:t] 1.00-never #1, "
					   "complaint [tenant:u] 2.00-never #2"},
				{.evidence = {REPORT(COMPLAINT, 1, 0, 1,
					 .configuration_set = "news")},
					.learnt = "complaint [] 1.00-never #1"}}},
		{SES_SCOPE_CONFIGURATION_SET,
			{{.evidence = {REPORT(COMPLAINT, 1, 0, 1,
					       .configuration_set = "news"),
				  REPORT(COMPLAINT, 2, 0, 2, .configuration_set = "news"),
				  REPORT(COMPLAINT, 0, 1, 3,
					  .configuration_set = "invoices")},
				 .learnt = "complaint [invoices] 0.01-never #3, "
					   "complaint [news] 1.00-never #1"},
				{.evidence = {REPORT(COMPLAINT, 1, 0, 1, .tenant = "t")},
					.learnt = "complaint [] 1.00-never #1"}}},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ses_suppression_policy policy =
			policy_of(SES_UNCERTAIN_STREAM, cases[i].choice);

		CHECK(&policy, cases[i].of);
	}
}

static void all_takes_a_suspicion_for_a_complaint(void **state)
{
	static const struct learning_case cases[] = {
		{.evidence = {SUSPECT(1, 0, 1, .configuration_set = "news")},
			.learnt = "complaint [] 1.00-never #1?"},
		{.evidence = {SUSPECT(1, 0, 1), SUSPECT(2, 0, 2)},
			.learnt = "complaint [] 1.00-never #1?"},
		/* A certain one settles it. */
		{.evidence = {SUSPECT(1, 0, 1), REPORT(COMPLAINT, 2, 0, 2)},
			.learnt = "complaint [] 1.00-never #1"},
		{.evidence = {SUSPECT(3, 0, 1), REPORT(COMPLAINT, 2, 0, 2)},
			.learnt = "complaint [] 2.00-never #2"},
	};
	static const struct learning_case of_tenants[] = {
		{.evidence = {SUSPECT(1, 0, 1, .tenant = "t"), SUSPECT(1, 0, 2)},
			.learnt = "complaint [] 1.00-never #2?, "
				  "complaint [tenant:t] 1.00-never #1?"},
		/* One for everything that is certain covers those that are not. */
		{.evidence = {SUSPECT(1, 0, 1, .tenant = "t"),
			 REPORT(COMPLAINT, 2, 0, 2)},
			.learnt = "complaint [] 2.00-never #2"},
		{.evidence = {REPORT(COMPLAINT, 1, 0, 1, .tenant = "t"),
			 REPORT(COMPLAINT, 2, 0, 2)},
			.learnt = "complaint [] 2.00-never #2, "
				  "complaint [tenant:t] 1.00-never #1"},
		{.evidence = {SUSPECT(1, 0, 1, .tenant = "t"),
			 REPORT(COMPLAINT, 2, 0, 2, .tenant = "u")},
			.learnt = "complaint [tenant:t] 1.00-never #1?, "
				  "complaint [tenant:u] 2.00-never #2"},
	};
	struct ses_suppression_policy policy =
		policy_of(SES_UNCERTAIN_ALL, SES_SCOPE_ALL);

	(void) state;
	CHECK(&policy, cases);
	policy.complaint_scope = SES_SCOPE_TENANT;
	CHECK(&policy, of_tenants);
}

static void stream_blocks_the_configuration_set_of_the_mail(void **state)
{
	static const struct learning_case cases[] = {
		{.evidence = {SUSPECT(1, 0, 1, .configuration_set = "news")},
			.learnt = "complaint [news] 1.00-never #1?"},
		{.evidence = {SUSPECT(1, 0, 1, .configuration_set = "news"),
			 SUSPECT(2, 0, 2, .configuration_set = "news")},
			.learnt = "complaint [news] 1.00-never #1?"},
		{.evidence = {SUSPECT(1, 0, 1, .configuration_set = "news"),
			 SUSPECT(2, 0, 2, .configuration_set = "invoices")},
			.learnt = "complaint [invoices] 2.00-never #2?, "
				  "complaint [news] 1.00-never #1?"},
		{.evidence = {SUSPECT(1, 0, 1)}, .learnt = "held 1"},
		{.evidence = {SUSPECT(1, 0, 1, .configuration_set = "a,b")},
			.learnt = "held 1"},
		/* A second report about another mail releases what is held, whatever its
		 * stream; one about the same mail does not. */
		{.evidence = {SUSPECT(1, 0, 1), SUSPECT(2, 0, 2)},
			.learnt = "complaint [] 2.00-never #2?"},
		{.evidence = {SUSPECT(1, 0, 7), SUSPECT(2, 0, 7)}, .learnt = "held 2"},
		{.evidence = {SUSPECT(1, 0, 1),
			 SUSPECT(2, 0, 2, .configuration_set = "news")},
			.learnt = "complaint [] 2.00-never #2?, "
				  "complaint [news] 2.00-never #2?"},
		{.evidence = {SUSPECT(1, 0, 1, .configuration_set = "news"),
			 SUSPECT(2, 0, 2)},
			.learnt = "complaint [] 2.00-never #2?, "
				  "complaint [news] 1.00-never #1?"},
		/* A certain one settles it: certain for everything. */
		{.evidence = {SUSPECT(1, 0, 1, .configuration_set = "news"),
			 REPORT(COMPLAINT, 2, 0, 2)},
			.learnt = "complaint [] 2.00-never #2"},
		{.evidence = {SUSPECT(1, 0, 1), SUSPECT(2, 0, 2),
			 REPORT(COMPLAINT, 3, 0, 3)},
			.learnt = "complaint [] 2.00-never #2"},
		{.evidence = {SUSPECT(1, 0, 1), REPORT(COMPLAINT, 3, 0, 3)},
			.learnt = "complaint [] 3.00-never #2, held 1"},
	};
	static const struct learning_case in_sets[] = {
		{.evidence = {SUSPECT(1, 0, 1, .configuration_set = "news"),
			 REPORT(COMPLAINT, 2, 0, 2, .configuration_set = "news")},
			.learnt = "complaint [news] 1.00-never #1"},
		{.evidence = {SUSPECT(1, 0, 1, .configuration_set = "news"),
			 REPORT(COMPLAINT, 2, 0, 2, .configuration_set = "invoices")},
			.learnt = "complaint [invoices] 2.00-never #2, "
				  "complaint [news] 1.00-never #1?"},
		{.evidence = {SUSPECT(1, 0, 1)}, .learnt = "held 1"},
	};
	struct ses_suppression_policy policy =
		policy_of(SES_UNCERTAIN_STREAM, SES_SCOPE_ALL);

	(void) state;
	CHECK(&policy, cases);
	policy.complaint_scope = SES_SCOPE_CONFIGURATION_SET;
	CHECK(&policy, in_sets);
}

static void hold_waits_for_a_second_report(void **state)
{
	static const struct learning_case cases[] = {
		{.evidence = {SUSPECT(1, 0, 1, .configuration_set = "news")},
			.learnt = "held 1"},
		{.evidence = {SUSPECT(1, 0, 7), SUSPECT(2, 0, 7), SUSPECT(3, 0, 7)},
			.learnt = "held 3"},
		{.evidence = {SUSPECT(1, 0, 1), SUSPECT(2, 0, 2), SUSPECT(3, 0, 3)},
			.learnt = "complaint [] 2.00-never #2?"},
		{.evidence = {SUSPECT(1, 0, 7), SUSPECT(2, 0, 7), SUSPECT(3, 0, 8)},
			.learnt = "complaint [] 3.00-never #3?"},
		/* Published together: the higher event is the second. */
		{.evidence = {SUSPECT(1, 0, 1), SUSPECT(1, 0, 2)},
			.learnt = "complaint [] 1.00-never #2?"},
		{.evidence = {SUSPECT(1, 0, 7), SUSPECT(1, 0, 8), SUSPECT(1, 0, 7)},
			.learnt = "complaint [] 1.00-never #2?"},
		/* What a rule by hand outranks is no report any more. */
		{.evidence = {SUSPECT(1, 0, 1), SUSPECT(2, 0, 2)},
			.rules = {RULE(REMOVED, "", 1, 0)},
			.learnt = "held 1"},
		{.evidence = {SUSPECT(1, 0, 1), SUSPECT(2, 0, 2)},
			.rules = {RULE(REMOVED, "", 2, 0)},
			.learnt = ""},
		{.evidence = {SUSPECT(1, 0, 1), SUSPECT(2, 0, 2), SUSPECT(3, 0, 3)},
			.rules = {RULE(REMOVED, "", 1, 0)},
			.learnt = "complaint [] 3.00-never #3?"},
		/* A certain complaint is no second report, and stands by itself. */
		{.evidence = {SUSPECT(1, 0, 1), REPORT(COMPLAINT, 2, 0, 2)},
			.learnt = "complaint [] 2.00-never #2, held 1"},
		/* It makes certain what was released. */
		{.evidence = {SUSPECT(1, 0, 1), SUSPECT(2, 0, 2),
			 REPORT(COMPLAINT, 1, 1, 3)},
			.learnt = "complaint [] 1.01-never #3"},
	};
	static const struct learning_case of_tenants[] = {
		/* Each is released into its own scope, when the second report came. */
		{.evidence = {SUSPECT(1, 0, 1, .tenant = "t"),
			 SUSPECT(2, 0, 2, .tenant = "u")},
			.learnt = "complaint [tenant:t] 2.00-never #2?, "
				  "complaint [tenant:u] 2.00-never #2?"},
		{.evidence = {SUSPECT(1, 0, 1, .tenant = "t"), SUSPECT(2, 0, 2),
			 SUSPECT(3, 0, 3, .tenant = "u")},
			.learnt = "complaint [] 2.00-never #2?, "
				  "complaint [tenant:t] 2.00-never #2?, "
				  "complaint [tenant:u] 3.00-never #3?"},
	};
	static const struct learning_case ending[] = {
		/* The time on hold is not taken off. */
		{.evidence = {SUSPECT(1, 0, 1), SUSPECT(50, 0, 2)},
			.learnt = "complaint [] 50.00-80.00 #2?"},
		{.evidence = {SUSPECT(1, 0, 1), SUSPECT(50, 0, 2), SUSPECT(70, 0, 3)},
			.learnt = "complaint [] 50.00-100.00 #2?"},
		{.evidence = {SUSPECT(1, 0, 1), SUSPECT(50, 0, 2), SUSPECT(80, 0, 3)},
			.learnt = "complaint [] 80.00-110.00 #3?"},
	};
	struct ses_suppression_policy policy =
		policy_of(SES_UNCERTAIN_HOLD, SES_SCOPE_ALL);

	(void) state;
	CHECK(&policy, cases);
	policy.complaint_expiry_ms = 30 * DAY_MS;
	CHECK(&policy, ending);
	policy.complaint_expiry_ms = 0;
	policy.complaint_scope = SES_SCOPE_TENANT;
	CHECK(&policy, of_tenants);
}

static void with_an_expiry_complaints_make_runs(void **state)
{
	static const struct learning_case cases[] = {
		{.evidence = {REPORT(COMPLAINT, 1, 0, 1), REPORT(COMPLAINT, 10, 0, 2)},
			.learnt = "complaint [] 1.00-20.00 #1"},
		{.evidence = {REPORT(COMPLAINT, 1, 0, 1), REPORT(COMPLAINT, 11, 0, 2)},
			.learnt = "complaint [] 11.00-21.00 #2"},
		/* Certain is what is certain in the last run. */
		{.evidence = {REPORT(COMPLAINT, 1, 0, 1), SUSPECT(10, 0, 2)},
			.learnt = "complaint [] 1.00-20.00 #1"},
		{.evidence = {REPORT(COMPLAINT, 1, 0, 1), SUSPECT(11, 0, 2)},
			.learnt = "complaint [] 11.00-21.00 #2?"},
	};
	static const struct learning_case of_tenants[] = {
		/* The certain one for everything ends with, or before, the other. */
		{.evidence = {REPORT(COMPLAINT, 5, 0, 1),
			 SUSPECT(5, 0, 2, .tenant = "t")},
			.learnt = "complaint [] 5.00-15.00 #1"},
		{.evidence = {REPORT(COMPLAINT, 5, 0, 1),
			 SUSPECT(5, 1, 2, .tenant = "t")},
			.learnt = "complaint [] 5.00-15.00 #1, "
				  "complaint [tenant:t] 5.01-15.01 #2?"},
	};
	struct ses_suppression_policy policy =
		policy_of(SES_UNCERTAIN_ALL, SES_SCOPE_ALL);

	(void) state;
	policy.complaint_expiry_ms = 10 * DAY_MS;
	CHECK(&policy, cases);
	policy.complaint_scope = SES_SCOPE_TENANT;
	CHECK(&policy, of_tenants);
}

static void not_spam_lifts_the_certain_by_the_certain_and_later(void **state)
{
	static const struct learning_case cases[] = {
		{.evidence = {REPORT(COMPLAINT, 1, 0, 7), REPORT(NOT_SPAM, 2, 0, 7)},
			.learnt = ""},
		/* Not before, not at once, not of another mail. */
		{.evidence = {REPORT(COMPLAINT, 2, 0, 7), REPORT(NOT_SPAM, 1, 0, 7)},
			.learnt = "complaint [] 2.00-never #1"},
		{.evidence = {REPORT(COMPLAINT, 2, 0, 7), REPORT(NOT_SPAM, 2, 0, 7)},
			.learnt = "complaint [] 2.00-never #1"},
		{.evidence = {REPORT(COMPLAINT, 1, 0, 7), REPORT(NOT_SPAM, 2, 0, 8)},
			.learnt = "complaint [] 1.00-never #1"},
		/* Never on suspicion, on either side. */
		{.evidence = {REPORT(COMPLAINT, 1, 0, 7), {.class = SES_CLASS_NOT_SPAM,
								  .sent = AT(0, 0),
								  .published = AT(2, 0),
								  .mail = 7}},
			.learnt = "complaint [] 1.00-never #1"},
		{.evidence = {SUSPECT(1, 0, 7, .configuration_set = "news"),
			 REPORT(NOT_SPAM, 2, 0, 7)},
			.learnt = "complaint [news] 1.00-never #1?"},
		{.evidence = {SUSPECT(1, 0, 7), REPORT(NOT_SPAM, 2, 0, 7)},
			.learnt = "held 1"},
		/* It lifts what it is about, no more. */
		{.evidence = {REPORT(COMPLAINT, 1, 0, 7), REPORT(COMPLAINT, 1, 1, 8),
			 REPORT(NOT_SPAM, 2, 0, 7)},
			.learnt = "complaint [] 1.01-never #2"},
		{.evidence = {REPORT(COMPLAINT, 1, 0, 7), REPORT(COMPLAINT, 3, 0, 7),
			 REPORT(NOT_SPAM, 2, 0, 7)},
			.learnt = "complaint [] 3.00-never #2"},
		{.evidence = {REPORT(HARD, 1, 0, 7), REPORT(NOT_SPAM, 2, 0, 7)},
			.learnt = "bounce [] 1.00-never #1"},
		/* Lifted here; SES may go on. */
		{.evidence = {PIECE(SES_LIST, 0, 1, .mail = 6), DELIVERED(1, 0),
			 PIECE(COMPLAINT, 2, 1, .mail = 7),
			 PIECE(NOT_SPAM, 2, 3, .mail = 7)},
			.learnt = ""},
	};

	(void) state;
	CHECK(&ses_suppression_standard, cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certain_complaint_goes_into_the_scope_of_complaints),
		cmocka_unit_test(all_takes_a_suspicion_for_a_complaint),
		cmocka_unit_test(stream_blocks_the_configuration_set_of_the_mail),
		cmocka_unit_test(hold_waits_for_a_second_report),
		cmocka_unit_test(with_an_expiry_complaints_make_runs),
		cmocka_unit_test(not_spam_lifts_the_certain_by_the_certain_and_later),
	};

	return cmocka_run_group_tests_name("complaints", tests, NULL, NULL);
}
