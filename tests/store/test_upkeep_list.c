/* test_upkeep_list.c - old evidence and entries go, and nothing comes back of it. */
#include "tests/store/support.h"
#include "tests/store/upkeep.h"

#include <sched.h>

#define ALICE "alice@example.org"
#define KEPT (400 * DAY_MS) /* whatever keep_events says */
#define OLD (NOON + KEPT + DAY_MS)

static unsigned mails;

static int set_up(void **state)
{
	struct scene *scene;

	if (scene_prepare(state) != 0)
		return -1;
	scene = *state;
	scene->keep_events_ms = 30 * DAY_MS;
	return scene_open(scene) ? 0 : -1;
}

static int64_t evidence(struct scene *scene)
{
	return rows(scene, "SELECT count(*) FROM evidence");
}

static int64_t entries(struct scene *scene)
{
	int64_t pairs = rows(scene,
		"SELECT count(*) FROM (SELECT DISTINCT address, scope FROM suppressions"
		" WHERE hand NOT IN (2, 3))");

	assert_int_equal(health_of(scene).suppressions, pairs);
	return pairs;
}

static void learn_by(struct scene *scene, const struct ses_suppression_policy *policy,
	enum ses_class class, utc_ms sent, const char *account)
{
	struct letter letter;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, sent, ++mails, ALICE);
	letter.recipients[0].class = (int) class;
	letter.job.policy = policy;
	snprintf(letter.event.account, sizeof(letter.event.account), "%s", account);
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

static void learn(struct scene *scene, enum ses_class class, utc_ms sent)
{
	learn_by(scene, &ses_suppression_standard, class, sent, "111122223333");
}

static void deliver(struct scene *scene, utc_ms sent)
{
	struct letter letter;

	letter_simple(&letter, SES_DELIVERY, SES_OUTCOME_DELIVERY, sent, ++mails, ALICE);
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

static bool count_difference(void *closure, const struct store_difference *difference)
{
	size_t *count = closure;

	(void) difference;
	++*count;
	return true;
}

/* What upkeep left is what would be decided of it. */
static void assert_settled(
	struct scene *scene, const struct ses_suppression_policy *policy, utc_ms now)
{
	size_t count = 0;
	int64_t compared;

	assert_true(store_policy_compare(scene->store, policy, now, count_difference,
		NULL, &count, &compared, &scene->error));
	assert_int_equal(count, 0);
}

static void pieces_that_led_to_nothing_go_when_they_are_old(void **state)
{
	struct scene *scene = *state;

	learn(scene, SES_CLASS_SOFT, NOON);
	learn(scene, SES_CLASS_EXPIRED, NOON + DAY_MS);
	learn(scene, SES_CLASS_HARD, NOON + 2);
	deliver(scene, NOON + DAY_MS - 1);
	upkeep(scene, NOON + KEPT);
	assert_int_equal(evidence(scene), 4);
	upkeep(scene, OLD);
	assert_int_equal(evidence(scene), 3);
	upkeep(scene, OLD + 3 * DAY_MS);
	/* Then the delivery has nothing left to make void. */
	upkeep(scene, OLD + 5 * DAY_MS);
	assert_int_equal(evidence(scene), 1);
	assert_int_equal(entries(scene), 1);
	assert_settled(scene, &ses_suppression_standard, OLD + 5 * DAY_MS);
}

static void an_entry_goes_with_what_it_is_made_of(void **state)
{
	struct scene *scene = *state;
	utc_ms expires = NOON + 16 * DAY_MS + 3000;

	for (int i = 0; i < 3; i++)
		learn(scene, SES_CLASS_SOFT, NOON + i * DAY_MS);
	assert_int_equal(entry_of(scene, ALICE, "", NOON).entry.expires, expires);
	/* The first pieces are too old already, but the entry is not. */
	upkeep(scene, expires + KEPT);
	assert_int_equal(evidence(scene), 3);
	assert_int_equal(entries(scene), 1);
	assert_settled(scene, &ses_suppression_standard, expires + KEPT);
	upkeep(scene, expires + KEPT + DAY_MS);
	assert_int_equal(evidence(scene), 0);
	assert_int_equal(entries(scene), 0);
	scene_close(scene);
	assert_true(scene_open(scene));
	assert_int_equal(entries(scene), 0);
}

static void an_entry_that_never_expires_keeps_its_evidence(void **state)
{
	struct ses_suppression_policy policy = ses_suppression_standard;
	struct scene *scene = *state;

	policy.soft_expiry_ms = 0;
	for (int i = 0; i < 3; i++)
		learn_by(scene, &policy, SES_CLASS_SOFT, NOON + i * DAY_MS,
			"111122223333");
	upkeep(scene, NOON + 3 * KEPT);
	assert_int_equal(evidence(scene), 3);
	learn_by(scene, &policy, SES_CLASS_SOFT, NOON + 3 * KEPT, "111122223333");
	assert_int_equal(entry_of(scene, ALICE, "", NOON + 3 * KEPT).count, 1);
	assert_settled(scene, &policy, NOON + 3 * KEPT);
}

/* One account's entry is long past, the other's is not: all stays, for the evidence of
 * one address is decided together. */
static void an_address_with_a_younger_entry_keeps_the_older_too(void **state)
{
	struct ses_suppression_policy policy = ses_suppression_standard;
	struct scene *scene = *state;
	utc_ms late = NOON + 300 * DAY_MS;

	policy.bounce_scope = SES_SCOPE_ACCOUNT;
	for (int i = 0; i < 3; i++) {
		learn_by(scene, &policy, SES_CLASS_SOFT, NOON + i * DAY_MS,
			"111122223333");
		learn_by(scene, &policy, SES_CLASS_SOFT, late + i * DAY_MS,
			"444455556666");
	}
	assert_int_equal(entries(scene), 2);
	upkeep(scene, NOON + KEPT + 20 * DAY_MS);
	assert_int_equal(entries(scene), 2);
	assert_settled(scene, &policy, NOON + KEPT + 20 * DAY_MS);
	upkeep(scene, late + KEPT + 20 * DAY_MS);
	assert_int_equal(entries(scene), 0);
	assert_int_equal(evidence(scene), 0);
}

static void an_expired_hard_bounce_stays_as_its_evidence_does(void **state)
{
	struct ses_suppression_policy policy = ses_suppression_standard;
	struct scene *scene = *state;

	policy.bounce_expiry_ms = 90 * DAY_MS;
	learn_by(scene, &policy, SES_CLASS_HARD, NOON, "111122223333");
	upkeep(scene, NOON + 2 * KEPT);
	assert_int_equal(evidence(scene), 1);
	assert_int_equal(entries(scene), 1);
	assert_settled(scene, &policy, NOON + 2 * KEPT);
}

static void put(struct scene *scene, const char *address, utc_ms since)
{
	struct store_change change = change_of(STORE_PUT, address, "");

	change.entry.since = since;
	change.entry.expires = since + DAY_MS;
	assert_int_equal(change_one(scene, &change, since), STORE_ADDED);
}

static void a_rule_by_hand_goes_unless_it_still_outranks_something(void **state)
{
	struct scene *scene = *state;

	learn(scene, SES_CLASS_HARD, NOON);
	put(scene, "bob@example.org", NOON + HOUR_MS);
	assert_int_equal(entries(scene), 2);
	upkeep(scene, NOON + KEPT);
	assert_int_equal(entries(scene), 2);
	/* Put after the bounce: who put it for a day wants it clear afterwards. */
	assert_int_equal(change_one(scene,
				 &(struct store_change){
					 .kind = STORE_REMOVE,
					 .entry =
						 {
							 .address = ALICE,
							 .original = ALICE,
							 .scope = "",
							 .note = "",
						 },
					 .expected_version = -1,
				 },
				 NOON + HOUR_MS),
		STORE_REMOVED);
	put(scene, ALICE, NOON + 2 * HOUR_MS);
	upkeep(scene, NOON + 2 * KEPT);
	assert_int_equal(rows(scene, "SELECT count(*) FROM suppressions"
				     " WHERE address = 'bob@example.org'"),
		0);
	assert_int_equal(entries(scene), 1);
	deliver(scene, NOON + 2 * KEPT);
	assert_int_equal(entry_of(scene, ALICE, "", NOON + 2 * KEPT).count, 0);
	assert_settled(scene, &ses_suppression_standard, NOON + 2 * KEPT);
}

static void a_delivery_stays_as_long_as_it_makes_something_void(void **state)
{
	struct scene *scene = *state;

	learn(scene, SES_CLASS_SES_LIST, NOON);
	deliver(scene, NOON + DAY_MS);
	assert_int_equal(entries(scene), 0);
	upkeep(scene, NOON + 2 * KEPT);
	upkeep(scene, NOON + 2 * KEPT + DAY_MS);
	assert_int_equal(evidence(scene), 2);
	learn(scene, SES_CLASS_HARD, NOON + 2 * KEPT);
	assert_int_equal(entry_of(scene, ALICE, "", NOON + 2 * KEPT).entry.reason,
		SES_REASON_BOUNCE);
	assert_settled(scene, &ses_suppression_standard, NOON + 2 * KEPT);
}

static void ignore(struct store_job *job)
{
	(void) job;
}

static void a_long_list_is_gone_through_in_slices_once_a_day(void **state)
{
	enum { USERS = 2500 };
	struct scene *scene = *state;
	struct letter *letters = calloc(USERS, sizeof(*letters));

	assert_non_null(letters);
	for (unsigned i = 0; i < USERS; i++) {
		char address[32];

		snprintf(address, sizeof(address), "user%u@example.org", i);
		letter_simple(&letters[i], SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, NOON + i,
			++mails, address);
		letters[i].job.done = ignore;
		while (!store_submit(scene->store, &letters[i].job))
			sched_yield();
	}
	learn(scene, SES_CLASS_HARD, OLD);
	free(letters);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).soft_bounces, USERS + 1);
	upkeep(scene, NOON + KEPT);
	assert_int_equal(evidence(scene), USERS + 1);
	/* One slice of counters, and three of evidence, the last not full. */
	assert_int_equal(upkeep(scene, OLD), 4);
	assert_int_equal(evidence(scene), 1);

	learn(scene, SES_CLASS_SOFT, NOON);
	upkeep(scene, OLD + HOUR_MS);
	assert_int_equal(evidence(scene), 2);
	upkeep(scene, OLD + DAY_MS);
	assert_int_equal(evidence(scene), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, scene_tear_down)
		TEST(pieces_that_led_to_nothing_go_when_they_are_old),
		TEST(an_entry_goes_with_what_it_is_made_of),
		TEST(an_entry_that_never_expires_keeps_its_evidence),
		TEST(an_address_with_a_younger_entry_keeps_the_older_too),
		TEST(an_expired_hard_bounce_stays_as_its_evidence_does),
		TEST(a_rule_by_hand_goes_unless_it_still_outranks_something),
		TEST(a_delivery_stays_as_long_as_it_makes_something_void),
		TEST(a_long_list_is_gone_through_in_slices_once_a_day),
	};

	return cmocka_run_group_tests_name("upkeep of the list", tests, NULL, NULL);
}
