/* options.h - the command line of the daemon. */
#ifndef DAEMON_OPTIONS_H
#define DAEMON_OPTIONS_H

#include <stdbool.h>

#include "base/error.h"

enum options_task {
	OPTIONS_RUN,
	OPTIONS_CHECK_CONFIG,
	OPTIONS_PRINT_EXAMPLE,
	OPTIONS_PRINT_MANUAL, /* for building the manual */
	OPTIONS_PRINT_ALERTS, /* likewise */
	OPTIONS_VERSION,
	OPTIONS_HELP,
};

struct options {
	enum options_task task;
	const char *file; /* of the configuration; never NULL */
};

bool options_read(struct options *options, int count, char **words, struct error *error)
	__attribute__((warn_unused_result));

/* What --help prints. */
const char *options_help(void);

#endif
