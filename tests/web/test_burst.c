/* test_burst.c - what is told of false hard bounces. */
#include "web/burst.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"

/* 2020-12-15T12:00:00Z */
#define NOON ((utc_ms) 1608033600 * 1000)

static void the_advice_is_a_command_for_the_two_hours_before(void **state)
{
	static const struct {
		const char *provider, *signature, *where;
	} cases[] = {
		{"google", "5.1.1 the email account that you tried to reach does not",
			"--where provider=google,diagnostic~5.1.1,since="},
		{"google", "smtp 5.1.1 nobody",
			"--where provider=google,diagnostic~5.1.1,since="},
		{"example.net", "no such mailbox",
			"--where provider=example.net,diagnostic~mailbox,since="},
		{"example.net", "", "--where provider=example.net,since="},
		{"it's.example", "5.1.1 x", "--where diagnostic~5.1.1,since="},
	};
	char text[BURST_TEXT_SIZE], advice[BURST_TEXT_SIZE];

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_burst burst = {.count = 41};

		snprintf(burst.provider, sizeof(burst.provider), "%s", cases[i].provider);
		snprintf(burst.signature, sizeof(burst.signature), "%s",
			cases[i].signature);
		burst_describe(&burst, NOON, text, advice);
		assert_non_null(strstr(text, "41 hard bounces"));
		assert_non_null(strstr(text, cases[i].provider));
		assert_memory_equal(advice, "ses-feedback suppression remove ", 32);
		if (strstr(advice, cases[i].where) == NULL)
			fail_msg("%s", advice);
		assert_non_null(strstr(advice,
			"since=2020-12-15T10:00:00.000Z,until=2020-12-15T12:00:01.000Z "
			"--dry-run"));
		assert_true(strlen(advice) < BURST_TEXT_SIZE - 1);
	}
}

static void count_alarm(void *closure, const struct diary_alarm *alarm)
{
	int *alarms = closure;

	assert_string_equal(alarm->name, "false-bounces");
	assert_string_equal(alarm->object, "google 5.1.1 nobody");
	++*alarms;
}

static void a_burst_raises_one_alarm_and_no_burst_none(void **state)
{
	struct store_job job = {
		.kind = STORE_RECORD, .notification = {.published = NOON}};
	struct diary *diary = diary_new();
	int alarms = 0;

	(void) state;
	log_open(LOG_LEVEL_ERROR, false);
	burst_alarm(diary, &job);
	diary_each_alarm(diary, count_alarm, &alarms);
	assert_int_equal(alarms, 0);
	job.burst = (struct store_burst){21, "google", "5.1.1 nobody"};
	burst_alarm(diary, &job);
	job.burst.count = 22;
	burst_alarm(diary, &job);
	diary_each_alarm(diary, count_alarm, &alarms);
	assert_int_equal(alarms, 1);
	diary_free(diary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_advice_is_a_command_for_the_two_hours_before),
		cmocka_unit_test(a_burst_raises_one_alarm_and_no_burst_none),
	};

	return cmocka_run_group_tests_name("burst", tests, NULL, NULL);
}
