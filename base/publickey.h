/* publickey.h - X.509 certificates and RSA signatures, the part of OpenSSL that SNS
 * needs. */
#ifndef BASE_PUBLICKEY_H
#define BASE_PUBLICKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"

enum digest_kind { DIGEST_SHA1, DIGEST_SHA256 };

/* A key ready to verify with. Counted: public_key_hold adds an owner, public_key_release
 * takes one away and frees it with the last. Both safe from any thread; release takes
 * NULL. */
struct public_key;

struct public_key *public_key_hold(struct public_key *key);
void public_key_release(struct public_key *key);

enum public_key_answer { PUBLIC_KEY_MATCHES, PUBLIC_KEY_DIFFERS, PUBLIC_KEY_NO_MEMORY };

/* RSASSA-PKCS1-v1_5 (RFC 8017, 8.2) over the bytes. Safe from any thread; contexts are
 * kept per thread. */
enum public_key_answer public_key_verify(struct public_key *key, enum digest_kind digest,
	const void *bytes, size_t length, const uint8_t *signature,
	size_t signature_length) __attribute__((warn_unused_result));

/* What a certificate says. Filled by certificate_read, emptied by certificate_finish. */
struct certificate {
	char subject[256]; /* the common name; empty if there is none or it holds a NUL */
	utc_ms not_before, not_after;
	bool is_authority; /* basicConstraints CA:TRUE */
	bool is_rsa;
	int key_bits;
	struct public_key *key; /* owned; NULL unless is_rsa */
};

/*
 * Reads exactly one PEM CERTIFICATE block: nothing before it and nothing after it but
 * white space, no second block, no other kind of block, no markup around it. Judges
 * nothing else.
 */
bool certificate_read(const char *pem, size_t length, struct certificate *certificate,
	struct error *error) __attribute__((warn_unused_result));
void certificate_finish(struct certificate *certificate);

/* A private key: for the development key only, and for tests. */
struct private_key;

struct private_key *private_key_generate(int bits, struct error *error);
struct private_key *private_key_read(const char *pem, size_t length, struct error *error);
void private_key_free(struct private_key *key);

/* PKCS#8 PEM, freed by the caller. NULL without memory. */
char *private_key_print(const struct private_key *key);

/* A self-signed leaf certificate (CA:FALSE, RSA, SHA-256) in PEM, freed by the caller. */
char *private_key_certify(const struct private_key *key, const char *common_name,
	utc_ms not_before, utc_ms not_after, struct error *error);

/* Signs; signature has room for capacity (512 suffices for RSA of 4096 bits). */
bool private_key_sign(const struct private_key *key, enum digest_kind digest,
	const void *bytes, size_t length, uint8_t *signature, size_t capacity,
	size_t *signature_length);

#endif
