/* api_entry.c - entries of the suppression list, as JSON. */
#include "web/api_entry.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"

const char *api_at_ses_name(int at_ses)
{
	return at_ses > 0 ? "blocked" : at_ses == 0 ? "clear" : "unknown";
}

static void put_known(struct json *json, const char *name, const char *text)
{
	json_put_text(json, name, text_is_empty(text) ? NULL : text);
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
	json_put_text(json, "at_ses", api_at_ses_name(entry->at_ses));
	if (entry->event > 0)
		json_put_integer(json, "event", entry->event);
	else
		json_put_null(json, "event");
	put_known(json, "note", entry->note);
	json_put_text(json, "hand", ses_hand_name(entry->hand));
	put_known(json, "actor", entry->actor);
	return json;
}

struct json *api_entry_json(const struct store_suppression *entry)
{
	return api_entry_json_asked(entry, NULL);
}

struct json *api_exception_json(const struct store_suppression *rule)
{
	struct json *json = json_object();

	json_put_text(json, "address", rule->address);
	json_put_text(json, "original", rule->original);
	json_put_text(json, "scope", rule->scope);
	json_put_time(json, "since", rule->since);
	put_known(json, "note", rule->note);
	put_known(json, "actor", rule->actor);
	return json;
}

struct search {
	struct json *json;
	int64_t version;
	bool is_found;
};

static bool take_entry(void *closure, const struct store_suppression *entry)
{
	struct search *search = closure;

	search->is_found = true;
	search->version = entry->version;
	search->json = api_entry_json(entry);
	return false;
}

bool api_entry_find(struct store *store, const char *address, const char *scope,
	utc_ms now, struct json **json, int64_t *version, struct error *error)
{
	struct search search = {0};

	if (!store_suppression_get(
		    store, address, scope, now, take_entry, &search, error))
		return false;
	/* No memory must never look like "may be mailed". */
	if (search.is_found && search.json == NULL)
		return error_set(error, "suppression of %s: out of memory", address);
	*json = search.json;
	*version = search.version;
	return true;
}

void api_entry_reply(
	struct request *request, unsigned status, struct json *json, int64_t version)
{
	char tag[32];

	snprintf(tag, sizeof(tag), "\"%" PRId64 "\"", version);
	reply_json(request, status, json);
	reply_header(request, "ETag", tag);
}
