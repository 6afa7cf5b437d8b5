/* test_imports.c - lines of an import: what each makes of what was there. */
#include "tests/store/by_hand.h"

static enum store_change_result import(
	struct bare *bare, enum ses_reason reason, utc_ms since)
{
	struct store_change line = change_of(STORE_IMPORT, ALICE, "");

	line.entry.reason = reason;
	line.entry.since = since;
	return change(bare, &line, NOON + DAY_MS);
}

static void an_import_adds_what_is_not_there_or_weaker(void **state)
{
	struct bare *bare = *state;

	assert_int_equal(import(bare, SES_REASON_BOUNCE, NOON - 9), STORE_ADDED);
	assert_change(bare, "1 ops ticket 5 ->bounce");
	assert_int_equal(import(bare, SES_REASON_BOUNCE, NOON - 9), STORE_UNCHANGED);
	assert_int_equal(import(bare, SES_REASON_IMPORT, NOON), STORE_UNCHANGED);
	assert_int_equal(import(bare, SES_REASON_COMPLAINT, NOON - 99), STORE_CHANGED);
	assert_rows(bare, "/4/complaint ");
	learn(bare, SES_CLASS_HARD, 1, NOON - 200);
	assert_rows(bare, "/4/complaint /0/bounce ");
	assert_int_equal(count_changes(bare), 2);
}

static void an_import_beside_what_was_learnt_voids_none_of_it(void **state)
{
	struct bare *bare = *state;

	learn(bare, SES_CLASS_HARD, 1, NOON);
	assert_int_equal(import(bare, SES_REASON_BOUNCE, NOON + 1), STORE_UNCHANGED);
	assert_rows(bare, "/0/bounce ");
	assert_int_equal(import(bare, SES_REASON_COMPLAINT, NOON + 1), STORE_CHANGED);
	assert_rows(bare, "/4/complaint /0/bounce ");
}

static void rules_by_hand_outrank_older_lines(void **state)
{
	static const struct {
		enum store_change_kind kind;
		utc_ms since;
		enum store_change_result expected;
		const char *rows;
	} cases[] = {
		{STORE_REMOVE, NOON - 1, STORE_OUTRANKED, "/3/- "},
		{STORE_REMOVE, NOON + 1, STORE_ADDED, "/4/complaint "},
		{STORE_NEVER, NOON - 1, STORE_OUTRANKED, "/2/- "},
		{STORE_NEVER, NOON + 1, STORE_OUTRANKED, "/2/- "},
		{STORE_PUT, NOON - 1, STORE_UNCHANGED, "/1/manual "},
		{STORE_PUT, NOON + 1, STORE_UNCHANGED, "/1/manual "},
	};
	struct bare *bare = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(db_execute(&bare->writer.db, "DELETE FROM suppressions"));
		bare->writer.totals.suppressions = 0;
		simply(bare, STORE_PUT, NOON);
		simply(bare, cases[i].kind, NOON);
		assert_int_equal(import(bare, SES_REASON_COMPLAINT, cases[i].since),
			cases[i].expected);
		assert_rows(bare, cases[i].rows);
	}
}

static void a_weaker_rule_by_hand_holds_against_older_lines(void **state)
{
	struct bare *bare = *state;
	struct store_change put = change_of(STORE_PUT, ALICE, "");

	put.entry.reason = SES_REASON_BOUNCE;
	change(bare, &put, NOON);
	assert_int_equal(import(bare, SES_REASON_COMPLAINT, NOON - 1), STORE_OUTRANKED);
	assert_rows(bare, "/1/bounce ");
	assert_int_equal(import(bare, SES_REASON_COMPLAINT, NOON + 1), STORE_CHANGED);
	assert_rows(bare, "/4/complaint ");
}

/* What the rule had made void counts again with the rule gone. */
static void a_line_in_the_place_of_a_removal_revives_what_was_learnt(void **state)
{
	struct bare *bare = *state;

	learn(bare, SES_CLASS_HARD, 1, NOON - 5);
	simply(bare, STORE_REMOVE, NOON);
	assert_int_equal(import(bare, SES_REASON_IMPORT, NOON + 1), STORE_ADDED);
	assert_rows(bare, "/4/import /0/bounce ");
}

static void an_expired_line_again_changes_nothing(void **state)
{
	struct bare *bare = *state;
	struct store_change line = change_of(STORE_IMPORT, ALICE, "");

	line.entry.reason = SES_REASON_BOUNCE;
	line.entry.expires = NOON - 1;
	assert_int_equal(change(bare, &line, NOON), STORE_ADDED);
	assert_int_equal(change(bare, &line, NOON), STORE_UNCHANGED);
	assert_rows(bare, "/4/bounce ");
}

static void what_a_line_knows_of_sess_list_is_noted_in_any_case(void **state)
{
	struct bare *bare = *state;
	struct store_change line = change_of(STORE_IMPORT, ALICE, "");
	struct store_suppression row;

	learn(bare, SES_CLASS_COMPLAINT, 1, NOON);
	line.entry.reason = SES_REASON_BOUNCE;
	line.entry.at_ses = 1;
	assert_int_equal(change(bare, &line, NOON + 1), STORE_UNCHANGED);
	assert_int_equal(line.at_ses, 1);
	assert_row(bare, 0, &row);
	assert_int_equal(row.at_ses, 2);
	line.entry.at_ses = 0;
	change(bare, &line, NOON + 1);
	assert_row(bare, 0, &row);
	assert_int_equal(row.at_ses, 0);
	line.entry.at_ses = -1;
	change(bare, &line, NOON + 1);
	assert_int_equal(line.at_ses, 0);
	assert_int_equal(count_changes(bare), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bare_set_up, bare_tear_down)
		TEST(an_import_adds_what_is_not_there_or_weaker),
		TEST(an_import_beside_what_was_learnt_voids_none_of_it),
		TEST(rules_by_hand_outrank_older_lines),
		TEST(a_weaker_rule_by_hand_holds_against_older_lines),
		TEST(a_line_in_the_place_of_a_removal_revives_what_was_learnt),
		TEST(an_expired_line_again_changes_nothing),
		TEST(what_a_line_knows_of_sess_list_is_noted_in_any_case),
	};

	return cmocka_run_group_tests_name("imports", tests, NULL, NULL);
}
