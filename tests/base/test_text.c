/* test_text.c - tests of base/text.h. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void texts_are_compared_byte_by_byte_or_ignoring_ascii_case(void **state)
{
	static const struct {
		const char *one, *other;
		bool is_equal, is_equal_ignoring_case;
	} rows[] = {
		{NULL, NULL, true, true},
		{NULL, "", false, false},
		{"", "", true, true},
		{"a", "a", true, true},
		{"a", "A", false, true},
		{"a", "ab", false, false},
		{"Ab", "aB", false, true},
		{"[", "{", false, false},
		{"@", "`", false, false},
		{"\xc3\x84", "\xc3\xa4", false, false},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *one = rows[i].one, *other = rows[i].other;
		bool ignoring = rows[i].is_equal_ignoring_case;

		assert_int_equal(text_equal(one, other), rows[i].is_equal);
		assert_int_equal(text_equal(other, one), rows[i].is_equal);
		assert_int_equal(text_equal_ignoring_case(one, other), ignoring);
		assert_int_equal(text_equal_ignoring_case(other, one), ignoring);
	}
}

static void beginnings_and_endings_are_recognised(void **state)
{
	static const struct {
		const char *text, *part;
		bool begins, ends;
	} rows[] = {
		{"", "", true, true},
		{"abc", "", true, true},
		{"abc", "ab", true, false},
		{"abc", "bc", false, true},
		{"abc", "abc", true, true},
		{"abc", "abcd", false, false},
		{"abc", "0abc", false, false},
		{"abc", "AB", false, false},
		{NULL, "", false, false},
		{"", NULL, false, false},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(text_begins(rows[i].text, rows[i].part), rows[i].begins);
		assert_int_equal(text_ends(rows[i].text, rows[i].part), rows[i].ends);
	}
	assert_true(text_is_empty(NULL));
	assert_true(text_is_empty(""));
	assert_false(text_is_empty(" "));
}

static void lower_case_touches_ascii_letters_only(void **state)
{
	char text[] = "AZaz09[@`{\xc3\x84 I";

	(void) state;
	text_to_lower(text);
	assert_string_equal(text, "azaz09[@`{\xc3\x84 i");
}

static void text_made_of_a_set_is_not_empty(void **state)
{
	(void) state;
	assert_true(text_is_made_of("0123", "0123456789"));
	assert_false(text_is_made_of("01a3", "0123456789"));
	assert_false(text_is_made_of("", "0123456789"));
	assert_false(text_is_made_of(NULL, "0123456789"));
	assert_false(text_is_made_of("0", ""));
}

static void copies_are_followed_by_a_nul(void **state)
{
	char *copy = text_copy("abcdef", 3);

	(void) state;
	assert_string_equal(copy, "abc");
	free(copy);
	copy = text_copy(NULL, 0);
	assert_string_equal(copy, "");
	free(copy);
	assert_null(text_copy("x", SIZE_MAX));
}

static void white_space_is_trimmed_at_both_ends(void **state)
{
	static const struct {
		const char *text, *trimmed;
	} rows[] = {
		{"", ""},
		{"a", "a"},
		{" \t\r\n\v\f", ""},
		{" a b\n", "a b"},
		{"\n\na", "a"},
		{"a  ", "a"},
		{"\xc2\xa0", "\xc2\xa0"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t length = strlen(rows[i].text);
		const char *trimmed = text_trim(rows[i].text, &length);

		assert_int_equal(length, strlen(rows[i].trimmed));
		assert_memory_equal(trimmed, rows[i].trimmed, length);
	}
}

static void integers_are_digits_that_fit(void **state)
{
	static const struct {
		const char *text;
		int64_t number; /* -1: refused */
	} rows[] = {
		{"0", 0},
		{"007", 7},
		{"1234567890", 1234567890},
		{"9223372036854775807", INT64_MAX},
		{"00009223372036854775807", INT64_MAX},
		{"9223372036854775808", -1},
		{"9223372036854775810", -1},
		{"99999999999999999999", -1},
		{"", -1},
		{NULL, -1},
		{"-1", -1},
		{"+1", -1},
		{" 1", -1},
		{"1 ", -1},
		{"1.0", -1},
		{"0x1", -1},
		{"1e3", -1},
		{"\xd9\xa1", -1},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t number = -1;

		assert_int_equal(
			text_to_integer(rows[i].text, &number), rows[i].number >= 0);
		assert_true(number == rows[i].number);
	}
}

static void utf8_is_what_unicode_says(void **state)
{
	static const struct {
		const char *bytes;
		size_t first; /* length of the first sequence */
		bool is_valid;
	} rows[] = {
		{"a", 1, true},
		{"\x7f", 1, true},
		{"\xc2\x80", 2, true},
		{"\xdf\xbf", 2, true},
		{"\xe0\xa0\x80", 3, true},
		{"\xed\x9f\xbf", 3, true},
		{"\xee\x80\x80", 3, true},
		{"\xef\xbf\xbf", 3, true},
		{"\xf0\x90\x80\x80", 4, true},
		{"\xf4\x8f\xbf\xbf", 4, true},
		{"gr\xc3\xbc\xc3\x9f", 1, true},
		{"\x80", 0, false},
		{"\xbf", 0, false},
		{"\xc0\x80", 0, false},
		{"\xc1\xbf", 0, false},
		{"\xc2", 0, false},
		{"\xc2"
		 "a",
			0, false},
		{"\xc2\xc2", 0, false},
		{"\xe0\x9f\xbf", 0, false},
		{"\xe2\x82", 0, false},
		{"\xe2\x82"
		 "a",
			0, false},
		{"\xed\xa0\x80", 0, false},
		{"\xed\xbf\xbf", 0, false},
		{"\xf0\x8f\xbf\xbf", 0, false},
		{"\xf0\x90\x80", 0, false},
		{"\xf4\x90\x80\x80", 0, false},
		{"\xf5\x80\x80\x80", 0, false},
		{"\xfe", 0, false},
		{"\xff", 0, false},
		{"a\xff", 1, false},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t length = strlen(rows[i].bytes);

		assert_int_equal(utf8_sequence(rows[i].bytes, length), rows[i].first);
		assert_int_equal(utf8_is_valid(rows[i].bytes, length), rows[i].is_valid);
	}
	assert_true(utf8_is_valid(NULL, 0));
	assert_int_equal(utf8_sequence("", 0), 0);
	assert_true(utf8_is_valid("a\0b", 3));
}

static void every_letter_is_written_as_it_is_read(void **state)
{
	(void) state;
	for (uint32_t letter = 1; letter <= 0x10ffff; letter++) {
		char bytes[4];
		size_t length;

		if (letter == 0xd800)
			letter = 0xe000;
		length = utf8_write(letter, bytes);
		assert_int_equal(utf8_sequence(bytes, length), length);
		assert_int_equal(length, letter < 0x80	    ? 1
					 : letter < 0x800   ? 2
					 : letter < 0x10000 ? 3
							    : 4);
	}
}

static void half_a_character_at_the_end_is_not_counted(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} rows[] = {
		{"", 0},
		{"abc", 3},
		{"a\xc3\xa4", 3},
		{"a\xc3", 1},
		{"a\xe2\x82\xac", 4},
		{"a\xe2\x82", 1},
		{"a\xe2", 1},
		{"\xf0\x9f\x93\xa7", 4},
		{"\xf0\x9f\x93", 0},
		{"\xf0\x9f", 0},
		{"a\xf0", 1},
		{"a\x80", 2},
		{"\x80\x80\x80\x80", 4},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(utf8_without_half(rows[i].bytes, strlen(rows[i].bytes)),
			rows[i].length);
}

static void percent_signs_are_decoded(void **state)
{
	static const struct {
		const char *text, *decoded; /* NULL: refused */
	} rows[] = {
		{"", ""},
		{"a+b@c", "a+b@c"},
		{"a%40b%2Fc", "a@b/c"},
		{"%2f%2F", "//"},
		{"%25%34%30", "%40"},
		{"%2540", "%40"},
		{"%C3%A4", "\xc3\xa4"},
		{"%ff", "\xff"},
		{"%", NULL},
		{"a%", NULL},
		{"a%4", NULL},
		{"%4g", NULL},
		{"%g4", NULL},
		{"%%41", NULL},
		{"% 41", NULL},
		{"%+4", NULL},
		{"%00", NULL},
		{"a%00b", NULL},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t length = strlen(rows[i].text), decoded_length = 99;
		char *copy = text_copy(rows[i].text, length);
		bool is_decoded = percent_decode(copy, length, copy, &decoded_length);

		assert_int_equal(is_decoded, rows[i].decoded != NULL);
		assert_string_equal(
			copy, rows[i].decoded ? rows[i].decoded : rows[i].text);
		assert_int_equal(
			decoded_length, rows[i].decoded ? strlen(rows[i].decoded) : 99);
		free(copy);
	}
}

static void percent_decoding_stays_within_its_length(void **state)
{
	char decoded[8] = "";

	(void) state;
	assert_false(percent_decode("%41", 2, decoded, NULL));
	assert_true(percent_decode("a%41", 1, decoded, NULL));
	assert_string_equal(decoded, "a");
	assert_false(percent_decode("a\0b", 3, decoded, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_compared_byte_by_byte_or_ignoring_ascii_case),
		cmocka_unit_test(beginnings_and_endings_are_recognised),
		cmocka_unit_test(lower_case_touches_ascii_letters_only),
		cmocka_unit_test(text_made_of_a_set_is_not_empty),
		cmocka_unit_test(copies_are_followed_by_a_nul),
		cmocka_unit_test(white_space_is_trimmed_at_both_ends),
		cmocka_unit_test(integers_are_digits_that_fit),
		cmocka_unit_test(utf8_is_what_unicode_says),
		cmocka_unit_test(every_letter_is_written_as_it_is_read),
		cmocka_unit_test(half_a_character_at_the_end_is_not_counted),
		cmocka_unit_test(percent_signs_are_decoded),
		cmocka_unit_test(percent_decoding_stays_within_its_length),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
