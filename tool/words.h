/* words.h - members of the API's answers as a person reads them. */
#ifndef TOOL_WORDS_H
#define TOOL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "tool/screen.h"

#define WORDS_SIZE 48

/* "10,476". */
const char *words_count(int64_t number, char words[WORDS_SIZE]);

/* A member that is a whole number, as "10,476"; "–" if there is none. */
const char *words_member_count(
	const struct json *object, const char *name, char words[WORDS_SIZE]);

/* The whole number itself; 0 if there is none. */
int64_t words_member_integer(const struct json *object, const char *name);

/* A rate such as 0.0123 as "1.23 %"; "–" for null. Below one percent there is a third
 * decimal. */
const char *words_member_rate(
	const struct json *object, const char *name, char words[WORDS_SIZE]);

/* A limit such as 0.05 as "5 %", without needless zeros. */
const char *words_member_limit(
	const struct json *object, const char *name, char words[WORDS_SIZE]);

/* A text; fallback where it is missing, null or empty. */
const char *words_member_text(
	const struct json *object, const char *name, const char *fallback);

/* "ok", "warning", "OVER THE REVIEW LIMIT", … for the API's name of a level, and how it
 * is shown. */
const char *words_level(const char *level, enum screen_style *style);

/* Worse levels are greater. */
int words_level_rank(const char *level);

#endif
