/* kept.c - genuine messages that were not understood, or not configured: kept whole. */
#include <string.h>

#include "store/inside.h"

static const char ADD_UNRECOGNISED[] =
	"INSERT INTO unrecognised"
	" (message_id, topic, subject, why, message, published, recorded)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (message_id) DO NOTHING";
static const char ADD_ASIDE[] =
	"INSERT INTO aside (message_id, topic, subject, message, published, recorded)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (message_id) DO NOTHING";
static const char RELEASE[] = "DELETE FROM aside WHERE id = ?1";
static const char LIST_UNRECOGNISED[] =
	"SELECT u.id, u.message_id, t.arn, u.subject, u.why, u.message, u.published,"
	" u.recorded FROM unrecognised u JOIN topics t ON t.id = u.topic"
	" WHERE ?1 = 0 OR u.id < ?1 ORDER BY u.id DESC LIMIT ?2";
static const char LIST_ASIDE[] =
	"SELECT a.id, a.message_id, t.arn, a.subject, NULL, a.message, a.published,"
	" a.recorded FROM aside a JOIN topics t ON t.id = a.topic"
	" WHERE a.id > ?1 ORDER BY a.id LIMIT ?2";
static const char LIST_ASIDE_OF_TOPIC[] =
	"SELECT a.id, a.message_id, t.arn, a.subject, NULL, a.message, a.published,"
	" a.recorded FROM topics t JOIN aside a ON a.topic = t.id"
	" WHERE t.arn = ?3 AND a.id > ?1 ORDER BY a.id LIMIT ?2";

bool kept_release(struct writer *writer, int64_t aside, bool *was_there)
{
	struct query query;

	query_start(&query, &writer->db, RELEASE);
	query_give_integer(&query, aside);
	if (!query_run(&query))
		return false;
	*was_there = sqlite3_changes(writer->db.handle) > 0;
	writer->totals.aside -= *was_there;
	return true;
}

/* The same MessageId again is a retry. *is_new tells. */
static bool add(
	struct writer *writer, const struct store_job *job, int64_t topic, bool *is_new)
{
	const struct store_notification *notification = &job->notification;
	bool is_unrecognised = job->kind == STORE_UNRECOGNISED;
	struct query query;

	query_start(&query, &writer->db, is_unrecognised ? ADD_UNRECOGNISED : ADD_ASIDE);
	query_give_text(&query, notification->message_id);
	query_give_integer(&query, topic);
	query_give_text(&query, notification->subject);
	if (is_unrecognised)
		query_give_text(&query, job->why);
	query_give_text_bytes(
		&query, notification->message, notification->message_length);
	query_give_integer(&query, notification->published);
	query_give_integer(&query, job->now);
	if (!query_run(&query))
		return false;
	*is_new = sqlite3_changes(writer->db.handle) > 0;
	return true;
}

enum store_outcome kept_unrecognised(struct writer *writer, struct store_job *job)
{
	const struct store_notification *notification = &job->notification;
	bool is_new, was_aside;
	int64_t topic;

	if (!names_topic(&writer->names, &writer->db, notification->topic_arn, &topic) ||
		!add(writer, job, topic, &is_new))
		return STORE_FAILED;
	if (job->aside != 0 && !kept_release(writer, job->aside, &was_aside))
		return STORE_FAILED;
	if (!is_new)
		return STORE_DUPLICATE;
	writer->totals.unrecognised++;
	if (!topic_notes_add(
		    &writer->notes, topic, notification->published, job->now, 1)) {
		db_lacks_memory(&writer->db);
		return STORE_FAILED;
	}
	return STORE_DONE;
}

enum store_outcome kept_aside(struct writer *writer, struct store_job *job)
{
	const struct store_notification *notification = &job->notification;
	bool is_new;
	int64_t topic;

	if (!names_topic(&writer->names, &writer->db, notification->topic_arn, &topic) ||
		!add(writer, job, topic, &is_new))
		return STORE_FAILED;
	if (!is_new)
		return STORE_DUPLICATE;
	writer->totals.aside++;
	if (!topic_notes_add(
		    &writer->notes, topic, notification->published, job->now, 0)) {
		db_lacks_memory(&writer->db);
		return STORE_FAILED;
	}
	return STORE_DONE;
}

/* Columns: id, message_id, arn, subject, why, message, published, recorded. */
static void hand_out(struct query *query, store_each_unrecognised *each, void *closure)
{
	while (query_row(query)) {
		struct store_unrecognised kept = {
			.id = query_integer(query, 0),
			.message_id = query_text(query, 1),
			.topic_arn = query_text(query, 2),
			.subject = query_text(query, 3),
			.why = query_text(query, 4),
			.message = query_text(query, 5),
			.published = query_time(query, 6),
			.recorded = query_time(query, 7),
		};

		if (!each(closure, &kept))
			break;
	}
}

bool store_unrecognised_list(struct store *store, int64_t before, size_t limit,
	store_each_unrecognised *each, void *closure, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	struct query query;
	bool went_well;

	if (db == NULL)
		return false;
	query_start(&query, db, LIST_UNRECOGNISED);
	query_give_integer(&query, before);
	query_give_integer(&query, (int64_t) limit);
	hand_out(&query, each, closure);
	went_well = query_end(&query) || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}

bool store_aside_list(struct store *store, const char *topic_arn, int64_t after,
	size_t limit, store_each_unrecognised *each, void *closure, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	struct query query;
	bool went_well;

	if (db == NULL)
		return false;
	query_start(&query, db, topic_arn == NULL ? LIST_ASIDE : LIST_ASIDE_OF_TOPIC);
	query_give_integer(&query, after);
	query_give_integer(&query, (int64_t) limit);
	if (topic_arn != NULL)
		query_give_text(&query, topic_arn);
	hand_out(&query, each, closure);
	went_well = query_end(&query) || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}
