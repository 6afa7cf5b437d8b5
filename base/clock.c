/* clock.c - times: now, from text, to text. */
#include "base/clock.h"

#include <stddef.h>
#include <time.h>

#define YEAR_FIRST 1970
#define YEAR_LAST 9999

/* The first millisecond of the year 10000. */
#define UTC_END ((utc_ms) 253402300800 * SECOND_MS)

#define DURATION_MAX (36525 * DAY_MS)

struct date {
	int64_t year;
	int64_t month; /* 1 to 12 */
	int64_t day;
};

utc_ms clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (utc_ms) now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

int64_t clock_monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t) now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

static bool is_leap_year(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t days_in_month(int64_t year, int64_t month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap_year(year));
}

/* Days since 1970-01-01 in the Gregorian calendar. The C library's timegm and gmtime
 * would count leap seconds under some TZ settings. */
static int64_t days_from_date(const struct date *date)
{
	int64_t years = date->year - 1;
	int64_t days = years * 365 + years / 4 - years / 100 + years / 400;

	for (int64_t month = 1; month < date->month; month++)
		days += days_in_month(date->year, month);
	return days + date->day - 1 - 719162; /* days from 0001-01-01 to 1970-01-01 */
}

/* days is not negative. */
static struct date date_from_days(int64_t days)
{
	struct date date = {YEAR_FIRST + days / 366, 1, 1};
	int64_t rest;

	/* The guess is never too late, and at most a few years too early. */
	for (;;) {
		rest = days - days_from_date(&date);
		if (rest < 365 + is_leap_year(date.year))
			break;
		date.year++;
	}
	while (rest >= days_in_month(date.year, date.month)) {
		rest -= days_in_month(date.year, date.month);
		date.month++;
	}
	date.day = rest + 1;
	return date;
}

/* Reads exactly count digits and moves the cursor behind them. */
static bool take_digits(const char **cursor, int count, int64_t *number)
{
	int64_t value = 0;

	for (int i = 0; i < count; i++) {
		char byte = (*cursor)[i];

		if (byte < '0' || byte > '9')
			return false;
		value = value * 10 + (byte - '0');
	}
	*cursor += count;
	*number = value;
	return true;
}

static bool take_byte(const char **cursor, char one, char other)
{
	if (**cursor != one && **cursor != other)
		return false;
	(*cursor)++;
	return true;
}

static bool take_date(const char **cursor, struct date *date)
{
	return take_digits(cursor, 4, &date->year) && take_byte(cursor, '-', '-') &&
	       take_digits(cursor, 2, &date->month) && take_byte(cursor, '-', '-') &&
	       take_digits(cursor, 2, &date->day) && date->year >= YEAR_FIRST &&
	       date->month >= 1 && date->month <= 12 && date->day >= 1 &&
	       date->day <= days_in_month(date->year, date->month);
}

/* ".123456789": one to nine digits, of which the first three count. */
static bool take_fraction(const char **cursor, int64_t *ms)
{
	int digits = 0;
	int64_t digit;

	*ms = 0;
	if (!take_byte(cursor, '.', '.'))
		return true;
	while (digits < 9 && take_digits(cursor, 1, &digit)) {
		if (digits < 3)
			*ms = *ms * 10 + digit;
		digits++;
	}
	if (digits == 0)
		return false;
	for (int i = digits; i < 3; i++)
		*ms *= 10;
	return true;
}

/* "Z", "+hh:mm" or "+hhmm", with blanks before it. */
static bool take_offset(const char **cursor, int64_t *offset_ms)
{
	int64_t hours, minutes, sign;

	while (take_byte(cursor, ' ', ' '))
		;
	*offset_ms = 0;
	if (take_byte(cursor, 'Z', 'z'))
		return true;
	sign = **cursor == '-' ? -1 : 1;
	if (!take_byte(cursor, '+', '-') || !take_digits(cursor, 2, &hours))
		return false;
	(void) take_byte(cursor, ':', ':');
	if (!take_digits(cursor, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*offset_ms = sign * (hours * HOUR_MS + minutes * MINUTE_MS);
	return true;
}

bool utc_parse(const char *text, utc_ms *time)
{
	const char *cursor = text;
	struct date date;
	int64_t hour, minute, second, ms, offset_ms;
	utc_ms instant;

	if (!text || !take_date(&cursor, &date))
		return false;
	if (!take_byte(&cursor, 'T', 't') && !take_byte(&cursor, ' ', ' '))
		return false;
	if (!take_digits(&cursor, 2, &hour) || !take_byte(&cursor, ':', ':') ||
		!take_digits(&cursor, 2, &minute) || !take_byte(&cursor, ':', ':') ||
		!take_digits(&cursor, 2, &second) || !take_fraction(&cursor, &ms) ||
		!take_offset(&cursor, &offset_ms) || *cursor != '\0')
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	instant = days_from_date(&date) * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS +
		  second * SECOND_MS + ms - offset_ms;
	/* A leap second ends a day in UTC (RFC 3339, 5.7). */
	if (second == 60 && instant - ms != utc_floor(instant, DAY_MS))
		return false;
	if (instant < 0 || instant >= UTC_END)
		return false;
	*time = instant;
	return true;
}

static char *put_digits(char *text, int count, int64_t number)
{
	for (int i = count - 1; i >= 0; i--) {
		text[i] = (char) ('0' + number % 10);
		number /= 10;
	}
	return text + count;
}

const char *utc_format(utc_ms time, char text[UTC_TEXT_SIZE])
{
	struct date date;
	char *end = text;

	text[0] = '\0';
	if (time < 0 || time >= UTC_END)
		return text;
	date = date_from_days(time / DAY_MS);
	end = put_digits(end, 4, date.year);
	*end++ = '-';
	end = put_digits(end, 2, date.month);
	*end++ = '-';
	end = put_digits(end, 2, date.day);
	*end++ = 'T';
	end = put_digits(end, 2, time % DAY_MS / HOUR_MS);
	*end++ = ':';
	end = put_digits(end, 2, time % HOUR_MS / MINUTE_MS);
	*end++ = ':';
	end = put_digits(end, 2, time % MINUTE_MS / SECOND_MS);
	*end++ = '.';
	end = put_digits(end, 3, time % SECOND_MS);
	*end++ = 'Z';
	*end = '\0';
	return text;
}

utc_ms utc_floor(utc_ms time, int64_t step_ms)
{
	int64_t rest = time % step_ms;

	if (rest < 0)
		rest += step_ms;
	if (time < INT64_MIN + rest)
		return UTC_NONE;
	return time - rest;
}

bool duration_parse(const char *text, int64_t *duration_ms)
{
	static const struct {
		char letter;
		int64_t ms;
	} units[] = {{'s', SECOND_MS}, {'m', MINUTE_MS}, {'h', HOUR_MS}, {'d', DAY_MS}};
	const char *cursor = text;
	int64_t number = 0, digit;

	if (!text || *text < '0' || *text > '9')
		return false;
	while (take_digits(&cursor, 1, &digit)) {
		number = number * 10 + digit;
		if (number > DURATION_MAX / SECOND_MS)
			return false;
	}
	if (*cursor == '\0' && cursor == text + 1 && number == 0) {
		*duration_ms = 0;
		return true;
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (*cursor != units[i].letter || cursor[1] != '\0')
			continue;
		if (number > DURATION_MAX / units[i].ms)
			return false;
		*duration_ms = number * units[i].ms;
		return true;
	}
	return false;
}
