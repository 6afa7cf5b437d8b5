/* paragraph.h - sentences broken into lines that fit a terminal. */
#ifndef TOOL_PARAGRAPH_H
#define TOOL_PARAGRAPH_H

#include "tool/screen.h"
#include "tool/tool.h"

#define PARAGRAPH_COLUMNS 80

/* Prints text, escaped, in lines of at most PARAGRAPH_COLUMNS columns, broken at blanks;
 * the first begins with lead, the others are indented by its width. Ends the line. A word
 * that is longer than a line stands alone on one. NULL prints nothing. */
void paragraph_print(
	struct tool *tool, enum screen_style style, const char *lead, const char *text);

/* Text of our own, as it is: out stands at column, and each further line begins at
 * indent. Ends the line. */
void paragraph_fill(
	FILE *out, size_t column, size_t indent, size_t columns, const char *text);

#endif
