/* text.c - small questions about bytes and texts; ASCII only, no locale. */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static char lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char) (byte - 'A' + 'a') : byte;
}

static bool is_white(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

bool text_equal(const char *one, const char *other)
{
	if (!one || !other)
		return one == other;
	return strcmp(one, other) == 0;
}

bool text_equal_ignoring_case(const char *one, const char *other)
{
	if (!one || !other)
		return one == other;
	while (*one != '\0' && lower(*one) == lower(*other)) {
		one++;
		other++;
	}
	return lower(*one) == lower(*other);
}

bool text_begins(const char *text, const char *beginning)
{
	return text && beginning && strncmp(text, beginning, strlen(beginning)) == 0;
}

bool text_ends(const char *text, const char *ending)
{
	size_t length, ending_length;

	if (!text || !ending)
		return false;
	length = strlen(text);
	ending_length = strlen(ending);
	return length >= ending_length &&
	       strcmp(text + length - ending_length, ending) == 0;
}

bool text_is_empty(const char *text)
{
	return !text || *text == '\0';
}

void text_to_lower(char *text)
{
	for (; *text != '\0'; text++)
		*text = lower(*text);
}

bool text_is_made_of(const char *text, const char *set)
{
	return !text_is_empty(text) && text[strspn(text, set)] == '\0';
}

bool text_is_blank(const char *text)
{
	return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

char *text_copy(const char *bytes, size_t length)
{
	char *copy = length < SIZE_MAX ? malloc(length + 1) : NULL;

	if (!copy)
		return NULL;
	if (length > 0)
		memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

const char *text_trim(const char *bytes, size_t *length)
{
	while (*length > 0 && is_white(bytes[*length - 1]))
		(*length)--;
	while (*length > 0 && is_white(*bytes)) {
		bytes++;
		(*length)--;
	}
	return bytes;
}

bool text_to_integer(const char *text, int64_t *number)
{
	int64_t value = 0;

	if (text_is_empty(text))
		return false;
	for (; *text != '\0'; text++) {
		int digit = *text - '0';

		if (digit < 0 || digit > 9 || value > (INT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*number = value;
	return true;
}

static bool is_between(unsigned char byte, unsigned char low, unsigned char high)
{
	return byte >= low && byte <= high;
}

size_t utf8_sequence(const char *bytes, size_t length)
{
	/* The rows of table 3-7 that are longer than a byte; third and fourth bytes are
	 * always 80 to BF. */
	static const struct {
		unsigned char first_low, first_high, second_low, second_high, length;
	} rows[] = {
		{0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3},
		{0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4},
		{0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};
	const unsigned char *sequence = (const unsigned char *) bytes;

	if (length == 0)
		return 0;
	if (sequence[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!is_between(sequence[0], rows[i].first_low, rows[i].first_high))
			continue;
		if (length < rows[i].length ||
			!is_between(sequence[1], rows[i].second_low, rows[i].second_high))
			return 0;
		for (size_t k = 2; k < rows[i].length; k++) {
			if (!is_between(sequence[k], 0x80, 0xbf))
				return 0;
		}
		return rows[i].length;
	}
	return 0;
}

bool utf8_is_valid(const char *bytes, size_t length)
{
	while (length > 0) {
		size_t sequence = utf8_sequence(bytes, length);

		if (sequence == 0)
			return false;
		bytes += sequence;
		length -= sequence;
	}
	return true;
}

size_t utf8_write(uint32_t letter, char *bytes)
{
	if (letter < 0x80) {
		bytes[0] = (char) letter;
		return 1;
	}
	if (letter < 0x800) {
		bytes[0] = (char) (0xc0 | letter >> 6);
		bytes[1] = (char) (0x80 | (letter & 0x3f));
		return 2;
	}
	if (letter < 0x10000) {
		bytes[0] = (char) (0xe0 | letter >> 12);
		bytes[1] = (char) (0x80 | (letter >> 6 & 0x3f));
		bytes[2] = (char) (0x80 | (letter & 0x3f));
		return 3;
	}
	bytes[0] = (char) (0xf0 | letter >> 18);
	bytes[1] = (char) (0x80 | (letter >> 12 & 0x3f));
	bytes[2] = (char) (0x80 | (letter >> 6 & 0x3f));
	bytes[3] = (char) (0x80 | (letter & 0x3f));
	return 4;
}

size_t utf8_without_half(const char *bytes, size_t length)
{
	size_t start = length;

	while (start > 0 && length - start < 3 && (bytes[start - 1] & 0xc0) == 0x80)
		start--;
	if (start == 0 || (bytes[start - 1] & 0xc0) != 0xc0)
		return length;
	start--;
	return utf8_sequence(bytes + start, length - start) > 0 ? length : start;
}

static int hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte = lower(byte);
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The byte that %XX at text stands for, or -1. */
static int percent_byte(const char *text, size_t length)
{
	int high, low;

	if (length < 3)
		return -1;
	high = hex_digit(text[1]);
	low = hex_digit(text[2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool percent_decode(
	const char *text, size_t length, char *decoded, size_t *decoded_length)
{
	size_t end = 0;

	/* Looked at before anything is written, because decoded may be text. */
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\0' ||
			(text[i] == '%' && percent_byte(text + i, length - i) <= 0))
			return false;
	}
	for (size_t i = 0; i < length; i++) {
		char byte = text[i];

		if (byte == '%') {
			byte = (char) percent_byte(text + i, length - i);
			i += 2;
		}
		decoded[end++] = byte;
	}
	decoded[end] = '\0';
	if (decoded_length)
		*decoded_length = end;
	return true;
}
