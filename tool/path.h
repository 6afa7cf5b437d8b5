/* path.h - the path and query of a call, percent-encoded. */
#ifndef TOOL_PATH_H
#define TOOL_PATH_H

#include "base/buffer.h"

/* Any path and query: an address and a few filters. */
#define PATH_LIMIT ((size_t) 16 * 1024)

/* Adds text with everything percent-encoded but the letters, digits and "-._~" of
 * RFC 3986, 2.3. */
void path_encode(struct buffer *path, const char *text);

/* Adds "?NAME=VALUE", or "&NAME=VALUE" where the path has a query; nothing for a NULL
 * value. */
void path_query(struct buffer *path, const char *name, const char *value);

#endif
