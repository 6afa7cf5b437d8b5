/* test_report.c - the screen of status: danger first, and what to do about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/tool/running.h"
#include "tool/report.h"

#define NOW INT64_C(1795499507000) /* 2026-11-24T05:51:47Z */

#define ARN "arn:aws:sns:us-east-1:111122223333:ses-feedback"

static void print_with_alerts(struct run *run, const char *status, const char *accounts,
	const char *topics, const char *alerts)
{
	struct json *alert_list = json_parse(alerts, strlen(alerts), JSON_STRICT, NULL);
	struct json *status_json = json_parse(status, strlen(status), JSON_STRICT, NULL);
	struct json *list = json_parse(accounts, strlen(accounts), JSON_STRICT, NULL);
	struct json *topic_list = json_parse(topics, strlen(topics), JSON_STRICT, NULL);
	struct tool tool;

	assert_non_null(status_json);
	assert_non_null(list);
	assert_non_null(topic_list);
	assert_non_null(alert_list);
	run_open(&tool, run);
	report_print(&tool,
		&(struct report){.status = status_json,
			.accounts = list,
			.topics = topic_list,
			.alerts = alert_list},
		NOW);
	run_close(&tool);
	json_free(status_json);
	json_free(list);
	json_free(topic_list);
	json_free(alert_list);
}

static void print(
	struct run *run, const char *status, const char *accounts, const char *topics)
{
	print_with_alerts(run, status, accounts, topics, "[]");
}

static void expect(const struct run *run, const char *words)
{
	if (strstr(run->out, words) == NULL)
		fail_msg("\"%s\" is not in:\n%s", words, run->out);
}

static size_t place(const struct run *run, const char *words)
{
	const char *found = strstr(run->out, words);

	if (found == NULL)
		fail_msg("\"%s\" is not in:\n%s", words, run->out);
	return (size_t) (found - run->out);
}

static void a_fresh_installation_is_told_what_to_do_next(void **state)
{
	struct run run;

	(void) state;
	print(&run,
		"{\"version\":\"1\",\"started\":\"2026-11-24T05:51:47Z\",\"development\":"
		"false,\"feedback\":{\"port\":9443,\"path\":\"/ses\",\"tls\":true},"
		"\"last_stored\":null,\"store\":{\"failing\":false,\"events\":0}}",
		"[]", "[]");
	expect(&run, "last event never");
	expect(&run, "What to do next");
	expect(&run, "name your SNS topic");
	expect(&run, "No topic is configured");
	expect(&run, "https://YOUR-HOST:9443/ses to the topic");
	assert_null(strstr(run.out, "DEVELOPMENT"));
	assert_null(strstr(run.out, "simulate"));
	run_finish(&run);
}

static void behind_a_proxy_the_port_is_that_of_the_proxy(void **state)
{
	struct run run;

	(void) state;
	print(&run,
		"{\"version\":\"1\",\"last_stored\":null,\"feedback\":{\"port\":null,"
		"\"path\":\"/sns\",\"tls\":false}}",
		"[]", "[]");
	expect(&run, "https://YOUR-HOST/sns to the topic");
	run_finish(&run);
}

static void after_a_fresh_start_nobody_is_told_to_publish_more(void **state)
{
	struct run run;

	(void) state;
	print(&run, "{\"version\":\"1\",\"last_stored\":\"2026-11-24T05:48:47Z\"}",
		"[{\"account\":\"111122223333\",\"region\":\"eu-west-1\",\"level\":"
		"\"no-denominator\",\"bounce\":{\"level\":\"no-denominator\",\"rate\":"
		"null,"
		"\"numerator\":0,\"denominator\":null,\"incomplete\":false},"
		"\"fresh_start\":\"2026-11-24T05:00:00Z\"}]",
		"[]");
	expect(&run, "no rate yet: nothing was sent since the fresh start of 2026-11-24 "
		     "05:00:00Z\n");
	assert_null(strstr(run.out, "publish Send"));
	run_finish(&run);
}

static void danger_comes_before_everything_else(void **state)
{
	struct run run;

	(void) state;
	print(&run,
		"{\"version\":\"1\",\"started\":\"2026-11-20T05:51:47Z\",\"development\":"
		"true,"
		"\"last_stored\":\"2026-11-24T05:48:47Z\",\"store\":{\"failing\":true,"
		"\"failure\":\"disk full\",\"events\":1234,\"suppressions\":5},"
		"\"alarms\":[{\"name\":\"development\",\"text\":\"hidden\",\"count\":1},"
		"{\"name\":\"subscription-cancelled\",\"object\":\"" ARN
		"\",\"text\":\"gone\",\"advice\":\"subscribe\","
		"\"since\":\"2026-11-24T05:48:47Z\",\"count\":2}]}",
		"[]", "[]");
	assert_true(place(&run, "DEVELOPMENT MODE") < place(&run, "THE STORE FAILS"));
	assert_true(place(&run, "disk full") < place(&run, "ALARM gone"));
	assert_true(place(&run, "-> subscribe") < place(&run, "ses-feedbackd 1"));
	expect(&run, "last event 3 minutes ago; 1,234 events, 5 suppressed");
	assert_null(strstr(run.out, "hidden"));
	assert_null(strstr(run.out, "What to do next"));
	run_finish(&run);
}

#define RATE(level, rate, numerator, review, pause)                                      \
	"{\"level\":\"" level "\",\"rate\":" rate ",\"numerator\":" numerator            \
	",\"denominator\":1000,\"days\":7,\"review\":0.05,\"pause\":0.1,\"remaining\":"  \
	"{\"review\":" review ",\"pause\":" pause "},\"recover\":200,\"forecast\":0.06}"

static void the_worst_account_is_first_with_what_is_left_and_how_to_recover(void **state)
{
	struct run run;

	(void) state;
	print(&run, "{\"version\":\"1\",\"last_stored\":\"2026-11-24T05:48:47Z\"}",
		"[{\"account\":\"111122223333\",\"region\":\"eu-west-1\",\"level\":"
		"\"ok\","
		"\"bounce\":" RATE("ok", "0.04", "40", "9",
			"59") ",\"complaint\":{\"level\":"
			      "\"no-denominator\",\"rate\":null,\"numerator\":1,"
			      "\"incomplete\":true}},"
			      "{\"account\":\"111122223333\",\"region\":\"us-east-1\","
			      "\"level\":"
			      "\"over-review-limit\",\"bounce\":" RATE(
				      "over-review-limit", "0.0512", "51", "0",
				      "48") "}]",
		"[]");
	assert_true(place(&run, "us-east-1  OVER THE REVIEW LIMIT") <
		    place(&run, "eu-west-1  ok"));
	expect(&run, "5.12 %  51 of 1,000 eligible emails, spanning 7.0 days");
	expect(&run, "review at 5 %: reached; pause at 10 %: 48 more hard bounces");
	expect(&run, "200 clean sends bring it below the review limit");
	expect(&run, "another day like the last makes it 6.00 %");
	expect(&run, "review at 5 %: 9 more hard bounces stay below");
	expect(&run, "–  1 complaint; more feedback than mail is known");
	run_finish(&run);
}

#define WHOLE_RATE                                                                       \
	"{\"level\":\"warning\",\"rate\":0.042,\"low\":0.0383,\"high\":0.0461,"          \
	"\"numerator\":420,\"denominator\":10000,\"days\":7,\"review\":0.05,"            \
	"\"pause\":0.1,\"remaining\":{\"review\":79,\"pause\":579},\"recover\":0,"       \
	"\"forecast\":0.045,\"days_to_review\":3}"

static void an_account_shows_its_interval_quota_and_what_cannot_be_trusted(void **state)
{
	struct run run;

	(void) state;
	print(&run, "{\"version\":\"1\",\"last_stored\":\"2026-11-24T05:48:47Z\"}",
		"[{\"account\":\"111122223333\",\"region\":\"eu-west-1\",\"level\":"
		"\"warning\",\"bounce\":" WHOLE_RATE ",\"complaint\":" WHOLE_RATE
		",\"trust\":\"partial\",\"notices\":[{\"notice\":\"sends-missing\","
		"\"text\":\"Fewer Sends than Deliveries came on some days, which is why "
		"those days are counted by what was delivered.\"}],"
		"\"fresh_start\":\"2026-11-20T00:00:00Z\",\"quota\":{\"daily\":50000,"
		"\"rate\":14,\"sent_24h\":49000,\"peak_24h\":12,\"left\":1000}}]",
		"[]");
	expect(&run, "spanning 7.0 days  (95 %: 3.83–4.61 %)\n");
	expect(&run, "after 3 days like the last it reaches the review limit");
	expect(&run, "  quota      49,000 of 50,000 recipients in 24 hours, 1,000 left; "
		     "busiest second 12 of 14\n");
	expect(&run, "counted afresh since 2026-11-20 00:00:00Z");
	expect(&run, "  ! Fewer Sends than Deliveries came on some days, which is why "
		     "those days are\n    counted by what was delivered.\n");
	expect(&run, "because of whom, and the way out: ses-feedback incident "
		     "111122223333/eu-west-1\n");
	run_finish(&run);
}

#define SANDBOX(rate)                                                                    \
	"[{\"account\":\"111122223333\",\"region\":\"eu-west-1\",\"level\":"             \
	"\"no-denominator\",\"bounce\":" rate ",\"complaint\":" rate                     \
	",\"notices\":[{\"notice\":\"sandbox\",\"text\":\"AWS judges nothing "           \
	"yet.\"}],\"quota\":{\"daily\":200,\"rate\":1,\"sent_24h\":200,\"peak_24h\":"    \
	"null,\"left\":0}}]"

static void in_the_sandbox_rates_of_nothing_are_not_shown_but_others_are(void **state)
{
	static const char status[] =
		"{\"version\":\"1\",\"last_stored\":\"2026-11-24T05:48:47Z\"}";
	struct run run;

	(void) state;
	print(&run, status,
		SANDBOX("{\"level\":\"no-denominator\",\"rate\":null,\"numerator\":0,"
			"\"denominator\":null}"),
		"[]");
	expect(&run, "AWS judges nothing yet.");
	expect(&run, "200 of 200 recipients in 24 hours, 0 left\n");
	assert_null(strstr(run.out, "bounces"));
	run_finish(&run);
	print(&run, status, SANDBOX(WHOLE_RATE), "[]");
	expect(&run, "AWS judges nothing yet.");
	expect(&run, "420 of 10,000 eligible emails");
	run_finish(&run);
}

static void alerts_that_are_on_stand_above_but_not_twice(void **state)
{
	struct run run;

	(void) state;
	print_with_alerts(&run,
		"{\"version\":\"1\",\"last_stored\":\"2026-11-24T05:48:47Z\",\"alarms\":["
		"{\"name\":\"foreign-topic\",\"object\":\"" ARN "\",\"text\":\"alarm\","
		"\"advice\":\"\",\"since\":\"2026-11-24T05:48:47Z\",\"count\":1}]}",
		"[]", "[]",
		"[{\"id\":1,\"alert\":\"quota\",\"object\":\"111122223333/eu-west-1\","
		"\"level\":\"warning\",\"since\":\"2026-11-24T05:48:47Z\",\"text\":"
		"\"98 % of the quota is used.\",\"advice\":\"send less\","
		"\"silenced_until\":\"2026-11-24T09:00:00Z\"},"
		"{\"id\":2,\"alert\":\"foreign-topic\",\"object\":\"" ARN
		"\",\"level\":\"warning\",\"text\":\"said already\"},"
		"{\"id\":3,\"alert\":\"brake\",\"object\":\"111122223333/eu-west-1\","
		"\"level\":\"over-review-limit\",\"text\":\"Stopped. And more.\","
		"\"advice\":\"resume\"}]");
	assert_true(
		place(&run, "ALERT 1: quota WARNING") < place(&run, "ses-feedbackd 1"));
	/* What stops sending is first, and its first sentence is enough. */
	assert_true(place(&run, "ALERT 3: brake") < place(&run, "ALERT 1: quota"));
	expect(&run, "  Stopped.\n  -> resume\n");
	expect(&run, "since 3 minutes ago, silenced until 2026-11-24 09:00:00Z");
	expect(&run, "  98 % of the quota is used.\n"
		     "  -> about each: ses-feedback alerts show NUMBER\n");
	assert_null(strstr(run.out, "said already"));
	run_finish(&run);
}

static void what_was_refused_or_not_understood_is_told_and_escaped(void **state)
{
	struct run run;

	(void) state;
	print(&run,
		"{\"version\":\"1\",\"last_stored\":\"2026-11-24T05:48:47Z\",\"answers\":"
		"["
		"{\"reason\":\"stored\",\"status\":200,\"count\":1000},"
		"{\"reason\":\"signature-wrong\",\"status\":403,\"count\":2}],"
		"\"refused\":[{\"when\":\"2026-11-24T05:48:47Z\",\"reason\":\"signature-"
		"wrong\","
		"\"detail\":\"bad \\u001b[2J\",\"topic\":\"" ARN "\"}],"
		"\"unrecognised\":{\"count\":3,\"latest\":[{\"when\":\"2026-11-24T05:48:"
		"47Z\","
		"\"why\":\"eventType Foo\"}]},\"aside\":{\"count\":4}}",
		"[]",
		"[{\"arn\":\"" ARN "\",\"configured\":true,\"state\":\"cancelled\","
		"\"last_received\":null,\"notifications\":7,\"aside\":0}]");
	expect(&run, "  1,000 stored, 2 signature-wrong\n");
	expect(&run, "refused 3 minutes ago: bad \\x1b[2J");
	expect(&run, "3 genuine messages were not understood");
	expect(&run, "eventType Foo");
	expect(&run, "4 messages are kept aside");
	expect(&run, "somebody unsubscribed it");
	assert_null(strchr(run.out, '\033'));
	run_finish(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fresh_installation_is_told_what_to_do_next),
		cmocka_unit_test(behind_a_proxy_the_port_is_that_of_the_proxy),
		cmocka_unit_test(after_a_fresh_start_nobody_is_told_to_publish_more),
		cmocka_unit_test(danger_comes_before_everything_else),
		cmocka_unit_test(
			the_worst_account_is_first_with_what_is_left_and_how_to_recover),
		cmocka_unit_test(
			an_account_shows_its_interval_quota_and_what_cannot_be_trusted),
		cmocka_unit_test(
			in_the_sandbox_rates_of_nothing_are_not_shown_but_others_are),
		cmocka_unit_test(alerts_that_are_on_stand_above_but_not_twice),
		cmocka_unit_test(what_was_refused_or_not_understood_is_told_and_escaped),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
