/* document.c - a document of headings, paragraphs, lists and tables, as text or HTML. */
#include "tool/document.h"

#include <string.h>

#include "tool/paragraph.h"
#include "tool/screen.h"

static const char STYLE[] =
	"body{font:16px/1.5 system-ui,sans-serif;max-width:46em;margin:2em auto;"
	"padding:0 1em;color:#1b1f24;background:#fff}"
	"h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}"
	"table{border-collapse:collapse;margin:1em 0;font-variant-numeric:tabular-nums}"
	"th,td{padding:.2em .8em;border-bottom:1px solid #d0d7de;text-align:left}"
	"th.n,td.n{text-align:right}"
	".blank{background:#fff8c5;border-left:4px solid #d4a72c;padding:.5em .8em}"
	"@media print{.blank{border:1px dashed #000}}";

/* The characters that HTML reads as more than text (HTML Living Standard, 13.1.2). What
 * is no UTF-8 or a control character is made visible first. */
static void put_html(FILE *out, const char *text)
{
	struct buffer safe;

	buffer_init(&safe, (size_t) 1024 * 1024);
	screen_escape(&safe, text, strlen(text));
	for (const char *at = safe.bytes != NULL ? safe.bytes : ""; *at != '\0'; at++) {
		switch (*at) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			fputc(*at, out);
		}
	}
	buffer_finish(&safe);
}

static void put_element(
	struct document *document, const char *name, const char *class, const char *text)
{
	FILE *out = document->tool->out;

	fprintf(out, "<%s%s%s%s>", name, class == NULL ? "" : " class=\"",
		class == NULL ? "" : class, class == NULL ? "" : "\"");
	put_html(out, text);
	fprintf(out, "</%s>\n", name);
}

static void end_list(struct document *document)
{
	if (document->is_in_list && document->is_html)
		fputs("</ul>\n", document->tool->out);
	document->is_in_list = false;
}

void document_begin(
	struct document *document, struct tool *tool, bool is_html, const char *title)
{
	*document = (struct document){.tool = tool, .is_html = is_html};
	if (is_html) {
		fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n",
			tool->out);
		put_element(document, "title", NULL, title);
		fprintf(tool->out, "<style>%s</style>\n", STYLE);
		put_element(document, "h1", NULL, title);
		return;
	}
	screen_print(tool, SCREEN_BOLD, "%s", title);
	fputc('\n', tool->out);
}

void document_end(struct document *document)
{
	end_list(document);
	if (document->is_html)
		fputs("</html>\n", document->tool->out);
}

void document_heading(struct document *document, const char *text)
{
	end_list(document);
	if (document->is_html) {
		put_element(document, "h2", NULL, text);
		return;
	}
	fputc('\n', document->tool->out);
	screen_print(document->tool, SCREEN_BOLD, "%s", text);
	fputs("\n", document->tool->out);
}

void document_paragraph(struct document *document, const char *text)
{
	if (text == NULL)
		return;
	end_list(document);
	if (document->is_html)
		put_element(document, "p", NULL, text);
	else
		paragraph_print(document->tool, SCREEN_PLAIN, "", text);
}

void document_blank(struct document *document, const char *text)
{
	end_list(document);
	if (document->is_html) {
		put_element(document, "p", "blank", text);
		return;
	}
	paragraph_print(document->tool, SCREEN_WARNING, "[ ] ", text);
}

void document_item(struct document *document, const char *text)
{
	if (text == NULL)
		return;
	if (!document->is_in_list && document->is_html)
		fputs("<ul>\n", document->tool->out);
	document->is_in_list = true;
	if (document->is_html)
		put_element(document, "li", NULL, text);
	else
		paragraph_print(document->tool, SCREEN_PLAIN, "- ", text);
}

static const char *cell_class(const struct document *document)
{
	return document->columns[document->cell].is_number ? "n" : NULL;
}

void document_table_begin(struct document *document, const struct column *columns)
{
	end_list(document);
	document->columns = columns;
	document->cell = 0;
	if (!document->is_html) {
		document->table = table_new(columns);
		return;
	}
	fputs("<table>\n<tr>", document->tool->out);
	for (; columns[document->cell].heading != NULL; document->cell++)
		put_element(document, "th", cell_class(document),
			columns[document->cell].heading);
	fputs("</tr>\n", document->tool->out);
	document->cell = 0;
}

void document_cell(struct document *document, const char *text)
{
	if (!document->is_html) {
		table_cell(document->table, SCREEN_PLAIN, text);
		return;
	}
	if (document->cell == 0)
		fputs("<tr>", document->tool->out);
	put_element(document, "td", cell_class(document), text);
	document->cell++;
	if (document->columns[document->cell].heading == NULL) {
		fputs("</tr>\n", document->tool->out);
		document->cell = 0;
	}
}

void document_table_end(struct document *document)
{
	if (document->is_html) {
		fputs("</table>\n", document->tool->out);
	} else {
		table_flush(document->table, document->tool, 2);
		table_free(document->table);
		document->table = NULL;
	}
	document->columns = NULL;
}
