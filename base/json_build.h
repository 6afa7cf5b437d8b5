/* json_build.h - the tree of a JSON text, in one block of memory. Private to base/. */
#ifndef BASE_JSON_BUILD_H
#define BASE_JSON_BUILD_H

#include <stddef.h>

#include "base/error.h"
#include "base/json_scan.h"

struct cJSON;

/*
 * Makes the tree of a text that json_scan let through, with the size that it found. Root,
 * values and texts lie in one block, with the root at its beginning and marked as a
 * reference, so that cJSON_Delete looks at nothing below it and frees the block. Nothing
 * may be hung into or taken out of the tree; it may be hung whole into another. NULL with
 * the reason in error and errno ENOMEM or EINVAL.
 */
struct cJSON *json_build(const char *text, size_t length, const struct json_size *size,
	struct error *error);

#endif
