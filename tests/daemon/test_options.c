/* test_options.c - the command line of the daemon. */
#include "daemon/options.h"

#include "tests/daemon/scratch.h"

#define WORDS_MAX 6

static bool read_words(
	const char *const *words, struct options *options, struct error *error)
{
	char copies[WORDS_MAX][64];
	char *list[WORDS_MAX + 1];
	static char file[64];
	int count = 0;
	bool is_read;

	for (; words[count]; count++) {
		snprintf(copies[count], sizeof(copies[count]), "%s", words[count]);
		list[count] = copies[count];
	}
	list[count] = NULL;
	is_read = options_read(options, count, list, error);
	if (is_read) {
		snprintf(file, sizeof(file), "%s", options->file);
		options->file = file;
	}
	return is_read;
}

static void options_are_read(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		enum options_task task;
		const char *file;
	} table[] = {
		{{"d"}, OPTIONS_RUN, CONFIG_FILE_STANDARD},
		{{"d", "-c", "/x"}, OPTIONS_RUN, "/x"},
		{{"d", "--config=/x"}, OPTIONS_RUN, "/x"},
		{{"d", "-c", "/x", "--check-config"}, OPTIONS_CHECK_CONFIG, "/x"},
		{{"d", "--check-config", "-c/x"}, OPTIONS_CHECK_CONFIG, "/x"},
		{{"d", "--version"}, OPTIONS_VERSION, CONFIG_FILE_STANDARD},
		{{"d", "--help"}, OPTIONS_HELP, CONFIG_FILE_STANDARD},
		{{"d", "-h"}, OPTIONS_HELP, CONFIG_FILE_STANDARD},
		{{"d", "--print-example"}, OPTIONS_PRINT_EXAMPLE, CONFIG_FILE_STANDARD},
		{{"d", "--print-man-keys"}, OPTIONS_PRINT_MANUAL, CONFIG_FILE_STANDARD},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct options options;
		struct error error;

		assert_true(read_words(table[i].words, &options, &error));
		assert_int_equal(options.task, table[i].task);
		assert_string_equal(options.file, table[i].file);
	}
}

static void wrong_words_are_named(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		const char *named;
	} table[] = {
		{{"d", "--nonsense"}, "--nonsense"},
		{{"d", "-x"}, "-x"},
		{{"d", "-c"}, "-c"},
		{{"d", "-c", ""}, "empty"},
		{{"d", "start"}, "start"},
		{{"d", "--version=1"}, "--version=1"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct options options;
		struct error error = {""};

		assert_false(read_words(table[i].words, &options, &error));
		assert_non_null(strstr(error.text, table[i].named));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_read),
		cmocka_unit_test(wrong_words_are_named),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
