/* when.h - times and counts as people type them and like to read them. */
#ifndef TOOL_WHEN_H
#define TOOL_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"

enum when_direction { WHEN_PAST, WHEN_FUTURE };

/*
 * "2026-11-24T05:51:47Z" (and what utc_parse reads), "2026-11-24" (midnight UTC), "now",
 * or a duration such as 24h: so long before now, or after it. name is the option, for
 * error.
 */
bool when_parse(const char *name, const char *text, utc_ms now,
	enum when_direction direction, utc_ms *time, struct error *error)
	__attribute__((warn_unused_result));

/* A whole number from least to most. */
bool when_parse_number(const char *name, const char *text, int64_t least, int64_t most,
	int64_t *number, struct error *error) __attribute__((warn_unused_result));

#define WHEN_SIZE 48

/* "2026-11-24 05:51:47Z" from the API's RFC 3339 text; "" for NULL; a text that is no
 * time stays as it is. */
const char *when_show(const char *text, char shown[WHEN_SIZE]);

/* "3 minutes ago", "in 2 days", "just now"; "never" for NULL. */
const char *when_ago(const char *text, utc_ms now, char shown[WHEN_SIZE]);

/* "3 minutes", "2 days". */
const char *when_duration(int64_t duration_ms, char shown[WHEN_SIZE]);

#endif
