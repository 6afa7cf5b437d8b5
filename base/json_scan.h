/* json_scan.h - what can be wrong with a JSON text's bytes, seen before anything is made
 * of it. Private to base/. */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"

/* U+FFFD, what damage is replaced with. */
#define JSON_REPLACEMENT "\xef\xbf\xbd"

#define JSON_BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Longer ones are refused: no double needs them. */
#define JSON_NUMBER_LENGTH_MAX 63

/* What a tree of the text can need at most. */
struct json_size {
	size_t values;
	size_t mended; /* bytes in whose place U+FFFD stands */
};

/*
 * Looks at each byte once: bytes that are no JSON, depth, numbers, strings. It does not
 * check how values, commas and colons follow one another; json_build does that. Takes no
 * memory.
 */
bool json_scan(const char *text, size_t length, enum json_care care, size_t values_max,
	struct json_size *size, struct error *error) __attribute__((warn_unused_result));

/* ---- for the loops over every byte ---- */

#define JSON_EACH(byte) ((uint64_t) 0x0101010101010101 * (byte))

/* The highest bit of each byte that is a quote, a backslash, a control character or
 * beyond ASCII. Behind the first such byte others may have it, too: a subtraction
 * borrows. */
static inline uint64_t json_special_bits(uint64_t eight)
{
	uint64_t quote = eight ^ JSON_EACH('"'), backslash = eight ^ JSON_EACH('\\');

	return (eight | (eight - JSON_EACH(0x20)) | (quote - JSON_EACH(1)) |
		       (backslash - JSON_EACH(1))) &
	       JSON_EACH(0x80);
}

static inline bool json_is_special(unsigned char byte)
{
	return byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\';
}

/* How many bytes at the beginning may stand in a string as they are, and are ASCII. */
static inline size_t json_plain_length(const char *text, size_t length)
{
	size_t plain = 0;

	while (length - plain >= sizeof(uint64_t)) {
		uint64_t eight, special;

		memcpy(&eight, text + plain, sizeof(eight));
		special = json_special_bits(le64toh(eight));
		if (special != 0)
			return plain + (size_t) __builtin_ctzll(special) / 8;
		plain += sizeof(eight);
	}
	while (plain < length && !json_is_special((unsigned char) text[plain]))
		plain++;
	return plain;
}

/* ---- escapes ---- */

/* The length of the \uXXXX at text, or of both where two make one letter; 0 if there is
 * none. A lone surrogate is its own letter. */
size_t json_escaped_letter(const char *text, size_t length, uint32_t *letter);

/* Whether a letter that was escaped can't stand in a C string of UTF-8. */
bool json_letter_is_damage(uint32_t letter);

/* text if it is UTF-8, else a mended copy that lives in buffer, which is empty before.
 * NULL without memory. */
const char *json_make_utf8(const char *text, struct buffer *buffer);

#endif
