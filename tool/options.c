/* options.c - what stands on the command line, by a table of what may stand there. */
#include "tool/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tool/suggest.h"

bool options_init(struct options *options, size_t count)
{
	memset(options, 0, sizeof(*options));
	options->given = calloc(count + 1, sizeof(*options->given));
	options->words = calloc(count + 1, sizeof(*options->words));
	if (options->given != NULL && options->words != NULL)
		return true;
	options_finish(options);
	return false;
}

void options_finish(struct options *options)
{
	free(options->given);
	free(options->words);
	memset(options, 0, sizeof(*options));
}

static const struct option *find(
	const struct option *table, const char *name, size_t length)
{
	for (; table != NULL && table->name != NULL; table++)
		if (strlen(table->name) == length &&
			memcmp(table->name, name, length) == 0)
			return table;
	return NULL;
}

static void find_nearest(const struct option *table, const char *name,
	const char **nearest, size_t *distance)
{
	for (; table != NULL && table->name != NULL; table++) {
		size_t here = suggest_distance(name, table->name);

		if (here < *distance) {
			*distance = here;
			*nearest = table->name;
		}
	}
}

static bool refuse_unknown(const char *argument, const struct option *table,
	const struct option *other_table, struct error *error)
{
	const char *nearest = NULL, *equals = strchr(argument, '=');
	size_t distance,
		length = equals == NULL ? strlen(argument) : (size_t) (equals - argument);
	char *typed = text_copy(argument, length);
	const char *name;

	if (typed == NULL)
		return error_set(error, "out of memory");
	name = typed + strspn(typed, "-");
	distance = suggest_limit(name) + 1;
	find_nearest(table, name, &nearest, &distance);
	find_nearest(other_table, name, &nearest, &distance);
	if (nearest != NULL)
		error_set(error, "unknown option %s; did you mean --%s?", typed, nearest);
	else
		error_set(error, "unknown option %s", typed);
	free(typed);
	return false;
}

/* option stands at arguments[0]; equals points at what follows its name. */
static bool take_value(struct options *options, const struct option *option,
	const char *equals, char *const *arguments, size_t count, size_t *used,
	struct error *error)
{
	struct option_given *given = &options->given[options->given_count];

	given->option = option;
	given->value = NULL;
	*used = 1;
	if (option->kind == OPTION_FLAG) {
		if (*equals == '=')
			return error_set(error, "--%s takes no value", option->name);
		options->given_count++;
		return true;
	}
	if (option->kind == OPTION_VALUE && options_value(options, option->name) != NULL)
		return error_set(error, "--%s is given twice", option->name);
	if (*equals == '=') {
		given->value = equals + 1;
	} else if (count > 1 && !text_begins(arguments[1], "--")) {
		given->value = arguments[1];
		*used = 2;
	} else {
		return error_set(error, "--%s needs a value: --%s %s", option->name,
			option->name, option->value);
	}
	options->given_count++;
	return true;
}

bool options_read(struct options *options, const struct option *table,
	const struct option *other_table, char *const *arguments, size_t count,
	bool stop_at_word, size_t *read, struct error *error)
{
	bool has_ended = false;
	size_t i = 0, used;

	while (i < count) {
		const char *argument = arguments[i];
		const char *name = argument;
		const struct option *option;
		size_t length;

		if (has_ended || argument[0] != '-' || argument[1] == '\0') {
			if (stop_at_word)
				break;
			options->words[options->word_count++] = argument;
			i++;
			continue;
		}
		if (text_equal(argument, "--")) {
			has_ended = true;
			i++;
			continue;
		}
		if (text_equal(argument, "-h"))
			name = "--help";
		if (!text_begins(name, "--"))
			return refuse_unknown(argument, table, other_table, error);
		name += 2;
		length = strcspn(name, "=");
		option = find(table, name, length);
		if (option == NULL)
			option = find(other_table, name, length);
		if (option == NULL)
			return refuse_unknown(argument, table, other_table, error);
		if (!take_value(options, option, name + length, arguments + i, count - i,
			    &used, error))
			return false;
		i += used;
	}
	*read = i;
	return true;
}

const char *options_nth(const struct options *options, const char *name, size_t index)
{
	for (size_t i = 0; i < options->given_count; i++)
		if (text_equal(options->given[i].option->name, name) && index-- == 0)
			return options->given[i].value;
	return NULL;
}

const char *options_value(const struct options *options, const char *name)
{
	return options_nth(options, name, 0);
}

bool options_flag(const struct options *options, const char *name)
{
	for (size_t i = 0; i < options->given_count; i++)
		if (text_equal(options->given[i].option->name, name))
			return true;
	return false;
}
