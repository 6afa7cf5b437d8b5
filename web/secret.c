/* secret.c - the signature of a webhook, as Standard Webhooks 1.0 describes it. */
#include "web/secret.h"

#include <inttypes.h>
#include <string.h>

#include "base/crypto.h"
#include "base/text.h"

#define PREFIX "whsec_"
/* The specification asks for 24 to 64 bytes. */
#define KEY_MAX 1024
#define BODY_MAX ((size_t) 1 << 24)

static bool read_key(
	const char *secret, uint8_t key[KEY_MAX], size_t *length, struct error *error)
{
	if (text_begins(secret, PREFIX)) {
		secret += strlen(PREFIX);
		if (!base64_decode(secret, strlen(secret), key, KEY_MAX, length) ||
			*length == 0)
			return error_set(
				error, "the secret is not base64 after %s", PREFIX);
		return true;
	}
	*length = strlen(secret);
	if (*length == 0 || *length > KEY_MAX)
		return error_set(
			error, "the secret is empty or longer than %d bytes", KEY_MAX);
	memcpy(key, secret, *length);
	return true;
}

bool secret_sign(const char *secret, const char *id, int64_t seconds, const char *body,
	struct buffer *signatures, struct error *error)
{
	uint8_t key[KEY_MAX], digest[SHA256_SIZE];
	char text[4 * ((SHA256_SIZE + 2) / 3) + 1];
	struct buffer signed_text;
	size_t key_length;

	if (!read_key(secret, key, &key_length, error))
		return false;
	buffer_init(&signed_text, BODY_MAX);
	buffer_format(&signed_text, "%s.%" PRId64 ".", id, seconds);
	if (buffer_append_text(&signed_text, body)) {
		crypto_hmac_sha256(
			key, key_length, signed_text.bytes, signed_text.length, digest);
		base64_encode(digest, sizeof(digest), text);
		buffer_format(
			signatures, "%sv1,%s", signatures->length == 0 ? "" : " ", text);
	}
	explicit_bzero(key, sizeof(key));
	if (signed_text.failed || signatures->failed) {
		buffer_finish(&signed_text);
		return error_set(error, "out of memory");
	}
	buffer_finish(&signed_text);
	return true;
}
