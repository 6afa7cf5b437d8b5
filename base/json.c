/* json.c - JSON read without surprises, and written. The only home of cJSON. */
#include "base/json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

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

static struct json *parse_scanned(const char *text, size_t length, struct error *error)
{
	const char *end = NULL;
	cJSON *item;
	size_t rest;

	/* cJSON gives up at the first allocation that fails, and says no more than that;
	 * malloc(3) sets ENOMEM, and free(3) keeps it. */
	errno = 0;
	item = cJSON_ParseWithLengthOpts(text, length, &end, 0);
	if (!item && errno == ENOMEM) {
		error_set(error, "out of memory");
		errno = ENOMEM;
		return NULL;
	}
	errno = EINVAL;
	if (!item) {
		error_set(error, "not JSON at byte %zu", end ? (size_t) (end - text) : 0);
		return NULL;
	}
	rest = length - (size_t) (end - text);
	text_trim(end, &rest);
	if (rest > 0) {
		error_set(error, "something after the value at byte %zu",
			(size_t) (end - text));
		cJSON_Delete(item);
		return NULL;
	}
	return disguise(item);
}

struct json *json_parse(
	const char *text, size_t length, enum json_care care, struct error *error)
{
	return json_parse_bounded(text, length, care, SIZE_MAX, error);
}

struct json *json_parse_bounded(const char *text, size_t length, enum json_care care,
	size_t values_max, struct error *error)
{
	struct buffer repaired;
	struct json *json = NULL;

	/* A damaged byte becomes three. */
	buffer_init(&repaired, 3 * JSON_SIZE_MAX);
	if (!json_scan(text, length, care, values_max, &repaired, error)) {
		errno = repaired.failed ? ENOMEM : EINVAL;
		goto out;
	}
	if (repaired.bytes)
		json = parse_scanned(repaired.bytes, repaired.length, error);
	else
		json = parse_scanned(text, length, error);
out:
	buffer_finish(&repaired);
	return json;
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

static const cJSON *find_member(const struct json *object, const char *name, int *count)
{
	const cJSON *found = NULL, *item;

	*count = 0;
	if (!json_is_object(object))
		return NULL;
	cJSON_ArrayForEach(item, look(object))
	{
		if (!item->string || strcmp(item->string, name) != 0)
			continue;
		if (!found)
			found = item;
		++*count;
	}
	return found;
}

static const cJSON *find_single_member(const struct json *object, const char *name)
{
	int count;
	const cJSON *item = find_member(object, name, &count);

	return count == 1 ? item : NULL;
}

const struct json *json_member(const struct json *object, const char *name)
{
	if (!json_is_object(object))
		return NULL;
	return disguise_const(cJSON_GetObjectItemCaseSensitive(look(object), name));
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

bool json_print_text(struct buffer *buffer, const char *text)
{
	cJSON *item = new_text(text);
	char *printed = item ? cJSON_PrintUnformatted(item) : NULL;

	if (printed)
		buffer_append_text(buffer, printed);
	else
		buffer->failed = true;
	cJSON_free(printed);
	cJSON_Delete(item);
	return !buffer->failed;
}
