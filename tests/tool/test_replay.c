/* test_replay.c - documents out of files, and SNS messages out of their wrapping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tool/documents.h"
#include "tool/wrapping.h"

struct expected {
	const char *text; /* without white space at its ends */
	size_t line;
	bool is_cut;
};

static void expect_documents(const char *file, const struct expected *expected)
{
	FILE *stream = fmemopen((void *) (uintptr_t) file, strlen(file), "r");
	struct documents documents;

	assert_non_null(stream);
	documents_init(&documents, stream);
	for (; expected->text != NULL; expected++) {
		size_t length;
		const char *text;

		assert_true(documents_next(&documents));
		length = documents.document.length;
		text = text_trim(documents.document.bytes, &length);
		assert_int_equal(length, strlen(expected->text));
		assert_memory_equal(text, expected->text, length);
		assert_int_equal(documents.first_line, expected->line);
		assert_int_equal(documents.is_cut, expected->is_cut);
	}
	assert_false(documents_next(&documents));
	documents_finish(&documents);
	fclose(stream);
}

static void a_document_a_line_with_blank_lines_between(void **state)
{
	static const struct expected expected[] = {
		{"{\"a\":1}", 1, false}, {"{\"b\":2}", 4, false}, {NULL, 0, false}};

	(void) state;
	expect_documents("{\"a\":1}\r\n\n  \n{\"b\":2}", expected);
}

static void documents_over_many_lines_one_after_another(void **state)
{
	static const struct expected expected[] = {{"{\n \"a\": [\n  1\n ]\n}", 1, false},
		{"{\n \"b\": \"}\"\n}", 6, false}, {NULL, 0, false}};

	(void) state;
	expect_documents("{\n \"a\": [\n  1\n ]\n}\n{\n \"b\": \"}\"\n}\n", expected);
}

static void documents_joined_on_one_line(void **state)
{
	static const struct expected expected[] = {{"{\"a\":1}", 1, false},
		{"{\n\"b\":2\n}", 1, false}, {"[3]", 3, false}, {NULL, 0, false}};

	(void) state;
	expect_documents("{\"a\":1}{\n\"b\":2\n} [3]\n", expected);
}

static void what_never_closes_does_not_swallow_what_follows(void **state)
{
	static const struct expected expected[] = {{"{\"a\":{", 1, true},
		{"{\"b\":2}", 2, false}, {"{\"c\":\"broken", 3, false},
		{"rubbish", 4, false}, {"{\"d\":", 5, true}, {NULL, 0, false}};

	(void) state;
	expect_documents(
		"{\"a\":{\n{\"b\":2}\n{\"c\":\"broken\nrubbish\n{\"d\":\n", expected);
}

static void a_list_with_an_object_a_line_is_one_document(void **state)
{
	static const struct expected expected[] = {
		{"[\n{\"a\":1},\n{\"b\":2}\n]", 1, false}, {NULL, 0, false}};

	(void) state;
	expect_documents("[\n{\"a\":1},\n{\"b\":2}\n]\n", expected);
}

/* ---- wrapping ---- */

struct collected {
	char text[4096]; /* messages, a line each; refusals begin with "!" */
	size_t count;
};

static bool collect(void *closure, const char *text, size_t length)
{
	struct collected *collected = closure;
	size_t used = strlen(collected->text);

	snprintf(collected->text + used, sizeof(collected->text) - used, "%.*s\n",
		(int) length, text);
	collected->count++;
	return true;
}

static bool collect_refusal(void *closure, const char *why)
{
	struct collected *collected = closure;
	size_t used = strlen(collected->text);

	snprintf(collected->text + used, sizeof(collected->text) - used, "!%s\n", why);
	collected->count++;
	return true;
}

static void open_document(const char *text, struct collected *collected)
{
	const struct wrapping_reader reader = {collect, collect_refusal, collected};
	struct json *json = json_parse(text, strlen(text), JSON_STRICT, NULL);

	memset(collected, 0, sizeof(*collected));
	assert_non_null(json);
	assert_true(wrapping_open(json, &reader));
	json_free(json);
}

static void messages_come_out_of_what_is_around_them(void **state)
{
	static const struct {
		const char *document, *expected;
	} rows[] = {
		{"{\"Type\":\"Notification\",\"SigningCertURL\":\"u\"}",
			"{\"Type\":\"Notification\",\"SigningCertURL\":\"u\"}\n"},
		{"{\"Messages\":[{\"MessageId\":\"q\",\"Body\":\"{\\\"SigningCertURL\\\":"
		 "1}\"},"
		 "{\"Body\":\"{\\\"Type\\\":\\\"\\u00fc\\\\n\\\"}\"}]}",
			"{\"SigningCertURL\":1}\n{\"Type\":\"ü\\n\"}\n"},
		{"{\"MessageId\":\"q\",\"Body\":\"{\\\"Type\\\":\\\"x\\\"}\"}",
			"{\"Type\":\"x\"}\n"},
		{"{\"Records\":[{\"EventSource\":\"aws:sns\",\"Sns\":{\"Type\":"
		 "\"Notification\","
		 "\"Subject\":null,\"SigningCertUrl\":\"c\",\"UnsubscribeUrl\":\"u\"}}]}",
			"{\"Type\":\"Notification\",\"SigningCertURL\":\"c\","
			"\"UnsubscribeURL\":"
			"\"u\"}\n"},
		{"{\"Type\":\"Notification\",\"SigningCertUrl\":\"c\",\"Subject\":\"s\"}",
			"{\"Type\":\"Notification\",\"SigningCertURL\":\"c\",\"Subject\":"
			"\"s\"}"
			"\n"},
		{"{\"Records\":[{\"messageId\":\"q\",\"body\":\"{\\\"Type\\\":\\\"x\\\"}"
		 "\"}]}",
			"{\"Type\":\"x\"}\n"},
		{"[{\"Type\":\"a\"},{\"Type\":\"b\"}]",
			"{\"Type\":\"a\"}\n{\"Type\":\"b\"}\n"},
		{"{\"Messages\":[]}", ""},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct collected collected;

		open_document(rows[i].document, &collected);
		assert_string_equal(collected.text, rows[i].expected);
	}
}

static void a_body_that_is_no_json_is_refused_and_the_rest_goes_on(void **state)
{
	struct collected collected;

	(void) state;
	open_document(
		"{\"Messages\":[{\"Body\":\"hello\"},{\"Body\":\"{\\\"a\\\":1}\"}]}",
		&collected);
	assert_int_equal(collected.count, 2);
	assert_memory_equal(collected.text, "!the body of the SQS message", 28);
	assert_non_null(strstr(collected.text, "\n{\"a\":1}\n"));
}

static void wrapping_without_end_is_refused(void **state)
{
	struct collected collected;

	(void) state;
	open_document("[[[[[[[[[[{\"Type\":\"x\"}]]]]]]]]]]", &collected);
	assert_string_equal(collected.text, "!wrapped too often\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_a_line_with_blank_lines_between),
		cmocka_unit_test(documents_over_many_lines_one_after_another),
		cmocka_unit_test(documents_joined_on_one_line),
		cmocka_unit_test(what_never_closes_does_not_swallow_what_follows),
		cmocka_unit_test(a_list_with_an_object_a_line_is_one_document),
		cmocka_unit_test(messages_come_out_of_what_is_around_them),
		cmocka_unit_test(a_body_that_is_no_json_is_refused_and_the_rest_goes_on),
		cmocka_unit_test(wrapping_without_end_is_refused),
	};

	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
