/* envelope.h - an SNS notification around a message, signed. */
#ifndef TOOL_ENVELOPE_H
#define TOOL_ENVELOPE_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/publickey.h"

struct envelope {
	const char *message_id; /* a UUID */
	const char *topic_arn;
	const char *subject; /* NULL: none */
	const char *message;
	utc_ms timestamp;
	const char *certificate_url;
	bool is_version_1; /* SHA-1; else version 2, SHA-256 */
};

/* Appends the body of the POST that SNS would make. */
bool envelope_sign(const struct envelope *envelope, const struct private_key *key,
	struct buffer *body, struct error *error);

#endif
