/* api_entry.c - entries of the suppression list, as JSON. */
#include "web/api_entry.h"

static const char *at_ses_name(int at_ses)
{
	return at_ses > 0 ? "blocked" : at_ses == 0 ? "clear" : "unknown";
}

struct json *api_entry_json_asked(
	const struct store_suppression *entry, const char *asked)
{
	struct json *json = json_object();

	if (asked != NULL)
		json_put_text(json, "asked", asked);
	json_put_text(json, "address", entry->address);
	json_put_text(json, "original", entry->original);
	json_put_text(json, "reason", ses_reason_name(entry->reason));
	json_put_text(json, "scope", entry->scope == NULL ? "" : entry->scope);
	json_put_boolean(json, "certain", entry->is_certain);
	json_put_time(json, "since", entry->since);
	json_put_time(json, "expires", entry->expires);
	json_put_text(json, "at_ses", at_ses_name(entry->at_ses));
	if (entry->event > 0)
		json_put_integer(json, "event", entry->event);
	else
		json_put_null(json, "event");
	if (entry->note != NULL && entry->note[0] != '\0')
		json_put_text(json, "note", entry->note);
	else
		json_put_null(json, "note");
	return json;
}

struct json *api_entry_json(const struct store_suppression *entry)
{
	return api_entry_json_asked(entry, NULL);
}

struct search {
	struct json *json;
	bool is_found;
};

static bool take_entry(void *closure, const struct store_suppression *entry)
{
	struct search *search = closure;

	search->is_found = true;
	search->json = api_entry_json(entry);
	return false;
}

bool api_entry_find(struct store *store, const char *address, const char *scope,
	utc_ms now, struct json **json, struct error *error)
{
	struct search search = {0};

	if (!store_suppression_get(
		    store, address, scope, now, take_entry, &search, error))
		return false;
	/* No memory must never look like "may be mailed". */
	if (search.is_found && search.json == NULL)
		return error_set(error, "suppression of %s: out of memory", address);
	*json = search.json;
	return true;
}
