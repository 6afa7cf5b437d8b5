/* error.h - what went wrong, in words a person can act on. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

/*
 * Messages are in lower case, without a full stop, and name the object:
 * "certificate /etc/x.pem: expired on 2026-01-01". Library code (base, sns, ses) never
 * logs; it fills one of these, and whoever decides what happens next logs it once.
 */
struct error {
	char text[512];
};

/* Writes the message and returns false, so that a caller can say return error_set(...).
 * error may be NULL: then nothing is written. A message too long is cut. */
bool error_set(struct error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Puts "PREFIX: " before what error says already, and returns false. error may be NULL.
 */
bool error_prefix(struct error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
