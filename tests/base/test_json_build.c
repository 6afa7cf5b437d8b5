/* test_json_build.c - tests of the tree that base/json.h makes of a text. */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Parses a copy that is gone before the tree is looked at, without a NUL behind it, so
 * that a sanitizer sees a read too far. */
static struct json *parse(const char *text, enum json_care care)
{
	size_t length = strlen(text);
	char *copy = malloc(length);
	struct json *json;

	assert_non_null(copy);
	memcpy(copy, text, length);
	json = json_parse(copy, length, care, NULL);
	free(copy);
	if (!json)
		fail_msg("%s was refused", text);
	return json;
}

static void assert_prints(struct json *json, const char *expected)
{
	char *printed = json_print(json);

	json_free(json);
	assert_string_equal(printed, expected);
	free(printed);
}

static void every_escape_becomes_its_character(void **state)
{
	static const struct {
		const char *text, *meaning;
	} rows[] = {
		{"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
		{"\"\\u0041\\u00e4\\u20AC\\ud83d\\uDCE7\"",
			"A\xc3\xa4\xe2\x82\xac\xf0\x9f\x93\xa7"},
		{"\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"",
			"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf"},
		{"\"\\ud800\\udc00\\udbff\\udfff\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
		{"\"\\u0001\\u001f\"", "\x01\x1f"},
		{"\"\\\\u0041\"", "\\u0041"},
		{"\"\"", ""},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json *json = parse(rows[i].text, JSON_STRICT);

		assert_string_equal(json_as_text(json), rows[i].meaning);
		json_free(json);
	}
}

/* Texts are looked at eight bytes at a time. */
static void what_is_special_is_seen_wherever_it_stands(void **state)
{
	static const struct {
		const char *written, *meaning;
	} specials[] = {{"", ""}, {"\\\"", "\""}, {"\\\\", "\\"}, {"\\n", "\n"},
		{"\x01", "\x01"}, {"\xc3\xa4", "\xc3\xa4"}, {"\xff", "\xef\xbf\xbd"},
		{"\x7f", "\x7f"}, {"!#", "!#"}, {"[]", "[]"}};
	static const char filling[] = "abcdefghijklmnopqrstuvwxyz";

	(void) state;
	for (size_t i = 0; i < COUNT(specials); i++) {
		for (int before = 0; before <= 20; before++) {
			for (int after = 0; after <= 10; after++) {
				char text[80], expected[80];
				struct json *json;

				snprintf(text, sizeof(text), "\"%.*s%s%.*s\"", before,
					filling, specials[i].written, after, filling);
				snprintf(expected, sizeof(expected), "%.*s%s%.*s", before,
					filling, specials[i].meaning, after, filling);
				json = parse(text, JSON_REPAIR);
				assert_string_equal(json_as_text(json), expected);
				json_free(json);
			}
		}
	}
}

static void numbers_are_the_nearest_double(void **state)
{
	static const struct {
		const char *text;
		double number;
	} rows[] = {
		{"0", 0},
		{"-0", -0.0},
		{"7", 7},
		{"-7", -7},
		{"999999999999999", 999999999999999},
		{"9007199254740993", 9007199254740992},
		{"18446744073709551616", 18446744073709551616.0},
		{"0.1", 0.1},
		{"-12.5e+3", -12500},
		{"1E-2", 0.01},
		{"1e-999", 0},
		{"123456789012345678901234567890123456789012345678901234567890123",
			1.2345678901234568e62},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[100];
		struct json *json;
		double number = -1;

		snprintf(text, sizeof(text), "[%s]", rows[i].text);
		json = parse(text, JSON_STRICT);
		assert_true(json_as_number(json_first(json), &number));
		assert_true(number == rows[i].number);
		json_free(json);
	}
}

static void every_kind_of_value_may_be_the_root_or_a_member(void **state)
{
	static const char *const values[] = {"null", "true", "false", "17", "\"text\"",
		"[]", "{}", "[1,[2,[3]],{\"a\":[{}]}]",
		"{\"a\":{\"b\":{\"c\":null}},\"a\":2,\"\":\"\"}"};

	(void) state;
	for (size_t i = 0; i < COUNT(values); i++) {
		char text[200];

		assert_prints(parse(values[i], JSON_STRICT), values[i]);
		snprintf(text, sizeof(text), "{\"first\":%s,\"list\":[%s,%s]}", values[i],
			values[i], values[i]);
		assert_prints(parse(text, JSON_REPAIR), text);
	}
}

static void what_was_read_may_be_put_whole_into_what_is_made(void **state)
{
	static const char *const values[] = {
		"[1,{\"b\":\"c\"}]", "{\"a\":\"b\"}", "\"text\"", "17", "null", "{}"};
	struct json *object = json_object(), *array = json_array();

	(void) state;
	for (size_t i = 0; i < COUNT(values); i++) {
		json_put(object, "value", parse(values[i], JSON_STRICT));
		json_append(array, parse(values[i], JSON_STRICT));
	}
	json_put(object, "array", array);
	json_put(NULL, "nowhere", parse("[1,2]", JSON_STRICT));
	json_append(NULL, parse("[1,2]", JSON_STRICT));
	assert_prints(object,
		"{\"value\":[1,{\"b\":\"c\"}],\"value\":{\"a\":\"b\"},"
		"\"value\":\"text\",\"value\":17,\"value\":null,\"value\":{},"
		"\"array\":[[1,{\"b\":\"c\"}],{\"a\":\"b\"},\"text\",17,null,{}]}");
}

static void copies_of_what_was_read_outlive_it(void **state)
{
	struct json *source =
		parse("{\"a\":{\"b\":[1,\"x\",{\"c\":null}]}}", JSON_STRICT);
	struct json *copies = json_object();

	(void) state;
	json_put_copy(copies, "all", source);
	json_put_copy(copies, "part", json_member(source, "a"));
	json_free(source);
	assert_prints(copies, "{\"all\":{\"a\":{\"b\":[1,\"x\",{\"c\":null}]}},"
			      "\"part\":{\"b\":[1,\"x\",{\"c\":null}]}}");
}

static void members_are_counted(void **state)
{
	struct json *json = parse("{\"a\":1,\"b\":\"x\",\"a\":2}", JSON_STRICT);
	const struct json *member;
	double number = 0;
	size_t count = 7;

	(void) state;
	member = json_members(json, "a", &count);
	assert_int_equal(count, 2);
	assert_true(json_as_number(member, &number) && number == 1);
	assert_string_equal(json_as_text(json_members(json, "b", &count)), "x");
	assert_int_equal(count, 1);
	assert_null(json_members(json, "", &count));
	assert_int_equal(count, 0);
	assert_null(json_members(NULL, "a", &count));
	assert_int_equal(count, 0);
	json_free(json);
}

static void errors_say_where_the_grammar_ends(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{"{", "not JSON at byte 1"},
		{" [1 2]", "not JSON at byte 4"},
		{"{\"a\" 1}", "not JSON at byte 5"},
		{"{\"a\":tru}", "not JSON at byte 5"},
		{"{\"a\":1,}", "not JSON at byte 7"},
		{"[1-2]", "not JSON at byte 2"},
		{"[}", "not JSON at byte 1"},
		{" 1 2", "something after the value at byte 2"},
		{"[]]", "something after the value at byte 2"},
		{"1-2", "something after the value at byte 1"},
		{"[1,2,3,4]", "too many values at byte 6"},
		/* Before any memory is taken for them. */
		{"[][][][][][]", "too many values at byte 6"},
		{"[[[[[[", "too many values at byte 3"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error error = {""};

		assert_null(json_parse_bounded(
			rows[i].text, strlen(rows[i].text), JSON_REPAIR, 2, &error));
		assert_string_equal(error.text, rows[i].error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_escape_becomes_its_character),
		cmocka_unit_test(what_is_special_is_seen_wherever_it_stands),
		cmocka_unit_test(numbers_are_the_nearest_double),
		cmocka_unit_test(every_kind_of_value_may_be_the_root_or_a_member),
		cmocka_unit_test(what_was_read_may_be_put_whole_into_what_is_made),
		cmocka_unit_test(copies_of_what_was_read_outlive_it),
		cmocka_unit_test(members_are_counted),
		cmocka_unit_test(errors_say_where_the_grammar_ends),
	};

	return cmocka_run_group_tests_name("json_build", tests, NULL, NULL);
}
