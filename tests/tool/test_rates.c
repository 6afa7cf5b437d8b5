/* test_rates.c - rates, series, why-rate and fresh starts: what is asked, what is shown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "tests/tool/door.h"
#include "tests/tool/running.h"
#include "tool/rates.h"
#include "tool/screen.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define ROW(key)                                                                         \
	"{\"key\":\"" key "\",\"other\":false,\"unknown\":false,\"source\":\"send\","    \
	"\"denominator\":1234567,\"deliveries\":1200000,\"hard_bounces\":50000,"         \
	"\"soft_bounces\":60000,\"automatic\":7,\"blocked\":8,\"complaints\":1200,"      \
	"\"rejects\":9,\"refused\":10,\"bounce_rate\":0.0405,\"bounce_low\":0.0401,"     \
	"\"bounce_high\":0.0408,\"complaint_rate\":0.00097,\"complaint_low\":0.0009,"    \
	"\"complaint_high\":0.001,\"complaint_reporting_rate\":null,\"immature\":true}"

#define RATES(by, rows)                                                                  \
	"{\"window\":\"7d\",\"by\":\"" by "\",\"basis\":\"sent\",\"from\":"              \
	"\"2026-11-17T05:52:00Z\",\"to\":\"2026-11-24T05:52:00Z\",\"rows\":[" rows       \
	"],\"left_out\":2,\"notices\":[{\"notice\":\"keys-bounded\",\"text\":\"Only so " \
	"many keys of a day are told apart.\"}]}"

static const char long_key[] = "a-very-long-name-of-a-domain-with-many-letters.example";

static void expect(const struct run *run, const char *words)
{
	if (strstr(run->out, words) == NULL)
		fail_msg("\"%s\" is not in:\n%s", words, run->out);
}

static size_t widest_line(const char *text)
{
	size_t widest = 0;

	while (*text != '\0') {
		size_t length = strcspn(text, "\n"), width = screen_width(text, length);

		if (width > widest)
			widest = width;
		text += length + (text[length] == '\n');
	}
	return widest;
}

static void print_rates(struct run *run, const char *text, bool is_terminal, bool is_wide)
{
	struct json *json = json_parse(text, strlen(text), JSON_STRICT, NULL);
	struct tool tool;

	assert_non_null(json);
	run_open(&tool, run);
	tool.is_terminal = is_terminal;
	rates_print(&tool, json, is_wide);
	run_close(&tool);
	json_free(json);
}

static void rates_fit_100_columns_of_a_terminal(void **state)
{
	static const char text[] = RATES("recipient-domain",
		ROW("a-very-long-name-of-a-domain-with-many-letters.example"));
	struct run run;

	(void) state;
	print_rates(&run, text, true, false);
	assert_in_range(widest_line(run.out), 1, 100);
	expect(&run, "4.05 %");
	expect(&run, "4.01–4.08 %");
	expect(&run, "0.097 %");
	expect(&run, "…");
	assert_null(strstr(run.out, long_key));
	expect(&run, "2 more keys are left out");
	expect(&run, "! Only so many keys");
	expect(&run, "Immature:");
	run_finish(&run);
}

static void a_key_is_whole_behind_a_pipe_and_when_wide(void **state)
{
	static const char text[] = RATES("recipient-domain",
		ROW("a-very-long-name-of-a-domain-with-many-letters.example"));
	struct run run;

	(void) state;
	print_rates(&run, text, false, false);
	expect(&run, long_key);
	assert_null(strstr(run.out, "REFUSED"));
	run_finish(&run);
	print_rates(&run, text, true, true);
	expect(&run, long_key);
	expect(&run, "REFUSED");
	expect(&run, "AUTOMATIC");
	expect(&run, "SOURCE");
	run_finish(&run);
}

static void diagnostics_have_counts_and_room_for_their_words(void **state)
{
	static const char text[] = RATES("diagnostic",
		ROW("5.1.1 the email account that you tried to reach does not exist"));
	struct run run;

	(void) state;
	print_rates(&run, text, true, false);
	expect(&run, "5.1.1 the email account that you tried to reach does not exist");
	assert_null(strstr(run.out, "BOUNCE RATE"));
	assert_in_range(widest_line(run.out), 1, 100);
	run_finish(&run);
}

static void a_series_is_asked_for_and_drawn(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/series?window=24h&step=12h&by=provider&key=google&basis="
		 "published ",
			200,
			"{\"window\":\"24h\",\"step\":\"12h\",\"by\":\"provider\","
			"\"key\":\"google\",\"basis\":\"published\",\"rows\":["
			"{\"at\":\"2026-11-23T12:00:00Z\",\"denominator\":null,"
			"\"hard_bounces\":0,\"complaints\":0,\"bounce_rate\":null},"
			"{\"at\":\"2026-11-24T00:00:00Z\",\"denominator\":100,"
			"\"hard_bounces\":8,\"complaints\":2,\"bounce_rate\":0.08}]}"},
	};
	struct door door;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "rates", "--socket", door.path, "--window", "24h", "--by",
		"provider", "--key", "google", "--series", "12h", "--basis", "published",
		NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_DONE);
	expect(&run, "24h by provider google, by the time the feedback was published");
	expect(&run, "2026-11-23 12:00         –     0            –           0\n");
	expect(&run, "2026-11-24 00:00       100     8       8.00 %           2  ▇▇");
	expect(&run, "Steps of 12h.");
	expect(&run, "the longest is 10.");
	run_finish(&run);
}

#define STEP(at, hard)                                                                   \
	"{\"at\":\"2026-11-" at "T00:00:00Z\",\"denominator\":0,\"hard_bounces\":" hard  \
	",\"complaints\":0,\"bounce_rate\":null}"
static void print_series(struct run *run, const char *text)
{
	struct json *json = json_parse(text, strlen(text), JSON_STRICT, NULL);
	struct tool tool;

	assert_non_null(json);
	run_open(&tool, run);
	series_print(&tool, json);
	run_close(&tool);
	json_free(json);
}

static void long_runs_of_empty_steps_are_one_line(void **state)
{
	static const char text[] =
		"{\"window\":\"representative\",\"by\":\"configuration-set\",\"key\":"
		"\"newsletter\",\"basis\":\"published\",\"from\":\"2026-11-01T00:00:"
		"00Z\","
		"\"to\":\"2026-11-12T00:00:00Z\",\"step\":\"1d\",\"rows\":[" STEP(
			"01", "0") "," STEP("02", "0") "," STEP("03", "0") "," STEP("04",
			"1") "," STEP("05", "0") "," STEP("06", "0") "," STEP("07",
			"0") "," STEP("08", "0") "," STEP("09", "2") "]}";
	struct run run;

	(void) state;
	print_series(&run, text);
	expect(&run, "2026-11-03 00:00");
	expect(&run, "2026-11-04 00:00");
	expect(&run, "… 4 empty steps");
	assert_null(strstr(run.out, "2026-11-05"));
	assert_null(strstr(run.out, "2026-11-08"));
	expect(&run, "2026-11-09 00:00");
	assert_in_range(widest_line(run.out), 1, 100);
	run_finish(&run);
}

#define ACCOUNTS                                                                         \
	"{\"accounts\":[{\"account\":\"111122223333\",\"region\":\"us-east-1\"},"        \
	"{\"account\":\"111122223333\",\"region\":\"eu-west-1\"}]}"
#define ONE_ACCOUNT                                                                      \
	"{\"accounts\":[{\"account\":\"111122223333\",\"region\":\"us-east-1\"}]}"

#define WHY                                                                              \
	"{\"account\":\"111122223333\",\"region\":\"us-east-1\",\"metric\":"             \
	"\"complaint\",\"from\":\"2026-11-17T05:52:00Z\",\"to\":\"2026-11-24T05:52:"     \
	"00Z\",\"fresh_start\":null,\"rate\":{\"level\":\"warning\",\"sentence\":"       \
	"\"0.090 %, measured over the last 10,000 eligible emails, spanning 7.0 days\"," \
	"\"source\":\"send\"},\"counted\":9,\"left_out\":[{\"class\":\"not_spam\","      \
	"\"count\":2,\"left_out\":true,\"text\":\"Taken back.\"},{\"class\":\"listed\"," \
	"\"count\":0,\"left_out\":true,\"text\":\"Listed.\"}],\"notices\":[],\"top\":["  \
	"{\"by\":\"identity\",\"rows\":[{\"key\":\"shop.example\",\"count\":9,"          \
	"\"share\":1,\"rate\":0.0009}],\"more\":3}],\"events\":[{\"published\":"         \
	"\"2026-11-24T05:00:00Z\",\"address\":\"a@b.example\",\"counts\":true,"          \
	"\"reason\":\"a complaint\"}]}"

static void why_rate_is_a_page_about_the_only_account(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/reputation ", 200, ONE_ACCOUNT},
		{"GET /v1/why-rate?account=111122223333&region=us-east-1&metric="
		 "complaint ",
			200, WHY},
	};
	struct door door;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "why-rate", "--socket", door.path, "--metric", "complaint", NULL);
	door_close_and_check(&door);
	assert_int_equal(run.status, TOOL_DONE);
	expect(&run, "111122223333/us-east-1, complaint rate: WARNING\n");
	expect(&run, "0.090 %, measured over the last 10,000 eligible emails");
	expect(&run, "9 complaints are counted\n");
	expect(&run, "        2  complaints taken back\n             Taken back.\n"
		     "  nothing of these was left out: complaints about addresses on "
		     "SES's list\n");
	expect(&run, "Counted by identity\n");
	expect(&run, "shop.example        9  100.00 %   0.090 %\n");
	expect(&run, "and 3 more\n");
	expect(&run, "2026-11-24 05:00:00Z  yes     a@b.example  a complaint\n");
	run_finish(&run);
}

static void of_several_accounts_one_has_to_be_named(void **state)
{
	static const struct door_answer answers[] = {
		{"GET /v1/reputation ", 200, ACCOUNTS},
		{"GET /v1/reputation ", 200, ACCOUNTS},
		{"GET /v1/reputation ", 200, "{\"accounts\":[]}"},
	};
	struct door door;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "why-rate", "--socket", door.path, NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_non_null(
		strstr(run.err, "111122223333/us-east-1, 111122223333/eu-west-1"));
	run_finish(&run);
	run_tool(&run, "why-rate", "--socket", door.path, "444455556666", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_non_null(strstr(run.err, "444455556666: unknown; the daemon knows 1111"));
	run_finish(&run);
	run_tool(&run, "fresh-start", "--socket", door.path, NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_non_null(strstr(run.err, "heard of no account yet"));
	run_finish(&run);
	door_close_and_check(&door);
}

#define MARK                                                                             \
	"{\"id\":3,\"account\":\"111122223333\",\"region\":\"us-east-1\",\"at\":"        \
	"\"2026-11-24T00:00:00Z\",\"recorded\":\"2026-11-24T05:00:00Z\",\"actor\":"      \
	"\"unix:root\",\"note\":\"case 7\"}"

#define LATER                                                                            \
	"{\"id\":2,\"account\":\"111122223333\",\"region\":\"us-east-1\",\"at\":"        \
	"\"2026-11-24T04:00:00Z\",\"recorded\":\"2026-11-24T04:00:00Z\",\"actor\":"      \
	"\"unix:root\",\"note\":null}"
#define TO_COME                                                                          \
	"{\"id\":4,\"account\":\"111122223333\",\"region\":\"us-east-1\",\"at\":"        \
	"\"2999-11-24T04:00:00Z\",\"recorded\":\"2026-11-24T04:00:00Z\",\"actor\":"      \
	"\"unix:root\",\"note\":null}"
#define OTHER_ACCOUNT                                                                    \
	"{\"id\":5,\"account\":\"444455556666\",\"region\":\"us-east-1\",\"at\":"        \
	"\"2026-11-24T05:00:00Z\",\"recorded\":\"2026-11-24T05:00:00Z\",\"actor\":"      \
	"\"unix:root\",\"note\":null}"
#define ALL_MARKS "{\"fresh_starts\":[" TO_COME "," OTHER_ACCOUNT "," LATER "," MARK "]}"

static void of_several_fresh_starts_the_one_that_begins_last_holds(void **state)
{
	static const struct door_answer answers[] = {
		{"POST /v1/fresh-starts ", 201, MARK},
		{"GET /v1/fresh-starts ", 200, ALL_MARKS},
		{"GET /v1/fresh-starts ", 200, ALL_MARKS},
	};
	struct door door;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "fresh-start", "--socket", door.path, "111122223333/us-east-1",
		"--at", "2026-11-24", NULL);
	assert_int_equal(run.status, TOOL_DONE);
	expect(&run, "recorded, but number 2 (from 2026-11-24 04:00:00Z) is later and "
		     "holds; \"--remove 2\" takes that one back.\n");
	assert_null(strstr(run.out, "is counted afresh"));
	run_finish(&run);
	run_tool(&run, "fresh-start", "--socket", door.path, "--list", NULL);
	expect(&run, "4  111122223333/us-east-1  2999-11-24 04:00:00Z  to come");
	expect(&run, "5  444455556666/us-east-1  2026-11-24 05:00:00Z  holds");
	expect(&run, "2  111122223333/us-east-1  2026-11-24 04:00:00Z  holds");
	expect(&run, "3  111122223333/us-east-1  2026-11-24 00:00:00Z  –");
	run_finish(&run);
	door_close_and_check(&door);
}

static void fresh_starts_are_made_listed_and_taken_back(void **state)
{
	static const struct door_answer answers[] = {
		{"POST /v1/fresh-starts ", 201, MARK},
		{"GET /v1/fresh-starts ", 200, "{\"fresh_starts\":[" MARK "]}"},
		{"GET /v1/fresh-starts ", 200, "{\"fresh_starts\":[" MARK "]}"},
		{"DELETE /v1/fresh-starts/3 ", 204, ""},
		{"DELETE /v1/fresh-starts/4 ", 404,
			"{\"type\":\"urn:ses-feedbackd:problem:no-fresh-start\","
			"\"status\":404,\"detail\":\"there is no fresh start 4\"}"},
	};
	struct door door;
	struct run run;

	(void) state;
	assert_true(door_open(&door, answers, COUNT(answers)));
	run_tool(&run, "fresh-start", "--socket", door.path, "111122223333/us-east-1",
		"--at", "2026-11-24", "--note", "case 7", NULL);
	assert_int_equal(run.status, TOOL_DONE);
	expect(&run, "111122223333/us-east-1 is counted afresh from 2026-11-24 00:00:00Z "
		     "on.");
	expect(&run, "fresh-start --remove 3");
	run_finish(&run);
	run_tool(&run, "fresh-start", "--socket", door.path, "--list", NULL);
	expect(&run, "3  111122223333/us-east-1  2026-11-24 00:00:00Z  holds  2026-11-24 "
		     "05:00:00Z  unix:root  case 7\n");
	run_finish(&run);
	run_tool(&run, "fresh-start", "--socket", door.path, "--remove", "3", NULL);
	assert_int_equal(run.status, TOOL_DONE);
	expect(&run, "Fresh start 3 is taken back.\n");
	run_finish(&run);
	run_tool(&run, "fresh-start", "--socket", door.path, "--remove", "4", NULL);
	assert_int_equal(run.status, TOOL_NO);
	assert_non_null(strstr(run.err, "there is no fresh start 4; \"ses-feedback"));
	assert_null(strstr(run.err, "/v1/"));
	run_finish(&run);
	door_close_and_check(&door);
	assert_string_equal(door.bodies,
		"{\"account\":\"111122223333\",\"region\":\"us-east-1\",\"at\":"
		"\"2026-11-24T00:00:00.000Z\",\"note\":\"case 7\"}\n\n\n\n\n");
}

static void fresh_start_does_one_thing_at_a_time(void **state)
{
	struct run run;

	(void) state;
	run_tool(&run, "fresh-start", "--list", "--remove", "3", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	run_finish(&run);
	run_tool(&run, "fresh-start", "--remove", "3", "--note", "x", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	run_finish(&run);
	run_tool(&run, "fresh-start", "--at", "soon", NULL);
	assert_int_equal(run.status, TOOL_USAGE);
	assert_non_null(strstr(run.err, "--at soon"));
	run_finish(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_fit_100_columns_of_a_terminal),
		cmocka_unit_test(a_key_is_whole_behind_a_pipe_and_when_wide),
		cmocka_unit_test(diagnostics_have_counts_and_room_for_their_words),
		cmocka_unit_test(a_series_is_asked_for_and_drawn),
		cmocka_unit_test(long_runs_of_empty_steps_are_one_line),
		cmocka_unit_test(why_rate_is_a_page_about_the_only_account),
		cmocka_unit_test(of_several_accounts_one_has_to_be_named),
		cmocka_unit_test(of_several_fresh_starts_the_one_that_begins_last_holds),
		cmocka_unit_test(fresh_starts_are_made_listed_and_taken_back),
		cmocka_unit_test(fresh_start_does_one_thing_at_a_time),
	};

	return cmocka_run_group_tests_name("rates", tests, NULL, NULL);
}
