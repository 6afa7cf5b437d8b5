/* crypto_digest.h - OpenSSL's digests, fetched once. Private to base/. */
#ifndef BASE_CRYPTO_DIGEST_H
#define BASE_CRYPTO_DIGEST_H

#include "base/publickey.h"

struct evp_md_st;

/* Never freed. NULL if OpenSSL can't give it. Any thread. */
const struct evp_md_st *crypto_digest(enum digest_kind kind);

#endif
