/* test_request.c - query parameters, JSON bodies, problems. */
#include "web/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void start(struct request *request, char *query)
{
	memset(request, 0, sizeof(*request));
	request->query = query;
	buffer_init(&request->body, 4096);
	buffer_init(&request->answer, 4096);
}

static void finish(struct request *request)
{
	buffer_finish(&request->body);
	buffer_finish(&request->answer);
}

static void query_parameters_are_found_and_decoded(void **state)
{
	static const struct {
		const char *query, *name;
		bool found;
		const char *value; /* NULL: absent, or a 400 problem */
	} cases[] = {
		{"", "a", false, NULL},
		{"a=1", "a", true, "1"},
		{"a=1&b=2", "b", true, "2"},
		{"&&a=1&", "a", true, "1"},
		{"a", "a", true, ""},
		{"a=", "a", true, ""},
		{"a=x=y", "a", true, "x=y"},
		{"address=user%2Btag%40example.com", "address", true,
			"user+tag@example.com"},
		{"address=user+tag@example.com", "address", true, "user+tag@example.com"},
		{"ab=1", "a", false, NULL},
		{"a=1&a=2", "a", true, NULL},
		{"a=1&a", "a", true, NULL},
		{"a=%", "a", true, NULL},
		{"a=%4", "a", true, NULL},
		{"a=%00", "a", true, NULL},
		{"a=%ff", "a", true, NULL},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char query[64];
		struct request request;
		char *value;
		bool found;

		strncpy(query, cases[i].query, sizeof(query) - 1);
		query[sizeof(query) - 1] = '\0';
		start(&request, query);
		value = request_query(&request, cases[i].name, &found);
		assert_int_equal(found, cases[i].found);
		if (cases[i].value == NULL)
			assert_null(value);
		else
			assert_string_equal(value, cases[i].value);
		assert_int_equal(request.status, found && value == NULL ? 400 : 0);
		free(value);
		finish(&request);
	}
}

static void a_parameter_nobody_knows_is_a_problem(void **state)
{
	static const char *const names[] = {"limit", "cursor", NULL};
	char known[] = "cursor=x&limit=3", unknown[] = "limit=3&limits=4";
	struct request request;

	(void) state;
	start(&request, known);
	assert_true(request_query_is_known(&request, names));
	assert_int_equal(request.status, 0);
	finish(&request);
	start(&request, unknown);
	assert_false(request_query_is_known(&request, names));
	assert_int_equal(request.status, 400);
	assert_non_null(strstr(request.answer.bytes, "limits: no such parameter"));
	finish(&request);
}

static void a_body_that_is_no_json_object_is_a_problem(void **state)
{
	static const char *const bodies[] = {"", "[]", "1", "{", "{} {}", "\"x\""};
	char none[] = "";
	struct request request;
	struct json *json;

	(void) state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		start(&request, none);
		buffer_append_text(&request.body, bodies[i]);
		assert_null(request_json(&request));
		assert_int_equal(request.status, 400);
		finish(&request);
	}
	start(&request, none);
	buffer_append_text(&request.body, " {\"a\":1} ");
	json = request_json(&request);
	assert_non_null(json);
	json_free(json);
	finish(&request);
}

static void a_problem_replaces_the_answer_and_names_its_type(void **state)
{
	char none[] = "";
	struct request request;

	(void) state;
	start(&request, none);
	reply_text(&request, 200, "text/plain", "half an answer");
	reply_problem(&request, 404, "not-found", "no %s", "\"such\" thing");
	assert_int_equal(request.status, 404);
	assert_string_equal(request.content_type, "application/problem+json");
	assert_string_equal(request.answer.bytes,
		"{\"type\":\"urn:ses-feedbackd:problem:not-found\",\"title\":\"Not "
		"found\","
		"\"status\":404,\"detail\":\"no \\\"such\\\" thing\"}\n");
	finish(&request);
}

static void at_most_two_further_headers_are_kept(void **state)
{
	char none[] = "";
	struct request request;

	(void) state;
	start(&request, none);
	reply_header(&request, "Allow", "GET");
	reply_header(&request, "Allow", "PUT");
	reply_header(&request, "Retry-After", "5");
	reply_header(&request, "Location", "/");
	assert_string_equal(request.extra_value[0], "PUT");
	assert_string_equal(request.extra_name[1], "Retry-After");
	finish(&request);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(query_parameters_are_found_and_decoded),
		cmocka_unit_test(a_parameter_nobody_knows_is_a_problem),
		cmocka_unit_test(a_body_that_is_no_json_object_is_a_problem),
		cmocka_unit_test(a_problem_replaces_the_answer_and_names_its_type),
		cmocka_unit_test(at_most_two_further_headers_are_kept),
	};

	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
