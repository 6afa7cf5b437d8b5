/* lines.h - small text files, a line at a time, with the line's number. */
#ifndef DAEMON_LINES_H
#define DAEMON_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

#define LINES_FILE_MAX ((size_t) 1 << 20)

struct lines {
	struct buffer bytes;
	size_t offset;
	unsigned number;	/* of the line given last, from 1 */
	bool is_world_readable; /* the file */
};

/* Reads a regular file whole. error says why not, and as which user we tried. */
bool lines_open(struct lines *lines, const char *file, struct error *error)
	__attribute__((warn_unused_result));

/* The same over bytes at hand, which are copied. */
bool lines_take(struct lines *lines, const char *bytes, size_t length)
	__attribute__((warn_unused_result));

/* Overwrites and frees. */
void lines_close(struct lines *lines);

/* The next line without its end (LF or CR LF) and, at the beginning of the file, without
 * a byte order mark; NUL-terminated; the text lives until lines_close. NULL at the end.
 */
char *lines_next(struct lines *lines, size_t *length);

/* Why a line is no text (a NUL or another control character, bytes that are not UTF-8),
 * or NULL if it is. */
const char *lines_flaw(const char *line, size_t length);

#endif
