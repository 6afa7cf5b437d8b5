/* test_api_exceptions.c - who is never suppressed, over the API. */
#include "tests/web/api_scene.h"

#define ANNA "/v1/exceptions/Anna@Example.com"

static void put_exempts_and_delete_ends_it(void **state)
{
	struct scene *scene = *state;

	record_bounce(scene, 1, clock_now() - HOUR_MS, "anna@example.com");
	assert_int_equal(get(scene, "/v1/suppressions/anna@example.com"), 200);
	assert_int_equal(call(scene, "PUT", ANNA, "{\"note\":\"our own\"}"), 201);
	assert_member(scene->json, "address", "anna@example.com");
	assert_member(scene->json, "original", "Anna@Example.com");
	assert_member(scene->json, "scope", "");
	assert_member(scene->json, "note", "our own");
	assert_member(scene->json, "actor", "tester");
	assert_non_null(json_text(scene->json, "since"));
	assert_int_equal(get(scene, "/v1/suppressions/anna@example.com"), 404);
	assert_int_equal(call(scene, "PUT", ANNA, "{\"note\":\"our own\"}"), 200);
	assert_int_equal(call(scene, "PUT", ANNA, "{\"note\":\"boss\"}"), 200);
	assert_member(scene->json, "note", "boss");
	assert_int_equal(call(scene, "DELETE", ANNA, NULL), 204);
	assert_int_equal(call(scene, "DELETE", ANNA "?note=over", NULL), 204);
	assert_int_equal(get(scene, "/v1/suppressions/anna@example.com"), 200);
}

static void a_domain_is_exempt_in_one_scope(void **state)
{
	static const char path[] = "/v1/exceptions/@Example.com";
	struct scene *scene = *state;

	assert_int_equal(call(scene, "PUT", path, "{\"scope\":\"news\"}"), 201);
	assert_member(scene->json, "address", "@example.com");
	assert_member(scene->json, "scope", "news");
	assert_int_equal(get(scene, "/v1/suppressions/check?address=x@example.com&scope="
				    "news"),
		200);
	assert_int_equal(json_count(json_member(scene->json, "exempt")), 1);
	get(scene, "/v1/suppressions/check?address=x@example.com");
	assert_int_equal(json_count(json_member(scene->json, "exempt")), 0);
	assert_int_equal(call(scene, "DELETE", path, NULL), 204);
	get(scene, "/v1/exceptions");
	assert_int_equal(json_count(json_member(scene->json, "exceptions")), 1);
	assert_int_equal(
		call(scene, "DELETE", "/v1/exceptions/@example.com?scope=news", NULL),
		204);
	get(scene, "/v1/exceptions");
	assert_int_equal(json_count(json_member(scene->json, "exceptions")), 0);
}

static void the_list_has_pages_and_no_entries(void **state)
{
	struct scene *scene = *state;
	char target[512];

	call(scene, "PUT", "/v1/suppressions/m@example.com", NULL);
	for (int i = 0; i < 5; i++) {
		snprintf(target, sizeof(target), "/v1/exceptions/user%d@example.com", i);
		assert_int_equal(call(scene, "PUT", target, NULL), 201);
	}
	assert_int_equal(get(scene, "/v1/exceptions?limit=3&prefix=USER"), 200);
	assert_int_equal(json_count(json_member(scene->json, "exceptions")), 3);
	snprintf(target, sizeof(target), "/v1/exceptions?limit=3&prefix=user&cursor=%s",
		json_text(scene->json, "next"));
	assert_int_equal(get(scene, target), 200);
	assert_int_equal(json_count(json_member(scene->json, "exceptions")), 2);
	assert_member(scene->json, "next", NULL);
	get(scene, "/v1/suppressions?limit=1");
	assert_int_equal(json_count(json_member(scene->json, "suppressions")), 1);
	get(scene, "/v1/exceptions?limit=2");
	snprintf(target, sizeof(target), "/v1/suppressions?cursor=%s",
		json_text(scene->json, "next"));
	get(scene, target);
	assert_problem(scene, 400, "cursor", "another list");
}

static void what_is_wrong_is_named(void **state)
{
	struct scene *scene = *state;

	call(scene, "PUT", "/v1/exceptions/nobody", NULL);
	assert_problem(scene, 400, "not-an-address", "nobody");
	call(scene, "PUT", ANNA, "{\"reason\":\"bounce\"}");
	assert_problem(scene, 400, "body", "\"reason\"");
	call(scene, "PUT", ANNA, "{\"scope\":\"tenant:\"}");
	assert_problem(scene, 400, "body", "\"scope\"");
	call(scene, "PUT", ANNA "?scope=a,b", NULL);
	assert_problem(scene, 400, "query", "scope");
	call(scene, "DELETE", ANNA "?note=", NULL);
	assert_problem(scene, 400, "query", "note");
	get(scene, "/v1/exceptions?reason=bounce");
	assert_problem(scene, 400, "query", "reason");
}

#define SCENE_TEST(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(put_exempts_and_delete_ends_it),
		SCENE_TEST(a_domain_is_exempt_in_one_scope),
		SCENE_TEST(the_list_has_pages_and_no_entries),
		SCENE_TEST(what_is_wrong_is_named),
	};

	return cmocka_run_group_tests_name("api_exceptions", tests, NULL, NULL);
}
