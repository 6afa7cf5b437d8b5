/* progress.h - how far something long has got, on a terminal. */
#ifndef TOOL_PROGRESS_H
#define TOOL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* One line that is drawn over again, on err and only where that is a terminal. */
struct progress {
	FILE *err; /* NULL: nothing is drawn */
	const char *what;
	int64_t total;	     /* bytes; -1 unknown */
	int64_t began, next; /* monotonic, in milliseconds */
	bool is_drawn;
};

void progress_begin(
	struct progress *progress, FILE *err, const char *what, int64_t total);
void progress_show(struct progress *progress, int64_t done);

/* Wipes the line. */
void progress_end(struct progress *progress);

#endif
