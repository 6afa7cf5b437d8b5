/* json_scan.h - what cJSON would let through, seen before it. Private to base/. */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"

/* U+FFFD, what damage is replaced with. */
#define JSON_REPLACEMENT "\xef\xbf\xbd"

/*
 * Looks at each byte once: bytes that are no JSON, depth, numbers, strings. It does not
 * check how values, commas and colons follow one another; cJSON does that. If something
 * was mended (JSON_REPAIR), repaired, which is empty before, holds the whole text anew;
 * else it stays empty.
 */
bool json_scan(const char *text, size_t length, enum json_care care, size_t values_max,
	struct buffer *repaired, struct error *error) __attribute__((warn_unused_result));

/* text if it is UTF-8, else a mended copy that lives in buffer, which is empty before.
 * NULL without memory. */
const char *json_make_utf8(const char *text, struct buffer *buffer);

#endif
