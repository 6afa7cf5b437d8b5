/* config_guess.c - what a word that no section or key has was meant to be. */
#include "daemon/config_guess.h"

#include <string.h>

#include "base/text.h"
#include "daemon/config_table.h"

#define BLANKS " \t"

#define SPELLING_MAX 64
#define SHOWN_MAX 60 /* bytes of a wrong word that are repeated */

static size_t least_of(size_t one, size_t two, size_t three)
{
	size_t least = one < two ? one : two;

	return least < three ? least : three;
}

/* How many letters must be added, taken away or changed (Levenshtein's distance). */
static size_t spelling_distance(const char *one, const char *other)
{
	size_t row[SPELLING_MAX + 1];
	size_t length = strlen(other);

	if (length > SPELLING_MAX || strlen(one) > SPELLING_MAX)
		return SPELLING_MAX;
	for (size_t i = 0; i <= length; i++)
		row[i] = i;
	for (; *one != '\0'; one++) {
		size_t diagonal = row[0]++;

		for (size_t i = 0; i < length; i++) {
			size_t above = row[i + 1];

			row[i + 1] = least_of(above + 1, row[i] + 1,
				diagonal + (*one == other[i] ? 0 : 1));
			diagonal = above;
		}
	}
	return row[length];
}

/* A slip of the fingers or another ending, not another word. */
static bool distance_is_near(size_t distance, const char *name, const char *known)
{
	size_t length = strlen(name), known_length = strlen(known);

	return distance <= (length > known_length ? length : known_length) / 3;
}

/* The key spelled most alike, of this section or of another. */
static const struct config_key *nearest_key(const char *section, const char *name)
{
	const struct config_key *nearest = NULL;
	size_t nearest_distance = SPELLING_MAX;

	for (size_t i = 0; i < config_key_count(); i++) {
		const struct config_key *key = config_key_at(i);
		size_t distance = spelling_distance(name, key->name);

		/* At the same distance the section that we are in comes first. */
		distance = 2 * distance + (text_equal(key->section, section) ? 0 : 1);
		if (distance < nearest_distance &&
			distance_is_near(distance / 2, name, key->name)) {
			nearest_distance = distance;
			nearest = key;
		}
	}
	return nearest;
}

static const char *nearest_section(const char *section)
{
	const char *nearest = NULL;
	size_t nearest_distance = SPELLING_MAX;

	for (size_t i = 0; config_section_at(i); i++) {
		size_t distance = spelling_distance(section, config_section_at(i));

		if (distance < nearest_distance &&
			distance_is_near(distance, section, config_section_at(i))) {
			nearest_distance = distance;
			nearest = config_section_at(i);
		}
	}
	return nearest;
}

bool config_guess_section(const char *name, size_t length, struct error *error)
{
	size_t trimmed_length = length;
	const char *trimmed = text_trim(name, &trimmed_length);
	const char *nearest = NULL;
	char section[SPELLING_MAX];

	/* Of [alrt "ops"] the first word. */
	for (size_t i = 0; i < trimmed_length; i++) {
		if (trimmed[i] == '"')
			trimmed_length = i;
	}
	trimmed = text_trim(trimmed, &trimmed_length);
	if (trimmed_length < sizeof(section)) {
		memcpy(section, trimmed, trimmed_length);
		section[trimmed_length] = '\0';
		nearest = nearest_section(section);
	}
	if (nearest && config_section_is_named(nearest))
		return error_set(error,
			"unknown section [%.*s]; did you mean [%s \"NAME\"]?",
			(int) length, name, nearest);
	if (nearest)
		return error_set(error, "unknown section [%.*s]; did you mean [%s]?",
			(int) length, name, nearest);
	return error_set(error, "unknown section [%.*s%s]; known are " CONFIG_SECTIONS,
		(int) (length < SHOWN_MAX ? length : SHOWN_MAX), name,
		length < SHOWN_MAX ? "" : "…");
}

/* The 64 bytes are what a channel's name has in the store and in answers. */
#define NAME_MAX_BYTES 64
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

static bool name_is_valid(const char *name, size_t length)
{
	char copy[NAME_MAX_BYTES + 1];

	if (length == 0 || length > NAME_MAX_BYTES)
		return false;
	memcpy(copy, name, length);
	copy[length] = '\0';
	return text_is_made_of(copy, NAME_LETTERS);
}

bool config_section_read(const char *text, size_t length, struct config_section *section,
	struct error *error)
{
	size_t word = 0, gap;
	char known[SPELLING_MAX];
	const char *name;

	while (word < length && !strchr(BLANKS "\"", text[word]))
		word++;
	if (word >= sizeof(known) || !config_section_is(text, word))
		return config_guess_section(text, length, error);
	memcpy(known, text, word);
	known[word] = '\0';
	*section = (struct config_section){0};
	if (word == length && !config_section_is_named(known))
		return true;
	if (!config_section_is_named(known))
		return error_set(error, "[%s] is one section without a name; write [%s]",
			known, known);
	gap = strspn(text + word, BLANKS);
	name = text + word + gap;
	length -= word + gap;
	if (gap == 0 || length < 2 || name[0] != '"' || name[length - 1] != '"' ||
		!name_is_valid(name + 1, length - 2))
		return error_set(error,
			"a section [%s \"NAME\"] has a name in quotes, of 1 to %d "
			"letters, digits and - _ . such as [%s \"ops\"]",
			known, NAME_MAX_BYTES, known);
	section->name = name + 1;
	section->name_length = length - 2;
	return true;
}

/* "max_age 30d" reaches us as one word when the line has no = but a colon. */
static bool equals_sign_is_missing(
	const char *section, const char *name, struct error *error)
{
	size_t length = strcspn(name, BLANKS);
	char word[SPELLING_MAX];

	if (name[length] == '\0' || length >= sizeof(word))
		return false;
	memcpy(word, name, length);
	word[length] = '\0';
	if (!config_key_find(section, word))
		return false;
	error_set(error, "[%s] %s: the = is missing; write %s = VALUE", section, word,
		word);
	return true;
}

bool config_guess_key(const char *section, const char *name, struct error *error)
{
	const struct config_key *nearest;

	if (equals_sign_is_missing(section, name, error))
		return false;
	nearest = nearest_key(section, name);
	if (!nearest)
		return error_set(error,
			"unknown key '%.*s' in [%s]; ses-feedbackd.conf(5) lists all "
			"keys",
			SHOWN_MAX, name, section);
	if (text_equal(nearest->section, section))
		return error_set(error, "unknown key '%.*s' in [%s]; did you mean %s?",
			SHOWN_MAX, name, section, nearest->name);
	return error_set(error,
		"unknown key '%.*s' in [%s]; did you mean %s, which stands in [%s]?",
		SHOWN_MAX, name, section, nearest->name, nearest->section);
}
