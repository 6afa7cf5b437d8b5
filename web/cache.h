/* cache.h - signing certificates in a folder, each under its name in SigningCertURL.
 * Private to web/. */
#ifndef WEB_CACHE_H
#define WEB_CACHE_H

#include <stdbool.h>

#include "base/buffer.h"

/* Makes the folder if it isn't there; logs if it can't. */
void cache_prepare(const char *folder);

/* False if there is no such file; also, logged, if it can't be read. Else pem is the
 * caller's to finish. name comes from sns_policy_judge, which makes it safe. */
bool cache_read(const char *folder, const char *name, struct buffer *pem);

/* Writes the file so that whoever looks sees the whole or nothing; a failure is logged
 * and does no harm but that it is fetched again after the next start. */
void cache_write(const char *folder, const char *name, const struct buffer *pem);

#endif
