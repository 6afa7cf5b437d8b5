/* diagnostic.c - what an SMTP server's reply says, as far as programs can tell. */
#include "ses/diagnostic.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* The length of "5.7.133" at text, 0 if none stands there whole (RFC 3463, 2). */
static size_t status_at(const char *text)
{
	size_t at = 1;

	if ((text[0] != '2' && text[0] != '4' && text[0] != '5') || text[1] != '.')
		return 0;
	for (int part = 0; part < 2; part++) {
		size_t digits = 0;

		at++;
		while (digits < 4 && is_digit(text[at])) {
			at++;
			digits++;
		}
		if (digits == 0 || digits > 3 || (part == 0 && text[at] != '.'))
			return 0;
	}
	/* An IP address has a fourth part. */
	return is_digit(text[at]) || (text[at] == '.' && is_digit(text[at + 1])) ? 0 : at;
}

static const char *find_status(const char *text, size_t *length)
{
	for (const char *at = text; *at != '\0'; at++) {
		if (at > text && (isalnum((unsigned char) at[-1]) || at[-1] == '.'))
			continue;
		*length = status_at(at);
		if (*length > 0)
			return at;
	}
	return NULL;
}

static bool is_vague(const char *status)
{
	return status[0] == '\0' || text_ends(status, ".0.0");
}

void ses_diagnostic_status(
	const char *status, const char *diagnostic, char found[SES_STATUS_SIZE])
{
	size_t length = status == NULL ? 0 : status_at(status);
	const char *at;

	snprintf(found, SES_STATUS_SIZE, "%.*s", (int) length,
		status == NULL ? "" : status);
	if (diagnostic == NULL || !is_vague(found))
		return;
	at = find_status(diagnostic, &length);
	if (at != NULL)
		snprintf(found, SES_STATUS_SIZE, "%.*s", (int) length, at);
}

/* The end of the words that hold hit if an address is among them, NULL if none is. */
static const char *address_around(const char *text, const char *hit, size_t length)
{
	static const char ends[] = " \t\r\n<>()[]\"';,";
	const char *begin = hit, *end = hit + length;

	while (begin > text && strchr(ends, begin[-1]) == NULL)
		begin--;
	end += strcspn(end, ends);
	return memchr(begin, '@', (size_t) (end - begin)) != NULL ? end : NULL;
}

/* Words of the table are short and many; strcasestr would prepare a long search for each.
 */
static const char *find_word(const char *text, const char *word, size_t length)
{
	int first = tolower((unsigned char) *word);

	for (; *text != '\0'; text++) {
		if (tolower((unsigned char) *text) == first &&
			strncasecmp(text, word, length) == 0)
			return text;
	}
	return NULL;
}

/* The remote server chooses the text: each address is walked through once, however often
 * the word is in it. */
bool ses_diagnostic_has(const char *diagnostic, const char *word)
{
	size_t length = strlen(word);
	const char *at = diagnostic;

	while ((at = find_word(at, word, length)) != NULL) {
		at = address_around(diagnostic, at, length);
		if (at == NULL)
			return true;
	}
	return false;
}

/* SES puts the last reply in angle brackets behind its own words. */
const char *ses_diagnostic_inner(const char *diagnostic, size_t *length)
{
	const char *words = diagnostic == NULL
				    ? NULL
				    : strcasestr(diagnostic, "message expired"),
		   *begin, *end;

	if (words == NULL || (begin = strchr(words, '<')) == NULL)
		return NULL;
	end = strrchr(begin, '>');
	*length = end == NULL ? strlen(begin + 1) : (size_t) (end - begin - 1);
	return *length > 0 ? begin + 1 : NULL;
}

/* ---- the signature ---- */

/* What differs from user to user: words with digits, @, /, = or many bytes. */
static bool is_personal(const char *word, size_t length)
{
	if (length > 24)
		return true;
	for (size_t i = 0; i < length; i++)
		if (is_digit(word[i]) || strchr("@/=<>", word[i]) != NULL)
			return true;
	return false;
}

static void add_word(char signature[SES_SIGNATURE_SIZE], const char *word, size_t length)
{
	size_t at = strlen(signature);

	while (length > 0 && strchr(".,;:'\"()[]", word[length - 1]) != NULL)
		length--;
	while (length > 0 && strchr("'\"()[]", *word) != NULL) {
		word++;
		length--;
	}
	if (length == 0 || is_personal(word, length) ||
		at + length + 2 > SES_SIGNATURE_SIZE)
		return;
	if (at > 0)
		signature[at++] = ' ';
	memcpy(signature + at, word, length);
	signature[at + length] = '\0';
}

void ses_diagnostic_signature(
	const char *status, const char *diagnostic, char signature[SES_SIGNATURE_SIZE])
{
	char found[SES_STATUS_SIZE];
	size_t limit;

	signature[0] = '\0';
	if (diagnostic == NULL)
		return;
	ses_diagnostic_status(status, diagnostic, found);
	snprintf(signature, SES_SIGNATURE_SIZE, "%s", found);
	limit = strlen(diagnostic);
	if (limit > 96)
		limit = utf8_without_half(diagnostic, 96);
	for (size_t i = 0; i < limit;) {
		size_t length = 0;

		while (i + length < limit &&
			strchr(" \t\r\n", diagnostic[i + length]) == NULL)
			length++;
		/* The cut may have gone through a word. */
		if (i + length < limit || diagnostic[limit] == '\0')
			add_word(signature, diagnostic + i, length);
		i += length + 1;
	}
	text_to_lower(signature);
}
