/* report.h - everything that is wrong with a configuration, not only the first thing. */
#ifndef DAEMON_REPORT_H
#define DAEMON_REPORT_H

#include <stdbool.h>
#include <stddef.h>

struct report_line {
	bool is_mistake; /* else a warning: we go on */
	char *text;	 /* "FILE:LINE: what is wrong; what would be right" */
};

/* Starts zeroed. */
struct report {
	struct report_line *lines;
	size_t count;
	size_t mistakes;
};

/* line 0: the whole file. Past REPORT_LINES_MAX they are counted, not kept. */
#define REPORT_LINES_MAX 100
void report_mistake(struct report *report, const char *file, unsigned line,
	const char *format, ...) __attribute__((format(printf, 4, 5)));
void report_warning(struct report *report, const char *file, unsigned line,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Writes each line to the log, mistakes as errors. */
void report_log(const struct report *report);

/* Writes each line to standard error, for a person at a terminal or an editor. */
void report_print(const struct report *report);

void report_finish(struct report *report);

#endif
