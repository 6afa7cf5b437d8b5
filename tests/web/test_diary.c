/* test_diary.c - counts, refusals and alarms of the feedback door. */
#include "web/diary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct seen {
	size_t count;
	char first[64], last[64];
	uint64_t first_count;
};

static void see_answer(void *closure, const struct diary_answer_count *answer)
{
	struct seen *seen = closure;

	if (seen->count++ == 0) {
		snprintf(seen->first, sizeof(seen->first), "%s %u", answer->reason,
			answer->status);
		seen->first_count = answer->count;
	}
}

static void see_refusal(void *closure, const struct diary_refusal *refusal)
{
	struct seen *seen = closure;

	if (seen->count++ == 0)
		snprintf(seen->first, sizeof(seen->first), "%s", refusal->detail);
	snprintf(seen->last, sizeof(seen->last), "%s", refusal->detail);
}

static void see_alarm(void *closure, const struct diary_alarm *alarm)
{
	struct seen *seen = closure;

	if (seen->count++ == 0) {
		snprintf(seen->first, sizeof(seen->first), "%s %s", alarm->name,
			alarm->object);
		seen->first_count = alarm->count;
	}
	snprintf(seen->last, sizeof(seen->last), "%s", alarm->text);
}

static int make(void **state)
{
	*state = diary_new();
	return *state == NULL ? -1 : 0;
}

static int unmake(void **state)
{
	diary_free(*state);
	return 0;
}

static void answers_are_counted_by_reason_and_status(void **state)
{
	struct seen seen = {0};

	diary_answered(*state, "stored", 200);
	diary_answered(*state, "stored", 200);
	diary_answered(*state, "overload", 503);
	diary_each_answer(*state, see_answer, &seen);
	assert_int_equal(seen.count, 2);
	assert_string_equal(seen.first, "stored 200");
	assert_int_equal(seen.first_count, 2);
}

static void only_what_is_stored_sets_the_last_time(void **state)
{
	diary_answered(*state, "signature-wrong", 403);
	diary_answered(*state, "duplicate", 200);
	assert_true(diary_last_stored(*state) == UTC_NONE);
	diary_answered(*state, "unrecognised", 200);
	assert_true(diary_last_stored(*state) > 0);
}

static void the_last_fifty_refusals_are_kept_newest_first(void **state)
{
	struct seen seen = {0};
	char detail[32];

	for (int i = 1; i <= 120; i++) {
		snprintf(detail, sizeof(detail), "number %d", i);
		diary_refused(*state, "malformed", 400, i % 2 ? NULL : "arn:x", detail);
	}
	diary_each_refusal(*state, see_refusal, &seen);
	assert_int_equal(seen.count, 50);
	assert_string_equal(seen.first, "number 120");
	assert_string_equal(seen.last, "number 71");
}

static void an_alarm_is_one_for_each_name_and_object(void **state)
{
	struct seen seen = {0};

	diary_alarm(*state, "topic-not-configured", "one", "old text", "do this");
	diary_alarm(*state, "topic-not-configured", "one", "new text", "do this");
	diary_each_alarm(*state, see_alarm, &seen);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.first_count, 2);
	assert_string_equal(seen.last, "new text");
	diary_alarm(*state, "topic-not-configured", "two", "text", "do this");
	seen.count = 0;
	diary_each_alarm(*state, see_alarm, &seen);
	assert_int_equal(seen.count, 2);
}

static void a_cleared_alarm_is_gone_and_others_stay(void **state)
{
	struct seen seen = {0};

	diary_alarm(*state, "a", "x", "t", "a");
	diary_alarm(*state, "b", "x", "t", "a");
	diary_alarm_clear(*state, "a", "x");
	diary_alarm_clear(*state, "a", "never raised");
	diary_each_alarm(*state, see_alarm, &seen);
	assert_int_equal(seen.count, 1);
	assert_string_equal(seen.first, "b x");
}

static void at_most_a_hundred_alarms_are_kept(void **state)
{
	struct seen seen = {0};
	char object[16];

	for (int i = 0; i < 130; i++) {
		snprintf(object, sizeof(object), "%d", i);
		diary_alarm(*state, "certificate-unexpected", object, "t", "a");
	}
	diary_each_alarm(*state, see_alarm, &seen);
	assert_int_equal(seen.count, 100);
}

static void texts_longer_than_their_place_are_cut(void **state)
{
	struct seen seen = {0};
	char text[2000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	diary_alarm(*state, "n", text, text, text);
	diary_alarm(*state, "n", text, text, text);
	diary_refused(*state, "malformed", 400, text, text);
	diary_each_alarm(*state, see_alarm, &seen);
	assert_int_equal(seen.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			answers_are_counted_by_reason_and_status, make, unmake),
		cmocka_unit_test_setup_teardown(
			only_what_is_stored_sets_the_last_time, make, unmake),
		cmocka_unit_test_setup_teardown(
			the_last_fifty_refusals_are_kept_newest_first, make, unmake),
		cmocka_unit_test_setup_teardown(
			an_alarm_is_one_for_each_name_and_object, make, unmake),
		cmocka_unit_test_setup_teardown(
			a_cleared_alarm_is_gone_and_others_stay, make, unmake),
		cmocka_unit_test_setup_teardown(
			at_most_a_hundred_alarms_are_kept, make, unmake),
		cmocka_unit_test_setup_teardown(
			texts_longer_than_their_place_are_cut, make, unmake),
	};

	return cmocka_run_group_tests_name("diary", tests, NULL, NULL);
}
