/* answers.h - what the daemon prints instead of running. */
#ifndef DAEMON_ANSWERS_H
#define DAEMON_ANSWERS_H

#include "daemon/options.h"

/* Does any task but OPTIONS_RUN; returns the exit status. */
int answers_print(const struct options *options);

#endif
