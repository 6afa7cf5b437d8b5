/* documents.c - JSON documents of a file: one a line, one over many lines, several. */
#include "tool/documents.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "tool/input.h"

void documents_init(struct documents *documents, FILE *file)
{
	memset(documents, 0, sizeof(*documents));
	documents->file = file;
	buffer_init(&documents->line, DOCUMENT_LIMIT);
	buffer_init(&documents->document, DOCUMENT_LIMIT);
}

void documents_finish(struct documents *documents)
{
	buffer_finish(&documents->line);
	buffer_finish(&documents->document);
}

/* How deep the text so far leaves us. */
struct depth {
	long open;	/* braces and brackets that wait to be closed */
	uint64_t lists; /* a bit for each of them, the innermost lowest: it is a list */
	bool is_in_string; /* at the end of a line: no JSON any more */
};

/* How many bytes belong to the value: all, or those up to where everything is closed. */
static size_t measure(struct depth *depth, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char byte = bytes[i];

		if (depth->is_in_string) {
			if (byte == '\\')
				i++;
			else if (byte == '"')
				depth->is_in_string = false;
		} else if (byte == '"') {
			depth->is_in_string = true;
		} else if (byte == '{' || byte == '[') {
			depth->open++;
			depth->lists = depth->lists << 1 | (byte == '[');
		} else if (byte == '}' || byte == ']') {
			depth->lists >>= 1;
			if (--depth->open == 0)
				return i + 1;
		}
	}
	return length;
}

static bool is_blank(const struct buffer *line)
{
	size_t length = line->length;

	if (line->failed || length == 0)
		return !line->failed;
	text_trim(line->bytes, &length);
	return length == 0;
}

/* Makes sure that line holds the next one. */
static bool look_ahead(struct documents *documents)
{
	if (documents->has_line)
		return true;
	if (!input_read_line(documents->file, &documents->line))
		return false;
	documents->line_number++;
	documents->has_line = true;
	return true;
}

/* Another value on the same line: files without a newline at their end, joined. */
static bool begins_value(const char *bytes, size_t length)
{
	bytes = text_trim(bytes, &length);
	return length > 0 && (*bytes == '{' || *bytes == '[');
}

/* Adds the line, or as much of it as closes the document. */
static void take_line(struct documents *documents, struct depth *depth)
{
	struct buffer *line = &documents->line;
	size_t length = 0;

	if (line->length > 0) {
		length = measure(depth, line->bytes, line->length);
		if (!begins_value(line->bytes + length, line->length - length))
			length = line->length;
		buffer_append(&documents->document, line->bytes, length);
	}
	buffer_append_text(&documents->document, "\n");
	if (line->failed || documents->document.failed)
		documents->is_cut = true;
	documents->has_line = length < line->length;
	if (documents->has_line) {
		line->length -= length;
		memmove(line->bytes, line->bytes + length, line->length);
		line->bytes[line->length] = '\0';
	}
}

/* Whether an element of a list may stand next. */
static bool awaits_element(const struct documents *documents, const struct depth *depth)
{
	size_t length = documents->document.length;
	const char *text = text_trim(documents->document.bytes, &length);

	return (depth->lists & 1) && (text[length - 1] == '[' || text[length - 1] == ',');
}

/* A line that is an object by itself, while an object waits to be closed: the one before
 * was cut off, unless it is the element that a list waits for. */
static bool begins_anew(const struct documents *documents, const struct depth *before)
{
	const struct buffer *line = &documents->line;
	struct depth depth = {0};
	size_t length = line->length;

	if (awaits_element(documents, before))
		return false;
	if (documents->document.bytes[0] != '{' || length == 0 || line->bytes[0] != '{')
		return false;
	text_trim(line->bytes, &length);
	return measure(&depth, line->bytes, length) == length && depth.open == 0 &&
	       line->bytes[length - 1] == '}';
}

static void start(struct documents *documents)
{
	documents->document.length = 0;
	documents->document.failed = false;
	documents->is_cut = false;
	documents->first_line = documents->line_number;
}

bool documents_next(struct documents *documents)
{
	struct depth depth = {0};

	do {
		if (!look_ahead(documents))
			return false;
		if (is_blank(&documents->line))
			documents->has_line = false;
	} while (!documents->has_line);
	start(documents);
	take_line(documents, &depth);
	/* A string never goes on in the next line. */
	while (depth.open > 0 && !depth.is_in_string && !documents->is_cut) {
		if (!look_ahead(documents) || begins_anew(documents, &depth)) {
			documents->is_cut = true;
			break;
		}
		take_line(documents, &depth);
	}
	return true;
}
