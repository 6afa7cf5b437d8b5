/* watch_words.c - numbers as alerts say them. */
#include "daemon/watch_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *watch_number(int64_t number, char text[WATCH_WORD_SIZE])
{
	char digits[24];
	size_t length, out = 0;

	snprintf(digits, sizeof(digits), "%" PRId64, number);
	length = strlen(digits);
	for (size_t i = 0; i < length; i++) {
		if (i > 0 && digits[i - 1] != '-' && (length - i) % 3 == 0)
			text[out++] = ',';
		text[out++] = digits[i];
	}
	text[out] = '\0';
	return text;
}

const char *watch_counted(int64_t number, const char *noun, char text[WATCH_WORD_SIZE])
{
	char digits[WATCH_WORD_SIZE];

	snprintf(text, WATCH_WORD_SIZE, "%.28s %.16s%s", watch_number(number, digits),
		noun, number == 1 ? "" : "s");
	return text;
}

const char *watch_percent(
	int64_t numerator, int64_t denominator, bool is_fine, char text[WATCH_WORD_SIZE])
{
	int64_t unit = is_fine ? 1000 : 100;
	int64_t parts;

	if (denominator <= 0) {
		snprintf(text, WATCH_WORD_SIZE, "no rate");
		return text;
	}
	parts = (int64_t) ((__int128) numerator * 100 * unit / denominator);
	snprintf(text, WATCH_WORD_SIZE, "%" PRId64 ".%0*d %%", parts / unit,
		is_fine ? 3 : 2, (int) (parts % unit));
	return text;
}

const char *watch_limit(ppm limit, char text[WATCH_WORD_SIZE])
{
	int64_t rest = limit % 10000;
	int places = 4;

	while (places > 0 && rest % 10 == 0) {
		rest /= 10;
		places--;
	}
	if (places == 0)
		snprintf(text, WATCH_WORD_SIZE, "%" PRId64 " %%", limit / 10000);
	else
		snprintf(text, WATCH_WORD_SIZE, "%" PRId64 ".%0*d %%", limit / 10000,
			places, (int) rest);
	return text;
}

/* Tenths where they say something. */
static const char *tenths(
	int64_t span_ms, int64_t unit_ms, const char *noun, char text[WATCH_WORD_SIZE])
{
	int64_t parts = (span_ms + unit_ms / 20) / (unit_ms / 10);

	snprintf(text, WATCH_WORD_SIZE, "%" PRId64 ".%d %ss", parts / 10,
		(int) (parts % 10), noun);
	return text;
}

const char *watch_span(int64_t span_ms, char text[WATCH_WORD_SIZE])
{
	if (span_ms < 0)
		span_ms = 0;
	if (span_ms >= DAY_MS)
		return tenths(span_ms, DAY_MS, "day", text);
	if (span_ms >= 2 * HOUR_MS)
		return tenths(span_ms, HOUR_MS, "hour", text);
	if (span_ms >= 2 * MINUTE_MS)
		return watch_counted(span_ms / MINUTE_MS, "minute", text);
	return watch_counted(span_ms / SECOND_MS, "second", text);
}

const char *watch_bytes(uint64_t bytes, char text[WATCH_WORD_SIZE])
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
	uint64_t unit = 1024;
	size_t i = 0;

	while (i < 3 && bytes / unit >= 1024) {
		unit *= 1024;
		i++;
	}
	snprintf(text, WATCH_WORD_SIZE, "%" PRIu64 ".%u %s", bytes / unit,
		(unsigned) (bytes % unit * 10 / unit), units[i]);
	return text;
}

const char *watch_metric(enum ses_metric metric)
{
	return metric == SES_METRIC_BOUNCE ? "bounce" : "complaint";
}

const char *watch_feedback(enum ses_metric metric)
{
	return metric == SES_METRIC_BOUNCE ? "hard bounce" : "complaint";
}

const char *watch_dimension(enum store_dimension dimension)
{
	static const char *const names[STORE_DIMENSIONS] = {
		[STORE_BY_ACCOUNT] = "account",
		[STORE_BY_IDENTITY] = "identity",
		[STORE_BY_CONFIGURATION_SET] = "configuration-set",
		[STORE_BY_RECIPIENT_DOMAIN] = "recipient-domain",
		[STORE_BY_PROVIDER] = "provider",
		[STORE_BY_TAG] = "tag",
		[STORE_BY_TENANT] = "tenant",
		[STORE_BY_SOURCE_IP] = "source-ip",
		[STORE_BY_CALLER] = "caller",
		[STORE_BY_FROM_DOMAIN] = "from-domain",
		[STORE_BY_DIAGNOSTIC] = "diagnostic",
	};

	return names[dimension];
}
