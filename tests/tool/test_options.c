/* test_options.c - the command line, read by its tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tool/options.h"
#include "tool/suggest.h"

static const struct option table[] = {
	{"to", OPTION_VALUE, "ADDRESS", ""},
	{"topic", OPTION_MANY, "ARN", ""},
	{"follow", OPTION_FLAG, NULL, ""},
	{NULL, OPTION_FLAG, NULL, NULL},
};
static const struct option globals[] = {
	{"json", OPTION_FLAG, NULL, ""},
	{"help", OPTION_FLAG, NULL, ""},
	{NULL, OPTION_FLAG, NULL, NULL},
};

#define READ(options, error, stops, read, ...)                                           \
	read_all(options, error, stops, read, (const char *const[]){__VA_ARGS__, NULL})

static bool read_all(struct options *options, struct error *error, bool stops,
	size_t *read, const char *const *arguments)
{
	static char copies[16][64];
	char *vector[16];
	size_t count = 0;

	for (; arguments[count] != NULL; count++) {
		strncpy(copies[count], arguments[count], sizeof(copies[0]) - 1);
		vector[count] = copies[count];
	}
	assert_true(options_init(options, count));
	return options_read(options, table, globals, vector, count, stops, read, error);
}

static void options_and_words_come_in_any_order(void **state)
{
	struct options options;
	struct error error;
	size_t read;

	(void) state;
	assert_true(READ(&options, &error, false, &read, "one", "--to", "a@b", "--json",
		"-", "--topic=x", "--topic", "y", "-h", "--", "--to"));
	assert_int_equal(options.word_count, 3);
	assert_string_equal(options.words[0], "one");
	assert_string_equal(options.words[1], "-");
	assert_string_equal(options.words[2], "--to");
	assert_string_equal(options_value(&options, "to"), "a@b");
	assert_string_equal(options_nth(&options, "topic", 0), "x");
	assert_string_equal(options_nth(&options, "topic", 1), "y");
	assert_null(options_nth(&options, "topic", 2));
	assert_true(options_flag(&options, "json"));
	assert_true(options_flag(&options, "help"));
	assert_false(options_flag(&options, "follow"));
	options_finish(&options);
}

static void reading_stops_before_the_command_where_asked_to(void **state)
{
	struct options options;
	struct error error;
	size_t read;

	(void) state;
	assert_true(READ(&options, &error, true, &read, "--json", "status", "--to", "x"));
	assert_int_equal(read, 1);
	assert_int_equal(options.word_count, 0);
	options_finish(&options);
}

static void an_empty_value_is_a_value(void **state)
{
	struct options options;
	struct error error;
	size_t read;

	(void) state;
	assert_true(READ(&options, &error, false, &read, "--to="));
	assert_string_equal(options_value(&options, "to"), "");
	options_finish(&options);
}

static void mistakes_are_named_with_their_remedy(void **state)
{
	static const struct {
		const char *arguments[3];
		const char *expected;
	} rows[] = {
		{{"--tpoic", "x"}, "unknown option --tpoic; did you mean --topic?"},
		{{"--jsn"}, "unknown option --jsn; did you mean --json?"},
		{{"--zzzzzz=secret"}, "unknown option --zzzzzz"},
		{{"-x"}, "unknown option -x"},
		{{"--to"}, "--to needs a value: --to ADDRESS"},
		{{"--to", "--json"}, "--to needs a value: --to ADDRESS"},
		{{"--to=a", "--to=b"}, "--to is given twice"},
		{{"--follow=yes"}, "--follow takes no value"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct options options;
		struct error error;
		size_t read;

		assert_false(read_all(&options, &error, false, &read, rows[i].arguments));
		assert_string_equal(error.text, rows[i].expected);
		options_finish(&options);
	}
}

static void distance_counts_changes_and_swaps(void **state)
{
	(void) state;
	assert_int_equal(suggest_distance("status", "status"), 0);
	assert_int_equal(suggest_distance("STATUS", "status"), 0);
	assert_int_equal(suggest_distance("stauts", "status"), 1);
	assert_int_equal(suggest_distance("statu", "status"), 1);
	assert_int_equal(suggest_distance("", "abc"), 3);
	assert_int_equal(suggest_distance("abc", ""), 3);
	assert_int_equal(suggest_distance("kitten", "sitting"), 3);
	assert_int_equal(suggest_distance("a very long text that nobody types as a name",
				 "status"),
		SUGGEST_FAR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_and_words_come_in_any_order),
		cmocka_unit_test(reading_stops_before_the_command_where_asked_to),
		cmocka_unit_test(an_empty_value_is_a_value),
		cmocka_unit_test(mistakes_are_named_with_their_remedy),
		cmocka_unit_test(distance_counts_changes_and_swaps),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
