/* json_build.c - the tree of a JSON text, in one block of memory. */
#include "base/json_build.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* A number of so many digits is exact in a double. */
#define DIGITS_EXACT 15

struct build {
	const char *at, *end; /* what is still to be read */
	cJSON *item;	      /* where the next value goes */
	char *text;	      /* where the next text goes */
};

static bool read_value(struct build *build, cJSON *item);

static size_t left(const struct build *build)
{
	return (size_t) (build->end - build->at);
}

static void skip_white(struct build *build)
{
	while (build->at < build->end &&
		(*build->at == ' ' || *build->at == '\n' || *build->at == '\r' ||
			*build->at == '\t'))
		build->at++;
}

static bool take_byte(struct build *build, char byte)
{
	if (build->at == build->end || *build->at != byte)
		return false;
	build->at++;
	return true;
}

static cJSON *take_item(struct build *build)
{
	memset(build->item, 0, sizeof(*build->item));
	return build->item++;
}

/* ---- strings; json_scan has seen that they are closed and their escapes right ---- */

static void put_bytes(struct build *build, const char *bytes, size_t length)
{
	memcpy(build->text, bytes, length);
	build->text += length;
}

static void take_unicode_escape(struct build *build)
{
	uint32_t letter = 0;
	size_t length = json_escaped_letter(build->at, left(build), &letter);

	if (json_letter_is_damage(letter))
		put_bytes(build, JSON_REPLACEMENT, strlen(JSON_REPLACEMENT));
	else
		build->text += utf8_write(letter, build->text);
	build->at += length;
}

static char meaning_of(char letter)
{
	switch (letter) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return letter;
	}
}

static void take_escape(struct build *build)
{
	if (build->at[1] == 'u') {
		take_unicode_escape(build);
		return;
	}
	*build->text++ = meaning_of(build->at[1]);
	build->at += 2;
}

static void take_beyond_ascii(struct build *build)
{
	size_t sequence = utf8_sequence(build->at, left(build));

	if (sequence > 0)
		put_bytes(build, build->at, sequence);
	else
		put_bytes(build, JSON_REPLACEMENT, strlen(JSON_REPLACEMENT));
	build->at += sequence > 0 ? sequence : 1;
}

static char *take_string(struct build *build)
{
	char *text = build->text;

	build->at++;
	for (;;) {
		size_t plain = json_plain_length(build->at, left(build));

		put_bytes(build, build->at, plain);
		build->at += plain;
		if (*build->at == '"')
			break;
		if (*build->at == '\\')
			take_escape(build);
		else if ((unsigned char) *build->at >= 0x80)
			take_beyond_ascii(build);
		else
			*build->text++ = *build->at++;
	}
	build->at++;
	*build->text++ = '\0';
	return text;
}

/* ---- numbers ---- */

static bool is_of_number(char byte)
{
	return (byte >= '0' && byte <= '9') || byte == '-' || byte == '+' ||
	       byte == '.' || byte == 'e' || byte == 'E';
}

/* json_scan has seen that a number stands here, and that it is not too long. */
static double take_number(struct build *build)
{
	char number[JSON_NUMBER_LENGTH_MAX + 1], *end;
	double value = 0;
	size_t length = 0, digits = 0;

	while (length < JSON_NUMBER_LENGTH_MAX && length < left(build) &&
		is_of_number(build->at[length])) {
		number[length] = build->at[length];
		length++;
	}
	number[length] = '\0';
	while (number[digits] >= '0' && number[digits] <= '9')
		value = value * 10 + (number[digits++] - '0');
	if (digits == length && digits <= DIGITS_EXACT) {
		build->at += length;
		return value;
	}
	/* The program never calls setlocale, so the point is a point. What follows the
	   number, such as the second of "1-2", is left. */
	value = strtod(number, &end);
	build->at += end - number;
	return value;
}

/* ---- values ---- */

static bool take_word(struct build *build, const char *word)
{
	size_t length = strlen(word);

	if (left(build) < length || memcmp(build->at, word, length) != 0)
		return false;
	build->at += length;
	return true;
}

static bool read_word(struct build *build, cJSON *item)
{
	if (take_word(build, "true")) {
		item->type = cJSON_True;
		item->valueint = 1;
	} else if (take_word(build, "false")) {
		item->type = cJSON_False;
	} else if (take_word(build, "null")) {
		item->type = cJSON_NULL;
	} else {
		return false;
	}
	return true;
}

static bool read_name(struct build *build, cJSON *item)
{
	skip_white(build);
	if (build->at == build->end || *build->at != '"')
		return false;
	item->string = take_string(build);
	skip_white(build);
	return take_byte(build, ':');
}

/* An array or object, from behind its bracket on. The first value knows the last, as
 * cJSON has it. */
static bool read_elements(struct build *build, cJSON *container, char closing)
{
	cJSON *last = NULL;

	skip_white(build);
	if (take_byte(build, closing))
		return true;
	do {
		cJSON *item = take_item(build);

		if (container->type == cJSON_Object && !read_name(build, item))
			return false;
		if (!read_value(build, item))
			return false;
		item->prev = last;
		if (last)
			last->next = item;
		else
			container->child = item;
		last = item;
		skip_white(build);
	} while (take_byte(build, ','));
	container->child->prev = last;
	return take_byte(build, closing);
}

/* Calls itself at most JSON_DEPTH_MAX levels deep: json_scan has counted. */
static bool read_value(struct build *build, cJSON *item)
{
	skip_white(build);
	if (build->at == build->end)
		return false;
	if (*build->at == '"') {
		item->type = cJSON_String;
		item->valuestring = take_string(build);
		return true;
	}
	if (take_byte(build, '{')) {
		item->type = cJSON_Object;
		return read_elements(build, item, '}');
	}
	if (take_byte(build, '[')) {
		item->type = cJSON_Array;
		return read_elements(build, item, ']');
	}
	if (*build->at == '-' || (*build->at >= '0' && *build->at <= '9')) {
		item->type = cJSON_Number;
		cJSON_SetNumberHelper(item, take_number(build));
		return true;
	}
	return read_word(build, item);
}

static bool read_all(
	struct build *build, const char *text, cJSON *root, struct error *error)
{
	size_t value_end;

	take_word(build, JSON_BYTE_ORDER_MARK);
	if (!read_value(build, root))
		return error_set(
			error, "not JSON at byte %zu", (size_t) (build->at - text));
	value_end = (size_t) (build->at - text);
	skip_white(build);
	return build->at == build->end ||
	       error_set(error, "something after the value at byte %zu", value_end);
}

struct cJSON *json_build(const char *text, size_t length, const struct json_size *size,
	struct error *error)
{
	/* With its NUL a text is shorter than with its quotes, but where it is mended:
	   U+FFFD is two bytes longer than what it can stand for. */
	size_t texts = length + 2 * size->mended;
	cJSON *items = cJSON_malloc(size->values * sizeof(*items) + texts), *root;
	struct build build = {.at = text, .end = text + length};

	if (!items) {
		error_set(error, "out of memory");
		errno = ENOMEM;
		return NULL;
	}
	build.item = items;
	build.text = (char *) (items + size->values);
	root = take_item(&build);
	if (!read_all(&build, text, root, error)) {
		cJSON_free(items);
		errno = EINVAL;
		return NULL;
	}
	root->type |= cJSON_IsReference;
	return root;
}
