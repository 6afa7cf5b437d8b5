/* report.c - everything that is wrong with a configuration, not only the first thing. */
#include "daemon/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

static void keep_line(struct report *report, bool is_mistake, const char *file,
	unsigned line, const char *format, va_list arguments)
	__attribute__((format(printf, 5, 0)));

/* Without memory the line is lost but not the count, so a mistake never passes. */
static void keep_line(struct report *report, bool is_mistake, const char *file,
	unsigned line, const char *format, va_list arguments)
{
	struct report_line *grown;
	char *message, *text;
	int length;

	if (is_mistake)
		report->mistakes++;
	if (report->count == REPORT_LINES_MAX)
		return;
	if (vasprintf(&message, format, arguments) < 0)
		return;
	if (line > 0)
		length = asprintf(&text, "%s:%u: %s", file, line, message);
	else
		length = asprintf(&text, "%s: %s", file, message);
	free(message);
	if (length < 0)
		return;
	grown = realloc(report->lines, (report->count + 1) * sizeof(*grown));
	if (!grown) {
		free(text);
		return;
	}
	report->lines = grown;
	report->lines[report->count++] =
		(struct report_line){.is_mistake = is_mistake, .text = text};
}

void report_mistake(
	struct report *report, const char *file, unsigned line, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	keep_line(report, true, file, line, format, arguments);
	va_end(arguments);
}

void report_warning(
	struct report *report, const char *file, unsigned line, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	keep_line(report, false, file, line, format, arguments);
	va_end(arguments);
}

void report_log(const struct report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		if (report->lines[i].is_mistake)
			log_error("%s", report->lines[i].text);
		else
			log_warning("%s", report->lines[i].text);
	}
}

void report_print(const struct report *report)
{
	for (size_t i = 0; i < report->count; i++)
		fprintf(stderr, "%s%s\n", report->lines[i].text,
			report->lines[i].is_mistake ? "" : " (warning)");
}

void report_finish(struct report *report)
{
	for (size_t i = 0; i < report->count; i++)
		free(report->lines[i].text);
	free(report->lines);
	*report = (struct report){0};
}
