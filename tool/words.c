/* words.c - members of the API's answers as a person reads them. */
#include "tool/words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ses/reputation.h"

#define NOTHING "–"

const char *words_count(int64_t number, char words[WORDS_SIZE])
{
	char digits[32];
	size_t length, used = 0;

	snprintf(digits, sizeof(digits), "%" PRId64, number);
	length = strlen(digits);
	for (size_t i = 0; i < length; i++) {
		size_t rest = length - i;

		if (i > 0 && rest % 3 == 0 && digits[i - 1] != '-')
			words[used++] = ',';
		words[used++] = digits[i];
	}
	words[used] = '\0';
	return words;
}

const char *words_member_count(
	const struct json *object, const char *name, char words[WORDS_SIZE])
{
	int64_t number;

	if (json_integer(object, name, &number))
		return words_count(number, words);
	snprintf(words, WORDS_SIZE, NOTHING);
	return words;
}

int64_t words_member_integer(const struct json *object, const char *name)
{
	int64_t number;

	return json_integer(object, name, &number) ? number : 0;
}

/* Cut, not rounded: what is below a limit never looks as if it had reached it. The
 * smallest part of a rate of whole numbers is far above what is added here. */
static void print_rate(double rate, char words[WORDS_SIZE])
{
	int decimals = rate < 0.01 ? 3 : 2;
	double scale = decimals == 3 ? 100000 : 10000;

	snprintf(words, WORDS_SIZE, "%.*f %%", decimals,
		floor(rate * scale + 1e-9) / scale * 100);
}

const char *words_member_rate(
	const struct json *object, const char *name, char words[WORDS_SIZE])
{
	double rate;

	if (!json_as_number(json_member(object, name), &rate))
		snprintf(words, WORDS_SIZE, NOTHING);
	else
		print_rate(rate, words);
	return words;
}

const char *words_member_limit(
	const struct json *object, const char *name, char words[WORDS_SIZE])
{
	double limit;

	if (!json_as_number(json_member(object, name), &limit))
		snprintf(words, WORDS_SIZE, NOTHING);
	else
		snprintf(words, WORDS_SIZE, "%.6g %%", limit * 100);
	return words;
}

const char *words_member_text(
	const struct json *object, const char *name, const char *fallback)
{
	const char *text = json_text(object, name);

	return text_is_empty(text) ? fallback : text;
}

static const struct {
	enum ses_level level;
	const char *words;
	enum screen_style style;
} levels[] = {
	{SES_LEVEL_NO_DENOMINATOR, "no denominator", SCREEN_DIM},
	{SES_LEVEL_TOO_FEW, "too few to judge", SCREEN_DIM},
	{SES_LEVEL_OK, "ok", SCREEN_GOOD},
	{SES_LEVEL_WARNING, "WARNING", SCREEN_WARNING},
	{SES_LEVEL_OVER_REVIEW_LIMIT, "OVER THE REVIEW LIMIT", SCREEN_DANGER},
	{SES_LEVEL_OVER_PAUSE_LIMIT, "OVER THE PAUSE LIMIT", SCREEN_ALARM},
};

#define LEVEL_COUNT (sizeof(levels) / sizeof(levels[0]))

/* LEVEL_COUNT for a name that is not known, such as that of a newer daemon. */
static size_t find_level(const char *level)
{
	size_t i = 0;

	while (i < LEVEL_COUNT && !text_equal(ses_level_name(levels[i].level), level))
		i++;
	return i;
}

const char *words_level(const char *level, enum screen_style *style)
{
	size_t i = find_level(level);

	*style = i < LEVEL_COUNT ? levels[i].style : SCREEN_BOLD;
	if (i < LEVEL_COUNT)
		return levels[i].words;
	return level == NULL ? "unknown" : level;
}

int words_level_rank(const char *level)
{
	size_t i = find_level(level);

	return i < LEVEL_COUNT ? (int) levels[i].level : -1;
}
