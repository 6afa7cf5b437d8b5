/* test_manual.c - what the manual says of the commands. */
#include "tool/manual.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tool/command.h"

#define COMMANDS_BEGIN "\n.\\\" The commands begin here"
#define COMMANDS_END ".\\\" The commands end here"

static char *printed(void (*print)(FILE *))
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	print(out);
	assert_int_equal(fclose(out), 0);
	return text;
}

/* A file of the repository, in which tests are run. */
static char *read_document(const char *path)
{
	static char text[1 << 20];
	FILE *file = fopen(path, "r");
	size_t length;

	assert_non_null(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	assert_true(feof(file));
	fclose(file);
	text[length] = '\0';
	return text;
}

static void the_committed_manual_is_fresh(void **state)
{
	char *committed = read_document("doc/ses-feedback.1");
	char *made = printed(manual_print_commands);
	const char *begin = strstr(committed, COMMANDS_BEGIN);

	(void) state;
	assert_non_null(begin);
	begin = strchr(begin + 1, '\n') + 1;
	if (strncmp(begin, made, strlen(made)) != 0 ||
		strncmp(begin + strlen(made), COMMANDS_END, strlen(COMMANDS_END)) != 0)
		fail_msg("doc/ses-feedback.1 is stale: make documents");
	free(made);
}

static void every_command_and_option_is_told(void **state)
{
	char *made = printed(manual_print_commands);
	char wanted[128];

	(void) state;
	for (size_t i = 0; commands[i] != NULL; i++) {
		const struct option *option = commands[i]->options;
		const char *item;

		snprintf(wanted, sizeof(wanted), ".It Cm %s", commands[i]->name);
		item = strstr(made, wanted);
		assert_non_null(item);
		for (; option != NULL && option->name != NULL; option++) {
			snprintf(wanted, sizeof(wanted), ".It Fl Fl %s", option->name);
			assert_non_null(strstr(item, wanted));
		}
	}
	free(made);
}

/* roff would take such a line for a request, and leave it out. */
static void no_line_begins_with_a_control_character_by_chance(void **state)
{
	char *made = printed(manual_print_commands);

	(void) state;
	for (const char *line = made; *line != '\0'; line = strchr(line, '\n') + 1) {
		assert_int_not_equal(*line, '\'');
		if (*line == '.')
			assert_true(line[1] >= 'A' && line[1] <= 'Z');
	}
	free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_committed_manual_is_fresh),
		cmocka_unit_test(every_command_and_option_is_told),
		cmocka_unit_test(no_line_begins_with_a_control_character_by_chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
