/* follow.h - events as they come. */
#ifndef TOOL_FOLLOW_H
#define TOOL_FOLLOW_H

#include <stdint.h>

#include "tool/client.h"

#define FOLLOW_FIRST 10

/*
 * Prints the newest events (at most first of them, which may be any number) oldest first,
 * then every new one until a signal ends the program or the daemon can't be reached any
 * more. path asks for events, without limit and cursor. As JSON: one object a line.
 */
enum tool_status follow_events(
	struct tool *tool, struct client *client, const char *path, int64_t first);

#endif
