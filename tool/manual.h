/* manual.h - the table of commands as the manual and a shell's completion show it. */
#ifndef TOOL_MANUAL_H
#define TOOL_MANUAL_H

#include <stdio.h>

/* The items of the list of commands in ses-feedback(1), in mdoc(7). */
void manual_print_commands(FILE *out);

/* A completion for bash: the commands, their options, files where an option takes one. */
void manual_print_completion(FILE *out);

#endif
