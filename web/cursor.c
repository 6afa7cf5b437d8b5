/* cursor.c - positions in lists, as base64url (RFC 4648, section 5) without padding. */
#include "web/cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/text.h"

/* What is encoded: digest bytes, kind, first, NUL, second. */
#define DIGEST_BYTES 4
#define OVERHEAD (DIGEST_BYTES + 1 + 1)

/* An address, a scope and their digest, encoded, are far below this. */
#define TEXT_MAX 4096

static void stamp(const uint8_t *payload, size_t length, uint8_t mark[DIGEST_BYTES])
{
	uint8_t digest[SHA256_SIZE];

	crypto_sha256(payload, length, digest);
	memcpy(mark, digest, DIGEST_BYTES);
}

static void to_url_alphabet(char *text)
{
	for (char *c = text; *c != '\0'; c++) {
		if (*c == '+')
			*c = '-';
		else if (*c == '/')
			*c = '_';
		else if (*c == '=') {
			*c = '\0';
			return;
		}
	}
}

char *cursor_write(enum cursor_kind kind, const char *first, const char *second)
{
	size_t first_length = strlen(first), second_length = strlen(second);
	size_t length = OVERHEAD + first_length + second_length;
	uint8_t *bytes = malloc(length);
	char *text = malloc(4 * ((length + 2) / 3) + 1);

	if (bytes == NULL || text == NULL) {
		free(bytes);
		free(text);
		return NULL;
	}
	bytes[DIGEST_BYTES] = (uint8_t) kind;
	memcpy(bytes + DIGEST_BYTES + 1, first, first_length + 1);
	memcpy(bytes + OVERHEAD + first_length, second, second_length);
	stamp(bytes + DIGEST_BYTES, length - DIGEST_BYTES, bytes);
	base64_encode(bytes, length, text);
	to_url_alphabet(text);
	free(bytes);
	return text;
}

char *cursor_write_id(enum cursor_kind kind, int64_t id)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRId64, id);
	return cursor_write(kind, digits, "");
}

/* Back to plain base64 with its padding. False for letters that cursor_write never uses
 * and for a length that nothing has. */
static bool from_url_alphabet(const char *text, char *plain, size_t *plain_length)
{
	size_t length = strlen(text);

	if (length == 0 || length > TEXT_MAX || length % 4 == 1)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '+' || text[i] == '/' || text[i] == '=')
			return false;
		plain[i] = text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];
	}
	while (length % 4 != 0)
		plain[length++] = '=';
	*plain_length = length;
	return true;
}

/* bytes has one byte of room behind length, for a NUL. */
static bool payload_is_sound(uint8_t *bytes, size_t length, enum cursor_kind kind)
{
	uint8_t mark[DIGEST_BYTES];
	const uint8_t *end;

	if (length < OVERHEAD)
		return false;
	stamp(bytes + DIGEST_BYTES, length - DIGEST_BYTES, mark);
	if (memcmp(mark, bytes, DIGEST_BYTES) != 0 || bytes[DIGEST_BYTES] != kind)
		return false;
	end = memchr(bytes + DIGEST_BYTES + 1, '\0', length - DIGEST_BYTES - 1);
	if (end == NULL)
		return false;
	return memchr(end + 1, '\0', (size_t) (bytes + length - end - 1)) == NULL;
}

bool cursor_read(const char *text, enum cursor_kind kind, struct cursor *cursor)
{
	char plain[TEXT_MAX + 4];
	size_t plain_length, length;
	uint8_t *bytes;

	if (!from_url_alphabet(text, plain, &plain_length))
		return false;
	bytes = malloc(plain_length);
	if (bytes == NULL)
		return false;
	if (!base64_decode(plain, plain_length, bytes, plain_length - 1, &length) ||
		!payload_is_sound(bytes, length, kind)) {
		free(bytes);
		return false;
	}
	bytes[length] = '\0';
	cursor->bytes = (char *) bytes;
	cursor->first = cursor->bytes + DIGEST_BYTES + 1;
	cursor->second = cursor->first + strlen(cursor->first) + 1;
	return true;
}

bool cursor_read_id(const char *text, enum cursor_kind kind, int64_t *id)
{
	struct cursor cursor;
	int64_t number;
	bool is_id;

	if (!cursor_read(text, kind, &cursor))
		return false;
	is_id = text_to_integer(cursor.first, &number) && number > 0 &&
		*cursor.second == '\0';
	cursor_finish(&cursor);
	if (is_id)
		*id = number;
	return is_id;
}

void cursor_finish(struct cursor *cursor)
{
	free(cursor->bytes);
	memset(cursor, 0, sizeof(*cursor));
}
