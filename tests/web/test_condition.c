/* test_condition.c - If-Match and If-None-Match. */
#include "web/condition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void headers_are_read_and_hold_or_do_not(void **state)
{
	static const struct {
		const char *match, *none_match;
		enum condition_kind kind;
		int64_t holds, fails; /* a version, 0 no entry; -1 there is none such */
	} cases[] = {
		{NULL, NULL, CONDITION_NONE, 0, -1},
		{NULL, NULL, CONDITION_NONE, 7, -1},
		{NULL, "*", CONDITION_ABSENT, 0, 7},
		{NULL, " * ", CONDITION_ABSENT, 0, 7},
		{NULL, "\"7\"", CONDITION_MALFORMED, -1, 7},
		{"*", NULL, CONDITION_PRESENT, 7, 0},
		{"\"7\"", NULL, CONDITION_VERSIONS, 7, 8},
		{"\"7\"", NULL, CONDITION_VERSIONS, 7, 0},
		{" \"7\" ", NULL, CONDITION_VERSIONS, 7, 77},
		{"\"1\", \"7\"", NULL, CONDITION_VERSIONS, 7, 17},
		{"\"1\",\"7\"", NULL, CONDITION_VERSIONS, 1, 0},
		{"W/\"7\"", NULL, CONDITION_VERSIONS, -1, 7},
		{"W/\"7\", \"8\"", NULL, CONDITION_VERSIONS, 8, 7},
		{"\"seven\"", NULL, CONDITION_VERSIONS, -1, 7},
		{"\"0\"", NULL, CONDITION_VERSIONS, -1, 0},
		{"\"99999999999999999999999999\"", NULL, CONDITION_VERSIONS, -1, 7},
		{"7", NULL, CONDITION_MALFORMED, -1, 7},
		{"\"7", NULL, CONDITION_MALFORMED, -1, 7},
		{"\"7\" \"8\"", NULL, CONDITION_MALFORMED, -1, 7},
		{"", NULL, CONDITION_MALFORMED, -1, 0},
		{"*", "*", CONDITION_MALFORMED, -1, 7},
	};
	struct condition condition;

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		condition_read(cases[i].match, cases[i].none_match, &condition);
		if (condition.kind != cases[i].kind)
			fail_msg("case %zu is of kind %d", i, (int) condition.kind);
		if (cases[i].holds >= 0 && !condition_holds(&condition, cases[i].holds))
			fail_msg("case %zu does not hold", i);
		if (cases[i].fails >= 0 && condition_holds(&condition, cases[i].fails))
			fail_msg("case %zu holds", i);
	}
}

static void no_more_than_sixteen_tags_are_taken(void **state)
{
	char list[256] = "\"1\"";
	struct condition condition;

	(void) state;
	for (int i = 2, length = 3; i <= 16; i++)
		length += snprintf(
			list + length, sizeof(list) - (size_t) length, ",\"%d\"", i);
	condition_read(list, NULL, &condition);
	assert_int_equal(condition.kind, CONDITION_VERSIONS);
	assert_true(condition_holds(&condition, 16));
	snprintf(list, sizeof(list), "%s",
		"\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\","
		"\"1\",\"1\",\"1\",\"1\",\"1\",\"1\"");
	condition_read(list, NULL, &condition);
	assert_int_equal(condition.kind, CONDITION_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_read_and_hold_or_do_not),
		cmocka_unit_test(no_more_than_sixteen_tags_are_taken),
	};

	return cmocka_run_group_tests_name("condition", tests, NULL, NULL);
}
