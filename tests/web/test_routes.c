/* test_routes.c - paths, methods and what a * stands for. */
#include "web/routes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void handler(struct request *request)
{
	(void) request;
}

static const struct route table[] = {
	{"GET", "/", ROUTE_OPEN, handler, 0},
	{"GET", "/v1/things/*", ROUTE_READ, handler, 1},
	{"GET", "/v1/things/export", ROUTE_READ, handler, 2},
	{"POST", "/v1/things/check", ROUTE_READ, handler, 3},
	{"PUT", "/v1/things/*", ROUTE_WRITE, handler, 4},
	{"DELETE", "/v1/things/*", ROUTE_WRITE, handler, 5},
	{"POST", "/v1/topics/*/confirm", ROUTE_WRITE, handler, 6},
	{NULL, NULL, ROUTE_OPEN, NULL, 0},
};

static void each_path_and_method_leads_where_the_table_says(void **state)
{
	static const struct {
		const char *method, *path;
		enum route_search search;
		size_t route;
		const char *argument, *allow;
	} cases[] = {
		{"GET", "/", ROUTE_FOUND, 0, NULL, ""},
		{"HEAD", "/", ROUTE_FOUND, 0, NULL, ""},
		{"GET", "/v1/things/a%40b.example", ROUTE_FOUND, 1, "a@b.example", ""},
		{"GET", "/v1/things/a+b", ROUTE_FOUND, 1, "a+b", ""},
		{"GET", "/v1/things/a%2Fb", ROUTE_FOUND, 1, "a/b", ""},
		{"GET", "/v1/things/export", ROUTE_FOUND, 2, NULL, ""},
		{"HEAD", "/v1/things/export", ROUTE_FOUND, 2, NULL, ""},
		{"POST", "/v1/things/check", ROUTE_FOUND, 3, NULL, ""},
		{"GET", "/v1/things/check", ROUTE_FOUND, 1, "check", ""},
		{"PUT", "/v1/things/export", ROUTE_FOUND, 4, "export", ""},
		{"POST", "/v1/topics/arn:aws:sns:x:1:n/confirm", ROUTE_FOUND, 6,
			"arn:aws:sns:x:1:n", ""},
		{"POST", "/v1/things/x", ROUTE_NO_METHOD, 0, NULL,
			"GET, HEAD, PUT, DELETE"},
		{"BREW", "/", ROUTE_NO_METHOD, 0, NULL, "GET, HEAD"},
		{"GET", "/v1/topics/x/confirm", ROUTE_NO_METHOD, 0, NULL, "POST"},
		{"GET", "/v1/things/", ROUTE_NO_PATH, 0, NULL, NULL},
		{"GET", "/v1/things", ROUTE_NO_PATH, 0, NULL, NULL},
		{"GET", "/v1/things/a/b", ROUTE_NO_PATH, 0, NULL, NULL},
		{"GET", "/v1/%74hings/a", ROUTE_NO_PATH, 0, NULL, NULL},
		{"GET", "//", ROUTE_NO_PATH, 0, NULL, NULL},
		{"POST", "/v1/topics//confirm", ROUTE_NO_PATH, 0, NULL, NULL},
		{"GET", "/v1/things/%", ROUTE_BAD_PATH, 0, NULL, NULL},
		{"GET", "/v1/things/%zz", ROUTE_BAD_PATH, 0, NULL, NULL},
		{"GET", "/v1/things/a%00b", ROUTE_BAD_PATH, 0, NULL, NULL},
		{"GET", "/v1/things/%ff", ROUTE_BAD_PATH, 0, NULL, NULL},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct route *found = NULL;
		char allow[ROUTE_ALLOW_SIZE];
		char *argument;
		enum route_search search = route_find(
			table, cases[i].method, cases[i].path, &found, &argument, allow);

		assert_int_equal(search, cases[i].search);
		if (search == ROUTE_FOUND) {
			assert_ptr_equal(found, &table[cases[i].route]);
			if (cases[i].argument == NULL)
				assert_null(argument);
			else
				assert_string_equal(argument, cases[i].argument);
		}
		if (search == ROUTE_NO_METHOD)
			assert_string_equal(allow, cases[i].allow);
		free(argument);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_path_and_method_leads_where_the_table_says),
	};

	return cmocka_run_group_tests_name("routes", tests, NULL, NULL);
}
