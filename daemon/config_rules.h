/* config_rules.h - what the doors get of a configuration. Private to daemon/config*.c. */
#ifndef DAEMON_CONFIG_RULES_H
#define DAEMON_CONFIG_RULES_H

#include "daemon/config.h"

/* Reads the tokens and the credentials, and sees that the other files can be read. */
void config_read_files(struct config *config, struct report *report);

#define CONFIG_CERTIFICATE_MARK "-----BEGIN CERTIFICATE-----"

/* Whether a file can be read and has the mark in it (NULL: any file); else a mistake.
 * place: "[sns] ca_file". */
bool config_file_is_readable(const struct config *config, const char *place,
	unsigned line, const char *file, const char *mark, struct report *report);

/* Fills config->rules from a configuration without mistakes. False without memory. */
bool config_fill_rules(struct config *config) __attribute__((warn_unused_result));

/* Frees what both made. */
void config_rules_finish(struct config *config);

#endif
