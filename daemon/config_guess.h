/* config_guess.h - what a word that no section or key has was meant to be. */
#ifndef DAEMON_CONFIG_GUESS_H
#define DAEMON_CONFIG_GUESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* All of them, for a message; config_table.c has them. */
#define CONFIG_SECTIONS                                                                  \
	"[feedback] [admin] [sns] [store] [reputation] [suppression] [watch] "           \
	"[alert \"NAME\"] [brake] [aws]"

/* A section that exists. */
struct config_section {
	const char *name; /* of [alert "NAME"], in the line; NULL: it has none */
	size_t name_length;
};

/* Reads what stands between the brackets; error says what would be right. */
bool config_section_read(const char *text, size_t length, struct config_section *section,
	struct error *error) __attribute__((warn_unused_result));

/* Both write what is wrong and what would be right, and return false. name is length
 * bytes, without the brackets. */
bool config_guess_section(const char *name, size_t length, struct error *error);
bool config_guess_key(const char *section, const char *name, struct error *error);

#endif
