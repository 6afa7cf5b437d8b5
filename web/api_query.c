/* api_query.c - the parameters that calls of the API have in common. */
#include "web/api_query.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

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

bool api_scope_is_right(const char *scope)
{
	size_t length = strlen(scope);

	if (length > API_SCOPE_MAX || !utf8_is_valid(scope, length))
		return false;
	for (const unsigned char *byte = (const unsigned char *) scope; *byte; byte++)
		if (*byte < 0x20 || *byte == 0x7f)
			return false;
	return true;
}

bool api_query_scope(struct request *request, char **scope)
{
	char *text;

	if (!query_value(request, "scope", &text))
		return false;
	if (text != NULL && !api_scope_is_right(text)) {
		api_refuse_parameter(request, "scope", text,
			"the name of a configuration set, or tenant:NAME, of at most 256 "
			"bytes");
		free(text);
		return false;
	}
	*scope = text;
	return true;
}

bool api_argument_address(struct request *request, char normal[SES_ADDRESS_MAX])
{
	const char *text = request->argument;

	if (ses_address_normalise(text, strlen(text), normal))
		return true;
	reply_problem(request, 400, "not-an-address",
		"\"%.200s\" is no mail address; one looks like local-part@domain, and in "
		"a path its / %% ? and # are written %%2F %%25 %%3F and %%23",
		text);
	return false;
}
