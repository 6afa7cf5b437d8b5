/* buffer.h - bytes that grow, up to a limit. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * After a failure (limit reached, out of memory) failed stays true and nothing more is
 * added, so that a caller may append many times and look once at the end. bytes is always
 * followed by a NUL that length does not count, or is NULL while nothing was added.
 */
struct buffer {
	char *bytes;
	size_t length;
	size_t capacity;
	size_t limit;
	bool failed;
};

void buffer_init(struct buffer *buffer, size_t limit);

/* Frees the bytes; the buffer is empty and usable again, with the same limit. */
void buffer_finish(struct buffer *buffer);

/* For so many bytes at once, where one knows: they are appended without taking memory. */
bool buffer_make_room(struct buffer *buffer, size_t length);

bool buffer_append(struct buffer *buffer, const void *bytes, size_t length);
bool buffer_append_text(struct buffer *buffer, const char *text);
bool buffer_format(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A word for sh, in single quotes: the shell takes all of it as it is. */
bool buffer_append_quoted(struct buffer *buffer, const char *text);

/* Hands the bytes over to the caller, who frees them, and leaves the buffer empty. NULL
 * if the buffer failed or is out of memory; an empty buffer gives "". */
char *buffer_take(struct buffer *buffer, size_t *length);

#endif
