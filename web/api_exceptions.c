/* api_exceptions.c - who is never suppressed: list, put and delete these rules. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "web/api.h"
#include "web/api_change.h"
#include "web/api_entry.h"
#include "web/api_members.h"
#include "web/api_page.h"
#include "web/api_query.h"
#include "web/api_reply.h"

void api_exceptions_list(struct request *request)
{
	static const char *const known[] = {"prefix", "scope", "limit", "cursor", NULL};
	static const struct api_page_kind kind = {
		CURSOR_EXCEPTIONS, "exceptions", api_exception_json};
	struct store_suppression_filter filter = {.since = UTC_NONE,
		.until = UTC_NONE,
		.exceptions = true,
		.limit = API_LIMIT_DEFAULT};
	char *prefix = NULL, *scope = NULL;

	if (request_query_is_known(request, known) &&
		api_query_prefix(request, &prefix) && api_query_scope(request, &scope)) {
		filter.prefix = prefix;
		filter.scope = scope;
		api_page_reply(request, &filter, clock_now(), &kind);
	}
	free(scope);
	free(prefix);
}

/* ---- one rule ---- */

struct search {
	const char *scope;
	struct json *json;
	bool is_found;
};

static bool take_rule(void *closure, const struct store_suppression *row)
{
	struct search *search = closure;

	if (row->hand != SES_HAND_NEVER || !text_equal(row->scope, search->scope))
		return true;
	search->is_found = true;
	search->json = api_exception_json(row);
	return false;
}

static void reply_rule(struct request *request, const struct store_change *change)
{
	struct search search = {.scope = change->entry.scope};
	struct error error;

	if (!store_dossier(request->store, change->entry.address, take_rule, NULL,
		    &search, &error)) {
		reply_store_failed(request, &error);
		return;
	}
	/* Gone already: somebody else deleted it just now. We show what we put. */
	if (!search.is_found)
		search.json = api_exception_json(&change->entry);
	reply_json(request, change->result == STORE_ADDED ? 201 : 200, search.json);
}

static bool read_members(struct request *request, const struct json *body, char *named,
	struct store_suppression *rule)
{
	static const char *const known[] = {"scope", "note", NULL};
	struct error error;

	if (named != NULL)
		rule->scope = named;
	if (api_members_are_known(body, known, "an exception", &error) &&
		api_member_scope(body, &rule->scope, &error) &&
		api_member_note(body, &rule->note, &error))
		return true;
	reply_problem(request, 400, "body", "%s", error.text);
	return false;
}

void api_exception_put(struct request *request)
{
	static const char *const known[] = {"scope", NULL};
	char normal[SES_ADDRESS_MAX];
	struct store_change change = {.kind = STORE_NEVER,
		.expected_version = -1,
		.entry = {.address = normal, .scope = "", .note = ""}};
	char *original = NULL, *named = NULL;
	struct json *body = NULL;

	if (!request_query_is_known(request, known) ||
		!api_argument_address(request, normal) ||
		!api_query_scope(request, &named))
		return;
	if (api_change_body(request, &body) &&
		read_members(request, body, named, &change.entry) &&
		(original = api_change_original(request)) != NULL) {
		change.entry.original = original;
		change.entry.since = clock_now();
		change.entry.actor = request->actor;
		if (api_change_submit(request, &change))
			reply_rule(request, &change);
	}
	free(original);
	free(named);
	json_free(body);
}

void api_exception_delete(struct request *request)
{
	static const char *const known[] = {"scope", "note", NULL};
	char normal[SES_ADDRESS_MAX];
	struct store_change change = {
		.kind = STORE_NEVER_NO_MORE, .expected_version = -1};
	char *scope = NULL, *note = NULL, *original = NULL;

	if (request_query_is_known(request, known) &&
		api_argument_address(request, normal) &&
		api_query_scope(request, &scope) && api_query_note(request, &note) &&
		(original = api_change_original(request)) != NULL) {
		change.entry.address = normal;
		change.entry.original = original;
		change.entry.scope = scope == NULL ? "" : scope;
		change.entry.note = note == NULL ? "" : note;
		if (api_change_submit(request, &change))
			reply_empty(request, 204);
	}
	free(original);
	free(scope);
	free(note);
}
