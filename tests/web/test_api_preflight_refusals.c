/* test_api_preflight_refusals.c - lists that are none, and questions that are wrong. */
#include "tests/web/preflight.h"

static void nothing_is_recorded(void **state)
{
	struct scene *scene = *state;
	struct store_health before, after;
	struct error error;

	deliver(scene, 1, 3, "a@shop.de");
	assert_true(store_health(scene->store, &before, &error));
	ask(scene, "", "a@shop.de\nb@shop.de\n");
	assert_true(store_health(scene->store, &after, &error));
	assert_int_equal(before.jobs, after.jobs);
	assert_int_equal(before.events, after.events);
	assert_int_equal(before.suppressions, after.suppressions);
}

static void an_empty_list_is_no_harm(void **state)
{
	const struct json *answer = ask(*state, "", "");

	assert_int_equal(integer(answer, "addresses"), 0);
	assert_int_equal(json_count(json_member(answer, "slices")), 0);
	assert_int_equal(integer(answer, "left_over"), 0);
}

static void a_whole_domain_is_no_address(void **state)
{
	const struct json *answer = ask(*state, "", "a@shop.de\n@shop.de\n");

	assert_int_equal(integer(answer, "invalid"), 1);
	assert_int_equal(integer(answer, "addresses"), 1);
}

static void what_is_no_list_is_refused(void **state)
{
	struct scene *scene = *state;

	ask_bytes(scene, "", "name,age\nx,7\n", 13);
	assert_problem(scene, 400, "file", "cannot be read");
	ask_bytes(scene, "", "PK\x03\x04xxxx\n", 9);
	assert_problem(scene, 400, "file", "spreadsheet");
}

static void a_wrong_question_is_refused_before_the_body(void **state)
{
	static const struct {
		const char *query, *words;
	} table[] = {
		{"?account=7", "account"},
		{"?slices=0", "a number from 1 to 100"},
		{"?slices=101", "a number from 1 to 100"},
		{"?slice=x", "a number from 1 to 100"},
		{"?addresses=maybe", "addresses"},
		{"?scope=account:7", "scope"},
		{"?columns=x", "columns"},
		{"?format=csv", "format"},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT(table); i++) {
		ask_bytes(scene, table[i].query, "a@shop.de\n", 10);
		assert_problem(scene, 400, "query", table[i].words);
	}
}

static void one_list_at_a_time(void **state)
{
	char first[] = "/v1/preflight", second[] = "/v1/preflight";
	struct scene *scene = *state;
	struct request one, two;

	begin(scene, &one, first);
	assert_int_equal(one.status, 0);
	begin(scene, &two, second);
	assert_int_equal(two.status, 503);
	finish(scene, &two);
	/* The client went away. */
	stream_finish(&one);
	buffer_finish(&one.answer);
	assert_false(atomic_load(&scene->web.is_preflighting));
	ask(scene, "", "a@shop.de\n");
}

static void more_than_a_million_addresses_are_refused(void **state)
{
	struct scene *scene = *state;
	struct buffer list;

	buffer_init(&list, 32 << 20);
	for (int i = 0; i <= PREFLIGHT_ADDRESSES_MAX; i++)
		buffer_format(&list, "%d@a.de\n", i);
	ask_bytes(scene, "", list.bytes, list.length);
	assert_problem(scene, 413, "too-large", "1000000 addresses");
	buffer_finish(&list);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_recorded),
		TEST(an_empty_list_is_no_harm),
		TEST(a_whole_domain_is_no_address),
		TEST(what_is_no_list_is_refused),
		TEST(a_wrong_question_is_refused_before_the_body),
		TEST(one_list_at_a_time),
		TEST(more_than_a_million_addresses_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
