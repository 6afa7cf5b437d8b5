/* condition.c - If-Match and If-None-Match of a change (RFC 9110, 13.1). */
#include "web/condition.h"

#include <string.h>

#include "base/text.h"

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* What stands in the quotes, if it is a version. */
static void keep_version(struct condition *condition, const char *text, size_t length)
{
	char digits[24];
	int64_t version;

	if (length >= sizeof(digits))
		return;
	memcpy(digits, text, length);
	digits[length] = '\0';
	if (text_to_integer(digits, &version) && version > 0)
		condition->versions[condition->count++] = version;
}

/* One tag of a list, and the comma behind it; NULL if it is none. */
static const char *read_tag(struct condition *condition, const char *text)
{
	bool is_weak = text_begins(text, "W/");
	const char *begin = text + (is_weak ? 2 : 0);
	const char *end;

	if (*begin != '"' || condition->count == CONDITION_TAGS_MAX)
		return NULL;
	end = strchr(begin + 1, '"');
	if (end == NULL)
		return NULL;
	if (!is_weak)
		keep_version(condition, begin + 1, (size_t) (end - begin - 1));
	end = skip_blanks(end + 1);
	if (*end == ',')
		return skip_blanks(end + 1);
	return *end == '\0' ? end : NULL;
}

static enum condition_kind read_tags(struct condition *condition, const char *text)
{
	text = skip_blanks(text);
	if (*text == '\0')
		return CONDITION_MALFORMED;
	while (*text != '\0') {
		text = read_tag(condition, text);
		if (text == NULL)
			return CONDITION_MALFORMED;
	}
	return CONDITION_VERSIONS;
}

static bool is_star(const char *text)
{
	size_t length = strlen(text);

	text = text_trim(text, &length);
	return length == 1 && *text == '*';
}

void condition_read(
	const char *if_match, const char *if_none_match, struct condition *condition)
{
	*condition = (struct condition){.kind = CONDITION_NONE};
	if (if_match != NULL && if_none_match != NULL)
		condition->kind = CONDITION_MALFORMED;
	else if (if_none_match != NULL)
		condition->kind =
			is_star(if_none_match) ? CONDITION_ABSENT : CONDITION_MALFORMED;
	else if (if_match != NULL && is_star(if_match))
		condition->kind = CONDITION_PRESENT;
	else if (if_match != NULL)
		condition->kind = read_tags(condition, if_match);
}

bool condition_holds(const struct condition *condition, int64_t version)
{
	switch (condition->kind) {
	case CONDITION_NONE:
		return true;
	case CONDITION_ABSENT:
		return version == 0;
	case CONDITION_PRESENT:
		return version > 0;
	case CONDITION_VERSIONS:
		for (size_t i = 0; i < condition->count; i++)
			if (version > 0 && condition->versions[i] == version)
				return true;
		return false;
	case CONDITION_MALFORMED:
		return false;
	}
	return false;
}
