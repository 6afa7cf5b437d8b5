/* test_screen.c - nothing from the data reaches a terminal as an order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/tool/running.h"
#include "tool/screen.h"

static void what_a_terminal_obeys_is_escaped(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"plain", "plain"},
		{"a\nb\tc\r", "a\\nb\\tc\\r"},
		{"\033[31mred\033]0;title\007", "\\x1b[31mred\\x1b]0;title\\x07"},
		{"del\x7f", "del\\x7f"},
		{"c1 \xc2\x9b"
		 "2J",
			"c1 \\x9b2J"},
		{"bad \xff\xc3", "bad \\xff\\xc3"},
		{"overlong \xc0\xaf", "overlong \\xc0\\xaf"},
		{"bidi \xe2\x80\xae"
		 "gpj.exe",
			"bidi \\u202egpj.exe"},
		{"bom \xef\xbb\xbf", "bom \\ufeff"},
		{"bücher 日本 😀", "bücher 日本 😀"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer buffer;

		buffer_init(&buffer, 1000);
		assert_true(screen_escape(&buffer, rows[i].text, strlen(rows[i].text)));
		assert_string_equal(buffer.bytes, rows[i].expected);
		buffer_finish(&buffer);
	}
}

static void a_nul_byte_is_escaped_and_does_not_end_the_text(void **state)
{
	struct buffer buffer;

	(void) state;
	buffer_init(&buffer, 1000);
	assert_true(screen_escape(&buffer, "a\0b", 3));
	assert_string_equal(buffer.bytes, "a\\x00b");
	buffer_finish(&buffer);
}

static void width_counts_wide_characters_twice_and_marks_not_at_all(void **state)
{
	static const struct {
		const char *text;
		size_t width;
	} rows[] = {{"", 0}, {"abc", 3}, {"bücher", 6}, {"u\xcc\x88", 1}, {"日本", 4},
		{"😀", 2}, {"한", 2}, {"–", 1}, {"ｗ", 2}};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
			screen_width(rows[i].text, strlen(rows[i].text)), rows[i].width);
}

static void json_keeps_its_meaning_and_loses_its_control_characters(void **state)
{
	static const char text[] = "{\"a\":\"x\xc2\x9bz\x7f\xe2\x80\xae\"}";
	struct buffer buffer;
	struct json *before = json_parse(text, strlen(text), JSON_REPAIR, NULL), *after;

	(void) state;
	buffer_init(&buffer, 1000);
	assert_true(screen_escape_json(&buffer, text, strlen(text)));
	assert_string_equal(buffer.bytes, "{\"a\":\"x\\u009bz\\u007f\\u202e\"}");
	after = json_parse(buffer.bytes, buffer.length, JSON_STRICT, NULL);
	assert_non_null(before);
	assert_non_null(after);
	assert_string_equal(json_text(before, "a"), json_text(after, "a"));
	json_free(before);
	json_free(after);
	buffer_finish(&buffer);
}

static void colour_is_printed_only_where_the_tool_has_it(void **state)
{
	struct tool tool;
	struct run run;

	(void) state;
	run_open(&tool, &run);
	screen_print(&tool, SCREEN_DANGER, "%s", "one\033");
	tool.has_colour = true;
	screen_print(&tool, SCREEN_DANGER, "%s", "two");
	screen_print(&tool, SCREEN_PLAIN, "%s", "three");
	run_close(&tool);
	assert_string_equal(run.out, "one\\x1b\033[1;31mtwo\033[0mthree");
	run_finish(&run);
}

static void failures_are_one_escaped_line_with_the_program_s_name(void **state)
{
	struct tool tool;
	struct run run;

	(void) state;
	run_open(&tool, &run);
	assert_int_equal(
		tool_fail(&tool, TOOL_USAGE, "no %s", "such\nthing"), TOOL_USAGE);
	run_close(&tool);
	assert_string_equal(run.err, "ses-feedback: no such\\nthing\n");
	run_finish(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_terminal_obeys_is_escaped),
		cmocka_unit_test(a_nul_byte_is_escaped_and_does_not_end_the_text),
		cmocka_unit_test(width_counts_wide_characters_twice_and_marks_not_at_all),
		cmocka_unit_test(json_keeps_its_meaning_and_loses_its_control_characters),
		cmocka_unit_test(colour_is_printed_only_where_the_tool_has_it),
		cmocka_unit_test(failures_are_one_escaped_line_with_the_program_s_name),
	};

	return cmocka_run_group_tests_name("screen", tests, NULL, NULL);
}
