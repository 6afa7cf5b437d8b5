/* entry.h - an entry of the suppression list as a person reads it. */
#ifndef TOOL_ENTRY_H
#define TOOL_ENTRY_H

#include "base/json.h"
#include "tool/client.h"
#include "tool/tool.h"
#include "tool/when.h"

/* "bounce", "complaint (one of several suspects)", "held by SES's own list", … */
const char *entry_reason(const struct json *entry);

/* "everything", or the scope's name. */
const char *entry_scope(const struct json *entry);

/* "never", or when. */
const char *entry_expires(const struct json *entry, char shown[WHEN_SIZE]);

/* All of it, one member a line. */
void entry_print(struct tool *tool, const struct json *entry);

/*
 * One call about the entry of an address ("/v1/suppressions/ADDRESS", scope NULL: for
 * everything): opens the client, which the caller closes, and asks. What went wrong was
 * said.
 */
enum tool_status entry_ask(struct tool *tool, const char *method, const char *address,
	const char *scope, struct client **client, struct answer *answer);

#endif
