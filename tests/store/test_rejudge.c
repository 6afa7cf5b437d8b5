/* test_rejudge.c - what another policy makes of the evidence: compared, and applied. */
#include "tests/store/support.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@example.org"

#define LATER (NOON + 10 * DAY_MS)

static void record_at(struct scene *scene, enum ses_type type, enum ses_outcome outcome,
	unsigned mail, const char *address, const char *configuration_set)
{
	struct letter letter;

	letter_simple(&letter, type, outcome, NOON + mail * HOUR_MS, mail, address);
	snprintf(letter.configuration_set, sizeof(letter.configuration_set), "%s",
		configuration_set);
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

/* Two days of soft bounces for alice, a hard one for bob, a complaint of carol. */
static void fill(struct scene *scene)
{
	record_at(scene, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, 1, ALICE, "");
	record_at(scene, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, 25, ALICE, "");
	record_at(scene, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, 2, BOB, "news");
	record_at(scene, SES_COMPLAINT, SES_OUTCOME_COMPLAINT, 3, CAROL, "news");
}

struct differences {
	char text[1024];
	char addresses[16][64];
	size_t count, stop_at;
};

static void describe(const struct ses_entry *entry, char text[64])
{
	if (entry == NULL)
		snprintf(text, 64, "-");
	else if (entry->expires == UTC_NONE)
		snprintf(text, 64, "%s", ses_reason_name(entry->reason));
	else
		snprintf(text, 64, "%s+%lldd", ses_reason_name(entry->reason),
			(long long) ((entry->expires - entry->since) / DAY_MS));
}

static bool add_difference(void *closure, const struct store_difference *difference)
{
	struct differences *differences = closure;
	size_t length = strlen(differences->text), i = differences->count++;
	char before[64], after[64];

	assert_true(i < 16);
	snprintf(differences->addresses[i], 64, "%s", difference->address);
	describe(difference->before, before);
	describe(difference->after, after);
	snprintf(differences->text + length, sizeof(differences->text) - length,
		"%.*s/%s:%s>%s ", (int) strcspn(difference->address, "@"),
		difference->address, difference->scope, before, after);
	return differences->count != differences->stop_at;
}

static struct differences compare(struct scene *scene,
	const struct ses_suppression_policy *policy, utc_ms now, const char *expected)
{
	struct differences differences = {.count = 0};
	int64_t compared;

	assert_true(store_policy_compare(scene->store, policy, now, add_difference, NULL,
		&differences, &compared, &scene->error));
	assert_string_equal(differences.text, expected);
	return differences;
}

static size_t apply(struct scene *scene, const struct ses_suppression_policy *policy,
	const char *const *addresses, size_t count)
{
	struct store_job job = {
		.kind = STORE_POLICY_APPLY,
		.policy = policy,
		.actor = "policy",
		.cause = "policy apply",
		.addresses = addresses,
		.address_count = count,
		.now = LATER,
	};

	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
	return job.recorded;
}

static size_t apply_to(struct scene *scene, const struct ses_suppression_policy *policy,
	const struct differences *differences)
{
	const char *addresses[16];

	for (size_t i = 0; i < differences->count; i++)
		addresses[i] = differences->addresses[i];
	return apply(scene, policy, addresses, differences->count);
}

static void the_policy_in_force_differs_in_nothing(void **state)
{
	struct scene *scene = *state;
	struct differences differences = {.count = 0};
	struct store_change change = change_of(STORE_PUT, BOB, "shop");
	int64_t compared = -1;

	compare(scene, &ses_suppression_standard, LATER, "");
	fill(scene);
	change_one(scene, &change, LATER);
	change = change_of(STORE_REMOVE, CAROL, "");
	change_one(scene, &change, LATER);
	assert_true(store_policy_compare(scene->store, &ses_suppression_standard, LATER,
		add_difference, NULL, &differences, &compared, &scene->error));
	assert_string_equal(differences.text, "");
	assert_int_equal(compared, 3);
}

static void another_policy_is_told_and_changes_nothing(void **state)
{
	struct scene *scene = *state;
	struct ses_suppression_policy policy = ses_suppression_standard;

	fill(scene);
	policy.soft_days = 2;
	compare(scene, &policy, LATER, "alice/:->soft-bounce+14d ");
	policy.bounce_expiry_ms = 30 * DAY_MS;
	policy.complaint_scope = SES_SCOPE_CONFIGURATION_SET;
	compare(scene, &policy, LATER,
		"alice/:->soft-bounce+14d bob/:bounce>bounce+30d carol/:complaint>- "
		"carol/news:->complaint ");
	/* What will have expired does not stand. */
	policy.bounce_expiry_ms = 5 * DAY_MS;
	policy.soft_days = 3;
	policy.complaint_scope = SES_SCOPE_ALL;
	compare(scene, &policy, LATER, "bob/:bounce>- ");
	assert_int_equal(health_of(scene).suppressions, 2);
	assert_int_equal(entry_of(scene, ALICE, "", LATER).count, 0);
	assert_int_equal(entry_of(scene, BOB, "", LATER).entry.expires, UTC_NONE);
}

static void rules_by_hand_are_kept_and_heeded(void **state)
{
	struct scene *scene = *state;
	struct ses_suppression_policy policy = ses_suppression_standard;
	struct store_change change = change_of(STORE_PUT, BOB, "");

	fill(scene);
	policy.bounce_expiry_ms = 30 * DAY_MS;
	policy.soft_days = 2;
	/* Removed since: its soft bounces are void. */
	change_one(scene, &change, LATER);
	change = change_of(STORE_PUT, ALICE, "");
	change_one(scene, &change, LATER);
	change = change_of(STORE_REMOVE, ALICE, "");
	assert_int_equal(change_one(scene, &change, LATER), STORE_REMOVED);
	compare(scene, &policy, LATER, "");
}

static void what_is_applied_differs_no_more(void **state)
{
	struct scene *scene = *state;
	struct ses_suppression_policy policy = ses_suppression_standard;
	struct differences differences;
	struct entry entry;

	fill(scene);
	policy.soft_days = 2;
	policy.bounce_expiry_ms = 5 * DAY_MS;
	policy.complaint_scope = SES_SCOPE_CONFIGURATION_SET;
	differences = compare(scene, &policy, LATER,
		"alice/:->soft-bounce+14d bob/:bounce>- carol/:complaint>- "
		"carol/news:->complaint ");
	assert_int_equal(apply_to(scene, &policy, &differences), 3);
	compare(scene, &policy, LATER, "");
	entry = entry_of(scene, ALICE, "", LATER);
	assert_int_equal(entry.entry.reason, SES_REASON_SOFT_BOUNCE);
	assert_int_equal(entry.entry.event, 2);
	assert_int_equal(entry_of(scene, BOB, "", LATER).count, 0);
	assert_int_equal(entry_of(scene, CAROL, "", LATER).count, 0);
	assert_int_equal(entry_of(scene, CAROL, "news", LATER).count, 1);
	assert_int_equal(apply_to(scene, &policy, &differences), 0);
	/* And back. */
	assert_int_equal(apply_to(scene, &ses_suppression_standard, &differences), 3);
	compare(scene, &ses_suppression_standard, LATER, "");
	assert_int_equal(entry_of(scene, BOB, "", LATER).count, 1);
}

static void only_the_addresses_that_are_named_are_decided_anew(void **state)
{
	static const char *const addresses[] = {BOB, "nobody@example.org"};
	struct scene *scene = *state;
	struct ses_suppression_policy policy = ses_suppression_standard;

	fill(scene);
	policy.soft_days = 2;
	policy.bounce_expiry_ms = 30 * DAY_MS;
	assert_int_equal(apply(scene, &policy, addresses, 2), 1);
	compare(scene, &policy, LATER, "alice/:->soft-bounce+14d ");
	assert_int_equal(apply(scene, &policy, NULL, 0), 0);
}

static bool keep_change(void *closure, const struct store_list_change *change)
{
	snprintf(closure, 128, "%s:%s:%s:%s", change->what, change->address,
		change->actor, change->cause);
	return false;
}

static void the_trail_tells_who_applied_it(void **state)
{
	static const char *const addresses[] = {ALICE};
	struct scene *scene = *state;
	struct ses_suppression_policy policy = ses_suppression_standard;
	struct store_list_change_filter filter = {
		.since = UTC_NONE, .until = UTC_NONE, .limit = 1};
	char text[128] = "";
	int64_t next;

	fill(scene);
	policy.soft_days = 2;
	assert_int_equal(apply(scene, &policy, addresses, 1), 1);
	assert_true(store_list_change_list(
		scene->store, &filter, keep_change, text, &next, &scene->error));
	assert_string_equal(text, "added:" ALICE ":policy:policy apply");
}

static void a_new_row_has_the_spelling_of_the_event(void **state)
{
	static const char *const addresses[] = {ALICE, BOB};
	struct scene *scene = *state;
	struct ses_suppression_policy policy = ses_suppression_standard;
	char spelling[] = "Alice@Example.ORG";

	for (unsigned i = 0; i < 2; i++) {
		struct letter letter;

		letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE,
			NOON + i * DAY_MS, i + 1, ALICE);
		letter.recipients[0].original = spelling;
		assert_int_equal(record(scene, &letter), STORE_DONE);
	}
	policy.soft_days = 2;
	assert_int_equal(apply(scene, &policy, addresses, 2), 1);
	assert_string_equal(entry_of(scene, ALICE, "", LATER).original, spelling);
}

static void a_probation_that_ends_is_a_difference(void **state)
{
	struct scene *scene = *state;
	struct ses_suppression_policy policy = ses_suppression_standard;
	utc_ms past = NOON + 60 * DAY_MS;

	fill(scene);
	record_at(scene, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, 49, ALICE, "");
	compare(scene, &ses_suppression_standard, past, "");
	policy.soft_days = 4;
	compare(scene, &policy, past, "alice/:soft-bounce+14d>- ");
}

static bool count_difference(void *closure, const struct store_difference *difference)
{
	size_t *count = closure;

	(void) difference;
	++*count;
	return true;
}

/* More addresses than a page has. */
static void pages_join_and_each_may_say_stop(void **state)
{
	enum { ADDRESSES = 4500 };
	struct scene *scene = *state;
	struct ses_suppression_policy policy = ses_suppression_standard;
	struct differences differences = {.stop_at = 2};
	struct letter letter;
	int64_t compared;
	size_t count = 0;

	for (unsigned i = 0; i < ADDRESSES; i += RECIPIENTS_MAX) {
		letter_init(&letter, SES_BOUNCE, NOON, i, i);
		for (unsigned k = i; k < i + RECIPIENTS_MAX && k < ADDRESSES; k++) {
			char address[40];

			snprintf(address, sizeof(address), "u%05u@example.org", k);
			letter_add(&letter, address, SES_OUTCOME_HARD_BOUNCE);
		}
		assert_int_equal(record(scene, &letter), STORE_DONE);
	}
	policy.bounce_expiry_ms = 30 * DAY_MS;
	assert_true(store_policy_compare(scene->store, &policy, LATER, count_difference,
		NULL, &count, &compared, &scene->error));
	assert_int_equal(count, ADDRESSES);
	assert_int_equal(compared, ADDRESSES);
	assert_true(store_policy_compare(scene->store, &policy, LATER, add_difference,
		NULL, &differences, &compared, &scene->error));
	assert_int_equal(differences.count, 2);
	assert_int_equal(compared, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(the_policy_in_force_differs_in_nothing),
		TEST(another_policy_is_told_and_changes_nothing),
		TEST(rules_by_hand_are_kept_and_heeded),
		TEST(what_is_applied_differs_no_more),
		TEST(only_the_addresses_that_are_named_are_decided_anew),
		TEST(the_trail_tells_who_applied_it),
		TEST(a_new_row_has_the_spelling_of_the_event),
		TEST(a_probation_that_ends_is_a_difference),
		TEST(pages_join_and_each_may_say_stop),
	};

	return cmocka_run_group_tests_name("rejudge", tests, NULL, NULL);
}
