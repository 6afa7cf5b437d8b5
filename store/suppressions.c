/* suppressions.c - the list: learnt from events, kept by hand, asked for. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/suppression.h"
#include "store/inside.h"

static const char FIND[] = "SELECT reason, certain, at_ses, expires FROM suppressions"
			   " WHERE address = ?1 AND scope = ?2";
/* In the order of the table; a NULL at_ses leaves what is known. */
static const char PUT[] =
	"INSERT INTO suppressions (address, scope, original, reason, certain, since,"
	" expires, at_ses, event, note)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
	" ON CONFLICT DO UPDATE SET original = excluded.original,"
	" reason = excluded.reason, certain = excluded.certain, since = excluded.since,"
	" expires = excluded.expires, at_ses = coalesce(excluded.at_ses, at_ses),"
	" event = excluded.event, note = excluded.note";
static const char AMEND[] =
	"UPDATE suppressions SET certain = max(certain, ?3),"
	" at_ses = coalesce(?4, at_ses) WHERE address = ?1 AND scope = ?2";
static const char REMOVE[] = "DELETE FROM suppressions WHERE address = ?1 AND scope = ?2";

/* An entry as far as a change must know it. */
struct present {
	bool exists;
	bool is_expired; /* exists, but no longer applies */
	enum ses_reason reason;
	bool is_certain;
	bool is_at_ses;
};

static bool find(struct db *db, const char *address, const char *scope, utc_ms now,
	struct present *present)
{
	struct query query;
	utc_ms expires;

	memset(present, 0, sizeof(*present));
	query_start(&query, db, FIND);
	query_give_text(&query, address);
	query_give_text(&query, scope);
	if (query_row(&query)) {
		present->exists = true;
		present->reason = (enum ses_reason) query_integer(&query, 0);
		present->is_certain = query_integer(&query, 1) != 0;
		present->is_at_ses = query_integer(&query, 2) == 1;
		expires = query_time(&query, 3);
		present->is_expired = expires != UTC_NONE && expires <= now;
	}
	return query_end(&query);
}

static bool put(struct writer *writer, const struct store_suppression *entry,
	const struct present *present)
{
	struct query query;

	query_start(&query, &writer->db, PUT);
	query_give_text(&query, entry->address);
	query_give_text(&query, entry->scope);
	query_give_text(&query,
		text_equal(entry->original, entry->address) ? NULL : entry->original);
	query_give_integer(&query, (int64_t) entry->reason);
	query_give_integer(&query, entry->is_certain);
	query_give_integer(&query, entry->since);
	query_give_time(&query, entry->expires);
	if (entry->at_ses < 0)
		query_give_null(&query);
	else
		query_give_integer(&query, entry->at_ses);
	if (entry->event == 0)
		query_give_null(&query);
	else
		query_give_integer(&query, entry->event);
	query_give_text(&query, text_is_empty(entry->note) ? NULL : entry->note);
	if (!query_run(&query))
		return false;
	writer->totals.suppressions += !present->exists;
	return true;
}

static bool amend(struct writer *writer, const char *address, const char *scope,
	bool is_certain, bool is_at_ses)
{
	struct query query;

	query_start(&query, &writer->db, AMEND);
	query_give_text(&query, address);
	query_give_text(&query, scope);
	query_give_integer(&query, is_certain);
	if (is_at_ses)
		query_give_integer(&query, 1);
	else
		query_give_null(&query);
	return query_run(&query);
}

bool suppressions_learn(struct writer *writer, const struct store_job *job,
	const struct ses_recipient *recipient, int64_t event_id)
{
	struct store_suppression entry = {
		.address = recipient->address,
		.original = recipient->original,
		.scope = "",
		.reason = recipient->suppress,
		.is_certain = recipient->is_certain,
		.since = job->notification.published,
		.expires = UTC_NONE,
		.at_ses = recipient->at_ses ? 1 : -1,
		.event = event_id,
		.note = "",
	};
	struct present present;
	bool is_knowledge_only = recipient->suppress == SES_REASON_SES_LIST;
	bool certain, at_ses;

	if (recipient->suppress == SES_REASON_NONE || text_is_empty(recipient->address))
		return true;
	if (!find(&writer->db, entry.address, "", job->now, &present))
		return false;
	if (!present.exists || present.is_expired)
		return put(writer, &entry, &present);
	if (!is_knowledge_only && ses_reason_outranks(entry.reason, present.reason)) {
		entry.is_certain = entry.is_certain || present.is_certain;
		return put(writer, &entry, &present);
	}
	certain = !is_knowledge_only && recipient->is_certain && !present.is_certain;
	at_ses = recipient->at_ses && !present.is_at_ses;
	return (!certain && !at_ses) || amend(writer, entry.address, "", certain, at_ses);
}

enum store_outcome suppressions_put(struct writer *writer, struct store_job *job)
{
	const struct store_suppression *entry = &job->suppression;
	struct present present;

	if (!find(&writer->db, entry->address, entry->scope, job->now, &present) ||
		!put(writer, entry, &present))
		return STORE_FAILED;
	job->changed = !present.exists || present.is_expired;
	return STORE_DONE;
}

enum store_outcome suppressions_remove(struct writer *writer, struct store_job *job)
{
	const struct store_suppression *entry = &job->suppression;
	struct present present;
	struct query query;

	if (!find(&writer->db, entry->address, entry->scope, job->now, &present))
		return STORE_FAILED;
	if (!present.exists)
		return STORE_DONE;
	query_start(&query, &writer->db, REMOVE);
	query_give_text(&query, entry->address);
	query_give_text(&query, entry->scope);
	if (!query_run(&query))
		return STORE_FAILED;
	writer->totals.suppressions--;
	job->changed = !present.is_expired;
	return STORE_DONE;
}

#define COLUMNS                                                                          \
	"address, scope, original, reason, certain, since, expires, at_ses, event, note"

static const char GET[] = "SELECT " COLUMNS " FROM suppressions"
			  " WHERE address = ?1 AND scope = ?2"
			  " AND (expires IS NULL OR expires > ?3)";
/* From a pair on, or what comes after it; ?3: the first text that no longer begins with
 * the prefix. One lower bound only, so that a page deep in the list costs no more. */
#define LIST_WHERE                                                                       \
	" (?1, ?2) AND address < ?3 AND (expires IS NULL OR expires > ?4)"               \
	" AND (?5 = 0 OR reason = ?5) AND (?6 IS NULL OR since >= ?6)"                   \
	" ORDER BY address, scope LIMIT ?7"

static const char LIST_FROM[] = "SELECT " COLUMNS " FROM suppressions"
				" WHERE (address, scope) >=" LIST_WHERE;
static const char LIST_AFTER[] = "SELECT " COLUMNS " FROM suppressions"
				 " WHERE (address, scope) >" LIST_WHERE;

static struct store_suppression read_entry(const struct query *query)
{
	const char *address = query_text(query, 0);
	const char *original = query_text(query, 2);

	return (struct store_suppression){
		.address = address,
		.scope = query_text_or_empty(query, 1),
		.original = original != NULL ? original : address,
		.reason = (enum ses_reason) query_integer(query, 3),
		.is_certain = query_integer(query, 4) != 0,
		.since = query_time(query, 5),
		.expires = query_time(query, 6),
		.at_ses = sqlite3_column_type(query->statement, 7) == SQLITE_NULL
				  ? -1
				  : (int) query_integer(query, 7),
		.event = query_integer(query, 8),
		.note = query_text_or_empty(query, 9),
	};
}

static void get(struct query *query, struct db *db, const char *address,
	const char *scope, utc_ms now)
{
	query_start(query, db, GET);
	query_give_text(query, address);
	query_give_text(query, scope);
	query_give_integer(query, now);
}

bool store_suppression_get(struct store *store, const char *address, const char *scope,
	utc_ms now, store_each_suppression *each, void *closure, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	struct store_suppression entry;
	struct query query;
	bool went_well;

	if (db == NULL)
		return false;
	get(&query, db, address, scope, now);
	if (query_row(&query)) {
		entry = read_entry(&query);
		each(closure, &entry);
	}
	went_well = query_end(&query) || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}

/* The first text after all that begin with prefix: its last byte one higher. No byte of
 * UTF-8 is 0xFF, so none overflows; "\xff" comes after every address. */
static char *prefix_end(const char *prefix)
{
	size_t length = strlen(prefix);
	char *end = length > 0 ? text_copy(prefix, length) : text_copy("\xff", 1);

	if (end != NULL && length > 0)
		end[length - 1] = (char) (end[length - 1] + 1);
	return end;
}

bool store_suppression_list(struct store *store,
	const struct store_suppression_filter *filter, utc_ms now,
	store_each_suppression *each, void *closure, struct error *error)
{
	const char *prefix = filter->prefix != NULL ? filter->prefix : "";
	char *end = prefix_end(prefix);
	struct query query;
	bool went_well = false;
	struct db *db;

	if (end == NULL)
		return error_set(error, "out of memory");
	db = readers_borrow(store->readers, error);
	if (db == NULL)
		goto out;
	if (filter->after_address != NULL && strcmp(filter->after_address, prefix) >= 0) {
		query_start(&query, db, LIST_AFTER);
		query_give_text(&query, filter->after_address);
		query_give_text(
			&query, filter->after_scope != NULL ? filter->after_scope : "");
	} else {
		query_start(&query, db, LIST_FROM);
		query_give_text(&query, prefix);
		query_give_text(&query, "");
	}
	query_give_text(&query, end);
	query_give_integer(&query, now);
	query_give_integer(&query, (int64_t) filter->reason);
	query_give_time(&query, filter->since);
	query_give_integer(&query, (int64_t) filter->limit);
	while (query_row(&query)) {
		struct store_suppression entry = read_entry(&query);

		if (!each(closure, &entry))
			break;
	}
	went_well = query_end(&query) || db_explain(db, error);
	readers_return(store->readers, db);
out:
	free(end);
	return went_well;
}

/* The stronger of the two entries that can apply to one address. */
static bool check_one(struct db *db, const char *address, const char *scope, utc_ms now,
	store_each_suppression *each, void *closure, bool *goes_on)
{
	static const char *const everything = "";
	enum ses_reason general = SES_REASON_NONE, special = SES_REASON_NONE;
	bool has_scope = !text_is_empty(scope);
	struct store_suppression entry;
	struct query query;

	if (has_scope) {
		get(&query, db, address, scope, now);
		if (query_row(&query))
			special = (enum ses_reason) query_integer(&query, 3);
		if (!query_end(&query))
			return false;
	}
	get(&query, db, address, everything, now);
	if (query_row(&query)) {
		general = (enum ses_reason) query_integer(&query, 3);
		if (special == SES_REASON_NONE ||
			!ses_reason_outranks(special, general)) {
			entry = read_entry(&query);
			entry.address = address;
			*goes_on = each(closure, &entry);
			return query_end(&query);
		}
	}
	if (!query_end(&query))
		return false;
	if (special == SES_REASON_NONE)
		return true;
	get(&query, db, address, scope, now);
	if (query_row(&query)) {
		entry = read_entry(&query);
		entry.address = address;
		*goes_on = each(closure, &entry);
	}
	return query_end(&query);
}

bool store_suppression_check(struct store *store, const char *const *addresses,
	size_t count, const char *scope, utc_ms now, store_each_suppression *each,
	void *closure, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	bool went_well = true, goes_on = true;

	if (db == NULL)
		return false;
	for (size_t i = 0; i < count && went_well && goes_on; i++)
		went_well =
			check_one(db, addresses[i], scope, now, each, closure, &goes_on);
	if (!went_well)
		db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}
