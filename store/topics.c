/* topics.c - the topics: state of their subscriptions, when they last spoke. */
#include "store/topics.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/inside.h"
#include "store/writer.h"

/*
 * A notification proves a subscription: one that was never heard of, one whose
 * confirmation was pending before the notification was published, and one that was
 * cancelled a good while before it (what was under way then still arrives).
 */
static const char NOTE[] =
	"UPDATE topics SET"
	" last_published = max(coalesce(last_published, ?2), ?2),"
	" last_received = max(coalesce(last_received, ?3), ?3),"
	" notifications = notifications + ?4,"
	" token = CASE WHEN ?4 > 0 AND state = 1 AND changed < ?2 THEN NULL"
	"  ELSE token END,"
	" changed = CASE WHEN ?4 > 0 AND (state = 0 OR (state = 1 AND changed < ?2)"
	"  OR (state = 3 AND changed + 60000 < ?2)) THEN ?2 ELSE changed END,"
	" state = CASE WHEN ?4 > 0 AND (state = 0 OR (state = 1 AND changed < ?2)"
	"  OR (state = 3 AND changed + 60000 < ?2)) THEN 2 ELSE state END"
	" WHERE id = ?1";

void topic_notes_finish(struct topic_notes *notes)
{
	free(notes->notes);
	memset(notes, 0, sizeof(*notes));
}

void topic_notes_clear(struct topic_notes *notes)
{
	notes->count = 0;
}

bool topic_notes_add(struct topic_notes *notes, int64_t topic, utc_ms published,
	utc_ms received, int64_t recorded)
{
	struct topic_note *note;

	for (size_t i = 0; i < notes->count; i++) {
		note = &notes->notes[i];
		if (note->topic != topic)
			continue;
		if (note->last_published < published)
			note->last_published = published;
		if (note->last_received < received)
			note->last_received = received;
		note->notifications += recorded;
		return true;
	}
	if (notes->count == notes->capacity) {
		size_t capacity = notes->capacity * 2 + 8;

		note = reallocarray(notes->notes, capacity, sizeof(*note));
		if (note == NULL)
			return false;
		notes->notes = note;
		notes->capacity = capacity;
	}
	notes->notes[notes->count++] = (struct topic_note){
		.topic = topic,
		.last_published = published,
		.last_received = received,
		.notifications = recorded,
	};
	return true;
}

bool topic_notes_write(struct topic_notes *notes, struct db *db)
{
	for (size_t i = 0; i < notes->count; i++) {
		const struct topic_note *note = &notes->notes[i];
		struct query query;

		query_start(&query, db, NOTE);
		query_give_integer(&query, note->topic);
		query_give_integer(&query, note->last_published);
		query_give_integer(&query, note->last_received);
		query_give_integer(&query, note->notifications);
		if (!query_run(&query))
			return false;
	}
	return true;
}

static const char FIND_STATE[] =
	"SELECT state, changed, coalesce(token, ''), coalesce(subscription_arn, '')"
	" FROM topics WHERE id = ?1";
static const char SET_STATE[] =
	"UPDATE topics SET state = ?2, changed = ?3, token = ?4,"
	" subscription_arn = coalesce(?5, subscription_arn) WHERE id = ?1";

/*
 * Whether the change says something new. What is older than what is known came late and
 * is ignored; that we confirmed it ourselves is always news.
 */
static bool is_news(struct query *query, const struct store_topic_change *change)
{
	utc_ms changed = query_time(query, 1);
	bool is_same =
		query_integer(query, 0) == (int64_t) change->state &&
		strcmp(query_text(query, 2),
			change->token != NULL ? change->token : "") == 0 &&
		(change->subscription_arn == NULL ||
			strcmp(query_text(query, 3), change->subscription_arn) == 0);

	if (change->state == STORE_TOPIC_CONFIRMED)
		return !is_same || changed != change->at;
	return changed == UTC_NONE || change->at > changed ||
	       (change->at == changed && !is_same);
}

enum store_outcome topics_change(struct writer *writer, struct store_job *job)
{
	const struct store_topic_change *change = &job->topic;
	struct query query;
	sqlite3_int64 changes = sqlite3_total_changes64(writer->db.handle);
	int64_t topic;
	bool is_new;

	if (!names_topic(&writer->names, &writer->db, change->arn, &topic))
		return STORE_FAILED;
	/* Nothing heard yet: says at most that there is such a topic. */
	if (change->state == STORE_TOPIC_UNKNOWN)
		return sqlite3_total_changes64(writer->db.handle) != changes
			       ? STORE_DONE
			       : STORE_DUPLICATE;
	query_start(&query, &writer->db, FIND_STATE);
	query_give_integer(&query, topic);
	is_new = query_row(&query) && is_news(&query, change);
	if (!query_end(&query))
		return STORE_FAILED;
	if (!is_new)
		return STORE_DUPLICATE;
	query_start(&query, &writer->db, SET_STATE);
	query_give_integer(&query, topic);
	query_give_integer(&query, (int64_t) change->state);
	query_give_time(&query, change->at);
	query_give_text(&query, change->token);
	query_give_text(&query, change->subscription_arn);
	return query_run(&query) ? STORE_DONE : STORE_FAILED;
}

static const char LIST[] =
	"SELECT arn, state, token, subscription_arn, changed, last_published,"
	" last_received, notifications,"
	" (SELECT count(*) FROM aside WHERE aside.topic = topics.id)"
	" FROM topics ORDER BY arn";

bool store_topic_list(
	struct store *store, store_each_topic *each, void *closure, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	struct query query;
	bool went_well;

	if (db == NULL)
		return false;
	query_start(&query, db, LIST);
	while (query_row(&query)) {
		struct store_topic topic = {
			.arn = query_text(&query, 0),
			.state = (enum store_topic_state) query_integer(&query, 1),
			.token = query_text(&query, 2),
			.subscription_arn = query_text(&query, 3),
			.changed = query_time(&query, 4),
			.last_published = query_time(&query, 5),
			.last_received = query_time(&query, 6),
			.notifications = query_integer(&query, 7),
			.aside = query_integer(&query, 8),
		};

		if (!each(closure, &topic))
			break;
	}
	went_well = query_end(&query) || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}
