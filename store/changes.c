/* changes.c - the audit trail of the list: every change, before and after. */
#include "store/changes.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/text.h"
#include "store/trail.h"

/* What version 1 had put into the list counts as changed by number 1: no change of ours
 * may have it. */
static const char ADD[] =
	"INSERT INTO changes (id, at, hash, address, scope, what, actor, cause, event,"
	" before, after)"
	" VALUES ((SELECT max(coalesce(max(id), 0) + 1, 2) FROM changes),"
	" ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

/* Freed by the caller; NULL without memory. */
static char *describe(const struct store_suppression *entry)
{
	struct json *json = json_object();
	char *text;

	json_put_text(json, "reason", ses_reason_name(entry->reason));
	json_put_text(json, "hand", ses_hand_name(entry->hand));
	json_put_boolean(json, "certain", entry->is_certain);
	json_put_time(json, "since", entry->since);
	json_put_time(json, "expires", entry->expires);
	json_put_text(json, "note", entry->note != NULL ? entry->note : "");
	text = json_print(json);
	json_free(json);
	return text;
}

static const char *text_or_empty(const char *text)
{
	return text != NULL ? text : "";
}

bool changes_add(struct db *db, const struct change_cause *cause, enum change_what what,
	const char *address, const char *scope, const struct store_suppression *before,
	const struct store_suppression *after, int64_t *id)
{
	char *was = before != NULL ? describe(before) : NULL;
	char *is = after != NULL ? describe(after) : NULL;
	bool went_well = false;
	struct query query;

	if ((before != NULL && was == NULL) || (after != NULL && is == NULL)) {
		db_lacks_memory(db);
		goto out;
	}
	query_start(&query, db, ADD);
	query_give_integer(&query, cause->at);
	query_give_integer(&query, trail_hash(address));
	query_give_text(&query, address);
	query_give_text(&query, scope);
	query_give_integer(&query, (int64_t) what);
	query_give_text(&query, text_or_empty(cause->actor));
	query_give_text(&query, text_or_empty(cause->cause));
	if (cause->event == 0)
		query_give_null(&query);
	else
		query_give_integer(&query, cause->event);
	query_give_text(&query, was);
	query_give_text(&query, is);
	went_well = query_run(&query);
	if (went_well)
		*id = sqlite3_last_insert_rowid(db->handle);
out:
	free(was);
	free(is);
	return went_well;
}
