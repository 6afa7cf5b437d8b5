/* metrics.h - the Prometheus text format (version 0.0.4). Private to web/. */
#ifndef WEB_METRICS_H
#define WEB_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* The # HELP and # TYPE lines of a family; its samples follow at once. type is "gauge" or
 * "counter". */
void metrics_family(
	struct buffer *page, const char *name, const char *type, const char *help);

struct metrics_label {
	const char *name;
	const char *value; /* any text: escaped */
};

/* One sample; labels end with a NULL name, or are NULL. A value that is not finite is
 * written as Prometheus spells it. */
void metrics_sample(struct buffer *page, const char *name,
	const struct metrics_label *labels, double value);
void metrics_sample_count(struct buffer *page, const char *name,
	const struct metrics_label *labels, int64_t value);

/* A family of one sample without labels. */
void metrics_single(struct buffer *page, const char *name, const char *type,
	const char *help, double value);

/* A family whose samples were written into a buffer of their own; that it failed is
 * passed on. */
void metrics_append_family(struct buffer *page, const char *name, const char *type,
	const char *help, const struct buffer *samples);

#endif
