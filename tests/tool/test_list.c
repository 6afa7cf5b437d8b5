/* test_list.c - the commands that change the list, tell its story and carry it about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "tests/tool/door.h"
#include "tests/tool/running.h"
#include "tool/where.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOON ((utc_ms) 1795521600000) /* 2026-11-24T12:00:00Z */

/* ---- --where ---- */

static void conditions_become_an_object(void **state)
{
	static const struct {
		const char *text, *json;
	} cases[] = {
		{"since=6h", "{\"since\":\"2026-11-24T06:00:00.000Z\","
			     "\"until\":\"2026-11-24T12:00:00.000Z\"}"},
		{"provider=google,diagnostic~5.1.1 a\\, b,since=2026-11-24,until=now",
			"{\"provider\":\"google\",\"diagnostic\":\"5.1.1 a, b\","
			"\"since\":\"2026-11-24T00:00:00.000Z\","
			"\"until\":\"2026-11-24T12:00:00.000Z\"}"},
		{"reason=quarantine,since=1h,diagnostic~a=b~c",
			"{\"reason\":\"quarantine\",\"since\":\"2026-11-24T11:00:00.000Z"
			"\",\"diagnostic\":\"a=b~c\","
			"\"until\":\"2026-11-24T12:00:00.000Z\"}"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct error error = {""};
		struct json *json = where_read(cases[i].text, NOON, &error);
		char *printed;

		assert_string_equal(error.text, "");
		printed = json_print(json);
		assert_string_equal(printed, cases[i].json);
		free(printed);
		json_free(json);
	}
}

static void what_is_no_condition_is_told(void **state)
{
	static const struct {
		const char *text, *told;
	} cases[] = {
		{"", "needs since"},
		{"provider=google", "needs since"},
		{"since", "conditions are"},
		{"since=", "conditions are"},
		{"since=soon", "since"},
		{"since=1h,since=2h", "twice"},
		{"since=1h,colour=red", "no condition colour="},
		{"since=1h,provider~goo", "no condition provider~"},
		{"since=1h,diagnostic=x", "no condition diagnostic="},
		{"since=1h,,", "conditions are"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct error error = {""};

		assert_null(where_read(cases[i].text, NOON, &error));
		if (strstr(error.text, cases[i].told) == NULL)
			fail_msg("%s: %s", cases[i].text, error.text);
	}
}

/* ---- remove ---- */

static void remove_tells_each_address_and_what_ses_goes_on_refusing(void **state)
{
	static const struct door_answer answers[] = {
		{"POST /v1/suppressions/remove ", 200,
			"{\"results\":["
			"{\"address\":\"Anna@example.com\",\"result\":\"removed\","
			"\"original\":\"Anna's@Example.com\",\"at_ses\":\"blocked\","
			"\"region\":\"eu-west-1\"},"
			"{\"address\":\"b@example.com\",\"result\":\"unknown\","
			"\"at_ses\":\"unknown\"}]}"},
	};
	struct door door;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "--socket", door.path, "suppression", "remove", "Anna@example.com",
		"b@example.com", "--note", "asked", NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_DONE);
	assert_string_equal(run.err, "");
	assert_string_equal(run.out,
		"Anna@example.com is removed (everything)\n"
		"b@example.com was not on the list (everything)\n"
		"SES itself goes on refusing Anna's@Example.com until you run:\n"
		"  aws sesv2 delete-suppressed-destination --region 'eu-west-1' "
		"--email-address 'Anna'\\''s@Example.com'\n");
	assert_string_equal(door.bodies,
		"{\"addresses\":[\"Anna@example.com\",\"b@example.com\"],"
		"\"note\":\"asked\"}\n");
	run_finish(&run);
}

static void remove_of_what_is_no_address_is_status_2(void **state)
{
	static const struct door_answer answers[] = {
		{"POST /v1/suppressions/remove ", 200,
			"{\"results\":[{\"address\":\"x\",\"result\":\"invalid\","
			"\"detail\":\"no mail address\"}]}"},
	};
	struct door door;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "--socket", door.path, "suppression", "remove", "x", NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_string_equal(run.out, "x: no mail address (everything)\n");
	run_finish(&run);
}

static void remove_where_shows_first_and_writes_what_ses_is_to_delete(void **state)
{
	static const struct door_answer answers[] = {
		{"POST /v1/suppressions/remove ", 200,
			"{\"matched\":1,\"removed\":0,\"dry_run\":true,\"results\":["
			"{\"address\":\"a@gmail.com\",\"original\":\"A@gmail.com\","
			"\"reason\":\"bounce\",\"since\":\"2026-11-24T10:00:00.000Z\","
			"\"result\":\"matched\",\"diagnostic\":\"smtp; 550 5.1.1 "
			"no\"}]}"},
	};
	char path[] = "/tmp/ses-feedback-delete-XXXXXX", text[64] = "";
	int file = mkstemp(path);
	struct door door;
	struct run run;

	(void) state;
	assert_true(file >= 0);
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "--socket", door.path, "suppression", "remove", "--where",
		"provider=google,since=2026-11-24T09:00:00Z,until=2026-11-24T11:00:00Z",
		"--dry-run", "--ses-delete", path, NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_DONE);
	assert_string_equal(run.out,
		"ADDRESS      RESULT            REASON  SINCE                 "
		"DIAGNOSTIC\n"
		"a@gmail.com  would be removed  bounce  2026-11-24 10:00:00Z  "
		"smtp; 550 5.1.1 no\n"
		"1 matched; nothing was changed (--dry-run)\n");
	assert_string_equal(door.bodies,
		"{\"where\":{\"provider\":\"google\","
		"\"since\":\"2026-11-24T09:00:00.000Z\","
		"\"until\":\"2026-11-24T11:00:00.000Z\"},\"dry_run\":true}\n");
	assert_true(read(file, text, sizeof(text) - 1) > 0);
	assert_string_equal(text, "A@gmail.com\n");
	close(file);
	unlink(path);
	run_finish(&run);
}

static void remove_wants_addresses_or_conditions(void **state)
{
	struct run run;

	(void) state;
	run_tool(&run, "suppression", "remove", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	run_finish(&run);
	run_tool(&run, "suppression", "remove", "a@b.example", "--where", "since=1h",
		NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	run_finish(&run);
	run_tool(&run, "suppression", "remove", "a@b.example", "--dry-run", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_non_null(strstr(run.err, "--where"));
	run_finish(&run);
}

/* ---- never ---- */

static void never_exempts_ends_and_lists(void **state)
{
	static const struct door_answer answers[] = {
		{"PUT /v1/exceptions/%40example.com ", 201,
			"{\"address\":\"@example.com\"}"},
		{"DELETE /v1/exceptions/a%40example.com?scope=n ", 204, ""},
		{"GET /v1/exceptions?limit=1000 ", 200,
			"{\"exceptions\":[{\"address\":\"@example.com\",\"scope\":\"\","
			"\"since\":\"2026-11-24T10:00:00.000Z\",\"note\":\"staff\","
			"\"actor\":\"unix:root\"}],\"next\":null}"},
	};
	struct door door;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "--socket", door.path, "suppression", "never", "@example.com",
		"--note", "staff", NULL);
	assert_int_equal(run.status, TOOL_DONE);
	assert_string_equal(run.out, "@example.com is never suppressed, whatever comes.\n"
				     "SES's own list may refuse it all the same.\n");
	run_finish(&run);
	run_tool(&run, "--socket", door.path, "suppression", "never", "--off",
		"a@example.com", "--scope", "n", NULL);
	assert_int_equal(run.status, TOOL_DONE);
	assert_string_equal(
		run.out, "a@example.com is not exempt: what its feedback says holds.\n");
	run_finish(&run);
	run_tool(&run, "--socket", door.path, "suppression", "never", NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_DONE);
	assert_string_equal(run.out,
		"NEVER SUPPRESSED  SCOPE       SINCE                 BY         NOTE\n"
		"@example.com      everything  2026-11-24 10:00:00Z  unix:root  staff\n");
	assert_string_equal(door.bodies, "{\"note\":\"staff\"}\n\n\n");
	run_finish(&run);
}

/* ---- import, export ---- */

static void import_tells_bad_lines_and_what_went_in(void **state)
{
	static const struct door_answer answers[] = {
		{"POST /v1/suppressions/import?columns=address%3Demail&dry_run=yes ", 200,
			"{\"format\":\"csv\",\"lines\":4,\"added\":1200,\"changed\":0,"
			"\"unchanged\":1,\"outranked\":0,\"expired\":0,\"invalid\":3,"
			"\"errors\":[{\"line\":3,\"detail\":\"no mail \\u001baddress\"}]"
			",\"errors_left_out\":2}"},
	};
	char path[] = "/tmp/ses-feedback-import-XXXXXX";
	int file = mkstemp(path);
	struct door door;
	struct run run;

	(void) state;
	assert_true(file >= 0);
	assert_int_equal(write(file, "email\na@b.c\n", 12), 12);
	close(file);
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "--socket", door.path, "suppression", "import", path, "--columns",
		"address=email", "--dry-run", NULL);
	door_close_and_check(&door);
	unlink(path);
	assert_int_equal(run.status, TOOL_NO);
	assert_string_equal(run.err, "ses-feedback: line 3: no mail \\x1baddress\n"
				     "ses-feedback: and 2 more lines that were left "
				     "out\n");
	assert_string_equal(run.out,
		"4 lines read as csv; this is what an import would do:\n"
		"         1,200  added\n"
		"             1  there already, as strong or stronger\n"
		"             3  could not be read\n");
	assert_string_equal(door.bodies, "email\na@b.c\n\n");
	run_finish(&run);
}

static void import_of_a_file_that_is_not_there_or_refused_fails(void **state)
{
	static const struct door_answer answers[] = {
		{"POST /v1/suppressions/import ", 400, "{\"detail\":\"not a list\"}"},
	};
	struct door door;
	struct run run;

	(void) state;
	run_tool(&run, "suppression", "import", "/nonexistent/file", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	run_finish(&run);
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "--socket", door.path, "suppression", "import", "/dev/null/..",
		NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	run_finish(&run);
	run_tool(&run, "--socket", door.path, "suppression", "import", __FILE__, NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_string_equal(run.err, "ses-feedback: not a list\n");
	run_finish(&run);
}

static void export_prints_what_comes_and_refuses_unknown_formats(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/suppressions/export?format=csv&reason=bounce ", 200,
			"address,reason\na@b.c,bounce\n"},
		{"GET /v1/suppressions/export?format=ses ", 503, "{\"detail\":\"no\"}"},
	};
	struct door door;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "--socket", door.path, "suppression", "export", "--reason",
		"bounce", NULL);
	assert_int_equal(run.status, TOOL_DONE);
	assert_string_equal(run.out, "address,reason\na@b.c,bounce\n");
	run_finish(&run);
	run_tool(&run, "--socket", door.path, "suppression", "export", "--format", "ses",
		NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_UNREACHABLE);
	assert_string_equal(run.out, "");
	run_finish(&run);
	run_tool(&run, "suppression", "export", "--format", "xml", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_non_null(strstr(run.err, "csv, ndjson, ses, ses-delete"));
	run_finish(&run);
}

/* ---- why, policy, forget ---- */

static void why_tells_the_story_in_order(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/suppressions/anna%40example.com/why?scope=news ", 200,
			"{\"address\":\"anna@example.com\",\"verdict\":\"suppressed\","
			"\"sentence\":\"It bounced.\",\"at_ses_advice\":\"Run aws.\","
			"\"story\":["
			"{\"kind\":\"event\",\"at\":\"2026-11-24T10:00:00.000Z\","
			"\"type\":\"bounce\",\"class\":\"hard\","
			"\"meaning\":\"no such mailbox\",\"diagnostic\":\"550 "
			"\\u001b[1m\",\"configuration_set\":\"news\"},"
			"{\"kind\":\"change\",\"at\":\"2026-11-24T10:00:01.000Z\","
			"\"what\":\"added\",\"actor\":\"feedback\",\"scope\":\"\","
			"\"before\":null,\"after\":{\"reason\":\"bounce\","
			"\"expires\":null}}]}"},
	};
	struct door door;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "--socket", door.path, "why", "anna@example.com", "--scope",
		"news", NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_DONE);
	assert_string_equal(run.out,
		"anna@example.com: suppressed\n"
		"It bounced.\n"
		"Run aws.\n"
		"\n"
		"  2026-11-24 10:00:00Z  bounce: hard, configuration set news\n"
		"      meaning     no such mailbox\n"
		"      diagnostic  550 \\x1b[1m\n"
		"  2026-11-24 10:00:01Z  added by feedback for everything\n"
		"      before      clear\n"
		"      after       bounce, expires never\n");
	run_finish(&run);
}

static void policy_diff_sends_a_file_and_apply_does_it(void **state)
{
#define SUM "\"compared\":1000,\"added\":0,\"removed\":1,\"changed\":0"
	static const struct door_answer answers[] = {
		{"POST /v1/policy/diff ", 200,
			"{" SUM ",\"differences\":[{\"address\":\"a@b.c\",\"scope\":\"\","
			"\"before\":{\"reason\":\"soft-bounce\","
			"\"expires\":\"2026-12-01T00:00:00.000Z\"},\"after\":null,"
			"\"why\":\"3 of 5 days\"}],\"left_out\":0}"},
		{"POST /v1/policy/apply ", 200,
			"{" SUM ",\"differences\":[],\"left_out\":0}"},
	};
	char path[] = "/tmp/ses-feedback-policy-XXXXXX";
	int file = mkstemp(path);
	struct door door;
	struct run run;

	(void) state;
	assert_int_equal(write(file, "[suppression]\n", 14), 14);
	close(file);
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "--socket", door.path, "policy", "diff", "--config", path, NULL);
	unlink(path);
	assert_int_equal(run.status, TOOL_DONE);
	assert_string_equal(run.out,
		"ADDRESS  SCOPE       NOW                                     THEN   "
		"WHY\n"
		"a@b.c    everything  soft-bounce until 2026-12-01 00:00:00Z  clear  "
		"3 of 5 days\n"
		"1,000 addresses compared: 0 would be added, 1 removed, 0 changed\n");
	run_finish(&run);
	run_tool(&run, "--socket", door.path, "policy", "apply", NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_DONE);
	assert_string_equal(run.out,
		"1,000 addresses compared: 0 were added, 1 removed, 0 changed\n");
	assert_string_equal(
		door.bodies, "{\"configuration\":\"[suppression]\\n\"}\n{}\n");
	run_finish(&run);
}

static void forget_asks_what_becomes_of_the_block(void **state)
{
	static const struct door_answer answers[] = {
		{"POST /v1/forget ", 200,
			"{\"events\":12,\"found\":true,\"keep_block\":true}"},
		{"POST /v1/forget ", 200,
			"{\"events\":0,\"found\":false,\"keep_block\":false}"},
	};
	struct door door;
	struct run run;

	(void) state;
	run_tool(&run, "forget", "a@b.c", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_non_null(strstr(run.err, "--keep-block or --lift-block"));
	run_finish(&run);
	run_tool(&run, "forget", "a@b.c", "--keep-block", "--lift-block", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	run_finish(&run);
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "--socket", door.path, "forget", "a@b.c", "--keep-block", NULL);
	assert_int_equal(run.status, TOOL_DONE);
	assert_string_equal(run.out,
		"Forgotten: 12 events name nobody any more; what they count stays.\n"
		"What suppressed it still does, under a keyed digest.\n");
	run_finish(&run);
	run_tool(&run, "--socket", door.path, "forget", "a@b.c", "--lift-block", NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_DONE);
	assert_string_equal(run.out, "Nothing was kept about this address.\n");
	assert_string_equal(door.bodies,
		"{\"address\":\"a@b.c\",\"keep_block\":true}\n"
		"{\"address\":\"a@b.c\",\"keep_block\":false}\n");
	run_finish(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_become_an_object),
		cmocka_unit_test(what_is_no_condition_is_told),
		cmocka_unit_test(remove_tells_each_address_and_what_ses_goes_on_refusing),
		cmocka_unit_test(remove_of_what_is_no_address_is_status_2),
		cmocka_unit_test(
			remove_where_shows_first_and_writes_what_ses_is_to_delete),
		cmocka_unit_test(remove_wants_addresses_or_conditions),
		cmocka_unit_test(never_exempts_ends_and_lists),
		cmocka_unit_test(import_tells_bad_lines_and_what_went_in),
		cmocka_unit_test(import_of_a_file_that_is_not_there_or_refused_fails),
		cmocka_unit_test(export_prints_what_comes_and_refuses_unknown_formats),
		cmocka_unit_test(why_tells_the_story_in_order),
		cmocka_unit_test(policy_diff_sends_a_file_and_apply_does_it),
		cmocka_unit_test(forget_asks_what_becomes_of_the_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
