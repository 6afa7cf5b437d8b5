/* json_scan.c - what cJSON would let through, seen before it. */
#include "base/json_scan.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/text.h"

/* cJSON 1.7.15 looks at the first 63 bytes of a number and takes the rest for the next
 * value. */
#define NUMBER_LENGTH_MAX 63

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define BYTE_ORDER_MARK_LENGTH 3

struct scan {
	const char *text;
	size_t length;
	size_t position;
	size_t kept; /* up to where text is in repaired already */
	int depth;
	size_t commas; /* outside strings */
	size_t commas_max;
	enum json_care care;
	struct buffer *repaired;
	struct error *error;
};

static bool refuse(struct scan *scan, const char *what)
{
	return error_set(scan->error, "%s at byte %zu", what, scan->position);
}

/* Puts replacement in the place of the next length bytes, or refuses them. */
static bool mend(
	struct scan *scan, size_t length, const char *replacement, const char *what)
{
	if (scan->care == JSON_STRICT)
		return refuse(scan, what);
	buffer_append(
		scan->repaired, scan->text + scan->kept, scan->position - scan->kept);
	buffer_append_text(scan->repaired, replacement);
	scan->position += length;
	scan->kept = scan->position;
	return true;
}

static bool finish_mending(struct scan *scan)
{
	if (scan->kept > 0)
		buffer_append(scan->repaired, scan->text + scan->kept,
			scan->length - scan->kept);
	return !scan->repaired->failed || error_set(scan->error, "out of memory");
}

/* The value of the \uXXXX at offset behind the position, or -1. */
static int escaped_unit(const struct scan *scan, size_t offset)
{
	const char *escape = scan->text + scan->position + offset;
	uint8_t unit[2];
	char digits[5];

	if (scan->length - scan->position < offset + 6 || escape[0] != '\\' ||
		escape[1] != 'u')
		return -1;
	memcpy(digits, escape + 2, 4);
	digits[4] = '\0';
	return hex_decode(digits, unit, sizeof(unit)) ? unit[0] * 256 + unit[1] : -1;
}

static bool scan_unicode_escape(struct scan *scan)
{
	int unit = escaped_unit(scan, 0), second;

	if (unit < 0)
		return refuse(scan, "bad \\u escape");
	if (unit == 0)
		return mend(scan, 6, JSON_REPLACEMENT, "escaped NUL");
	if (unit < 0xd800 || unit > 0xdfff) {
		scan->position += 6;
		return true;
	}
	second = escaped_unit(scan, 6);
	if (unit > 0xdbff || second < 0xdc00 || second > 0xdfff)
		return mend(scan, 6, JSON_REPLACEMENT, "lone surrogate");
	scan->position += 12;
	return true;
}

static bool scan_escape(struct scan *scan)
{
	char letter;

	if (scan->length - scan->position < 2)
		return refuse(scan, "unfinished string");
	letter = scan->text[scan->position + 1];
	if (letter == 'u')
		return scan_unicode_escape(scan);
	if (letter == '\0' || !strchr("\"\\/bfnrt", letter))
		return refuse(scan, "bad escape");
	scan->position += 2;
	return true;
}

static bool scan_string(struct scan *scan)
{
	scan->position++;
	while (scan->position < scan->length) {
		unsigned char byte = (unsigned char) scan->text[scan->position];
		size_t sequence = 1;

		if (byte == '"') {
			scan->position++;
			return true;
		}
		if (byte == '\\') {
			if (!scan_escape(scan))
				return false;
			continue;
		}
		if (byte < 0x20 && scan->care == JSON_STRICT)
			return refuse(scan, "control character in a string");
		if (byte >= 0x80)
			sequence = utf8_sequence(scan->text + scan->position,
				scan->length - scan->position);
		if (sequence == 0) {
			if (!mend(scan, 1, JSON_REPLACEMENT, "invalid UTF-8"))
				return false;
			continue;
		}
		scan->position += sequence;
	}
	return refuse(scan, "unfinished string");
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
	char number[NUMBER_LENGTH_MAX + 1];
	bool has_exponent;
	size_t length = number_length(text, scan->length - scan->position, &has_exponent);

	if (length == 0)
		return refuse(scan, "bad number");
	if (length > NUMBER_LENGTH_MAX)
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

static bool scan_outside(struct scan *scan)
{
	char byte = scan->text[scan->position];

	if (byte == '"')
		return scan_string(scan);
	if (byte == '-' || (byte >= '0' && byte <= '9'))
		return scan_number(scan);
	if (byte == '{' || byte == '[') {
		if (++scan->depth > JSON_DEPTH_MAX)
			return refuse(scan, "nested too deeply");
	} else if (byte == '}' || byte == ']') {
		scan->depth--;
	} else if (byte == ',') {
		if (++scan->commas > scan->commas_max)
			return refuse(scan, "too many values");
	} else if (byte == '\0' || !strchr(" \t\r\n:aeflnrstu", byte)) {
		/* cJSON takes every control character for white space. The letters are
		 * those of true, false and null. */
		return refuse(scan, "unexpected byte");
	}
	scan->position++;
	return true;
}

bool json_scan(const char *text, size_t length, enum json_care care, size_t values_max,
	struct buffer *repaired, struct error *error)
{
	struct scan scan = {.text = text,
		.length = length,
		.care = care,
		.commas_max = values_max,
		.repaired = repaired,
		.error = error};
	const char *nul;

	if (length == 0)
		return error_set(error, "empty");
	if (length > JSON_SIZE_MAX)
		return error_set(error, "longer than %zu bytes", JSON_SIZE_MAX);
	nul = memchr(text, '\0', length);
	if (nul)
		return error_set(error, "NUL at byte %zu", (size_t) (nul - text));
	if (length >= BYTE_ORDER_MARK_LENGTH &&
		memcmp(text, BYTE_ORDER_MARK, BYTE_ORDER_MARK_LENGTH) == 0 &&
		!mend(&scan, BYTE_ORDER_MARK_LENGTH, "", "byte order mark"))
		return false;
	while (scan.position < length) {
		if (!scan_outside(&scan))
			return false;
	}
	return finish_mending(&scan);
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
