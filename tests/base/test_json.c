/* test_json.c - tests of reading JSON with base/json.h. */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define FFFD "\xef\xbf\xbd"

/* Parses a copy without a NUL behind it, so that a sanitizer sees a read too far. */
static struct json *parse(const char *text, size_t length, enum json_care care)
{
	char *copy = malloc(length > 0 ? length : 1);
	struct error error = {""};
	struct json *json;

	assert_non_null(copy);
	memcpy(copy, text, length);
	json = json_parse(copy, length, care, &error);
	assert_int_equal(json == NULL, error.text[0] != '\0');
	free(copy);
	return json;
}

static struct json *parse_text(const char *text, enum json_care care)
{
	return parse(text, strlen(text), care);
}

static void valid_values_are_read_either_way(void **state)
{
	static const char *const rows[] = {
		"{}",
		"[]",
		"0",
		"-0",
		"-12.5e+3",
		"true",
		"false",
		"null",
		"\"\"",
		" \t\r\n{ \"a\" : [ 1 , \"b\" , { } ] }\r\n\t ",
		"{\"a\":1,\"a\":2}",
		"{\"\":1}",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\uD83D\\uDCE7\"",
		"\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x93\xa7\x7f\"",
		"\"\\\\u0000\"",
		"\"\\\\\\\\u0000\"",
		"\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"",
		"1e-999",
		"123456789012345678901234567890123456789012345678901234567890123",
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int care = JSON_STRICT; care <= JSON_REPAIR; care++) {
			struct json *json = parse_text(rows[i], (enum json_care) care);

			if (!json)
				fail_msg("%s was refused", rows[i]);
			json_free(json);
		}
	}
}

static void what_is_no_json_is_refused_either_way(void **state)
{
	static const char *const rows[] = {
		"",
		" ",
		"{",
		"}",
		"[",
		"]",
		"[}",
		"{]",
		"[1,]",
		"[,1]",
		"[1 2]",
		"{\"a\"}",
		"{\"a\":}",
		"{\"a\":1,}",
		"{a:1}",
		"{1:1}",
		"{'a':1}",
		"'a'",
		"{} {}",
		"{}x",
		"{}]",
		"1]",
		"]1",
		"\"a\"\"b\"",
		"tru",
		"True",
		"nullx",
		"NaN",
		"Infinity",
		"-",
		"+1",
		"01",
		"-01",
		"007",
		".5",
		"1.",
		"1.e3",
		"1e",
		"1e+",
		"1-2",
		"1.2.3",
		"0x10",
		"1e999",
		"1E400000000000000000000000000000000000000000",
		"-1e999",
		"[1e309]",
		"1234567890123456789012345678901234567890123456789012345678901234",
		"\"",
		"\"a",
		"\"a\\\"",
		"\"\\",
		"\"\\x\"",
		"\"\\'\"",
		"\"\\u\"",
		"\"\\u123\"",
		"\"\\u12g4\"",
		"\"\\u 123\"",
		"\"\\u+123\"",
		"\"\\U0041\"",
		"\"\\u12",
		"\v1",
		"\f1",
		"\x01{}",
		"{\x0b}",
		"[1]\x1f",
		"\xc2\xa0{}",
		"{}\xff",
		"\xff",
		"\x7f",
		"{}\xef\xbb\xbf",
		"\xef\xbb\xbf\xef\xbb\xbf{}",
		"\xef\xbb\xbf",
		"\xef\xbb",
		"/* a */ 1",
		"// a\n1",
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int care = JSON_STRICT; care <= JSON_REPAIR; care++) {
			struct json *json = parse_text(rows[i], (enum json_care) care);

			if (json)
				fail_msg("%s was read", rows[i]);
		}
	}
}

static void damage_is_refused_or_repaired(void **state)
{
	static const struct {
		const char *text, *repaired;
	} rows[] = {
		{"\"a\xff"
		 "b\"",
			"a" FFFD "b"},
		{"\"\xff\"", FFFD},
		{"\"\xe2\x82\"", FFFD FFFD},
		{"\"\xc0\x80\"", FFFD FFFD},
		{"\"\xed\xa0\xbd\"", FFFD FFFD FFFD},
		{"\"a\\u0000b\"", "a" FFFD "b"},
		{"\"\\\\\\u0000\"", "\\" FFFD},
		{"\"\\ud83d\"", FFFD},
		{"\"\\udce7\"", FFFD},
		{"\"\\udce7\\ud83d\"", FFFD FFFD},
		{"\"\\ud83d\\ud83d\\udce7\"", FFFD "\xf0\x9f\x93\xa7"},
		{"\"\\ud83dx\\udce7\"", FFFD "x" FFFD},
		{"\"\\ud83d\\n\"", FFFD "\n"},
		{"\"\\ud83d\\u0041\"", FFFD "A"},
		{"\"\\ud83d\\u0000\"", FFFD FFFD},
		{"\"a\nb\"", "a\nb"},
		{"\"\x01\x1f\t\"", "\x01\x1f\t"},
		{"\xef\xbb\xbf\"a\"", "a"},
		{"\xef\xbb\xbf \"a\xff\" ", "a" FFFD},
		{"\"\xc3\xa4\xff\\u00e4\xfe\xf0\x9f\x93\xa7\"",
			"\xc3\xa4" FFFD "\xc3\xa4" FFFD "\xf0\x9f\x93\xa7"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json *json = parse_text(rows[i].text, JSON_STRICT);

		if (json)
			fail_msg("%s was not refused", rows[i].text);
		json = parse_text(rows[i].text, JSON_REPAIR);
		if (!json)
			fail_msg("%s was not repaired", rows[i].text);
		assert_string_equal(json_as_text(json), rows[i].repaired);
		json_free(json);
	}
}

static void damage_everywhere_is_repaired(void **state)
{
	static const char text[] =
		"\xef\xbb\xbf{\"\xffname\":[\"\\u0000\",{\"a\\ud800\":\"\xe2\"}],"
		"\"after\":\"\xc3\xa4\"}";
	struct json *json = parse(text, sizeof(text) - 1, JSON_REPAIR);
	const struct json *array;

	(void) state;
	assert_non_null(json);
	array = json_member(json, FFFD "name");
	assert_int_equal(json_count(array), 2);
	assert_string_equal(json_as_text(json_first(array)), FFFD);
	assert_string_equal(json_text(json_next(json_first(array)), "a" FFFD), FFFD);
	assert_string_equal(json_text(json, "after"), "\xc3\xa4");
	json_free(json);
}

static void raw_nul_is_refused_wherever_it_stands(void **state)
{
	static const struct {
		const char *text;
		size_t length;
	} rows[] = {{"\0", 1}, {"{}\0", 3}, {"\"a\0b\"", 5}, {"\0{}", 3}, {"[1,\0]", 5}};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_null(parse(rows[i].text, rows[i].length, JSON_STRICT));
		assert_null(parse(rows[i].text, rows[i].length, JSON_REPAIR));
	}
}

static void depth_is_limited(void **state)
{
	static const char openers[] = "[{";

	(void) state;
	for (size_t kind = 0; kind < 2; kind++) {
		for (size_t depth = 1; depth <= JSON_DEPTH_MAX + 2; depth++) {
			struct buffer text;
			struct json *json;

			buffer_init(&text, 1000);
			for (size_t i = 0; i < depth; i++)
				buffer_append_text(&text, openers[kind] == '[' ? "["
							  : i + 1 < depth      ? "{\"[\":"
									       : "{");
			for (size_t i = 0; i < depth; i++)
				buffer_append_text(
					&text, openers[kind] == '[' ? "]" : "}");
			json = parse(text.bytes, text.length, JSON_STRICT);
			assert_int_equal(json != NULL, depth <= JSON_DEPTH_MAX);
			json_free(json);
			buffer_finish(&text);
		}
	}
}

static void many_shallow_levels_are_not_deep(void **state)
{
	struct buffer text;
	struct json *json;

	(void) state;
	buffer_init(&text, 10000);
	buffer_append_text(&text, "[[]");
	for (int i = 0; i < 1000; i++)
		buffer_append_text(&text, ",[{}]");
	buffer_append_text(&text, "]");
	json = parse(text.bytes, text.length, JSON_STRICT);
	assert_int_equal(json_count(json), 1001);
	json_free(json);
	buffer_finish(&text);
}

static void size_is_limited(void **state)
{
	char *text = malloc(JSON_SIZE_MAX + 1);
	struct error error;
	struct json *json;

	(void) state;
	assert_non_null(text);
	memset(text, '\xff', JSON_SIZE_MAX + 1);
	text[0] = '"';
	text[JSON_SIZE_MAX - 1] = '"';
	text[JSON_SIZE_MAX] = ' ';
	assert_null(json_parse(text, JSON_SIZE_MAX + 1, JSON_REPAIR, &error));
	json = json_parse(text, JSON_SIZE_MAX, JSON_REPAIR, &error);
	assert_int_equal(strlen(json_as_text(json)), (JSON_SIZE_MAX - 2) * 3);
	json_free(json);
	free(text);
}

static void error_says_where(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{"", "empty"},
		{"\"\\u0000\"", "escaped NUL at byte 1"},
		{"\"a\xff\"", "invalid UTF-8 at byte 2"},
		{"[01]", "bad number at byte 1"},
		{"{} {}", "something after the value at byte 2"},
		{"[1,]", "not JSON at byte 3"},
	};
	struct error error;

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_null(json_parse(
			rows[i].text, strlen(rows[i].text), JSON_STRICT, &error));
		assert_string_equal(error.text, rows[i].error);
		assert_null(json_parse(
			rows[i].text, strlen(rows[i].text), JSON_STRICT, NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_values_are_read_either_way),
		cmocka_unit_test(what_is_no_json_is_refused_either_way),
		cmocka_unit_test(damage_is_refused_or_repaired),
		cmocka_unit_test(damage_everywhere_is_repaired),
		cmocka_unit_test(raw_nul_is_refused_wherever_it_stands),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(many_shallow_levels_are_not_deep),
		cmocka_unit_test(size_is_limited),
		cmocka_unit_test(error_says_where),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
