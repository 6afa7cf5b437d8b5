/* test_alerts.c - alerts, silences and the test of a channel, as the tool shows them. */
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

#define DELIVERY(channel, state, attempts, answer, due)                                  \
	"{\"channel\":\"" channel "\",\"message\":\"msg_1\",\"state\":\"" state          \
	"\",\"attempts\":" #attempts ",\"answer\":" answer                               \
	",\"at\":\"2026-11-24T06:00:00.000Z\",\"due\":" due ",\"finished\":null}"
#define ALERT(id, name, object, level, more)                                             \
	"{\"id\":" #id ",\"alert\":\"" name "\",\"object\":\"" object                    \
	"\",\"level\":\"" level                                                          \
	"\",\"since\":\"2026-11-24T05:51:47.123Z\",\"told\":\"2020-01-01T00:00:00Z\","   \
	"\"fired\":2,\"text\":\"the rate is 5.3 %\",\"advice\":\"send less\"," more "}"
#define QUIET "\"resolved\":null,\"silenced_until\":null,\"data\":null,"
#define LONG_DUE "\"2026-11-24T06:10:00.000Z\""
#define NO_SILENCE                                                                       \
	{                                                                                \
		"GET /v1/silences ", 200, "{\"silences\":[]}"                            \
	}
#define ONE_CHANNEL                                                                      \
	{                                                                                \
		"GET /v1/channels ", 200,                                                \
			"{\"channels\":[{\"name\":\"ops\",\"waiting\":0}]}"              \
	}

/* Runs the tool with these words against a door with these answers. */
static void run_words(struct run *run, const struct door_answer *answers, size_t count,
	const char *const *words, char *bodies, size_t size)
{
	char *arguments[RUN_ARGUMENTS_MAX];
	struct door door;
	struct tool tool;
	size_t used = 0;

	assert_true(door_open(&door, answers, count));
	arguments[used++] = strdup("--socket");
	arguments[used++] = strdup(door.path);
	for (; *words != NULL; words++)
		arguments[used++] = strdup(*words);
	run_open(&tool, run);
	run->status = command_run(&tool, arguments, used);
	run_close(&tool);
	door_close_and_check(&door);
	if (bodies != NULL)
		snprintf(bodies, size, "%.*s", (int) size - 1, door.bodies);
	for (size_t i = 0; i < used; i++)
		free(arguments[i]);
}

#define RUN(run, answers, ...)                                                           \
	run_words(run, answers, COUNT(answers),                                          \
		(const char *const[]){__VA_ARGS__, NULL}, NULL, 0)

static void assert_says(const char *text, const char *words)
{
	if (strstr(text, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", text, words);
}

/* ---- alerts ---- */

static void what_is_on_is_listed_with_who_was_told(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/alerts?on=yes&limit=1000 ", 200,
			"{\"alerts\":[" ALERT(7, "reputation-level", "1/eu bounce",
				"over-review-limit",
				QUIET "\"deliveries\":[" DELIVERY("ops", "delivered", 1,
					"\"200\"", "null") "," DELIVERY("pager",
					"waiting", 3, "\"503\"",
					LONG_DUE) "," DELIVERY("ops", "given-up", 9,
					"\"no\"", "null") "]") "," ALERT(3, "quota",
				"1/eu", "critical",
				QUIET "\"deliveries\":[]") "],\"next\":null}"},
		NO_SILENCE,
		ONE_CHANNEL,
	};
	struct run run;

	(void) state;
	RUN(&run, answers, "alerts");
	assert_int_equal(run.status, TOOL_DONE);
	assert_string_equal(run.err, "");
	assert_says(run.out, "ID  SINCE                 ALERT             LEVEL          "
			     "        OBJECT       TOLD\n"
			     " 7  2026-11-24 05:51:47Z  reputation-level  OVER THE "
			     "REVIEW LIMIT  1/eu bounce  ");
	assert_says(run.out, " ago: ops delivered, pager waits (3 attempts)\n");
	assert_says(run.out, "CRITICAL               1/eu         to no channel\n");
	run_finish(&run);
}

static void all_are_listed_and_one_kind(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/alerts?name=quota&limit=1000 ", 200,
			"{\"alerts\":[" ALERT(1234, "quota", "1/eu", "ok",
				QUIET "\"deliveries\":[]") "],\"next\":null}"},
		NO_SILENCE,
		ONE_CHANNEL,
	};
	struct run run;

	(void) state;
	RUN(&run, answers, "alerts", "--all", "--name", "quota");
	assert_int_equal(run.status, TOOL_DONE);
	assert_says(run.out, "quota  resolved  1/eu");
	assert_says(run.out, "\n1234  ");
	run_finish(&run);
}

static void silences_and_channels_that_fail_stand_below(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/alerts?on=yes&limit=1000 ", 200,
			"{\"alerts\":[],\"next\":null}"},
		{"GET /v1/silences ", 200,
			"{\"silences\":[{\"name\":\"*\",\"object\":\"\",\"until\":"
			"\"2026-11-24T06:00:00.000Z\",\"actor\":\"unix:ann\",\"note\":"
			"\"moving\"},{\"name\":\"quota\",\"object\":\"1/eu\",\"until\":"
			"\"2026-11-24T07:00:00.000Z\",\"actor\":\"bob\",\"note\":\"\"}]"
			"}"},
		{"GET /v1/channels ", 200,
			"{\"channels\":[{\"name\":\"ops\",\"waiting\":2,\"oldest\":"
			"\"2020-01-01T00:00:00.000Z\",\"answer\":\"503 \\u001bbusy\"},{"
			"\"name\":\"new\",\"waiting\":1,\"answer\":null}]}"},
	};
	struct run run;

	(void) state;
	RUN(&run, answers, "alerts");
	assert_int_equal(run.status, TOOL_DONE);
	assert_says(run.out, "Nothing is wrong.\n");
	assert_says(run.out, "silenced until 2026-11-24 06:00:00Z: every alert of "
			     "anything, by unix:ann (moving)\n");
	assert_says(
		run.out, "silenced until 2026-11-24 07:00:00Z: quota of 1/eu, by bob\n");
	assert_says(run.out, "! channel ops: 2 messages not delivered, the oldest from ");
	assert_says(run.out, " ago: 503 \\x1bbusy\n");
	assert_null(strstr(run.out, "channel new"));
	run_finish(&run);
}

static void without_a_channel_that_is_said(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/alerts?on=yes&limit=1000 ", 200,
			"{\"alerts\":[],\"next\":null}"},
		NO_SILENCE,
		{"GET /v1/channels ", 200, "{\"channels\":[]}"},
	};
	struct run run;

	(void) state;
	RUN(&run, answers, "alerts");
	assert_says(run.out, "No channel is configured");
	run_finish(&run);
}

static void as_json_the_page_is_one_document(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/alerts?on=yes&limit=1000 ", 200,
			"{\"alerts\":[{\"id\":1}],\"next\":null}"},
	};
	struct run run;

	(void) state;
	RUN(&run, answers, "--json", "alerts");
	assert_string_equal(run.out, "{\"alerts\":[{\"id\":1}],\"next\":null}\n");
	run_finish(&run);
}

static void one_alert_is_shown_whole(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/alerts/7 ", 200,
			ALERT(7, "reputation-level", "1/eu bounce", "warning",
				"\"resolved\":null,\"silenced_until\":\"2026-11-24T06:00:"
				"00Z\",\"data\":{\"causes\":[{\"by\":\"recipient-"
				"domain\","
				"\"key\":\"example.net\",\"hard_bounces\":412,"
				"\"denominator\":1034,\"share\":0.776}]},\"deliveries\":"
				"[" DELIVERY("pager", "waiting", 3, "\"503 busy\"",
					LONG_DUE) "," DELIVERY("ops", "delivered", 1,
					"\"200 OK\"", "null") "]")},
	};
	struct run run;

	(void) state;
	RUN(&run, answers, "alerts", "show", "7");
	assert_int_equal(run.status, TOOL_DONE);
	assert_says(run.out, "WARNING  reputation-level of 1/eu bounce\nsince "
			     "2026-11-24 05:51:47Z (");
	assert_says(run.out, "; it came 2 times so far; silenced until 2026-11-24 "
			     "06:00:00Z\n\nthe rate is 5.3 %\n\nWhat to do: send less\n"
			     "\n");
	assert_says(run.out, "CAUSE             WHICH        EVENTS     OF    SHARE\n"
			     "recipient-domain  example.net     412  1,034  77.60 %\n\n");
	assert_says(run.out, "pager    2026-11-24 06:00:00Z  waits until 2026-11-24 "
			     "06:10:00Z         3  503 busy\n");
	assert_says(run.out, "ops      2026-11-24 06:00:00Z  delivered                   "
			     "             1  "
			     "200 OK\n");
	run_finish(&run);
}

static void an_id_is_a_number_and_an_unknown_one_is_said(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/alerts/99 ", 404, "{\"detail\":\"there is no alert 99\"}"},
	};
	struct run run;

	(void) state;
	run_tool(&run, "alerts", "show", "quota", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_says(run.err, "first column");
	run_finish(&run);
	RUN(&run, answers, "alerts", "show", "99");
	assert_int_equal(run.status, TOOL_NO);
	assert_says(run.err, "there is no alert 99");
	run_finish(&run);
}

/* ---- silences ---- */

#define SILENCED "{\"until\":\"2026-11-24T10:00:00.000Z\"}"

static void a_silence_is_put_with_object_and_note(void **state)
{
	static const struct {
		const char *words[8], *request, *body, *says;
	} cases[] = {
		{{"quota", "4h"}, "PUT /v1/silences/quota ", "{\"for\":\"4h\"}\n",
			"quota is silenced until 2026-11-24 10:00:00Z; "},
		{{"quota", "1/eu x", "2d", "--note", "known"},
			"PUT /v1/silences/quota?object=1%2Feu%20x ",
			"{\"for\":\"2d\",\"note\":\"known\"}\n",
			"quota of 1/eu x is silenced until "},
		{{"all", "2026-12-01"}, "PUT /v1/silences/%2A ",
			"{\"until\":\"2026-12-01T00:00:00.000Z\"}\n",
			"every alert is silenced until "},
		{{"*", "30m"}, "PUT /v1/silences/%2A ", "{\"for\":\"30m\"}\n",
			"every alert is silenced until "},
		{{"--end", "quota"}, "DELETE /v1/silences/quota ", "\n",
			"quota is not silenced any more."},
		{{"quota", "1/eu", "--end"}, "DELETE /v1/silences/quota?object=1%2Feu ",
			"\n", "quota of 1/eu is not silenced any more."},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool is_put = cases[i].request[0] == 'P';
		bool has_object = is_put && strchr(cases[i].request, '?') != NULL;
		const struct door_answer answers[] = {
			{cases[i].request, is_put ? 200 : 204, SILENCED},
			{"GET /v1/alerts?on=yes&limit=1000 ", 200, "{\"alerts\":[]}"},
		};
		const char *words[12] = {"alerts", "silence"};
		char bodies[512];
		struct run run;

		for (size_t j = 0; cases[i].words[j] != NULL; j++)
			words[2 + j] = cases[i].words[j];
		run_words(
			&run, answers, has_object ? 2 : 1, words, bodies, sizeof(bodies));
		assert_int_equal(run.status, TOOL_DONE);
		assert_string_equal(run.err, "");
		assert_says(run.out, cases[i].says);
		assert_int_equal(
			strncmp(bodies, cases[i].body, strlen(cases[i].body)), 0);
		if (has_object)
			assert_says(run.out, "no alert on now has that object; those on: "
					     "none");
		run_finish(&run);
	}
}

static void a_mistyped_alert_suggests_the_nearest(void **state)
{
	struct run run;

	(void) state;
	run_tool(&run, "alerts", "silence", "qouta", "4h", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_string_equal(run.err, "ses-feedback: there is no alert \"qouta\"; did you "
				     "mean \"quota\"?\n");
	run_finish(&run);
	run_tool(&run, "alerts", "--name", "reputation-levle", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_says(run.err, "did you mean \"reputation-level\"?");
	run_finish(&run);
	run_tool(&run, "alerts", "silence", "weather", "4h", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_says(run.err, "there is no alert \"weather\"; ");
	run_finish(&run);
}

static void a_silence_needs_an_end(void **state)
{
	struct run run;

	(void) state;
	run_tool(&run, "alerts", "silence", "quota", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_says(run.err, "for how long?");
	run_finish(&run);
	run_tool(&run, "alerts", "silence", "quota", "1/eu", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_says(run.err, "1/eu: the last word says for how long");
	run_finish(&run);
	run_tool(&run, "alerts", "silence", "--end", "quota", "1/eu", "4h", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_says(run.err, "no duration");
	run_finish(&run);
}

/* ---- the test of a channel ---- */

#define QUEUED                                                                           \
	{                                                                                \
		"POST /v1/channels/ops/test ", 202,                                      \
			DELIVERY("ops", "waiting", 0, "null", LONG_DUE)                  \
	}
#define RECENT(delivery)                                                                 \
	{                                                                                \
		"GET /v1/channels ", 200,                                                \
			"{\"channels\":[{\"name\":\"other\",\"recent\":[" DELIVERY(      \
				"other", "delivered", 1, "\"wrong one\"",                \
				"null") "]},{\"name\":\"ops\",\"recent\":[" delivery     \
					"]}]}"                                           \
	}

static void a_test_waits_for_the_delivery(void **state)
{
	static const struct door_answer answers[] = {
		QUEUED,
		RECENT(DELIVERY("ops", "waiting", 0, "null", LONG_DUE)),
		RECENT(DELIVERY("ops", "delivered", 1, "\"200 OK\"", "null")),
	};
	struct run run;

	(void) state;
	RUN(&run, answers, "alerts", "test", "ops");
	assert_int_equal(run.status, TOOL_DONE);
	assert_string_equal(run.out, "ops: delivered (200 OK)\n");
	run_finish(&run);
}

static void a_test_that_fails_is_status_1_with_the_answer(void **state)
{
	static const struct door_answer waits[] = {
		QUEUED,
		RECENT(DELIVERY("ops", "waiting", 1, "\"401 no\"", LONG_DUE)),
	};
	static const struct door_answer gone[] = {
		QUEUED,
		RECENT(DELIVERY("ops", "given-up", 1, "\"410 gone\"", "null")),
	};
	struct run run;

	(void) state;
	RUN(&run, waits, "alerts", "test", "ops");
	assert_int_equal(run.status, TOOL_NO);
	assert_says(run.out, "ops: not delivered: 401 no\nIt is tried again ");
	run_finish(&run);
	RUN(&run, gone, "--json", "alerts", "test", "ops");
	assert_int_equal(run.status, TOOL_NO);
	assert_says(run.out, "\"answer\":\"410 gone\"");
	run_finish(&run);
}

static void a_test_of_no_channel_suggests_the_nearest(void **state)
{
#define NO_CHANNEL                                                                       \
	"{\"type\":\"urn:ses-feedbackd:problem:no-channel\",\"detail\":\"none\"}"
	static const struct door_answer near[] = {
		{"POST /v1/channels/osp/test ", 404, NO_CHANNEL},
		ONE_CHANNEL,
	};
	static const struct door_answer far[] = {
		{"POST /v1/channels/everybody/test ", 404, NO_CHANNEL},
		ONE_CHANNEL,
	};
	struct run run;

	(void) state;
	RUN(&run, near, "alerts", "test", "osp");
	assert_int_equal(run.status, TOOL_USAGE);
	assert_says(run.err, "there is no channel \"osp\"; did you mean \"ops\"?");
	run_finish(&run);
	RUN(&run, far, "alerts", "test", "everybody");
	assert_int_equal(run.status, TOOL_USAGE);
	assert_says(run.err, "no section [alert \"everybody\"]");
	run_finish(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_on_is_listed_with_who_was_told),
		cmocka_unit_test(all_are_listed_and_one_kind),
		cmocka_unit_test(silences_and_channels_that_fail_stand_below),
		cmocka_unit_test(without_a_channel_that_is_said),
		cmocka_unit_test(as_json_the_page_is_one_document),
		cmocka_unit_test(one_alert_is_shown_whole),
		cmocka_unit_test(an_id_is_a_number_and_an_unknown_one_is_said),
		cmocka_unit_test(a_silence_is_put_with_object_and_note),
		cmocka_unit_test(a_mistyped_alert_suggests_the_nearest),
		cmocka_unit_test(a_silence_needs_an_end),
		cmocka_unit_test(a_test_waits_for_the_delivery),
		cmocka_unit_test(a_test_that_fails_is_status_1_with_the_answer),
		cmocka_unit_test(a_test_of_no_channel_suggests_the_nearest),
	};

	return cmocka_run_group_tests_name("alerts", tests, NULL, NULL);
}
