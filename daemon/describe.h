/* describe.h - the tables of keys and of alerts as the example and the manuals show them.
 */
#ifndef DAEMON_DESCRIBE_H
#define DAEMON_DESCRIBE_H

#include <stdbool.h>

#include "base/buffer.h"

/* A configuration with every key, each as a comment with its default. False without
 * memory. */
bool describe_example(struct buffer *text);

/* The keys as an mdoc(7) list for each section, for ses-feedbackd.conf(5). */
bool describe_manual(struct buffer *text);

/* The alerts as items of an mdoc(7) list, for ses-feedbackd(8). */
bool describe_alerts(struct buffer *text);

#endif
