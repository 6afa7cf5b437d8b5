/* api_bulk.c - up to 10,000 entries put or removed in one call, one result each. */
#include "web/api_bulk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/api_entry.h"
#include "web/api_list.h"
#include "web/api_members.h"
#include "web/api_query.h"
#include "web/api_reply.h"
#include "web/api_spelling.h"

/* Six values in each, and what stands around them. */
#define VALUES_MAX (7 * API_BULK_MAX)
#define SHOWN_MAX 200 /* bytes of what is no address */

enum {
	COUNT_ADDED,
	COUNT_CHANGED,
	COUNT_UNCHANGED,
	COUNT_REMOVED,
	COUNT_UNKNOWN,
	COUNT_NOT_SOFT,
	COUNT_INVALID,
	COUNTS,
};

/* change: its place among the changes, if it is valid. */
struct item {
	const char *given; /* borrowed from the body */
	char *normal;
	char *detail; /* why it is invalid; NULL: it is valid */
	size_t change;
	struct api_spelling spelling; /* of what is removed and SES's own list holds */
};

struct bulk {
	struct item *items;
	struct store_change *changes;
	size_t count, change_count;
	int64_t counts[COUNTS];
};

static bool bulk_init(struct bulk *bulk, size_t count)
{
	/* calloc(0) may be NULL: an empty list is fine. */
	size_t room = count == 0 ? 1 : count;

	*bulk = (struct bulk){.count = count};
	bulk->items = calloc(room, sizeof(*bulk->items));
	bulk->changes = calloc(room, sizeof(*bulk->changes));
	return bulk->items != NULL && bulk->changes != NULL;
}

static void bulk_finish(struct bulk *bulk)
{
	for (size_t i = 0; bulk->items != NULL && i < bulk->count; i++) {
		free(bulk->items[i].normal);
		free(bulk->items[i].detail);
		api_spelling_finish(&bulk->items[i].spelling);
	}
	free(bulk->items);
	free(bulk->changes);
}

/* ---- items ---- */

static bool read_address(struct item *item, const char *text, struct error *error)
{
	char normal[SES_ADDRESS_MAX];

	if (text == NULL)
		return error_set(error, "there is no text \"address\"");
	item->given = text;
	if (!api_address_read(text, normal))
		return error_set(error, "it is no mail address, and no @domain");
	item->normal = text_copy(normal, strlen(normal));
	return item->normal != NULL || error_set(error, "out of memory");
}

/* An entry, and what is wrong with it; note: where it has none. */
static bool read_entry(struct item *item, const struct json *element, utc_ms now,
	const char *note, struct store_suppression *entry, struct error *error)
{
	static const char *const known[] = {
		"address", "reason", "scope", "expires", "note", NULL};

	if (!json_is_object(element))
		return error_set(error, "it is no object with an \"address\"");
	if (!read_address(item, json_text(element, "address"), error))
		return false;
	*entry = (struct store_suppression){.address = item->normal,
		.original = item->given,
		.scope = "",
		.reason = SES_REASON_MANUAL,
		.is_certain = true,
		.since = now,
		.expires = UTC_NONE,
		.at_ses = -1,
		.note = note};
	return api_members_are_known(element, known, "an entry", error) &&
	       api_member_entry(element, now, entry, error);
}

/* Takes the item over into the changes, or keeps why not. False without memory. */
static bool keep_item(struct bulk *bulk, struct item *item, enum store_change_kind kind,
	const struct store_suppression *entry, const struct error *flaw)
{
	if (flaw != NULL) {
		item->detail = text_copy(flaw->text, strlen(flaw->text));
		bulk->counts[COUNT_INVALID]++;
		return item->detail != NULL;
	}
	item->change = bulk->change_count++;
	bulk->changes[item->change] = (struct store_change){
		.kind = kind, .entry = *entry, .expected_version = -1};
	return true;
}

static bool read_entries(
	struct bulk *bulk, const struct json *list, const char *note, utc_ms now)
{
	struct item *item = bulk->items;
	bool has_memory = true;

	for (const struct json *element = json_first(list); element != NULL && has_memory;
		element = json_next(element), item++) {
		struct store_suppression entry;
		struct error flaw;
		bool is_right = read_entry(item, element, now, note, &entry, &flaw);

		has_memory =
			keep_item(bulk, item, STORE_PUT, &entry, is_right ? NULL : &flaw);
	}
	return has_memory;
}

static bool read_addresses(struct bulk *bulk, const struct json *list, const char *scope,
	const char *note, bool only_soft)
{
	struct item *item = bulk->items;
	bool has_memory = true;

	for (const struct json *element = json_first(list); element != NULL && has_memory;
		element = json_next(element), item++) {
		struct error flaw;
		bool is_right = read_address(item, json_as_text(element), &flaw);
		struct store_suppression entry = {.address = item->normal,
			.original = item->given,
			.scope = scope,
			.note = note};

		has_memory = keep_item(
			bulk, item, STORE_REMOVE, &entry, is_right ? NULL : &flaw);
		if (is_right)
			bulk->changes[item->change].only_soft = only_soft;
	}
	return has_memory;
}

/* The rule that stays after a removal keeps the spelling that SES's own list has. */
static bool find_spellings(struct store *store, struct bulk *bulk, struct error *error)
{
	for (size_t i = 0; i < bulk->count; i++) {
		struct item *item = &bulk->items[i];

		if (item->detail != NULL)
			continue;
		if (!api_spelling_find(store, item->normal, &item->spelling, error))
			return false;
		if (item->spelling.original != NULL)
			bulk->changes[item->change].entry.original =
				item->spelling.original;
	}
	return true;
}

/* ---- results ---- */

static const char *const result_names[COUNTS] = {
	"added", "changed", "unchanged", "removed", "unknown", "not-soft", "invalid"};

static int result_of(const struct store_change *change)
{
	switch (change->result) {
	case STORE_ADDED:
		return COUNT_ADDED;
	case STORE_CHANGED:
		return COUNT_CHANGED;
	case STORE_REMOVED:
		return COUNT_REMOVED;
	case STORE_NOT_SOFT:
		return COUNT_NOT_SOFT;
	case STORE_UNCHANGED:
	case STORE_OUTRANKED: /* of imports only */
	case STORE_CONFLICT:  /* of expected versions only */
		return change->kind == STORE_REMOVE ? COUNT_UNKNOWN : COUNT_UNCHANGED;
	}
	return COUNT_UNCHANGED;
}

/* As given: but what is no address can be of any length. */
static void put_given(struct json *json, const struct item *item)
{
	char shown[SHOWN_MAX + 1];

	if (item->detail == NULL || item->given == NULL ||
		strlen(item->given) <= SHOWN_MAX) {
		json_put_text(json, "address", item->given);
		return;
	}
	snprintf(shown, sizeof(shown), "%.*s",
		(int) utf8_without_half(item->given, SHOWN_MAX), item->given);
	json_put_text(json, "address", shown);
}

static struct json *result_json(struct bulk *bulk, const struct item *item)
{
	const struct store_change *change = &bulk->changes[item->change];
	struct json *json = json_object();
	int result = COUNT_INVALID;

	put_given(json, item);
	if (item->detail == NULL) {
		result = result_of(change);
		bulk->counts[result]++;
	}
	json_put_text(json, "result", result_names[result]);
	if (item->detail != NULL)
		json_put_text(json, "detail", item->detail);
	if (result == COUNT_NOT_SOFT)
		json_put_text(json, "detail",
			"more than soft-bounce, no-such-domain and quarantine entries "
			"suppresses it: the role support may not remove it");
	json_put_text(json, "at_ses",
		api_at_ses_name(item->detail != NULL ? -1 : change->at_ses));
	if (item->detail == NULL && change->at_ses > 0 &&
		item->spelling.original != NULL) {
		json_put_text(json, "original", item->spelling.original);
		json_put_text(json, "region",
			item->spelling.region[0] == '\0' ? NULL : item->spelling.region);
	}
	return json;
}

static void reply_results(struct request *request, struct bulk *bulk, bool is_removal)
{
	struct json *rest = json_object();
	struct api_list list;

	api_list_init(&list);
	for (size_t i = 0; i < bulk->count && !list.rows.failed; i++)
		api_list_add(&list, result_json(bulk, &bulk->items[i]));
	for (int i = 0; i < COUNTS; i++) {
		bool is_removals = i == COUNT_REMOVED || i == COUNT_UNKNOWN;

		if (i == COUNT_INVALID || (is_removals && is_removal) ||
			(i < COUNT_REMOVED && !is_removal) ||
			(i == COUNT_NOT_SOFT && bulk->counts[i] > 0))
			json_put_integer(rest,
				i == COUNT_NOT_SOFT ? "not_soft" : result_names[i],
				bulk->counts[i]);
	}
	api_list_reply(request, &list, NULL, "results", rest);
}

/* All of them in one transaction. */
static void change_all(struct request *request, struct bulk *bulk, bool is_removal)
{
	struct store_job job = {.kind = STORE_CHANGE_LIST,
		.changes = bulk->changes,
		.change_count = bulk->change_count,
		.policy = &request->rules->suppression,
		.actor = request->actor,
		.cause = "",
		.now = clock_now()};

	if (bulk->change_count > 0 &&
		store_submit_and_wait(request->store, &job) == STORE_FAILED)
		api_reply_not_stored(request);
	else
		reply_results(request, bulk, is_removal);
}

/* ---- the calls ---- */

static bool find_list(struct request *request, const struct json *body, const char *name,
	const struct json **list)
{
	*list = json_member(body, name);
	if (json_is_array(*list) && json_count(*list) <= API_BULK_MAX)
		return true;
	reply_problem(request, 400, "body", "\"%s\" takes a list of at most %d%s", name,
		API_BULK_MAX, json_is_array(*list) ? "; give more in several calls" : "");
	return false;
}

static void add(struct request *request, const struct json *body)
{
	static const char *const known[] = {"suppressions", "note", NULL};
	const struct json *list;
	const char *note = "";
	struct error error;
	struct bulk bulk;

	if (!api_members_are_known(body, known, "the call", &error) ||
		!api_member_note(body, &note, &error)) {
		reply_problem(request, 400, "body", "%s", error.text);
		return;
	}
	if (!find_list(request, body, "suppressions", &list))
		return;
	if (!bulk_init(&bulk, json_count(list)) ||
		!read_entries(&bulk, list, note, clock_now()))
		api_reply_no_memory(request);
	else
		change_all(request, &bulk, false);
	bulk_finish(&bulk);
}

void api_suppressions_add(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	struct json *body;

	if (!request_query_is_known(request, no_parameters))
		return;
	body = request_json_bounded(request, VALUES_MAX);
	if (body != NULL)
		add(request, body);
	json_free(body);
}

void api_bulk_remove(struct request *request, const struct json *body, const char *scope,
	const char *note)
{
	bool only_soft = request->role == WEB_ROLE_SUPPORT;
	const struct json *list;
	struct error error;
	struct bulk bulk;

	if (!find_list(request, body, "addresses", &list))
		return;
	if (!bulk_init(&bulk, json_count(list)) ||
		!read_addresses(&bulk, list, scope, note, only_soft))
		api_reply_no_memory(request);
	else if (!find_spellings(request->store, &bulk, &error))
		reply_store_failed(request, &error);
	else
		change_all(request, &bulk, true);
	bulk_finish(&bulk);
}
