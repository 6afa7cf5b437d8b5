/* preflight.h - what a preflight found, on a screen and in files. Private to tool/. */
#ifndef TOOL_PREFLIGHT_H
#define TOOL_PREFLIGHT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/json.h"
#include "tool/tool.h"

/* Prints the answer of POST /v1/preflight. folder: where the slices were written; NULL:
 * they were not. */
void preflight_show(struct tool *tool, const struct json *answer, const char *folder);

/* The lines that cannot be read, to where mistakes go. */
void preflight_say_bad_lines(struct tool *tool, const struct json *answer);

bool preflight_has_slices(const struct json *answer);

/* Why there are none, in a line. */
void preflight_say_no_slice(FILE *out, const struct json *answer);

/*
 * Writes the lines [SLICE,"ADDRESS"] that follow in file to folder/slice-N.txt, files
 * that must not exist yet. Says what went wrong; files that were begun then are removed.
 */
enum tool_status preflight_write_slices(
	struct tool *tool, FILE *file, const struct json *answer, const char *folder);

#endif
