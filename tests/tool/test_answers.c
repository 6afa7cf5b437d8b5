/* test_answers.c - what commands ask the daemon, and what they make of its answers. */
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

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define ENTRY "{" ENTRY_MEMBERS "}"
#define ENTRY_MEMBERS                                                                    \
	"\"address\":\"anna@example.com\",\"original\":\"Anna@example.com\","            \
	"\"reason\":"                                                                    \
	"\"bounce\",\"scope\":\"\",\"certain\":true,\"since\":\"2026-11-24T05:51:47."    \
	"123Z\","                                                                        \
	"\"expires\":null,\"at_ses\":\"unknown\",\"event\":7,\"note\":\"a\\u001b["       \
	"31mb\""

/* ---- the suppression list ---- */

static void check_says_who_is_suppressed_and_gives_status_1(void **state)
{
	static const struct door_answer answers[] = {
		{"POST /v1/suppressions/check ", 200,
			"{\"suppressed\":[{\"asked\":\"Anna@Example.com\"," ENTRY_MEMBERS
			"}],\"clear\":2,\"probation\":[\"bob@example.com\"],"
			"\"exempt\":[]}"},
	};
	struct door door;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "suppression", "check", "--socket", door.path, "--scope", "news",
		"Anna@Example.com", "bob@example.com", "c@example.com", NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_NO);
	assert_string_equal(run.err, "");
	assert_string_equal(run.out,
		"ADDRESS           STATE                REASON  SINCE                 "
		"EXPIRES  SCOPE\n"
		"Anna@Example.com  suppressed           bounce  2026-11-24 05:51:47Z  "
		"never    everything\n"
		"bob@example.com   clear, on probation\n"
		"c@example.com     clear\n"
		"1 suppressed, 2 clear\n");
	assert_string_equal(door.bodies,
		"{\"addresses\":[\"Anna@Example.com\",\"bob@example.com\","
		"\"c@example.com\"],\"scope\":\"news\"}\n");
	run_finish(&run);
}

static void check_of_what_is_no_address_is_status_2_and_checks_the_rest(void **state)
{
	static const struct door_answer answers[] = {
		{"POST /v1/suppressions/check ", 200, "{\"suppressed\":[],\"clear\":1}"},
	};
	struct door door;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "--json", "suppression", "check", "--socket", door.path, "nobody",
		"bob@example.com", NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_string_equal(run.err, "ses-feedback: no mail address: nobody\n");
	assert_string_equal(run.out, "{\"suppressed\":[],\"clear\":1,"
				     "\"probation\":[],\"exempt\":[]}\n");
	run_finish(&run);
}

static void show_of_somebody_who_is_not_suppressed_is_status_1(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/suppressions/a%2Fb%40example.com?scope=x ", 404,
			"{\"type\":\"urn:ses-feedbackd:problem:not-suppressed\","
			"\"detail\":\"no\"}"},
		{"GET /v1/suppressions/anna%40example.com ", 200, ENTRY},
		{"GET /v1/suppressions/nobody ", 400,
			"{\"detail\":\"no mail\\u001b address\"}"},
	};
	struct door door;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "--socket", door.path, "suppression", "show", "a/b@example.com",
		"--scope", "x", NULL);
	assert_int_equal(run.status, TOOL_NO);
	assert_string_equal(run.out,
		"a/b@example.com is not suppressed in the scope x;\n"
		"\"ses-feedback why\" tells whether a rule for its domain, or "
		"an exemption, decides\n");
	run_finish(&run);
	run_tool(&run, "--socket", door.path, "suppression", "show", "anna@example.com",
		NULL);
	assert_int_equal(run.status, TOOL_DONE);
	assert_non_null(strstr(run.out, "anna@example.com is suppressed\n"));
	assert_non_null(strstr(run.out, "a\\x1b[31mb"));
	assert_null(strchr(run.out, '\033'));
	run_finish(&run);
	run_tool(&run, "--socket", door.path, "suppression", "show", "nobody", NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_string_equal(run.err, "ses-feedback: no mail\\x1b address\n");
	run_finish(&run);
}

static void list_follows_the_cursor_and_is_one_json_document(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/suppressions?reason=bounce&limit=3 ", 200,
			"{\"suppressions\":[" ENTRY "," ENTRY "],\"next\":\"a b\"}"},
		{"GET /v1/suppressions?reason=bounce&limit=1&cursor=a%20b ", 200,
			"{\"suppressions\":[" ENTRY "],\"next\":\"more\"}"},
	};
	struct door door;
	struct json *json;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "--socket", door.path, "--json", "suppression", "list", "--reason",
		"bounce", "--limit", "3", NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_DONE);
	json = json_parse(run.out, strlen(run.out), JSON_STRICT, NULL);
	assert_int_equal(json_count(json_member(json, "suppressions")), 3);
	assert_string_equal(json_text(json, "next"), "more");
	json_free(json);
	run_finish(&run);
}

static void a_list_that_breaks_off_is_no_whole_document(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/suppressions?limit=1000 ", 200,
			"{\"suppressions\":[" ENTRY "],\"next\":\"c\"}"},
		{"GET /v1/suppressions?limit=1000&cursor=c ", 503,
			"{\"detail\":\"disk full\"}"},
	};
	struct door door;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "--socket", door.path, "--json", "suppression", "list", NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_UNREACHABLE);
	assert_string_equal(
		run.err, "ses-feedback: the daemon cannot do it now: disk full (503)\n");
	assert_null(json_parse(run.out, strlen(run.out), JSON_STRICT, NULL));
	run_finish(&run);
}

static void add_sends_what_was_said(void **state)
{
	static const struct door_answer answers[] = {
		{"PUT /v1/suppressions/anna%40example.com ", 201, ENTRY},
	};
	struct door door;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "--socket", door.path, "suppression", "add", "anna@example.com",
		"--note", "by \"phone\"", "--scope", "n", "--expires",
		"2100-01-01T00:00:00Z", NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_DONE);
	assert_memory_equal(run.out, "Added.\n", 7);
	assert_string_equal(door.bodies, "{\"reason\":\"manual\",\"scope\":\"n\","
					 "\"expires\":\"2100-01-01T00:00:00.000Z"
					 "\",\"note\":\"by \\\"phone\\\"\"}\n");
	run_finish(&run);
}

/* ---- refusals ---- */

static void what_is_not_our_daemon_and_what_refuses_is_status_3(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/topics ", 200, "<html>"},
		{"GET /v1/topics ", 401, "{\"detail\":\"no token\"}"},
		{"GET /v1/topics ", 403, "{\"detail\":\"reader may not\"}"},
		{"GET /v1/topics ", 409, "{\"title\":\"Conflict\"}"},
	};
	static const char *const words[] = {"not as ses-feedbackd does",
		"wants a token over TCP", "reader may not", "Conflict (409)"};
	struct door door;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct run run;

		run_tool(&run, "--socket", door.path, "topics", NULL);
		assert_int_equal(run.status, TOOL_UNREACHABLE);
		if (strstr(run.err, words[i]) == NULL)
			fail_msg("\"%s\" is not in: %s", words[i], run.err);
		run_finish(&run);
	}
	door_close_and_check(&door);
}

/* ---- replay ---- */

static void replay_unwraps_and_sums_up_and_gives_the_worst_status(void **state)
{
	static const char file_text[] = "{\"Messages\":[{\"Body\":\"{\\\"n\\\":1}\"},{"
					"\"Body\":\"{\\\"n\\\":2}\"}]}\n"
					"{\n  \"n\": 3\n}\n"
					"{\"n\":4}\n"
					"rubbish\n";
	static const struct door_answer answers[] = {
		{"POST /v1/replay ", 200,
			"{\"results\":["
			"{\"line\":1,\"status\":200,\"reason\":\"stored\",\"recorded\":1}"
			","
			"{\"line\":2,\"status\":200,\"reason\":\"duplicate\","
			"\"recorded\":0},"
			"{\"line\":3,\"status\":403,\"reason\":\"signature-wrong\","
			"\"detail\":"
			"\"wrong\",\"message_id\":\"m\"},"
			"{\"line\":4,\"status\":200,\"reason\":\"aside\"}]}"},
	};
	struct door door;
	struct run run;
	char path[128];
	FILE *file;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	snprintf(path, sizeof(path), "%s/dump", door.folder);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(file_text, file);
	fclose(file);
	run_tool(&run, "--socket", door.path, "replay", path, NULL);
	unlink(path);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_NO);
	assert_string_equal(
		door.bodies, "{\"n\":1}\n{\"n\":2}\n{   \"n\": 3 } \n{\"n\":4} \n\n");
	assert_non_null(strstr(run.out, "/dump:2: refused (signature-wrong): wrong"));
	assert_non_null(strstr(run.out, "/dump:6: refused (malformed)"));
	assert_non_null(strstr(run.out,
		"5 messages: 1 stored, 1 already known, 1 kept aside (topic not "
		"configured), 2 refused (1 signature-wrong, 1 malformed)\n"));
	run_finish(&run);
}

static void replay_of_what_cannot_be_stored_now_is_status_3(void **state)
{
	static const struct door_answer answers[] = {
		{"POST /v1/replay ", 200,
			"{\"results\":[{\"line\":1,\"status\":503,\"reason\":\"store-"
			"failed\","
			"\"detail\":\"disk full\"}]}"},
	};
	struct door door;
	struct run run;
	char path[128];
	FILE *file;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	snprintf(path, sizeof(path), "%s/dump", door.folder);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs("{}\n", file);
	fclose(file);
	run_tool(&run, "--socket", door.path, "--json", "replay", path, "/nonexistent",
		NULL);
	unlink(path);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_UNREACHABLE);
	assert_non_null(strstr(run.out, "\"not_stored_now\":1"));
	assert_non_null(strstr(run.err, "/nonexistent: No such file"));
	run_finish(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_says_who_is_suppressed_and_gives_status_1),
		cmocka_unit_test(
			check_of_what_is_no_address_is_status_2_and_checks_the_rest),
		cmocka_unit_test(show_of_somebody_who_is_not_suppressed_is_status_1),
		cmocka_unit_test(list_follows_the_cursor_and_is_one_json_document),
		cmocka_unit_test(a_list_that_breaks_off_is_no_whole_document),
		cmocka_unit_test(add_sends_what_was_said),
		cmocka_unit_test(what_is_not_our_daemon_and_what_refuses_is_status_3),
		cmocka_unit_test(replay_unwraps_and_sums_up_and_gives_the_worst_status),
		cmocka_unit_test(replay_of_what_cannot_be_stored_now_is_status_3),
	};

	return cmocka_run_group_tests_name("answers", tests, NULL, NULL);
}
