/* topics.h - the topics as a table, with what to do about them. */
#ifndef TOOL_TOPICS_H
#define TOOL_TOPICS_H

#include "base/clock.h"
#include "base/json.h"
#include "tool/tool.h"

/* The list of /v1/topics, indented by so many blanks. */
void topics_print(struct tool *tool, const struct json *list, utc_ms now, int indent);

#endif
