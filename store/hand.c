/* hand.c - the list changed by hand: put, imported, removed, exempted. */
#include <string.h>

#include "base/text.h"
#include "ses/scope.h"
#include "store/dossier.h"

/* A note is at most a few lines; a longer one is left out of the cause. */
#define CAUSE_MAX ((size_t) 64 << 10)

/* What SES's own list holds is known: told by every row of the scope. */
static const char KNOW_AT_SES[] =
	"UPDATE suppressions SET at_ses = ?3 WHERE address = ?1 AND scope = ?2"
	" AND at_ses IS NOT ?3";

/* One change on its way. */
struct hand {
	struct writer *writer;
	struct store_job *job;
	struct store_change *change;
	struct dossier dossier;			  /* of its address */
	const struct store_suppression *rows;	  /* of its scope */
	const struct store_suppression *rule;	  /* the one by hand; NULL none */
	const struct store_suppression *standing; /* what suppresses now; NULL none */
	size_t row_count;
	struct buffer cause;
};

static bool read_scope(struct hand *hand)
{
	const struct store_suppression *entry = &hand->change->entry;
	const struct store_suppression *strongest;

	if (!dossier_read(&hand->writer->db, entry->address, &hand->dossier))
		return false;
	hand->rows = dossier_scope(&hand->dossier, entry->scope, &hand->row_count);
	/* In the order of the rows the rule by hand is the first. */
	hand->rule = hand->row_count > 0 && hand->rows[0].hand != SES_HAND_NONE
			     ? &hand->rows[0]
			     : NULL;
	strongest = dossier_strongest(hand->rows, hand->row_count, hand->job->now);
	hand->standing = strongest != NULL && dossier_stands(strongest, hand->job->now)
				 ? strongest
				 : NULL;
	return true;
}

static bool is_never(const struct hand *hand)
{
	return hand->rule != NULL && hand->rule->hand == SES_HAND_NEVER;
}

static int64_t version_of(const struct hand *hand)
{
	int64_t version = 0;

	for (size_t i = 0; i < hand->row_count; i++)
		if (hand->rows[i].version > version)
			version = hand->rows[i].version;
	return version;
}

/* An entry that a NEVER overrules is none to those who ask for it. */
static bool is_conflict(const struct hand *hand)
{
	int64_t expected = hand->change->expected_version;
	bool is_there = hand->standing != NULL && !is_never(hand);

	if (expected < 0)
		return false;
	return is_there ? expected != version_of(hand) : expected != 0;
}

/* Feedback that says nothing of SES's list leaves what an import has said. */
static int as_import_says(int at_ses)
{
	return at_ses == 1 ? 2 : at_ses;
}

static bool know_at_ses(struct hand *hand)
{
	const struct store_suppression *entry = &hand->change->entry;
	struct query query;

	if (entry->at_ses < 0)
		return true;
	query_start(&query, &hand->writer->db, KNOW_AT_SES);
	query_give_text(&query, entry->address);
	query_give_text(&query, entry->scope);
	query_give_integer(&query, as_import_says(entry->at_ses));
	return query_run(&query);
}

/* What a removal says has no row to stay in that everybody reads: it goes into the
 * cause. */
static const char *cause_of(struct hand *hand, bool has_note)
{
	const struct store_change *change = hand->change;
	const char *cause = hand->job->cause != NULL ? hand->job->cause : "";
	const char *note = change->entry.note;

	if (!has_note || text_is_empty(note))
		return cause;
	if (cause[0] == '\0')
		return note;
	buffer_finish(&hand->cause);
	return buffer_format(&hand->cause, "%s: %s", cause, note) ? hand->cause.bytes
								  : cause;
}

static const char NEWEST[] = "SELECT max(published) FROM evidence WHERE address = ?1"
			     " AND published <= ?2";
/* SNS's clock may be ahead of ours by so much. */
#define CLOCK_SLACK_MS (5 * MINUTE_MS)

/* What was recorded until now is older than the rule. */
static bool since_of(struct hand *hand, utc_ms *since)
{
	utc_ms now = hand->job->now, newest = UTC_NONE;
	struct query query;

	query_start(&query, &hand->writer->db, NEWEST);
	query_give_text(&query, hand->change->entry.address);
	query_give_integer(&query, now + CLOCK_SLACK_MS);
	if (query_row(&query))
		newest = query_time(&query, 0);
	*since = newest > now ? newest : now;
	if (hand->standing != NULL && hand->standing->since > *since)
		*since = hand->standing->since;
	return query_end(&query);
}

static bool rule(struct hand *hand, enum ses_hand kind, enum change_what what,
	enum store_change_result result, bool relearns)
{
	struct store_change *change = hand->change;
	bool is_removal = kind == SES_HAND_REMOVED || kind == SES_HAND_NONE;
	bool is_entry = kind == SES_HAND_SUPPRESS || kind == SES_HAND_IMPORT;
	struct change_cause cause = {
		.at = hand->job->now,
		.actor = hand->job->actor != NULL ? hand->job->actor : "",
		.cause = cause_of(hand, is_removal),
		.event = is_entry ? change->entry.event : 0,
	};
	struct dossier_rule by_hand = {.row = change->entry, .what = what};
	struct store_suppression *row = &by_hand.row;

	row->hand = kind;
	row->actor = cause.actor;
	row->note = row->note != NULL ? row->note : "";
	row->at_ses = as_import_says(row->at_ses);
	if (!is_entry) {
		row->reason = SES_REASON_NONE;
		row->is_certain = true;
		if (!since_of(hand, &row->since))
			return false;
		row->expires = UTC_NONE;
		row->at_ses = -1;
		row->event = 0;
	}
	if (!dossier_rule(hand->writer, &hand->dossier, &by_hand,
		    relearns ? hand->job->policy : NULL, &cause) ||
		(is_entry && !know_at_ses(hand)))
		return false;
	change->result = result;
	change->version = by_hand.version;
	change->at_ses = by_hand.at_ses;
	return true;
}

static bool is_same_entry(
	const struct store_suppression *present, const struct store_suppression *entry)
{
	return present->reason == entry->reason && present->expires == entry->expires &&
	       present->is_certain == entry->is_certain &&
	       text_equal(present->note, entry->note != NULL ? entry->note : "");
}

static bool put(struct hand *hand)
{
	const struct store_suppression *entry = &hand->change->entry;
	const struct store_suppression *present = hand->rule;

	if (present != NULL && present->hand == SES_HAND_SUPPRESS &&
		dossier_stands(present, hand->job->now) && is_same_entry(present, entry))
		return know_at_ses(hand);
	return rule(hand, SES_HAND_SUPPRESS, 0,
		hand->standing != NULL && !is_never(hand) ? STORE_CHANGED : STORE_ADDED,
		true);
}

static bool import(struct hand *hand)
{
	const struct store_suppression *entry = &hand->change->entry;
	const struct store_suppression *standing = hand->standing, *present = hand->rule;

	if (is_never(hand)) {
		hand->change->result = STORE_OUTRANKED;
		return know_at_ses(hand);
	}
	if (standing != NULL && !ses_reason_outranks(entry->reason, standing->reason))
		return know_at_ses(hand);
	/* The same line again, of an entry that has expired. */
	if (present != NULL && present->hand == SES_HAND_IMPORT &&
		present->since == entry->since && is_same_entry(present, entry))
		return know_at_ses(hand);
	if (present != NULL && present->hand != SES_HAND_IMPORT &&
		present->since > entry->since) {
		hand->change->result = STORE_OUTRANKED;
		return know_at_ses(hand);
	}
	/* An import voids nothing; but the older rule whose place it takes did. */
	return rule(hand, SES_HAND_IMPORT, 0,
		standing != NULL ? STORE_CHANGED : STORE_ADDED,
		present != NULL && present->hand != SES_HAND_IMPORT);
}

static bool is_soft(enum ses_reason reason)
{
	return reason == SES_REASON_SOFT_BOUNCE || reason == SES_REASON_NO_SUCH_DOMAIN ||
	       reason == SES_REASON_QUARANTINE;
}

static bool has_hard(const struct hand *hand)
{
	for (size_t i = 0; i < hand->row_count; i++)
		if (dossier_suppresses(&hand->rows[i]) &&
			dossier_stands(&hand->rows[i], hand->job->now) &&
			!is_soft(hand->rows[i].reason))
			return true;
	return false;
}

/* A forgotten address may still be suppressed. *is_hard: by more than a soft reason. */
static bool find_tombstone(struct hand *hand, bool *is_there, bool *is_hard)
{
	const struct store_suppression *entry = &hand->change->entry;
	struct store_suppression found[TOMBSTONES_MAX];
	struct db *db = &hand->writer->db;
	struct ses_scopes scopes;
	size_t count;
	bool exist;

	*is_there = *is_hard = false;
	if (!tombstones_exist(db, &exist))
		return false;
	if (!exist || !ses_scopes_parse(entry->scope, &scopes))
		return true;
	if (!tombstones_read(hand->writer->tombstones, db, entry->address, &scopes,
		    hand->job->now, found, &count))
		return false;
	for (size_t i = 0; i < count; i++)
		if (text_equal(found[i].scope, entry->scope)) {
			*is_there = true;
			*is_hard = !is_soft(found[i].reason);
		}
	return true;
}

static bool remove_entry(struct hand *hand)
{
	const struct store_suppression *entry = &hand->change->entry;
	bool is_there = false, has_tombstone, is_hard;

	/* Nobody is told of an entry under a NEVER; the rule must not be lost by it. */
	if (is_never(hand))
		return true;
	if (!find_tombstone(hand, &has_tombstone, &is_hard))
		return false;
	if (hand->change->only_soft && (is_hard || has_hard(hand))) {
		hand->change->result = STORE_NOT_SOFT;
		return true;
	}
	if (has_tombstone &&
		!tombstones_remove(hand->writer->tombstones, &hand->writer->db,
			entry->address, entry->scope, &is_there))
		return false;
	for (size_t i = 0; i < hand->row_count; i++)
		is_there = is_there || dossier_suppresses(&hand->rows[i]);
	return !is_there || rule(hand, SES_HAND_REMOVED, 0, STORE_REMOVED, true);
}

static bool exempt(struct hand *hand)
{
	const char *note = hand->change->entry.note;

	if (is_never(hand) && text_equal(hand->rule->note, note != NULL ? note : ""))
		return true;
	return rule(hand, SES_HAND_NEVER, CHANGE_EXEMPTED,
		is_never(hand) ? STORE_CHANGED : STORE_ADDED, true);
}

static bool exempt_no_more(struct hand *hand)
{
	return !is_never(hand) ||
	       rule(hand, SES_HAND_NONE, CHANGE_NOT_EXEMPTED, STORE_REMOVED, true);
}

static bool apply(struct hand *hand)
{
	switch (hand->change->kind) {
	case STORE_PUT:
		return put(hand);
	case STORE_IMPORT:
		return import(hand);
	case STORE_REMOVE:
		return remove_entry(hand);
	case STORE_NEVER:
		return exempt(hand);
	case STORE_NEVER_NO_MORE:
		return exempt_no_more(hand);
	}
	return true;
}

static bool change_one(struct hand *hand)
{
	struct store_change *change = hand->change;
	int known;

	if (!read_scope(hand))
		return false;
	/* Of what changes nothing. */
	known = dossier_at_ses(hand->dossier.rows, hand->dossier.count);
	change->result = STORE_UNCHANGED;
	change->version = version_of(hand);
	change->at_ses = change->entry.at_ses > known ? change->entry.at_ses : known;
	if (is_conflict(hand)) {
		change->result = STORE_CONFLICT;
		change->at_ses = known;
		return true;
	}
	return apply(hand);
}

enum store_outcome hand_change(struct writer *writer, struct store_job *job)
{
	struct hand hand = {.writer = writer, .job = job};
	bool went_well = true;

	buffer_init(&hand.cause, CAUSE_MAX);
	for (size_t i = 0; i < job->change_count && went_well; i++) {
		hand.change = &job->changes[i];
		went_well = change_one(&hand);
	}
	buffer_finish(&hand.cause);
	dossier_finish(&hand.dossier);
	return went_well ? STORE_DONE : STORE_FAILED;
}
