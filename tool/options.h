/* options.h - what stands on the command line, by a table of what may stand there. */
#ifndef TOOL_OPTIONS_H
#define TOOL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum option_kind {
	OPTION_FLAG,
	OPTION_VALUE, /* given once at most */
	OPTION_MANY,
};

/* "--NAME", "--NAME VALUE" or "--NAME=VALUE". A table ends with a NULL name. */
struct option {
	const char *name; /* without the dashes */
	enum option_kind kind;
	const char *value; /* what the help calls its value; NULL for a flag */
	const char *explanation;
};

struct option_given {
	const struct option *option;
	const char *value; /* NULL for a flag */
};

/* Borrows everything from the argument vector and the tables. */
struct options {
	struct option_given *given;
	size_t given_count;
	const char **words; /* what is no option, in order */
	size_t word_count;
};

/* Room for so many arguments; false without memory. */
bool options_init(struct options *options, size_t count);
void options_finish(struct options *options);

/*
 * Reads arguments into options, by both tables (either may be NULL). With stop_at_word it
 * ends before the first word that is no option; *read is how many arguments were read.
 * "--" ends the options, "-" is a word, "-h" is --help. On failure error says what is
 * wrong and, where a name is near, which one was meant.
 */
bool options_read(struct options *options, const struct option *table,
	const struct option *other_table, char *const *arguments, size_t count,
	bool stop_at_word, size_t *read, struct error *error);

/* The value of an option; NULL if it was not given. */
const char *options_value(const struct options *options, const char *name);
bool options_flag(const struct options *options, const char *name);

/* The values of an option that may be repeated: the index'th, NULL after the last. */
const char *options_nth(const struct options *options, const char *name, size_t index);

#endif
