/* alerts.h - alerts and what was told of them, as a person reads them. */
#ifndef TOOL_ALERTS_H
#define TOOL_ALERTS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/json.h"
#include "tool/screen.h"

/* "resolved", "WARNING", "CRITICAL", "OVER THE REVIEW LIMIT", …, and how it is shown. */
const char *alerts_level(const struct json *alert, enum screen_style *style);

/* How a delivery stands: "delivered", "waits", "waits (3 attempts)", "given up". */
#define ALERTS_STATE_SIZE 48
const char *alerts_delivery(const struct json *delivery, char words[ALERTS_STATE_SIZE],
	enum screen_style *style);

/* When, where and whether it was delivered: "3 minutes ago: ops delivered, pager waits".
 * False without memory. */
bool alerts_told(const struct json *alert, utc_ms now, struct buffer *words,
	enum screen_style *style);

/* Whether there is such a kind of alert; else it is said which one was meant. */
bool alerts_name_is_known(struct tool *tool, const char *name);

#endif
