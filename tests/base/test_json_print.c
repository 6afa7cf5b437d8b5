/* test_json_print.c - tests of building and printing JSON with base/json.h. */
#include "base/json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define FFFD "\xef\xbf\xbd"

static void assert_prints(struct json *json, const char *expected)
{
	char *printed = json_print(json);

	assert_non_null(printed);
	assert_string_equal(printed, expected);
	free(printed);
	json_free(json);
}

static void every_kind_of_member_is_printed(void **state)
{
	struct json *json = json_object(), *array = json_array();

	(void) state;
	json_put_text(json, "text", "a\"\\/\b\x01\xc3\xa4");
	json_put_text(json, "none", NULL);
	json_put_boolean(json, "yes", true);
	json_put_boolean(json, "no", false);
	json_put_null(json, "null");
	json_put_time(json, "time", 1335920046655);
	json_put_time(json, "never", UTC_NONE);
	json_append(array, json_object());
	json_append_text(array, "x");
	json_append_text(array, NULL);
	json_append(array, NULL);
	json_put(json, "array", array);
	json_put(json, "nothing", NULL);
	assert_prints(json,
		"{\"text\":\"a\\\"\\\\/\\b\\u0001\xc3\xa4\",\"none\":null,\"yes\":true,"
		"\"no\":false,\"null\":null,\"time\":\"2012-05-02T00:54:06.655Z\","
		"\"never\":null,\"array\":[{},\"x\",null,null],\"nothing\":null}");
}

static void integers_are_printed_with_all_their_digits(void **state)
{
	static const struct {
		int64_t number;
		const char *printed;
	} rows[] = {
		{0, "{\"n\":0}"},
		{-1, "{\"n\":-1}"},
		{2147483648, "{\"n\":2147483648}"},
		{1335920046655, "{\"n\":1335920046655}"},
		{999999999999999, "{\"n\":999999999999999}"},
		{1000000000000000, "{\"n\":1000000000000000}"},
		{9007199254740993, "{\"n\":9007199254740993}"},
		{INT64_MAX, "{\"n\":9223372036854775807}"},
		{INT64_MIN, "{\"n\":-9223372036854775808}"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json *json = json_object();

		json_put_integer(json, "n", rows[i].number);
		assert_prints(json, rows[i].printed);
	}
}

static void numbers_that_are_not_finite_are_null(void **state)
{
	static const struct {
		double number;
		const char *printed;
	} rows[] = {
		{0.05, "{\"n\":0.05}"},
		{0.1 + 0.2, "{\"n\":0.3}"},
		{74.9, "{\"n\":74.9}"},
		{3, "{\"n\":3}"},
		{NAN, "{\"n\":null}"},
		{INFINITY, "{\"n\":null}"},
		{-INFINITY, "{\"n\":null}"},
	};

	(void) state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json *json = json_object();

		json_put_number(json, "n", rows[i].number);
		assert_prints(json, rows[i].printed);
	}
}

static void bytes_that_are_no_utf8_are_replaced(void **state)
{
	struct json *json = json_object();
	struct buffer buffer;

	(void) state;
	json_put_text(json, "a\xff", "\xe2\x82x");
	assert_prints(json, "{\"a" FFFD "\":\"" FFFD FFFD "x\"}");
	json = json_array();
	json_append_text(json, "\x80");
	assert_prints(json, "[\"" FFFD "\"]");
	buffer_init(&buffer, 100);
	assert_true(json_print_text(&buffer, "a\"\n\xff"));
	assert_true(buffer_append_text(&buffer, ","));
	assert_true(json_print_text(&buffer, NULL));
	assert_string_equal(buffer.bytes, "\"a\\\"\\n" FFFD "\",null");
	buffer_finish(&buffer);
}

static void text_that_does_not_fit_fails_the_buffer(void **state)
{
	struct buffer buffer;

	(void) state;
	buffer_init(&buffer, 4);
	assert_false(json_print_text(&buffer, "abc"));
	assert_true(buffer.failed);
	assert_int_equal(buffer.length, 0);
	buffer_finish(&buffer);
}

static void copies_do_not_depend_on_their_original(void **state)
{
	struct json *source =
		json_parse("{\"a\":{\"b\":[1,\"x\"]}}", 19, JSON_STRICT, NULL);
	struct json *json = json_object();

	(void) state;
	json_put_copy(json, "copy", json_member(source, "a"));
	json_put_copy(json, "none", json_member(source, "z"));
	json_free(source);
	assert_prints(json, "{\"copy\":{\"b\":[1,\"x\"]},\"none\":null}");
}

static void what_is_put_into_nothing_is_freed(void **state)
{
	(void) state;
	json_put_text(NULL, "a", "b");
	json_put_integer(NULL, "a", 1);
	json_put_integer(NULL, "a", INT64_MAX);
	json_put_number(NULL, "a", 0.5);
	json_put_boolean(NULL, "a", true);
	json_put_null(NULL, "a");
	json_put_time(NULL, "a", 0);
	json_put(NULL, "a", json_object());
	json_put(NULL, "a", NULL);
	json_put_copy(NULL, "a", NULL);
	json_append(NULL, json_object());
	json_append_text(NULL, "a");
	assert_null(json_print(NULL));
	assert_null(json_print_pretty(NULL));
}

static void pretty_print_reads_back_the_same(void **state)
{
	static const char text[] = "{\"a\":[1,{\"b\":null}],\"c\":\"x\"}";
	struct json *json = json_parse(text, strlen(text), JSON_STRICT, NULL);
	char *pretty = json_print_pretty(json);

	(void) state;
	assert_non_null(strchr(pretty, '\n'));
	json_free(json);
	json = json_parse(pretty, strlen(pretty), JSON_STRICT, NULL);
	free(pretty);
	assert_prints(json, text);
}

/* How many allocations still succeed; those of cJSON only. */
static int allocations_left;

static void *allocate_or_not(size_t size)
{
	return allocations_left-- > 0 ? malloc(size) : NULL;
}

static struct json *build_something(void)
{
	struct json *json = json_object(), *inner = json_object();

	json_put_text(inner, "bad\xff", "text\xff");
	json_put_integer(inner, "number", INT64_MAX);
	json_put(json, "inner", inner);
	json_put_boolean(json, "yes", true);
	json_put_copy(json, "copy", json_member(json, "inner"));
	return json;
}

static void tree_that_lacks_something_for_want_of_memory_is_not_printed(void **state)
{
	static const char expected[] = "{\"inner\":{\"bad" FFFD "\":\"text" FFFD
				       "\",\"number\":9223372036854775807},\"yes\":true,"
				       "\"copy\":{\"bad" FFFD "\":\"text" FFFD
				       "\",\"number\":9223372036854775807}}";
	cJSON_Hooks hooks = {allocate_or_not, free};
	char *printed = NULL;
	int allocations = 2; /* both constructors succeed */

	(void) state;
	while (!printed && allocations < 100) {
		struct json *json;

		cJSON_InitHooks(&hooks);
		allocations_left = allocations++;
		json = build_something();
		cJSON_InitHooks(NULL);
		printed = json_print(json);
		json_free(json);
	}
	assert_in_range(allocations, 15, 50);
	assert_string_equal(printed, expected);
	free(printed);
}

static void reading_without_memory_fails_with_a_reason(void **state)
{
	static const char text[] = "{\"a\":[1,{\"b\":\"c\"}]}";
	cJSON_Hooks hooks = {allocate_or_not, free};
	struct json *json = NULL;
	int allocations = 0;

	(void) state;
	while (!json) {
		struct error error = {""};

		cJSON_InitHooks(&hooks);
		allocations_left = allocations++;
		json = json_parse(text, strlen(text), JSON_STRICT, &error);
		cJSON_InitHooks(NULL);
		assert_int_equal(json == NULL, error.text[0] != '\0');
		assert_true(allocations < 50);
	}
	assert_prints(json, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_member_is_printed),
		cmocka_unit_test(integers_are_printed_with_all_their_digits),
		cmocka_unit_test(numbers_that_are_not_finite_are_null),
		cmocka_unit_test(bytes_that_are_no_utf8_are_replaced),
		cmocka_unit_test(text_that_does_not_fit_fails_the_buffer),
		cmocka_unit_test(copies_do_not_depend_on_their_original),
		cmocka_unit_test(what_is_put_into_nothing_is_freed),
		cmocka_unit_test(pretty_print_reads_back_the_same),
		cmocka_unit_test(
			tree_that_lacks_something_for_want_of_memory_is_not_printed),
		cmocka_unit_test(reading_without_memory_fails_with_a_reason),
	};

	return cmocka_run_group_tests_name("json_print", tests, NULL, NULL);
}
