/* where.h - "provider=google,diagnostic~5.1.1,since=…": a choice among the list. */
#ifndef TOOL_WHERE_H
#define TOOL_WHERE_H

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"

/*
 * Conditions with commas between: provider=NAME, reason=NAME, since=TIME, until=TIME (of
 * when_parse), diagnostic~TEXT (its text may hold "\," for a comma). since is needed, and
 * until is now where it is absent. The object of the API, freed with json_free; NULL with
 * error.
 */
struct json *where_read(const char *text, utc_ms now, struct error *error);

#endif
