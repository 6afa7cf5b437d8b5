/* api_remove.c - takes many off the list: those named, or those that bounces put there.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/api_bulk.h"
#include "web/api_members.h"
#include "web/api_query.h"
#include "web/api_remove_where.h"

static bool refuse_member(struct request *request, const char *name, const char *expected)
{
	reply_problem(request, 400, "body", "\"%s\" takes %s", name, expected);
	return false;
}

static bool copy_text(const char *text, char *copy, size_t size)
{
	if (text == NULL || strlen(text) >= size)
		return text == NULL;
	snprintf(copy, size, "%s", text);
	return true;
}

static bool read_reason(struct request *request, const struct json *where,
	struct removal_choice *choice, struct error *error)
{
	static const char expected[] = "one of bounce, quarantine, soft-bounce";
	const char *text = "bounce";

	if (api_member_text(where, "reason", expected, &text, error) &&
		ses_reason_from_name(text, &choice->reason) &&
		(choice->reason == SES_REASON_BOUNCE ||
			choice->reason == SES_REASON_QUARANTINE ||
			choice->reason == SES_REASON_SOFT_BOUNCE))
		return true;
	return refuse_member(request, "where\".\"reason", expected);
}

static bool read_texts(struct request *request, const struct json *where,
	struct removal_choice *choice, struct error *error)
{
	static const char provider_expected[] =
		"the name of a provider, such as google, or a domain";
	static const char diagnostic_expected[] =
		"a text of 1 to 511 bytes that stands in the diagnostics";
	const char *provider = NULL, *diagnostic = NULL;

	if (!api_member_text(where, "provider", provider_expected, &provider, error) ||
		(provider != NULL && *provider == '\0') ||
		!copy_text(provider, choice->provider, sizeof(choice->provider)))
		return refuse_member(request, "where\".\"provider", provider_expected);
	if (!api_member_text(
		    where, "diagnostic", diagnostic_expected, &diagnostic, error) ||
		(diagnostic != NULL && *diagnostic == '\0') ||
		!copy_text(diagnostic, choice->diagnostic, sizeof(choice->diagnostic)))
		return refuse_member(
			request, "where\".\"diagnostic", diagnostic_expected);
	return true;
}

static bool read_times(struct request *request, const struct json *where,
	struct removal_choice *choice, struct error *error)
{
	static const char expected[] =
		"a time such as 2026-01-31T12:00:00Z; both since and until are needed, "
		"and since is the earlier one";

	choice->since = choice->until = UTC_NONE;
	if (!api_member_time(where, "since", expected, &choice->since, error) ||
		choice->since == UTC_NONE)
		return refuse_member(request, "where\".\"since", expected);
	if (!api_member_time(where, "until", expected, &choice->until, error) ||
		choice->until <= choice->since)
		return refuse_member(request, "where\".\"until", expected);
	return true;
}

static bool read_dry_run(struct request *request, const struct json *body, bool *is_dry)
{
	const struct json *member = json_member(body, "dry_run");

	*is_dry = false;
	if (member == NULL || json_is_null(member))
		return true;
	return (json_is_boolean(member) && json_boolean(body, "dry_run", is_dry)) ||
	       refuse_member(request, "dry_run", "true or false");
}

static bool read_choice(
	struct request *request, const struct json *body, struct removal_choice *choice)
{
	static const char *const known[] = {
		"provider", "diagnostic", "reason", "since", "until", NULL};
	const struct json *where = json_member(body, "where");
	struct error error;

	if (!json_is_object(where))
		return refuse_member(request, "where",
			"an object with since and until, and provider, diagnostic and "
			"reason");
	if (!api_members_are_known(where, known, "\"where\"", &error)) {
		reply_problem(request, 400, "body", "%s", error.text);
		return false;
	}
	return read_reason(request, where, choice, &error) &&
	       read_texts(request, where, choice, &error) &&
	       read_times(request, where, choice, &error) &&
	       read_dry_run(request, body, &choice->is_dry_run);
}

static void remove_where(struct request *request, const struct json *body,
	const char *scope, const char *note)
{
	struct removal_choice choice = {.has_scope = scope != NULL};

	if (request->role == WEB_ROLE_SUPPORT) {
		reply_problem(request, 403, "role",
			"the token \"%s\" has the role support: it removes addresses by "
			"name only, not \"where\"",
			request->actor);
		return;
	}
	if (!read_choice(request, body, &choice))
		return;
	if (scope != NULL)
		snprintf(choice.scope, sizeof(choice.scope), "%s", scope);
	snprintf(choice.note, sizeof(choice.note), "%s", note == NULL ? "" : note);
	removal_begin(request, &choice);
}

static void remove_named(struct request *request, const struct json *body,
	const char *scope, const char *note)
{
	if (json_member(body, "dry_run") != NULL)
		refuse_member(request, "dry_run", "true or false, beside \"where\" only");
	else if (request->role == WEB_ROLE_SUPPORT && text_is_blank(note))
		reply_problem(request, 403, "role",
			"the token \"%s\" has the role support: it removes only with a "
			"\"note\" that says why",
			request->actor);
	else
		api_bulk_remove(request, body, scope == NULL ? "" : scope,
			note == NULL ? "" : note);
}

static void remove_some(struct request *request, const struct json *body)
{
	static const char *const known[] = {
		"addresses", "where", "dry_run", "scope", "note", NULL};
	const char *scope = NULL, *note = NULL;
	struct error error;

	if (!api_members_are_known(body, known, "the call", &error) ||
		!api_member_scope(body, &scope, &error) ||
		!api_member_note(body, &note, &error))
		reply_problem(request, 400, "body", "%s", error.text);
	else if ((json_member(body, "addresses") != NULL) ==
		 (json_member(body, "where") != NULL))
		reply_problem(request, 400, "body",
			"the call takes either \"addresses\" or \"where\"");
	else if (json_member(body, "where") != NULL)
		remove_where(request, body, scope, note);
	else
		remove_named(request, body, scope, note);
}

void api_suppressions_remove(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	struct json *body;

	if (!request_query_is_known(request, no_parameters))
		return;
	body = request_json_bounded(request, 2 * API_BULK_MAX);
	if (body != NULL)
		remove_some(request, body);
	json_free(body);
}
