/* secrets.h - the files of tokens, of credentials and of secrets. */
#ifndef DAEMON_SECRETS_H
#define DAEMON_SECRETS_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/report.h"
#include "web/web.h"

/*
 * These files hold one entry a line; empty lines and lines that begin with # are skipped.
 * Every mistake goes to the report as FILE:LINE, and what is secret is never repeated in
 * it. A file that everybody may read is a warning. False if there was a mistake; then
 * there is nothing to free.
 */

/* NAME ROLE SHA256 between blanks: each name and each digest once. */
bool secrets_read_tokens(const char *file, struct web_token **tokens, size_t *count,
	struct report *report);
void secrets_free_tokens(struct web_token *tokens, size_t count); /* takes NULL */

/* NAME:PASSWORD, at least one line: an empty file would leave the door open. */
bool secrets_read_credentials(const char *file, struct web_credential **credentials,
	size_t *count, struct report *report);
void secrets_free_credentials(struct web_credential *credentials, size_t count);

/*
 * The secrets of a webhook: each is whsec_ and the base64 of 24 to 64 bytes, as
 * https://www.standardwebhooks.com has them; at least one. The result is allocated, as is
 * each, and ends with NULL; NULL if there was a mistake. key is what names the file:
 * "[alert "ops"] secret_file".
 */
char **secrets_read_webhook(const char *file, const char *key, struct report *report);

/* A password: the first line, whatever it begins with, which is not empty. Allocated;
 * NULL if there was a mistake. */
char *secrets_read_password(const char *file, const char *key, struct report *report);

/* Overwrites and frees; takes NULL. */
void secrets_free_list(char **list);
void secrets_free_password(char *password);

#endif
