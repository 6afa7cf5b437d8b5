/* crypto_digest.h - OpenSSL's digests, fetched once. Private to base/. */
#ifndef BASE_CRYPTO_DIGEST_H
#define BASE_CRYPTO_DIGEST_H

#include "base/publickey.h"

struct evp_md_st;

/* Never freed. NULL if OpenSSL can't give it. Any thread. */
const struct evp_md_st *crypto_digest(enum digest_kind kind);

/* The digest of the bytes, into sum, which has room for 64 bytes; each thread keeps a
 * context for it. False without memory. Any thread. */
bool crypto_sum(enum digest_kind kind, const void *bytes, size_t length, uint8_t *sum,
	unsigned int *sum_length) __attribute__((warn_unused_result));

#endif
