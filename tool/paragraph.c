/* paragraph.c - sentences broken into lines that fit a terminal. */
#include "tool/paragraph.h"

#include <string.h>

static void print_word(
	struct tool *tool, enum screen_style style, const char *word, size_t length)
{
	screen_print(tool, style, "%.*s", (int) length, word);
}

void paragraph_print(
	struct tool *tool, enum screen_style style, const char *lead, const char *text)
{
	size_t indent = screen_width(lead, strlen(lead));
	size_t column = indent;
	bool is_first = true;

	if (text == NULL)
		return;
	fputs(lead, tool->out);
	for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
		size_t length = strcspn(text, " ");
		size_t width = screen_width(text, length);

		if (!is_first && column + 1 + width > PARAGRAPH_COLUMNS) {
			fprintf(tool->out, "\n%*s", (int) indent, "");
			column = indent;
			is_first = true;
		}
		if (!is_first) {
			fputc(' ', tool->out);
			column++;
		}
		print_word(tool, style, text, length);
		column += width;
		is_first = false;
		text += length;
	}
	fputc('\n', tool->out);
}
