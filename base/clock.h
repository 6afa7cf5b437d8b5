/* clock.h - times: now, from text, to text. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds since 1970-01-01T00:00:00Z. */
typedef int64_t utc_ms;

#define UTC_NONE INT64_MIN

#define SECOND_MS ((int64_t) 1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

/* The wall clock. */
utc_ms clock_now(void);

/* A clock that never steps; its zero means nothing. For deadlines and durations. */
int64_t clock_monotonic_ms(void);

/*
 * Reads an RFC 3339 time, and the spellings SES uses: with or without a
 * fraction of a second, "Z" or an offset such as -05:00 or +0000, with or without blanks
 * before it, "T" or a blank between date and time. Only years 1970 to 9999, and only days
 * that exist; a leap second counts as the second after it. The whole text must be a time.
 * On failure *time is untouched.
 */
bool utc_parse(const char *text, utc_ms *time) __attribute__((warn_unused_result));

#define UTC_TEXT_SIZE 25

/* Writes "2026-11-24T05:51:47.123Z" and a NUL. UTC_NONE and times out of the years 1970
 * to 9999 give an empty text. Returns text. */
const char *utc_format(utc_ms time, char text[UTC_TEXT_SIZE]);

/* The beginning of the minute, hour, day that time is in; right for times before 1970
 * too. */
utc_ms utc_floor(utc_ms time, int64_t step_ms);

/* Reads a duration as the configuration and the tool write it: digits and one of s m h d
 * ("30s", "24h", "400d"); "0" alone is allowed. At most 100 years. */
bool duration_parse(const char *text, int64_t *duration_ms)
	__attribute__((warn_unused_result));

#endif
