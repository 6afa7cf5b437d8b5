/* crypto.h - digests, base64, randomness. Only this, publickey.c, privatekey.c and
 * certificate.c include OpenSSL. */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32
#define SHA256_HEX_SIZE 65

/* Fetches what is used on every message once. Called by main before any thread starts;
 * false if OpenSSL can't give it. Idempotent. */
bool crypto_start(void);

void crypto_sha256(const void *bytes, size_t length, uint8_t digest[SHA256_SIZE]);
void crypto_sha256_hex(const void *bytes, size_t length, char hex[SHA256_HEX_SIZE]);

/* HMAC (RFC 2104) with SHA-256. */
void crypto_hmac_sha256(const void *key, size_t key_length, const void *bytes,
	size_t length, uint8_t digest[SHA256_SIZE]);

/* Random bytes from the system; false if there are none. */
bool crypto_random(void *bytes, size_t length) __attribute__((warn_unused_result));

/* Compares in a time that does not depend on where the bytes differ. */
bool crypto_equal(const void *one, const void *other, size_t length);

/*
 * Strict RFC 4648 base64, with padding, no white space. bytes has room for capacity; on
 * success *length is what was decoded. False for anything that is not base64 or has no
 * room.
 */
bool base64_decode(const char *text, size_t text_length, uint8_t *bytes, size_t capacity,
	size_t *length) __attribute__((warn_unused_result));

/* How many bytes base64_decode would give; false if the text is not base64. */
bool base64_measure(const char *text, size_t text_length, size_t *length)
	__attribute__((warn_unused_result));

/* text has room for 4 * ((length + 2) / 3) + 1. */
void base64_encode(const void *bytes, size_t length, char *text);

/* Lower-case hex and a NUL: 2 * length + 1. */
void hex_encode(const void *bytes, size_t length, char *text);

/* The whole text is 2 * length hex digits of either case. */
bool hex_decode(const char *text, uint8_t *bytes, size_t length)
	__attribute__((warn_unused_result));

#endif
