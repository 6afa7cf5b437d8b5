/* scope.c - which mail an entry is about, and which stream a question names. */
#include "ses/scope.h"

#include <string.h>

#include "base/text.h"

#define TENANT "tenant:"
#define ACCOUNT "account:"
#define ACCOUNT_DIGITS 12

static bool is_account(const char *id)
{
	return strlen(id) == ACCOUNT_DIGITS && text_is_made_of(id, "0123456789");
}

static bool has_only_sound_bytes(const char *scope, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char) scope[i];

		if (byte < 0x20 || byte == 0x7f || byte == ',')
			return false;
	}
	return utf8_is_valid(scope, length);
}

/* Words that people write for "": as the name of a stream they would block nothing. */
static bool is_everything(const char *scope)
{
	return text_equal_ignoring_case(scope, "everything") ||
	       text_equal_ignoring_case(scope, "all") || text_equal(scope, "*");
}

bool ses_scope_is_valid(const char *scope)
{
	size_t length = strnlen(scope, SES_SCOPE_MAX + 1);

	if (length == 0)
		return true;
	if (length > SES_SCOPE_MAX || !has_only_sound_bytes(scope, length))
		return false;
	if (scope[0] == ' ' || scope[length - 1] == ' ')
		return false;
	if (text_begins(scope, ACCOUNT))
		return is_account(scope + strlen(ACCOUNT));
	return !text_equal(scope, TENANT) && !is_everything(scope);
}

/* Takes what stands between two commas, without the blanks around it. */
static bool take(
	struct ses_scopes *scopes, const char *bytes, size_t length, size_t *used)
{
	char *name = scopes->text + *used;

	while (length > 0 && bytes[length - 1] == ' ')
		length--;
	for (; length > 0 && bytes[0] == ' '; length--)
		bytes++;
	if (length == 0 || length > SES_SCOPE_MAX || scopes->count == SES_SCOPES_MAX)
		return false;
	memcpy(name, bytes, length);
	name[length] = '\0';
	*used += length + 1;
	scopes->names[scopes->count++] = name;
	return ses_scope_is_valid(name);
}

bool ses_scopes_parse(const char *question, struct ses_scopes *scopes)
{
	size_t used = 0;

	scopes->count = 0;
	if (question[0] == '\0')
		return true;
	for (;;) {
		size_t length = strcspn(question, ",");

		if (!take(scopes, question, length, &used))
			return false;
		if (question[length] == '\0')
			return true;
		question += length + 1;
	}
}

bool ses_scopes_include(const struct ses_scopes *scopes, const char *scope)
{
	if (scope[0] == '\0')
		return true;
	for (size_t i = 0; i < scopes->count; i++) {
		if (text_equal(scopes->names[i], scope))
			return true;
	}
	return false;
}
