/* api_suppression_put.c - an entry of the suppression list, put by hand. */
#include <stdlib.h>

#include "ses/address.h"
#include "web/api.h"
#include "web/api_change.h"
#include "web/api_entry.h"
#include "web/api_members.h"
#include "web/api_query.h"
#include "web/api_reply.h"

static void put_entry(struct request *request, struct store_change *change)
{
	const struct store_suppression *entry = &change->entry;
	struct json *stored = NULL;
	int64_t version = 0;
	struct error error;

	if (!api_change_condition(request, change) || !api_change_submit(request, change))
		return;
	if (change->result == STORE_CONFLICT) {
		api_change_conflict(request, change);
		return;
	}
	if (!api_entry_find(request->store, entry->address, entry->scope, entry->since,
		    &stored, &version, &error)) {
		reply_store_failed(request, &error);
		return;
	}
	/* Gone already: somebody else deleted it just now. We show what we put. */
	if (stored == NULL) {
		change->entry.hand = SES_HAND_SUPPRESS;
		change->entry.actor = request->actor;
		stored = api_entry_json(entry);
	}
	/* Not the version that was read: it may be somebody else's. */
	api_entry_reply(request, change->result == STORE_ADDED ? 201 : 200, stored,
		change->version);
}

static bool read_members(struct request *request, const struct json *body, char *named,
	struct store_suppression *entry)
{
	static const char *const known[] = {"reason", "scope", "expires", "note", NULL};
	struct error error;

	if (named != NULL)
		entry->scope = named;
	if (api_members_are_known(body, known, "an entry", &error) &&
		api_member_entry(body, entry->since, entry, &error))
		return true;
	reply_problem(request, 400, "body", "%s", error.text);
	return false;
}

void api_suppression_put(struct request *request)
{
	static const char *const known[] = {"scope", NULL};
	char normal[SES_ADDRESS_MAX];
	struct store_change change = {.kind = STORE_PUT,
		.entry = {.address = normal,
			.scope = "",
			.reason = SES_REASON_MANUAL,
			.is_certain = true,
			.expires = UTC_NONE,
			.at_ses = -1,
			.note = ""}};
	char *original = NULL, *named = NULL;
	struct json *body = NULL;

	if (!request_query_is_known(request, known) ||
		!api_argument_address(request, normal) ||
		!api_query_scope(request, &named))
		return;
	change.entry.since = clock_now();
	if (api_change_body(request, &body) &&
		read_members(request, body, named, &change.entry) &&
		(original = api_change_original(request)) != NULL) {
		change.entry.original = original;
		put_entry(request, &change);
	}
	free(original);
	free(named);
	json_free(body);
}
