/* rates.h - the answers of /v1/rates and /v1/series as tables. */
#ifndef TOOL_RATES_H
#define TOOL_RATES_H

#include <stdbool.h>

#include "base/json.h"
#include "tool/tool.h"

/* is_wide: every column, and keys as long as they are; else it fits 100 columns. */
void rates_print(struct tool *tool, const struct json *rates, bool is_wide);

void series_print(struct tool *tool, const struct json *series);

/* "7d by provider, by the time the mail was sent: FROM to TO", and what cannot be
 * trusted. */
void rates_print_heading(struct tool *tool, const struct json *answer);

#endif
