/* config_read.h - lines become values, by the table of keys. Private to daemon/config*.c.
 */
#ifndef DAEMON_CONFIG_READ_H
#define DAEMON_CONFIG_READ_H

#include "daemon/config.h"
#include "daemon/lines.h"

/* Fills the fields of all keys, those that are not given with their defaults. What could
 * be read is there, whatever the report says. The lines stay the caller's. */
void config_read_lines(struct config *config, struct lines *lines, struct report *report);

#endif
