/* table.h - rows in aligned columns; page after page under one heading. */
#ifndef TOOL_TABLE_H
#define TOOL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "tool/screen.h"
#include "tool/tool.h"

struct column {
	const char *heading;
	bool is_number; /* aligned at the right */
};

struct table;

/* columns end with a NULL heading and are borrowed. NULL without memory. */
struct table *table_new(const struct column *columns);
void table_free(struct table *table); /* takes NULL */

/* Adds the next cell of the row; a row is full after its last column. text is copied and
 * escaped; NULL is an empty cell. */
void table_cell(struct table *table, enum screen_style style, const char *text);
void table_format(struct table *table, enum screen_style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* How many full rows wait to be printed. */
size_t table_rows(const struct table *table);

/* Prints the rows that wait, the heading before the first ones, each line indented by so
 * many blanks; columns only ever grow. False if anything got lost for want of memory. */
bool table_flush(struct table *table, struct tool *tool, int indent);

#endif
