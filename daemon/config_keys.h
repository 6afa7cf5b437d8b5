/* config_keys.h - the halves of the table of keys. Private to daemon/config*.c. */
#ifndef DAEMON_CONFIG_KEYS_H
#define DAEMON_CONFIG_KEYS_H

#include "daemon/config_table.h"

/* [feedback] to [suppression]. */
const struct config_key *config_keys(size_t *count);

/* [watch], [alert "NAME"], [brake] and [aws]. */
const struct config_key *config_keys_of_watching(size_t *count);

#endif
