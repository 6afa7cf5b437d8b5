/* json.h - JSON read without surprises, and written. The only home of cJSON. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/error.h"

struct json;

#define JSON_DEPTH_MAX 32
#define JSON_SIZE_MAX ((size_t) 16 << 20)

/* How to take what JSON allows in bytes but a C string or a signature can't bear. */
enum json_care {
	/* Refuse invalid UTF-8, \u0000, lone surrogates, raw control characters in a
	   string, a BOM. */
	JSON_STRICT,
	/* Put U+FFFD in their place: nothing of a genuine event is lost to a damaged
	   subject line. A BOM at the beginning is dropped; control characters stay. */
	JSON_REPAIR,
};

/*
 * Reads one JSON value and nothing after it but white space. Both ways refuse raw NUL
 * bytes, more than JSON_DEPTH_MAX levels or JSON_SIZE_MAX bytes, and numbers that are not
 * finite or longer than 63 bytes. text needs no
 * NUL behind it. The result is freed with json_free. NULL with the reason in error, and
 * with errno ENOMEM if it is want of memory, EINVAL if it is the text.
 */
struct json *json_parse(
	const char *text, size_t length, enum json_care care, struct error *error);

/* The same for text from strangers: more than so many values are refused before any
 * memory is taken. A value can take 32 times the bytes of its text ("0,"). */
struct json *json_parse_bounded(const char *text, size_t length, enum json_care care,
	size_t values_max, struct error *error);

/* Takes NULL. Frees the whole tree; only for a root. */
void json_free(struct json *json);

/* What a value is; all false for NULL. */
bool json_is_object(const struct json *json);
bool json_is_array(const struct json *json);
bool json_is_text(const struct json *json);
bool json_is_number(const struct json *json);
bool json_is_boolean(const struct json *json);
bool json_is_null(const struct json *json);

/*
 * Members of an object, by exact name (case counts). Where a name is given twice,
 * json_member gives the first and json_text refuses. Everything borrowed lives as long as
 * its root. object may be NULL or of another kind: then there is no member.
 */
const struct json *json_member(const struct json *object, const char *name);
bool json_has_once(const struct json *object, const char *name);

/* The first member of that name, and how many there are; NULL if there is none. */
const struct json *json_members(
	const struct json *object, const char *name, size_t *count);

/* The text of a member that is a string and is there once; else NULL. */
const char *json_text(const struct json *object, const char *name);

/* A number without a fraction, of at most 2^53, that is there once; false if it isn't
 * one. */
bool json_integer(const struct json *object, const char *name, int64_t *number);

/* A member that is true, false, "true" or "false", and is there once. */
bool json_boolean(const struct json *object, const char *name, bool *value);

/* Walking an array or an object: the first element, the next, its name in its object. */
const struct json *json_first(const struct json *container);
const struct json *json_next(const struct json *element);
const char *json_name(const struct json *element);
size_t json_count(const struct json *container);

/* The value itself as text or number. NULL / false if it is none. */
const char *json_as_text(const struct json *element);
bool json_as_number(const struct json *element, double *number);

/*
 * Building. Only what was made here can be added to, not what was read; but that may be
 * put whole into what was made here. A constructor that runs out of memory gives NULL,
 * and every function takes a NULL object in silence, so that a caller builds the whole
 * and looks once, at what json_print gives. Texts are copied; NULL texts become null.
 * Bytes that are no UTF-8 become U+FFFD.
 */
struct json *json_object(void);
struct json *json_array(void);
void json_put_text(struct json *object, const char *name, const char *text);
void json_put_integer(struct json *object, const char *name, int64_t number);
void json_put_number(
	struct json *object, const char *name, double number); /* not finite: null */
void json_put_boolean(struct json *object, const char *name, bool value);
void json_put_null(struct json *object, const char *name);
void json_put_time(
	struct json *object, const char *name, utc_ms time); /* UTC_NONE: null */
/* child now belongs to object (freed with it, or at once if object is NULL). NULL child:
 * null. */
void json_put(struct json *object, const char *name, struct json *child);
/* A copy of a value from another tree. */
void json_put_copy(struct json *object, const char *name, const struct json *value);
void json_append(struct json *array, struct json *child);
void json_append_text(struct json *array, const char *text);

/* Compact JSON, freed by the caller with free. NULL without memory, for NULL, and for a
 * tree that something could not be put into for want of memory. */
char *json_print(const struct json *json);

/* Indented, for people. */
char *json_print_pretty(const struct json *json);

/* Adds a quoted, escaped JSON string to a buffer; for lists that are streamed row by row.
 */
bool json_print_text(struct buffer *buffer, const char *text);

#endif
