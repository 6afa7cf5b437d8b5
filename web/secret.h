/* secret.h - the signature of a webhook, as Standard Webhooks 1.0 describes it. Private
 * to web/. */
#ifndef WEB_SECRET_H
#define WEB_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

/*
 * Adds "v1,BASE64", the HMAC-SHA256 of "ID.TIMESTAMP.BODY", to signatures, after a blank
 * if there is one already. The key is what is base64 behind "whsec_"; a secret without
 * that prefix is the key itself. seconds: the Unix time of the header webhook-timestamp.
 */
bool secret_sign(const char *secret, const char *id, int64_t seconds, const char *body,
	struct buffer *signatures, struct error *error);

#endif
