/* forget.c - takes an address out of everything that is kept. */
#include "store/forget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/dossier.h"
#include "store/mentions.h"

/* What one read transaction looks through. */
#define PAGE 1000

static const char EVENTS_IN_SEGMENT[] =
	"SELECT e.id FROM trail t CROSS JOIN events e ON e.id = ?1 + t.place"
	" WHERE t.segment = ?2 AND t.hash = ?3 AND e.address = ?4";
static const char EVENTS_FROM[] = "SELECT id FROM events WHERE id >= ?1 AND address = ?2";
static const char FIRST_RAW_OF[] =
	"SELECT id - raw FROM events WHERE id = ?1 AND raw IS NOT NULL";
static const char BLANK_EVENT[] =
	"UPDATE events SET address = '', original = NULL, facts = NULL, tags = NULL"
	" WHERE id = ?1";
static const char LEAVE_TRAIL[] =
	"DELETE FROM trail WHERE segment = ?1 AND hash = ?2 AND place = ?3";
static const char DROP_RAW[] = "DELETE FROM raws WHERE id = ?1";
/* The events of a notification have the ids that follow its first. */
static const char PART_FROM_RAW[] =
	"UPDATE events SET raw = NULL WHERE id >= ?1 AND id < ?1 + ?2 AND id - raw = ?1";
static const char BLANK_MENTIONS[] =
	"UPDATE events SET facts = NULL, tags = NULL WHERE id >= ?1 AND id < ?1 + ?2"
	" AND id - raw = ?1 AND (instr(lower(facts), ?3) > 0"
	" OR instr(lower(tags), ?3) > 0)";
static const char RAWS_AFTER[] =
	"SELECT id, text FROM raws WHERE id > ?1 ORDER BY id LIMIT ?2";
static const char DROP_EVIDENCE[] = "DELETE FROM evidence WHERE address = ?1";
static const char DROP_ROWS[] = "DELETE FROM suppressions WHERE address = ?1";
static const char BLANK_CHANGES[] =
	"UPDATE changes SET address = '', hash = ?3, cause = '', before = NULL,"
	" after = NULL WHERE hash = ?1 AND address = ?2";
static const char UNRECOGNISED[] = "SELECT id, message, subject FROM unrecognised";
static const char ASIDE[] = "SELECT id, message, subject FROM aside";
static const char DROP_UNRECOGNISED[] = "DELETE FROM unrecognised WHERE id = ?1";
static const char DROP_ASIDE[] = "DELETE FROM aside WHERE id = ?1";

struct ids {
	int64_t *all;
	size_t count, capacity;
};

struct forgetting {
	struct writer *writer;
	struct db *db;
	struct store_job *job;
	const char *address;
	bool found; /* anything of it */
};

static bool ids_add(struct ids *ids, int64_t id)
{
	size_t capacity = ids->capacity == 0 ? 64 : 2 * ids->capacity;
	int64_t *more;

	if (ids->count == ids->capacity) {
		more = reallocarray(ids->all, capacity, sizeof(*more));
		if (more == NULL)
			return false;
		ids->all = more;
		ids->capacity = capacity;
	}
	ids->all[ids->count++] = id;
	return true;
}

/* The first column of all rows; ends the query. */
static bool take_ids(struct query *query, struct ids *ids)
{
	bool has_memory = true;

	while (has_memory && query_row(query))
		has_memory = ids_add(ids, query_integer(query, 0));
	return query_end(query) && (has_memory || db_lacks_memory(query->db));
}

static bool run_on_id(struct db *db, const char *sql, int64_t id)
{
	struct query query;

	query_start(&query, db, sql);
	query_give_integer(&query, id);
	return query_run(&query);
}

static bool run_on_address(struct forgetting *forgetting, const char *sql)
{
	struct query query;

	query_start(&query, forgetting->db, sql);
	query_give_text(&query, forgetting->address);
	if (!query_run(&query))
		return false;
	forgetting->found =
		forgetting->found || sqlite3_changes(forgetting->db->handle) > 0;
	return true;
}

/* ---- SES's texts ---- */

static bool column_mentions(const struct query *query, int column, const char *address)
{
	const char *text = query_text(query, column);

	return text != NULL &&
	       mentions(text, (size_t) sqlite3_column_bytes(query->statement, column),
		       address);
}

/* The next page of texts; *last is the id of the last one looked at, *is_end that there
 * are no more. */
static bool find_raws(
	struct db *db, const char *address, int64_t *last, struct ids *ids, bool *is_end)
{
	struct query query;
	bool has_memory = true;
	int rows = 0;

	query_start(&query, db, RAWS_AFTER);
	query_give_integer(&query, *last);
	query_give_integer(&query, PAGE);
	while (has_memory && query_row(&query)) {
		rows++;
		*last = query_integer(&query, 0);
		if (column_mentions(&query, 1, address))
			has_memory = ids_add(ids, *last);
	}
	*is_end = rows < PAGE;
	return query_end(&query) && (has_memory || db_lacks_memory(db));
}

void forget_look_ahead(struct readers *readers, struct store_job *job)
{
	struct ids ids = {.all = NULL};
	bool went_well = true, is_end = false;
	int64_t last = 0;

	while (went_well && !is_end) {
		struct db *db = readers_borrow(readers, NULL);

		if (db == NULL)
			break;
		went_well = find_raws(db, job->addresses[0], &last, &ids, &is_end);
		readers_return(readers, db);
	}
	if (!went_well || !is_end) {
		free(ids.all);
		return;
	}
	job->named = ids.all;
	job->named_count = ids.count;
	job->named_until = last;
}

/* Takes away the text of the notification whose first event this is. */
static bool drop_raw(struct forgetting *forgetting, int64_t first)
{
	struct db *db = forgetting->db;
	struct query query;

	if (!run_on_id(db, DROP_RAW, first))
		return false;
	if (sqlite3_changes(db->handle) == 0)
		return true;
	forgetting->found = true;
	/* Its other recipients' diagnostics may name the address. */
	query_start(&query, db, BLANK_MENTIONS);
	query_give_integer(&query, first);
	query_give_integer(&query, SES_RECIPIENTS_MAX);
	query_give_text(&query, forgetting->address);
	if (!query_run(&query))
		return false;
	query_start(&query, db, PART_FROM_RAW);
	query_give_integer(&query, first);
	query_give_integer(&query, SES_RECIPIENTS_MAX);
	return query_run(&query);
}

static bool forget_raws(struct forgetting *forgetting)
{
	const struct store_job *job = forgetting->job;
	struct ids ids = {.all = NULL};
	int64_t last = job->named_until;
	bool went_well = true, is_end = false;

	for (size_t i = 0; i < job->named_count && went_well; i++)
		went_well = drop_raw(forgetting, job->named[i]);
	while (went_well && !is_end)
		went_well = find_raws(
			forgetting->db, forgetting->address, &last, &ids, &is_end);
	for (size_t i = 0; i < ids.count && went_well; i++)
		went_well = drop_raw(forgetting, ids.all[i]);
	free(ids.all);
	return went_well;
}

/* ---- events ---- */

static bool find_events(struct forgetting *forgetting, struct ids *ids)
{
	int64_t trailed = forgetting->writer->totals.trailed;
	int64_t hash = trail_hash(forgetting->address);
	struct query query;

	for (int64_t segment = 0; segment < trailed; segment++) {
		query_start(&query, forgetting->db, EVENTS_IN_SEGMENT);
		query_give_integer(&query, segment * TRAIL_SEGMENT);
		query_give_integer(&query, segment);
		query_give_integer(&query, hash);
		query_give_text(&query, forgetting->address);
		if (!take_ids(&query, ids))
			return false;
	}
	query_start(&query, forgetting->db, EVENTS_FROM);
	query_give_integer(&query, trailed * TRAIL_SEGMENT);
	query_give_text(&query, forgetting->address);
	return take_ids(&query, ids);
}

static bool leave_trail(struct forgetting *forgetting, int64_t id)
{
	struct query query;

	query_start(&query, forgetting->db, LEAVE_TRAIL);
	query_give_integer(&query, id / TRAIL_SEGMENT);
	query_give_integer(&query, trail_hash(forgetting->address));
	query_give_integer(&query, id % TRAIL_SEGMENT);
	return query_run(&query);
}

static bool forget_event(struct forgetting *forgetting, int64_t id)
{
	struct ids raw = {.all = NULL};
	struct query query;
	bool went_well;

	query_start(&query, forgetting->db, FIRST_RAW_OF);
	query_give_integer(&query, id);
	went_well = take_ids(&query, &raw);
	for (size_t i = 0; i < raw.count && went_well; i++)
		went_well = drop_raw(forgetting, raw.all[i]);
	free(raw.all);
	return went_well && run_on_id(forgetting->db, BLANK_EVENT, id) &&
	       leave_trail(forgetting, id);
}

static bool forget_events(struct forgetting *forgetting)
{
	struct ids ids = {.all = NULL};
	bool went_well = find_events(forgetting, &ids);

	for (size_t i = 0; i < ids.count && went_well; i++)
		went_well = forget_event(forgetting, ids.all[i]);
	forgetting->job->recorded = ids.count;
	forgetting->found = forgetting->found || ids.count > 0;
	free(ids.all);
	return went_well;
}

/* ---- the list ---- */

static bool keep_block(
	struct forgetting *forgetting, const struct store_suppression *entry)
{
	struct writer *writer = forgetting->writer;
	struct error error = {""};

	if (!tombstones_make_key(writer->tombstones, writer->path, &error)) {
		/* Concerns this item only: the others may be stored. */
		writer->db.code = SQLITE_CONSTRAINT;
		snprintf(writer->db.failure, sizeof(writer->db.failure), "%.255s",
			error.text);
		return false;
	}
	return tombstones_add(writer->tombstones, &writer->db, entry);
}

/* Whether the address's own rules say that the scope is never suppressed. What its
 * domain's say goes on to be said. */
static bool is_exempt(const struct dossier *dossier, const char *scope, utc_ms now)
{
	struct ses_scopes scopes = {.names = {scope}, .count = scope[0] != '\0'};
	const struct ses_entry *told;

	return ses_suppression_verdict(dossier->entries, dossier->count, NULL, 0, &scopes,
		       now, &told) == SES_VERDICT_NEVER;
}

/* One scope: rows that lie side by side. */
static bool forget_scope(struct forgetting *forgetting, const struct dossier *dossier,
	const struct store_suppression *rows, size_t count)
{
	const struct store_job *job = forgetting->job;
	const struct store_suppression *strongest =
		dossier_strongest(rows, count, job->now);

	if (strongest == NULL)
		return true;
	forgetting->writer->totals.suppressions--;
	if (!job->keeps_block || !dossier_stands(strongest, job->now) ||
		is_exempt(dossier, strongest->scope, job->now))
		return true;
	for (size_t i = 0; i < count; i++)
		if (dossier_suppresses(&rows[i]) && dossier_stands(&rows[i], job->now) &&
			!keep_block(forgetting, &rows[i]))
			return false;
	return true;
}

static bool forget_scopes(struct forgetting *forgetting, const struct dossier *dossier)
{
	size_t begin = 0, count;

	for (; begin < dossier->count; begin += count) {
		const char *scope = dossier->rows[begin].scope;

		for (count = 1; begin + count < dossier->count &&
				text_equal(dossier->rows[begin + count].scope, scope);)
			count++;
		if (!forget_scope(forgetting, dossier, &dossier->rows[begin], count))
			return false;
	}
	return true;
}

static bool forget_list(struct forgetting *forgetting)
{
	struct writer *writer = forgetting->writer;
	struct dossier dossier = {.rows = NULL};
	bool was_there = false;
	bool went_well = dossier_read(forgetting->db, forgetting->address, &dossier) &&
			 forget_scopes(forgetting, &dossier);

	dossier_finish(&dossier);
	if (!went_well || !run_on_address(forgetting, DROP_ROWS) ||
		!run_on_address(forgetting, DROP_EVIDENCE))
		return false;
	if (!forgetting->job->keeps_block &&
		!tombstones_remove(writer->tombstones, forgetting->db,
			forgetting->address, NULL, &was_there))
		return false;
	forgetting->found = forgetting->found || was_there;
	return true;
}

static bool blank_changes(struct forgetting *forgetting)
{
	struct query query;

	query_start(&query, forgetting->db, BLANK_CHANGES);
	query_give_integer(&query, trail_hash(forgetting->address));
	query_give_text(&query, forgetting->address);
	query_give_integer(&query, trail_hash(""));
	if (!query_run(&query))
		return false;
	forgetting->found =
		forgetting->found || sqlite3_changes(forgetting->db->handle) > 0;
	return true;
}

/* ---- what was not understood, or set aside ---- */

static bool drop_kept(
	struct forgetting *forgetting, const char *find, const char *drop, int64_t *total)
{
	struct ids ids = {.all = NULL};
	bool went_well = true, has_memory = true;
	struct query query;

	query_start(&query, forgetting->db, find);
	while (has_memory && query_row(&query))
		if (column_mentions(&query, 1, forgetting->address) ||
			column_mentions(&query, 2, forgetting->address))
			has_memory = ids_add(&ids, query_integer(&query, 0));
	went_well = query_end(&query) && (has_memory || db_lacks_memory(forgetting->db));
	for (size_t i = 0; i < ids.count && went_well; i++) {
		went_well = run_on_id(forgetting->db, drop, ids.all[i]);
		--*total;
		forgetting->found = true;
	}
	free(ids.all);
	return went_well;
}

static bool forget_kept(struct forgetting *forgetting)
{
	struct totals *totals = &forgetting->writer->totals;

	return drop_kept(forgetting, UNRECOGNISED, DROP_UNRECOGNISED,
		       &totals->unrecognised) &&
	       drop_kept(forgetting, ASIDE, DROP_ASIDE, &totals->aside);
}

/* ---- all of it ---- */

/* That it was done stays, and by whom; not about whom. */
static bool note(struct forgetting *forgetting)
{
	const struct store_job *job = forgetting->job;
	struct change_cause cause = {
		.at = job->now, .actor = job->actor, .cause = job->cause};
	int64_t id;

	return changes_add(
		forgetting->db, &cause, CHANGE_FORGOTTEN, "", "", NULL, NULL, &id);
}

enum store_outcome forget_address(struct writer *writer, struct store_job *job)
{
	struct forgetting forgetting = {
		.writer = writer,
		.db = &writer->db,
		.job = job,
		.address = job->addresses[0],
	};

	if (!forget_events(&forgetting) || !forget_raws(&forgetting) ||
		!forget_list(&forgetting) || !blank_changes(&forgetting) ||
		!forget_kept(&forgetting) || (forgetting.found && !note(&forgetting)))
		return STORE_FAILED;
	job->changed = forgetting.found;
	/* The log still has the pages as they were. */
	writer->wants_truncate = true;
	return STORE_DONE;
}
