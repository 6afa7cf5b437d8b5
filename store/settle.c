/* settle.c - decides one address anew, and writes what changed. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/dossier.h"

static const char PUT[] =
	"INSERT INTO suppressions (address, scope, source, hand, reason, certain, since,"
	" expires, at_ses, event, original, note, actor, change)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
	" ON CONFLICT DO UPDATE SET hand = excluded.hand, reason = excluded.reason,"
	" certain = excluded.certain, since = excluded.since, expires = excluded.expires,"
	" at_ses = excluded.at_ses, event = excluded.event, original = excluded.original,"
	" note = excluded.note, actor = excluded.actor, change = excluded.change";
static const char TAKE_AWAY[] =
	"DELETE FROM suppressions WHERE address = ?1 AND scope = ?2 AND source = ?3";

struct settlement {
	struct writer *writer;
	const char *address;
	const char *original; /* of new rows */
	const struct change_cause *cause;
	const struct dossier *before;
	struct dossier_rule *rule;	 /* NULL: feedback only */
	struct store_suppression *after; /* in order of scope and source */
	size_t after_count;
	bool changed;
};

/* The rows of one scope, before and after. */
struct scope_rows {
	const char *scope;
	const struct store_suppression *before;
	struct store_suppression *after;
	size_t before_count, after_count;
};

static int64_t source_of(const struct store_suppression *row)
{
	return row->hand != SES_HAND_NONE ? 0 : (int64_t) row->reason;
}

static bool is_of_rule(
	const struct settlement *settlement, const struct store_suppression *row)
{
	const struct dossier_rule *rule = settlement->rule;

	return rule != NULL && row->hand != SES_HAND_NONE &&
	       text_equal(row->scope, rule->row.scope);
}

static int compare_rows(const void *one, const void *other)
{
	const struct store_suppression *a = one, *b = other;
	int order = strcmp(a->scope, b->scope);

	if (order != 0)
		return order;
	return source_of(a) < source_of(b) ? -1 : source_of(a) > source_of(b);
}

static const struct store_suppression *find_row(const struct store_suppression *rows,
	size_t count, const struct store_suppression *like)
{
	for (size_t i = 0; i < count; i++)
		if (compare_rows(&rows[i], like) == 0)
			return &rows[i];
	return NULL;
}

/* ---- what is to be ---- */

static void keep_rules(struct settlement *settlement)
{
	const struct dossier *before = settlement->before;
	struct dossier_rule *rule = settlement->rule;

	for (size_t i = 0; i < before->count; i++)
		if (before->rows[i].hand != SES_HAND_NONE &&
			!is_of_rule(settlement, &before->rows[i]))
			settlement->after[settlement->after_count++] = before->rows[i];
	if (rule == NULL || rule->row.hand == SES_HAND_NONE)
		return;
	if (rule->row.at_ses == -1)
		rule->row.at_ses = dossier_at_ses(before->rows, before->count);
	settlement->after[settlement->after_count++] = rule->row;
}

static void keep_learnt(struct settlement *settlement)
{
	const struct dossier *before = settlement->before;

	for (size_t i = 0; i < before->count; i++)
		if (before->rows[i].hand == SES_HAND_NONE)
			settlement->after[settlement->after_count++] = before->rows[i];
}

static void put_learnt(struct settlement *settlement, const struct ses_entry *entry)
{
	const struct dossier *before = settlement->before;
	struct store_suppression row = {
		.address = settlement->address,
		.original = settlement->original,
		.scope = entry->scope,
		.reason = entry->reason,
		.is_certain = entry->is_certain,
		.since = entry->since,
		.expires = entry->expires,
		.event = entry->event,
		.note = "",
		.actor = "",
	};
	const struct store_suppression *present =
		find_row(before->rows, before->count, &row);

	row.at_ses = present != NULL ? present->at_ses
				     : dossier_at_ses(before->rows, before->count);
	if (present != NULL)
		row.original = present->original;
	settlement->after[settlement->after_count++] = row;
}

/* learnt keeps the texts of the scopes until the rows are written. */
static bool learn(struct settlement *settlement,
	const struct ses_suppression_policy *policy, struct ses_learnt *learnt)
{
	struct db *db = &settlement->writer->db;
	struct ses_entry *rules = calloc(settlement->after_count + 1, sizeof(*rules));
	struct evidence evidence = {.pieces = NULL};
	bool went_well = false;

	if (rules == NULL)
		return db_lacks_memory(db);
	for (size_t i = 0; i < settlement->after_count; i++)
		rules[i] = dossier_entry(&settlement->after[i]);
	if (!evidence_read(db, settlement->address, &evidence))
		goto out;
	if (evidence.count > 0 &&
		!ses_suppression_learn(policy, evidence.pieces, evidence.count, rules,
			settlement->after_count, learnt)) {
		db_lacks_memory(db);
		goto out;
	}
	went_well = true;
out:
	evidence_finish(&evidence);
	free(rules);
	return went_well;
}

/* What feedback says of SES's list is told by every row. Where it says nothing, only what
 * an import has said stays. */
static void spread_at_ses(struct settlement *settlement, int at_ses)
{
	for (size_t i = 0; i < settlement->after_count; i++) {
		struct store_suppression *row = &settlement->after[i];

		if (at_ses != -1 || row->at_ses != 2)
			row->at_ses = at_ses;
	}
}

static bool plan(struct settlement *settlement,
	const struct ses_suppression_policy *policy, struct ses_learnt *learnt)
{
	size_t capacity = settlement->before->count + 1 + SES_LEARNT_MAX;

	settlement->after = calloc(capacity, sizeof(*settlement->after));
	if (settlement->after == NULL)
		return db_lacks_memory(&settlement->writer->db);
	keep_rules(settlement);
	if (policy == NULL) {
		keep_learnt(settlement);
	} else {
		if (!learn(settlement, policy, learnt))
			return false;
		for (size_t i = 0; i < learnt->count; i++)
			put_learnt(settlement, &learnt->entries[i]);
		spread_at_ses(settlement, learnt->at_ses);
	}
	qsort(settlement->after, settlement->after_count, sizeof(*settlement->after),
		compare_rows);
	return true;
}

/* ---- what is to be written ---- */

static bool put_row(
	struct db *db, const char *address, const struct store_suppression *row)
{
	struct query query;

	query_start(&query, db, PUT);
	query_give_text(&query, address);
	query_give_text(&query, row->scope);
	query_give_integer(&query, source_of(row));
	query_give_integer(&query, (int64_t) row->hand);
	query_give_integer(&query, (int64_t) row->reason);
	query_give_integer(&query, row->is_certain);
	query_give_integer(&query, row->since);
	query_give_time(&query, row->expires);
	query_give_time(&query, row->at_ses < 0 ? UTC_NONE : row->at_ses);
	query_give_time(&query, row->event == 0 ? UTC_NONE : row->event);
	query_give_text(
		&query, text_equal(row->original, address) ? NULL : row->original);
	query_give_text(&query, text_is_empty(row->note) ? NULL : row->note);
	query_give_text(&query, text_is_empty(row->actor) ? NULL : row->actor);
	query_give_integer(&query, row->version);
	return query_run(&query);
}

static bool take_row(
	struct db *db, const char *address, const struct store_suppression *row)
{
	struct query query;

	query_start(&query, db, TAKE_AWAY);
	query_give_text(&query, address);
	query_give_text(&query, row->scope);
	query_give_integer(&query, source_of(row));
	return query_run(&query);
}

/* Whether a reader of the list would call them the same. */
static bool tells_the_same(
	const struct store_suppression *one, const struct store_suppression *other)
{
	if (one == NULL || other == NULL)
		return one == other;
	return one->reason == other->reason && one->is_certain == other->is_certain &&
	       one->expires == other->expires && one->hand == other->hand &&
	       text_equal(one->note, other->note);
}

static bool is_same_row(
	const struct store_suppression *one, const struct store_suppression *other)
{
	return tells_the_same(one, other) && one->since == other->since &&
	       one->event == other->event && text_equal(one->original, other->original) &&
	       text_equal(one->actor, other->actor);
}

static enum change_what what_of(const struct store_suppression *before,
	const struct store_suppression *after, utc_ms at)
{
	if (after == NULL)
		return CHANGE_REMOVED;
	if (before == NULL || (!dossier_stands(before, at) && dossier_stands(after, at)))
		return CHANGE_ADDED;
	return CHANGE_CHANGED;
}

/* The change of a scope: *id is 0 if there is none. *strongest: what stands after it. */
static bool note_change(struct settlement *settlement, const struct scope_rows *rows,
	const struct store_suppression **strongest, int64_t *id)
{
	const struct change_cause *cause = settlement->cause;
	const struct dossier_rule *rule = settlement->rule;
	const struct store_suppression *before =
		dossier_strongest(rows->before, rows->before_count, cause->at);
	const struct store_suppression *after =
		dossier_strongest(rows->after, rows->after_count, cause->at);
	bool is_ruled = rule != NULL && text_equal(rule->row.scope, rows->scope);
	enum change_what what = what_of(before, after, cause->at);

	*id = 0;
	*strongest = after;
	if (!is_ruled && tells_the_same(before, after))
		return true;
	if (is_ruled && rule->what != 0)
		what = rule->what;
	/* A rule by hand is the first row of its scope. */
	if (what == CHANGE_EXEMPTED)
		after = &rows->after[0];
	if (what == CHANGE_NOT_EXEMPTED)
		before = &rows->before[0];
	settlement->changed = true;
	return changes_add(&settlement->writer->db, cause, what, settlement->address,
		rows->scope, before, after, id);
}

/* Writes a row that is not as it was. id: the change of its scope, 0 none. */
static bool write_row(struct settlement *settlement, const struct scope_rows *rows,
	struct store_suppression *row, bool is_strongest, int64_t id)
{
	const struct store_suppression *before =
		find_row(rows->before, rows->before_count, row);
	bool is_same = before != NULL && is_same_row(before, row);

	row->version = before != NULL ? before->version : 0;
	/* What is told of the scope has its last change, even where the row itself only
	   came to the fore. */
	if (id != 0 && (!is_same || is_strongest))
		row->version = id;
	if (is_same && before->at_ses == row->at_ses && before->version == row->version)
		return true;
	return put_row(&settlement->writer->db, settlement->address, row);
}

static bool settle_scope(struct settlement *settlement, struct scope_rows *rows)
{
	struct writer *writer = settlement->writer;
	const struct store_suppression *strongest;
	int64_t id;

	if (!note_change(settlement, rows, &strongest, &id))
		return false;
	for (size_t i = 0; i < rows->after_count; i++)
		if (!write_row(settlement, rows, &rows->after[i],
			    &rows->after[i] == strongest, id))
			return false;
	for (size_t i = 0; i < rows->before_count; i++)
		if (find_row(rows->after, rows->after_count, &rows->before[i]) == NULL &&
			!take_row(&writer->db, settlement->address, &rows->before[i]))
			return false;
	writer->totals.suppressions +=
		(strongest != NULL) - (dossier_strongest(rows->before, rows->before_count,
					       settlement->cause->at) != NULL);
	return true;
}

/* Both lists of rows are in order of scope: side by side, one scope after another. */
static bool settle_scopes(struct settlement *settlement)
{
	const struct store_suppression *before = settlement->before->rows;
	struct store_suppression *after = settlement->after;
	size_t before_left = settlement->before->count;
	size_t after_left = settlement->after_count;

	while (before_left > 0 || after_left > 0) {
		bool is_gone =
			after_left == 0 ||
			(before_left > 0 && strcmp(before->scope, after->scope) < 0);
		struct scope_rows rows = {
			.scope = is_gone ? before->scope : after->scope,
			.before = before,
			.after = after,
		};

		rows.before_count = dossier_count_scope(before, before_left, rows.scope);
		rows.after_count = dossier_count_scope(after, after_left, rows.scope);
		if (!settle_scope(settlement, &rows))
			return false;
		before += rows.before_count;
		before_left -= rows.before_count;
		after += rows.after_count;
		after_left -= rows.after_count;
	}
	return true;
}

static void tell_rule(struct dossier_rule *rule, const struct settlement *settlement)
{
	const struct store_suppression *after = settlement->after;

	rule->version = 0;
	for (size_t i = 0; i < settlement->after_count; i++)
		if (text_equal(after[i].scope, rule->row.scope) &&
			after[i].version > rule->version)
			rule->version = after[i].version;
	rule->at_ses = dossier_at_ses(after, settlement->after_count);
}

static bool settle(
	struct settlement *settlement, const struct ses_suppression_policy *policy)
{
	struct ses_learnt learnt; /* too large to be zeroed for each event */
	bool went_well;

	learnt.count = 0;
	learnt.held = 0;
	learnt.at_ses = -1;
	went_well = plan(settlement, policy, &learnt) && settle_scopes(settlement);
	if (went_well && settlement->rule != NULL)
		tell_rule(settlement->rule, settlement);
	free(settlement->after);
	return went_well;
}

bool dossier_settle(struct writer *writer, const char *address, const char *original,
	const struct ses_suppression_policy *policy, const struct change_cause *cause,
	bool *changed)
{
	struct dossier before = {.rows = NULL};
	struct settlement settlement = {
		.writer = writer,
		.address = address,
		.original = original,
		.cause = cause,
		.before = &before,
	};
	bool went_well = dossier_read(&writer->db, address, &before) &&
			 settle(&settlement, policy);

	*changed = settlement.changed;
	dossier_finish(&before);
	return went_well;
}

bool dossier_rule(struct writer *writer, const struct dossier *before,
	struct dossier_rule *rule, const struct ses_suppression_policy *policy,
	const struct change_cause *cause)
{
	struct settlement settlement = {
		.writer = writer,
		.address = rule->row.address,
		.original = rule->row.original,
		.cause = cause,
		.before = before,
		.rule = rule,
	};

	return settle(&settlement, policy);
}
