/* api_suppression_put.c - an entry of the suppression list, put by hand. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "web/api.h"
#include "web/api_entry.h"
#include "web/api_query.h"
#include "web/api_reply.h"

#define NOTE_MAX 1000 /* bytes */

static bool refuse_member(struct request *request, const char *name, const char *expected)
{
	reply_problem(request, 400, "body", "\"%s\" takes %s", name, expected);
	return false;
}

/* The text of a member that may be absent or null: then NULL. */
static bool member_text(struct request *request, const struct json *body,
	const char *name, const char *expected, const char **text)
{
	const struct json *member = json_member(body, name);

	*text = NULL;
	if (member == NULL || json_is_null(member))
		return true;
	*text = json_as_text(member);
	return *text != NULL || refuse_member(request, name, expected);
}

static bool members_are_known(struct request *request, const struct json *body)
{
	static const char *const known[] = {"reason", "scope", "expires", "note"};
	const size_t count = sizeof(known) / sizeof(known[0]);

	for (const struct json *member = json_first(body); member != NULL;
		member = json_next(member)) {
		size_t i = 0;

		while (i < count && !text_equal(known[i], json_name(member)))
			i++;
		if (i == count) {
			reply_problem(request, 400, "body",
				"there is no member \"%.100s\"; an entry takes reason, "
				"scope, expires and note",
				json_name(member));
			return false;
		}
		if (!json_has_once(body, known[i]))
			return refuse_member(request, known[i], "one value, not several");
	}
	return true;
}

static bool read_expires(struct request *request, const struct json *body, utc_ms now,
	struct store_suppression *entry)
{
	static const char expected[] =
		"a time in the future, such as 2026-01-31T12:00:00Z, or null for never";
	const char *text;

	if (!member_text(request, body, "expires", expected, &text))
		return false;
	if (text == NULL)
		return true;
	if (!utc_parse(text, &entry->expires) || entry->expires <= now)
		return refuse_member(request, "expires", expected);
	return true;
}

static bool read_reason(
	struct request *request, const struct json *body, struct store_suppression *entry)
{
	static const char expected[] =
		"one of bounce, complaint, soft-bounce, manual, import, ses-list";
	const char *text;

	if (!member_text(request, body, "reason", expected, &text))
		return false;
	if (text != NULL && !ses_reason_from_name(text, &entry->reason))
		return refuse_member(request, "reason", expected);
	return true;
}

/* Texts of entry are borrowed from body. */
static bool read_members(struct request *request, const struct json *body, utc_ms now,
	struct store_suppression *entry)
{
	static const char scope_expected[] = "\"\" for everything, the name of a "
					     "configuration set, or tenant:NAME: at "
					     "most 256 bytes without control characters";
	static const char note_expected[] = "a text of at most 1000 bytes";
	const char *text;

	if (!members_are_known(request, body) || !read_reason(request, body, entry) ||
		!read_expires(request, body, now, entry))
		return false;
	if (!member_text(request, body, "scope", scope_expected, &text))
		return false;
	if (text != NULL && !api_scope_is_right(text))
		return refuse_member(request, "scope", scope_expected);
	if (text != NULL)
		entry->scope = text;
	if (!member_text(request, body, "note", note_expected, &text))
		return false;
	if (text != NULL && strlen(text) > NOTE_MAX)
		return refuse_member(request, "note", note_expected);
	if (text != NULL)
		entry->note = text;
	return true;
}

static void put_entry(struct request *request, const struct store_suppression *entry)
{
	struct store_job job = {
		.kind = STORE_SUPPRESS, .suppression = *entry, .now = entry->since};
	struct json *stored;
	struct error error;

	if (store_submit_and_wait(request->store, &job) == STORE_FAILED) {
		api_reply_not_stored(request);
		return;
	}
	if (!api_entry_find(request->store, entry->address, entry->scope, entry->since,
		    &stored, &error)) {
		reply_store_failed(request, &error);
		return;
	}
	/* Gone already: somebody else deleted it just now. We show what we put. */
	if (stored == NULL)
		stored = api_entry_json(entry);
	reply_json(request, job.changed ? 201 : 200, stored);
}

void api_suppression_put(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	char normal[SES_ADDRESS_MAX];
	struct store_suppression entry = {.address = normal,
		.scope = "",
		.reason = SES_REASON_MANUAL,
		.is_certain = true,
		.expires = UTC_NONE,
		.at_ses = -1,
		.note = ""};
	size_t length = strlen(request->argument);
	const char *trimmed = text_trim(request->argument, &length);
	struct json *body = NULL;
	char *original = NULL;

	if (!request_query_is_known(request, no_parameters) ||
		!api_argument_address(request, normal))
		return;
	/* Every member has a default: no body at all is an empty object. */
	if (request->body.length > 0 && (body = request_json(request)) == NULL)
		return;
	original = text_copy(trimmed, length);
	entry.original = original;
	entry.since = clock_now();
	if (original == NULL)
		api_reply_no_memory(request);
	else if (read_members(request, body, entry.since, &entry))
		put_entry(request, &entry);
	free(original);
	json_free(body);
}
