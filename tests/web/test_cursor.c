/* test_cursor.c - positions survive the way through a query, damage does not. */
#include "web/cursor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "base/text.h"

static const char url_letters[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void a_position_comes_back_as_it_was(void **state)
{
	static const char *const positions[][2] = {
		{"anna@example.com", ""},
		{"anna@example.com", "newsletter"},
		{"", ""},
		{"\xc3\xbc\xc3\xb6\xc3\xa4@xn--bcher-kva.example", "tenant:a b&c=d+e/f?"},
		{"a", "b"},
		{"ab", "c"},
		{"abc", "\xff\xfe"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(positions) / sizeof(positions[0]); i++) {
		char *text = cursor_write(
			CURSOR_SUPPRESSIONS, positions[i][0], positions[i][1]);
		struct cursor cursor;

		assert_non_null(text);
		assert_true(text_is_made_of(text, url_letters));
		assert_true(cursor_read(text, CURSOR_SUPPRESSIONS, &cursor));
		assert_string_equal(cursor.first, positions[i][0]);
		assert_string_equal(cursor.second, positions[i][1]);
		cursor_finish(&cursor);
		free(text);
	}
}

static void an_id_comes_back_as_it_was(void **state)
{
	static const int64_t ids[] = {1, 9, 10, 123456789, INT64_MAX};

	(void) state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		char *text = cursor_write_id(CURSOR_EVENTS, ids[i]);
		int64_t id = 0;

		assert_true(cursor_read_id(text, CURSOR_EVENTS, &id));
		assert_int_equal(id, ids[i]);
		free(text);
	}
}

static void one_lists_cursor_is_none_of_another(void **state)
{
	char *text = cursor_write_id(CURSOR_EVENTS, 7);
	struct cursor cursor = {0};
	int64_t id = 5;

	(void) state;
	assert_false(cursor_read_id(text, CURSOR_UNRECOGNISED, &id));
	assert_false(cursor_read(text, CURSOR_SUPPRESSIONS, &cursor));
	assert_int_equal(id, 5);
	assert_null(cursor.bytes);
	free(text);
}

static void a_pair_is_no_id(void **state)
{
	static const char *const pairs[][2] = {
		{"7", "x"}, {"0", ""}, {"-7", ""}, {"seven", ""}, {"", ""}};

	(void) state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		char *text = cursor_write(CURSOR_EVENTS, pairs[i][0], pairs[i][1]);
		int64_t id = 5;

		assert_false(cursor_read_id(text, CURSOR_EVENTS, &id));
		assert_int_equal(id, 5);
		free(text);
	}
}

static void assert_damaged(const char *text)
{
	struct cursor cursor = {0};

	if (cursor_read(text, CURSOR_SUPPRESSIONS, &cursor))
		fail_msg("\"%s\" was read", text);
	assert_null(cursor.bytes);
}

static void every_changed_letter_is_noticed(void **state)
{
	char *text = cursor_write(CURSOR_SUPPRESSIONS, "anna@example.com", "letters");

	(void) state;
	for (size_t i = 0; text[i] != '\0'; i++) {
		char was = text[i];

		for (const char *other = url_letters; *other != '\0'; other++)
			if (*other != was) {
				text[i] = *other;
				assert_damaged(text);
			}
		text[i] = was;
	}
	free(text);
}

static void every_cut_is_noticed(void **state)
{
	char *text = cursor_write(CURSOR_SUPPRESSIONS, "anna@example.com", "letters");

	(void) state;
	for (size_t length = strlen(text); length > 0; length--) {
		text[length - 1] = '\0';
		assert_damaged(text);
	}
	free(text);
}

static void what_was_never_a_cursor_is_none(void **state)
{
	static const char *const texts[] = {"", "A", "AA", "AAAA", "AAAAAAAAAAAA",
		"====", "a b", "\xff\xff\xff\xff", "+/+/+/+/", "next", "null", "12345678",
		"%41%41", "AAAAAAA="};
	char *longest = calloc(1, 100001);

	(void) state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_damaged(texts[i]);
	memset(longest, 'A', 100000);
	assert_damaged(longest);
	free(longest);
}

static int start(void **state)
{
	(void) state;
	return crypto_start() ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_position_comes_back_as_it_was),
		cmocka_unit_test(an_id_comes_back_as_it_was),
		cmocka_unit_test(one_lists_cursor_is_none_of_another),
		cmocka_unit_test(a_pair_is_no_id),
		cmocka_unit_test(every_changed_letter_is_noticed),
		cmocka_unit_test(every_cut_is_noticed),
		cmocka_unit_test(what_was_never_a_cursor_is_none),
	};

	return cmocka_run_group_tests_name("cursor", tests, start, NULL);
}
