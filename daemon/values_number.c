/* values_number.c - how the configuration spells rates, times, sizes and quotas. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "daemon/values.h"
#include "sns/region.h"

#define RATE_SPELLING "a rate is a percentage such as 5%% or 0.1%%"

#define DIGITS "0123456789"
#define BLANKS " \t"

/* PPM_ONE is 100 %, so one percent is 10^PERCENT_DECIMALS parts. */
#define PERCENT_DECIMALS 4
#define PERCENT_PARTS (PPM_ONE / 100)

bool value_rate(const char *text, ppm *rate, struct error *error)
{
	size_t whole = strspn(text, DIGITS);
	const char *rest = text + whole;
	int decimals = 0;
	ppm parts = 0;

	if (whole == 0 || whole > 3)
		return error_set(error, "'%s' is not a rate; " RATE_SPELLING, text);
	for (size_t i = 0; i < whole; i++)
		parts = parts * 10 + (text[i] - '0');
	if (*rest == '.') {
		for (rest++; *rest >= '0' && *rest <= '9'; rest++, decimals++) {
			if (decimals == PERCENT_DECIMALS)
				return error_set(error,
					"'%s' is finer than a part of a million; write "
					"at most four decimals such as 0.0001%%",
					text);
			parts = parts * 10 + (*rest - '0');
		}
		if (decimals == 0)
			return error_set(
				error, "'%s' is not a rate; " RATE_SPELLING, text);
	}
	for (; decimals < PERCENT_DECIMALS; decimals++)
		parts *= 10;
	if (*rest == '\0')
		return error_set(
			error, "'%s' lacks its percent sign; write %s%%", text, text);
	if (!text_equal(rest, "%"))
		return error_set(error, "'%s' is not a rate; " RATE_SPELLING, text);
	if (parts > PPM_ONE)
		return error_set(
			error, "'%s' is more than everything; write at most 100%%", text);
	*rate = parts;
	return true;
}

void value_rate_print(ppm rate, char text[VALUE_RATE_SIZE])
{
	int decimals = PERCENT_DECIMALS;
	int64_t fraction = rate % PERCENT_PARTS;

	if (fraction == 0) {
		snprintf(text, VALUE_RATE_SIZE, "%lld%%",
			(long long) rate / PERCENT_PARTS);
		return;
	}
	for (; fraction % 10 == 0; fraction /= 10)
		decimals--;
	snprintf(text, VALUE_RATE_SIZE, "%lld.%0*lld%%", (long long) rate / PERCENT_PARTS,
		decimals, (long long) fraction);
}

bool value_time(const char *text, int64_t *time_ms, struct error *error)
{
	if (duration_parse(text, time_ms))
		return true;
	return error_set(error,
		"'%s' is not a time; write a whole number and one of s m h d, such as "
		"30s, "
		"5m, 24h or 7d, up to 100 years",
		text);
}

void value_time_print(int64_t time_ms, char text[VALUE_TIME_SIZE])
{
	static const struct {
		char letter;
		int64_t ms;
	} units[] = {{'d', DAY_MS}, {'h', HOUR_MS}, {'m', MINUTE_MS}, {'s', SECOND_MS}};
	size_t unit = 0;

	while (unit < 3 && (time_ms == 0 || time_ms % units[unit].ms != 0))
		unit++;
	snprintf(text, VALUE_TIME_SIZE, "%lld%c", (long long) (time_ms / units[unit].ms),
		units[unit].letter);
}

bool value_threshold(
	const char *text, int64_t *days, int64_t *window_ms, struct error *error)
{
	size_t length = strspn(text, DIGITS);
	const char *rest = text + length;
	int64_t count, window;
	char digits[8];

	if (length > 0 && length < sizeof(digits)) {
		memcpy(digits, text, length);
		digits[length] = '\0';
		rest += strspn(rest, BLANKS);
		if (text_to_integer(digits, &count) && text_begins(rest, "in") &&
			strspn(rest + 2, BLANKS) > 0 &&
			duration_parse(rest + 2 + strspn(rest + 2, BLANKS), &window)) {
			*days = count;
			*window_ms = window;
			return true;
		}
	}
	return error_set(error,
		"'%s' is not so many days in a time; write for example 3 in 14d, or "
		"never",
		text);
}

static const struct {
	char letter;
	int shift;
} size_units[] = {{'G', 30}, {'M', 20}, {'K', 10}};

bool value_size(const char *text, int64_t *bytes, struct error *error)
{
	size_t length = strspn(text, DIGITS);
	int64_t number;
	char digits[12];

	if (length > 0 && length < sizeof(digits) && strlen(text) == length + 1) {
		memcpy(digits, text, length);
		digits[length] = '\0';
		for (size_t i = 0; i < sizeof(size_units) / sizeof(size_units[0]); i++) {
			if (text[length] != size_units[i].letter ||
				!text_to_integer(digits, &number) ||
				number > INT64_MAX >> size_units[i].shift)
				continue;
			*bytes = number << size_units[i].shift;
			return true;
		}
	}
	return error_set(error,
		"'%s' is not a size; write a whole number and one of K M G, such as "
		"256M",
		text);
}

void value_size_print(int64_t bytes, char text[VALUE_SIZE_SIZE])
{
	size_t unit = 0;

	while (unit < 2 && bytes % ((int64_t) 1 << size_units[unit].shift) != 0)
		unit++;
	snprintf(text, VALUE_SIZE_SIZE, "%lld%c",
		(long long) (bytes >> size_units[unit].shift), size_units[unit].letter);
}

#define QUOTA_SPELLING                                                                   \
	"write RECIPIENTS-IN-24-HOURS/RECIPIENTS-A-SECOND such as 50000/14, or "         \
	"111122223333/us-east-1:50000/14"

/* The whole numbers around a slash, each at least 1. */
static bool read_limits(const char *text, struct value_quota *quota)
{
	const char *slash = strchr(text, '/');
	char daily[20];

	if (!slash || (size_t) (slash - text) >= sizeof(daily))
		return false;
	memcpy(daily, text, (size_t) (slash - text));
	daily[slash - text] = '\0';
	return text_to_integer(daily, &quota->daily) && quota->daily > 0 &&
	       text_to_integer(slash + 1, &quota->rate) && quota->rate > 0;
}

bool value_quota(const char *text, struct value_quota *quota, struct error *error)
{
	const char *colon = strchr(text, ':');
	struct value_quota read = {0};
	size_t account_length;

	if (!read_limits(colon ? colon + 1 : text, &read))
		return error_set(error, "'%s' is not a quota; " QUOTA_SPELLING, text);
	if (colon) {
		size_t region_length;

		account_length = strspn(text, DIGITS);
		if (account_length != VALUE_ACCOUNT_SIZE - 1 ||
			text[account_length] != '/')
			return error_set(error,
				"'%s' does not begin with an account of twelve digits "
				"and its region; " QUOTA_SPELLING,
				text);
		region_length = (size_t) (colon - text) - account_length - 1;
		if (region_length >= sizeof(read.region))
			return error_set(
				error, "'%s' names no region; " QUOTA_SPELLING, text);
		memcpy(read.account, text, account_length);
		memcpy(read.region, text + account_length + 1, region_length);
		if (!sns_region_suffix(read.region))
			return error_set(error,
				"'%s': '%s' is not a region of AWS; " QUOTA_SPELLING,
				text, read.region);
	}
	*quota = read;
	return true;
}
