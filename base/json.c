/* json.c - JSON read without surprises, and written. The only home of cJSON. */
#include "base/json.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/json_build.h"
#include "base/json_scan.h"
#include "base/text.h"

#define INTEGER_MAX ((int64_t) 1 << 53)

/* cJSON prints 15 digits, and integers from here on with an exponent. */
#define INTEGER_PRINTED_PLAIN ((int64_t) 1000000000000000)

/* A bit of cJSON's type word that cJSON 1.7.15 doesn't use, and copies: something is
 * missing in this container. */
#define TYPE_INCOMPLETE (1 << 16)

/* struct json is a cJSON in disguise; these are the only places that know. */
static const cJSON *look(const struct json *json)
{
	return (const cJSON *) json;
}

static cJSON *change(struct json *json)
{
	return (cJSON *) json;
}

static struct json *disguise(cJSON *item)
{
	return (struct json *) item;
}

static const struct json *disguise_const(const cJSON *item)
{
	return (const struct json *) item;
}

struct json *json_parse(
	const char *text, size_t length, enum json_care care, struct error *error)
{
	return json_parse_bounded(text, length, care, SIZE_MAX, error);
}

struct json *json_parse_bounded(const char *text, size_t length, enum json_care care,
	size_t values_max, struct error *error)
{
	struct json_size size;

	if (!json_scan(text, length, care, values_max, &size, error)) {
		errno = EINVAL;
		return NULL;
	}
	return disguise(json_build(text, length, &size, error));
}

void json_free(struct json *json)
{
	cJSON_Delete(change(json));
}

bool json_is_object(const struct json *json)
{
	return cJSON_IsObject(look(json));
}

bool json_is_array(const struct json *json)
{
	return cJSON_IsArray(look(json));
}

bool json_is_text(const struct json *json)
{
	return cJSON_IsString(look(json));
}

bool json_is_number(const struct json *json)
{
	return cJSON_IsNumber(look(json));
}

bool json_is_boolean(const struct json *json)
{
	return cJSON_IsBool(look(json));
}

bool json_is_null(const struct json *json)
{
	return cJSON_IsNull(look(json));
}

static const cJSON *find_members(
	const struct json *object, const char *name, size_t *count)
{
	const cJSON *found = NULL, *item;

	*count = 0;
	if (!json_is_object(object))
		return NULL;
	cJSON_ArrayForEach(item, look(object))
	{
		if (!item->string || item->string[0] != name[0] ||
			strcmp(item->string, name) != 0)
			continue;
		if (!found)
			found = item;
		++*count;
	}
	return found;
}

static const cJSON *find_single_member(const struct json *object, const char *name)
{
	size_t count;
	const cJSON *item = find_members(object, name, &count);

	return count == 1 ? item : NULL;
}

const struct json *json_member(const struct json *object, const char *name)
{
	if (!json_is_object(object))
		return NULL;
	return disguise_const(cJSON_GetObjectItemCaseSensitive(look(object), name));
}

const struct json *json_members(
	const struct json *object, const char *name, size_t *count)
{
	return disguise_const(find_members(object, name, count));
}

bool json_has_once(const struct json *object, const char *name)
{
	return find_single_member(object, name) != NULL;
}

const char *json_text(const struct json *object, const char *name)
{
	return cJSON_GetStringValue(find_single_member(object, name));
}

bool json_integer(const struct json *object, const char *name, int64_t *number)
{
	const cJSON *item = find_single_member(object, name);

	/* The last of these is defined behaviour only because of the one before. */
	if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble) ||
		fabs(item->valuedouble) > (double) INTEGER_MAX ||
		(double) (int64_t) item->valuedouble != item->valuedouble)
		return false;
	*number = (int64_t) item->valuedouble;
	return true;
}

bool json_boolean(const struct json *object, const char *name, bool *value)
{
	const cJSON *item = find_single_member(object, name);
	const char *text = cJSON_GetStringValue(item);

	if (cJSON_IsTrue(item) || text_equal(text, "true"))
		*value = true;
	else if (cJSON_IsFalse(item) || text_equal(text, "false"))
		*value = false;
	else
		return false;
	return true;
}

const struct json *json_first(const struct json *container)
{
	if (!json_is_object(container) && !json_is_array(container))
		return NULL;
	return disguise_const(look(container)->child);
}

const struct json *json_next(const struct json *element)
{
	return element ? disguise_const(look(element)->next) : NULL;
}

const char *json_name(const struct json *element)
{
	return element ? look(element)->string : NULL;
}

size_t json_count(const struct json *container)
{
	size_t count = 0;

	for (const struct json *element = json_first(container); element;
		element = json_next(element))
		count++;
	return count;
}

const char *json_as_text(const struct json *element)
{
	return cJSON_GetStringValue(look(element));
}

bool json_as_number(const struct json *element, double *number)
{
	if (!json_is_number(element))
		return false;
	*number = look(element)->valuedouble;
	return true;
}

struct json *json_object(void)
{
	return disguise(cJSON_CreateObject());
}

struct json *json_array(void)
{
	return disguise(cJSON_CreateArray());
}

static cJSON *new_text(const char *text)
{
	struct buffer mended;
	const char *utf8;
	cJSON *item = NULL;

	if (!text)
		return cJSON_CreateNull();
	buffer_init(&mended, SIZE_MAX);
	utf8 = json_make_utf8(text, &mended);
	if (utf8)
		item = cJSON_CreateString(utf8);
	buffer_finish(&mended);
	return item;
}

/* What was read is one block (json_build.h): what was hung into it would never be freed.
 */
static bool may_grow(const struct json *container)
{
	return !(look(container)->type & cJSON_IsReference);
}

/* Hangs item, which may be NULL for want of memory, into object, which may be NULL, too.
 */
static void put_item(struct json *object, const char *name, cJSON *item)
{
	struct buffer mended;
	const char *utf8;

	if (!object) {
		cJSON_Delete(item);
		return;
	}
	assert(may_grow(object));
	buffer_init(&mended, SIZE_MAX);
	utf8 = json_make_utf8(name, &mended);
	if (!utf8 || !cJSON_AddItemToObject(change(object), utf8, item)) {
		cJSON_Delete(item);
		change(object)->type |= TYPE_INCOMPLETE;
	}
	buffer_finish(&mended);
}

void json_put_text(struct json *object, const char *name, const char *text)
{
	put_item(object, name, new_text(text));
}

void json_put_integer(struct json *object, const char *name, int64_t number)
{
	char digits[24];

	if (number > -INTEGER_PRINTED_PLAIN && number < INTEGER_PRINTED_PLAIN) {
		put_item(object, name, cJSON_CreateNumber((double) number));
		return;
	}
	snprintf(digits, sizeof(digits), "%" PRId64, number);
	put_item(object, name, cJSON_CreateRaw(digits));
}

void json_put_number(struct json *object, const char *name, double number)
{
	put_item(object, name,
		isfinite(number) ? cJSON_CreateNumber(number) : cJSON_CreateNull());
}

void json_put_boolean(struct json *object, const char *name, bool value)
{
	put_item(object, name, cJSON_CreateBool(value));
}

void json_put_null(struct json *object, const char *name)
{
	put_item(object, name, cJSON_CreateNull());
}

void json_put_time(struct json *object, const char *name, utc_ms time)
{
	char text[UTC_TEXT_SIZE];

	utc_format(time, text);
	json_put_text(object, name, text[0] == '\0' ? NULL : text);
}

void json_put(struct json *object, const char *name, struct json *child)
{
	put_item(object, name, child ? change(child) : cJSON_CreateNull());
}

void json_put_copy(struct json *object, const char *name, const struct json *value)
{
	put_item(object, name,
		value ? cJSON_Duplicate(look(value), 1) : cJSON_CreateNull());
}

static void append_item(struct json *array, cJSON *item)
{
	assert(!array || may_grow(array));
	if (array && cJSON_AddItemToArray(change(array), item))
		return;
	cJSON_Delete(item);
	if (array)
		change(array)->type |= TYPE_INCOMPLETE;
}

void json_append(struct json *array, struct json *child)
{
	append_item(array, child ? change(child) : cJSON_CreateNull());
}

void json_append_text(struct json *array, const char *text)
{
	append_item(array, new_text(text));
}

static bool is_complete(const cJSON *item)
{
	const cJSON *child;

	if (item->type & TYPE_INCOMPLETE)
		return false;
	cJSON_ArrayForEach(child, item)
	{
		if (!is_complete(child))
			return false;
	}
	return true;
}

char *json_print(const struct json *json)
{
	return json && is_complete(look(json)) ? cJSON_PrintUnformatted(look(json))
					       : NULL;
}

char *json_print_pretty(const struct json *json)
{
	return json && is_complete(look(json)) ? cJSON_Print(look(json)) : NULL;
}

/* The escape of a byte that can't stand in a string as it is, as cJSON prints it. */
static void print_escape(struct buffer *buffer, char byte)
{
	static const char bytes[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *known = strchr(bytes, byte);
	char escape[7];
	int length;

	length = known ? snprintf(escape, sizeof(escape), "\\%c", letters[known - bytes])
		       : snprintf(escape, sizeof(escape), "\\u%04x",
				 (unsigned) (unsigned char) byte);
	buffer_append(buffer, escape, (size_t) length);
}

bool json_print_text(struct buffer *buffer, const char *text)
{
	size_t begin = buffer->length, left;
	struct buffer mended;

	if (!text)
		return buffer_append_text(buffer, "null");
	buffer_init(&mended, SIZE_MAX);
	text = json_make_utf8(text, &mended);
	if (!text)
		buffer->failed = true;
	left = text ? strlen(text) : 0;
	buffer_append_text(buffer, "\"");
	while (left > 0) {
		size_t plain = json_plain_length(text, left);

		if (plain == 0 && (unsigned char) *text >= 0x80)
			plain = utf8_sequence(text, left);
		if (plain > 0)
			buffer_append(buffer, text, plain);
		else
			print_escape(buffer, *text);
		text += plain > 0 ? plain : 1;
		left -= plain > 0 ? plain : 1;
	}
	buffer_finish(&mended);
	if (buffer_append_text(buffer, "\""))
		return true;
	/* All of it or nothing. */
	buffer->length = begin;
	if (buffer->bytes)
		buffer->bytes[begin] = '\0';
	return false;
}
