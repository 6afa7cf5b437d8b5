/* test_suppressions.c - the list: learnt, by hand, asked for. */
#include "tests/store/support.h"

#define ALICE "alice@example.org"

static enum store_outcome put(struct scene *scene, const char *address, const char *scope,
	enum ses_reason reason, utc_ms expires, bool *changed)
{
	struct store_job job = {
		.kind = STORE_SUPPRESS,
		.suppression =
			{
				.address = address,
				.original = address,
				.scope = scope,
				.reason = reason,
				.is_certain = true,
				.since = NOON,
				.expires = expires,
				.at_ses = -1,
				.note = "by hand",
			},
		.now = NOON,
	};
	enum store_outcome outcome = store_submit_and_wait(scene->store, &job);

	if (changed != NULL)
		*changed = job.changed;
	return outcome;
}

static bool take_away(
	struct scene *scene, const char *address, const char *scope, utc_ms now)
{
	struct store_job job = {
		.kind = STORE_UNSUPPRESS,
		.suppression = {.address = address, .scope = scope},
		.now = now,
	};

	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
	return job.changed;
}

/* What an event with this reason does to alice. */
static void learn(struct scene *scene, unsigned mail, enum ses_reason reason,
	bool certain, bool at_ses)
{
	struct ses_recipient *recipient;
	struct letter letter;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_OTHER,
		NOON + (int64_t) mail * MINUTE_MS, mail, ALICE);
	recipient = &letter.recipients[0];
	recipient->suppress = reason;
	recipient->is_certain = certain;
	recipient->at_ses = at_ses;
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

static void the_stronger_reason_takes_the_place_of_the_weaker(void **state)
{
	static const struct {
		enum ses_reason reason;
		bool certain, at_ses;
		enum ses_reason then_reason;
		bool then_certain;
		int then_at_ses;
		unsigned since; /* of which step */
	} steps[] = {
		{SES_REASON_SES_LIST, true, true, SES_REASON_SES_LIST, true, 1, 0},
		{SES_REASON_BOUNCE, true, false, SES_REASON_BOUNCE, true, 1, 1},
		{SES_REASON_BOUNCE, true, false, SES_REASON_BOUNCE, true, 1, 1},
		{SES_REASON_COMPLAINT, false, false, SES_REASON_COMPLAINT, true, 1, 3},
		{SES_REASON_BOUNCE, true, false, SES_REASON_COMPLAINT, true, 1, 3},
		{SES_REASON_SES_LIST, true, true, SES_REASON_COMPLAINT, true, 1, 3},
		{SES_REASON_NONE, true, false, SES_REASON_COMPLAINT, true, 1, 3},
	};
	struct scene *scene = *state;

	for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct entry entry;

		learn(scene, i, steps[i].reason, steps[i].certain, steps[i].at_ses);
		entry = entry_of(scene, ALICE, "", NOON);
		assert_int_equal(entry.entry.reason, steps[i].then_reason);
		assert_int_equal(entry.entry.is_certain, steps[i].then_certain);
		assert_int_equal(entry.entry.at_ses, steps[i].then_at_ses);
		assert_int_equal(entry.entry.since,
			NOON + (int64_t) steps[i].since * MINUTE_MS + 3000);
	}
	assert_int_equal(health_of(scene).suppressions, 1);
}

static void certainty_only_grows(void **state)
{
	struct scene *scene = *state;

	learn(scene, 1, SES_REASON_COMPLAINT, false, false);
	assert_false(entry_of(scene, ALICE, "", NOON).entry.is_certain);
	learn(scene, 2, SES_REASON_COMPLAINT, true, false);
	assert_true(entry_of(scene, ALICE, "", NOON).entry.is_certain);
	learn(scene, 3, SES_REASON_COMPLAINT, false, false);
	assert_true(entry_of(scene, ALICE, "", NOON).entry.is_certain);
}

static void knowledge_of_sess_list_does_not_make_an_entry_certain(void **state)
{
	struct scene *scene = *state;

	learn(scene, 1, SES_REASON_COMPLAINT, false, false);
	learn(scene, 2, SES_REASON_SES_LIST, true, true);
	assert_false(entry_of(scene, ALICE, "", NOON).entry.is_certain);
	assert_int_equal(entry_of(scene, ALICE, "", NOON).entry.at_ses, 1);
}

static void feedback_never_replaces_what_was_put_by_hand(void **state)
{
	struct scene *scene = *state;
	struct entry entry;

	assert_int_equal(
		put(scene, ALICE, "", SES_REASON_MANUAL, UTC_NONE, NULL), STORE_DONE);
	learn(scene, 1, SES_REASON_COMPLAINT, true, true);
	entry = entry_of(scene, ALICE, "", NOON);
	assert_int_equal(entry.entry.reason, SES_REASON_MANUAL);
	assert_string_equal(entry.note, "by hand");
	assert_int_equal(entry.entry.at_ses, 1);
}

static void a_bounce_takes_the_place_of_an_expired_entry(void **state)
{
	struct scene *scene = *state;

	put(scene, ALICE, "", SES_REASON_MANUAL, NOON + 1000, NULL);
	assert_int_equal(entry_of(scene, ALICE, "", NOON + 999).count, 1);
	assert_int_equal(entry_of(scene, ALICE, "", NOON + 1000).count, 0);
	learn(scene, 1, SES_REASON_BOUNCE, true, false);
	assert_int_equal(entry_of(scene, ALICE, "", NOON + DAY_MS).entry.reason,
		SES_REASON_BOUNCE);
	assert_int_equal(health_of(scene).suppressions, 1);
}

static void a_lifted_entry_does_not_come_back_by_a_retry(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1, ALICE);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_true(take_away(scene, ALICE, "", NOON));
	assert_int_equal(record(scene, &letter), STORE_DUPLICATE);
	assert_int_equal(entry_of(scene, ALICE, "", NOON).count, 0);
	assert_int_equal(health_of(scene).suppressions, 0);
}

static void put_and_remove_say_whether_there_was_one(void **state)
{
	struct scene *scene = *state;
	bool changed;

	put(scene, ALICE, "", SES_REASON_BOUNCE, UTC_NONE, &changed);
	assert_true(changed);
	put(scene, ALICE, "", SES_REASON_MANUAL, UTC_NONE, &changed);
	assert_false(changed);
	assert_int_equal(
		entry_of(scene, ALICE, "", NOON).entry.reason, SES_REASON_MANUAL);
	put(scene, ALICE, "news", SES_REASON_MANUAL, NOON - 1, &changed);
	assert_true(changed);
	assert_false(take_away(scene, ALICE, "news", NOON)); /* expired already */
	assert_true(take_away(scene, ALICE, "", NOON));
	assert_false(take_away(scene, ALICE, "", NOON));
	assert_int_equal(health_of(scene).suppressions, 0);
}

struct names_listed {
	char text[512];
	char last_address[64], last_scope[64];
	size_t count;
};

static bool append_name(void *closure, const struct store_suppression *entry)
{
	struct names_listed *names = closure;
	size_t length = strlen(names->text);

	snprintf(names->text + length, sizeof(names->text) - length, "%s|%s ",
		entry->address, entry->scope);
	snprintf(names->last_address, sizeof(names->last_address), "%s", entry->address);
	snprintf(names->last_scope, sizeof(names->last_scope), "%s", entry->scope);
	names->count++;
	return true;
}

static void fill(struct scene *scene)
{
	put(scene, "a@x.example", "", SES_REASON_BOUNCE, UTC_NONE, NULL);
	put(scene, "a@x.example", "news", SES_REASON_MANUAL, UTC_NONE, NULL);
	put(scene, "ab@x.example", "", SES_REASON_COMPLAINT, UTC_NONE, NULL);
	put(scene, "a_b@x.example", "", SES_REASON_IMPORT, NOON + 5000, NULL);
	put(scene, "a%@x.example", "", SES_REASON_MANUAL, UTC_NONE, NULL);
	put(scene, "b@x.example", "", SES_REASON_BOUNCE, UTC_NONE, NULL);
	put(scene, "\xc3\xa4@x.example", "", SES_REASON_BOUNCE, UTC_NONE, NULL);
}

static void the_list_is_filtered_by_prefix_reason_and_time(void **state)
{
	static const struct {
		const char *prefix;
		enum ses_reason reason;
		utc_ms since, now;
		const char *expected;
	} cases[] = {
		{NULL, SES_REASON_NONE, UTC_NONE, NOON,
			"a%@x.example| a@x.example| a@x.example|news a_b@x.example| "
			"ab@x.example| b@x.example| \xc3\xa4@x.example| "},
		{"a", SES_REASON_NONE, UTC_NONE, NOON + 5000,
			"a%@x.example| a@x.example| a@x.example|news ab@x.example| "},
		{"a_", SES_REASON_NONE, UTC_NONE, NOON, "a_b@x.example| "},
		{"a%", SES_REASON_NONE, UTC_NONE, NOON, "a%@x.example| "},
		{"a@x.example", SES_REASON_NONE, UTC_NONE, NOON,
			"a@x.example| a@x.example|news "},
		{"\xc3\xa4", SES_REASON_NONE, UTC_NONE, NOON, "\xc3\xa4@x.example| "},
		{"", SES_REASON_BOUNCE, UTC_NONE, NOON,
			"a@x.example| b@x.example| \xc3\xa4@x.example| "},
		{"", SES_REASON_NONE, NOON + 1, NOON, ""},
		{"b", SES_REASON_NONE, NOON, NOON, "b@x.example| "},
		{"zzz", SES_REASON_NONE, UTC_NONE, NOON, ""},
	};
	struct scene *scene = *state;

	fill(scene);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_suppression_filter filter = {
			.prefix = cases[i].prefix,
			.reason = cases[i].reason,
			.since = cases[i].since,
			.limit = 100,
		};
		struct names_listed names = {0};

		assert_true(store_suppression_list(scene->store, &filter, cases[i].now,
			append_name, &names, &scene->error));
		assert_string_equal(names.text, cases[i].expected);
	}
}

static void pages_join_without_gap_or_overlap(void **state)
{
	static const char *const prefixes[] = {"", "a", "a@x.example"};
	struct scene *scene = *state;

	fill(scene);
	for (size_t i = 0; i < 3; i++) {
		struct store_suppression_filter filter = {
			.prefix = prefixes[i],
			.since = UTC_NONE,
			.limit = 100,
		};
		struct names_listed all = {0}, paged = {0};
		size_t before;

		assert_true(store_suppression_list(
			scene->store, &filter, NOON, append_name, &all, &scene->error));
		filter.limit = 1;
		do {
			before = paged.count;
			assert_true(store_suppression_list(scene->store, &filter, NOON,
				append_name, &paged, &scene->error));
			filter.after_address = paged.last_address;
			filter.after_scope = paged.last_scope;
		} while (paged.count > before);
		assert_string_equal(paged.text, all.text);
	}
}

static void check_gives_the_strongest_entry_that_applies(void **state)
{
	static const char *const asked[] = {"nobody@x.example", "a@x.example",
		"ab@x.example", "b@x.example", "only@x.example"};
	static const struct {
		const char *scope, *expected;
	} cases[] = {
		{"", "a@x.example| ab@x.example| b@x.example| "},
		{"news", "a@x.example|news ab@x.example| b@x.example| "
			 "only@x.example|news "},
		{"other", "a@x.example| ab@x.example| b@x.example| "},
	};
	struct scene *scene = *state;

	fill(scene);
	put(scene, "ab@x.example", "news", SES_REASON_BOUNCE, UTC_NONE, NULL);
	put(scene, "b@x.example", "news", SES_REASON_COMPLAINT, NOON, NULL);
	put(scene, "only@x.example", "news", SES_REASON_BOUNCE, UTC_NONE, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct names_listed names = {0};

		assert_true(store_suppression_check(scene->store, asked, 5,
			cases[i].scope, NOON, append_name, &names, &scene->error));
		assert_string_equal(names.text, cases[i].expected);
	}
}

static void an_entry_put_is_seen_by_the_next_question(void **state)
{
	struct scene *scene = *state;

	for (unsigned i = 0; i < 200; i++) {
		char address[32];

		snprintf(address, sizeof(address), "u%u@x.example", i);
		assert_int_equal(entry_of(scene, address, "", NOON).count, 0);
		put(scene, address, "", SES_REASON_BOUNCE, UTC_NONE, NULL);
		assert_int_equal(entry_of(scene, address, "", NOON).count, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(the_stronger_reason_takes_the_place_of_the_weaker),
		TEST(certainty_only_grows),
		TEST(knowledge_of_sess_list_does_not_make_an_entry_certain),
		TEST(feedback_never_replaces_what_was_put_by_hand),
		TEST(a_bounce_takes_the_place_of_an_expired_entry),
		TEST(a_lifted_entry_does_not_come_back_by_a_retry),
		TEST(put_and_remove_say_whether_there_was_one),
		TEST(the_list_is_filtered_by_prefix_reason_and_time),
		TEST(pages_join_without_gap_or_overlap),
		TEST(check_gives_the_strongest_entry_that_applies),
		TEST(an_entry_put_is_seen_by_the_next_question),
	};

	return cmocka_run_group_tests_name("suppressions", tests, NULL, NULL);
}
