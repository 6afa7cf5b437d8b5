/* api_entry.h - an entry of the suppression list as the API shows it. Private to web/. */
#ifndef WEB_API_ENTRY_H
#define WEB_API_ENTRY_H

#include "base/json.h"
#include "store/store.h"

/* {"address","original","reason","scope","certain","since","expires","at_ses","event",
 * "note"}; freed by the caller. scope is "" for everything, event and note are null where
 * there is none. */
struct json *api_entry_json(const struct store_suppression *entry);

/* The same with "asked" before it: the very text of the question. NULL: without. */
struct json *api_entry_json_asked(
	const struct store_suppression *entry, const char *asked);

/* The entry of exactly that address and scope, as JSON, freed by the caller; NULL in
 * *json if there is none. False if the store can't be read. */
bool api_entry_find(struct store *store, const char *address, const char *scope,
	utc_ms now, struct json **json, struct error *error);

#endif
