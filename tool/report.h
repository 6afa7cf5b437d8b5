/* report.h - the screen that status prints. */
#ifndef TOOL_REPORT_H
#define TOOL_REPORT_H

#include "base/clock.h"
#include "base/json.h"
#include "tool/tool.h"

/* As /v1/status, /v1/reputation, /v1/topics and /v1/alerts?on=yes give them. */
struct report {
	const struct json *status;
	const struct json *accounts, *topics, *alerts; /* lists */
};

void report_print(struct tool *tool, const struct report *report, utc_ms now);

/* The part about one account. */
void report_account(struct tool *tool, const struct json *account);

/* The alerts that are on, but for those that stand among the alarms of the status, too.
 */
void report_alerts(struct tool *tool, const struct json *alerts,
	const struct json *alarms, utc_ms now);

#endif
