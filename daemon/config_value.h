/* config_value.h - puts the text of a value into its field, as the key's kind asks. */
#ifndef DAEMON_CONFIG_VALUE_H
#define DAEMON_CONFIG_VALUE_H

#include <stdbool.h>

#include "daemon/config.h"

/* Reads text (of one value, not empty) and sets the key's field, or adds to it where the
 * key has many. owner: the struct config, or the struct config_alert of a section with a
 * name. Adding what is there already changes nothing and sets *is_repeated. On failure
 * error says what would be right. */
bool config_value_put(void *owner, const struct config_key *key, const char *text,
	unsigned line, bool *is_repeated, struct error *error)
	__attribute__((warn_unused_result));

/* Frees what the fields of all keys own. */
void config_values_finish(struct config *config);

#endif
