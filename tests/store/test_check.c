/* test_check.c - may these be mailed, and all that is known of one address. */
#include "tests/store/support.h"

#include <sqlite3.h>

#define ALICE "alice@example.org"
#define BOB "bob@example.org"

static void put(struct scene *scene, const char *address, const char *scope,
	enum ses_reason reason)
{
	struct store_change change = change_of(STORE_PUT, address, scope);

	change.entry.reason = reason;
	assert_int_equal(change_one(scene, &change, NOON), STORE_ADDED);
}

static void never(struct scene *scene, const char *address, const char *scope)
{
	struct store_change change = change_of(STORE_NEVER, address, scope);

	assert_int_equal(change_one(scene, &change, NOON), STORE_ADDED);
}

static void record_one(struct scene *scene, enum ses_type type, enum ses_outcome outcome,
	unsigned mail, const char *address)
{
	struct letter letter;

	letter_simple(&letter, type, outcome, NOON + mail * MINUTE_MS, mail, address);
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

static void forget(struct scene *scene, const char *address)
{
	struct store_job job = {
		.kind = STORE_FORGET,
		.actor = "ops",
		.cause = "",
		.addresses = &address,
		.address_count = 1,
		.keeps_block = true,
		.now = NOON,
	};

	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
}

struct verdicts {
	char text[1024];
	size_t stop_at;
	size_t count;
};

static bool keep_verdict(void *closure, size_t index, enum ses_verdict verdict,
	const struct store_suppression *entry)
{
	static const char *const names[] = {"clear", "probation", "never", "suppressed"};
	struct verdicts *verdicts = closure;
	size_t length = strlen(verdicts->text);
	const char *reason = ses_reason_name(entry->reason);

	snprintf(verdicts->text + length, sizeof(verdicts->text) - length,
		"%zu:%s:%s:%s:%s ", index, names[verdict], reason != NULL ? reason : "-",
		entry->address, entry->scope);
	return ++verdicts->count != verdicts->stop_at;
}

static void assert_check(struct scene *scene, const char *const *addresses, size_t count,
	const char *question, const char *expected)
{
	struct verdicts verdicts = {.text = ""};
	struct ses_scopes scopes;

	assert_true(ses_scopes_parse(question, &scopes));
	assert_true(store_suppression_check(scene->store, addresses, count, &scopes,
		NOON + DAY_MS, keep_verdict, &verdicts, &scene->error));
	assert_string_equal(verdicts.text, expected);
}

static void each_address_is_told_by_its_place(void **state)
{
	static const char *const addresses[] = {
		"nobody@example.org", ALICE, "carol@example.org", BOB, ALICE};
	struct scene *scene = *state;
	struct verdicts verdicts = {.text = "", .stop_at = 2};
	struct ses_scopes scopes;

	put(scene, ALICE, "", SES_REASON_MANUAL);
	put(scene, BOB, "news", SES_REASON_COMPLAINT);
	assert_check(scene, addresses, 5, "",
		"1:suppressed:manual:" ALICE ": 4:suppressed:manual:" ALICE ": ");
	assert_check(scene, addresses, 5, "news",
		"1:suppressed:manual:" ALICE ": 3:suppressed:complaint:" BOB
		":news 4:suppressed:manual:" ALICE ": ");
	assert_check(scene, addresses, 0, "", "");
	assert_true(ses_scopes_parse("news", &scopes));
	assert_true(store_suppression_check(scene->store, addresses, 5, &scopes, NOON,
		keep_verdict, &verdicts, &scene->error));
	assert_int_equal(verdicts.count, 2);
}

static void a_question_may_name_several_streams(void **state)
{
	static const char *const alice[] = {ALICE};
	struct scene *scene = *state;

	put(scene, ALICE, "tenant:blue", SES_REASON_BOUNCE);
	put(scene, ALICE, "account:111122223333", SES_REASON_COMPLAINT);
	assert_check(scene, alice, 1, "", "");
	assert_check(scene, alice, 1, "tenant:red", "");
	assert_check(scene, alice, 1, "tenant:red,tenant:blue",
		"0:suppressed:bounce:" ALICE ":tenant:blue ");
	assert_check(scene, alice, 1, "tenant:blue,account:111122223333",
		"0:suppressed:complaint:" ALICE ":account:111122223333 ");
}

static void rules_of_a_domain_are_found_for_each_of_its_addresses(void **state)
{
	enum { DOMAINS = 1500 };
	struct scene *scene = *state;
	const char **addresses = calloc(2 * DOMAINS, sizeof(*addresses));
	char(*texts)[48] = calloc(2 * DOMAINS, sizeof(*texts));
	struct verdicts verdicts = {.text = ""};
	struct ses_scopes scopes = {.count = 0};

	assert_non_null(addresses);
	assert_non_null(texts);
	put(scene, "@d7.example", "", SES_REASON_MANUAL);
	put(scene, "@d1400.example", "", SES_REASON_MANUAL);
	/* More domains than a call remembers, each twice, far apart. */
	for (size_t i = 0; i < 2 * DOMAINS; i++) {
		snprintf(texts[i], sizeof(texts[i]), "u%zu@d%zu.example", i, i % DOMAINS);
		addresses[i] = texts[i];
	}
	assert_true(store_suppression_check(scene->store, addresses, 2 * DOMAINS, &scopes,
		NOON, keep_verdict, &verdicts, &scene->error));
	assert_string_equal(verdicts.text,
		"7:suppressed:manual:@d7.example: 1400:suppressed:manual:@d1400.example: "
		"1507:suppressed:manual:@d7.example: "
		"2900:suppressed:manual:@d1400.example: ");
	free(addresses);
	free(texts);
}

/* The connection that answers remembers what it read of domains and tombstones. */
static void what_was_answered_before_a_change_is_not_remembered(void **state)
{
	static const char *const bob[] = {BOB};
	struct scene *scene = *state;
	struct store_change change = change_of(STORE_REMOVE, "@example.org", "");

	assert_check(scene, bob, 1, "", "");
	put(scene, "@example.org", "", SES_REASON_MANUAL);
	assert_check(scene, bob, 1, "", "0:suppressed:manual:@example.org: ");
	assert_int_equal(change_one(scene, &change, NOON), STORE_REMOVED);
	assert_check(scene, bob, 1, "", "");
	put(scene, BOB, "", SES_REASON_BOUNCE);
	forget(scene, BOB);
	assert_check(scene, bob, 1, "", "0:suppressed:bounce:" BOB ": ");
}

/* Many rows of a domain are not kept in memory: they are read again, and right. */
static void a_domain_with_very_many_rules_is_answered_again_and_again(void **state)
{
	enum { SCOPES = 300, NOTE = 1000 };
	struct scene *scene = *state;
	static const char *const bob[] = {BOB};
	struct store_change *changes = calloc(SCOPES, sizeof(*changes));
	char(*scopes)[16] = calloc(SCOPES, sizeof(*scopes)), note[NOTE + 1];

	assert_non_null(changes);
	assert_non_null(scopes);
	memset(note, 'n', NOTE);
	note[NOTE] = '\0';
	for (size_t i = 0; i < SCOPES; i++) {
		snprintf(scopes[i], sizeof(scopes[i]), "s%zu", i);
		changes[i] = change_of(STORE_PUT, "@example.org", scopes[i]);
		changes[i].entry.note = note;
	}
	assert_int_equal(change_all(scene, changes, SCOPES, NOON), STORE_DONE);
	for (size_t i = 0; i < 3; i++) {
		assert_check(scene, bob, 1, "s7", "0:suppressed:manual:@example.org:s7 ");
		assert_check(scene, bob, 1, "other", "");
	}
	free(scopes);
	free(changes);
}

static void a_domain_is_asked_for_as_any_address(void **state)
{
	static const char *const asked[] = {"@example.org", "@other.example"};
	struct scene *scene = *state;

	put(scene, "@example.org", "", SES_REASON_MANUAL);
	assert_check(scene, asked, 2, "", "0:suppressed:manual:@example.org: ");
}

static void an_exempt_address_is_told_with_its_rule(void **state)
{
	static const char *const asked[] = {ALICE, BOB};
	struct scene *scene = *state;

	record_one(scene, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, 1, ALICE);
	record_one(scene, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, 2, BOB);
	never(scene, ALICE, "");
	assert_check(scene, asked, 2, "",
		"0:never:-:" ALICE ": 1:suppressed:bounce:" BOB ": ");
	never(scene, "@example.org", "");
	assert_check(
		scene, asked, 2, "", "0:never:-:" ALICE ": 1:never:-:@example.org: ");
}

static void an_address_on_probation_is_clear_and_told(void **state)
{
	static const char *const asked[] = {ALICE};
	struct verdicts verdicts = {.text = ""};
	struct ses_scopes scopes = {.count = 0};
	struct scene *scene = *state;

	for (unsigned day = 0; day < 3; day++)
		record_one(scene, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, day * 24 * 60 + 1,
			ALICE);
	assert_check(scene, asked, 1, "", "0:suppressed:soft-bounce:" ALICE ": ");
	assert_true(store_suppression_check(scene->store, asked, 1, &scopes,
		NOON + 100 * DAY_MS, keep_verdict, &verdicts, &scene->error));
	assert_string_equal(verdicts.text, "0:probation:soft-bounce:" ALICE ": ");
}

static void a_block_of_a_forgotten_address_ranks_as_it_did(void **state)
{
	static const char *const asked[] = {ALICE, BOB, "carol@example.org"};
	struct scene *scene = *state;

	put(scene, ALICE, "", SES_REASON_MANUAL);
	record_one(scene, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, 1, BOB);
	put(scene, "carol@example.org", "news", SES_REASON_MANUAL);
	forget(scene, ALICE);
	forget(scene, BOB);
	forget(scene, "carol@example.org");
	assert_check(scene, asked, 3, "",
		"0:suppressed:manual:" ALICE ": 1:suppressed:bounce:" BOB ": ");
	assert_check(scene, asked, 3, "news",
		"0:suppressed:manual:" ALICE ": 1:suppressed:bounce:" BOB
		": 2:suppressed:manual:carol@example.org:news ");
	/* By hand outranks the rule of a domain; what was learnt does not. */
	never(scene, "@example.org", "");
	assert_check(scene, asked, 2, "",
		"0:suppressed:manual:" ALICE ": 1:never:-:@example.org: ");
	/* What is stronger than the block is told in its place. */
	put(scene, BOB, "", SES_REASON_COMPLAINT);
	assert_check(scene, &asked[1], 1, "", "0:suppressed:complaint:" BOB ": ");
}

struct story {
	char text[1024];
};

static bool tell_row(void *closure, const struct store_suppression *row)
{
	struct story *story = closure;
	size_t length = strlen(story->text);
	const char *reason = ses_reason_name(row->reason);

	snprintf(story->text + length, sizeof(story->text) - length, "%s/%d/%s/%s ",
		row->scope, (int) row->hand, reason != NULL ? reason : "-", row->actor);
	return true;
}

static bool tell_piece(void *closure, const struct ses_evidence *piece)
{
	struct story *story = closure;
	size_t length = strlen(story->text);

	snprintf(story->text + length, sizeof(story->text) - length, "%s#%lld@%s ",
		ses_class_name(piece->class), (long long) piece->event, piece->account);
	return true;
}

static bool stop_at_once(void *closure, const struct ses_evidence *piece)
{
	tell_piece(closure, piece);
	return false;
}

static void the_dossier_tells_every_row_and_every_piece(void **state)
{
	struct scene *scene = *state;
	struct store_change removal = change_of(STORE_REMOVE, ALICE, "");
	struct story story = {""};

	record_one(scene, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, 1, ALICE);
	record_one(scene, SES_COMPLAINT, SES_OUTCOME_COMPLAINT, 2, ALICE);
	never(scene, ALICE, "news");
	assert_true(store_dossier(
		scene->store, ALICE, tell_row, tell_piece, &story, &scene->error));
	assert_string_equal(story.text,
		"/0/bounce/ /0/complaint/ news/2/-/ops hard#1@111122223333"
		" complaint#2@111122223333 ");
	assert_int_equal(change_one(scene, &removal, NOON + DAY_MS), STORE_REMOVED);
	memset(&story, 0, sizeof(story));
	assert_true(store_dossier(
		scene->store, ALICE, tell_row, NULL, &story, &scene->error));
	assert_string_equal(story.text, "/3/-/ops news/2/-/ops ");
	memset(&story, 0, sizeof(story));
	assert_true(store_dossier(
		scene->store, ALICE, NULL, stop_at_once, &story, &scene->error));
	assert_string_equal(story.text, "hard#1@111122223333 ");
	memset(&story, 0, sizeof(story));
	assert_true(store_dossier(
		scene->store, BOB, tell_row, tell_piece, &story, &scene->error));
	assert_string_equal(story.text, "");
}

static void take_table_away(struct scene *scene, const char *sql)
{
	sqlite3 *handle;

	assert_int_equal(sqlite3_open(scene->path, &handle), SQLITE_OK);
	assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(handle), SQLITE_OK);
}

static bool ask_all(struct scene *scene)
{
	static const char *const asked[] = {ALICE};
	struct store_suppression_filter filter = {
		.since = UTC_NONE, .until = UTC_NONE, .limit = 9};
	struct verdicts verdicts = {.text = ""};
	struct entry entry = {.count = 0};
	struct ses_scopes scopes = {.count = 0};
	char *next_address, *next_scope;
	unsigned answers = 0;

	scene->error.text[0] = '\0';
	answers += store_suppression_check(scene->store, asked, 1, &scopes, NOON,
		keep_verdict, &verdicts, &scene->error);
	answers += store_suppression_get(
		scene->store, ALICE, "", NOON, copy_entry, &entry, &scene->error);
	answers += store_suppression_list(scene->store, &filter, NOON, copy_entry, &entry,
		&next_address, &next_scope, &scene->error);
	assert_true(answers == 0 || answers == 3);
	assert_true(answers > 0 || scene->error.text[0] != '\0');
	return answers > 0;
}

static void a_failed_read_is_no_answer(void **state)
{
	static const char *const tables[] = {"suppressions", "tombstones"};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		struct scene *scene = *state;
		char away[64], back[64];

		snprintf(away, sizeof(away), "ALTER TABLE %s RENAME TO away", tables[i]);
		snprintf(back, sizeof(back), "ALTER TABLE away RENAME TO %s", tables[i]);
		assert_true(ask_all(scene));
		scene_close(scene);
		assert_true(scene_open(scene));
		take_table_away(scene, away);
		assert_false(ask_all(scene));
		take_table_away(scene, back);
		scene_close(scene);
		assert_true(scene_open(scene));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(each_address_is_told_by_its_place),
		TEST(a_question_may_name_several_streams),
		TEST(rules_of_a_domain_are_found_for_each_of_its_addresses),
		TEST(what_was_answered_before_a_change_is_not_remembered),
		TEST(a_domain_with_very_many_rules_is_answered_again_and_again),
		TEST(a_domain_is_asked_for_as_any_address),
		TEST(an_exempt_address_is_told_with_its_rule),
		TEST(an_address_on_probation_is_clear_and_told),
		TEST(a_block_of_a_forgotten_address_ranks_as_it_did),
		TEST(the_dossier_tells_every_row_and_every_piece),
		TEST(a_failed_read_is_no_answer),
	};

	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
