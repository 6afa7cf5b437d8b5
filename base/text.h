/* text.h - small questions about bytes and texts; ASCII only, no locale. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool text_equal(const char *one, const char *other); /* NULL equals NULL only */
bool text_equal_ignoring_case(const char *one, const char *other);
bool text_begins(const char *text, const char *beginning);
bool text_ends(const char *text, const char *ending);
bool text_is_empty(const char *text); /* NULL too */
bool text_is_blank(const char *text); /* white space only, or NULL */

/* Lower case of A to Z, in place. */
void text_to_lower(char *text);

/* Whether each byte of a text that is not empty is one of the bytes in set. */
bool text_is_made_of(const char *text, const char *set);

/* A copy of length bytes and a NUL, freed by the caller; NULL without memory. */
char *text_copy(const char *bytes, size_t length);

/* The first byte that is not white space, and the length without white space at both
 * ends. */
const char *text_trim(const char *bytes, size_t *length);

/* Digits only, no sign, no blanks, within INT64_MAX. */
bool text_to_integer(const char *text, int64_t *number)
	__attribute__((warn_unused_result));

/* Whether the bytes are well-formed UTF-8 (Unicode 15, table 3-7): no surrogates, no
 * overlong forms, nothing above U+10FFFF. */
bool utf8_is_valid(const char *bytes, size_t length);

/* The length of the well-formed sequence at bytes (1 to 4), or 0 if there is none. */
size_t utf8_sequence(const char *bytes, size_t length);

/* Writes a code point that is no surrogate, and returns its length (1 to 4). No NUL. */
size_t utf8_write(uint32_t letter, char *bytes);

/* The length without the sequence that a cut left unfinished at the end, if there is one.
 */
size_t utf8_without_half(const char *bytes, size_t length);

/* Decodes %XX; fails on % without two hex digits and on %00. The result is followed by a
 * NUL. In place is allowed: decoded may be text. */
bool percent_decode(
	const char *text, size_t length, char *decoded, size_t *decoded_length);

#endif
