/* where.c - "provider=google,diagnostic~5.1.1,since=…": a choice among the list. */
#include "tool/where.h"

#include <string.h>

#include "base/text.h"
#include "tool/when.h"

#define VALUE_MAX 512

static const char known[] =
	"provider=NAME, reason=NAME, since=TIME, until=TIME and diagnostic~TEXT";

/* The next condition, without the backslash before a comma; false if it is too long. */
static bool next_condition(const char **text, char condition[VALUE_MAX])
{
	size_t length = 0;

	while (**text != '\0' && **text != ',') {
		if (**text == '\\' && (*text)[1] == ',')
			++*text;
		if (length + 1 == VALUE_MAX)
			return false;
		condition[length++] = *(*text)++;
	}
	condition[length] = '\0';
	*text += **text == ',';
	return true;
}

static bool put_time(struct json *where, const char *name, const char *value, utc_ms now,
	struct error *error)
{
	utc_ms time;

	if (!when_parse(name, value, now, WHEN_PAST, &time, error))
		return false;
	json_put_time(where, name, time);
	return true;
}

static bool put_condition(
	struct json *where, char *condition, utc_ms now, struct error *error)
{
	char *sign = strpbrk(condition, "=~");
	const char *value;
	char kind;

	if (sign == NULL || sign[1] == '\0')
		return error_set(
			error, "--where %.60s: conditions are %s", condition, known);
	kind = *sign;
	*sign = '\0';
	value = sign + 1;
	if (json_member(where, condition) != NULL)
		return error_set(error, "--where: %.60s is given twice", condition);
	if (kind == '~' && text_equal(condition, "diagnostic")) {
		json_put_text(where, condition, value);
		return true;
	}
	if (kind == '=' &&
		(text_equal(condition, "provider") || text_equal(condition, "reason"))) {
		json_put_text(where, condition, value);
		return true;
	}
	if (kind == '=' &&
		(text_equal(condition, "since") || text_equal(condition, "until")))
		return put_time(where, condition, value, now, error);
	return error_set(error, "--where: there is no condition %.60s%c; there are %s",
		condition, kind, known);
}

struct json *where_read(const char *text, utc_ms now, struct error *error)
{
	struct json *where = json_object();
	char condition[VALUE_MAX];

	while (*text != '\0') {
		if (!next_condition(&text, condition)) {
			error_set(error, "--where: a condition is too long");
			goto failed;
		}
		if (!put_condition(where, condition, now, error))
			goto failed;
	}
	if (json_member(where, "since") == NULL) {
		error_set(error, "--where needs since=TIME: conditions are %s", known);
		goto failed;
	}
	if (json_member(where, "until") == NULL)
		json_put_time(where, "until", now);
	return where;
failed:
	json_free(where);
	return NULL;
}
