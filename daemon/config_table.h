/* config_table.h - every key of the configuration: the one place that knows them
 * (config_keys*.c, asked through here). */
#ifndef DAEMON_CONFIG_TABLE_H
#define DAEMON_CONFIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_KEY_MAX 112

/* What a value is; config_value.c reads it. */
enum config_kind {
	CONFIG_ADDRESS, /* where a door listens */
	CONFIG_TCP_ADDRESS,
	CONFIG_SOCKET, /* the path of a Unix socket */
	CONFIG_PATH,   /* of a file or folder of ours */
	CONFIG_FILE,   /* to read: a path or a credential of systemd's */
	CONFIG_URL_PATH,
	CONFIG_TOPIC,
	CONFIG_ENDPOINT, /* HOST:PORT */
	CONFIG_DOMAIN,
	CONFIG_MAILBOX,
	CONFIG_ADDRESSEE, /* an address that stays as it is written */
	CONFIG_URL,	  /* http, https, smtp or smtps */
	CONFIG_QUOTA,	  /* "50000/14", "ACCOUNT/REGION:50000/14" */
	CONFIG_KIND_OF_ALERT,
	CONFIG_COMMAND, /* a program with its arguments, in one line */
	CONFIG_WORD,	/* any text */
	CONFIG_EITHER,	/* one of two words */
	CONFIG_CHOICE,	/* one of several words; its place is the value of an enum */
	CONFIG_FLAGS,	/* many of several words; the bit of each is 1 << its place */
	CONFIG_TIME,
	CONFIG_COUNT,
	CONFIG_RATE,
	CONFIG_SIZE,	  /* "256M" */
	CONFIG_THRESHOLD, /* "3 in 14d": so many days in so long; or never */
};

struct config_key {
	const char *section, *name;
	enum config_kind kind;
	bool is_many;	      /* repeated, and several values in a line; else once */
	bool can_be_empty;    /* empty means none */
	bool can_be_never;    /* TIME, COUNT, RATE, SIZE: the word never is 0 */
	const char *standard; /* the default; "" none */
	const char *sentence; /* what it is for; further sentences may follow */
	const char *example;  /* a value where the default doesn't show one; or NULL */
	const char *words[6]; /* EITHER: for true, for false; CHOICE, FLAGS: ends with
				 NULL */
	int64_t least, most;  /* TIME in ms, COUNT, RATE in parts of a million, SIZE in
				 bytes, THRESHOLD: of its days */
	size_t offset; /* of the field in struct config (of a section with a name: in its
			  struct config_alert); THRESHOLD: of the policy */
};

/* In the order they are described in. */
size_t config_key_count(void);
const struct config_key *config_key_at(size_t index);
size_t config_key_index(const struct config_key *key);

/* NULL if there is none. */
const struct config_key *config_key_find(const char *section, const char *name);

/* The sections in order; NULL past the last. */
const char *config_section_at(size_t index);

/* Whether the name of that length is a section's: the word before the name that a section
 * of which there may be several has besides. */
bool config_section_is(const char *name, size_t length);

/* Whether there may be several of it, each with a name: [alert "NAME"]. */
bool config_section_is_named(const char *section);

/* What a section is for: one sentence. */
const char *config_section_sentence(const char *section);

/* "a time such as 30s, 5m, 24h or 7d": what a value of this kind is, for the manual. */
const char *config_kind_words(enum config_kind kind);

#endif
