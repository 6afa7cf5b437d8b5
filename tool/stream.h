/* stream.h - one JSON document with a list in it that is printed as it comes. */
#ifndef TOOL_STREAM_H
#define TOOL_STREAM_H

#include <stddef.h>

#include "base/json.h"
#include "tool/tool.h"

/* {"NAME":[ element, … ], the members of rest }, then a newline. */
struct stream {
	struct tool *tool;
	const char *name;
	size_t count;
};

/* Borrows name. Prints nothing yet: what fails before the first element prints no JSON,
 * and what fails later is left without its end, so that nobody takes it for the whole. */
void stream_begin(struct stream *stream, struct tool *tool, const char *name);
void stream_element(struct stream *stream, const struct json *element);

/* rest is an object, or NULL; it is freed. What could not be printed for want of memory
 * is told by the tool's is_cut. */
void stream_end(struct stream *stream, struct json *rest);

#endif
