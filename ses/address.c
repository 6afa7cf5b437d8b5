/* address.c - one mailbox, one spelling. The only home of libidn2. */
#include "ses/address.h"

#include <idn2.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "ses/folding.h"

#define SIMULATOR_DOMAIN "simulator.amazonses.com"

/* A part of a text that is looked at; nothing is copied before all of it is known. */
struct span {
	const char *bytes;
	size_t length;
};

static struct span trim(const char *bytes, size_t length)
{
	bytes = text_trim(bytes, &length);
	return (struct span){bytes, length};
}

/*
 * Walks a text and says for each byte whether it stands within quotes. A quote that is
 * never closed is no quote ("Name <a@b>): with ignore_quotes nothing is quoted.
 */
struct walk {
	bool ignore_quotes, is_quoted, is_escaped;
};

static bool walk_is_plain(struct walk *walk, char byte)
{
	if (walk->ignore_quotes)
		return true;
	if (walk->is_escaped) {
		walk->is_escaped = false;
		return false;
	}
	if (walk->is_quoted && byte == '\\') {
		walk->is_escaped = true;
		return false;
	}
	if (byte == '"') {
		walk->is_quoted = !walk->is_quoted;
		return false;
	}
	return !walk->is_quoted;
}

static bool quotes_are_closed(struct span text)
{
	struct walk walk = {false, false, false};

	for (size_t i = 0; i < text.length; i++)
		walk_is_plain(&walk, text.bytes[i]);
	return !walk.is_quoted;
}

/* Takes RFC 5322 comments off both ends: (like this) a@b (and this). Nested ones are
 * found by counting; where the parentheses don't match the text stays as it is, and is no
 * address. */
static struct span strip_comments(struct span text)
{
	while (text.length > 0 && text.bytes[0] == '(') {
		size_t depth = 0, i;

		for (i = 0; i < text.length; i++) {
			if (text.bytes[i] == '(')
				depth++;
			else if (text.bytes[i] == ')' && --depth == 0)
				break;
		}
		if (i == text.length)
			return text;
		text = trim(text.bytes + i + 1, text.length - i - 1);
	}
	while (text.length > 0 && text.bytes[text.length - 1] == ')') {
		size_t depth = 0, i = text.length;

		while (i > 0) {
			i--;
			if (text.bytes[i] == ')')
				depth++;
			else if (text.bytes[i] == '(' && --depth == 0)
				break;
		}
		if (depth > 0)
			return text;
		text = trim(text.bytes, i);
	}
	return text;
}

/* What stands between angle brackets, if there are any; the display name before them and
 * a comment after them are dropped. False where brackets don't match. */
static bool take_from_brackets(struct span *text)
{
	struct walk walk = {!quotes_are_closed(*text), false, false};
	size_t open = SIZE_MAX, close = SIZE_MAX;
	struct span rest;

	for (size_t i = 0; i < text->length; i++) {
		char byte = text->bytes[i];

		if (!walk_is_plain(&walk, byte))
			continue;
		if (byte == '<' && close == SIZE_MAX)
			open = i;
		else if (byte == '>' && close == SIZE_MAX)
			close = i;
	}
	if (open == SIZE_MAX && close == SIZE_MAX)
		return true;
	if (open == SIZE_MAX || close == SIZE_MAX)
		return false;
	rest = trim(text->bytes + close, text->length - close);
	while (rest.length > 0 && rest.bytes[0] == '>')
		rest = trim(rest.bytes + 1, rest.length - 1);
	if (strip_comments(rest).length > 0)
		return false;
	*text = trim(text->bytes + open + 1, close - open - 1);
	return true;
}

/* The character at bytes, which is well-formed UTF-8, and its length. */
static uint32_t letter_at(const char *bytes, size_t *length)
{
	static const uint8_t mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	size_t count = utf8_sequence(bytes, 4);
	uint32_t letter = (uint8_t) bytes[0] & mask[count];

	for (size_t i = 1; i < count; i++)
		letter = letter << 6 | ((uint8_t) bytes[i] & 0x3f);
	*length = count;
	return letter;
}

/* Appends the part in lower case to normal, which holds *used bytes already. */
static bool append_lower(struct span part, char normal[SES_ADDRESS_MAX], size_t *used)
{
	size_t i = 0;

	while (i < part.length) {
		size_t length = 1, written;
		uint32_t letter = (uint8_t) part.bytes[i];
		char bytes[4];

		if (letter >= 'A' && letter <= 'Z')
			letter += 'a' - 'A';
		else if (letter >= 0x80)
			letter = ses_letter_to_lower(letter_at(part.bytes + i, &length));
		written = utf8_write(letter, bytes);
		if (*used + written >= SES_ADDRESS_MAX)
			return false;
		memcpy(normal + *used, bytes, written);
		*used += written;
		i += length;
	}
	return true;
}

static bool is_ascii(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if ((uint8_t) bytes[i] >= 0x80)
			return false;
	}
	return true;
}

/* What may stand in a local part or domain that is not quoted: no blanks, and none of the
 * marks by which texts with several addresses, comments or names are written. */
static bool is_plain_part(const char *bytes, size_t length)
{
	static const bool is_mark[128] = {['"'] = true,
		['<'] = true,
		['>'] = true,
		['('] = true,
		[')'] = true,
		[','] = true,
		[';'] = true,
		[0x7f] = true};

	for (size_t i = 0; i < length; i++) {
		uint8_t byte = (uint8_t) bytes[i];

		if (byte <= ' ' || (byte < sizeof(is_mark) && is_mark[byte]))
			return false;
	}
	return length > 0;
}

static bool is_quoted_part(struct span part)
{
	struct walk walk = {false, false, false};

	if (part.length < 3 || part.bytes[0] != '"')
		return false;
	for (size_t i = 0; i < part.length; i++) {
		walk_is_plain(&walk, part.bytes[i]);
		if (!walk.is_quoted)
			return i == part.length - 1;
	}
	return false;
}

/* Control characters (C1 too) and blanks beyond ASCII hide what an address is; U+FFFD
 * stands where JSON had to be repaired: what was there is not known. */
static bool hides(uint32_t letter)
{
	return letter < 0x20 || (letter >= 0x7f && letter <= 0xa0) || letter == 0x1680 ||
	       (letter >= 0x2000 && letter <= 0x200b) || letter == 0x2028 ||
	       letter == 0x2029 || letter == 0x202f || letter == 0x205f ||
	       letter == 0x3000 || letter == 0xfeff || letter == 0xfffd;
}

static bool is_readable(struct span text)
{
	size_t i = 0;

	if (!utf8_is_valid(text.bytes, text.length))
		return false;
	while (i < text.length) {
		size_t length;

		if (hides(letter_at(text.bytes + i, &length)))
			return false;
		i += length;
	}
	return true;
}

static size_t without_dots_at_end(const char *bytes, size_t length)
{
	while (length > 0 && bytes[length - 1] == '.')
		length--;
	return length;
}

/*
 * Puts the A-label form in place of a non-ASCII domain that ends normal. What libidn2
 * refuses stays in lower case: a failure must not lose an event. Mapping can turn a full
 * width sign into ASCII that would break the address: that is a failure, too.
 */
static bool encode_domain(char normal[SES_ADDRESS_MAX], size_t at, size_t *used)
{
	uint8_t *encoded = NULL;
	bool fits = true;

	normal[*used] = '\0';
	if (idn2_lookup_u8((const uint8_t *) normal + at, &encoded,
		    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK) {
		const char *ascii = (const char *) encoded;
		size_t length = without_dots_at_end(ascii, strlen(ascii));

		if (is_plain_part(ascii, length) && is_ascii(ascii, length) &&
			!memchr(ascii, '@', length)) {
			*used = at;
			fits = append_lower((struct span){ascii, length}, normal, used);
		}
	}
	idn2_free(encoded);
	return fits;
}

/* Finds local part and domain: what stands before and after the last @ that is not
 * quoted. */
static bool split(struct span text, struct span *local, struct span *domain)
{
	const char *at = memrchr(text.bytes, '@', text.length);
	size_t length;

	if (!at)
		return false;
	*local = (struct span){text.bytes, (size_t) (at - text.bytes)};
	length = text.length - local->length - 1;
	*domain = (struct span){at + 1, without_dots_at_end(at + 1, length)};
	return is_plain_part(domain->bytes, domain->length) &&
	       (is_plain_part(local->bytes, local->length) || is_quoted_part(*local));
}

static bool write_normal(struct span text, char normal[SES_ADDRESS_MAX])
{
	struct span local, domain;
	size_t used = 0, at;

	if (!split(text, &local, &domain) || !append_lower(local, normal, &used) ||
		!append_lower((struct span){"@", 1}, normal, &used))
		return false;
	at = used;
	if (!append_lower(domain, normal, &used))
		return false;
	if (!is_ascii(domain.bytes, domain.length) && !encode_domain(normal, at, &used))
		return false;
	normal[used] = '\0';
	return true;
}

bool ses_address_normalise(const char *text, size_t length, char normal[SES_ADDRESS_MAX])
{
	struct span span;

	normal[0] = '\0';
	if (!text)
		return false;
	span = trim(text, length);
	if (!take_from_brackets(&span))
		return false;
	span = strip_comments(span);
	if (is_readable(span) && write_normal(span, normal))
		return true;
	normal[0] = '\0';
	return false;
}

const char *ses_address_domain(const char *normal)
{
	const char *at = strrchr(normal, '@');

	return at ? at + 1 : "";
}

bool ses_address_is_simulator(const char *normal)
{
	return text_equal(ses_address_domain(normal), SIMULATOR_DOMAIN);
}

bool ses_domain_is_within(const char *domain, const char *const *domains, size_t count)
{
	size_t length = strlen(domain);

	for (size_t i = 0; i < count; i++) {
		size_t parent = strlen(domains[i]);

		if (parent == 0 || parent > length ||
			memcmp(domain + length - parent, domains[i], parent) != 0)
			continue;
		if (parent == length || domain[length - parent - 1] == '.')
			return true;
	}
	return false;
}
