/* test_why.c - the decision about an address in plain English. */
#include "web/why.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* 2026-11-24T05:51:47Z, and ten days later */
#define THEN ((utc_ms) 1795499507 * 1000)
#define LATER (THEN + 10 * DAY_MS)

/* What a row of a table leaves out. */
static struct store_suppression fill(struct store_suppression row)
{
	row.address = row.address == NULL ? "anna@example.com" : row.address;
	row.scope = row.scope == NULL ? "" : row.scope;
	row.since = THEN;
	row.expires = row.expires == 0 ? UTC_NONE : row.expires;
	return row;
}

static void assert_says(struct why why, const char *expected)
{
	struct store_suppression told, removed;
	struct buffer text;

	if (why.address == NULL)
		why.address = "anna@example.com";
	if (why.told != NULL) {
		told = fill(*why.told);
		why.told = &told;
	}
	if (why.removed != NULL) {
		removed = fill(*why.removed);
		why.removed = &removed;
	}
	buffer_init(&text, 4096);
	why_write(&text, &why);
	assert_false(text.failed);
	assert_string_equal(text.bytes, expected);
	buffer_finish(&text);
}

#define ROW(...) (&(const struct store_suppression){__VA_ARGS__})

static void what_suppresses_is_told_with_its_rule_and_end(void **state)
{
	const struct {
		const struct store_suppression *told;
		const char *expected;
	} cases[] = {
		{ROW(.reason = SES_REASON_BOUNCE),
			"anna@example.com may not be mailed: a hard bounce reported on "
			"2026-11-24 05:51 UTC says that the mailbox does not exist or "
			"never takes mail. It does not end by itself."},
		{ROW(.reason = SES_REASON_COMPLAINT, .is_certain = true, .scope = "news"),
			"anna@example.com may not be mailed for the configuration set "
			"news: its owner complained about a mail, reported on 2026-11-24 "
			"05:51 UTC. It does not end by itself."},
		{ROW(.reason = SES_REASON_COMPLAINT, .scope = "tenant:acme"),
			"anna@example.com may not be mailed for the tenant acme: a "
			"complaint reported on 2026-11-24 05:51 UTC names it as one of "
			"several suspects. It does not end by itself."},
		{ROW(.reason = SES_REASON_SOFT_BOUNCE, .expires = LATER,
			 .scope = "account:111122223333"),
			"anna@example.com may not be mailed for the AWS account "
			"111122223333: mail to it failed for now on too many days, the "
			"last of them reported on 2026-11-24 05:51 UTC, and none was "
			"delivered since. It ends on 2026-12-04 05:51 UTC, and then it "
			"is on probation."},
		{ROW(.reason = SES_REASON_QUARANTINE, .expires = LATER),
			"anna@example.com may not be mailed: it bounced hard on "
			"2026-11-24 05:51 UTC, but in a burst of bounces that look like "
			"its provider's mistake: it is in quarantine. It ends on "
			"2026-12-04 05:51 UTC."},
		{ROW(.reason = SES_REASON_NO_SUCH_DOMAIN, .address = "@example.com",
			 .expires = LATER),
			"anna@example.com may not be mailed, like all of @example.com: "
			"its domain could not be found when SES tried, reported on "
			"2026-11-24 05:51 UTC. It ends on 2026-12-04 05:51 UTC, and then "
			"it is on probation."},
		{ROW(.reason = SES_REASON_SES_LIST),
			"anna@example.com may not be mailed: SES itself refused to send "
			"to it, reported on 2026-11-24 05:51 UTC: it is on a list of "
			"SES's. It does not end by itself."},
		{ROW(.reason = SES_REASON_MANUAL, .hand = SES_HAND_SUPPRESS,
			 .actor = "unix:berta", .note = "asked by phone"),
			"anna@example.com may not be mailed: unix:berta put it on the "
			"list by hand on 2026-11-24 05:51 UTC (\"asked by phone\"). It "
			"does not end by itself."},
		{ROW(.reason = SES_REASON_SOFT_BOUNCE, .hand = SES_HAND_SUPPRESS,
			 .actor = "crm", .expires = LATER),
			"anna@example.com may not be mailed: crm put it on the list by "
			"hand on 2026-11-24 05:51 UTC, as soft-bounce. It ends on "
			"2026-12-04 05:51 UTC."},
		{ROW(.reason = SES_REASON_IMPORT, .hand = SES_HAND_IMPORT,
			 .actor = "crm"),
			"anna@example.com may not be mailed: crm imported it, listed "
			"since 2026-11-24 05:51 UTC. It does not end by itself."},
		/* Of what version 1 put there, and of tombstones, nobody knows who. */
		{ROW(.reason = SES_REASON_MANUAL, .hand = SES_HAND_SUPPRESS,
			 .actor = NULL, .note = "old"),
			"anna@example.com may not be mailed: it was put on the list on "
			"2026-11-24 05:51 UTC (\"old\"). It does not end by itself."},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_says((struct why){.verdict = SES_VERDICT_SUPPRESSED,
				    .told = cases[i].told},
			cases[i].expected);
}

static void what_may_be_mailed_is_told_with_what_there_was(void **state)
{
	const struct {
		struct why why;
		const char *expected;
	} cases[] = {
		{{.verdict = SES_VERDICT_CLEAR},
			"anna@example.com may be mailed: nothing stands against it."},
		{{.verdict = SES_VERDICT_CLEAR, .address = "@example.com"},
			"@example.com may be mailed: nothing stands against it."},
		{{.verdict = SES_VERDICT_CLEAR,
			 .removed = ROW(.hand = SES_HAND_REMOVED, .actor = "helpdesk",
				 .note = "she called")},
			"anna@example.com may be mailed: helpdesk took it off the list "
			"on 2026-11-24 05:51 UTC (\"she called\"), and what was reported "
			"until then counts no more."},
		{{.verdict = SES_VERDICT_CLEAR, .held = 1},
			"anna@example.com may be mailed: nothing stands against it. 1 "
			"complaint names it as one of several suspects; a report about "
			"another mail would suppress it."},
		{{.verdict = SES_VERDICT_CLEAR, .held = 2, .is_elsewhere = true},
			"anna@example.com may be mailed: nothing stands against it. 2 "
			"complaints name it as one of several suspects; a report about "
			"another mail would suppress it."},
		{{.verdict = SES_VERDICT_CLEAR, .is_elsewhere = true},
			"anna@example.com may be mailed: nothing stands against it. It "
			"is suppressed in another stream, which this question does not "
			"name."},
		{{.verdict = SES_VERDICT_NEVER,
			 .told = ROW(.address = "@example.com", .hand = SES_HAND_NEVER,
				 .actor = "ops", .note = "our staff")},
			"anna@example.com may be mailed, whatever its feedback says, "
			"like all of @example.com: ops exempted it on 2026-11-24 05:51 "
			"UTC (\"our staff\")."},
		{{.verdict = SES_VERDICT_PROBATION,
			 .told = ROW(.reason = SES_REASON_SOFT_BOUNCE, .expires = THEN)},
			"anna@example.com may be mailed, on probation: its soft-bounce "
			"entry ended on 2026-11-24 05:51 UTC. The next failure that "
			"counts suppresses it at once, and for longer; a delivery ends "
			"the probation."},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_says(cases[i].why, cases[i].expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_suppresses_is_told_with_its_rule_and_end),
		cmocka_unit_test(what_may_be_mailed_is_told_with_what_there_was),
	};

	return cmocka_run_group_tests_name("why", tests, NULL, NULL);
}
