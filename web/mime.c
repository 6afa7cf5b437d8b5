/* mime.c - the parts of a mail, as RFC 5322, 2045 and 2047 ask. */
#include "web/mime.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/crypto.h"
#include "base/text.h"

/* An encoded word has at most 75 characters: "=?UTF-8?B?" "?=" and 60 of base64. */
#define WORD_BYTES 45
/* Of a line of quoted-printable, without the "=" that goes on. */
#define LINE_BYTES 75

const char *mime_date(utc_ms time, char text[MIME_DATE_SIZE])
{
	time_t seconds = (time_t) (utc_floor(time, SECOND_MS) / SECOND_MS);
	struct tm parts;

	/* Names in English: nobody calls setlocale. */
	if (gmtime_r(&seconds, &parts) == NULL ||
		strftime(text, MIME_DATE_SIZE, "%a, %d %b %Y %H:%M:%S +0000", &parts) ==
			0)
		text[0] = '\0';
	return text;
}

static bool is_control(char byte)
{
	return (unsigned char) byte < ' ' || byte == 0x7f;
}

static bool is_printable(const char *text)
{
	/* What looks like an encoded word would be read as one. */
	if (strstr(text, "=?") != NULL)
		return false;
	for (; *text != '\0'; text++)
		if (is_control(*text) || (unsigned char) *text >= 0x80)
			return false;
	return true;
}

static bool append_word(struct buffer *header, const char *bytes, size_t length)
{
	char encoded[4 * ((WORD_BYTES + 2) / 3) + 1];
	char plain[WORD_BYTES];

	for (size_t i = 0; i < length; i++)
		plain[i] = is_control(bytes[i]) ? ' ' : bytes[i];
	base64_encode(plain, length, encoded);
	return buffer_format(header, "=?UTF-8?B?%s?=", encoded);
}

bool mime_words(struct buffer *header, const char *text)
{
	size_t left = strlen(text);

	if (is_printable(text))
		return buffer_append_text(header, text);
	while (left > 0) {
		size_t length = left < WORD_BYTES ? left : WORD_BYTES;

		/* A character is never divided between two words. */
		if (length < left) {
			size_t whole = utf8_without_half(text, length);

			length = whole > 0 ? whole : length;
		}
		if (!append_word(header, text, length))
			return false;
		text += length;
		left -= length;
		if (left > 0 && !buffer_append_text(header, "\r\n "))
			return false;
	}
	return true;
}

char *mime_address(const char *mailbox)
{
	const char *open = strrchr(mailbox, '<');
	const char *begin = open == NULL ? mailbox : open + 1;
	size_t length = strlen(begin);

	for (const char *byte = mailbox; *byte != '\0'; byte++)
		if (is_control(*byte))
			return NULL;
	if (open == NULL) {
		begin = text_trim(begin, &length);
	} else {
		if (length == 0 || begin[length - 1] != '>')
			return NULL;
		length--;
	}
	if (length == 0 || memchr(begin, ' ', length) != NULL ||
		memchr(begin, '>', length) != NULL || memchr(begin, '<', length) != NULL)
		return NULL;
	return text_copy(begin, length);
}

bool mime_mailbox(struct buffer *header, const char *mailbox)
{
	const char *open = strrchr(mailbox, '<');
	char *address = mime_address(mailbox), *name;
	size_t length = open == NULL ? 0 : (size_t) (open - mailbox);
	const char *begin = text_trim(mailbox, &length);
	bool is_made = false;

	if (address == NULL)
		return false;
	if (length == 0) {
		is_made = buffer_append_text(header, address);
	} else {
		name = text_copy(begin, length);
		is_made = name != NULL && mime_words(header, name) &&
			  buffer_format(header, " <%s>", address);
		free(name);
	}
	free(address);
	return is_made;
}

/* What goes for one byte: itself, or "=XX". A blank at the end of a line would be lost.
 */
static size_t quote(char byte, bool is_last, char quoted[3])
{
	static const char digits[] = "0123456789ABCDEF";
	unsigned char value = (unsigned char) byte;

	if ((value > ' ' && value < 0x7f && value != '=') ||
		((value == ' ' || value == '\t') && !is_last)) {
		quoted[0] = byte;
		return 1;
	}
	quoted[0] = '=';
	quoted[1] = digits[value >> 4];
	quoted[2] = digits[value & 15];
	return 3;
}

bool mime_quoted_printable(struct buffer *body, const char *text, size_t length)
{
	size_t column = 0;

	for (size_t i = 0; i < length; i++) {
		bool is_last = i + 1 == length || text[i + 1] == '\n';
		char quoted[3];
		size_t width;

		if (text[i] == '\n') {
			buffer_append_text(body, "\r\n");
			column = 0;
			continue;
		}
		width = quote(text[i], is_last, quoted);
		if (column + width > LINE_BYTES) {
			buffer_append_text(body, "=\r\n");
			column = 0;
		}
		buffer_append(body, quoted, width);
		column += width;
	}
	return !body->failed;
}
