/* describe.h - the table of keys as the example file and as the manual show it. */
#ifndef DAEMON_DESCRIBE_H
#define DAEMON_DESCRIBE_H

#include <stdbool.h>

#include "base/buffer.h"

/* A configuration with every key, each as a comment with its default. False without
 * memory. */
bool describe_example(struct buffer *text);

/* The keys as an mdoc(7) list for each section, for ses-feedbackd.conf(5). */
bool describe_manual(struct buffer *text);

#endif
