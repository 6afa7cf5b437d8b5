/* answer.c - an answer of HTTP/1.1, as far as it is there. */
#include "tests/bench/parts/answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define STATUS_PLACE 9 /* after "HTTP/1.1 " */

/* The value of a field of the head, NULL if it is not there. name: "\r\nName:". */
static const char *field(const char *text, const char *head_end, const char *name)
{
	const char *found = strcasestr(text, name);

	if (found == NULL || found >= head_end)
		return NULL;
	found += strlen(name);
	return found + strspn(found, " \t");
}

static bool field_is(
	const char *text, const char *head_end, const char *name, const char *value)
{
	const char *found = field(text, head_end, name);

	return found != NULL && strncasecmp(found, value, strlen(value)) == 0;
}

/* Walks over the chunks that begin at body. */
static enum answer_state read_chunks(
	const char *text, size_t length, size_t body, struct answer *answer)
{
	for (;;) {
		const char *line = text + body, *line_end = strstr(line, "\r\n");
		char *size_end;
		size_t size;

		if (line_end == NULL)
			return ANSWER_PART;
		size = strtoul(line, &size_end, 16);
		if (size_end == line)
			return ANSWER_WRONG;
		body = (size_t) (line_end - text) + 2 + size + 2;
		if (body > length)
			return ANSWER_PART;
		if (size == 0)
			break;
	}
	answer->length = body;
	return ANSWER_WHOLE;
}

enum answer_state answer_read(const char *text, size_t length, struct answer *answer)
{
	const char *head_end = strstr(text, "\r\n\r\n"), *size;
	size_t body;

	if (head_end == NULL)
		return ANSWER_PART;
	if (strncmp(text, "HTTP/1.", 7) != 0)
		return ANSWER_WRONG;
	body = (size_t) (head_end - text) + 4;
	answer->status = (int) strtol(text + STATUS_PLACE, NULL, 10);
	answer->ends_connection =
		field_is(text, head_end, "\r\nConnection:", "close") || text[7] == '0';
	if (field_is(text, head_end, "\r\nTransfer-Encoding:", "chunked"))
		return read_chunks(text, length, body, answer);
	size = field(text, head_end, "\r\nContent-Length:");
	if (size == NULL && answer->status != 204)
		return ANSWER_WRONG;
	answer->length = body + (size == NULL ? 0 : strtoul(size, NULL, 10));
	return answer->length <= length ? ANSWER_WHOLE : ANSWER_PART;
}
