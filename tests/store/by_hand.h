/* by_hand.h - changes by hand and feedback about one address, and what they leave. */
#ifndef TESTS_STORE_BY_HAND_H
#define TESTS_STORE_BY_HAND_H

#include "store/dossier.h"
#include "tests/store/bare.h"

#define ALICE "alice@example.org"

/* Feedback of a class about alice, in the configuration set "news". */
UNUSED static void learn(
	struct bare *bare, enum ses_class class, int64_t event, utc_ms published)
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
	struct change_cause cause = {.at = published, .actor = "feedback", .cause = ""};
	int64_t origin, account;
	bool changed;

	assert_true(names_origin(
		&bare->writer.names, &bare->writer.db, &mail, &origin, &account));
	assert_true(evidence_add(&bare->writer.db, ALICE, &piece, origin));
	assert_true(dossier_settle(&bare->writer, ALICE, ALICE, &ses_suppression_standard,
		&cause, &changed));
}

UNUSED static void change_some(
	struct bare *bare, struct store_change *changes, size_t count, utc_ms now)
{
	struct store_job job = {
		.kind = STORE_CHANGE_LIST,
		.changes = changes,
		.change_count = count,
		.policy = &ses_suppression_standard,
		.actor = "ops",
		.cause = "ticket 5",
		.now = now,
	};

	assert_int_equal(hand_change(&bare->writer, &job), STORE_DONE);
}

UNUSED static enum store_change_result change(
	struct bare *bare, struct store_change *change, utc_ms now)
{
	change_some(bare, change, 1, now);
	return change->result;
}

UNUSED static enum store_change_result simply(
	struct bare *bare, enum store_change_kind kind, utc_ms now)
{
	struct store_change simple = change_of(kind, ALICE, "");

	simple.entry.since = now;
	return change(bare, &simple, now);
}

/* The rows of alice: "SCOPE/HAND/REASON ". */
UNUSED static void assert_rows(struct bare *bare, const char *expected)
{
	struct dossier dossier = {.rows = NULL};
	char text[256] = "";
	int64_t pairs;

	assert_true(dossier_read(&bare->writer.db, ALICE, &dossier));
	for (size_t i = 0; i < dossier.count; i++) {
		const struct store_suppression *row = &dossier.rows[i];
		const char *reason = ses_reason_name(row->reason);
		size_t length = strlen(text);

		snprintf(text + length, sizeof(text) - length, "%s/%d/%s ", row->scope,
			(int) row->hand, reason != NULL ? reason : "-");
	}
	assert_string_equal(text, expected);
	dossier_finish(&dossier);
	pairs = bare_ask(bare,
		"SELECT count(*) FROM (SELECT DISTINCT address, scope FROM suppressions"
		" WHERE hand NOT IN (2, 3))");
	assert_int_equal(bare->writer.totals.suppressions, pairs);
}

UNUSED static void assert_row(struct bare *bare, size_t i, struct store_suppression *row)
{
	struct dossier dossier = {.rows = NULL};

	assert_true(dossier_read(&bare->writer.db, ALICE, &dossier));
	assert_true(i < dossier.count);
	*row = dossier.rows[i];
	row->address = row->original = row->scope = row->note = row->actor = NULL;
	dossier_finish(&dossier);
}

/* The last change: "WHAT ACTOR CAUSE BEFORE>AFTER". */
UNUSED static void assert_change(struct bare *bare, const char *expected)
{
	char present[512];

	bare_ask_text(bare,
		"SELECT format('%d %s %s %s>%s', what, actor, cause,"
		" coalesce(before ->> 'reason', before ->> 'hand', '-'),"
		" coalesce(after ->> 'reason', after ->> 'hand', '-')) FROM changes"
		" ORDER BY id DESC LIMIT 1",
		present);
	assert_string_equal(present, expected);
}

UNUSED static int64_t count_changes(struct bare *bare)
{
	return bare_ask(bare, "SELECT count(*) FROM changes");
}

#endif
