/* json_scan.c - what can be wrong with a JSON text's bytes, seen before anything is made
 * of it. */
#include "base/json_scan.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/text.h"

struct scan {
	const char *text;
	size_t length;
	size_t position;
	int depth;
	size_t commas, openings; /* outside strings */
	size_t commas_max;
	size_t mended;
	enum json_care care;
	struct error *error;
};

static bool refuse(struct scan *scan, const char *what)
{
	return error_set(scan->error, "%s at byte %zu", what, scan->position);
}

/* The next length bytes are to be replaced, or refused. */
static bool mend(struct scan *scan, size_t length, const char *what)
{
	if (scan->care == JSON_STRICT)
		return refuse(scan, what);
	scan->mended++;
	scan->position += length;
	return true;
}

/* The value of the \uXXXX at text, or -1. */
static int escaped_unit(const char *text, size_t length)
{
	uint8_t unit[2];
	char digits[5];

	if (length < 6 || text[0] != '\\' || text[1] != 'u')
		return -1;
	memcpy(digits, text + 2, 4);
	digits[4] = '\0';
	return hex_decode(digits, unit, sizeof(unit)) ? unit[0] * 256 + unit[1] : -1;
}

size_t json_escaped_letter(const char *text, size_t length, uint32_t *letter)
{
	int unit = escaped_unit(text, length), second;

	if (unit < 0)
		return 0;
	*letter = (uint32_t) unit;
	if (unit < 0xd800 || unit > 0xdbff)
		return 6;
	second = escaped_unit(text + 6, length - 6);
	if (second < 0xdc00 || second > 0xdfff)
		return 6;
	*letter = 0x10000 + ((*letter - 0xd800) << 10) + ((uint32_t) second - 0xdc00);
	return 12;
}

bool json_letter_is_damage(uint32_t letter)
{
	return letter == 0 || (letter >= 0xd800 && letter <= 0xdfff);
}

static bool scan_unicode_escape(struct scan *scan)
{
	uint32_t letter;
	size_t length = json_escaped_letter(
		scan->text + scan->position, scan->length - scan->position, &letter);

	if (length == 0)
		return refuse(scan, "bad \\u escape");
	if (json_letter_is_damage(letter))
		return mend(scan, length, letter == 0 ? "escaped NUL" : "lone surrogate");
	scan->position += length;
	return true;
}

static bool scan_escape(struct scan *scan)
{
	if (scan->length - scan->position < 2)
		return refuse(scan, "unfinished string");
	switch (scan->text[scan->position + 1]) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		scan->position += 2;
		return true;
	case 'u':
		return scan_unicode_escape(scan);
	default:
		return refuse(scan, "bad escape");
	}
}

static bool scan_beyond_ascii(struct scan *scan)
{
	size_t sequence =
		utf8_sequence(scan->text + scan->position, scan->length - scan->position);

	if (sequence == 0)
		return mend(scan, 1, "invalid UTF-8");
	scan->position += sequence;
	return true;
}

static bool scan_string(struct scan *scan)
{
	scan->position++;
	for (;;) {
		unsigned char byte;

		scan->position += json_plain_length(
			scan->text + scan->position, scan->length - scan->position);
		if (scan->position == scan->length)
			return refuse(scan, "unfinished string");
		byte = (unsigned char) scan->text[scan->position];
		if (byte == '"') {
			scan->position++;
			return true;
		}
		if (byte == '\\') {
			if (!scan_escape(scan))
				return false;
		} else if (byte >= 0x80) {
			if (!scan_beyond_ascii(scan))
				return false;
		} else if (scan->care == JSON_STRICT) {
			return refuse(scan, "control character in a string");
		} else {
			scan->position++;
		}
	}
}

static size_t count_digits(const char *text, size_t length)
{
	size_t digits = 0;

	while (digits < length && text[digits] >= '0' && text[digits] <= '9')
		digits++;
	return digits;
}

/* The length of the number at text by the grammar of RFC 8259, section 6; 0 if there is
 * none. */
static size_t number_length(const char *text, size_t length, bool *has_exponent)
{
	size_t end = 0, digits;

	*has_exponent = false;
	if (text[end] == '-')
		end++;
	digits = count_digits(text + end, length - end);
	if (digits == 0 || (digits > 1 && text[end] == '0'))
		return 0;
	end += digits;
	if (end < length && text[end] == '.') {
		digits = count_digits(text + end + 1, length - end - 1);
		if (digits == 0)
			return 0;
		end += 1 + digits;
	}
	if (end < length && (text[end] == 'e' || text[end] == 'E')) {
		end++;
		if (end < length && (text[end] == '+' || text[end] == '-'))
			end++;
		digits = count_digits(text + end, length - end);
		if (digits == 0)
			return 0;
		end += digits;
		*has_exponent = true;
	}
	return end;
}

static bool scan_number(struct scan *scan)
{
	const char *text = scan->text + scan->position;
	char number[JSON_NUMBER_LENGTH_MAX + 1];
	bool has_exponent;
	size_t length = number_length(text, scan->length - scan->position, &has_exponent);

	if (length == 0)
		return refuse(scan, "bad number");
	if (length > JSON_NUMBER_LENGTH_MAX)
		return refuse(scan, "number too long");
	if (has_exponent) {
		memcpy(number, text, length);
		number[length] = '\0';
		/* The program never calls setlocale, so the point is a point. */
		if (!isfinite(strtod(number, NULL)))
			return refuse(scan, "number out of range");
	}
	scan->position += length;
	return true;
}

/* White space, the colon, and the letters of true, false and null. */
static bool is_known_outside(char byte)
{
	static const bool known[128] = {
		[' '] = true,
		['\t'] = true,
		['\r'] = true,
		['\n'] = true,
		[':'] = true,
		['a'] = true,
		['e'] = true,
		['f'] = true,
		['l'] = true,
		['n'] = true,
		['r'] = true,
		['s'] = true,
		['t'] = true,
		['u'] = true,
	};

	return (unsigned char) byte < sizeof(known) && known[(unsigned char) byte];
}

static bool scan_outside(struct scan *scan)
{
	char byte = scan->text[scan->position];

	if (byte == '"')
		return scan_string(scan);
	if (byte == '-' || (byte >= '0' && byte <= '9'))
		return scan_number(scan);
	if (byte == '{' || byte == '[') {
		/* The outermost is not counted. */
		if (scan->openings++ > scan->commas_max)
			return refuse(scan, "too many values");
		if (++scan->depth > JSON_DEPTH_MAX)
			return refuse(scan, "nested too deeply");
	} else if (byte == '}' || byte == ']') {
		scan->depth--;
	} else if (byte == ',') {
		if (++scan->commas > scan->commas_max)
			return refuse(scan, "too many values");
	} else if (!is_known_outside(byte)) {
		return refuse(scan, "unexpected byte");
	}
	scan->position++;
	return true;
}

static bool begins_with_mark(const char *text, size_t length)
{
	size_t mark = strlen(JSON_BYTE_ORDER_MARK);

	return length >= mark && memcmp(text, JSON_BYTE_ORDER_MARK, mark) == 0;
}

bool json_scan(const char *text, size_t length, enum json_care care, size_t values_max,
	struct json_size *size, struct error *error)
{
	struct scan scan = {.text = text,
		.length = length,
		.care = care,
		.commas_max = values_max,
		.error = error};
	const char *nul;

	if (length == 0)
		return error_set(error, "empty");
	if (length > JSON_SIZE_MAX)
		return error_set(error, "longer than %zu bytes", JSON_SIZE_MAX);
	nul = memchr(text, '\0', length);
	if (nul)
		return error_set(error, "NUL at byte %zu", (size_t) (nul - text));
	if (begins_with_mark(text, length) &&
		!mend(&scan, strlen(JSON_BYTE_ORDER_MARK), "byte order mark"))
		return false;
	while (scan.position < length) {
		if (!scan_outside(&scan))
			return false;
	}
	/* One may begin the text, one stand behind each bracket and each comma. */
	size->values = 1 + scan.openings + scan.commas;
	size->mended = scan.mended;
	return true;
}

const char *json_make_utf8(const char *text, struct buffer *buffer)
{
	size_t length = strlen(text);

	if (utf8_is_valid(text, length))
		return text;
	while (length > 0) {
		size_t sequence = utf8_sequence(text, length);

		if (sequence > 0)
			buffer_append(buffer, text, sequence);
		else
			buffer_append_text(buffer, JSON_REPLACEMENT);
		text += sequence > 0 ? sequence : 1;
		length -= sequence > 0 ? sequence : 1;
	}
	return buffer->failed ? NULL : buffer->bytes;
}
