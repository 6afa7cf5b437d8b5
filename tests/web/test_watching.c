/* test_watching.c - what the watcher is told by the doors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "web/diary.h"
#include "web/inside.h"

struct sum {
	size_t count, unnamed;
};

static void add(void *closure, const struct web_alarm *alarm)
{
	struct sum *sum = closure;

	sum->count++;
	if (alarm->object[0] == '\0') {
		sum->unnamed++;
		assert_string_equal(alarm->text, "many");
	}
}

static void alarms_that_strangers_cause_are_bounded(void **state)
{
	struct web web = {.diary = diary_new()};
	struct sum sum = {0, 0};
	char object[24];

	(void) state;
	for (int i = 0; i < 500; i++) {
		snprintf(object, sizeof(object), "topic-%d", i);
		diary_alarm_among(
			web.diary, "foreign-topic", object, 10, "one", "many", "no");
	}
	diary_alarm(web.diary, "development", "x", "another", "no");
	web_each_alarm(&web, add, &sum);
	assert_int_equal(sum.count, 12);
	assert_int_equal(sum.unnamed, 1);
	diary_free(web.diary);
}

static void an_alarm_from_before_a_restart_stands_and_can_be_cleared(void **state)
{
	struct web web = {.diary = diary_new()};
	struct sum sum = {0, 0};

	(void) state;
	web_restore_alarm(&web, "confirmation-failed", "topic", "so it was", "look");
	web_each_alarm(&web, add, &sum);
	assert_int_equal(sum.count, 1);
	diary_alarm_clear(web.diary, "confirmation-failed", "topic");
	web_each_alarm(&web, add, &sum);
	assert_int_equal(sum.count, 1);
	diary_free(web.diary);
}

static void a_replay_under_way_has_begun_more_often_than_ended(void **state)
{
	struct web web = {0};
	uint64_t begun, ended;

	(void) state;
	web_replays(&web, &begun, &ended);
	assert_int_equal(begun, 0);
	assert_int_equal(ended, 0);
	atomic_fetch_add(&web.replays_begun, 1);
	web_replays(&web, &begun, &ended);
	assert_int_equal(begun - ended, 1);
}

static void without_tls_no_certificate_ends(void **state)
{
	struct web web = {0};

	(void) state;
	assert_true(web_certificate_ends(&web) == UTC_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alarms_that_strangers_cause_are_bounded),
		cmocka_unit_test(
			an_alarm_from_before_a_restart_stands_and_can_be_cleared),
		cmocka_unit_test(a_replay_under_way_has_begun_more_often_than_ended),
		cmocka_unit_test(without_tls_no_certificate_ends),
	};

	log_open(LOG_LEVEL_ERROR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
