/* test_api_print.c - JSON written straight into a buffer is what json_print makes. */
#include "web/api_print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "web/api_entry.h"

static void assert_printed(struct buffer *printed, const char *expected)
{
	assert_false(printed->failed);
	assert_string_equal(printed->bytes, expected);
	buffer_finish(printed);
}

static void a_text_is_escaped_only_where_it_must_be(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{NULL, "null"},
		{"", "\"\""},
		{"anna@example.org", "\"anna@example.org\""},
		{"\"a b\"@x.example", "\"\\\"a b\\\"@x.example\""},
		{"back\\slash", "\"back\\\\slash\""},
		{"line\nfeed", "\"line\\nfeed\""},
		{"bell\a", "\"bell\\u0007\""},
		{"del\x7f", "\"del\x7f\""},
		{"jos\xc3\xa9@x.example", "\"jos\xc3\xa9@x.example\""},
		{"cut\xc3", "\"cut\xef\xbf\xbd\""},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer buffer;

		buffer_init(&buffer, 1000);
		print_text(&buffer, cases[i].text);
		assert_printed(&buffer, cases[i].expected);
	}
}

static void a_number_has_all_its_digits(void **state)
{
	static const struct {
		int64_t number;
		const char *expected;
	} cases[] = {
		{0, "0"},
		{7, "7"},
		{-10, "-10"},
		{1234567890123456789, "1234567890123456789"},
		{INT64_MAX, "9223372036854775807"},
		{INT64_MIN, "-9223372036854775808"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer buffer;

		buffer_init(&buffer, 1000);
		print_integer(&buffer, cases[i].number);
		assert_printed(&buffer, cases[i].expected);
	}
}

static void assert_same(const struct store_suppression *entry, const char *asked)
{
	struct json *json = api_entry_json_asked(entry, asked);
	char *expected = json_print(json);
	struct buffer buffer;

	assert_non_null(expected);
	buffer_init(&buffer, 10000);
	print_entry(&buffer, entry, asked);
	assert_printed(&buffer, expected);
	free(expected);
	json_free(json);
}

static void an_entry_is_the_same_either_way(void **state)
{
	struct store_suppression entry = {
		.address = "anna@example.org",
		.original = "\"Anna\" <Anna@Example.org>",
		.scope = "tenant:blue",
		.reason = SES_REASON_COMPLAINT,
		.hand = SES_HAND_NONE,
		.is_certain = true,
		.since = 1764000000123,
		.expires = UTC_NONE,
		.at_ses = 1,
		.event = 1234567,
		.note = "",
		.actor = NULL,
	};

	(void) state;
	assert_same(&entry, NULL);
	assert_same(&entry, "ANNA@example.org");
	entry = (struct store_suppression){
		.address = "@example.org",
		.original = "@example.org",
		.scope = NULL,
		.reason = SES_REASON_MANUAL,
		.hand = SES_HAND_SUPPRESS,
		.since = 0,
		.expires = 1765000000000,
		.at_ses = -1,
		.note = "two\nlines, \xc3\xa9",
		.actor = "ops",
	};
	assert_same(&entry, NULL);
	assert_same(&entry, "x@example.org");
}

static void no_room_is_a_failure(void **state)
{
	struct store_suppression entry = {.address = "a@x.example",
		.original = "a@x.example",
		.scope = "",
		.reason = SES_REASON_MANUAL,
		.expires = UTC_NONE,
		.at_ses = 0};
	struct buffer buffer;

	(void) state;
	buffer_init(&buffer, 60);
	print_entry(&buffer, &entry, NULL);
	assert_true(buffer.failed);
	buffer_finish(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_escaped_only_where_it_must_be),
		cmocka_unit_test(a_number_has_all_its_digits),
		cmocka_unit_test(an_entry_is_the_same_either_way),
		cmocka_unit_test(no_room_is_a_failure),
	};

	return cmocka_run_group_tests_name("api_print", tests, NULL, NULL);
}
