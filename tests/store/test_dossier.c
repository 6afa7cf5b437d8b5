/* test_dossier.c - one address is decided anew, and what changed is written. */
#include "store/dossier.h"

#include "base/text.h"
#include "tests/store/bare.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"

static void remember(struct bare *bare, const char *address, enum ses_class class,
	int64_t event, utc_ms published)
{
	struct ses_event mail = {
		.account = "111122223333",
		.region = "eu-west-1",
		.configuration_set = "news",
	};
	struct ses_evidence piece = {
		.class = class,
		.is_certain = true,
		.event = event,
		.sent = published,
		.published = published,
		.mail = event,
		.tenant = "",
	};
	int64_t origin, account;

	assert_true(names_origin(
		&bare->writer.names, &bare->writer.db, &mail, &origin, &account));
	assert_true(evidence_add(&bare->writer.db, address, &piece, origin));
}

static bool settle(struct bare *bare, const char *address,
	const struct ses_suppression_policy *policy, int64_t event, utc_ms now)
{
	struct change_cause cause = {
		.at = now,
		.actor = "feedback",
		.cause = "",
		.event = event,
	};
	bool changed;

	assert_true(dossier_settle(
		&bare->writer, address, "Alice@Example.ORG", policy, &cause, &changed));
	return changed;
}

static bool learn(struct bare *bare, enum ses_class class, int64_t event, utc_ms at)
{
	remember(bare, ALICE, class, event, at);
	return settle(bare, ALICE, &ses_suppression_standard, event, at);
}

static struct dossier read_all(struct bare *bare, const char *address)
{
	struct dossier dossier = {.rows = NULL};

	assert_true(dossier_read(&bare->writer.db, address, &dossier));
	return dossier;
}

static int64_t changes(struct bare *bare)
{
	return bare_ask(bare, "SELECT count(*) FROM changes");
}

/* "WHAT BEFORE>AFTER" of the last change. */
static void assert_last_change(
	struct bare *bare, enum change_what what, const char *before, const char *after)
{
	char expected[128], present[512];

	bare_ask_text(bare,
		"SELECT format('%d %s>%s', what, coalesce(before ->> 'reason', '-'),"
		" coalesce(after ->> 'reason', '-')) FROM changes ORDER BY id DESC"
		" LIMIT 1",
		present);
	snprintf(expected, sizeof(expected), "%d %s>%s", (int) what, before, after);
	assert_string_equal(present, expected);
}

static void a_hard_bounce_gives_a_row_and_a_change(void **state)
{
	struct bare *bare = *state;
	struct dossier dossier;

	assert_true(learn(bare, SES_CLASS_HARD, 7, NOON));
	dossier = read_all(bare, ALICE);
	assert_int_equal(dossier.count, 1);
	assert_string_equal(dossier.rows[0].address, ALICE);
	assert_string_equal(dossier.rows[0].original, "Alice@Example.ORG");
	assert_string_equal(dossier.rows[0].scope, "");
	assert_string_equal(dossier.rows[0].note, "");
	assert_string_equal(dossier.rows[0].actor, "");
	assert_int_equal(dossier.rows[0].hand, SES_HAND_NONE);
	assert_int_equal(dossier.rows[0].reason, SES_REASON_BOUNCE);
	assert_true(dossier.rows[0].is_certain);
	assert_int_equal(dossier.rows[0].since, NOON);
	assert_int_equal(dossier.rows[0].expires, UTC_NONE);
	assert_int_equal(dossier.rows[0].at_ses, -1);
	assert_int_equal(dossier.rows[0].event, 7);
	assert_int_equal(dossier.rows[0].version,
		bare_ask(bare, "SELECT id FROM changes WHERE event = 7"));
	assert_int_equal(dossier.entries[0].reason, SES_REASON_BOUNCE);
	assert_int_equal(dossier.entries[0].since, NOON);
	dossier_finish(&dossier);
}

static void the_trail_tells_before_and_after(void **state)
{
	struct bare *bare = *state;
	char text[512];

	learn(bare, SES_CLASS_HARD, 7, NOON);
	assert_last_change(bare, CHANGE_ADDED, "-", "bounce");
	bare_ask_text(bare,
		"SELECT at || ' ' || address || ' ' || actor || ' ' || event || ' '"
		" || after FROM changes WHERE before IS NULL AND scope = ''"
		" AND cause = ''",
		text);
	assert_string_equal(text,
		"1773144000000 " ALICE " feedback 7 {\"reason\":\"bounce\",\"hand\":null,"
		"\"certain\":true,\"since\":\"2026-03-10T12:00:00.000Z\","
		"\"expires\":null,\"note\":\"\"}");
}

static void what_comes_out_the_same_changes_nothing(void **state)
{
	struct bare *bare = *state;
	int64_t written;

	assert_true(learn(bare, SES_CLASS_HARD, 7, NOON));
	written = sqlite3_total_changes64(bare->writer.db.handle);
	assert_false(settle(bare, ALICE, &ses_suppression_standard, 8, NOON + 1));
	assert_int_equal(sqlite3_total_changes64(bare->writer.db.handle), written);
	assert_false(learn(bare, SES_CLASS_HARD, 9, NOON + DAY_MS));
	assert_int_equal(changes(bare), 1);
	assert_int_equal(bare->writer.totals.suppressions, 1);
}

static void the_stronger_reason_comes_to_the_fore_and_the_weaker_stays(void **state)
{
	struct bare *bare = *state;
	struct dossier dossier;

	assert_true(learn(bare, SES_CLASS_HARD, 1, NOON));
	assert_true(learn(bare, SES_CLASS_COMPLAINT, 2, NOON + 1));
	assert_last_change(bare, CHANGE_CHANGED, "bounce", "complaint");
	dossier = read_all(bare, ALICE);
	assert_int_equal(dossier.count, 2);
	assert_int_equal(dossier.rows[0].reason, SES_REASON_BOUNCE);
	assert_int_equal(dossier.rows[1].reason, SES_REASON_COMPLAINT);
	/* The bounce is as it was, so it keeps its change. */
	assert_int_equal(dossier.rows[0].version + 1, dossier.rows[1].version);
	dossier_finish(&dossier);
	/* A weaker reason beneath it is a row, and no change of what is told. */
	assert_false(learn(bare, SES_CLASS_SES_LIST, 3, NOON + 2));
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM suppressions"), 3);
	assert_int_equal(changes(bare), 2);
	assert_int_equal(bare->writer.totals.suppressions, 1);
}

static void knowledge_of_sess_list_is_told_by_every_row(void **state)
{
	struct bare *bare = *state;
	struct dossier dossier;

	learn(bare, SES_CLASS_HARD, 1, NOON);
	learn(bare, SES_CLASS_SES_LIST, 2, NOON + 1);
	learn(bare, SES_CLASS_COMPLAINT, 3, NOON + 2);
	dossier = read_all(bare, ALICE);
	assert_int_equal(dossier.count, 3);
	for (size_t i = 0; i < dossier.count; i++)
		assert_int_equal(dossier.rows[i].at_ses, 1);
	assert_int_equal(dossier_at_ses(dossier.rows, dossier.count), 1);
	dossier_finish(&dossier);
}

static void what_an_import_knew_of_sess_list_is_not_forgotten(void **state)
{
	struct bare *bare = *state;
	struct dossier dossier;

	learn(bare, SES_CLASS_HARD, 1, NOON);
	assert_true(db_execute(&bare->writer.db, "UPDATE suppressions SET at_ses = 2"));
	learn(bare, SES_CLASS_COMPLAINT, 2, NOON + 1);
	dossier = read_all(bare, ALICE);
	assert_int_equal(dossier.rows[0].at_ses, 2);
	assert_int_equal(dossier.rows[1].at_ses, 2);
	dossier_finish(&dossier);
}

static void soft_bounces(struct bare *bare, int64_t first, utc_ms from)
{
	for (int64_t day = 0; day < 3; day++)
		learn(bare, SES_CLASS_SOFT, first + day, from + day * DAY_MS);
}

static void a_delivery_takes_a_soft_entry_away(void **state)
{
	struct bare *bare = *state;
	bool is_newer;

	soft_bounces(bare, 1, NOON);
	assert_last_change(bare, CHANGE_ADDED, "-", "soft-bounce");
	assert_true(
		evidence_deliver(&bare->writer.db, ALICE, NOON + 3 * DAY_MS, &is_newer));
	assert_true(settle(bare, ALICE, &ses_suppression_standard, 9, NOON + 3 * DAY_MS));
	assert_last_change(bare, CHANGE_REMOVED, "soft-bounce", "-");
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM suppressions"), 0);
	assert_int_equal(bare->writer.totals.suppressions, 0);
}

static void what_had_expired_is_added_when_it_comes_back(void **state)
{
	struct bare *bare = *state;
	utc_ms later = NOON + 40 * DAY_MS;

	soft_bounces(bare, 1, NOON);
	assert_int_equal(changes(bare), 1);
	/* On probation: the next one suppresses at once. */
	assert_true(learn(bare, SES_CLASS_SOFT, 9, later));
	assert_last_change(bare, CHANGE_ADDED, "soft-bounce", "soft-bounce");
	assert_int_equal(bare->writer.totals.suppressions, 1);
}

static void another_policy_gives_other_rows(void **state)
{
	struct bare *bare = *state;
	struct ses_suppression_policy policy = ses_suppression_standard;
	struct dossier dossier;

	learn(bare, SES_CLASS_HARD, 1, NOON);
	policy.bounce_expiry_ms = DAY_MS;
	assert_true(settle(bare, ALICE, &policy, 0, NOON + 1));
	assert_last_change(bare, CHANGE_CHANGED, "bounce", "bounce");
	policy.bounce_scope = SES_SCOPE_ACCOUNT;
	assert_true(settle(bare, ALICE, &policy, 0, NOON + 2));
	dossier = read_all(bare, ALICE);
	assert_int_equal(dossier.count, 1);
	assert_string_equal(dossier.rows[0].scope, "account:111122223333");
	assert_int_equal(dossier.rows[0].expires, NOON + DAY_MS);
	dossier_finish(&dossier);
	/* Removed in one scope, added in the other. */
	assert_int_equal(changes(bare), 4);
	assert_int_equal(bare->writer.totals.suppressions, 1);
}

static void the_rows_of_a_scope_lie_side_by_side(void **state)
{
	struct bare *bare = *state;
	struct dossier dossier;
	size_t count;

	assert_true(db_execute(&bare->writer.db,
		"INSERT INTO suppressions (address, scope, source, hand, reason, certain,"
		" since, change) VALUES ('" ALICE "', 'b', 0, 1, 4, 1, 5, 3),"
		" ('" ALICE "', 'b', 2, 0, 2, 1, 5, 3), ('" ALICE "', 'c', 1, 0, 1, 1, 5,"
		" 3), ('" ALICE "', '', 1, 0, 1, 1, 5, 3), ('" BOB
		"', 'b', 1, 0, 1, 1, 5,"
		" 3)"));
	dossier = read_all(bare, ALICE);
	assert_int_equal(dossier.count, 4);
	assert_ptr_equal(dossier_scope(&dossier, "b", &count), &dossier.rows[1]);
	assert_int_equal(count, 2);
	assert_ptr_equal(dossier_scope(&dossier, "c", &count), &dossier.rows[3]);
	assert_int_equal(count, 1);
	assert_null(dossier_scope(&dossier, "a", &count));
	assert_int_equal(count, 0);
	assert_string_equal(dossier.rows[0].original, ALICE);
	dossier_finish(&dossier);
}

static void of_the_rows_of_a_scope_one_tells_why(void **state)
{
	static const struct store_suppression bounce = {.reason = SES_REASON_BOUNCE,
						      .expires = UTC_NONE},
					      manual_past = {.hand = SES_HAND_SUPPRESS,
						      .reason = SES_REASON_MANUAL,
						      .expires = NOON},
					      manual = {.hand = SES_HAND_SUPPRESS,
						      .reason = SES_REASON_MANUAL,
						      .expires = NOON + 1},
					      import = {.hand = SES_HAND_IMPORT,
						      .reason = SES_REASON_BOUNCE,
						      .expires = NOON + 9},
					      never = {.hand = SES_HAND_NEVER,
						      .expires = UTC_NONE},
					      removed = {.hand = SES_HAND_REMOVED,
						      .expires = UTC_NONE};
	const struct {
		struct store_suppression rows[2];
		int expected; /* -1: none */
	} cases[] = {
		{{manual, bounce}, 0},
		{{manual_past, bounce}, 1}, /* what stands comes before what ended */
		{{import, bounce}, 1},	    /* what lasts longer */
		{{never, bounce}, 1},
		{{never, removed}, -1},
		{{manual_past, never}, 0},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_ptr_equal(dossier_strongest(cases[i].rows, 2, NOON),
			cases[i].expected < 0 ? NULL : &cases[i].rows[cases[i].expected]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bare_set_up, bare_tear_down)
		TEST(a_hard_bounce_gives_a_row_and_a_change),
		TEST(the_trail_tells_before_and_after),
		TEST(what_comes_out_the_same_changes_nothing),
		TEST(the_stronger_reason_comes_to_the_fore_and_the_weaker_stays),
		TEST(knowledge_of_sess_list_is_told_by_every_row),
		TEST(what_an_import_knew_of_sess_list_is_not_forgotten),
		TEST(a_delivery_takes_a_soft_entry_away),
		TEST(what_had_expired_is_added_when_it_comes_back),
		TEST(another_policy_gives_other_rows),
		TEST(the_rows_of_a_scope_lie_side_by_side),
		TEST(of_the_rows_of_a_scope_one_tells_why),
	};

	return cmocka_run_group_tests_name("dossier", tests, NULL, NULL);
}
