/* config_check.h - what one key of the configuration alone can't say. Private to
 * daemon/config*.c. */
#ifndef DAEMON_CONFIG_CHECK_H
#define DAEMON_CONFIG_CHECK_H

#include "daemon/config.h"

/* Checks a configuration whose every key could be read. */
void config_check(const struct config *config, struct report *report);

/* The section [suppression] alone, for which nothing else has to be right. */
void config_check_suppression(const struct config *config, struct report *report);

#endif
