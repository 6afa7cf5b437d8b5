/* test_api_fresh_starts.c - from when on an account is counted afresh, over the API. */
#include "tests/web/api_scene.h"

#define ACCOUNT "\"account\":\"111122223333\",\"region\":\"eu-west-1\""
#define CALL "/v1/fresh-starts"

static size_t count(struct scene *scene, const char *query)
{
	char target[128];

	snprintf(target, sizeof(target), CALL "%s", query);
	assert_int_equal(get(scene, target), 200);
	return json_count(json_member(scene->json, "fresh_starts"));
}

static int64_t bounces(struct scene *scene)
{
	const struct json *account;

	assert_int_equal(get(scene, "/v1/reputation"), 200);
	account = json_first(json_member(scene->json, "accounts"));
	return integer(json_member(account, "bounce"), "numerator");
}

static void a_fresh_start_ends_what_was_before_until_it_is_taken_back(void **state)
{
	struct scene *scene = *state;
	utc_ms old = clock_now() - 3 * DAY_MS;
	char target[128];
	const struct json *account;

	record_send(scene, 1, old, "anna@example.com");
	record_bounce(scene, 1, old, "anna@example.com");
	record_send(scene, 2, clock_now() - HOUR_MS, "bob@example.com");
	assert_int_equal(bounces(scene), 1);
	assert_int_equal(call(scene, "POST", CALL,
				 "{" ACCOUNT ",\"note\":\"list \\\"cleaned\\\"\"}"),
		201);
	assert_member(scene->json, "account", "111122223333");
	assert_member(scene->json, "actor", "tester");
	assert_member(scene->json, "note", "list \"cleaned\"");
	assert_non_null(json_text(scene->json, "at"));
	snprintf(target, sizeof(target), CALL "/%lld",
		(long long) integer(scene->json, "id"));
	assert_int_equal(bounces(scene), 0);
	account = json_first(json_member(scene->json, "accounts"));
	assert_non_null(json_text(account, "fresh_start"));
	assert_int_equal(count(scene, ""), 1);
	assert_int_equal(call(scene, "DELETE", target, NULL), 204);
	assert_int_equal(bounces(scene), 1);
	assert_int_equal(count(scene, ""), 0);
	call(scene, "DELETE", target, NULL);
	assert_problem(scene, 404, "no-fresh-start", "there is no fresh start");
}

static void the_list_is_newest_first_and_narrowed_by_account(void **state)
{
	struct scene *scene = *state;
	const struct json *first;

	assert_int_equal(call(scene, "POST", CALL,
				 "{" ACCOUNT ",\"at\":\"2026-01-31T12:00:00Z\"}"),
		201);
	assert_int_equal(call(scene, "POST", CALL,
				 "{" ACCOUNT ",\"at\":\"2026-03-31T12:00:00Z\"}"),
		201);
	assert_int_equal(call(scene, "POST", CALL,
				 "{\"account\":\"444455556666\",\"region\":\"us-east-1\","
				 "\"at\":\"2026-02-28T12:00:00Z\"}"),
		201);
	assert_int_equal(count(scene, "?account=444455556666"), 1);
	assert_int_equal(count(scene, "?region=eu-west-1"), 2);
	assert_int_equal(count(scene, ""), 3);
	first = json_first(json_member(scene->json, "fresh_starts"));
	assert_member(first, "at", "2026-03-31T12:00:00.000Z");
	assert_member(first, "note", NULL);
}

static void the_same_again_is_the_one_that_stands(void **state)
{
	static const char body[] = "{" ACCOUNT ",\"at\":\"2026-01-31T12:00:00Z\"}";
	struct scene *scene = *state;
	int64_t id;

	assert_int_equal(call(scene, "POST", CALL, body), 201);
	id = integer(scene->json, "id");
	scene->actor = "another";
	assert_int_equal(call(scene, "POST", CALL, body), 200);
	assert_int_equal(integer(scene->json, "id"), id);
	assert_member(scene->json, "actor", "tester");
	assert_int_equal(count(scene, ""), 1);
}

static void what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *body, *words;
	} cases[] = {
		{"{}", "\"account\" takes"},
		{"{\"account\":\"111122223333\"}", "\"region\" takes"},
		{"{" ACCOUNT ",\"at\":\"soon\"}", "\"at\" takes"},
		{"{" ACCOUNT ",\"at\":\"2099-01-31T12:00:00Z\"}", "at most a year ahead"},
		{"{" ACCOUNT ",\"when\":\"now\"}", "no member \"when\""},
		{"{" ACCOUNT ",\"note\":7}", "\"note\" takes"},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		call(scene, "POST", CALL, cases[i].body);
		assert_problem(scene, 400, "body", cases[i].words);
	}
	call(scene, "DELETE", CALL "/first", NULL);
	assert_problem(scene, 400, "not-an-id", "whole numbers");
	call(scene, "DELETE", CALL "/0", NULL);
	assert_problem(scene, 400, "not-an-id", "whole numbers");
	get(scene, CALL "?account=1");
	assert_problem(scene, 400, "query", "twelve digits");
	assert_int_equal(count(scene, ""), 0);
}

#define SCENE_TEST(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(a_fresh_start_ends_what_was_before_until_it_is_taken_back),
		SCENE_TEST(the_list_is_newest_first_and_narrowed_by_account),
		SCENE_TEST(the_same_again_is_the_one_that_stands),
		SCENE_TEST(what_is_wrong_is_named),
	};

	return cmocka_run_group_tests_name("api_fresh_starts", tests, NULL, NULL);
}
