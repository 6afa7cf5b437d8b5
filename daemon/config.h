/* config.h - the configuration file, read whole and judged whole. */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/aws_keys.h"
#include "daemon/config_table.h"
#include "daemon/report.h"
#include "web/web.h"

#define CONFIG_FILE_STANDARD "/etc/ses-feedbackd/ses-feedbackd.conf"

/* The values of a key that may have many, with the line of each (0: a default). */
struct config_texts {
	char **items;
	unsigned *lines;
	size_t count;
};

/* A section [alert "NAME"]. */
struct config_alert {
	char *name;
	unsigned line;			/* of the section */
	unsigned lines[CONFIG_KEY_MAX]; /* as those of struct config */
	unsigned type;			/* enum web_channel_type */
	unsigned levels;		/* a bit for each word of the table */
	struct config_texts kinds, to;
	char *url, *secret_file, *from, *user, *password_file, *ca_file, *command;
	bool starttls;
	int64_t timeout_ms;

	/* Read from its files, and split. The lists end with NULL; NULL: none. */
	char **secrets, *password, **words;
};

/*
 * One loaded file. Texts are in the spelling their kind asks for: paths of credentials
 * are resolved, domains and mailboxes in normal form; NULL where nothing is set.
 */
struct config {
	/* What the doors get. Its owners are the configuration's owners: the last
	 * web_rules_release frees the whole. */
	struct web_rules rules;

	char *file;
	unsigned lines[CONFIG_KEY_MAX]; /* where each key of the table stands first; 0:
					   it is the default */
	struct {
		struct config_texts listen;
		char *certificate, *private_key, *credentials_file, *path;
	} feedback;
	struct {
		char *socket, *listen, *tokens_file;
	} admin;
	struct {
		struct config_texts topic;
		char *certificates, *ca_file, *connect_to;
		int64_t max_age_ms;
	} sns;
	struct {
		char *path;
		int64_t keep_events_ms;
	} store;
	struct {
		struct config_texts verified_domains, verified_addresses,
			reporting_domains, quotas;
	} reputation; /* its numbers are read into rules.reputation */
	struct config_alert *alerts;
	size_t alert_count;
	unsigned brake_at; /* 0: off; else a level, counted from ok */
	struct {
		char *credentials_file, *profile, *endpoint, *ca_file;
	} aws;

	/* Where rules points to. */
	struct sns_topic *topics;
	struct web_token *tokens;
	struct web_credential *credentials;
	struct web_channel *channels;
	struct ses_quota *quotas;
	char *quota_words; /* the accounts and regions of them */
	struct aws_keys aws_keys;
};

/*
 * Reads the file by the table of keys, puts in the defaults, reads the files it names and
 * checks what one key alone can't say. Everything that is wrong goes to the report; NULL
 * if any of it is a mistake. The result has one owner, the caller, who gives it up with
 * config_release.
 */
struct config *config_load(const char *file, struct report *report);

/* One owner more, one less. config_release takes NULL; any thread. */
struct config *config_hold(struct config *config);
void config_release(struct config *config);

/* Only the text, by the table and with defaults, without looking at other files; file is
 * its name in the report. For tests, and the first half of config_load. */
struct config *config_parse(
	const char *file, const char *text, size_t length, struct report *report);

/*
 * Only the section [suppression] of such a text; the other sections have to be readable,
 * not right. False with the first mistakes, their lines and remedies in error. Any
 * thread. For web_settings.read_policy.
 */
bool config_read_policy(const char *text, size_t length,
	struct ses_suppression_policy *policy, struct error *error)
	__attribute__((warn_unused_result));

/* The line on which a key stands, 0 for a default. */
unsigned config_line(const struct config *config, const char *section, const char *name);

/*
 * Whether the folders that must be there are: of the store, of each Unix socket. The
 * folder of certificates may be absent, its parent not.
 */
bool config_check_folders(const struct config *config, struct report *report);

#endif
