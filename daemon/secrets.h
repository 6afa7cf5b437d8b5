/* secrets.h - the files of tokens and of credentials. */
#ifndef DAEMON_SECRETS_H
#define DAEMON_SECRETS_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/report.h"
#include "web/web.h"

/*
 * Both files hold one entry a line; empty lines and lines that begin with # are skipped.
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

#endif
