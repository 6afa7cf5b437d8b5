/* test_hand.c - rules by hand: what each makes of what was there. */
#include "tests/store/by_hand.h"

static void the_same_put_again_changes_nothing(void **state)
{
	struct bare *bare = *state;
	struct store_change put = change_of(STORE_PUT, ALICE, "");
	struct store_suppression row;
	int64_t version;

	put.entry.note = "asked for it";
	assert_int_equal(change(bare, &put, NOON), STORE_ADDED);
	assert_change(bare, "1 ops ticket 5 ->manual");
	version = put.version;
	assert_true(version > 1);
	put.entry.since = NOON + 5;
	assert_int_equal(change(bare, &put, NOON + 5), STORE_UNCHANGED);
	assert_int_equal(put.version, version);
	assert_row(bare, 0, &row);
	assert_int_equal(row.since, NOON);
	assert_int_equal(row.version, version);
	assert_int_equal(count_changes(bare), 1);
	assert_rows(bare, "/1/manual ");
}

static void another_put_changes_the_entry(void **state)
{
	struct bare *bare = *state;
	struct store_change put = change_of(STORE_PUT, ALICE, "");
	int64_t version;

	assert_int_equal(change(bare, &put, NOON), STORE_ADDED);
	version = put.version;
	put.entry.note = "by phone";
	assert_int_equal(change(bare, &put, NOON), STORE_CHANGED);
	assert_true(put.version > version);
	put.entry.expires = NOON + DAY_MS;
	assert_int_equal(change(bare, &put, NOON), STORE_CHANGED);
	put.entry.reason = SES_REASON_BOUNCE;
	assert_int_equal(change(bare, &put, NOON), STORE_CHANGED);
	assert_change(bare, "2 ops ticket 5 manual>bounce");
	put.entry.is_certain = false;
	assert_int_equal(change(bare, &put, NOON), STORE_CHANGED);
	assert_rows(bare, "/1/bounce ");
}

static void a_put_after_the_end_of_an_entry_adds_it(void **state)
{
	struct bare *bare = *state;
	struct store_change put = change_of(STORE_PUT, ALICE, "");

	put.entry.expires = NOON + DAY_MS;
	assert_int_equal(change(bare, &put, NOON), STORE_ADDED);
	put.entry.expires = NOON + 2 * DAY_MS;
	assert_int_equal(change(bare, &put, NOON + DAY_MS), STORE_ADDED);
	assert_change(bare, "1 ops ticket 5 manual>manual");
	assert_rows(bare, "/1/manual ");
}

static void a_put_takes_the_place_of_what_was_learnt_until_then(void **state)
{
	struct bare *bare = *state;

	learn(bare, SES_CLASS_HARD, 1, NOON);
	assert_int_equal(simply(bare, STORE_PUT, NOON), STORE_CHANGED);
	assert_rows(bare, "/1/manual ");
	/* A replay of what was published before changes nothing, news do. */
	learn(bare, SES_CLASS_COMPLAINT, 2, NOON - DAY_MS);
	assert_rows(bare, "/1/manual ");
	learn(bare, SES_CLASS_COMPLAINT, 3, NOON + 1);
	assert_rows(bare, "/1/manual /0/complaint ");
	assert_int_equal(count_changes(bare), 2);
}

static void a_removed_entry_comes_back_by_newer_feedback_only(void **state)
{
	struct bare *bare = *state;
	struct store_change removal = change_of(STORE_REMOVE, ALICE, "");
	struct store_suppression row;

	learn(bare, SES_CLASS_HARD, 1, NOON);
	removal.entry.note = "mailbox is back";
	assert_int_equal(change(bare, &removal, NOON + 5), STORE_REMOVED);
	assert_change(bare, "3 ops ticket 5: mailbox is back bounce>-");
	assert_rows(bare, "/3/- ");
	assert_row(bare, 0, &row);
	assert_int_equal(row.since, NOON + 5);
	assert_int_equal(row.version, removal.version);
	assert_int_equal(change(bare, &removal, NOON + 6), STORE_UNCHANGED);
	assert_row(bare, 0, &row);
	assert_int_equal(row.since, NOON + 5);
	learn(bare, SES_CLASS_COMPLAINT, 2, NOON + 5);
	assert_rows(bare, "/3/- ");
	learn(bare, SES_CLASS_HARD, 3, NOON + 6);
	assert_rows(bare, "/3/- /0/bounce ");
}

static void removing_what_was_published_ahead_of_our_clock_removes_it(void **state)
{
	struct bare *bare = *state;

	learn(bare, SES_CLASS_HARD, 1, NOON + 2000);
	assert_int_equal(simply(bare, STORE_REMOVE, NOON), STORE_REMOVED);
	assert_rows(bare, "/3/- ");
}

static void removing_nothing_leaves_nothing(void **state)
{
	struct bare *bare = *state;
	struct store_change removal = change_of(STORE_REMOVE, ALICE, "");

	assert_int_equal(change(bare, &removal, NOON), STORE_UNCHANGED);
	assert_int_equal(removal.version, 0);
	learn(bare, SES_CLASS_HARD, 1, NOON);
	removal.entry.scope = "news";
	assert_int_equal(change(bare, &removal, NOON + 1), STORE_UNCHANGED);
	assert_rows(bare, "/0/bounce ");
	assert_int_equal(count_changes(bare), 1);
}

static void a_probation_can_be_removed(void **state)
{
	struct bare *bare = *state;

	for (int64_t day = 0; day < 3; day++)
		learn(bare, SES_CLASS_SOFT, 1 + day, NOON + day * DAY_MS);
	assert_rows(bare, "/0/soft-bounce ");
	assert_int_equal(simply(bare, STORE_REMOVE, NOON + 100 * DAY_MS), STORE_REMOVED);
	assert_rows(bare, "/3/- ");
	learn(bare, SES_CLASS_SOFT, 9, NOON + 101 * DAY_MS);
	assert_rows(bare, "/3/- ");
}

static void only_soft_entries_fall_to_only_soft(void **state)
{
	static const struct {
		enum ses_reason reason;
		enum store_change_result expected;
	} cases[] = {
		{SES_REASON_SOFT_BOUNCE, STORE_REMOVED},
		{SES_REASON_NO_SUCH_DOMAIN, STORE_REMOVED},
		{SES_REASON_QUARANTINE, STORE_REMOVED},
		{SES_REASON_BOUNCE, STORE_NOT_SOFT},
		{SES_REASON_COMPLAINT, STORE_NOT_SOFT},
		{SES_REASON_MANUAL, STORE_NOT_SOFT},
		{SES_REASON_IMPORT, STORE_NOT_SOFT},
		{SES_REASON_SES_LIST, STORE_NOT_SOFT},
	};
	struct bare *bare = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_change put = change_of(STORE_PUT, ALICE, "");
		struct store_change removal = change_of(STORE_REMOVE, ALICE, "");

		put.entry.reason = cases[i].reason;
		change(bare, &put, NOON);
		removal.only_soft = true;
		assert_int_equal(change(bare, &removal, NOON), cases[i].expected);
	}
}

static void a_hard_entry_beneath_a_soft_one_is_not_soft(void **state)
{
	struct bare *bare = *state;
	struct store_change removal = change_of(STORE_REMOVE, ALICE, "");

	learn(bare, SES_CLASS_SES_LIST, 1, NOON);
	learn(bare, SES_CLASS_QUARANTINE, 2, NOON);
	removal.only_soft = true;
	assert_int_equal(change(bare, &removal, NOON), STORE_NOT_SOFT);
	assert_rows(bare, "/0/ses-list /0/quarantine ");
}

static void never_is_a_rule_and_no_more_takes_it_away(void **state)
{
	struct bare *bare = *state;
	struct store_change never = change_of(STORE_NEVER, ALICE, "");

	learn(bare, SES_CLASS_HARD, 1, NOON);
	never.entry.note = "postmaster";
	assert_int_equal(change(bare, &never, NOON + 1), STORE_ADDED);
	assert_change(bare, "4 ops ticket 5 bounce>never");
	assert_rows(bare, "/2/- /0/bounce ");
	assert_int_equal(change(bare, &never, NOON + 2), STORE_UNCHANGED);
	never.entry.note = "the canary";
	assert_int_equal(change(bare, &never, NOON + 3), STORE_CHANGED);
	/* Nobody is told of the bounce; so nothing is there to be removed. */
	assert_int_equal(simply(bare, STORE_REMOVE, NOON + 4), STORE_UNCHANGED);
	assert_rows(bare, "/2/- /0/bounce ");

	assert_int_equal(simply(bare, STORE_NEVER_NO_MORE, NOON + 5), STORE_REMOVED);
	assert_change(bare, "5 ops ticket 5 never>bounce");
	assert_rows(bare, "/0/bounce ");
	assert_int_equal(simply(bare, STORE_NEVER_NO_MORE, NOON + 6), STORE_UNCHANGED);
}

static void never_is_a_rule_where_nothing_was(void **state)
{
	struct bare *bare = *state;

	assert_int_equal(simply(bare, STORE_NEVER, NOON), STORE_ADDED);
	assert_change(bare, "4 ops ticket 5 ->never");
	assert_rows(bare, "/2/- ");
	assert_int_equal(simply(bare, STORE_NEVER_NO_MORE, NOON), STORE_REMOVED);
	assert_change(bare, "5 ops ticket 5 never>-");
	assert_rows(bare, "");
	assert_int_equal(simply(bare, STORE_NEVER, NOON), STORE_ADDED);
	assert_int_equal(simply(bare, STORE_PUT, NOON), STORE_ADDED);
	assert_rows(bare, "/1/manual ");
	assert_int_equal(simply(bare, STORE_NEVER, NOON), STORE_ADDED);
	assert_rows(bare, "/2/- ");
}

static void a_change_of_another_version_is_a_conflict(void **state)
{
	struct bare *bare = *state;
	struct store_change put = change_of(STORE_PUT, ALICE, "");
	struct store_change removal = change_of(STORE_REMOVE, ALICE, "");
	int64_t first;

	put.expected_version = 7;
	assert_int_equal(change(bare, &put, NOON), STORE_CONFLICT);
	put.expected_version = 0;
	assert_int_equal(change(bare, &put, NOON), STORE_ADDED);
	assert_int_equal(change(bare, &put, NOON), STORE_CONFLICT);
	first = put.version;
	put.expected_version = first;
	put.entry.note = "second";
	assert_int_equal(change(bare, &put, NOON), STORE_CHANGED);
	removal.expected_version = first;
	assert_int_equal(change(bare, &removal, NOON), STORE_CONFLICT);
	assert_int_equal(removal.version, put.version);
	assert_rows(bare, "/1/manual ");
	removal.expected_version = put.version;
	assert_int_equal(change(bare, &removal, NOON), STORE_REMOVED);
	/* Somebody took it away in the meantime. */
	put.expected_version = put.version;
	assert_int_equal(change(bare, &put, NOON), STORE_CONFLICT);
	put.expected_version = 0;
	assert_int_equal(change(bare, &put, NOON), STORE_ADDED);
}

static void feedback_gives_an_entry_another_version(void **state)
{
	struct bare *bare = *state;
	struct store_change removal = change_of(STORE_REMOVE, ALICE, "");

	learn(bare, SES_CLASS_HARD, 1, NOON);
	removal.expected_version = bare_ask(bare, "SELECT max(id) FROM changes");
	learn(bare, SES_CLASS_COMPLAINT, 2, NOON);
	assert_int_equal(change(bare, &removal, NOON), STORE_CONFLICT);
	removal.expected_version = bare_ask(bare, "SELECT max(id) FROM changes");
	assert_int_equal(change(bare, &removal, NOON), STORE_REMOVED);
}

static void an_expired_entry_is_none_to_a_condition(void **state)
{
	struct bare *bare = *state;
	struct store_change put = change_of(STORE_PUT, ALICE, "");

	put.entry.expires = NOON + 1;
	change(bare, &put, NOON);
	put.expected_version = put.version;
	assert_int_equal(change(bare, &put, NOON + 1), STORE_CONFLICT);
	put.expected_version = 0;
	assert_int_equal(change(bare, &put, NOON + 1), STORE_ADDED);
}

static void a_removal_still_knows_that_ses_blocks(void **state)
{
	struct bare *bare = *state;
	struct store_change removal = change_of(STORE_REMOVE, ALICE, "");
	struct store_suppression row;

	learn(bare, SES_CLASS_SES_LIST, 1, NOON);
	assert_int_equal(change(bare, &removal, NOON + 1), STORE_REMOVED);
	assert_int_equal(removal.at_ses, 1);
	assert_row(bare, 0, &row);
	assert_int_equal(row.at_ses, 1);
}

static void each_change_of_a_job_has_its_own_result(void **state)
{
	struct bare *bare = *state;
	struct store_change changes[] = {
		change_of(STORE_PUT, ALICE, ""),
		change_of(STORE_PUT, ALICE, ""),
		change_of(STORE_PUT, ALICE, ""),
		change_of(STORE_REMOVE, "bob@example.org", ""),
		change_of(STORE_PUT, "@example.net", "tenant:shop"),
		change_of(STORE_REMOVE, ALICE, ""),
	};

	changes[1].expected_version = 0;
	change_some(bare, changes, sizeof(changes) / sizeof(changes[0]), NOON);
	assert_int_equal(changes[0].result, STORE_ADDED);
	assert_int_equal(changes[1].result, STORE_CONFLICT);
	assert_int_equal(changes[2].result, STORE_UNCHANGED);
	assert_int_equal(changes[3].result, STORE_UNCHANGED);
	assert_int_equal(changes[4].result, STORE_ADDED);
	assert_int_equal(changes[5].result, STORE_REMOVED);
	assert_rows(bare, "/3/- ");
	assert_int_equal(bare->writer.totals.suppressions, 1);
}

static void scopes_are_apart(void **state)
{
	struct bare *bare = *state;
	struct store_change put = change_of(STORE_PUT, ALICE, "news");

	assert_int_equal(simply(bare, STORE_PUT, NOON), STORE_ADDED);
	assert_int_equal(change(bare, &put, NOON), STORE_ADDED);
	assert_int_equal(simply(bare, STORE_REMOVE, NOON), STORE_REMOVED);
	assert_rows(bare, "/3/- news/1/manual ");
}

/* What suppresses a forgotten address is lifted like an entry. */
static void a_removal_lifts_a_tombstone(void **state)
{
	static const char COUNT[] = "SELECT count(*) FROM tombstones WHERE reason != 0";
	struct bare *bare = *state;
	struct store_change removal = change_of(STORE_REMOVE, ALICE, "");
	struct store_suppression stone = change_of(STORE_PUT, ALICE, "").entry;

	stone.reason = SES_REASON_BOUNCE;
	atomic_store(&bare->tombstones.has_key, true);
	assert_true(tombstones_add(&bare->tombstones, &bare->writer.db, &stone));
	stone.scope = "news";
	assert_true(tombstones_add(&bare->tombstones, &bare->writer.db, &stone));
	removal.only_soft = true;
	assert_int_equal(change(bare, &removal, NOON), STORE_NOT_SOFT);
	assert_int_equal(bare_ask(bare, COUNT), 2);
	removal.only_soft = false;
	assert_int_equal(change(bare, &removal, NOON), STORE_REMOVED);
	assert_change(bare, "3 ops ticket 5 ->-");
	assert_int_equal(bare_ask(bare, COUNT), 1);
	assert_rows(bare, "/3/- ");
	assert_int_equal(change(bare, &removal, NOON), STORE_UNCHANGED);
}

/* Whatever comes in whatever order: what is told of a scope has its last change, and a
 * change comes with a higher number. */
static void versions_grow_whatever_comes(void **state)
{
	static const enum ses_class classes[] = {SES_CLASS_HARD, SES_CLASS_SOFT,
		SES_CLASS_COMPLAINT, SES_CLASS_NOT_SPAM, SES_CLASS_SES_LIST};
	static const char LAST[] =
		"SELECT coalesce(max(id), 0) FROM changes WHERE scope = ''";
	struct bare *bare = *state;
	uint64_t seed = 7;

	for (int64_t step = 1; step < 3000; step++) {
		utc_ms now = NOON + step * HOUR_MS;
		struct store_change change_now =
			change_of((enum store_change_kind) dice(&seed, 5), ALICE, "");
		int64_t last = bare_ask(bare, LAST);
		struct dossier dossier = {.rows = NULL};
		const struct store_suppression *told;

		if (dice(&seed, 3) > 0) {
			learn(bare, classes[dice(&seed, 5)], step,
				now - dice(&seed, 100) * HOUR_MS);
			continue;
		}
		change_now.entry.reason = (enum ses_reason)(1 + dice(&seed, 8));
		change_now.entry.since = now - dice(&seed, 3) * DAY_MS;
		change_now.entry.expires =
			dice(&seed, 2) ? UTC_NONE : now + dice(&seed, 99) * HOUR_MS;
		if (change(bare, &change_now, now) == STORE_UNCHANGED ||
			change_now.result == STORE_OUTRANKED)
			assert_int_equal(bare_ask(bare, LAST), last);
		else
			assert_int_equal(bare_ask(bare, LAST), last == 0 ? 2 : last + 1);
		assert_true(dossier_read(&bare->writer.db, ALICE, &dossier));
		told = dossier_strongest(dossier.rows, dossier.count, now);
		if (told != NULL && change_now.result != STORE_UNCHANGED &&
			change_now.result != STORE_OUTRANKED)
			assert_int_equal(told->version, change_now.version);
		assert_int_equal(bare->writer.totals.suppressions, told != NULL ? 1 : 0);
		dossier_finish(&dossier);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bare_set_up, bare_tear_down)
		TEST(the_same_put_again_changes_nothing),
		TEST(another_put_changes_the_entry),
		TEST(a_put_after_the_end_of_an_entry_adds_it),
		TEST(a_put_takes_the_place_of_what_was_learnt_until_then),
		TEST(a_removed_entry_comes_back_by_newer_feedback_only),
		TEST(removing_what_was_published_ahead_of_our_clock_removes_it),
		TEST(removing_nothing_leaves_nothing),
		TEST(a_probation_can_be_removed),
		TEST(only_soft_entries_fall_to_only_soft),
		TEST(a_hard_entry_beneath_a_soft_one_is_not_soft),
		TEST(never_is_a_rule_and_no_more_takes_it_away),
		TEST(never_is_a_rule_where_nothing_was),
		TEST(a_change_of_another_version_is_a_conflict),
		TEST(feedback_gives_an_entry_another_version),
		TEST(an_expired_entry_is_none_to_a_condition),
		TEST(a_removal_still_knows_that_ses_blocks),
		TEST(each_change_of_a_job_has_its_own_result),
		TEST(scopes_are_apart),
		TEST(a_removal_lifts_a_tombstone),
		TEST(versions_grow_whatever_comes),
	};

	return cmocka_run_group_tests_name("hand", tests, NULL, NULL);
}
