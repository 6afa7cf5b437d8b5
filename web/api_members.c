/* api_members.c - the members that bodies of several calls have in common. */
#include "web/api_members.h"

#include <string.h>

#include "base/text.h"
#include "ses/scope.h"
#include "web/api_query.h"

static bool refuse(struct error *error, const char *name, const char *expected)
{
	return error_set(error, "\"%s\" takes %s", name, expected);
}

/* "reason, scope and note". */
static void list_names(const char *const *names, struct buffer *text)
{
	for (size_t i = 0; names[i] != NULL; i++) {
		if (i > 0)
			buffer_append_text(text, names[i + 1] == NULL ? " and " : ", ");
		buffer_append_text(text, names[i]);
	}
}

bool api_members_are_known(const struct json *object, const char *const *names,
	const char *what, struct error *error)
{
	struct buffer known;

	for (const struct json *member = json_first(object); member != NULL;
		member = json_next(member)) {
		const char *name = json_name(member);
		size_t i = 0;

		while (names[i] != NULL && !text_equal(names[i], name))
			i++;
		if (names[i] != NULL && json_has_once(object, name))
			continue;
		if (names[i] != NULL)
			return refuse(error, name, "one value, once, not several");
		buffer_init(&known, 300);
		list_names(names, &known);
		error_set(error, "there is no member \"%.100s\"; %s takes %s", name, what,
			known.failed ? "others" : known.bytes);
		buffer_finish(&known);
		return false;
	}
	return true;
}

bool api_member_text(const struct json *object, const char *name, const char *expected,
	const char **text, struct error *error)
{
	const struct json *member = json_member(object, name);

	if (member == NULL || json_is_null(member))
		return true;
	if (json_as_text(member) == NULL)
		return refuse(error, name, expected);
	*text = json_as_text(member);
	return true;
}

bool api_member_scope(const struct json *object, const char **scope, struct error *error)
{
	const char *text = NULL;

	if (!api_member_text(object, "scope", api_scope_expected, &text, error))
		return false;
	if (text != NULL && !ses_scope_is_valid(text))
		return refuse(error, "scope", api_scope_expected);
	if (text != NULL)
		*scope = text;
	return true;
}

bool api_member_note(const struct json *object, const char **note, struct error *error)
{
	static const char expected[] = "a text of at most 1000 bytes";
	const char *text = NULL;

	if (!api_member_text(object, "note", expected, &text, error))
		return false;
	if (text != NULL && strlen(text) > API_NOTE_MAX)
		return refuse(error, "note", expected);
	if (text != NULL)
		*note = text;
	return true;
}

bool api_member_time(const struct json *object, const char *name, const char *expected,
	utc_ms *time, struct error *error)
{
	const char *text = NULL;

	if (!api_member_text(object, name, expected, &text, error))
		return false;
	return text == NULL || utc_parse(text, time) || refuse(error, name, expected);
}

static bool member_expires(
	const struct json *object, utc_ms now, utc_ms *expires, struct error *error)
{
	static const char expected[] =
		"a time in the future, such as 2026-01-31T12:00:00Z, or null for never";

	if (!api_member_time(object, "expires", expected, expires, error))
		return false;
	return *expires == UTC_NONE || *expires > now ||
	       refuse(error, "expires", expected);
}

static bool member_reason(
	const struct json *object, enum ses_reason *reason, struct error *error)
{
	static const char expected[] =
		"one of bounce, complaint, soft-bounce, manual, import, ses-list";
	const char *text = NULL;

	if (!api_member_text(object, "reason", expected, &text, error))
		return false;
	if (text == NULL)
		return true;
	if (!ses_reason_from_name(text, reason))
		return refuse(error, "reason", expected);
	if (*reason == SES_REASON_QUARANTINE || *reason == SES_REASON_NO_SUCH_DOMAIN)
		return error_set(error,
			"\"reason\" takes %s; %s is what only feedback can tell",
			expected, text);
	return true;
}

bool api_member_entry(const struct json *object, utc_ms now,
	struct store_suppression *entry, struct error *error)
{
	return member_reason(object, &entry->reason, error) &&
	       member_expires(object, now, &entry->expires, error) &&
	       api_member_scope(object, &entry->scope, error) &&
	       api_member_note(object, &entry->note, error);
}
