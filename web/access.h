/* access.h - who asks: bearer tokens of the admin door, Basic credentials of the feedback
 * door. Private to web/. */
#ifndef WEB_ACCESS_H
#define WEB_ACCESS_H

#include <stdbool.h>

#include "web/web.h"

/*
 * What an Authorization header (NULL: none) proves. Every entry is compared, each in
 * constant time, so that neither an entry's place nor its bytes show in the time taken.
 */

/* The token of "Bearer TOKEN", or NULL if there is none such. */
const struct web_token *access_find_token(
	const struct web_rules *rules, const char *authorization);

/* Whether "Basic …" holds one of the credentials; true where none are asked for. */
bool access_has_credentials(const struct web_rules *rules, const char *authorization);

#endif
