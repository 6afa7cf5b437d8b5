/* senders.c - callers, source addresses and from-domains: when each was seen first. */
#include "store/senders.h"

#include <stdio.h>
#include <string.h>

#include "store/inside.h"
#include "store/reputation.h"

static const char NOTE[] =
	"INSERT INTO senders VALUES (?1, ?2, ?3, ?4, ?4) ON CONFLICT DO UPDATE"
	" SET first = min(first, excluded.first), last = max(last, excluded.last)"
	" WHERE excluded.first < first"
	" OR excluded.last / 86400000 > last / 86400000";
static const char SLICE[] =
	"SELECT account, kind, key, last FROM senders"
	" WHERE (account, kind, key) > (?1, ?2, ?3) ORDER BY account, kind, key LIMIT ?4";
static const char PRUNE[] =
	"DELETE FROM senders WHERE account = ?1 AND kind = ?2 AND key = ?3";

/* Beyond so many the memory begins anew. */
#define SENDERS_MAX ((size_t) SENDERS_SLOTS * 3 / 4)

void senders_forget(struct senders *senders)
{
	if (senders->count > 0)
		memset(senders->slots, 0, sizeof(senders->slots));
	senders->count = 0;
}

static struct sender_days *find(struct senders *senders, uint64_t hash)
{
	size_t at = hash >> 40 & (SENDERS_SLOTS - 1);

	while (senders->slots[at].hash != 0 && senders->slots[at].hash != hash)
		at = (at + 1) & (SENDERS_SLOTS - 1);
	return &senders->slots[at];
}

static void remember(struct senders *senders, uint64_t hash, int64_t day)
{
	struct sender_days *days = find(senders, hash);

	if (days->hash == 0) {
		if (senders->count >= SENDERS_MAX) {
			senders_forget(senders);
			days = find(senders, hash);
		}
		senders->count++;
		*days = (struct sender_days){.hash = hash, .first = day, .last = day};
	}
	if (day < days->first)
		days->first = day;
	if (day > days->last)
		days->last = day;
}

bool senders_note(struct senders *senders, struct db *db, int64_t account,
	enum ses_sender_kind kind, const char *key, uint64_t hash, utc_ms sent)
{
	uint64_t whole = (hash ^ (uint64_t) account << 3 ^ (uint64_t) kind) *
				 UINT64_C(0x9e3779b97f4a7c15) |
			 1;
	int64_t day = utc_floor(sent, DAY_MS) / DAY_MS;
	const struct sender_days *known = find(senders, whole);
	struct query query;

	if (known->hash != 0 && known->first <= day && day <= known->last)
		return true;
	query_start(&query, db, NOTE);
	query_give_integer(&query, account);
	query_give_integer(&query, (int64_t) kind);
	query_give_text(&query, key);
	query_give_integer(&query, sent);
	if (!query_run(&query))
		return false;
	remember(senders, whole, day);
	return true;
}

/* Rows behind the cursor are deleted, so the query is not disturbed. */
bool senders_prune(struct db *db, utc_ms now, int64_t limit, struct senders_place *place,
	int64_t *seen)
{
	bool went_well = true;
	struct query query;

	*seen = 0;
	query_start(&query, db, SLICE);
	query_give_integer(&query, place->account);
	query_give_integer(&query, place->kind);
	query_give_text(&query, place->key);
	query_give_integer(&query, limit);
	while (went_well && query_row(&query)) {
		struct query prune;

		place->account = query_integer(&query, 0);
		place->kind = query_integer(&query, 1);
		snprintf(place->key, sizeof(place->key), "%s",
			query_text_or_empty(&query, 2));
		++*seen;
		if (query_integer(&query, 3) >= now - SENDERS_KEPT_MS)
			continue;
		query_start(&prune, db, PRUNE);
		query_give_integer(&prune, place->account);
		query_give_integer(&prune, place->kind);
		query_give_text(&prune, place->key);
		went_well = query_run(&prune);
	}
	return query_end(&query) && went_well;
}

/* ---- for readers ---- */

static const char LIST[] =
	"SELECT a.account, a.region, s.key, s.kind, s.first, s.last,"
	" (SELECT min(first) FROM senders WHERE account = s.account AND kind = s.kind)"
	" FROM accounts a CROSS JOIN (VALUES (1), (2), (4)) AS kinds"
	" CROSS JOIN senders s ON s.account = a.id AND s.kind = kinds.column1"
	" AND s.first >= ?1 ORDER BY s.first DESC, s.kind, s.key";

static bool list(
	struct db *db, utc_ms first_since, store_each_sender *each, void *closure)
{
	struct query query;

	query_start(&query, db, LIST);
	query_give_integer(&query, first_since);
	while (query_row(&query)) {
		struct store_sender sender = {
			.account = query_text(&query, 0),
			.region = query_text(&query, 1),
			.key = query_text(&query, 2),
			.kind = (int) query_integer(&query, 3),
			.first = query_integer(&query, 4),
			.last = query_integer(&query, 5),
			.account_since = query_integer(&query, 6),
		};

		if (!each(closure, &sender))
			break;
	}
	return query_end(&query);
}

bool store_sender_list(struct store *store, utc_ms first_since, store_each_sender *each,
	void *closure, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	bool went_well;

	if (db == NULL)
		return false;
	went_well = list(db, first_since, each, closure) || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}
