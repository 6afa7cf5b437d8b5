/* test_trust.c - what a rate can be trusted for. */
#include "tests/ses/sample.h"

#include "ses/trust.h"

#define BIT(notice) (1u << SES_NOTICE_##notice)

static void missing_events_are_noticed(void **state)
{
	static const struct {
		struct ses_trust_facts facts;
		unsigned notices;
		enum ses_trust trust;
	} cases[] = {
		/* All is well. */
		{{.source = SES_SOURCE_SEND,
			 .counts = {.sends = 1000, .attempts = 990, .hard_bounces = 9},
			 .denominator = 1000,
			 .reporting_denominator = 400},
			0, SES_TRUST_FULL},
		/* Nothing is known, nothing is wrong. */
		{{.source = SES_SOURCE_NONE}, 0, SES_TRUST_FULL},
		{{.source = SES_SOURCE_ATTEMPTS,
			 .counts = {.attempts = 1000, .deliveries = 990},
			 .denominator = 1000,
			 .days_with_sends_missing = 7,
			 .reporting_denominator = 400},
			BIT(NO_SENDS), SES_TRUST_PARTIAL},
		{{.source = SES_SOURCE_MIXED,
			 .counts = {.sends = 500, .attempts = 900, .deliveries = 890},
			 .denominator = 900,
			 .days_with_sends_missing = 3,
			 .reporting_denominator = 400},
			BIT(SENDS_MISSING), SES_TRUST_PARTIAL},
		/* Deliveries of the day before alone are none. */
		{{.source = SES_SOURCE_MIXED,
			 .counts = {.sends = 500, .attempts = 510},
			 .denominator = 510,
			 .reporting_denominator = 400},
			0, SES_TRUST_FULL},
		{{.source = SES_SOURCE_NONE, .counts = {.hard_bounces = 1}},
			BIT(NO_DENOMINATOR), SES_TRUST_NONE},
		{{.source = SES_SOURCE_NONE, .counts = {.complaints = 1}},
			BIT(NO_DENOMINATOR), SES_TRUST_NONE},
		/* Soft bounces make no rate that could be missed. */
		{{.source = SES_SOURCE_NONE, .counts = {.soft_bounces = 5}}, 0,
			SES_TRUST_FULL},
		{{.source = SES_SOURCE_SEND,
			 .counts = {.sends = 10, .hard_bounces = 11, .attempts = 11},
			 .denominator = 10,
			 .reporting_denominator = 10},
			BIT(MORE_FEEDBACK), SES_TRUST_NONE},
		{{.source = SES_SOURCE_SEND,
			 .counts = {.sends = 10, .complaints = 11},
			 .denominator = 10,
			 .reporting_denominator = 10},
			BIT(MORE_FEEDBACK), SES_TRUST_NONE},
		/* A tenth and ten more were tried than sent: some may be of the time
		   before the window. */
		{{.source = SES_SOURCE_SEND,
			 .counts = {.sends = 1000, .attempts = 1110},
			 .denominator = 1000,
			 .reporting_denominator = 10},
			0, SES_TRUST_FULL},
		{{.source = SES_SOURCE_SEND,
			 .counts = {.sends = 1000, .attempts = 1111},
			 .denominator = 1000,
			 .reporting_denominator = 10},
			BIT(MORE_FEEDBACK), SES_TRUST_PARTIAL},
		{{.source = SES_SOURCE_REPORTED,
			 .counts = {.reported = 1000, .hard_bounces = 3},
			 .denominator = 1000,
			 .reporting_denominator = 10},
			BIT(REPORTED), SES_TRUST_PARTIAL},
		{{.source = SES_SOURCE_MIXED,
			 .counts = {.reported = 1000, .sends = 3000},
			 .denominator = 4000,
			 .reporting_denominator = 10},
			BIT(REPORTED), SES_TRUST_PARTIAL},
		/* Reported, and not needed. */
		{{.source = SES_SOURCE_SEND,
			 .counts = {.reported = 1000, .sends = 3000},
			 .denominator = 3000,
			 .reporting_denominator = 10},
			0, SES_TRUST_FULL},
		{{.source = SES_SOURCE_SEND,
			 .counts = {.sends = 1000, .hard_bounces = 5},
			 .unlabelled = {.hard_bounces = 2},
			 .denominator = 1000,
			 .reporting_denominator = 10},
			BIT(NO_CONFIGURATION_SET), SES_TRUST_PARTIAL},
		{{.source = SES_SOURCE_SEND,
			 .counts = {.sends = 1000, .hard_bounces = 5},
			 .unlabelled = {.sends = 20, .hard_bounces = 2},
			 .denominator = 1000,
			 .reporting_denominator = 10},
			0, SES_TRUST_FULL},
		{{.source = SES_SOURCE_SEND,
			 .counts = {.sends = 1000},
			 .denominator = 1000,
			 .reporting_denominator = 10,
			 .is_topic_silent = true},
			BIT(TOPIC_SILENT), SES_TRUST_PARTIAL},
		{{.source = SES_SOURCE_NONE, .counts = {.verified_sends = 5}},
			BIT(SANDBOX), SES_TRUST_NONE},
		{{.source = SES_SOURCE_NONE, .counts = {.simulator = 1}}, BIT(SANDBOX),
			SES_TRUST_NONE},
		/* Tests beside real mail are no sandbox. */
		{{.source = SES_SOURCE_SEND,
			 .counts = {.sends = 50, .verified_sends = 5, .simulator = 9},
			 .denominator = 50,
			 .reporting_denominator = 10},
			0, SES_TRUST_FULL},
		{{.source = SES_SOURCE_SEND,
			 .counts = {.sends = 50},
			 .denominator = 50,
			 .reporting_denominator = 10,
			 .is_sandbox_quota = true},
			BIT(SANDBOX), SES_TRUST_NONE},
		{{.source = SES_SOURCE_SEND,
			 .counts = {.sends = 50},
			 .denominator = 50,
			 .reporting_denominator = 10,
			 .is_short = true},
			BIT(YOUNG), SES_TRUST_PARTIAL},
		{{.source = SES_SOURCE_SEND, .counts = {.sends = 50}, .denominator = 50},
			BIT(NO_REPORTING), SES_TRUST_PARTIAL},
		/* Several at once: the worst says how far. */
		{{.source = SES_SOURCE_NONE,
			 .counts = {.hard_bounces = 1, .simulator = 1},
			 .is_short = true},
			BIT(NO_DENOMINATOR) | BIT(SANDBOX) | BIT(YOUNG), SES_TRUST_NONE},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum ses_trust trust;
		unsigned notices = ses_trust_notices(&cases[i].facts, &trust);

		if (notices != cases[i].notices || trust != cases[i].trust)
			fail_msg("case %zu: notices %x, trust %s", i, notices,
				ses_trust_name(trust));
	}
}

static void every_notice_has_a_name_and_a_plain_sentence(void **state)
{
	static const char *const names[] = {"no-sends", "sends-missing", "no-denominator",
		"more-feedback-than-sends", "reported", "no-configuration-set",
		"topic-silent", "sandbox", "young", "no-reporting-domains",
		"keys-bounded"};
	/* Words of ours, which nobody outside knows. */
	static const char *const inner[] = {"denominator", "numerator", "eligible",
		"basis", "roll-up", "unlabelled", "null"};

	(void) state;
	assert_int_equal(COUNT(names), SES_NOTICE_COUNT);
	for (unsigned i = 0; i < SES_NOTICE_COUNT; i++) {
		const char *text = ses_notice_text((enum ses_notice) i);

		assert_string_equal(ses_notice_name((enum ses_notice) i), names[i]);
		assert_in_range(strlen(text), 80, 600);
		assert_int_equal(text[strlen(text) - 1], '.');
		for (size_t j = 0; j < COUNT(inner); j++)
			if (strstr(text, inner[j]) != NULL)
				fail_msg("%s says %s", names[i], inner[j]);
	}
	assert_null(ses_notice_name(SES_NOTICE_COUNT));
	assert_null(ses_notice_text(SES_NOTICE_COUNT));
	assert_string_equal(ses_trust_name(SES_TRUST_FULL), "full");
	assert_string_equal(ses_trust_name(SES_TRUST_PARTIAL), "partial");
	assert_string_equal(ses_trust_name(SES_TRUST_NONE), "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(missing_events_are_noticed),
		cmocka_unit_test(every_notice_has_a_name_and_a_plain_sentence),
	};

	return cmocka_run_group_tests_name("trust", tests, NULL, NULL);
}
