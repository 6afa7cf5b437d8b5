/* test_command.c - the command line: help, and what was used wrongly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tool/running.h"
#include "tool/help.h"
#include "tool/screen.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void every_command_explains_itself_with_examples(void **state)
{
	(void) state;
	for (size_t i = 0; commands[i] != NULL; i++) {
		char first[40], *second;
		struct run run;

		snprintf(first, sizeof(first), "%s", commands[i]->name);
		second = strchr(first, ' ');
		if (second != NULL)
			*second++ = '\0';
		if (second != NULL)
			run_tool(&run, first, second, "--help", NULL);
		else
			run_tool(&run, first, "--help", NULL);
		assert_int_equal(run.status, TOOL_DONE);
		assert_non_null(strstr(run.out, commands[i]->name));
		assert_non_null(strstr(run.out, "\nExamples:\n  "));
		assert_non_null(strstr(commands[i]->examples, "ses-feedback "));
		run_finish(&run);
		run_tool(&run, "help", first, second, NULL);
		assert_int_equal(run.status, TOOL_DONE);
		run_finish(&run);
	}
}

static void assert_fits(const char *name, const char *text)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");

		if (screen_width(text, length) > 100)
			fail_msg("%s: wider than 100 columns: %.*s", name, (int) length,
				text);
		text += length + (text[length] == '\n');
	}
}

static void no_line_of_help_is_wider_than_100_columns(void **state)
{
	struct run run;

	(void) state;
	run_tool(&run, "--help", NULL);
	assert_fits("--help", run.out);
	run_finish(&run);
	for (size_t i = 0; commands[i] != NULL; i++) {
		char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);

		assert_non_null(out);
		help_command(out, commands[i]);
		fclose(out);
		assert_fits(commands[i]->name, text);
		free(text);
	}
}

static void the_overview_lists_every_command_and_a_group_only_its_own(void **state)
{
	struct run run;

	(void) state;
	run_tool(&run, "--help", NULL);
	assert_int_equal(run.status, TOOL_DONE);
	for (size_t i = 0; commands[i] != NULL; i++)
		assert_non_null(strstr(run.out, commands[i]->summary));
	run_finish(&run);
	run_tool(&run, "suppression", "--help", NULL);
	assert_int_equal(run.status, TOOL_DONE);
	assert_non_null(strstr(run.out, "suppression check"));
	assert_null(strstr(run.out, "simulate"));
	run_finish(&run);
	run_tool(&run, "--version", NULL);
	assert_string_equal(run.out, "ses-feedback " VERSION "\n");
	run_finish(&run);
}

static void wrong_use_is_status_2_and_names_the_remedy(void **state)
{
	static const struct {
		const char *arguments[4];
		const char *words;
	} rows[] = {
		{{NULL}, "which command?"},
		{{"stauts"}, "did you mean \"status\"?"},
		{{"supression", "check", "a"}, "did you mean \"suppression check\"?"},
		{{"suppression", "lst"}, "did you mean \"suppression list\"?"},
		{{"suppression"}, "needs a second word"},
		{{"suppression", "nonsense"}, "unknown command \"suppression nonsense\""},
		{{"zzzzzzzz"}, "unknown command \"zzzzzzzz\""},
		{{"status", "now"}, "takes no arguments"},
		{{"suppression", "show"}, "usage: ses-feedback suppression show ADDRESS"},
		{{"events", "--adress", "x"}, "did you mean --address?"},
		{{"events", "--type", "bonce"}, "--type bonce"},
		{{"events", "--limit", "0"}, "--limit 0"},
		{{"events", "--since", "then"}, "--since then"},
		{{"suppression", "add", "a@b", "--reason=x"}, "--reason x"},
		{{"suppression", "add", "a@b", "--expires=2001-01-01"}, "in the past"},
		{{"simulate", "bonce"}, "one of success"},
		{{"simulate", "bounce", "--to", "nobody"}, "no mail address"},
		{{"simulate", "bounce", "--count=0"}, "--count 0"},
		{{"status", "--url", "ftp://x"}, "http://127.0.0.1:8480"},
		{{"status", "--url=http://x", "--socket=/y"}, "exclude each other"},
		{{"status", "--token-file=/y"}, "goes with --url"},
		{{"alerts", "silence", "all", "2020-01-01"}, "that time is past"},
		{{"preflight", "--write=/nonexistent/x", "-"}, "no such folder"},
		{{"verify"}, "usage: ses-feedback verify"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct run run;

		run_tool(&run, rows[i].arguments[0], rows[i].arguments[1],
			rows[i].arguments[2], rows[i].arguments[3], NULL);
		assert_int_equal(run.status, TOOL_USAGE);
		assert_string_equal(run.out, "");
		assert_memory_equal(run.err, "ses-feedback: ", 14);
		if (strstr(run.err, rows[i].words) == NULL)
			fail_msg("\"%s\" is not in: %s", rows[i].words, run.err);
		run_finish(&run);
	}
}

static void a_daemon_that_is_not_there_is_status_3_with_what_was_tried(void **state)
{
	struct run run;

	(void) state;
	run_tool(&run, "--socket", "/nonexistent/admin.sock", "status", NULL);
	assert_int_equal(run.status, TOOL_UNREACHABLE);
	assert_non_null(strstr(run.err, "/nonexistent/admin.sock"));
	assert_non_null(strstr(run.err, "systemctl status ses-feedbackd"));
	run_finish(&run);
	run_tool(&run, "--json", "suppression", "list", "--socket=/nonexistent/x", NULL);
	assert_int_equal(run.status, TOOL_UNREACHABLE);
	assert_string_equal(run.out, "");
	run_finish(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_explains_itself_with_examples),
		cmocka_unit_test(no_line_of_help_is_wider_than_100_columns),
		cmocka_unit_test(
			the_overview_lists_every_command_and_a_group_only_its_own),
		cmocka_unit_test(wrong_use_is_status_2_and_names_the_remedy),
		cmocka_unit_test(
			a_daemon_that_is_not_there_is_status_3_with_what_was_tried),
	};

	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
