/* api_query.c - the parameters that calls of the API have in common. */
#include "web/api_query.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "web/api_members.h"
#include "web/listfile_inside.h"

#define CHOICES_TEXT_MAX 512
#define ACCOUNT_DIGITS 12

bool api_refuse_parameter(struct request *request, const char *name, const char *value,
	const char *expected)
{
	reply_problem(request, 400, "query", "%s=%.200s: %s wants %s", name, value, name,
		expected);
	return false;
}

/* The decoded value or NULL; false where a problem is set. */
static bool query_value(struct request *request, const char *name, char **value)
{
	bool found = false;

	*value = request_query(request, name, &found);
	return *value != NULL || !found;
}

bool api_query_text(struct request *request, const char *name, char **value)
{
	char *text;

	if (!query_value(request, name, &text))
		return false;
	if (text == NULL)
		return true;
	if (text_is_empty(text) || !utf8_is_valid(text, strlen(text))) {
		api_refuse_parameter(request, name, text, "UTF-8 text that is not empty");
		free(text);
		return false;
	}
	*value = text;
	return true;
}

bool api_query_limit(struct request *request, size_t *limit)
{
	char *text = NULL;
	int64_t number = 0;
	bool is_right;

	if (!api_query_text(request, "limit", &text))
		return false;
	if (text == NULL)
		return true;
	is_right =
		text_to_integer(text, &number) && number >= 1 && number <= API_LIMIT_MAX;
	if (is_right)
		*limit = (size_t) number;
	else
		api_refuse_parameter(request, "limit", text, "a number from 1 to 1000");
	free(text);
	return is_right;
}

bool api_query_id(struct request *request, const char *name, int64_t *id)
{
	char *text = NULL;
	bool is_right;

	if (!api_query_text(request, name, &text))
		return false;
	if (text == NULL)
		return true;
	is_right = text_to_integer(text, id);
	if (!is_right)
		api_refuse_parameter(request, name, text, "the id of an event");
	free(text);
	return is_right;
}

bool api_query_time(struct request *request, const char *name, utc_ms now, utc_ms *time)
{
	char *text = NULL;
	int64_t ago;
	bool is_right = true;

	if (!api_query_text(request, name, &text))
		return false;
	if (text == NULL)
		return true;
	if (duration_parse(text, &ago))
		*time = now - ago;
	else
		is_right = utc_parse(text, time);
	if (!is_right)
		api_refuse_parameter(request, name, text,
			"a time such as 2026-01-31T12:00:00Z, or how long ago: 24h, 7d");
	free(text);
	return is_right;
}

static void refuse_choice(struct request *request, const char *name, const char *text,
	const char *const *choices)
{
	struct buffer expected;

	buffer_init(&expected, CHOICES_TEXT_MAX);
	buffer_append_text(&expected, "one of");
	for (size_t i = 0; choices[i]; i++)
		buffer_format(&expected, "%s %s", i ? "," : "", choices[i]);
	api_refuse_parameter(
		request, name, text, expected.failed ? "another value" : expected.bytes);
	buffer_finish(&expected);
}

bool api_query_choice(struct request *request, const char *name,
	const char *const *choices, size_t *index)
{
	char *text = NULL;

	if (!api_query_text(request, name, &text))
		return false;
	if (text == NULL)
		return true;
	for (size_t i = 0; choices[i]; i++) {
		if (text_equal(choices[i], text)) {
			*index = i;
			free(text);
			return true;
		}
	}
	refuse_choice(request, name, text, choices);
	free(text);
	return false;
}

bool api_query_account(struct request *request, char **account)
{
	char *text = NULL;

	if (!api_query_text(request, "account", &text))
		return false;
	if (text != NULL && (strlen(text) != ACCOUNT_DIGITS ||
				    !text_is_made_of(text, "0123456789"))) {
		api_refuse_parameter(request, "account", text, "twelve digits");
		free(text);
		return false;
	}
	*account = text;
	return true;
}

static bool refuse_cursor(struct request *request)
{
	reply_problem(request, 400, "cursor",
		"this cursor is damaged or belongs to another list; give the \"next\" of "
		"the page before as it was, or begin without one");
	return false;
}

bool api_query_cursor(
	struct request *request, enum cursor_kind kind, struct cursor *cursor)
{
	char *text = NULL;
	bool is_right;

	if (!api_query_text(request, "cursor", &text))
		return false;
	is_right =
		text == NULL || cursor_read(text, kind, cursor) || refuse_cursor(request);
	free(text);
	return is_right;
}

bool api_query_cursor_id(struct request *request, enum cursor_kind kind, int64_t *id)
{
	char *text = NULL;
	bool is_right;

	if (!api_query_text(request, "cursor", &text))
		return false;
	is_right =
		text == NULL || cursor_read_id(text, kind, id) || refuse_cursor(request);
	free(text);
	return is_right;
}

const char api_scope_expected[] =
	"\"\" for everything, the name of a configuration set, tenant:NAME or account:ID "
	"(twelve digits): at most 256 bytes without commas and control characters";
const char api_scopes_expected[] =
	"the stream of the mail: the name of a configuration set, tenant:NAME, "
	"account:ID "
	"(twelve digits), or up to 8 of these with commas between";

bool api_query_scope(struct request *request, char **scope)
{
	char *text;

	if (!query_value(request, "scope", &text))
		return false;
	if (text != NULL && !ses_scope_is_valid(text)) {
		api_refuse_parameter(request, "scope", text, api_scope_expected);
		free(text);
		return false;
	}
	*scope = text;
	return true;
}

bool api_query_scopes(struct request *request, struct ses_scopes *scopes)
{
	bool is_right;
	char *text;

	if (!query_value(request, "scope", &text))
		return false;
	is_right = ses_scopes_parse(text == NULL ? "" : text, scopes);
	if (!is_right)
		api_refuse_parameter(request, "scope", text, api_scopes_expected);
	free(text);
	return is_right;
}

bool api_address_read(const char *text, char normal[SES_ADDRESS_MAX])
{
	return listfile_address(text, strlen(text), normal);
}

static bool refuse_address(struct request *request, const char *text)
{
	reply_problem(request, 400, "not-an-address",
		"\"%.100s\" is no mail address; one looks like local-part@domain, or "
		"@domain for all of a domain; in a path its / %% ? and # are written "
		"%%2F "
		"%%25 %%3F and %%23",
		text);
	return false;
}

bool api_query_address(
	struct request *request, char normal[SES_ADDRESS_MAX], char **asked)
{
	char *text;

	if (!query_value(request, "address", &text))
		return false;
	if (text != NULL && !api_address_read(text, normal)) {
		refuse_address(request, text);
		free(text);
		return false;
	}
	*asked = text;
	return true;
}

bool api_argument_address(struct request *request, char normal[SES_ADDRESS_MAX])
{
	return api_address_read(request->argument, normal) ||
	       refuse_address(request, request->argument);
}

/* A prefix is compared with normal forms, which are lower case where they are ASCII. */
bool api_query_prefix(struct request *request, char **prefix)
{
	if (!api_query_text(request, "prefix", prefix))
		return false;
	if (*prefix != NULL)
		text_to_lower(*prefix);
	return true;
}

bool api_query_note(struct request *request, char **note)
{
	if (!api_query_text(request, "note", note))
		return false;
	if (*note == NULL || strlen(*note) <= API_NOTE_MAX)
		return true;
	return api_refuse_parameter(
		request, "note", *note, "a text of at most 1000 bytes");
}
