/* screen.c - text from anywhere, made fit for a terminal: escaped, measured, coloured. */
#include "tool/screen.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct range {
	uint32_t first, last;
};

/* Unicode's East Asian Width W and F, in whole blocks. */
static const struct range wide[] = {{0x1100, 0x115F}, {0x231A, 0x231B}, {0x23E9, 0x23EC},
	{0x2614, 0x2615}, {0x26A1, 0x26A1}, {0x2705, 0x2705}, {0x274C, 0x274C},
	{0x2E80, 0x303E}, {0x3041, 0x33FF}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF},
	{0xA000, 0xA4CF}, {0xA960, 0xA97C}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
	{0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F},
	{0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD}};

/* Marks that join what stands before them. */
static const struct range narrow[] = {{0x0300, 0x036F}, {0x0483, 0x0489},
	{0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x0900, 0x0902},
	{0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D}, {0x0E31, 0x0E31},
	{0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
	{0x200C, 0x200D}, {0x20D0, 0x20FF}, {0x302A, 0x302D}, {0x3099, 0x309A},
	{0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}};

/* C1 and DEL, marks and overrides of direction, separators, what can't be seen. */
static const struct range obeyed[] = {{0x7F, 0x9F}, {0xAD, 0xAD}, {0x061C, 0x061C},
	{0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
	{0xFEFF, 0xFEFF}};

static bool is_within(uint32_t point, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}

#define IS_WITHIN(point, ranges)                                                         \
	is_within(point, ranges, sizeof(ranges) / sizeof((ranges)[0]))

/* length is what utf8_sequence gave. */
static uint32_t code_point(const char *bytes, size_t length)
{
	const unsigned char *octets = (const unsigned char *) bytes;

	switch (length) {
	case 2:
		return (octets[0] & 0x1FU) << 6 | (octets[1] & 0x3FU);
	case 3:
		return (octets[0] & 0x0FU) << 12 | (octets[1] & 0x3FU) << 6 |
		       (octets[2] & 0x3FU);
	case 4:
		return (octets[0] & 0x07U) << 18 | (octets[1] & 0x3FU) << 12 |
		       (octets[2] & 0x3FU) << 6 | (octets[3] & 0x3FU);
	default:
		return octets[0];
	}
}

static void escape_one(struct buffer *buffer, uint32_t point)
{
	switch (point) {
	case '\n':
		buffer_append_text(buffer, "\\n");
		break;
	case '\t':
		buffer_append_text(buffer, "\\t");
		break;
	case '\r':
		buffer_append_text(buffer, "\\r");
		break;
	default:
		buffer_format(buffer, point > 0xFF ? "\\u%04x" : "\\x%02x", point);
	}
}

bool screen_escape(struct buffer *buffer, const char *text, size_t length)
{
	size_t i = 0;

	while (i < length) {
		size_t sequence = utf8_sequence(text + i, length - i);
		uint32_t point;

		if (sequence == 0) {
			buffer_format(buffer, "\\x%02x", (unsigned char) text[i]);
			i++;
			continue;
		}
		point = code_point(text + i, sequence);
		if (point < 0x20 || IS_WITHIN(point, obeyed))
			escape_one(buffer, point);
		else
			buffer_append(buffer, text + i, sequence);
		i += sequence;
	}
	return !buffer->failed;
}

void screen_put(FILE *out, const char *text)
{
	struct buffer buffer;

	if (text == NULL)
		return;
	buffer_init(&buffer, SIZE_MAX / 8);
	screen_escape(&buffer, text, strlen(text));
	if (buffer.length > 0)
		fwrite(buffer.bytes, 1, buffer.length, out);
	buffer_finish(&buffer);
}

size_t screen_width(const char *text, size_t length)
{
	size_t width = 0, i = 0;

	while (i < length) {
		size_t sequence = utf8_sequence(text + i, length - i);
		uint32_t point;

		if (sequence == 0)
			sequence = 1;
		point = code_point(text + i, sequence);
		if (IS_WITHIN(point, wide))
			width += 2;
		else if (!IS_WITHIN(point, narrow))
			width += 1;
		i += sequence;
	}
	return width;
}

static const char *style_start(enum screen_style style)
{
	switch (style) {
	case SCREEN_PLAIN:
		return "";
	case SCREEN_BOLD:
		return "\033[1m";
	case SCREEN_DIM:
		return "\033[2m";
	case SCREEN_GOOD:
		return "\033[32m";
	case SCREEN_WARNING:
		return "\033[33m";
	case SCREEN_DANGER:
		return "\033[1;31m";
	case SCREEN_ALARM:
		return "\033[1;7;31m";
	}
	return "";
}

void screen_print(struct tool *tool, enum screen_style style, const char *format, ...)
{
	bool is_coloured = tool->has_colour && style != SCREEN_PLAIN;
	char *text = NULL;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	if (is_coloured)
		fputs(style_start(style), tool->out);
	screen_put(tool->out, text);
	if (is_coloured)
		fputs("\033[0m", tool->out);
	free(text);
}

bool screen_escape_json(struct buffer *buffer, const char *text, size_t length)
{
	size_t i = 0, plain = 0;

	while (i < length) {
		size_t sequence = (unsigned char) text[i] < 0x7F
					  ? 1
					  : utf8_sequence(text + i, length - i);
		uint32_t point;

		if (sequence == 0)
			sequence = 1;
		point = code_point(text + i, sequence);
		if (point >= 0x7F && IS_WITHIN(point, obeyed)) {
			buffer_append(buffer, text + plain, i - plain);
			buffer_format(buffer, "\\u%04x", point);
			plain = i + sequence;
		}
		i += sequence;
	}
	return buffer_append(buffer, text + plain, length - plain);
}

bool screen_print_json(struct tool *tool, const struct json *json)
{
	char *text = tool->is_terminal ? json_print_pretty(json) : json_print(json);
	struct buffer buffer;
	bool is_done;

	if (text == NULL) {
		tool->is_cut = true;
		return false;
	}
	buffer_init(&buffer, SIZE_MAX / 8);
	is_done = screen_escape_json(&buffer, text, strlen(text));
	if (is_done) {
		fwrite(buffer.bytes, 1, buffer.length, tool->out);
		fputc('\n', tool->out);
	}
	tool->is_cut = tool->is_cut || !is_done;
	buffer_finish(&buffer);
	free(text);
	return is_done;
}
