/* silences.c - for how long nothing is told of an alert, and who said so. */
#include "store/alerts.h"
#include "store/inside.h"
#include "store/telling.h"

#define SILENCES_KEPT_MS (30 * DAY_MS)

static const char ADD[] = "INSERT INTO silences (name, object, at, until, actor, note)"
			  " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
static const char END[] =
	"UPDATE silences SET until = ?3 WHERE name = ?1 AND object = ?2 AND until > ?3";
static const char LIST[] =
	"SELECT id, name, object, at, until, actor, note FROM silences WHERE until > ?1"
	" ORDER BY id DESC";
static const char PRUNE[] = "DELETE FROM silences WHERE id IN"
			    " (SELECT id FROM silences WHERE until < ?1 LIMIT ?2)";

static bool end(struct db *db, const struct store_silence *silence, utc_ms now)
{
	struct query query;

	query_start(&query, db, END);
	query_give_text(&query, silence->name);
	query_give_text(&query, silence->object);
	query_give_integer(&query, now);
	return query_run(&query);
}

static bool add(struct db *db, const struct store_silence *silence, utc_ms now)
{
	struct query query;

	query_start(&query, db, ADD);
	query_give_text(&query, silence->name);
	query_give_text(&query, silence->object);
	query_give_integer(&query, now);
	query_give_integer(&query, silence->until);
	query_give_text(&query, silence->actor != NULL ? silence->actor : "");
	query_give_text(&query, silence->note != NULL ? silence->note : "");
	return query_run(&query);
}

/* A new one takes the place of the one before, so that it can also be made shorter. */
enum store_outcome silences_change(struct writer *writer, struct store_job *job)
{
	struct store_silence_change *change = job->silence;
	struct db *db = &writer->db;

	change->changed = false;
	if (!end(db, &change->silence, job->now))
		return STORE_FAILED;
	if (change->silence.until <= job->now) {
		change->changed = sqlite3_changes(db->handle) > 0;
		return change->changed ? STORE_DONE : STORE_DUPLICATE;
	}
	if (!add(db, &change->silence, job->now))
		return STORE_FAILED;
	change->silence.id = sqlite3_last_insert_rowid(db->handle);
	change->changed = true;
	return STORE_DONE;
}

bool silences_prune(struct db *db, utc_ms now, int64_t slice, int64_t *count)
{
	struct query query;

	query_start(&query, db, PRUNE);
	query_give_integer(&query, now - SILENCES_KEPT_MS);
	query_give_integer(&query, slice);
	if (!query_run(&query))
		return false;
	*count += sqlite3_changes(db->handle);
	return true;
}

bool store_silence_list(struct store *store, utc_ms now, store_each_silence *each,
	void *closure, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	struct query query;
	bool went_well;

	if (db == NULL)
		return false;
	query_start(&query, db, LIST);
	query_give_integer(&query, now);
	while (query_row(&query)) {
		struct store_silence silence = {
			.id = query_integer(&query, 0),
			.name = query_text_or_empty(&query, 1),
			.object = query_text_or_empty(&query, 2),
			.at = query_time(&query, 3),
			.until = query_time(&query, 4),
			.actor = query_text_or_empty(&query, 5),
			.note = query_text_or_empty(&query, 6),
		};

		if (!each(closure, &silence))
			break;
	}
	went_well = query_end(&query) || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}
