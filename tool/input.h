/* input.h - files and standard input, read whole or line by line, within bounds. */
#ifndef TOOL_INPUT_H
#define TOOL_INPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/error.h"

/* Opens a file for reading; "-" is standard input. NULL with the reason in error. */
FILE *input_open(const char *path, struct error *error);
void input_close(FILE *file); /* takes NULL; leaves standard input open */

/* How a path is called in messages: "-" is "standard input". */
const char *input_name(const char *path);

/* Appends all of a file, at most buffer's limit. error does not name the file. */
bool input_read_file(const char *path, struct buffer *buffer, struct error *error);

/* The next line into line, which is emptied before, without its end; NUL bytes stay.
 * False at the end of the file. A line over line's limit is read to its end and leaves
 * line failed. */
bool input_read_line(FILE *file, struct buffer *line);

#endif
