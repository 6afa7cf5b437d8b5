/* config_alerts.h - the sections [alert "NAME"]. Private to daemon/config*.c. */
#ifndef DAEMON_CONFIG_ALERTS_H
#define DAEMON_CONFIG_ALERTS_H

#include "daemon/config.h"

/* Reads the secrets and passwords, and sees that the other files can be read. */
void config_alerts_read_files(struct config *config, struct report *report);

/* What a type of channel needs and what it can't have. */
void config_alerts_check(const struct config *config, struct report *report);

/* Makes the channels of rules. False without memory. */
bool config_alerts_fill(struct config *config) __attribute__((warn_unused_result));

/* Frees the sections with what these made, but not the values of their keys: call it
 * after config_values_finish. */
void config_alerts_finish(struct config *config);

#endif
