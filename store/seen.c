/* seen.c - what was recorded already, so that nothing counts twice. */
#include "store/seen.h"

static const char ADD[] = "INSERT INTO seen VALUES (?1, ?2)";
static const char ADD_ODD[] =
	"INSERT INTO seen_odd (recorded, locality, digest) VALUES (?1, ?2, ?3)";
static const char HAS[] = "SELECT 1 FROM seen WHERE locality = ?1 AND digest = ?2";

/* No "IN (SELECT … LIMIT)" over two columns: the limit is a locality, so that the rows
 * of one millisecond go together. */
static const char SLICE_END[] =
	"SELECT max(locality) FROM (SELECT locality FROM seen"
	" WHERE locality >= 0 AND locality < ?1 ORDER BY locality LIMIT ?2)";
static const char PRUNE[] = "DELETE FROM seen WHERE locality >= 0 AND locality <= ?1";
static const char OLD_ODD[] =
	"SELECT id, recorded, locality, digest FROM seen_odd ORDER BY id LIMIT 1";
static const char PRUNE_ONE[] = "DELETE FROM seen WHERE locality = ?1 AND digest = ?2";
static const char PRUNE_ODD[] = "DELETE FROM seen_odd WHERE id = ?1";

struct ses_key seen_place(const struct ses_event *event, struct ses_key key)
{
	if (key.locality >= 0 && (key.locality < event->sent - DAY_MS ||
					 key.locality > event->sent + DAY_MS))
		key.locality = ~key.locality;
	return key;
}

static bool add(struct db *db, struct ses_key key)
{
	struct query query;

	query_start(&query, db, ADD);
	query_give_integer(&query, key.locality);
	query_give_integer(&query, key.digest);
	return query_run(&query);
}

static bool add_odd(struct db *db, struct ses_key key, utc_ms now)
{
	struct query query;

	query_start(&query, db, ADD_ODD);
	query_give_integer(&query, now);
	query_give_integer(&query, key.locality);
	query_give_integer(&query, key.digest);
	return query_run(&query);
}

bool seen_add(struct recent *recent, struct db *db, struct ses_key key, utc_ms now,
	bool *is_new)
{
	bool is_there;

	if (!seen_has(recent, db, key, &is_there))
		return false;
	*is_new = !is_there;
	if (is_there)
		return true;
	if (key.locality >= 0)
		return recent_add(recent, key) || db_lacks_memory(db);
	return add(db, key) && add_odd(db, key, now);
}

bool seen_has(
	const struct recent *recent, struct db *db, struct ses_key key, bool *answer)
{
	struct query query;

	*answer = recent_has(recent, key);
	if (*answer)
		return true;
	query_start(&query, db, HAS);
	query_give_integer(&query, key.locality);
	query_give_integer(&query, key.digest);
	*answer = query_row(&query);
	return query_end(&query);
}

static bool prune_one_odd(struct db *db, utc_ms cutoff, bool *was_old)
{
	struct query query;
	int64_t id = 0;
	struct ses_key key = {0, 0};

	query_start(&query, db, OLD_ODD);
	*was_old = query_row(&query) && query_integer(&query, 1) < cutoff;
	if (*was_old) {
		id = query_integer(&query, 0);
		key.locality = query_integer(&query, 2);
		key.digest = query_integer(&query, 3);
	}
	if (!query_end(&query))
		return false;
	if (!*was_old)
		return true;
	query_start(&query, db, PRUNE_ONE);
	query_give_integer(&query, key.locality);
	query_give_integer(&query, key.digest);
	if (!query_run(&query))
		return false;
	query_start(&query, db, PRUNE_ODD);
	query_give_integer(&query, id);
	return query_run(&query);
}

bool seen_prune(struct db *db, utc_ms cutoff, int64_t limit, int64_t *count)
{
	struct query query;
	utc_ms end;
	bool was_old = true;

	*count = 0;
	query_start(&query, db, SLICE_END);
	query_give_integer(&query, cutoff);
	query_give_integer(&query, limit);
	end = query_row(&query) ? query_time(&query, 0) : UTC_NONE;
	if (!query_end(&query))
		return false;
	if (end != UTC_NONE) {
		query_start(&query, db, PRUNE);
		query_give_integer(&query, end);
		if (!query_run(&query))
			return false;
		*count += sqlite3_changes(db->handle);
	}
	while (was_old && *count < limit) {
		if (!prune_one_odd(db, cutoff, &was_old))
			return false;
		*count += was_old;
	}
	return true;
}
