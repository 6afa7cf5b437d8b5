/* ses_call.h - one call of SES's API v2, signed. Private to web/. */
#ifndef WEB_SES_CALL_H
#define WEB_SES_CALL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"
#include "web/web.h"

/*
 * Sends JSON with PUT to the path of SES's endpoint in a region, signed as
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html says. path is made
 * of letters, digits and / - _ only. Waits at most 15 s, or until is_cancelled (NULL:
 * never). False with what went wrong, in SES's words where it gave some.
 */
bool ses_call_put(const struct web_aws *aws, const char *region, const char *path,
	const char *body, const char *version, const atomic_bool *is_cancelled,
	struct error *error) __attribute__((warn_unused_result));

/* The URL and the value of its header Host. False if the region is none. Pure. */
bool ses_call_url(const struct web_aws *aws, const char *region, const char *path,
	char *url, size_t url_size, char *host, size_t host_size);

#endif
