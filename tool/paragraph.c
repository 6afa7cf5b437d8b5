/* paragraph.c - sentences broken into lines that fit a terminal. */
#include "tool/paragraph.h"

#include <string.h>

typedef void put_word(void *closure, const char *word, int length);

/* out stands at column; each further line begins at indent. */
static void fill(FILE *out, size_t column, size_t indent, size_t columns,
	const char *text, put_word *put, void *closure)
{
	bool is_first = true;

	for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
		size_t length = strcspn(text, " ");
		size_t width = screen_width(text, length);

		if (!is_first && column + 1 + width > columns) {
			fprintf(out, "\n%*s", (int) indent, "");
			column = indent;
			is_first = true;
		}
		if (!is_first) {
			fputc(' ', out);
			column++;
		}
		put(closure, text, (int) length);
		column += width;
		is_first = false;
		text += length;
	}
	fputc('\n', out);
}

struct styled {
	struct tool *tool;
	enum screen_style style;
};

static void put_styled(void *closure, const char *word, int length)
{
	const struct styled *styled = closure;

	screen_print(styled->tool, styled->style, "%.*s", length, word);
}

void paragraph_print(
	struct tool *tool, enum screen_style style, const char *lead, const char *text)
{
	struct styled styled = {tool, style};
	size_t indent;

	if (text == NULL)
		return;
	fputs(lead, tool->out);
	indent = screen_width(lead, strlen(lead));
	fill(tool->out, indent, indent, PARAGRAPH_COLUMNS, text, put_styled, &styled);
}

static void put_plain(void *closure, const char *word, int length)
{
	fprintf(closure, "%.*s", length, word);
}

void paragraph_fill(
	FILE *out, size_t column, size_t indent, size_t columns, const char *text)
{
	fill(out, column, indent, columns, text, put_plain, out);
}
