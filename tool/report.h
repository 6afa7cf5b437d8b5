/* report.h - the screen that status prints. */
#ifndef TOOL_REPORT_H
#define TOOL_REPORT_H

#include "base/clock.h"
#include "base/json.h"
#include "tool/tool.h"

/* status as /v1/status gives it, the list of /v1/reputation, the list of /v1/topics. */
void report_print(struct tool *tool, const struct json *status,
	const struct json *accounts, const struct json *topics, utc_ms now);

/* The part about one account. */
void report_account(struct tool *tool, const struct json *account);

#endif
