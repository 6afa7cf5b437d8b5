/* marks.c - what people decide about an account: fresh starts, and the brake. */
#include "store/marks.h"

#include "store/inside.h"

/* The same again (a call that was repeated) adds nothing. */
static const char ADD[] =
	"INSERT INTO marks (account, region, at, recorded, actor, note)"
	" SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM marks"
	" WHERE account = ?1 AND region = ?2 AND at = ?3)";
static const char REMOVE[] = "DELETE FROM marks WHERE id = ?1";
static const char LIST[] =
	"SELECT id, account, region, at, recorded, actor, note FROM marks"
	" WHERE (?1 IS NULL OR account = ?1) AND (?2 IS NULL OR region = ?2)"
	" ORDER BY at DESC, id DESC";

static const char PUT_BRAKE[] =
	"INSERT INTO brakes (account, region, configuration_set, tripped, level, resumed,"
	" stopped_at_ses, actor, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
	" ON CONFLICT DO UPDATE SET tripped = excluded.tripped, level = excluded.level,"
	" resumed = excluded.resumed, stopped_at_ses = excluded.stopped_at_ses,"
	" actor = excluded.actor, note = excluded.note"
	" WHERE (tripped, level, resumed, stopped_at_ses, actor, note) IS NOT"
	" (excluded.tripped, excluded.level, excluded.resumed, excluded.stopped_at_ses,"
	" excluded.actor, excluded.note)";
static const char BRAKE_IS[] =
	"SELECT tripped, resumed, stopped_at_ses FROM brakes"
	" WHERE account = ?1 AND region = ?2 AND configuration_set = ?3";
static const char LIST_BRAKES[] =
	"SELECT account, region, configuration_set, tripped, level, resumed,"
	" stopped_at_ses, actor, note FROM brakes"
	" WHERE (?1 IS NULL OR account = ?1) AND (?2 IS NULL OR region = ?2)"
	" ORDER BY account, region, configuration_set";

static bool add_mark(struct db *db, const struct store_mark *mark, utc_ms now)
{
	struct query query;

	query_start(&query, db, ADD);
	query_give_text(&query, mark->account);
	query_give_text(&query, mark->region);
	query_give_integer(&query, mark->at);
	query_give_integer(&query, now);
	query_give_text(&query, mark->actor);
	query_give_text(&query, mark->note);
	return query_run(&query);
}

static bool remove_mark(struct db *db, int64_t id)
{
	struct query query;

	query_start(&query, db, REMOVE);
	query_give_integer(&query, id);
	return query_run(&query);
}

/* Whether it is tripped is whether it has a time for it. */
static utc_ms tripped_at(const struct ses_brake_state *state, utc_ms now)
{
	if (!state->is_tripped)
		return UTC_NONE;
	return state->tripped != UTC_NONE ? state->tripped : now;
}

static bool put_brake(struct db *db, const struct store_brake *brake, utc_ms now)
{
	const struct ses_brake_state *state = &brake->state;
	struct query query;

	query_start(&query, db, PUT_BRAKE);
	query_give_text(&query, brake->account);
	query_give_text(&query, brake->region);
	query_give_text(&query, brake->configuration_set);
	query_give_time(&query, tripped_at(state, now));
	query_give_integer(&query, (int64_t) state->level);
	query_give_time(&query, state->resumed);
	query_give_time(&query, brake->stopped_at_ses);
	query_give_text(&query, brake->actor);
	query_give_text(&query, brake->note);
	return query_run(&query);
}

/* Somebody else may have changed it since it was read. */
static bool brake_is(struct db *db, const struct store_brake *was, bool *is_so)
{
	utc_ms resumed = was->state.resumed, stopped = was->stopped_at_ses;
	utc_ms tripped = was->state.is_tripped ? was->state.tripped : UTC_NONE;
	struct query query;

	query_start(&query, db, BRAKE_IS);
	query_give_text(&query, was->account);
	query_give_text(&query, was->region);
	query_give_text(&query, was->configuration_set);
	if (query_row(&query))
		*is_so = query_time(&query, 0) == tripped &&
			 query_time(&query, 1) == resumed &&
			 query_time(&query, 2) == stopped;
	else
		*is_so =
			tripped == UTC_NONE && resumed == UTC_NONE && stopped == UTC_NONE;
	return query_end(&query);
}

enum store_outcome marks_change(struct writer *writer, struct store_job *job)
{
	struct store_mark_change *change = job->mark;
	struct db *db = &writer->db;
	sqlite3_int64 changes = sqlite3_total_changes64(db->handle);
	bool is_so = true;

	change->changed = false;
	if (change->add != NULL && !add_mark(db, change->add, job->now))
		return STORE_FAILED;
	if (change->remove != 0 && !remove_mark(db, change->remove))
		return STORE_FAILED;
	if (change->was != NULL && !brake_is(db, change->was, &is_so))
		return STORE_FAILED;
	if (change->put != NULL && is_so && !put_brake(db, change->put, job->now))
		return STORE_FAILED;
	change->changed = sqlite3_total_changes64(db->handle) != changes;
	return change->changed ? STORE_DONE : STORE_DUPLICATE;
}

bool store_mark_list(struct store *store, const char *account, const char *region,
	store_each_mark *each, void *closure, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	struct query query;
	bool went_well;

	if (db == NULL)
		return false;
	query_start(&query, db, LIST);
	query_give_text(&query, account);
	query_give_text(&query, region);
	while (query_row(&query)) {
		struct store_mark mark = {
			.id = query_integer(&query, 0),
			.account = query_text(&query, 1),
			.region = query_text(&query, 2),
			.at = query_time(&query, 3),
			.recorded = query_time(&query, 4),
			.actor = query_text(&query, 5),
			.note = query_text(&query, 6),
		};

		if (!each(closure, &mark))
			break;
	}
	went_well = query_end(&query) || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}

bool store_brake_list(struct store *store, const char *account, const char *region,
	store_each_brake *each, void *closure, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	struct query query;
	bool went_well;

	if (db == NULL)
		return false;
	query_start(&query, db, LIST_BRAKES);
	query_give_text(&query, account);
	query_give_text(&query, region);
	while (query_row(&query)) {
		utc_ms tripped = query_time(&query, 3);
		struct store_brake brake = {
			.account = query_text(&query, 0),
			.region = query_text(&query, 1),
			.configuration_set = query_text(&query, 2),
			.state =
				{
					.is_tripped = tripped != UTC_NONE,
					.tripped = tripped,
					.level =
						(enum ses_level) query_integer(&query, 4),
					.resumed = query_time(&query, 5),
				},
			.stopped_at_ses = query_time(&query, 6),
			.actor = query_text(&query, 7),
			.note = query_text(&query, 8),
		};

		if (!each(closure, &brake))
			break;
	}
	went_well = query_end(&query) || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}
