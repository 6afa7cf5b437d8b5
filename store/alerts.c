/* alerts.c - the alerts that are on or were. */
#include "store/alerts.h"

#include "store/inside.h"
#include "store/telling.h"

#define ALERTS_KEPT_MS (400 * DAY_MS)

/* A row is found by name and object, so that an alert that comes again keeps its id. */
static const char PUT[] =
	"INSERT INTO alerts (id, name, object, level, version, since, told, resolved, "
	"seen,"
	" fired, text, advice, data)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
	" ON CONFLICT (name, object) DO UPDATE SET level = ?4, version = ?5, since = ?6,"
	" told = ?7, resolved = ?8, seen = ?9, fired = ?10, text = ?11, advice = ?12,"
	" data = ?13 RETURNING id";
static const char LIST[] =
	"SELECT id, name, object, level, version, since, told, resolved, seen, fired, "
	"text,"
	" advice, data FROM alerts"
	" WHERE id < ?1 AND (?2 IS NULL OR name = ?2) AND level >= ?3"
	" ORDER BY id DESC";
static const char PRUNE[] =
	"DELETE FROM alerts WHERE id IN"
	" (SELECT id FROM alerts WHERE resolved < ?1 AND level <= 2 LIMIT ?2)";

static bool put(struct db *db, struct store_alert *alert)
{
	struct query query;

	query_start(&query, db, PUT);
	if (alert->id > 0)
		query_give_integer(&query, alert->id);
	else
		query_give_null(&query);
	query_give_text(&query, alert->name);
	query_give_text(&query, alert->object);
	query_give_integer(&query, (int64_t) alert->state.level);
	query_give_integer(&query, (int64_t) alert->state.version);
	query_give_integer(&query, alert->state.since);
	query_give_time(&query, alert->state.told);
	query_give_time(&query, alert->state.resolved);
	query_give_integer(&query, alert->state.seen);
	query_give_integer(&query, alert->fired);
	query_give_text(&query, alert->text != NULL ? alert->text : "");
	query_give_text(&query, alert->advice != NULL ? alert->advice : "");
	query_give_text(&query, alert->data);
	if (query_row(&query))
		alert->id = query_integer(&query, 0);
	return query_end(&query);
}

enum store_outcome alerts_apply(struct writer *writer, struct store_job *job)
{
	struct store_alert_batch *batch = job->alerts;

	for (size_t i = 0; i < batch->count; i++) {
		struct store_alert_write *write = &batch->writes[i];
		int64_t message;

		if (!put(&writer->db, &write->alert))
			return STORE_FAILED;
		for (size_t j = 0; j < write->message_count; j++)
			if (!outbox_add(&writer->db, &write->messages[j], write->alert.id,
				    job->now, &message))
				return STORE_FAILED;
	}
	return batch->count > 0 ? STORE_DONE : STORE_DUPLICATE;
}

bool alerts_prune(struct db *db, utc_ms now, int64_t slice, int64_t *count)
{
	return db_prune(db, PRUNE, now - ALERTS_KEPT_MS, slice, count);
}

static struct store_alert read_alert(const struct query *query)
{
	return (struct store_alert){
		.id = query_integer(query, 0),
		.name = query_text_or_empty(query, 1),
		.object = query_text_or_empty(query, 2),
		.state = {.level = (enum ses_level) query_integer(query, 3),
			.version = (uint64_t) query_integer(query, 4),
			.since = query_time(query, 5),
			.told = query_time(query, 6),
			.resolved = query_time(query, 7),
			.seen = query_time(query, 8)},
		.fired = query_integer(query, 9),
		.text = query_text_or_empty(query, 10),
		.advice = query_text_or_empty(query, 11),
		.data = query_text(query, 12),
		.silenced_until = UTC_NONE,
	};
}

static bool list(struct db *db, const struct store_alert_filter *filter,
	const struct silences *silences, store_each_alert *each, void *closure,
	int64_t *next)
{
	size_t given = 0;
	int64_t last = 0;
	bool is_full = false;
	struct query query;

	query_start(&query, db, LIST);
	query_give_integer(&query, filter->before > 0 ? filter->before : INT64_MAX);
	query_give_text(&query, filter->name);
	query_give_integer(&query, filter->only_on ? SES_LEVEL_WARNING : 0);
	while (query_row(&query)) {
		struct store_alert alert = read_alert(&query);

		if (is_full) {
			*next = last;
			break;
		}
		alert.silenced_until = silences_until(silences, &alert);
		last = alert.id;
		given++;
		is_full = !each(closure, &alert) || given == filter->limit;
	}
	return query_end(&query);
}

bool store_alert_list(struct store *store, const struct store_alert_filter *filter,
	utc_ms now, store_each_alert *each, void *closure, int64_t *next,
	struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	struct silences silences = {0};
	bool went_well;

	*next = 0;
	if (db == NULL)
		return false;
	went_well = (silences_read(db, now, &silences) &&
			    list(db, filter, &silences, each, closure, next)) ||
		    db_explain(db, error);
	readers_return(store->readers, db);
	silences_finish(&silences);
	return went_well;
}
