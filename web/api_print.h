/* api_print.h - JSON that is written straight into an answer, without a tree of it first.
 * Private to web/. */
#ifndef WEB_API_PRINT_H
#define WEB_API_PRINT_H

#include <stdint.h>

#include "base/buffer.h"
#include "store/store.h"

/* For answers that are made thousands of times a second, or of thousands of rows. Each
 * writes the same bytes as json_print would; a failure is buffer->failed. Names are
 * literals that need no escape. */

/* "text", escaped; NULL: null. */
void print_text(struct buffer *buffer, const char *text);
void print_integer(struct buffer *buffer, int64_t number);

/* What api_entry_json_asked makes; asked NULL: no such member. */
void print_entry(
	struct buffer *buffer, const struct store_suppression *entry, const char *asked);

#endif
