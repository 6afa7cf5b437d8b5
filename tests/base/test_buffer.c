/* test_buffer.c - tests of base/buffer.h. */
#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void new_buffer_has_no_bytes(void **state)
{
	struct buffer buffer;

	(void) state;
	buffer_init(&buffer, 10);
	assert_null(buffer.bytes);
	assert_int_equal(buffer.length, 0);
	assert_false(buffer.failed);
	assert_true(buffer_append(&buffer, NULL, 0));
	assert_true(buffer_append_text(&buffer, ""));
	assert_null(buffer.bytes);
	buffer_finish(&buffer);
}

static void what_is_added_stands_one_after_the_other(void **state)
{
	struct buffer buffer;

	(void) state;
	buffer_init(&buffer, 1000);
	assert_true(buffer_append(&buffer, "a\0b", 3));
	assert_true(buffer_append_text(&buffer, "cd"));
	assert_true(buffer_format(&buffer, "%d-%s", 42, "x"));
	assert_true(buffer_format(&buffer, "%s", ""));
	assert_int_equal(buffer.length, 9);
	assert_memory_equal(buffer.bytes, "a\0bcd42-x", 10);
	buffer_finish(&buffer);
	assert_null(buffer.bytes);
	assert_int_equal(buffer.length, 0);
	assert_true(buffer_append_text(&buffer, "again"));
	assert_string_equal(buffer.bytes, "again");
	buffer_finish(&buffer);
}

static void buffer_grows_to_its_limit_and_no_further(void **state)
{
	static const size_t limits[] = {0, 1, 255, 256, 257, 1000, 100000};

	(void) state;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct buffer buffer;

		buffer_init(&buffer, limits[i]);
		for (size_t k = 0; k < limits[i]; k++)
			assert_true(buffer_append(&buffer, "x", 1));
		assert_int_equal(buffer.length, limits[i]);
		assert_true(buffer.capacity <= limits[i] + 1);
		assert_false(buffer_append(&buffer, "x", 1));
		assert_true(buffer.failed);
		assert_int_equal(buffer.length, limits[i]);
		if (buffer.bytes)
			assert_int_equal(strlen(buffer.bytes), limits[i]);
		buffer_finish(&buffer);
	}
}

static void nothing_is_added_after_a_failure(void **state)
{
	struct buffer buffer;

	(void) state;
	buffer_init(&buffer, 5);
	assert_true(buffer_append_text(&buffer, "abc"));
	assert_false(buffer_format(&buffer, "%s", "def"));
	assert_false(buffer_append_text(&buffer, "d"));
	assert_false(buffer_append_text(&buffer, ""));
	assert_false(buffer_format(&buffer, "%s", ""));
	assert_string_equal(buffer.bytes, "abc");
	assert_null(buffer_take(&buffer, NULL));
	assert_null(buffer.bytes);
	assert_true(buffer_append_text(&buffer, "12345"));
	assert_string_equal(buffer.bytes, "12345");
	buffer_finish(&buffer);
}

static void impossible_lengths_fail(void **state)
{
	struct buffer buffer;

	(void) state;
	buffer_init(&buffer, SIZE_MAX);
	assert_true(buffer_append_text(&buffer, "abc"));
	assert_false(buffer_append(&buffer, "x", SIZE_MAX));
	buffer_finish(&buffer);
	assert_false(buffer_append(&buffer, "x", SIZE_MAX - 1));
	buffer_finish(&buffer);
}

static void bytes_are_taken_out_once(void **state)
{
	struct buffer buffer;
	size_t length = 99;
	char *bytes;

	(void) state;
	buffer_init(&buffer, 100);
	buffer_append(&buffer, "a\0b", 3);
	bytes = buffer_take(&buffer, &length);
	assert_memory_equal(bytes, "a\0b", 4);
	assert_int_equal(length, 3);
	free(bytes);
	assert_null(buffer.bytes);
	bytes = buffer_take(&buffer, &length);
	assert_string_equal(bytes, "");
	assert_int_equal(length, 0);
	free(bytes);
	buffer_finish(&buffer);
}

static void a_quoted_word_is_one_word_for_sh(void **state)
{
	static const struct {
		const char *text, *quoted;
	} cases[] = {
		{"", "''"},
		{"a b", "'a b'"},
		{"o'neil", "'o'\\''neil'"},
		{"'", "''\\'''"},
		{"$(x)`y`\"z\\", "'$(x)`y`\"z\\'"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer buffer;

		buffer_init(&buffer, 100);
		assert_true(buffer_append_quoted(&buffer, cases[i].text));
		assert_string_equal(buffer.bytes, cases[i].quoted);
		buffer_finish(&buffer);
		buffer_init(&buffer, strlen(cases[i].quoted) - 1);
		assert_false(buffer_append_quoted(&buffer, cases[i].text));
		buffer_finish(&buffer);
	}
}

static void room_that_was_made_is_used(void **state)
{
	struct buffer buffer;
	const char *bytes;

	(void) state;
	buffer_init(&buffer, 1000);
	assert_true(buffer_append_text(&buffer, "ab"));
	assert_true(buffer_make_room(&buffer, 998));
	assert_string_equal(buffer.bytes, "ab");
	bytes = buffer.bytes;
	for (int i = 0; i < 998; i++)
		assert_true(buffer_append(&buffer, "c", 1));
	assert_ptr_equal(buffer.bytes, bytes);
	assert_false(buffer_make_room(&buffer, 1));
	assert_true(buffer.failed);
	buffer_finish(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quoted_word_is_one_word_for_sh),
		cmocka_unit_test(new_buffer_has_no_bytes),
		cmocka_unit_test(what_is_added_stands_one_after_the_other),
		cmocka_unit_test(buffer_grows_to_its_limit_and_no_further),
		cmocka_unit_test(nothing_is_added_after_a_failure),
		cmocka_unit_test(impossible_lengths_fail),
		cmocka_unit_test(bytes_are_taken_out_once),
		cmocka_unit_test(room_that_was_made_is_used),
	};

	return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
