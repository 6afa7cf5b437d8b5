/* buffer.c - bytes that grow, up to a limit. */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST ((size_t) 256)

void buffer_init(struct buffer *buffer, size_t limit)
{
	memset(buffer, 0, sizeof(*buffer));
	buffer->limit = limit;
}

void buffer_finish(struct buffer *buffer)
{
	free(buffer->bytes);
	buffer_init(buffer, buffer->limit);
}

static bool fail(struct buffer *buffer)
{
	buffer->failed = true;
	return false;
}

/* Makes room for length more bytes and a NUL. */
static bool reserve(struct buffer *buffer, size_t length)
{
	size_t needed, capacity;
	char *bytes;

	if (buffer->failed)
		return false;
	if (length > buffer->limit - buffer->length ||
		length > SIZE_MAX / 4 - buffer->length)
		return fail(buffer);
	needed = buffer->length + length + 1;
	if (needed <= buffer->capacity)
		return true;
	capacity = buffer->capacity * 2 > CAPACITY_FIRST ? buffer->capacity * 2
							 : CAPACITY_FIRST;
	if (capacity - 1 > buffer->limit)
		capacity = buffer->limit + 1;
	if (capacity < needed)
		capacity = needed;
	bytes = realloc(buffer->bytes, capacity);
	if (!bytes)
		return fail(buffer);
	buffer->bytes = bytes;
	buffer->capacity = capacity;
	return true;
}

bool buffer_make_room(struct buffer *buffer, size_t length)
{
	if (!reserve(buffer, length))
		return false;
	buffer->bytes[buffer->length] = '\0';
	return true;
}

bool buffer_append(struct buffer *buffer, const void *bytes, size_t length)
{
	if (length == 0)
		return !buffer->failed;
	if (!reserve(buffer, length))
		return false;
	memcpy(buffer->bytes + buffer->length, bytes, length);
	buffer->length += length;
	buffer->bytes[buffer->length] = '\0';
	return true;
}

bool buffer_append_text(struct buffer *buffer, const char *text)
{
	return buffer_append(buffer, text, strlen(text));
}

bool buffer_format(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		return fail(buffer);
	if (length == 0)
		return !buffer->failed;
	if (!reserve(buffer, (size_t) length))
		return false;
	va_start(arguments, format);
	(void) vsnprintf(
		buffer->bytes + buffer->length, (size_t) length + 1, format, arguments);
	va_end(arguments);
	buffer->length += (size_t) length;
	return true;
}

bool buffer_append_quoted(struct buffer *buffer, const char *text)
{
	const char *quote;

	buffer_append_text(buffer, "'");
	while ((quote = strchr(text, '\'')) != NULL) {
		buffer_append(buffer, text, (size_t) (quote - text));
		buffer_append_text(buffer, "'\\''");
		text = quote + 1;
	}
	buffer_append_text(buffer, text);
	return buffer_append_text(buffer, "'");
}

char *buffer_take(struct buffer *buffer, size_t *length)
{
	char *bytes = NULL;
	size_t bytes_length = buffer->length;

	if (!buffer->failed) {
		bytes = buffer->bytes ? buffer->bytes : calloc(1, 1);
		buffer->bytes = NULL;
	}
	buffer_finish(buffer);
	if (bytes && length)
		*length = bytes_length;
	return bytes;
}
