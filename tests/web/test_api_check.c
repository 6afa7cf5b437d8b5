/* test_api_check.c - who may be mailed, for many at once. */
#include "tests/web/api_scene.h"

static void put(struct scene *scene, const char *address, const char *body)
{
	char path[128];

	snprintf(path, sizeof(path), "/v1/suppressions/%s", address);
	assert_int_equal(call(scene, "PUT", path, body), 201);
}

static unsigned check(struct scene *scene, const char *body)
{
	return call(scene, "POST", "/v1/suppressions/check", body);
}

static void every_address_asked_is_answered_once(void **state)
{
	struct scene *scene = *state;
	const struct json *row;

	put(scene, "Anna@example.com", "{\"reason\":\"bounce\"}");
	put(scene, "zoe@example.com", NULL);
	assert_int_equal(
		check(scene, "{\"addresses\":[\"zoe@EXAMPLE.com\",\"b@example.com\","
			     "\"Anna A. <ANNA@example.com>\",\"anna@example.com\","
			     "\"b@example.com\",\"zoe@EXAMPLE.com\"]}"),
		200);
	assert_int_equal(integer(scene->json, "clear"), 2);
	row = json_first(json_member(scene->json, "suppressed"));
	assert_int_equal(json_count(json_member(scene->json, "suppressed")), 4);
	assert_member(row, "asked", "zoe@EXAMPLE.com");
	assert_member(row, "address", "zoe@example.com");
	row = json_next(row);
	assert_member(row, "asked", "Anna A. <ANNA@example.com>");
	assert_member(row, "original", "Anna@example.com");
	assert_member(row, "reason", "bounce");
	row = json_next(row);
	assert_member(row, "asked", "anna@example.com");
	row = json_next(row);
	assert_member(row, "asked", "zoe@EXAMPLE.com");
}

static void a_scope_adds_its_own_entries(void **state)
{
	struct scene *scene = *state;
	static const char addresses[] = "\"addresses\":[\"a@x.example\",\"b@x.example\"]";
	char body[256];

	put(scene, "a@x.example", "{\"scope\":\"news\"}");
	put(scene, "b@x.example", NULL);
	snprintf(body, sizeof(body), "{%s}", addresses);
	assert_int_equal(check(scene, body), 200);
	assert_int_equal(integer(scene->json, "clear"), 1);
	snprintf(body, sizeof(body), "{%s,\"scope\":\"news\"}", addresses);
	assert_int_equal(check(scene, body), 200);
	assert_int_equal(integer(scene->json, "clear"), 0);
	snprintf(body, sizeof(body), "{%s,\"scope\":\"other\"}", addresses);
	assert_int_equal(check(scene, body), 200);
	assert_int_equal(integer(scene->json, "clear"), 1);
}

static void who_is_on_probation_or_exempt_is_clear_and_named(void **state)
{
	struct scene *scene = *state;
	const struct json *names;
	utc_ms now = clock_now();

	for (unsigned day = 31; day <= 33; day++)
		record_soft(scene, day, now - day * DAY_MS, "was@full.example");
	put(scene, "gone@x.example", "{\"reason\":\"bounce\"}");
	put(scene, "@blocked.example", NULL);
	assert_int_equal(
		call(scene, "PUT", "/v1/exceptions/boss@blocked.example", NULL), 201);
	assert_int_equal(
		check(scene, "{\"addresses\":[\"Was@full.example\",\"gone@x.example\","
			     "\"new@x.example\",\"any@blocked.example\","
			     "\"Boss@Blocked.example\",\"was@full.example\"]}"),
		200);
	assert_int_equal(integer(scene->json, "clear"), 4);
	names = json_member(scene->json, "probation");
	assert_int_equal(json_count(names), 2);
	assert_string_equal(json_as_text(json_first(names)), "Was@full.example");
	names = json_member(scene->json, "exempt");
	assert_int_equal(json_count(names), 1);
	assert_string_equal(json_as_text(json_first(names)), "Boss@Blocked.example");
	names = json_member(scene->json, "suppressed");
	assert_int_equal(json_count(names), 2);
	assert_member(json_next(json_first(names)), "asked", "any@blocked.example");
	assert_member(json_next(json_first(names)), "address", "@blocked.example");
}

static void one_address_is_asked_for_in_the_query(void **state)
{
	struct scene *scene = *state;

	put(scene, "anna@x.example", "{\"scope\":\"news\"}");
	assert_int_equal(
		get(scene, "/v1/suppressions/check?address=Anna@x.example&scope=a,news"),
		200);
	assert_int_equal(integer(scene->json, "clear"), 0);
	assert_member(json_first(json_member(scene->json, "suppressed")), "asked",
		"Anna@x.example");
	assert_int_equal(
		get(scene, "/v1/suppressions/check?address=anna@x.example"), 200);
	assert_int_equal(integer(scene->json, "clear"), 1);
	assert_int_equal(json_count(json_member(scene->json, "exempt")), 0);
	get(scene, "/v1/suppressions/check");
	assert_problem(scene, 400, "query", "address");
	get(scene, "/v1/suppressions/check?address=nobody");
	assert_problem(scene, 400, "not-an-address", "nobody");
	get(scene, "/v1/suppressions/check?address=a@x.example&scope=a,,b");
	assert_problem(scene, 400, "query", "scope");
	get(scene, "/v1/suppressions/check?address=a@x.example&adress=b@x.example");
	assert_problem(scene, 400, "query", "adress");
}

static void a_long_text_that_is_no_address_is_named_by_its_beginning(void **state)
{
	struct scene *scene = *state;
	char text[301], body[400], named[160];

	memset(text, 'x', 300);
	text[300] = '\0';
	snprintf(body, sizeof(body), "{\"addresses\":[\"%s\"]}", text);
	snprintf(named, sizeof(named), "\"%.100s\"", text);
	check(scene, body);
	assert_problem(scene, 400, "not-an-address", named);
	snprintf(body, sizeof(body), "/v1/suppressions/check?address=%s", text);
	get(scene, body);
	assert_problem(scene, 400, "not-an-address", named);
}

static void wrong_checks_are_named(void **state)
{
	static const struct {
		const char *body, *type, *words;
	} cases[] = {
		{"", "body", "JSON"},
		{"[]", "body", "object"},
		{"{}", "body", "\"addresses\""},
		{"{\"addresses\":\"a@x.example\"}", "body", "\"addresses\""},
		{"{\"addresses\":[],\"scopes\":1}", "body", "scopes"},
		{"{\"addresses\":[],\"addresses\":[]}", "body", "once"},
		{"{\"addresses\":[],\"scope\":7}", "body", "\"scope\""},
		{"{\"addresses\":[],\"scope\":\"a,,b\"}", "body", "\"scope\""},
		{"{\"addresses\":[],\"scope\":\"tenant:\"}", "body", "\"scope\""},
		{"{\"addresses\":[],\"scope\":\"1,2,3,4,5,6,7,8,9\"}", "body", "up to 8"},
		{"{\"addresses\":[\"a@x.example\",\"nobody\"]}", "not-an-address",
			"addresses[1] is no mail address: \"nobody\""},
		{"{\"addresses\":[17]}", "not-an-address", "addresses[0] is no text"},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check(scene, cases[i].body);
		assert_problem(scene, 400, cases[i].type, cases[i].words);
	}
	assert_int_equal(check(scene, "{\"addresses\":[],\"scope\":null}"), 200);
	assert_int_equal(integer(scene->json, "clear"), 0);
}

static void ten_thousand_may_be_asked_and_no_more(void **state)
{
	struct scene *scene = *state;
	struct buffer body;

	put(scene, "user09999@example.com", NULL);
	buffer_init(&body, 1024 * 1024);
	buffer_append_text(&body, "{\"addresses\":[");
	for (int i = 0; i < 10000; i++)
		buffer_format(&body, "%s\"user%05d@example.com\"", i == 0 ? "" : ",", i);
	buffer_append_text(&body, "]}");
	assert_int_equal(check(scene, body.bytes), 200);
	assert_int_equal(integer(scene->json, "clear"), 9999);
	body.length -= 2;
	buffer_append_text(&body, ",\"x@example.com\"]}");
	check(scene, body.bytes);
	assert_problem(scene, 400, "body", "at most 10000");
	buffer_finish(&body);
}

#define SCENE_TEST(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(every_address_asked_is_answered_once),
		SCENE_TEST(a_scope_adds_its_own_entries),
		SCENE_TEST(who_is_on_probation_or_exempt_is_clear_and_named),
		SCENE_TEST(one_address_is_asked_for_in_the_query),
		SCENE_TEST(a_long_text_that_is_no_address_is_named_by_its_beginning),
		SCENE_TEST(wrong_checks_are_named),
		SCENE_TEST(ten_thousand_may_be_asked_and_no_more),
	};

	return cmocka_run_group_tests_name("api_check", tests, NULL, NULL);
}
