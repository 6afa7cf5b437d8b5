/* unrecognised.h - genuine messages that were not understood. */
#ifndef TOOL_UNRECOGNISED_H
#define TOOL_UNRECOGNISED_H

#include <stdint.h>

#include "tool/client.h"

/* Prints at most limit of them, newest first. */
enum tool_status unrecognised_list(
	struct tool *tool, struct client *client, int64_t limit);

#endif
