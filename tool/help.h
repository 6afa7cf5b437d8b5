/* help.h - what --help prints. */
#ifndef TOOL_HELP_H
#define TOOL_HELP_H

#include <stdio.h>

#include "tool/command.h"

/* All commands; only those whose first word is group, where it is one and not NULL. */
void help_overview(FILE *out, const char *group);

/* One command: usage, explanation, options, examples. */
void help_command(FILE *out, const struct command *command);

#endif
