/* tool.c - how commands say that something went wrong. */
#include "tool/tool.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "tool/screen.h"

enum tool_status tool_fail(
	struct tool *tool, enum tool_status status, const char *format, ...)
{
	char *text = NULL;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	/* What is meant for people comes before it where both go to one terminal. */
	fflush(tool->out);
	fputs("ses-feedback: ", tool->err);
	if (length >= 0) {
		screen_put(tool->err, text);
		free(text);
	}
	fputc('\n', tool->err);
	return status;
}

enum tool_status tool_worse(enum tool_status one, enum tool_status other)
{
	return one > other ? one : other;
}
