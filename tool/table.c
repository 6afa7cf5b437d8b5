/* table.c - rows in aligned columns; page after page under one heading. */
#include "tool/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cell {
	char *text;
	size_t width;
	enum screen_style style;
};

struct table {
	const struct column *columns;
	size_t column_count;
	size_t *widths;
	struct cell *cells;
	size_t cell_count, cell_capacity;
	bool has_heading; /* printed already */
	bool is_incomplete;
};

struct table *table_new(const struct column *columns)
{
	struct table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return NULL;
	table->columns = columns;
	while (columns[table->column_count].heading != NULL)
		table->column_count++;
	table->widths = calloc(table->column_count, sizeof(*table->widths));
	if (table->widths == NULL) {
		free(table);
		return NULL;
	}
	for (size_t i = 0; i < table->column_count; i++)
		table->widths[i] =
			screen_width(columns[i].heading, strlen(columns[i].heading));
	return table;
}

static void forget_cells(struct table *table)
{
	for (size_t i = 0; i < table->cell_count; i++)
		free(table->cells[i].text);
	table->cell_count = 0;
}

void table_free(struct table *table)
{
	if (table == NULL)
		return;
	forget_cells(table);
	free(table->cells);
	free(table->widths);
	free(table);
}

static bool make_room(struct table *table)
{
	size_t capacity = table->cell_capacity == 0 ? 64 : table->cell_capacity * 2;
	struct cell *cells;

	if (table->cell_count < table->cell_capacity)
		return true;
	cells = realloc(table->cells, capacity * sizeof(*cells));
	if (cells == NULL)
		return false;
	table->cells = cells;
	table->cell_capacity = capacity;
	return true;
}

void table_cell(struct table *table, enum screen_style style, const char *text)
{
	struct buffer escaped;
	struct cell *cell;
	size_t length;

	if (table == NULL)
		return;
	buffer_init(&escaped, SIZE_MAX / 8);
	screen_escape(
		&escaped, text == NULL ? "" : text, text == NULL ? 0 : strlen(text));
	if (!make_room(table)) {
		buffer_finish(&escaped);
		table->is_incomplete = true;
		return;
	}
	cell = &table->cells[table->cell_count];
	cell->text = buffer_take(&escaped, &length);
	if (cell->text == NULL) {
		table->is_incomplete = true;
		return;
	}
	cell->width = screen_width(cell->text, length);
	cell->style = style;
	if (cell->width > table->widths[table->cell_count % table->column_count])
		table->widths[table->cell_count % table->column_count] = cell->width;
	table->cell_count++;
}

void table_format(struct table *table, enum screen_style style, const char *format, ...)
{
	char *text = NULL;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0) {
		if (table != NULL)
			table->is_incomplete = true;
		return;
	}
	table_cell(table, style, text);
	free(text);
}

size_t table_rows(const struct table *table)
{
	return table == NULL ? 0 : table->cell_count / table->column_count;
}

static void print_blanks(struct tool *tool, size_t count)
{
	for (; count > 0; count--)
		fputc(' ', tool->out);
}

/* The cells of a line whose rest is empty: no blanks are left at its end. */
static size_t filled_cells(const struct table *table, const struct cell *cells)
{
	size_t count = table->column_count;

	while (count > 0 && cells[count - 1].width == 0)
		count--;
	return count;
}

static void print_row(
	struct table *table, struct tool *tool, const struct cell *cells, int indent)
{
	size_t count = filled_cells(table, cells);

	print_blanks(tool, (size_t) indent);
	for (size_t i = 0; i < count; i++) {
		size_t blanks = table->widths[i] - cells[i].width;

		if (table->columns[i].is_number)
			print_blanks(tool, blanks);
		screen_print(tool, cells[i].style, "%s", cells[i].text);
		if (!table->columns[i].is_number && i + 1 < count)
			print_blanks(tool, blanks);
		if (i + 1 < count)
			print_blanks(tool, 2);
	}
	fputc('\n', tool->out);
}

static void print_heading(struct table *table, struct tool *tool, int indent)
{
	size_t count = table->column_count;

	/* Columns of remarks may have no heading. */
	while (count > 0 && table->columns[count - 1].heading[0] == '\0')
		count--;
	print_blanks(tool, (size_t) indent);
	for (size_t i = 0; i < count; i++) {
		const char *heading = table->columns[i].heading;
		size_t blanks = table->widths[i] - screen_width(heading, strlen(heading));
		bool is_last = i + 1 == count;

		if (table->columns[i].is_number)
			print_blanks(tool, blanks);
		screen_print(tool, SCREEN_BOLD, "%s", heading);
		if (!table->columns[i].is_number && !is_last)
			print_blanks(tool, blanks);
		if (!is_last)
			print_blanks(tool, 2);
	}
	fputc('\n', tool->out);
}

bool table_flush(struct table *table, struct tool *tool, int indent)
{
	size_t rows = table_rows(table);

	if (table == NULL) {
		tool->is_cut = true;
		return false;
	}
	if (rows > 0 && !table->has_heading) {
		print_heading(table, tool, indent);
		table->has_heading = true;
	}
	for (size_t i = 0; i < rows; i++)
		print_row(table, tool, table->cells + i * table->column_count, indent);
	forget_cells(table);
	tool->is_cut = tool->is_cut || table->is_incomplete;
	return !table->is_incomplete;
}
