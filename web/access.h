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

/* Who is at the other end of a Unix socket: "unix:NAME", or "unix:UID" where the user has
 * no name (unix(7), SO_PEERCRED). "unix:unknown" if the kernel doesn't say. */
#define ACCESS_NAME_SIZE 80
void access_name_peer(int fd, char name[ACCESS_NAME_SIZE]);

/* Whether "Basic …" holds one of the credentials; true where none are asked for. */
bool access_has_credentials(const struct web_rules *rules, const char *authorization);

#endif
