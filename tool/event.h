/* event.h - a recorded event as a row of a table. */
#ifndef TOOL_EVENT_H
#define TOOL_EVENT_H

#include "base/json.h"
#include "tool/table.h"

/* A table for events; freed by table_free. NULL without memory. */
struct table *event_table(void);

/* Adds one; NULL table: nothing. */
void event_add(struct table *table, const struct json *event);

#endif
