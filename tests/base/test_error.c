/* test_error.c - tests of base/error.h. */
#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

#define ROOM (sizeof(((struct error *) NULL)->text) - 1)

static void setting_gives_false_and_the_message(void **state)
{
	struct error error = {"before"};

	(void) state;
	assert_false(error_set(&error, "topic %s: %d messages", "arn", 3));
	assert_string_equal(error.text, "topic arn: 3 messages");
}

static void nobody_to_tell_is_allowed(void **state)
{
	(void) state;
	assert_false(error_set(NULL, "topic %s", "arn"));
	assert_false(error_prefix(NULL, "topic %s", "arn"));
}

static void prefixes_stand_before_the_message(void **state)
{
	struct error error;

	(void) state;
	error_set(&error, "expired");
	assert_false(error_prefix(&error, "certificate %s", "a.pem"));
	assert_false(error_prefix(&error, "topic"));
	assert_string_equal(error.text, "topic: certificate a.pem: expired");
}

static void message_may_contain_the_old_message(void **state)
{
	struct error error;

	(void) state;
	error_set(&error, "refused");
	error_set(&error, "%s, and %s again", error.text, error.text);
	assert_string_equal(error.text, "refused, and refused again");
}

static void long_message_is_cut_to_fit(void **state)
{
	struct error error;
	char message[2 * ROOM + 1];

	(void) state;
	memset(message, 'x', sizeof(message) - 1);
	message[sizeof(message) - 1] = '\0';
	error_set(&error, "%s", message);
	assert_int_equal(strlen(error.text), ROOM);
	error_prefix(&error, "prefix");
	assert_int_equal(strlen(error.text), ROOM);
	assert_true(text_begins(error.text, "prefix: xxx"));
	error_prefix(&error, "%s", message);
	assert_int_equal(strlen(error.text), ROOM);
}

static void cut_never_leaves_half_a_character(void **state)
{
	static const char *const characters[] = {
		"\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x93\xa7"};
	struct error error;
	char message[2 * ROOM + 1];

	(void) state;
	for (size_t i = 0; i < 3; i++) {
		size_t width = strlen(characters[i]);

		for (size_t shift = 0; shift < width; shift++) {
			memset(message, 'x', shift);
			for (size_t at = shift; at + width < sizeof(message);
				at += width) {
				memcpy(message + at, characters[i], width);
				message[at + width] = '\0';
			}
			error_set(&error, "%s", message);
			assert_true(utf8_is_valid(error.text, strlen(error.text)));
			assert_true(strlen(error.text) > ROOM - width);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setting_gives_false_and_the_message),
		cmocka_unit_test(nobody_to_tell_is_allowed),
		cmocka_unit_test(prefixes_stand_before_the_message),
		cmocka_unit_test(message_may_contain_the_old_message),
		cmocka_unit_test(long_message_is_cut_to_fit),
		cmocka_unit_test(cut_never_leaves_half_a_character),
	};

	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
