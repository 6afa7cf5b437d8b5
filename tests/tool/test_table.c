/* test_table.c - columns stay aligned, whatever stands in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/tool/running.h"
#include "tool/table.h"

static const struct column columns[] = {
	{"NAME", false}, {"COUNT", true}, {"NOTE", false}, {NULL, false}};

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
	struct table *table = table_new(columns);
	struct tool tool;
	struct run run;

	(void) state;
	run_open(&tool, &run);
	table_cell(table, SCREEN_PLAIN, "日本語");
	table_format(table, SCREEN_PLAIN, "%d", 5);
	table_cell(table, SCREEN_PLAIN, "wide");
	table_cell(table, SCREEN_PLAIN, "bücher");
	table_format(table, SCREEN_PLAIN, "%d", 1234567);
	table_cell(table, SCREEN_PLAIN, NULL);
	assert_int_equal(table_rows(table), 2);
	assert_true(table_flush(table, &tool, 2));
	assert_int_equal(table_rows(table), 0);
	run_close(&tool);
	assert_string_equal(run.out, "  NAME      COUNT  NOTE\n"
				     "  日本語        5  wide\n"
				     "  bücher  1234567\n");
	run_finish(&run);
	table_free(table);
}

static void the_next_page_has_no_heading_and_keeps_the_widths(void **state)
{
	struct table *table = table_new(columns);
	struct tool tool;
	struct run run;

	(void) state;
	run_open(&tool, &run);
	for (int i = 0; i < 2; i++) {
		table_cell(table, SCREEN_PLAIN, i == 0 ? "long name" : "x");
		table_cell(table, SCREEN_PLAIN, "1");
		table_cell(table, SCREEN_PLAIN, "n");
		assert_true(table_flush(table, &tool, 0));
	}
	run_close(&tool);
	assert_string_equal(run.out, "NAME       COUNT  NOTE\n"
				     "long name      1  n\n"
				     "x              1  n\n");
	run_finish(&run);
	table_free(table);
}

static void cells_are_escaped_before_they_are_measured(void **state)
{
	struct table *table = table_new(columns);
	struct tool tool;
	struct run run;

	(void) state;
	run_open(&tool, &run);
	table_cell(table, SCREEN_PLAIN, "a\033b");
	table_cell(table, SCREEN_PLAIN, "1");
	table_cell(table, SCREEN_PLAIN, "two\nlines");
	table_flush(table, &tool, 0);
	run_close(&tool);
	assert_string_equal(run.out, "NAME    COUNT  NOTE\n"
				     "a\\x1bb      1  two\\nlines\n");
	run_finish(&run);
	table_free(table);
}

static void an_empty_table_prints_nothing(void **state)
{
	struct table *table = table_new(columns);
	struct tool tool;
	struct run run;

	(void) state;
	run_open(&tool, &run);
	assert_true(table_flush(table, &tool, 0));
	run_close(&tool);
	assert_string_equal(run.out, "");
	run_finish(&run);
	table_free(table);
	table_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
		cmocka_unit_test(the_next_page_has_no_heading_and_keeps_the_widths),
		cmocka_unit_test(cells_are_escaped_before_they_are_measured),
		cmocka_unit_test(an_empty_table_prints_nothing),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
