/* publickey_parts.h - what public keys, private keys and certificates share. Private to
 * base/. */
#ifndef BASE_PUBLICKEY_PARTS_H
#define BASE_PUBLICKEY_PARTS_H

#include "base/publickey.h"

struct evp_pkey_st;

/* Holds a reference of its own to key. NULL without memory. */
struct public_key *public_key_new(struct evp_pkey_st *key);

#endif
