/* outbox.c - messages that wait to be delivered, and those that were. */
#include "store/outbox.h"

#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "store/inside.h"
#include "store/telling.h"

#define OUTBOX_KEPT_MS (30 * DAY_MS)

/* Who works a channel off gives up what it can't deliver long before: nobody does, for
 * the channel is not configured any more. */
#define UNATTENDED_MS (7 * DAY_MS)

/* What one call of store_outbox_list looks at, at most. */
#define ROWS_MAX 20000

#define COLUMNS                                                                          \
	"SELECT id, channel, message, alert, at, payload, state, due, attempts, answer," \
	" finished FROM outbox"

static const char ADD[] =
	"INSERT INTO outbox (channel, message, alert, at, payload, state, due, attempts)"
	" VALUES (?1, ?2, ?3, ?4, ?5, 0, ?4, 0)";
/* What is finished stays as it is. */
static const char RESULT[] =
	"UPDATE outbox SET state = ?2, due = ?3, attempts = ?4, answer = ?5,"
	" finished = ?6 WHERE id = ?1 AND state = 0";
static const char DUE[] =
	COLUMNS " WHERE state = 0 AND channel = ?1 ORDER BY due, id LIMIT ?2";
static const char LIST[] =
	COLUMNS " WHERE id >= ?1 AND id < ?2 AND (?3 IS NULL OR channel = ?3)"
		" AND (?4 < 0 OR state = ?4) ORDER BY id DESC";
static const char LIST_OF_CHANNEL[] = COLUMNS
	" WHERE id >= ?1 AND id < ?2 AND channel = ?3 AND ?4 < 0 ORDER BY id DESC";
static const char LIST_WAITING[] =
	COLUMNS " INDEXED BY outbox_waiting WHERE id >= ?1 AND id < ?2 AND channel = ?3"
		" AND state = 0 AND ?4 = 0"
		" ORDER BY id DESC";
static const char LIST_OF_ALERT[] =
	COLUMNS " WHERE id >= ?1 AND id < ?2 AND (?3 IS NULL OR channel = ?3)"
		" AND (?4 < 0 OR state = ?4) AND alert = ?5 ORDER BY id DESC";
static const char HIGHEST[] = "SELECT max(id) FROM outbox WHERE id < ?1";
static const char LAST_WAITING[] =
	COLUMNS " WHERE state = 0 AND channel = ?1 AND answer IS NOT NULL"
		" ORDER BY due DESC LIMIT 1";
static const char LAST_FINISHED[] =
	COLUMNS " WHERE state = ?2 AND channel = ?1 AND finished IS NOT NULL"
		" ORDER BY finished DESC LIMIT 1";
static const char DEPTHS[] =
	"SELECT channel, sum(waiting), sum(given_up), min(oldest) FROM"
	" (SELECT channel, count(*) AS waiting, 0 AS given_up, min(at) AS oldest"
	"  FROM outbox WHERE state = 0 GROUP BY channel"
	" UNION ALL SELECT channel, 0, count(*), NULL"
	"  FROM outbox WHERE state = 2 AND finished IS NOT NULL GROUP BY channel)"
	" GROUP BY channel ORDER BY channel";
static const char GIVE_UP[] =
	"UPDATE outbox SET state = 2, finished = ?1,"
	" answer = 'nobody delivers for this channel any more' WHERE id IN"
	" (SELECT id FROM outbox WHERE state = 0 AND due < ?2 LIMIT ?3)";
static const char PRUNE[] =
	"DELETE FROM outbox WHERE id IN"
	" (SELECT id FROM outbox WHERE finished < ?1 ORDER BY finished LIMIT ?2)";

/* One item's fault: the rest of the batch goes on. */
static bool refuse_length(struct db *db, size_t length)
{
	db->code = SQLITE_TOOBIG;
	snprintf(db->failure, sizeof(db->failure),
		"a message for a channel has %zu bytes, at most %zu are kept", length,
		STORE_PAYLOAD_MAX);
	return false;
}

bool outbox_add(struct db *db, const struct store_message *message, int64_t alert,
	utc_ms now, int64_t *id)
{
	size_t length = strlen(message->payload);
	struct query query;

	if (length > STORE_PAYLOAD_MAX)
		return refuse_length(db, length);
	query_start(&query, db, ADD);
	query_give_text(&query, message->channel);
	query_give_text(&query, message->message);
	if (alert > 0)
		query_give_integer(&query, alert);
	else
		query_give_null(&query);
	query_give_integer(&query, now);
	query_give_text(&query, message->payload);
	if (!query_run(&query))
		return false;
	*id = sqlite3_last_insert_rowid(db->handle);
	return true;
}

enum store_outcome outbox_result(struct writer *writer, struct store_job *job)
{
	struct store_delivery_result *result = job->delivery;
	bool is_finished = result->state != STORE_DELIVERY_WAITING;
	struct query query;

	if (result->id == 0)
		return outbox_add(&writer->db, result->message, 0, job->now, &result->id)
			       ? STORE_DONE
			       : STORE_FAILED;
	query_start(&query, &writer->db, RESULT);
	query_give_integer(&query, result->id);
	query_give_integer(&query, (int64_t) result->state);
	query_give_integer(&query, result->due);
	query_give_integer(&query, result->attempts);
	query_give_text(&query, result->answer);
	query_give_time(&query, is_finished ? job->now : UTC_NONE);
	if (!query_run(&query))
		return STORE_FAILED;
	return sqlite3_changes(writer->db.handle) > 0 ? STORE_DONE : STORE_DUPLICATE;
}

static bool give_up_unattended(struct db *db, utc_ms now, int64_t slice, int64_t *count)
{
	struct query query;

	query_start(&query, db, GIVE_UP);
	query_give_integer(&query, now);
	query_give_integer(&query, now - UNATTENDED_MS);
	query_give_integer(&query, slice);
	if (!query_run(&query))
		return false;
	*count += sqlite3_changes(db->handle);
	return true;
}

bool outbox_prune(struct db *db, utc_ms now, int64_t slice, int64_t *count)
{
	if (!give_up_unattended(db, now, slice, count))
		return false;
	return db_prune(db, PRUNE, now - OUTBOX_KEPT_MS, slice, count);
}

/* ---- reading ---- */

static struct store_delivery read_delivery(const struct query *query)
{
	return (struct store_delivery){
		.id = query_integer(query, 0),
		.channel = query_text_or_empty(query, 1),
		.message = query_text_or_empty(query, 2),
		.alert = query_integer(query, 3),
		.at = query_time(query, 4),
		.payload = query_text_or_empty(query, 5),
		.state = (enum store_delivery_state) query_integer(query, 6),
		.due = query_time(query, 7),
		.attempts = query_integer(query, 8),
		.answer = query_text(query, 9),
		.finished = query_time(query, 10),
	};
}

/* The row after those handed out, due or not, says when to come again. */
static bool hand_out_due(struct db *db, const char *channel, utc_ms now, size_t limit,
	store_each_delivery *each, void *closure, utc_ms *next_due)
{
	size_t given = 0;
	bool is_full = limit == 0;
	struct query query;

	query_start(&query, db, DUE);
	query_give_text(&query, channel);
	query_give_integer(&query, (int64_t) limit + 1);
	while (query_row(&query)) {
		struct store_delivery delivery = read_delivery(&query);

		if (is_full || delivery.due > now) {
			*next_due = delivery.due;
			break;
		}
		given++;
		is_full = !each(closure, &delivery) || given == limit;
	}
	return query_end(&query);
}

bool store_outbox_due(struct store *store, const char *channel, utc_ms now, size_t limit,
	store_each_delivery *each, void *closure, utc_ms *next_due, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	bool went_well;

	*next_due = UTC_NONE;
	if (db == NULL)
		return false;
	went_well = hand_out_due(db, channel, now, limit, each, closure, next_due) ||
		    db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}

static const char *list_of(const struct store_outbox_filter *filter)
{
	if (filter->alert > 0)
		return LIST_OF_ALERT;
	if (filter->channel != NULL && filter->state < 0)
		return LIST_OF_CHANNEL;
	if (filter->channel != NULL && filter->state == STORE_DELIVERY_WAITING)
		return LIST_WAITING;
	return LIST;
}

static bool highest_below(struct db *db, int64_t upper, int64_t *id)
{
	struct query query;

	query_start(&query, db, HIGHEST);
	query_give_integer(&query, upper);
	*id = query_row(&query) ? query_integer(&query, 0) : 0;
	return query_end(&query);
}

/* From the ids that come first downwards; *next: where to go on, if rows are left. */
static bool list(struct db *db, const struct store_outbox_filter *filter,
	store_each_delivery *each, void *closure, int64_t *next)
{
	const char *sql = list_of(filter);
	int64_t upper = filter->before > 0 ? filter->before : INT64_MAX, last, lower = 0;
	size_t given = 0;
	bool is_full = filter->limit == 0;
	struct query query;

	if (!highest_below(db, upper, &last))
		return false;
	/* The others have an index that leads to what is wanted alone. */
	if (sql == LIST && last > ROWS_MAX)
		lower = last - ROWS_MAX + 1;
	query_start(&query, db, sql);
	query_give_integer(&query, lower);
	query_give_integer(&query, last + 1);
	query_give_text(&query, filter->channel);
	query_give_integer(&query, filter->state);
	if (filter->alert > 0)
		query_give_integer(&query, filter->alert);
	last = lower;
	while (!is_full && query_row(&query)) {
		struct store_delivery delivery = read_delivery(&query);

		last = delivery.id;
		given++;
		is_full = !each(closure, &delivery) || given == filter->limit;
	}
	/* Another row of them, or rows not looked at. */
	if (is_full ? query_row(&query) : lower > 0)
		*next = last;
	return query_end(&query);
}

bool store_outbox_list(struct store *store, const struct store_outbox_filter *filter,
	store_each_delivery *each, void *closure, int64_t *next, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	bool went_well;

	*next = 0;
	if (db == NULL)
		return false;
	went_well = list(db, filter, each, closure, next) || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}

bool store_outbox_last(struct store *store, const char *channel,
	enum store_delivery_state state, store_each_delivery *each, void *closure,
	struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	bool is_waiting = state == STORE_DELIVERY_WAITING, went_well;
	struct query query;

	if (db == NULL)
		return false;
	query_start(&query, db, is_waiting ? LAST_WAITING : LAST_FINISHED);
	query_give_text(&query, channel);
	if (!is_waiting)
		query_give_integer(&query, (int64_t) state);
	if (query_row(&query)) {
		struct store_delivery delivery = read_delivery(&query);

		each(closure, &delivery);
	}
	went_well = query_end(&query) || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}

bool store_outbox_depths(struct store *store, store_each_outbox_depth *each,
	void *closure, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	struct query query;
	bool went_well;

	if (db == NULL)
		return false;
	query_start(&query, db, DEPTHS);
	while (query_row(&query)) {
		struct store_outbox_depth depth = {
			.channel = query_text_or_empty(&query, 0),
			.waiting = query_integer(&query, 1),
			.given_up = query_integer(&query, 2),
			.oldest = query_time(&query, 3),
		};

		if (!each(closure, &depth))
			break;
	}
	went_well = query_end(&query) || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}

bool store_message_id(char id[STORE_MESSAGE_ID_SIZE])
{
	static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
	uint8_t random[STORE_MESSAGE_ID_SIZE];

	if (!crypto_random(random, sizeof(random)))
		return false;
	memcpy(id, "msg_", 4);
	for (size_t i = 4; i + 1 < STORE_MESSAGE_ID_SIZE; i++)
		id[i] = letters[random[i] % 32];
	id[STORE_MESSAGE_ID_SIZE - 1] = '\0';
	return true;
}
