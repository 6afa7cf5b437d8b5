/* api_entry.h - an entry of the suppression list as the API shows it. Private to web/. */
#ifndef WEB_API_ENTRY_H
#define WEB_API_ENTRY_H

#include "base/json.h"
#include "store/store.h"
#include "web/request.h"

/* {"address","original","reason","scope","certain","since","expires","at_ses","event",
 * "note","hand","actor"}; freed by the caller. scope is "" for everything; event, note,
 * hand and actor are null where there is none: an entry learnt from feedback has no hand
 * and no actor. */
struct json *api_entry_json(const struct store_suppression *entry);

/* The same with "asked" before it: the very text of the question. NULL: without. */
struct json *api_entry_json_asked(
	const struct store_suppression *entry, const char *asked);

/* A rule that exempts: {"address","original","scope","since","note","actor"}. */
struct json *api_exception_json(const struct store_suppression *rule);

/* "blocked" "clear" "unknown". */
const char *api_at_ses_name(int at_ses);

/* The entry of exactly that address and scope, as JSON, freed by the caller; NULL in
 * *json if there is none. *version: for its ETag. False if the store can't be read. */
bool api_entry_find(struct store *store, const char *address, const char *scope,
	utc_ms now, struct json **json, int64_t *version, struct error *error);

/* Answers with an entry and its ETag; frees json. */
void api_entry_reply(
	struct request *request, unsigned status, struct json *json, int64_t version);

#endif
