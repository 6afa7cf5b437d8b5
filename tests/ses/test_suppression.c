/* test_suppression.c - what the written policy makes of an address, rule by rule. */
#include "tests/ses/learning.h"

static void a_reason_outranks_exactly_those_below_it(void **state)
{
	static const enum ses_reason ascending[] = {SES_REASON_NONE, SES_REASON_SES_LIST,
		SES_REASON_IMPORT, SES_REASON_NO_SUCH_DOMAIN, SES_REASON_SOFT_BOUNCE,
		SES_REASON_QUARANTINE, SES_REASON_BOUNCE, SES_REASON_COMPLAINT,
		SES_REASON_MANUAL};

	(void) state;
	for (size_t i = 0; i < COUNT(ascending); i++) {
		for (size_t j = 0; j < COUNT(ascending); j++)
			assert_int_equal(
				ses_reason_outranks(ascending[i], ascending[j]), i > j);
	}
}

static void an_entry_stands_until_the_moment_it_expires(void **state)
{
	struct ses_entry entry = {.scope = "", .expires = 1000};

	(void) state;
	assert_true(ses_entry_stands(&entry, 999));
	assert_false(ses_entry_stands(&entry, 1000));
	entry.expires = UTC_NONE;
	assert_true(ses_entry_stands(&entry, INT64_MAX));
}

static void some_classes_make_no_entry(void **state)
{
	static const struct learning_case cases[] = {
		{.learnt = ""},
		{.evidence = {PIECE(MESSAGE, 0, 1), PIECE(AUTOMATIC, 1, 1),
			 PIECE(REPUTATION, 2, 1), PIECE(UNCLEAR, 3, 1),
			 PIECE(NOT_SPAM, 4, 1), DELIVERED(5, 1)},
			.learnt = ""},
	};

	(void) state;
	CHECK(&ses_suppression_standard, cases);
}

static void a_hard_bounce_or_a_complaint_suppresses_for_good(void **state)
{
	static const struct learning_case cases[] = {
		{.evidence = {PIECE(HARD, 0, 1)}, .learnt = "bounce [] 0.02-never #1"},
		{.evidence = {PIECE(HARD, 0, 1), PIECE(HARD, 400, 1)},
			.learnt = "bounce [] 0.02-never #1"},
		/* Published together: the lower event. */
		{.evidence = {PIECE(HARD, 0, 1, .event = 9),
			 PIECE(HARD, 0, 1, .event = 7)},
			.learnt = "bounce [] 0.02-never #7"},
		{.evidence = {PIECE(COMPLAINT, 0, 1)},
			.learnt = "complaint [] 0.02-never #1"},
		{.evidence = {PIECE(COMPLAINT, 3, 1), PIECE(HARD, 0, 1)},
			.learnt = "bounce [] 0.02-never #2, "
				  "complaint [] 3.02-never #1"},
		/* A delivery does not take them back. */
		{.evidence = {PIECE(COMPLAINT, 0, 1), PIECE(HARD, 0, 1), DELIVERED(9, 0)},
			.learnt = "bounce [] 0.02-never #2, "
				  "complaint [] 0.02-never #1"},
	};

	(void) state;
	CHECK(&ses_suppression_standard, cases);
}

static void with_an_expiry_hard_bounces_make_runs(void **state)
{
	static const struct learning_case cases[] = {
		{.evidence = {PIECE(HARD, 0, 1)}, .learnt = "bounce [] 0.02-10.02 #1"},
		{.evidence = {PIECE(HARD, 0, 1), PIECE(HARD, 6, 1), PIECE(HARD, 12, 1)},
			.learnt = "bounce [] 0.02-22.02 #1"},
		/* The last moment of a run, and the first after it. */
		{.evidence = {PIECE(HARD, 0, 1), PIECE(HARD, 10, 0)},
			.learnt = "bounce [] 0.02-20.01 #1"},
		{.evidence = {PIECE(HARD, 0, 1), PIECE(HARD, 10, 1)},
			.learnt = "bounce [] 10.02-20.02 #2"},
		{.evidence = {PIECE(HARD, 0, 1), PIECE(HARD, 6, 1), PIECE(HARD, 17, 1),
			 PIECE(HARD, 20, 1)},
			.learnt = "bounce [] 17.02-30.02 #3"},
		/* In order of publication, not of sending. */
		{.evidence = {PIECE(HARD, 5, 1, .published = AT(20, 0)),
			 PIECE(HARD, 9, 1, .published = AT(9, 2))},
			.learnt = "bounce [] 20.00-30.00 #1"},
	};
	struct ses_suppression_policy policy = ses_suppression_standard;

	(void) state;
	policy.bounce_expiry_ms = 10 * DAY_MS;
	CHECK(&policy, cases);
}

static void quarantine_ends_and_yields_to_a_bounce_that_lasts_as_long(void **state)
{
	static const struct learning_case endless[] = {
		{.evidence = {PIECE(QUARANTINE, 0, 1)},
			.learnt = "quarantine [] 0.02-7.02 #1"},
		{.evidence = {PIECE(QUARANTINE, 0, 1), PIECE(QUARANTINE, 5, 1)},
			.learnt = "quarantine [] 0.02-12.02 #1"},
		{.evidence = {PIECE(QUARANTINE, 0, 1), PIECE(QUARANTINE, 8, 1)},
			.learnt = "quarantine [] 8.02-15.02 #2"},
		{.evidence = {PIECE(QUARANTINE, 0, 1), DELIVERED(0, 2)}, .learnt = ""},
		{.evidence = {PIECE(QUARANTINE, 0, 1), DELIVERED(0, 1)},
			.learnt = "quarantine [] 0.02-7.02 #1"},
		{.evidence = {PIECE(QUARANTINE, 3, 1), PIECE(HARD, 0, 1)},
			.learnt = "bounce [] 0.02-never #2"},
	};
	static const struct learning_case ending[] = {
		/* The bounce ends on 10.02, the quarantine then, before, after. */
		{.evidence = {PIECE(HARD, 0, 1), PIECE(QUARANTINE, 3, 1)},
			.learnt = "bounce [] 0.02-10.02 #1"},
		{.evidence = {PIECE(HARD, 0, 1), PIECE(QUARANTINE, 2, 1)},
			.learnt = "bounce [] 0.02-10.02 #1"},
		{.evidence = {PIECE(HARD, 0, 1), PIECE(QUARANTINE, 3, 2)},
			.learnt = "bounce [] 0.02-10.02 #1, "
				  "quarantine [] 3.03-10.03 #2"},
	};
	static const struct learning_case of_tenants[] = {
		{.evidence = {PIECE(HARD, 0, 1, .tenant = "a"),
			 PIECE(QUARANTINE, 0, 2, .tenant = "a"),
			 PIECE(QUARANTINE, 0, 3, .tenant = "b")},
			.learnt = "bounce [tenant:a] 0.02-never #1, "
				  "quarantine [tenant:b] 0.04-7.04 #3"},
	};
	struct ses_suppression_policy policy = ses_suppression_standard;

	(void) state;
	CHECK(&policy, endless);
	policy.bounce_scope = SES_SCOPE_TENANT;
	CHECK(&policy, of_tenants);
	policy.bounce_scope = SES_SCOPE_ALL;
	policy.bounce_expiry_ms = 10 * DAY_MS;
	CHECK(&policy, ending);
	/* One that never ends is not covered by one that does. */
	policy.quarantine_expiry_ms = 0;
	CHECK(&policy, ((const struct learning_case[]){
			       {.evidence = {PIECE(HARD, 0, 1), PIECE(QUARANTINE, 0, 2)},
				       .learnt = "bounce [] 0.02-10.02 #1, "
						 "quarantine [] 0.03-never #2"},
		       }));
}

static void soft_bounces_on_three_days_suppress(void **state)
{
	static const struct learning_case cases[] = {
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1)}, .learnt = ""},
		/* One outage, many mails: one day. */
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 0, 2), PIECE(SOFT, 0, 3),
			 PIECE(SOFT, 0, 4), PIECE(SOFT, 1, 1)},
			.learnt = ""},
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1)},
			.learnt = "soft-bounce [] 2.02-16.02 #3"},
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(EXPIRED, 5, 1), PIECE(SOFT, 9, 1)},
			.learnt = "soft-bounce [] 9.02-23.02 #3"},
		/* The UTC day of sending counts, however late the news. */
		{.evidence = {PIECE(SOFT, 0, 23), PIECE(SOFT, 1, 0), PIECE(SOFT, 2, 0)},
			.learnt = "soft-bounce [] 2.01-16.01 #3"},
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1),
			 PIECE(SOFT, 1, 23, .published = AT(4, 0))},
			.learnt = ""},
		/* Of the day that completes it: the latest sent, the latest published,
		 * the highest event. */
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1),
			 PIECE(SOFT, 2, 9), PIECE(SOFT, 2, 8, .published = AT(3, 0))},
			.learnt = "soft-bounce [] 2.10-16.10 #4"},
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1),
			 PIECE(SOFT, 2, 1, .published = AT(3, 0))},
			.learnt = "soft-bounce [] 3.00-17.00 #4"},
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1),
			 PIECE(SOFT, 2, 1)},
			.learnt = "soft-bounce [] 2.02-16.02 #4"},
	};

	(void) state;
	CHECK(&ses_suppression_standard, cases);
}

static void only_days_in_the_window_count(void **state)
{
	static const struct learning_case cases[] = {
		/* 14 days before to the millisecond is outside. */
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 7, 1), PIECE(SOFT, 14, 1)},
			.learnt = ""},
		{.evidence = {PIECE_AT(SOFT, AT(0, 1) + 1), PIECE(SOFT, 7, 1),
			 PIECE(SOFT, 14, 1)},
			.learnt = "soft-bounce [] 14.02-28.02 #3"},
		/* A day is in the window if its last piece is. */
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 0, 2), PIECE(SOFT, 7, 1),
			 PIECE(SOFT, 14, 1)},
			.learnt = "soft-bounce [] 14.02-28.02 #4"},
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 7, 1), PIECE(SOFT, 14, 1),
			 PIECE(SOFT, 20, 1)},
			.learnt = "soft-bounce [] 20.02-34.02 #4"},
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 20, 1), PIECE(SOFT, 40, 1),
			 PIECE(SOFT, 60, 1)},
			.learnt = ""},
	};
	static const struct learning_case at_once[] = {
		{.evidence = {PIECE(SOFT, 3, 1)},
			.learnt = "soft-bounce [] 3.02-17.02 #1"},
	};
	static const struct learning_case never[] = {
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1)},
			.learnt = ""},
		{.evidence = {PIECE(NO_SUCH_DOMAIN, 0, 1)},
			.learnt = "no-such-domain [] 0.02-14.02 #1"},
	};
	struct ses_suppression_policy policy = ses_suppression_standard;

	(void) state;
	CHECK(&policy, cases);
	policy.soft_days = 1;
	CHECK(&policy, at_once);
	/* A day is in its own window, however short. */
	policy.soft_window_ms = 0;
	CHECK(&policy, at_once);
	policy.soft_days = 0;
	CHECK(&policy, never);
}

static void after_probation_the_next_day_suppresses_for_twice_as_long(void **state)
{
	static const struct learning_case cases[] = {
		/* While the entry stands a day adds nothing. */
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1),
			 PIECE(SOFT, 3, 1), PIECE(SOFT, 16, 0)},
			.learnt = "soft-bounce [] 2.02-16.02 #3"},
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1),
			 PIECE(SOFT, 16, 1)},
			.learnt = "soft-bounce [] 16.02-44.02 #4"},
		/* It is publication that is compared with the end. */
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1),
			 PIECE(SOFT, 15, 1, .published = AT(16, 2))},
			.learnt = "soft-bounce [] 16.02-44.02 #4"},
		/* Probation lasts until a delivery. */
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1),
			 PIECE(SOFT, 399, 1)},
			.learnt = "soft-bounce [] 399.02-427.02 #4"},
		/* 14, 28, 56, 112, then the cap: 180, 180. */
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1),
			 PIECE(SOFT, 20, 1), PIECE(SOFT, 50, 1), PIECE(SOFT, 110, 1)},
			.learnt = "soft-bounce [] 110.02-222.02 #6"},
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1),
			 PIECE(SOFT, 20, 1), PIECE(SOFT, 50, 1), PIECE(SOFT, 110, 1),
			 PIECE(SOFT, 230, 1)},
			.learnt = "soft-bounce [] 230.02-410.02 #7"},
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1),
			 PIECE(SOFT, 20, 1), PIECE(SOFT, 50, 1), PIECE(SOFT, 110, 1),
			 PIECE(SOFT, 230, 1), PIECE(SOFT, 411, 1)},
			.learnt = "soft-bounce [] 411.02-591.02 #8"},
	};
	static const struct learning_case twice[] = {
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 100, 1)},
			.learnt = "soft-bounce [] 100.02-110.02 #2"},
	};
	static const struct learning_case thrice[] = {
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 100, 1),
			 PIECE(SOFT, 200, 1)},
			.learnt = "soft-bounce [] 200.02-240.02 #3"},
	};
	static const struct learning_case endless[] = {
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 100, 1)},
			.learnt = "soft-bounce [] 0.02-never #1"},
	};
	struct ses_suppression_policy policy = ses_suppression_standard;

	(void) state;
	CHECK(&policy, cases);
	policy.soft_days = 1;
	policy.soft_expiry_ms = 10 * DAY_MS;
	policy.soft_expiry_max_ms = DAY_MS; /* less than the first: it does not shrink */
	CHECK(&policy, twice);
	policy.soft_expiry_max_ms = 0;
	CHECK(&policy, thrice);
	policy.soft_expiry_ms = 0;
	CHECK(&policy, endless);
}

static void a_newer_delivery_and_no_older_one_resets_soft_bounces(void **state)
{
	static const struct learning_case cases[] = {
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), DELIVERED(1, 2),
			 PIECE(SOFT, 2, 1)},
			.learnt = ""},
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1),
			 DELIVERED(2, 2)},
			.learnt = ""},
		{.evidence = {DELIVERED(0, 0), PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1),
			 PIECE(SOFT, 2, 1)},
			.learnt = "soft-bounce [] 2.02-16.02 #4"},
		/* Sent at the same time is not newer. */
		{.evidence = {DELIVERED(0, 1), PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1),
			 PIECE(SOFT, 2, 1)},
			.learnt = "soft-bounce [] 2.02-16.02 #4"},
		/* The news of an older mail's bounce comes after the delivery. */
		{.evidence = {DELIVERED(3, 0), PIECE(SOFT, 0, 1, .published = AT(4, 0)),
			 PIECE(SOFT, 4, 1), PIECE(SOFT, 5, 1)},
			.learnt = ""},
		/* Of several deliveries the newest counts. */
		{.evidence = {DELIVERED(0, 0), PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1),
			 PIECE(SOFT, 2, 1), DELIVERED(3, 0)},
			.learnt = ""},
		/* A day whose last piece is newer stays. */
		{.evidence = {PIECE(SOFT, 0, 1), DELIVERED(0, 2), PIECE(SOFT, 0, 3),
			 PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1)},
			.learnt = "soft-bounce [] 2.02-16.02 #5"},
		/* It ends probation, too. */
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1),
			 DELIVERED(20, 0), PIECE(SOFT, 30, 1)},
			.learnt = ""},
	};

	(void) state;
	CHECK(&ses_suppression_standard, cases);
}

static void a_domain_that_answered_in_the_last_30_days_is_there(void **state)
{
	static const struct learning_case cases[] = {
		{.evidence = {PIECE(NO_SUCH_DOMAIN, 50, 1)},
			.learnt = "no-such-domain [] 50.02-64.02 #1"},
		{.evidence = {PIECE(NO_SUCH_DOMAIN, 50, 1), PIECE(NO_SUCH_DOMAIN, 52, 1)},
			.learnt = "no-such-domain [] 50.02-64.02 #1"},
		{.evidence = {PIECE(NO_SUCH_DOMAIN, 50, 1), PIECE(NO_SUCH_DOMAIN, 64, 1)},
			.learnt = "no-such-domain [] 64.02-92.02 #2"},
		/* 31 days before, 30, the same day, later. */
		{.evidence = {PIECE(NO_SUCH_DOMAIN, 50, 1), DELIVERED(19, 0)},
			.learnt = "no-such-domain [] 50.02-64.02 #1"},
		{.evidence = {PIECE(NO_SUCH_DOMAIN, 50, 1), DELIVERED(20, 0)},
			.learnt = ""},
		{.evidence = {PIECE(NO_SUCH_DOMAIN, 50, 23), DELIVERED(20, 0)},
			.learnt = ""},
		{.evidence = {PIECE(NO_SUCH_DOMAIN, 50, 1), DELIVERED(50, 0)},
			.learnt = ""},
		{.evidence = {PIECE(NO_SUCH_DOMAIN, 50, 1), DELIVERED(99, 0)},
			.learnt = ""},
		{.evidence = {PIECE(NO_SUCH_DOMAIN, 50, 1), DELIVERED(20, 0),
			 PIECE(NO_SUCH_DOMAIN, 51, 1)},
			.learnt = "no-such-domain [] 51.02-65.02 #3"},
		/* Soft bounces of the same days are another reason. */
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1),
			 PIECE(NO_SUCH_DOMAIN, 2, 1)},
			.learnt = "no-such-domain [] 2.02-16.02 #3"},
	};

	(void) state;
	CHECK(&ses_suppression_standard, cases);
}

static void rules_by_hand_outrank_what_was_published_before(void **state)
{
	static const struct learning_case cases[] = {
		{.evidence = {PIECE(HARD, 0, 1)},
			.rules = {RULE(REMOVED, "", 0, 1)},
			.learnt = "bounce [] 0.02-never #1"},
		{.evidence = {PIECE(HARD, 0, 1)},
			.rules = {RULE(REMOVED, "", 0, 2)},
			.learnt = ""},
		{.evidence = {PIECE(HARD, 0, 1)},
			.rules = {RULE(SUPPRESS, "", 0, 2)},
			.learnt = ""},
		/* These outrank nothing. */
		{.evidence = {PIECE(HARD, 0, 1)},
			.rules = {RULE(NEVER, "", 9, 2)},
			.learnt = "bounce [] 0.02-never #1"},
		{.evidence = {PIECE(HARD, 0, 1)},
			.rules = {RULE(IMPORT, "", 9, 2)},
			.learnt = "bounce [] 0.02-never #1"},
		/* The very scope only. */
		{.evidence = {PIECE(HARD, 0, 1)},
			.rules = {RULE(REMOVED, "news", 9, 2),
				RULE(REMOVED, "tenant:a", 9, 2)},
			.learnt = "bounce [] 0.02-never #1"},
		/* Newer feedback suppresses again; a replay does not. */
		{.evidence = {PIECE(HARD, 0, 1), PIECE(HARD, 5, 1)},
			.rules = {RULE(REMOVED, "", 3, 0)},
			.learnt = "bounce [] 5.02-never #2"},
		{.evidence = {PIECE(COMPLAINT, 0, 1), PIECE(SES_LIST, 0, 1),
			 PIECE(QUARANTINE, 0, 1), PIECE(NO_SUCH_DOMAIN, 0, 1)},
			.rules = {RULE(REMOVED, "", 3, 0)},
			.learnt = "ses 1"},
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1)},
			.rules = {RULE(REMOVED, "", 0, 2)},
			.learnt = ""},
		/* By publication: sent before the rule, published after it. */
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1)},
			.rules = {RULE(REMOVED, "", 0, 1)},
			.learnt = "soft-bounce [] 2.02-16.02 #3"},
		/* It ends probation, too. */
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1), PIECE(SOFT, 2, 1),
			 PIECE(SOFT, 30, 1)},
			.rules = {RULE(REMOVED, "", 20, 0)},
			.learnt = ""},
		/* A rule that has expired itself has still had its say. */
		{.evidence = {PIECE(HARD, 0, 1)},
			.rules = {{.scope = "",
				.hand = SES_HAND_SUPPRESS,
				.since = AT(1, 0),
				.expires = AT(2, 0)}},
			.learnt = ""},
	};

	(void) state;
	CHECK(&ses_suppression_standard, cases);
}

static void a_bounce_goes_into_the_scope_of_bounces(void **state)
{
	static const struct learning_case account[] = {
		{.evidence = {PIECE(HARD, 0, 1), PIECE(HARD, 1, 1),
			 PIECE(HARD, 2, 1, .account = OTHER_ACCOUNT)},
			.learnt = "bounce [account:" ONE_ACCOUNT "] 0.02-never #1, "
				  "bounce [account:" OTHER_ACCOUNT "] 2.02-never #3"},
		/* Three days, but of two accounts. */
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1),
			 PIECE(SOFT, 2, 1, .account = OTHER_ACCOUNT)},
			.learnt = ""},
		{.evidence = {PIECE(SOFT, 0, 1), PIECE(SOFT, 1, 1),
			 PIECE(SOFT, 2, 1, .account = OTHER_ACCOUNT), PIECE(SOFT, 3, 1)},
			.learnt = "soft-bounce [account:" ONE_ACCOUNT "] 3.02-17.02 #4"},
		{.evidence = {PIECE(NO_SUCH_DOMAIN, 0, 1)},
			.learnt =
				"no-such-domain [account:" ONE_ACCOUNT "] 0.02-14.02 #1"},
		{.evidence = {PIECE(HARD, 0, 1), PIECE(HARD, 2, 1)},
			.rules = {RULE(REMOVED, "", 9, 0),
				RULE(REMOVED, "account:" ONE_ACCOUNT, 1, 0)},
			.learnt = "bounce [account:" ONE_ACCOUNT "] 2.02-never #2"},
		/* No account, or one that cannot be: everything. */
		{.evidence = {PIECE(HARD, 0, 1, .account = ""),
			 PIECE(HARD, 1, 1, .account = "12")},
			.learnt = "bounce [] 0.02-never #1"},
	};
	static const struct learning_case tenant[] = {
		{.evidence = {PIECE(HARD, 0, 1, .tenant = "b"),
			 PIECE(HARD, 1, 1, .tenant = "a"), PIECE(HARD, 2, 1)},
			.learnt = "bounce [] 2.02-never #3, "
				  "bounce [tenant:a] 1.02-never #2, "
				  "bounce [tenant:b] 0.02-never #1"},
		/* Complaints go elsewhere. */
		{.evidence = {PIECE(COMPLAINT, 0, 1, .tenant = "b")},
			.learnt = "complaint [] 0.02-never #1"},
		{.evidence = {PIECE(HARD, 0, 1, .tenant = "a,b")},
			.learnt = "bounce [] 0.02-never #1"},
	};
	struct ses_suppression_policy policy = ses_suppression_standard;

	(void) state;
	policy.bounce_scope = SES_SCOPE_ACCOUNT;
	CHECK(&policy, account);
	policy.bounce_scope = SES_SCOPE_TENANT;
	CHECK(&policy, tenant);
}

static void ses_own_list_is_known_by_its_refusals(void **state)
{
	static const struct learning_case all[] = {
		{.evidence = {PIECE(SES_LIST, 3, 1), PIECE(SES_LIST, 0, 1)},
			.learnt = "ses-list [] 0.02-never #2, ses 1"},
		{.evidence = {PIECE(SES_LIST, 0, 1, .event = 8),
			 PIECE(SES_LIST, 0, 1, .event = 3)},
			.learnt = "ses-list [] 0.02-never #3, ses 1"},
		{.evidence = {PIECE(SES_LIST, 0, 1), DELIVERED(1, 0)}, .learnt = "ses 0"},
		{.evidence = {PIECE(SES_LIST, 0, 1), DELIVERED(1, 0),
			 PIECE(SES_LIST, 2, 1)},
			.learnt = "ses-list [] 2.02-never #3, ses 1"},
		/* SES may have listed it again since; nobody knows. */
		{.evidence = {PIECE(SES_LIST, 0, 1), DELIVERED(1, 0), PIECE(HARD, 2, 1)},
			.learnt = "bounce [] 2.02-never #3"},
		{.evidence = {PIECE(SES_LIST, 0, 1), DELIVERED(3, 0), PIECE(HARD, 2, 1)},
			.learnt = "bounce [] 2.02-never #3, ses 0"},
		{.evidence = {PIECE(SES_LIST, 0, 1), DELIVERED(1, 0),
			 PIECE(QUARANTINE, 2, 1)},
			.learnt = "quarantine [] 2.02-9.02 #3"},
		{.evidence = {PIECE(SES_LIST, 0, 1), DELIVERED(1, 0),
			 PIECE(COMPLAINT, 2, 1)},
			.learnt = "complaint [] 2.02-never #3"},
		{.evidence = {PIECE(SES_LIST, 0, 1), DELIVERED(1, 0),
			 {.class = SES_CLASS_COMPLAINT, .sent = AT(2, 1)}},
			.learnt = "held 1, ses 0"},
		{.evidence = {PIECE(SES_LIST, 0, 1), DELIVERED(1, 0), PIECE(SOFT, 2, 1)},
			.learnt = "ses 0"},
		{.evidence = {PIECE(HARD, 0, 1), DELIVERED(1, 0)},
			.learnt = "bounce [] 0.02-never #1"},
		/* A rule by hand changes our list, not SES's. */
		{.evidence = {PIECE(SES_LIST, 0, 1)},
			.rules = {RULE(REMOVED, "", 5, 0)},
			.learnt = "ses 1"},
	};
	static const struct learning_case narrower[] = {
		{.evidence = {PIECE(SES_LIST, 0, 1, .tenant = "a")},
			.learnt = "ses-list [account:" ONE_ACCOUNT
				  "] 0.02-never #1, ses 1"},
	};
	struct ses_suppression_policy policy = ses_suppression_standard;

	(void) state;
	CHECK(&policy, all);
	policy.bounce_scope = SES_SCOPE_TENANT;
	CHECK(&policy, narrower);
	policy.bounce_scope = SES_SCOPE_ACCOUNT;
	CHECK(&policy, narrower);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reason_outranks_exactly_those_below_it),
		cmocka_unit_test(an_entry_stands_until_the_moment_it_expires),
		cmocka_unit_test(some_classes_make_no_entry),
		cmocka_unit_test(a_hard_bounce_or_a_complaint_suppresses_for_good),
		cmocka_unit_test(with_an_expiry_hard_bounces_make_runs),
		cmocka_unit_test(
			quarantine_ends_and_yields_to_a_bounce_that_lasts_as_long),
		cmocka_unit_test(soft_bounces_on_three_days_suppress),
		cmocka_unit_test(only_days_in_the_window_count),
		cmocka_unit_test(
			after_probation_the_next_day_suppresses_for_twice_as_long),
		cmocka_unit_test(a_newer_delivery_and_no_older_one_resets_soft_bounces),
		cmocka_unit_test(a_domain_that_answered_in_the_last_30_days_is_there),
		cmocka_unit_test(rules_by_hand_outrank_what_was_published_before),
		cmocka_unit_test(a_bounce_goes_into_the_scope_of_bounces),
		cmocka_unit_test(ses_own_list_is_known_by_its_refusals),
	};

	return cmocka_run_group_tests_name("suppression", tests, NULL, NULL);
}
