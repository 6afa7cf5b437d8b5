/* config_rules.h - what the doors get of a configuration. Private to daemon/config*.c. */
#ifndef DAEMON_CONFIG_RULES_H
#define DAEMON_CONFIG_RULES_H

#include "daemon/config.h"

/* Reads the tokens and the credentials, and sees that the other files can be read. */
void config_read_files(struct config *config, struct report *report);

/* Fills config->rules from a configuration without mistakes. False without memory. */
bool config_fill_rules(struct config *config) __attribute__((warn_unused_result));

/* Frees what both made. */
void config_rules_finish(struct config *config);

#endif
