/* mentions.h - whether a text names an address. Private to store/. */
#ifndef STORE_MENTIONS_H
#define STORE_MENTIONS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether a normal form occurs in a text, in either ASCII case, as a whole: neither the
 * end of a longer local part nor the beginning of a longer domain. The escapes of JSON
 * (\n, \u003c) count as what they stand for: no part of an address.
 */
bool mentions(const char *text, size_t length, const char *address);

#endif
