/* suggest.c - the name that a mistyped one was meant to be. */
#include "tool/suggest.h"

#include <string.h>

#define LETTERS_MAX 40

static size_t least(size_t one, size_t other)
{
	return one < other ? one : other;
}

static char lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char) (letter + 'a' - 'A') : letter;
}

/* Damerau's distance with adjacent swaps ("optimal string alignment"). */
size_t suggest_distance(const char *one, const char *other)
{
	size_t rows[3][LETTERS_MAX + 1];
	size_t one_length = strlen(one), other_length = strlen(other);

	if (one_length > LETTERS_MAX || other_length > LETTERS_MAX)
		return SUGGEST_FAR;
	for (size_t j = 0; j <= other_length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= one_length; i++) {
		size_t *now = rows[i % 3], *above = rows[(i - 1) % 3];
		const size_t *twice_above = rows[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= other_length; j++) {
			char a = lower(one[i - 1]), b = lower(other[j - 1]);

			now[j] = above[j - 1] + (a != b);
			now[j] = least(now[j], least(above[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a == lower(other[j - 2]) &&
				b == lower(one[i - 2]))
				now[j] = least(now[j], twice_above[j - 2] + 1);
		}
	}
	return rows[one_length % 3][other_length];
}

size_t suggest_limit(const char *typed)
{
	size_t limit = strlen(typed) / 3;

	return limit < 1 ? 1 : limit > 3 ? 3 : limit;
}
