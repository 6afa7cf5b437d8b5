/* api_suppressions.c - the suppression list: list, get and delete its entries. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "web/api.h"
#include "web/api_change.h"
#include "web/api_entry.h"
#include "web/api_list.h"
#include "web/api_page.h"
#include "web/api_query.h"
#include "web/api_reply.h"

static const char *const reasons[] = {"bounce", "complaint", "soft-bounce", "manual",
	"import", "ses-list", "quarantine", "no-such-domain", NULL};

/* ---- the list ---- */

static bool query_reason(struct request *request, enum ses_reason *reason)
{
	size_t index = SIZE_MAX;

	if (!api_query_choice(request, "reason", reasons, &index))
		return false;
	return index == SIZE_MAX || ses_reason_from_name(reasons[index], reason);
}

void api_suppressions_list(struct request *request)
{
	static const char *const known[] = {
		"prefix", "reason", "scope", "since", "until", "limit", "cursor", NULL};
	static const struct api_page_kind kind = {
		CURSOR_SUPPRESSIONS, "suppressions", api_entry_json};
	struct store_suppression_filter filter = {
		.since = UTC_NONE, .until = UTC_NONE, .limit = API_LIMIT_DEFAULT};
	char *prefix = NULL, *scope = NULL;
	utc_ms now = clock_now();

	if (request_query_is_known(request, known) &&
		api_query_prefix(request, &prefix) &&
		query_reason(request, &filter.reason) &&
		api_query_scope(request, &scope) &&
		api_query_time(request, "since", now, &filter.since) &&
		api_query_time(request, "until", now, &filter.until)) {
		filter.prefix = prefix;
		filter.scope = scope;
		api_page_reply(request, &filter, now, &kind);
	}
	free(scope);
	free(prefix);
}

/* ---- one entry ---- */

void api_suppression_get(struct request *request)
{
	static const char *const known[] = {"scope", NULL};
	char normal[SES_ADDRESS_MAX];
	struct json *entry = NULL;
	int64_t version = 0;
	struct error error;
	char *named = NULL;
	const char *scope;

	if (!request_query_is_known(request, known) ||
		!api_argument_address(request, normal) ||
		!api_query_scope(request, &named))
		return;
	scope = named == NULL ? "" : named;
	if (!api_entry_find(
		    request->store, normal, scope, clock_now(), &entry, &version, &error))
		reply_store_failed(request, &error);
	else if (entry != NULL)
		api_entry_reply(request, 200, entry, version);
	else
		reply_problem(request, 404, "not-suppressed",
			"%s is not suppressed%s%s%s", normal,
			*scope == '\0' ? "" : " in the scope \"", scope,
			*scope == '\0' ? "" : "\"");
	free(named);
}

/* Support may lift what lifts itself in time, and says why. */
static bool may_lift(
	struct request *request, const char *note, struct store_change *change)
{
	change->only_soft = request->role == WEB_ROLE_SUPPORT;
	if (!change->only_soft || (note != NULL && !text_is_blank(note)))
		return true;
	reply_problem(request, 403, "role",
		"the token \"%s\" has the role support: it removes only with a note that "
		"says why (?note=…)",
		request->actor);
	return false;
}

static void lift(struct request *request, struct store_change *change)
{
	if (!api_change_condition(request, change) || !api_change_submit(request, change))
		return;
	if (change->result == STORE_CONFLICT)
		api_change_conflict(request, change);
	else if (change->result == STORE_NOT_SOFT)
		reply_problem(request, 403, "role",
			"the token \"%s\" has the role support: it removes soft-bounce, "
			"no-such-domain and quarantine entries, and more than these "
			"suppresses %s",
			request->actor, change->entry.address);
	else
		reply_empty(request, 204);
}

void api_suppression_delete(struct request *request)
{
	static const char *const known[] = {"scope", "note", NULL};
	char normal[SES_ADDRESS_MAX];
	struct store_change change = {.kind = STORE_REMOVE};
	char *scope = NULL, *note = NULL, *original = NULL;

	if (request_query_is_known(request, known) &&
		api_argument_address(request, normal) &&
		api_query_scope(request, &scope) && api_query_note(request, &note) &&
		may_lift(request, note, &change) &&
		(original = api_change_original(request)) != NULL) {
		change.entry.address = normal;
		change.entry.original = original;
		change.entry.scope = scope == NULL ? "" : scope;
		change.entry.note = note == NULL ? "" : note;
		lift(request, &change);
	}
	free(original);
	free(scope);
	free(note);
}
