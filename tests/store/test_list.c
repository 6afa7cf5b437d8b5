/* test_list.c - the list page by page, and one entry of it. */
#include "tests/store/support.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"

static void change_at(struct scene *scene, enum store_change_kind kind,
	const char *address, const char *scope, enum ses_reason reason, utc_ms now)
{
	struct store_change change = change_of(kind, address, scope);

	change.entry.reason = reason;
	change.entry.since = now;
	change_one(scene, &change, now);
}

static void put(struct scene *scene, const char *address, const char *scope,
	enum ses_reason reason)
{
	change_at(scene, STORE_PUT, address, scope, reason, NOON);
}

static void record_one(struct scene *scene, enum ses_type type, enum ses_outcome outcome,
	unsigned mail, const char *address)
{
	struct letter letter;

	letter_simple(&letter, type, outcome, NOON + mail * MINUTE_MS, mail, address);
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

struct page {
	char text[1024];
	size_t count, stop_at;
	int64_t version;
};

static bool add_to_page(void *closure, const struct store_suppression *entry)
{
	struct page *page = closure;
	size_t length = strlen(page->text);
	const char *reason = ses_reason_name(entry->reason);

	snprintf(page->text + length, sizeof(page->text) - length, "%s/%s/%s ",
		entry->address, entry->scope, reason != NULL ? reason : "-");
	page->version = entry->version;
	return ++page->count != page->stop_at;
}

/* "ENTRIES>NEXT" of one page. */
static struct page list(struct scene *scene,
	const struct store_suppression_filter *filter, size_t stop_at)
{
	struct page page = {.stop_at = stop_at};
	char *address, *scope;
	size_t length;

	assert_true(store_suppression_list(scene->store, filter, NOON + DAY_MS,
		add_to_page, &page, &address, &scope, &scene->error));
	assert_int_equal(address == NULL, scope == NULL);
	length = strlen(page.text);
	if (address != NULL)
		snprintf(page.text + length, sizeof(page.text) - length, ">%s/%s",
			address, scope);
	free(address);
	free(scope);
	return page;
}

static const struct store_suppression_filter all = {
	.since = UTC_NONE, .until = UTC_NONE, .limit = 100};

static void assert_list(struct scene *scene,
	const struct store_suppression_filter *filter, const char *expected)
{
	struct page page = list(scene, filter, 0);

	assert_string_equal(page.text, expected);
}

static void a_pair_is_told_once_by_its_strongest_reason(void **state)
{
	struct scene *scene = *state;
	struct store_suppression_filter filter = all;

	record_one(scene, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, 1, ALICE);
	record_one(scene, SES_COMPLAINT, SES_OUTCOME_COMPLAINT, 2, ALICE);
	put(scene, ALICE, "news", SES_REASON_MANUAL);
	assert_list(scene, &all, ALICE "//complaint " ALICE "/news/manual ");
	/* The weaker reason is not what is told: it is not found by it. */
	filter.reason = SES_REASON_BOUNCE;
	assert_list(scene, &filter, "");
	filter.reason = SES_REASON_COMPLAINT;
	assert_list(scene, &filter, ALICE "//complaint ");
	filter.reason = SES_REASON_NONE;
	filter.scope = "news";
	assert_list(scene, &filter, ALICE "/news/manual ");
	filter.scope = "";
	assert_list(scene, &filter, ALICE "//complaint ");
}

static void what_is_overruled_or_over_is_not_listed(void **state)
{
	struct scene *scene = *state;
	struct store_change change = change_of(STORE_PUT, "carol@example.org", "");

	record_one(scene, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, 1, ALICE);
	record_one(scene, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, 2, BOB);
	record_one(scene, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, 3, "eve@other.example");
	put(scene, BOB, "news", SES_REASON_MANUAL);
	change.entry.expires = NOON + DAY_MS;
	change_one(scene, &change, NOON);
	assert_list(scene, &all,
		ALICE "//bounce " BOB "//bounce " BOB "/news/manual "
		      "eve@other.example//bounce ");
	change_at(scene, STORE_NEVER, ALICE, "", 0, NOON);
	change_at(scene, STORE_NEVER, "@other.example", "", 0, NOON);
	change_at(scene, STORE_REMOVE, BOB, "", 0, NOON + DAY_MS);
	assert_list(scene, &all, BOB "/news/manual ");
	/* A rule of the address itself outranks its domain's. */
	put(scene, "eve@other.example", "", SES_REASON_MANUAL);
	assert_list(scene, &all, BOB "/news/manual eve@other.example//manual ");
}

static void get_and_list_tell_the_same(void **state)
{
	struct scene *scene = *state;

	record_one(scene, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, 1, ALICE);
	record_one(scene, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, 2, "eve@other.example");
	assert_int_equal(entry_of(scene, ALICE, "", NOON).count, 1);
	assert_int_equal(entry_of(scene, ALICE, "news", NOON).count, 0);
	assert_int_equal(entry_of(scene, "@example.org", "", NOON).count, 0);
	change_at(scene, STORE_NEVER, "@other.example", "", 0, NOON);
	assert_int_equal(entry_of(scene, "eve@other.example", "", NOON).count, 0);
	change_at(scene, STORE_NEVER_NO_MORE, "@other.example", "", 0, NOON);
	assert_int_equal(entry_of(scene, "eve@other.example", "", NOON).count, 1);
	put(scene, "@other.example", "", SES_REASON_MANUAL);
	assert_int_equal(entry_of(scene, "@other.example", "", NOON).count, 1);
	/* Exactly this address and scope: the domain's is another. */
	assert_int_equal(entry_of(scene, "eve@other.example", "", NOON).entry.reason,
		SES_REASON_BOUNCE);
}

static void the_version_is_that_of_all_rows_of_the_pair(void **state)
{
	struct scene *scene = *state;
	struct entry first, second;
	struct page page;

	record_one(scene, SES_COMPLAINT, SES_OUTCOME_COMPLAINT, 1, ALICE);
	first = entry_of(scene, ALICE, "", NOON);
	assert_true(first.entry.version > 0);
	put(scene, ALICE, "news", SES_REASON_MANUAL);
	assert_int_equal(
		entry_of(scene, ALICE, "", NOON).entry.version, first.entry.version);
	put(scene, ALICE, "", SES_REASON_MANUAL);
	second = entry_of(scene, ALICE, "", NOON);
	assert_true(second.entry.version > first.entry.version);
	page = list(scene, &all, 1);
	assert_int_equal(page.version, second.entry.version);
	change_at(scene, STORE_REMOVE, ALICE, "", 0, NOON);
	/* Published after the removal: it stands again, by a rule that is older. */
	record_one(scene, SES_COMPLAINT, SES_OUTCOME_COMPLAINT, 2, ALICE);
	assert_true(
		entry_of(scene, ALICE, "", NOON).entry.version > second.entry.version);
}

static void pages_end_where_the_list_ends(void **state)
{
	struct scene *scene = *state;
	struct store_suppression_filter filter = all;

	put(scene, ALICE, "", SES_REASON_MANUAL);
	put(scene, ALICE, "news", SES_REASON_MANUAL);
	put(scene, BOB, "", SES_REASON_MANUAL);
	filter.limit = 3;
	assert_list(
		scene, &filter, ALICE "//manual " ALICE "/news/manual " BOB "//manual ");
	filter.limit = 2;
	assert_list(
		scene, &filter, ALICE "//manual " ALICE "/news/manual >" ALICE "/news");
	filter.after_address = ALICE;
	filter.after_scope = "news";
	assert_list(scene, &filter, BOB "//manual ");
	filter.after_scope = NULL;
	assert_list(scene, &filter, ALICE "/news/manual " BOB "//manual ");
	filter.after_address = BOB;
	assert_list(scene, &filter, "");
	filter = all;
	assert_string_equal(list(scene, &filter, 1).text, ALICE "//manual >" ALICE "/");
}

static void an_entry_that_goes_or_comes_between_pages_moves_no_other(void **state)
{
	struct scene *scene = *state;
	struct store_suppression_filter filter = all;

	put(scene, "b@example.org", "", SES_REASON_MANUAL);
	put(scene, "d@example.org", "", SES_REASON_MANUAL);
	put(scene, "f@example.org", "", SES_REASON_MANUAL);
	filter.limit = 1;
	assert_list(scene, &filter, "b@example.org//manual >b@example.org/");
	put(scene, "a@example.org", "", SES_REASON_MANUAL);
	put(scene, "c@example.org", "", SES_REASON_MANUAL);
	change_at(scene, STORE_REMOVE, "b@example.org", "", 0, NOON);
	filter.after_address = "b@example.org";
	filter.limit = 9;
	assert_list(scene, &filter,
		"c@example.org//manual d@example.org//manual f@example.org//manual ");
}

static void entries_are_found_by_since_and_until(void **state)
{
	struct scene *scene = *state;
	struct store_suppression_filter filter = all;

	change_at(scene, STORE_PUT, "a@example.org", "", SES_REASON_MANUAL, NOON);
	change_at(scene, STORE_PUT, "b@example.org", "", SES_REASON_MANUAL, NOON + 5);
	change_at(scene, STORE_PUT, "c@example.org", "", SES_REASON_MANUAL, NOON + 9);
	filter.since = NOON + 5;
	assert_list(scene, &filter, "b@example.org//manual c@example.org//manual ");
	filter.until = NOON + 9;
	assert_list(scene, &filter, "b@example.org//manual ");
	filter.since = UTC_NONE;
	assert_list(scene, &filter, "a@example.org//manual b@example.org//manual ");
}

static void domains_and_exceptions_are_listed(void **state)
{
	struct scene *scene = *state;
	struct store_suppression_filter filter = all;

	put(scene, "@bad.example", "", SES_REASON_MANUAL);
	put(scene, ALICE, "", SES_REASON_MANUAL);
	change_at(scene, STORE_NEVER, "@example.com", "", 0, NOON);
	change_at(scene, STORE_NEVER, BOB, "news", 0, NOON + 5);
	filter.prefix = "@";
	assert_list(scene, &filter, "@bad.example//manual ");
	filter.exceptions = true;
	assert_list(scene, &filter, "@example.com//- ");
	filter.prefix = NULL;
	assert_list(scene, &filter, "@example.com//- " BOB "/news/- ");
	filter.since = NOON + 5;
	assert_list(scene, &filter, BOB "/news/- ");
	filter.since = UTC_NONE;
	filter.scope = "";
	assert_list(scene, &filter, "@example.com//- ");
}

/* More rows than one call looks at, none of which is wanted, but the last. */
static void a_long_search_ends_each_call_and_goes_on(void **state)
{
	enum { ENTRIES = 45000, BATCH = 5000 };
	struct scene *scene = *state;
	struct store_change *changes = calloc(BATCH, sizeof(*changes));
	char(*addresses)[40] = calloc(BATCH, sizeof(*addresses));
	struct store_suppression_filter filter = all;
	char *address = NULL, *scope = NULL;
	struct page page = {.count = 0};
	size_t calls = 0;

	assert_non_null(changes);
	assert_non_null(addresses);
	for (size_t first = 0; first < ENTRIES; first += BATCH) {
		for (size_t i = 0; i < BATCH; i++) {
			snprintf(addresses[i], sizeof(addresses[i]), "u%06zu@example.org",
				first + i);
			changes[i] = change_of(STORE_PUT, addresses[i], "");
		}
		assert_int_equal(change_all(scene, changes, BATCH, NOON), STORE_DONE);
	}
	put(scene, "z@example.org", "", SES_REASON_COMPLAINT);
	filter.reason = SES_REASON_COMPLAINT;
	do {
		char *next_address, *next_scope;

		filter.after_address = address;
		filter.after_scope = scope;
		assert_true(store_suppression_list(scene->store, &filter, NOON,
			add_to_page, &page, &next_address, &next_scope, &scene->error));
		free(address);
		free(scope);
		address = next_address;
		scope = next_scope;
		assert_true(++calls < 10);
	} while (address != NULL);
	assert_string_equal(page.text, "z@example.org//complaint ");
	assert_int_equal(calls, 3);
	free(changes);
	free(addresses);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(a_pair_is_told_once_by_its_strongest_reason),
		TEST(what_is_overruled_or_over_is_not_listed),
		TEST(get_and_list_tell_the_same),
		TEST(the_version_is_that_of_all_rows_of_the_pair),
		TEST(pages_end_where_the_list_ends),
		TEST(an_entry_that_goes_or_comes_between_pages_moves_no_other),
		TEST(entries_are_found_by_since_and_until),
		TEST(domains_and_exceptions_are_listed),
		TEST(a_long_search_ends_each_call_and_goes_on),
	};

	return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
