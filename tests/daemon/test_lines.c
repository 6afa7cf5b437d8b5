/* test_lines.c - small text files, a line at a time. */
#include "daemon/lines.h"

#include "tests/daemon/scratch.h"

static void assert_lines(const char *bytes, size_t length, const char *const *expected)
{
	struct lines lines;
	size_t line_length;
	char *line;

	assert_true(lines_take(&lines, bytes, length));
	for (unsigned i = 0; expected[i]; i++) {
		line = lines_next(&lines, &line_length);
		assert_non_null(line);
		assert_string_equal(line, expected[i]);
		assert_int_equal(line_length, strlen(expected[i]));
		assert_int_equal(lines.number, i + 1);
	}
	assert_null(lines_next(&lines, &line_length));
	lines_close(&lines);
}

#define LINES(bytes, ...)                                                                \
	assert_lines(bytes, sizeof(bytes) - 1, (const char *const[]){__VA_ARGS__, NULL})

static void lines_end_with_lf_or_crlf_or_the_file(void **state)
{
	static const char *const none[] = {NULL};

	(void) state;
	assert_lines("", 0, none);
	LINES("\n", "");
	LINES("a", "a");
	LINES("a\n", "a");
	LINES("a\r\nb\r\n", "a", "b");
	LINES("a\n\n\nb", "a", "", "", "b");
	LINES("a\rb\n", "a\rb");
	LINES("\r", "");
}

static void only_the_first_byte_order_mark_is_dropped(void **state)
{
	(void) state;
	LINES("\xef\xbb\xbf"
	      "a\n\xef\xbb\xbf"
	      "b\n",
		"a",
		"\xef\xbb\xbf"
		"b");
	LINES("\xef\xbb", "\xef\xbb");
}

static void flaws_are_named(void **state)
{
	(void) state;
	assert_null(lines_flaw("a\tb \xc3\xa4", 6));
	assert_string_equal(lines_flaw("a\0b", 3), "holds a NUL byte");
	assert_string_equal(lines_flaw("a\rb", 3), "holds a control character");
	assert_string_equal(lines_flaw("\x7f", 1), "holds a control character");
	assert_string_equal(lines_flaw("\xc3", 1), "is not UTF-8");
}

static void a_file_too_large_is_refused(void **state)
{
	struct lines lines;
	struct error error;
	const char *path = scratch_path("large");

	(void) state;
	scratch_write("large", "");
	assert_int_equal(truncate(path, (off_t) LINES_FILE_MAX + 1), 0);
	assert_false(lines_open(&lines, path, &error));
	assert_non_null(strstr(error.text, "too large"));
	assert_int_equal(truncate(path, (off_t) LINES_FILE_MAX), 0);
	assert_true(lines_open(&lines, path, &error));
	lines_close(&lines);
}

static void a_file_that_may_not_be_read_names_the_reader(void **state)
{
	struct lines lines;
	struct error error;

	(void) state;
	if (geteuid() == 0 && setresuid(65534, 65534, 0) != 0) {
		print_message("skipped: root may read everything\n");
		skip();
	}
	assert_false(lines_open(&lines, "/etc/shadow", &error));
	if (geteuid() == 65534 && setresuid(0, 0, 0) != 0)
		fail_msg("can't become root again");
	assert_non_null(strstr(error.text, "/etc/shadow: Permission denied"));
	assert_non_null(strstr(error.text, "reading as user"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_with_lf_or_crlf_or_the_file),
		cmocka_unit_test(only_the_first_byte_order_mark_is_dropped),
		cmocka_unit_test(flaws_are_named),
		cmocka_unit_test(a_file_too_large_is_refused),
		cmocka_unit_test(a_file_that_may_not_be_read_names_the_reader),
	};

	return cmocka_run_group_tests_name("lines", tests, scratch_make, scratch_remove);
}
