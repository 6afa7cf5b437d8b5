/* document.h - a document of headings, paragraphs, lists and tables, as text or HTML. */
#ifndef TOOL_DOCUMENT_H
#define TOOL_DOCUMENT_H

#include <stdbool.h>

#include "tool/table.h"
#include "tool/tool.h"

/* Printed as it is made. Everything given is text: in HTML it is escaped, on a terminal
 * screen_print does it. */
struct document {
	struct tool *tool;
	bool is_html; /* one page that needs nothing else: style inside, no script */
	bool is_in_list;
	const struct column *columns; /* of the table under way; NULL: none */
	struct table *table;
	size_t cell;
};

void document_begin(
	struct document *document, struct tool *tool, bool is_html, const char *title);
void document_end(struct document *document);

void document_heading(struct document *document, const char *text);
void document_paragraph(struct document *document, const char *text); /* NULL: none */

/* A paragraph that somebody is to replace by their own words. */
void document_blank(struct document *document, const char *text);

void document_item(struct document *document, const char *text);

/* columns are borrowed until the table's end, and end with a NULL heading. */
void document_table_begin(struct document *document, const struct column *columns);
void document_cell(struct document *document, const char *text);
void document_table_end(struct document *document);

#endif
