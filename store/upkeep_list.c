/* upkeep_list.c - takes old things out of the list and its evidence. */
#include "store/upkeep_list.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "store/evidence.h"
#include "store/guard.h"

#define SLICE 1000

static const char EVIDENCE[] = "SELECT address, event, class, sent FROM evidence"
			       " WHERE (address, event) > (?1, ?2)"
			       " ORDER BY address, event LIMIT ?3";
/* class: what a delivery makes void; without any it decides nothing. */
static const char DROP_DELIVERED[] =
	"DELETE FROM evidence WHERE address = ?1 AND event = ?2 AND NOT EXISTS"
	" (SELECT 1 FROM evidence WHERE address = ?1 AND " EVIDENCE_WATCHED ")";
/* reason: soft-bounce, quarantine, no-such-domain. */
static const char DROP_PIECE[] =
	"DELETE FROM evidence WHERE address = ?1 AND event = ?2 AND NOT EXISTS"
	" (SELECT 1 FROM suppressions WHERE address = ?1 AND hand = 0"
	" AND reason IN (3, 7, 8))";
static const char ENTRIES[] =
	"SELECT address, scope, source, hand, reason, expires FROM suppressions"
	" WHERE (address, scope, source) > (?1, ?2, ?3)"
	" ORDER BY address, scope, source LIMIT ?4";
static const char DROP_RULE[] =
	"DELETE FROM suppressions WHERE address = ?1 AND scope = ?2 AND source = ?3"
	" AND (hand != 1 OR NOT EXISTS (SELECT 1 FROM evidence"
	" WHERE address = ?1 AND published <= suppressions.since))";
static const char DROP_LEARNT[] =
	"DELETE FROM suppressions WHERE address = ?1 AND scope = ?2 AND source = ?3"
	" AND NOT EXISTS (SELECT 1 FROM suppressions WHERE address = ?1 AND hand = 0"
	" AND reason IN (3, 7, 8) AND (expires IS NULL OR expires >= ?4))";
static const char DROP_ITS_PIECES[] =
	"DELETE FROM evidence WHERE address = ?1 AND class IN (2, 3, 6, 12)"
	" AND sent < ?2 AND NOT EXISTS (SELECT 1 FROM suppressions"
	" WHERE address = ?1 AND hand = 0 AND reason IN (3, 7, 8))";
/* hand: neither NEVER nor REMOVED. */
static const char STILL_LISTED[] =
	"SELECT 1 FROM suppressions WHERE address = ?1 AND scope = ?2"
	" AND hand NOT IN (2, 3) LIMIT 1";

/* One row that a slice looked at. */
struct row {
	char address[SES_ADDRESS_MAX + 1], scope[SES_SCOPE_MAX + 1];
	int64_t number;
	enum ses_hand hand;
};

/* What such classes and reasons led to ends of itself; the others stay for good. */
static bool is_passing_class(enum ses_class class)
{
	return class == SES_CLASS_SOFT || class == SES_CLASS_EXPIRED ||
	       class == SES_CLASS_NO_SUCH_DOMAIN || class == SES_CLASS_QUARANTINE;
}

static bool is_passing_reason(enum ses_reason reason)
{
	return reason == SES_REASON_SOFT_BOUNCE || reason == SES_REASON_QUARANTINE ||
	       reason == SES_REASON_NO_SUCH_DOMAIN;
}

static void remember(struct upkeep_round *round, const struct row *row)
{
	memcpy(round->address, row->address, sizeof(round->address));
	memcpy(round->scope, row->scope, sizeof(round->scope));
	round->number = row->number;
}

static void go_to(struct upkeep_round *round, enum upkeep_stage stage)
{
	round->stage = stage;
	round->address[0] = round->scope[0] = '\0';
	round->number = -1;
	round->sender = (struct senders_place){.key = ""};
}

/* The old rows are dropped behind the cursor, so the query is not disturbed. */
static bool drop_evidence(struct writer *writer, const struct row *row, const char *sql)
{
	struct query query;

	query_start(&query, &writer->db, sql);
	query_give_text(&query, row->address);
	query_give_integer(&query, row->number);
	return query_run(&query);
}

static bool evidence_slice(struct writer *writer, utc_ms cutoff, int64_t *seen)
{
	struct upkeep_round *round = &writer->round;
	bool went_well = true;
	struct query query;
	struct row row = {.address = ""};

	query_start(&query, &writer->db, EVIDENCE);
	query_give_text(&query, round->address);
	query_give_integer(&query, round->number);
	query_give_integer(&query, SLICE);
	while (went_well && query_row(&query)) {
		enum ses_class class = (enum ses_class) query_integer(&query, 2);

		snprintf(row.address, sizeof(row.address), "%s",
			query_text_or_empty(&query, 0));
		row.number = query_integer(&query, 1);
		remember(round, &row);
		++*seen;
		if (query_integer(&query, 3) >= cutoff)
			continue;
		if (class == SES_CLASS_DELIVERED)
			went_well = drop_evidence(writer, &row, DROP_DELIVERED);
		else if (is_passing_class(class))
			went_well = drop_evidence(writer, &row, DROP_PIECE);
	}
	return query_end(&query) && went_well;
}

static bool give_up_entry(struct writer *writer, const struct row *row, const char *sql,
	utc_ms cutoff, bool *is_gone)
{
	struct query query;

	query_start(&query, &writer->db, sql);
	query_give_text(&query, row->address);
	query_give_text(&query, row->scope);
	query_give_integer(&query, row->number);
	if (row->hand == SES_HAND_NONE)
		query_give_integer(&query, cutoff);
	if (!query_run(&query))
		return false;
	*is_gone = sqlite3_changes(writer->db.handle) > 0;
	return true;
}

static bool count_out(struct writer *writer, const struct row *row)
{
	struct query query;
	bool is_listed;

	if (row->hand == SES_HAND_NEVER || row->hand == SES_HAND_REMOVED)
		return true;
	query_start(&query, &writer->db, STILL_LISTED);
	query_give_text(&query, row->address);
	query_give_text(&query, row->scope);
	is_listed = query_row(&query);
	if (!query_end(&query))
		return false;
	writer->totals.suppressions -= !is_listed;
	return true;
}

/* A rule by hand makes older evidence void, and stays as long as there is any. */
static bool drop_rule(struct writer *writer, const struct row *row)
{
	bool is_gone;

	return give_up_entry(writer, row, DROP_RULE, 0, &is_gone) &&
	       (!is_gone || count_out(writer, row));
}

/* Entries go together with what they are made of, all of an address at once: what is
 * decided anew must come to what is listed. */
static bool drop_learnt(struct writer *writer, const struct row *row, utc_ms cutoff)
{
	struct query query;
	bool is_gone;

	if (!give_up_entry(writer, row, DROP_LEARNT, cutoff, &is_gone))
		return false;
	if (!is_gone)
		return true;
	query_start(&query, &writer->db, DROP_ITS_PIECES);
	query_give_text(&query, row->address);
	query_give_integer(&query, cutoff);
	return query_run(&query) && count_out(writer, row);
}

static bool entry_slice(struct writer *writer, utc_ms cutoff, int64_t *seen)
{
	struct upkeep_round *round = &writer->round;
	bool went_well = true;
	struct query query;
	struct row row = {.address = ""};

	query_start(&query, &writer->db, ENTRIES);
	query_give_text(&query, round->address);
	query_give_text(&query, round->scope);
	query_give_integer(&query, round->number);
	query_give_integer(&query, SLICE);
	while (went_well && query_row(&query)) {
		enum ses_reason reason = (enum ses_reason) query_integer(&query, 4);
		utc_ms expires = query_time(&query, 5);

		snprintf(row.address, sizeof(row.address), "%s",
			query_text_or_empty(&query, 0));
		snprintf(row.scope, sizeof(row.scope), "%s",
			query_text_or_empty(&query, 1));
		row.number = query_integer(&query, 2);
		row.hand = (enum ses_hand) query_integer(&query, 3);
		remember(round, &row);
		++*seen;
		if (expires == UTC_NONE || expires >= cutoff)
			continue;
		if (row.hand != SES_HAND_NONE)
			went_well = drop_rule(writer, &row);
		else if (is_passing_reason(reason))
			went_well = drop_learnt(writer, &row, cutoff);
	}
	return query_end(&query) && went_well;
}

/* The stage's next slice; *seen: how many rows it had. */
static bool run_stage(struct writer *writer, utc_ms now, utc_ms cutoff, int64_t *seen)
{
	switch (writer->round.stage) {
	case UPKEEP_REST:
		break;
	case UPKEEP_EVIDENCE:
		return evidence_slice(writer, cutoff, seen);
	case UPKEEP_ENTRIES:
		return entry_slice(writer, cutoff, seen);
	case UPKEEP_GUARD:
		return guard_prune(&writer->db, now, SLICE, seen);
	case UPKEEP_HOSTED:
		return hosted_prune(&writer->db, now, SLICE, writer->round.address,
			sizeof(writer->round.address), seen);
	case UPKEEP_SENDERS:
		return senders_prune(
			&writer->db, now, SLICE, &writer->round.sender, seen);
	}
	return true;
}

static enum upkeep_stage stage_after(enum upkeep_stage stage)
{
	switch (stage) {
	case UPKEEP_ENTRIES:
		return UPKEEP_EVIDENCE;
	case UPKEEP_EVIDENCE:
		return UPKEEP_GUARD;
	case UPKEEP_GUARD:
		return UPKEEP_HOSTED;
	case UPKEEP_HOSTED:
		return UPKEEP_SENDERS;
	case UPKEEP_REST:
	case UPKEEP_SENDERS:
		break;
	}
	return UPKEEP_REST;
}

bool upkeep_list(struct writer *writer, utc_ms now, utc_ms cutoff, bool *has_more)
{
	struct upkeep_round *round = &writer->round;

	*has_more = false;
	if (round->stage == UPKEEP_REST) {
		if (now < round->next)
			return true;
		round->next = now + DAY_MS;
		go_to(round, UPKEEP_ENTRIES);
	}
	while (round->stage != UPKEEP_REST && !*has_more) {
		int64_t seen = 0;

		if (!run_stage(writer, now, cutoff, &seen))
			return false;
		*has_more = seen >= SLICE;
		if (!*has_more)
			go_to(round, stage_after(round->stage));
	}
	return true;
}
