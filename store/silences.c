/* silences.c - for how long nothing is told of an alert, and who said so. */
#include "store/alerts.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
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
	return db_prune(db, PRUNE, now - SILENCES_KEPT_MS, slice, count);
}

static struct store_silence read_silence(const struct query *query)
{
	return (struct store_silence){
		.id = query_integer(query, 0),
		.name = query_text_or_empty(query, 1),
		.object = query_text_or_empty(query, 2),
		.at = query_time(query, 3),
		.until = query_time(query, 4),
		.actor = query_text_or_empty(query, 5),
		.note = query_text_or_empty(query, 6),
	};
}

/* False without memory. */
static bool keep(struct silences *silences, const struct store_silence *silence)
{
	struct silence *grown =
		realloc(silences->list, (silences->count + 1) * sizeof(*silences->list));
	struct silence *kept;

	if (grown == NULL)
		return false;
	silences->list = grown;
	kept = &grown[silences->count++];
	*kept = (struct silence){
		.name = text_copy(silence->name, strlen(silence->name)),
		.object = text_copy(silence->object, strlen(silence->object)),
		.until = silence->until,
	};
	return kept->name != NULL && kept->object != NULL;
}

bool silences_read(struct db *db, utc_ms now, struct silences *silences)
{
	struct query query;
	bool is_kept = true;

	*silences = (struct silences){0};
	query_start(&query, db, LIST);
	query_give_integer(&query, now);
	while (is_kept && query_row(&query)) {
		struct store_silence silence = read_silence(&query);

		is_kept = keep(silences, &silence);
	}
	return query_end(&query) && (is_kept || db_lacks_memory(db));
}

void silences_finish(struct silences *silences)
{
	for (size_t i = 0; i < silences->count; i++) {
		free(silences->list[i].name);
		free(silences->list[i].object);
	}
	free(silences->list);
	*silences = (struct silences){0};
}

utc_ms silences_until(const struct silences *silences, const struct store_alert *alert)
{
	utc_ms until = UTC_NONE;

	/* UTC_NONE is less than any time. */
	for (size_t i = 0; i < silences->count; i++) {
		const struct silence *silence = &silences->list[i];

		if (silence->until > until &&
			ses_silence_covers(silence->name, silence->object, alert->name,
				alert->object))
			until = silence->until;
	}
	return until;
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
		struct store_silence silence = read_silence(&query);

		if (!each(closure, &silence))
			break;
	}
	went_well = query_end(&query) || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}
