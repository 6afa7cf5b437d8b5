/* mentions.c - whether a text names an address. */
#include "store/mentions.h"

#include <string.h>
#include <strings.h>

static bool is_letter_or_digit(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || (unsigned char) byte >= 0x80;
}

static bool is_hex(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (strchr("0123456789abcdefABCDEF", bytes[i]) == NULL ||
			bytes[i] == '\0')
			return false;
	return true;
}

/* Whether the bytes before end are an escape. */
static bool ends_with_escape(const char *text, const char *end)
{
	ptrdiff_t length = end - text;

	if (length >= 2 && end[-2] == '\\' && strchr("nrtbf", end[-1]) != NULL)
		return true;
	return length >= 6 && end[-6] == '\\' && end[-5] == 'u' && is_hex(end - 4, 4);
}

/* Of what an unquoted local part may hold, only what addresses are really made of: the
 * others (' = / {) stand around addresses more often than in them. */
static bool goes_on_before(const char *text, const char *begin)
{
	char byte;

	if (begin == text || ends_with_escape(text, begin))
		return false;
	byte = begin[-1];
	return is_letter_or_digit(byte) || byte == '.' || byte == '_' || byte == '-' ||
	       byte == '+' || byte == '%';
}

static bool goes_on_after(const char *end, const char *limit)
{
	if (end == limit)
		return false;
	if (*end == '.')
		return end + 1 < limit && is_letter_or_digit(end[1]);
	return is_letter_or_digit(*end) || *end == '-';
}

bool mentions(const char *text, size_t length, const char *address)
{
	const char *limit = text + length, *at = text;
	size_t size = strlen(address);
	size_t local = strcspn(address, "@");

	if (local == 0 || address[local] == '\0')
		return false;
	for (; (at = memchr(at, '@', (size_t) (limit - at))) != NULL; at++) {
		const char *begin = at - local;

		if ((size_t) (at - text) < local || (size_t) (limit - begin) < size)
			continue;
		if (strncasecmp(begin, address, size) == 0 &&
			!goes_on_before(text, begin) &&
			!goes_on_after(begin + size, limit))
			return true;
	}
	return false;
}
