/* test_suppressions.c - the list: learnt, and changed by hand. */
#include "tests/store/support.h"

#define ALICE "alice@example.org"

static enum store_change_result put(struct scene *scene, const char *address,
	const char *scope, enum ses_reason reason, utc_ms expires)
{
	struct store_change change = change_of(STORE_PUT, address, scope);

	change.entry.reason = reason;
	change.entry.expires = expires;
	change.entry.note = "by hand";
	return change_one(scene, &change, NOON);
}

static enum store_change_result simply(struct scene *scene, enum store_change_kind kind,
	const char *address, const char *scope, utc_ms now)
{
	struct store_change change = change_of(kind, address, scope);

	return change_one(scene, &change, now);
}

/* What an event of this class does to alice. */
static void learn(struct scene *scene, unsigned mail, enum ses_class class, bool certain)
{
	struct letter letter;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_OTHER,
		NOON + (int64_t) mail * MINUTE_MS, mail, ALICE);
	letter.recipients[0].class = (int) class;
	letter.recipients[0].is_certain = certain;
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

static void the_strongest_of_the_reasons_is_told(void **state)
{
	static const struct {
		enum ses_class class;
		enum ses_reason reason;
		int at_ses;
		unsigned since; /* of which step */
	} steps[] = {
		{SES_CLASS_SES_LIST, SES_REASON_SES_LIST, 1, 0},
		{SES_CLASS_HARD, SES_REASON_BOUNCE, 1, 1},
		{SES_CLASS_HARD, SES_REASON_BOUNCE, 1, 1},
		{SES_CLASS_COMPLAINT, SES_REASON_COMPLAINT, 1, 3},
		{SES_CLASS_HARD, SES_REASON_COMPLAINT, 1, 3},
		{SES_CLASS_SES_LIST, SES_REASON_COMPLAINT, 1, 3},
		{SES_CLASS_MESSAGE, SES_REASON_COMPLAINT, 1, 3},
		{SES_CLASS_NONE, SES_REASON_COMPLAINT, 1, 3},
	};
	struct scene *scene = *state;

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct entry entry;

		learn(scene, i, steps[i].class, true);
		entry = entry_of(scene, ALICE, "", NOON);
		assert_int_equal(entry.count, 1);
		assert_int_equal(entry.entry.reason, steps[i].reason);
		assert_int_equal(entry.entry.at_ses, steps[i].at_ses);
		assert_true(entry.entry.is_certain);
		assert_int_equal(entry.entry.since,
			NOON + (int64_t) steps[i].since * MINUTE_MS + 3000);
	}
	assert_int_equal(health_of(scene).suppressions, 1);
}

static void a_certain_report_settles_what_was_suspicion(void **state)
{
	struct scene *scene = *state;

	/* Held, for its mail has no configuration set; the second mail releases it. */
	learn(scene, 1, SES_CLASS_COMPLAINT, false);
	assert_int_equal(entry_of(scene, ALICE, "", NOON).count, 0);
	learn(scene, 2, SES_CLASS_COMPLAINT, false);
	assert_int_equal(entry_of(scene, ALICE, "", NOON).count, 1);
	assert_false(entry_of(scene, ALICE, "", NOON).entry.is_certain);
	learn(scene, 3, SES_CLASS_COMPLAINT, true);
	assert_true(entry_of(scene, ALICE, "", NOON).entry.is_certain);
	learn(scene, 4, SES_CLASS_COMPLAINT, false);
	assert_true(entry_of(scene, ALICE, "", NOON).entry.is_certain);
}

static void feedback_never_replaces_what_was_put_by_hand(void **state)
{
	struct scene *scene = *state;
	struct entry entry;

	put(scene, ALICE, "", SES_REASON_MANUAL, UTC_NONE);
	learn(scene, 1, SES_CLASS_COMPLAINT, true);
	learn(scene, 2, SES_CLASS_SES_LIST, true);
	entry = entry_of(scene, ALICE, "", NOON);
	assert_int_equal(entry.entry.reason, SES_REASON_MANUAL);
	assert_string_equal(entry.note, "by hand");
	assert_string_equal(entry.actor, "ops");
	assert_int_equal(entry.entry.at_ses, 1);
}

static void a_bounce_takes_the_place_of_an_expired_entry(void **state)
{
	struct scene *scene = *state;

	put(scene, ALICE, "", SES_REASON_MANUAL, NOON + 1000);
	assert_int_equal(entry_of(scene, ALICE, "", NOON + 999).count, 1);
	assert_int_equal(entry_of(scene, ALICE, "", NOON + 1000).count, 0);
	learn(scene, 1, SES_CLASS_HARD, true);
	assert_int_equal(entry_of(scene, ALICE, "", NOON + DAY_MS).entry.reason,
		SES_REASON_BOUNCE);
	assert_int_equal(health_of(scene).suppressions, 1);
}

static void a_lifted_entry_comes_back_by_newer_feedback_only(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1, ALICE);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(
		simply(scene, STORE_REMOVE, ALICE, "", NOON + HOUR_MS), STORE_REMOVED);
	assert_int_equal(record(scene, &letter), STORE_DUPLICATE);
	learn(scene, 59, SES_CLASS_COMPLAINT, true);
	assert_int_equal(entry_of(scene, ALICE, "", NOON).count, 0);
	assert_int_equal(health_of(scene).suppressions, 0);
	learn(scene, 61, SES_CLASS_HARD, true);
	assert_int_equal(entry_of(scene, ALICE, "", NOON).count, 1);
}

static void put_and_remove_say_whether_there_was_one(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(put(scene, ALICE, "", SES_REASON_BOUNCE, UTC_NONE), STORE_ADDED);
	assert_int_equal(
		put(scene, ALICE, "", SES_REASON_MANUAL, UTC_NONE), STORE_CHANGED);
	assert_int_equal(
		entry_of(scene, ALICE, "", NOON).entry.reason, SES_REASON_MANUAL);
	assert_int_equal(
		put(scene, ALICE, "news", SES_REASON_MANUAL, UTC_NONE), STORE_ADDED);
	assert_int_equal(health_of(scene).suppressions, 2);
	assert_int_equal(simply(scene, STORE_REMOVE, ALICE, "", NOON), STORE_REMOVED);
	assert_int_equal(simply(scene, STORE_REMOVE, ALICE, "", NOON), STORE_UNCHANGED);
	assert_int_equal(entry_of(scene, ALICE, "", NOON).count, 0);
	assert_int_equal(entry_of(scene, ALICE, "news", NOON).count, 1);
	assert_int_equal(health_of(scene).suppressions, 1);
}

static void an_entry_tells_its_version(void **state)
{
	struct scene *scene = *state;
	struct store_change change = change_of(STORE_PUT, ALICE, "");

	assert_int_equal(change_one(scene, &change, NOON), STORE_ADDED);
	assert_int_equal(entry_of(scene, ALICE, "", NOON).entry.version, change.version);
	learn(scene, 1, SES_CLASS_HARD, true);
	change.expected_version = entry_of(scene, ALICE, "", NOON).entry.version;
	change.entry.note = "other";
	assert_int_equal(change_one(scene, &change, NOON), STORE_CHANGED);
	change.entry.note = "late";
	assert_int_equal(change_one(scene, &change, NOON), STORE_CONFLICT);
}

/* The last has no address: the table refuses it. */
static void a_failure_among_many_changes_fails_all(void **state)
{
	enum { COUNT = 1000 };
	struct scene *scene = *state;
	struct store_change *changes = calloc(COUNT, sizeof(*changes));
	char(*addresses)[32] = calloc(COUNT, sizeof(*addresses));

	assert_non_null(changes);
	assert_non_null(addresses);
	for (unsigned i = 0; i < COUNT; i++) {
		snprintf(addresses[i], sizeof(addresses[i]), "u%u@x.example", i);
		changes[i] = change_of(STORE_IMPORT, addresses[i], "");
		changes[i].entry.reason = SES_REASON_BOUNCE;
	}
	changes[COUNT - 1].entry.scope = NULL;
	assert_int_equal(change_all(scene, changes, COUNT, NOON), STORE_FAILED);
	assert_int_equal(changes[0].result, STORE_UNCHANGED);
	assert_int_equal(health_of(scene).suppressions, 0);
	assert_int_equal(entry_of(scene, "u0@x.example", "", NOON).count, 0);

	changes[COUNT - 1].entry.scope = "";
	assert_int_equal(change_all(scene, changes, COUNT, NOON), STORE_DONE);
	assert_int_equal(changes[COUNT - 1].result, STORE_ADDED);
	assert_int_equal(health_of(scene).suppressions, COUNT);
	free(addresses);
	free(changes);
}

static void an_entry_put_is_seen_by_the_next_question(void **state)
{
	struct scene *scene = *state;

	for (unsigned i = 0; i < 200; i++) {
		char address[32];

		snprintf(address, sizeof(address), "u%u@x.example", i);
		assert_int_equal(entry_of(scene, address, "", NOON).count, 0);
		put(scene, address, "", SES_REASON_BOUNCE, UTC_NONE);
		assert_int_equal(entry_of(scene, address, "", NOON).count, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(the_strongest_of_the_reasons_is_told),
		TEST(a_certain_report_settles_what_was_suspicion),
		TEST(feedback_never_replaces_what_was_put_by_hand),
		TEST(a_bounce_takes_the_place_of_an_expired_entry),
		TEST(a_lifted_entry_comes_back_by_newer_feedback_only),
		TEST(put_and_remove_say_whether_there_was_one),
		TEST(an_entry_tells_its_version),
		TEST(a_failure_among_many_changes_fails_all),
		TEST(an_entry_put_is_seen_by_the_next_question),
	};

	return cmocka_run_group_tests_name("suppressions", tests, NULL, NULL);
}
