/* test_questions.c - the list asked: one entry, pages, may these be mailed. */
#include "tests/store/support.h"

static void put(struct scene *scene, const char *address, const char *scope,
	enum ses_reason reason, utc_ms expires)
{
	struct store_change change = change_of(STORE_PUT, address, scope);

	change.entry.reason = reason;
	change.entry.expires = expires;
	change_one(scene, &change, NOON);
}

static void never(struct scene *scene, const char *address, const char *scope)
{
	struct store_change change = change_of(STORE_NEVER, address, scope);

	assert_int_equal(change_one(scene, &change, NOON), STORE_ADDED);
}

static void bounce(struct scene *scene, const char *address, unsigned mail)
{
	struct letter letter;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON - MINUTE_MS,
		mail, address);
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

struct names_listed {
	char text[512];
};

static void append(
	struct names_listed *names, const char *one, const char *two, const char *end)
{
	size_t length = strlen(names->text);

	snprintf(names->text + length, sizeof(names->text) - length, "%s|%s%s ", one, two,
		end);
}

static bool append_name(void *closure, const struct store_suppression *entry)
{
	append(closure, entry->address, entry->scope, "");
	return true;
}

static void fill(struct scene *scene)
{
	put(scene, "a@x.example", "", SES_REASON_BOUNCE, UTC_NONE);
	put(scene, "a@x.example", "news", SES_REASON_MANUAL, UTC_NONE);
	put(scene, "ab@x.example", "", SES_REASON_COMPLAINT, UTC_NONE);
	put(scene, "a_b@x.example", "", SES_REASON_IMPORT, NOON + 5000);
	put(scene, "a%@x.example", "", SES_REASON_MANUAL, UTC_NONE);
	put(scene, "b@x.example", "", SES_REASON_BOUNCE, UTC_NONE);
	put(scene, "\xc3\xa4@x.example", "", SES_REASON_BOUNCE, UTC_NONE);
}

/* All pages of so many, one behind the other. */
static void list_all(struct scene *scene, struct store_suppression_filter filter,
	utc_ms now, size_t limit, struct names_listed *names)
{
	char *address = NULL, *scope = NULL, *next_address, *next_scope;

	memset(names, 0, sizeof(*names));
	filter.limit = limit;
	do {
		filter.after_address = address;
		filter.after_scope = scope;
		assert_true(store_suppression_list(scene->store, &filter, now,
			append_name, names, &next_address, &next_scope, &scene->error));
		free(address);
		free(scope);
		address = next_address;
		scope = next_scope;
	} while (address != NULL);
	free(scope);
}

static const struct store_suppression_filter everything = {
	.since = UTC_NONE,
	.until = UTC_NONE,
};

static void the_list_is_filtered(void **state)
{
	static const struct {
		const char *prefix;
		enum ses_reason reason;
		utc_ms since, until, now;
		const char *scope, *expected;
	} cases[] = {
		{NULL, SES_REASON_NONE, UTC_NONE, UTC_NONE, NOON, NULL,
			"a%@x.example| a@x.example| a@x.example|news a_b@x.example| "
			"ab@x.example| b@x.example| \xc3\xa4@x.example| "},
		{"a", SES_REASON_NONE, UTC_NONE, UTC_NONE, NOON + 5000, NULL,
			"a%@x.example| a@x.example| a@x.example|news ab@x.example| "},
		{"a_", SES_REASON_NONE, UTC_NONE, UTC_NONE, NOON, NULL,
			"a_b@x.example| "},
		{"a%", SES_REASON_NONE, UTC_NONE, UTC_NONE, NOON, NULL, "a%@x.example| "},
		{"a@x.example", SES_REASON_NONE, UTC_NONE, UTC_NONE, NOON, NULL,
			"a@x.example| a@x.example|news "},
		{"a@x.example", SES_REASON_NONE, UTC_NONE, UTC_NONE, NOON, "",
			"a@x.example| "},
		{"", SES_REASON_NONE, UTC_NONE, UTC_NONE, NOON, "news",
			"a@x.example|news "},
		{"\xc3\xa4", SES_REASON_NONE, UTC_NONE, UTC_NONE, NOON, NULL,
			"\xc3\xa4@x.example| "},
		{"", SES_REASON_BOUNCE, UTC_NONE, UTC_NONE, NOON, NULL,
			"a@x.example| b@x.example| \xc3\xa4@x.example| "},
		{"", SES_REASON_NONE, NOON + 1, UTC_NONE, NOON, NULL, ""},
		{"b", SES_REASON_NONE, NOON, UTC_NONE, NOON, NULL, "b@x.example| "},
		{"b", SES_REASON_NONE, UTC_NONE, NOON, NOON, NULL, ""},
		{"b", SES_REASON_NONE, UTC_NONE, NOON + 1, NOON, NULL, "b@x.example| "},
		{"zzz", SES_REASON_NONE, UTC_NONE, UTC_NONE, NOON, NULL, ""},
	};
	struct scene *scene = *state;

	fill(scene);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_suppression_filter filter = {
			.prefix = cases[i].prefix,
			.reason = cases[i].reason,
			.since = cases[i].since,
			.until = cases[i].until,
			.scope = cases[i].scope,
		};
		struct names_listed names;

		list_all(scene, filter, cases[i].now, 100, &names);
		assert_string_equal(names.text, cases[i].expected);
	}
}

static void pages_join_without_gap_or_overlap(void **state)
{
	static const char *const prefixes[] = {"", "a", "a@x.example"};
	struct scene *scene = *state;

	fill(scene);
	bounce(scene, "a@x.example", 1); /* more rows than entries */
	for (size_t i = 0; i < 3; i++) {
		struct store_suppression_filter filter = everything;
		struct names_listed all, paged;

		filter.prefix = prefixes[i];
		list_all(scene, filter, NOON, 100, &all);
		assert_string_not_equal(all.text, "");
		for (size_t limit = 1; limit < 4; limit++) {
			list_all(scene, filter, NOON, limit, &paged);
			assert_string_equal(paged.text, all.text);
		}
	}
}

static void exceptions_are_listed_apart_from_entries(void **state)
{
	struct store_suppression_filter filter = everything;
	struct scene *scene = *state;
	struct names_listed names;

	bounce(scene, "a@x.example", 1);
	never(scene, "a@x.example", "");
	never(scene, "@staff.example", "");
	put(scene, "b@x.example", "", SES_REASON_MANUAL, UTC_NONE);
	list_all(scene, filter, NOON, 100, &names);
	assert_string_equal(names.text, "b@x.example| ");
	filter.exceptions = true;
	list_all(scene, filter, NOON, 100, &names);
	assert_string_equal(names.text, "@staff.example| a@x.example| ");
}

static bool append_verdict(void *closure, size_t index, enum ses_verdict verdict,
	const struct store_suppression *entry)
{
	static const char *const ends[] = {"?", "~", "!", ""};
	char number[32];

	snprintf(number, sizeof(number), "%zu", index);
	append(closure, number, entry->address, "");
	append(closure, "", entry->scope, ends[verdict]);
	return true;
}

static void assert_check(struct scene *scene, const char *const *asked, size_t count,
	const char *question, utc_ms now, const char *expected)
{
	struct names_listed names = {""};
	struct ses_scopes scopes;

	assert_true(ses_scopes_parse(question, &scopes));
	assert_true(store_suppression_check(scene->store, asked, count, &scopes, now,
		append_verdict, &names, &scene->error));
	assert_string_equal(names.text, expected);
}

static void check_gives_the_strongest_entry_that_applies(void **state)
{
	static const char *const asked[] = {
		"nobody@x.example", "a@x.example", "b@x.example", "only@x.example"};
	struct scene *scene = *state;

	bounce(scene, "a@x.example", 1);
	put(scene, "a@x.example", "news", SES_REASON_MANUAL, UTC_NONE);
	bounce(scene, "b@x.example", 2);
	put(scene, "b@x.example", "news", SES_REASON_COMPLAINT, NOON);
	put(scene, "only@x.example", "news", SES_REASON_BOUNCE, UTC_NONE);
	assert_check(scene, asked, 4, "", NOON, "1|a@x.example | 2|b@x.example | ");
	assert_check(scene, asked, 4, "news", NOON,
		"1|a@x.example |news 2|b@x.example | 3|only@x.example |news ");
	assert_check(scene, asked, 4, "other,tenant:t", NOON,
		"1|a@x.example | 2|b@x.example | ");
	assert_check(scene, asked, 4, "other,news", NOON,
		"1|a@x.example |news 2|b@x.example | 3|only@x.example |news ");
}

static void check_looks_at_the_domain_too(void **state)
{
	static const char *const asked[] = {
		"a@gone.example", "b@gone.example", "c@x.example"};
	struct scene *scene = *state;

	put(scene, "@gone.example", "", SES_REASON_MANUAL, UTC_NONE);
	never(scene, "b@gone.example", "");
	assert_check(scene, asked, 3, "", NOON, "0|@gone.example | 1|b@gone.example |! ");
}

static void check_tells_the_never_that_decides(void **state)
{
	static const char *const asked[] = {"a@x.example", "b@staff.example"};
	struct scene *scene = *state;

	bounce(scene, "a@x.example", 1);
	bounce(scene, "b@staff.example", 2);
	never(scene, "a@x.example", "");
	never(scene, "@staff.example", "");
	assert_check(scene, asked, 2, "", NOON, "0|a@x.example |! 1|@staff.example |! ");
	assert_int_equal(entry_of(scene, "a@x.example", "", NOON).count, 0);
}

static void check_tells_of_a_probation(void **state)
{
	static const char *const asked[] = {"a@x.example"};
	struct scene *scene = *state;

	for (unsigned day = 0; day < 3; day++) {
		struct letter letter;

		letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE,
			NOON + day * DAY_MS, day, "a@x.example");
		assert_int_equal(record(scene, &letter), STORE_DONE);
	}
	assert_check(scene, asked, 1, "", NOON + 3 * DAY_MS, "0|a@x.example | ");
	assert_check(scene, asked, 1, "", NOON + 30 * DAY_MS, "0|a@x.example |~ ");
	assert_int_equal(entry_of(scene, "a@x.example", "", NOON + 3 * DAY_MS).count, 1);
	assert_int_equal(entry_of(scene, "a@x.example", "", NOON + 30 * DAY_MS).count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(the_list_is_filtered),
		TEST(pages_join_without_gap_or_overlap),
		TEST(exceptions_are_listed_apart_from_entries),
		TEST(check_gives_the_strongest_entry_that_applies),
		TEST(check_looks_at_the_domain_too),
		TEST(check_tells_the_never_that_decides),
		TEST(check_tells_of_a_probation),
	};

	return cmocka_run_group_tests_name("questions", tests, NULL, NULL);
}
