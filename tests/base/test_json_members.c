/* test_json_members.c - tests of looking at what was read with base/json.h. */
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct json *parse(const char *text)
{
	struct json *json = json_parse(text, strlen(text), JSON_STRICT, NULL);

	assert_non_null(json);
	return json;
}

static void members_are_found_by_exact_name(void **state)
{
	struct json *json = parse("{\"Type\":\"a\",\"type\":\"b\",\"n\":1,\"d\":\"1\","
				  "\"d\":\"2\",\"null\":null}");

	(void) state;
	assert_string_equal(json_text(json, "Type"), "a");
	assert_string_equal(json_text(json, "type"), "b");
	assert_null(json_text(json, "TYPE"));
	assert_null(json_member(json, "TYPE"));
	assert_null(json_text(json, "n"));
	assert_null(json_text(json, "null"));
	assert_true(json_is_null(json_member(json, "null")));
	assert_true(json_has_once(json, "null"));
	assert_false(json_has_once(json, "absent"));
	json_free(json);
}

static void name_given_twice_counts_for_nothing(void **state)
{
	struct json *json = parse("{\"t\":\"1\",\"t\":\"2\",\"n\":1,\"n\":1,\"b\":true,"
				  "\"b\":true,\"m\":1,\"m\":\"x\"}");
	int64_t number = 42;
	bool value = false;

	(void) state;
	assert_string_equal(json_as_text(json_member(json, "t")), "1");
	assert_false(json_has_once(json, "t"));
	assert_null(json_text(json, "t"));
	assert_null(json_text(json, "m"));
	assert_false(json_integer(json, "n", &number));
	assert_int_equal(number, 42);
	assert_false(json_boolean(json, "b", &value));
	assert_false(value);
	json_free(json);
}

static void questions_about_nothing_have_answers(void **state)
{
	struct json *array = parse("[1]");
	struct json *text = parse("\"a\"");
	const struct json *nothings[] = {NULL, array, text};
	int64_t number;
	double fraction;
	bool value;

	(void) state;
	for (size_t i = 0; i < COUNT(nothings); i++) {
		assert_null(json_member(nothings[i], "a"));
		assert_null(json_text(nothings[i], "a"));
		assert_false(json_has_once(nothings[i], "a"));
		assert_false(json_integer(nothings[i], "a", &number));
		assert_false(json_boolean(nothings[i], "a", &value));
		assert_null(json_name(nothings[i]));
	}
	assert_false(json_is_object(NULL) || json_is_array(NULL) || json_is_text(NULL) ||
		     json_is_number(NULL) || json_is_boolean(NULL) || json_is_null(NULL));
	assert_null(json_first(NULL));
	assert_null(json_next(NULL));
	assert_null(json_first(text));
	assert_int_equal(json_count(NULL), 0);
	assert_int_equal(json_count(text), 0);
	assert_null(json_as_text(NULL));
	assert_null(json_as_text(array));
	assert_false(json_as_number(NULL, &fraction));
	assert_false(json_as_number(text, &fraction));
	json_free(NULL);
	json_free(text);
	json_free(array);
}

static void integers_have_no_fraction_and_fit_a_double(void **state)
{
	static const struct {
		const char *text;
		bool is_integer;
		int64_t number;
	} rows[] = {
		{"{\"n\":0}", true, 0},
		{"{\"n\":-0}", true, 0},
		{"{\"n\":-17}", true, -17},
		{"{\"n\":1e3}", true, 1000},
		{"{\"n\":2147483648}", true, 2147483648},
		{"{\"n\":1.0}", true, 1},
		{"{\"n\":9007199254740992}", true, 9007199254740992},
		{"{\"n\":-9007199254740992}", true, -9007199254740992},
		{"{\"n\":9007199254740994}", false, 0},
		{"{\"n\":1e300}", false, 0},
		{"{\"n\":1.5}", false, 0},
		{"{\"n\":\"1\"}", false, 0},
		{"{\"n\":true}", false, 0},
		{"{\"n\":null}", false, 0},
		{"{\"N\":1}", false, 0},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json *json = parse(rows[i].text);
		int64_t number = 0;

		assert_int_equal(json_integer(json, "n", &number), rows[i].is_integer);
		assert_true(number == rows[i].number);
		json_free(json);
	}
}

static void booleans_may_be_written_as_text(void **state)
{
	static const struct {
		const char *text;
		int value; /* -1: none */
	} rows[] = {
		{"{\"b\":true}", 1},
		{"{\"b\":false}", 0},
		{"{\"b\":\"true\"}", 1},
		{"{\"b\":\"false\"}", 0},
		{"{\"b\":\"True\"}", -1},
		{"{\"b\":\"\"}", -1},
		{"{\"b\":1}", -1},
		{"{\"b\":null}", -1},
		{"{}", -1},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json *json = parse(rows[i].text);
		bool value = false;

		assert_int_equal(json_boolean(json, "b", &value), rows[i].value >= 0);
		assert_int_equal(value, rows[i].value == 1);
		json_free(json);
	}
}

static void containers_are_walked_in_order(void **state)
{
	struct json *json = parse("{\"b\":1,\"a\":[\"x\",2.5,{}],\"b\":true}");
	const struct json *element = json_first(json);
	double number = 0;

	(void) state;
	assert_int_equal(json_count(json), 3);
	assert_string_equal(json_name(element), "b");
	element = json_next(element);
	assert_string_equal(json_name(element), "a");
	assert_true(json_is_boolean(json_next(element)));
	assert_null(json_next(json_next(element)));
	element = json_first(element);
	assert_null(json_name(element));
	assert_string_equal(json_as_text(element), "x");
	element = json_next(element);
	assert_true(json_as_number(element, &number));
	assert_true(number == 2.5);
	assert_true(json_is_object(json_next(element)));
	assert_null(json_first(json_next(element)));
	json_free(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_found_by_exact_name),
		cmocka_unit_test(name_given_twice_counts_for_nothing),
		cmocka_unit_test(questions_about_nothing_have_answers),
		cmocka_unit_test(integers_have_no_fraction_and_fit_a_double),
		cmocka_unit_test(booleans_may_be_written_as_text),
		cmocka_unit_test(containers_are_walked_in_order),
	};

	return cmocka_run_group_tests_name("json_members", tests, NULL, NULL);
}
