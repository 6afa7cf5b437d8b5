/* test_api_bulk.c - many entries put and removed in one call. */
#include "tests/web/api_scene.h"
#include "web/api_remove_where.h"

#define ADD "/v1/suppressions/add"
#define REMOVE "/v1/suppressions/remove"

static unsigned post(struct scene *scene, const char *path, const char *body)
{
	return call(scene, "POST", path, body);
}

static const struct json *result(const struct scene *scene, size_t index)
{
	const struct json *one = json_first(json_member(scene->json, "results"));

	for (; index > 0 && one != NULL; index--)
		one = json_next(one);
	assert_non_null(one);
	return one;
}

static void each_item_has_its_result_and_a_wrong_one_stops_none(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(
		post(scene, ADD,
			"{\"note\":\"list of May\",\"suppressions\":["
			"{\"address\":\"Anna@Example.com\"},"
			"{\"address\":\"nobody\"},"
			"{\"address\":\"@example.org\",\"note\":\"left us\"},"
			"{\"address\":\"anna@example.com\",\"reason\":\"bounce\"},"
			"{\"address\":\"b@example.com\",\"scope\":\"a,b\"},"
			"{\"address\":\"b@example.com\",\"reason\":\"quarantine\"},"
			"{\"address\":\"b@example.com\",\"colour\":\"red\"},"
			"\"b@example.com\",{}]}"),
		200);
	assert_int_equal(integer(scene->json, "added"), 2);
	assert_int_equal(integer(scene->json, "changed"), 1);
	assert_int_equal(integer(scene->json, "unchanged"), 0);
	assert_int_equal(integer(scene->json, "invalid"), 6);
	assert_member(result(scene, 0), "address", "Anna@Example.com");
	assert_member(result(scene, 0), "result", "added");
	assert_member(result(scene, 0), "at_ses", "unknown");
	assert_member(result(scene, 1), "address", "nobody");
	assert_member(result(scene, 1), "result", "invalid");
	assert_non_null(strstr(json_text(result(scene, 1), "detail"), "no mail address"));
	assert_member(result(scene, 3), "result", "changed");
	assert_non_null(strstr(json_text(result(scene, 4), "detail"), "\"scope\""));
	assert_non_null(strstr(json_text(result(scene, 5), "detail"), "only feedback"));
	assert_non_null(strstr(json_text(result(scene, 6), "detail"), "\"colour\""));
	assert_non_null(strstr(json_text(result(scene, 7), "detail"), "no object"));
	assert_int_equal(get(scene, "/v1/suppressions/anna@example.com"), 200);
	assert_member(scene->json, "reason", "bounce");
	assert_member(scene->json, "note", "list of May");
	assert_member(scene->json, "actor", "tester");
	assert_int_equal(get(scene, "/v1/suppressions/@example.org"), 200);
	assert_member(scene->json, "note", "left us");
	assert_int_equal(get(scene, "/v1/suppressions/b@example.com"), 404);
}

static void the_same_again_changes_nothing(void **state)
{
	static const char body[] = "{\"suppressions\":[{\"address\":\"a@example.com\"},"
				   "{\"address\":\"b@example.com\"}]}";
	struct scene *scene = *state;

	assert_int_equal(post(scene, ADD, body), 200);
	assert_int_equal(integer(scene->json, "added"), 2);
	assert_int_equal(post(scene, ADD, body), 200);
	assert_int_equal(integer(scene->json, "added"), 0);
	assert_int_equal(integer(scene->json, "unchanged"), 2);
	get(scene, "/v1/changes");
	assert_int_equal(json_count(json_member(scene->json, "changes")), 2);
}

static void addresses_are_removed_and_unknown_ones_are_said(void **state)
{
	struct scene *scene = *state;

	post(scene, ADD,
		"{\"suppressions\":[{\"address\":\"a@example.com\"},"
		"{\"address\":\"a@example.com\",\"scope\":\"news\"}]}");
	assert_int_equal(
		post(scene, REMOVE,
			"{\"addresses\":[\"A@example.com\",\"b@example.com\",\"@\","
			"7],\"note\":\"asked\"}"),
		200);
	assert_member(result(scene, 0), "result", "removed");
	assert_member(result(scene, 1), "result", "unknown");
	assert_member(result(scene, 2), "result", "invalid");
	assert_member(result(scene, 3), "result", "invalid");
	assert_int_equal(integer(scene->json, "removed"), 1);
	assert_int_equal(integer(scene->json, "unknown"), 1);
	assert_int_equal(integer(scene->json, "invalid"), 2);
	assert_int_equal(get(scene, "/v1/suppressions/a@example.com"), 404);
	assert_int_equal(get(scene, "/v1/suppressions/a@example.com?scope=news"), 200);
	post(scene, REMOVE, "{\"addresses\":[\"a@example.com\"],\"scope\":\"news\"}");
	assert_int_equal(integer(scene->json, "removed"), 1);
}

static void what_is_no_address_is_shown_but_not_all_of_a_long_one(void **state)
{
	struct scene *scene = *state;
	char body[600], expected[201];

	/* 199 bytes of text, then letters of two bytes: a cut at 200 would halve one. */
	memset(expected, 'x', 199);
	expected[199] = '\0';
	snprintf(body, sizeof(body), "{\"addresses\":[\"%séé\",7]}", expected);
	assert_int_equal(post(scene, REMOVE, body), 200);
	assert_int_equal(integer(scene->json, "invalid"), 2);
	assert_member(result(scene, 0), "address", expected);
	assert_member(result(scene, 1), "address", NULL);
}

static void wrong_calls_are_named_and_change_nothing(void **state)
{
	static const struct {
		const char *path, *body, *words;
	} cases[] = {
		{ADD, "{}", "\"suppressions\" takes a list"},
		{ADD, "{\"suppressions\":{}}", "\"suppressions\" takes a list"},
		{ADD, "{\"suppressions\":[],\"x\":1}", "\"x\""},
		{ADD, "{\"suppressions\":[],\"note\":7}", "\"note\""},
		{ADD, "[]", "object"},
		{REMOVE, "{}", "either"},
		{REMOVE, "{\"addresses\":[],\"where\":{}}", "either"},
		{REMOVE, "{\"addresses\":\"a@example.com\"}", "\"addresses\""},
		{REMOVE, "{\"addresses\":[],\"dry_run\":true}", "\"dry_run\""},
		{REMOVE, "{\"addresses\":[],\"scope\":\"account:1\"}", "\"scope\""},
		{REMOVE, "{\"where\":[]}", "\"where\""},
		{REMOVE, "{\"where\":{}}", "since"},
		{REMOVE, "{\"where\":{\"since\":\"2026-01-01T00:00:00Z\"}}", "until"},
		{REMOVE,
			"{\"where\":{\"since\":\"2026-01-02T00:00:00Z\",\"until\":"
			"\"2026-01-01T00:00:00Z\"}}",
			"until"},
		{REMOVE, "{\"where\":{\"since\":\"yesterday\"}}", "since"},
		{REMOVE, "{\"where\":{\"reason\":\"complaint\"}}", "quarantine"},
		{REMOVE, "{\"where\":{\"provider\":\"\"}}", "provider"},
		{REMOVE, "{\"where\":{\"diagnostic\":\"\"}}", "diagnostic"},
		{REMOVE, "{\"where\":{\"sender\":\"x\"}}", "\"sender\""},
		{REMOVE,
			"{\"where\":{\"since\":\"2026-01-01T00:00:00Z\",\"until\":"
			"\"2026-01-02T00:00:00Z\"},\"dry_run\":\"yes\"}",
			"dry_run"},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		post(scene, cases[i].path, cases[i].body);
		assert_problem(scene, 400, "body", cases[i].words);
	}
}

/* Elements: begin, an address, end. */
static void append_many(
	struct buffer *body, const char *begin, const char *end, int count)
{
	for (int i = 0; i < count; i++)
		buffer_format(body, "%s%s\"user%05d@example.com\"%s", i == 0 ? "" : ",",
			begin, i, end);
}

static void ten_thousand_go_in_and_out_and_no_more(void **state)
{
	struct scene *scene = *state;
	struct buffer body;

	buffer_init(&body, 2 * 1024 * 1024);
	buffer_append_text(&body, "{\"suppressions\":[");
	append_many(
		&body, "{\"address\":", ",\"reason\":\"bounce\",\"note\":null}", 10000);
	buffer_append_text(&body, "]}");
	assert_int_equal(post(scene, ADD, body.bytes), 200);
	assert_int_equal(integer(scene->json, "added"), 10000);
	body.length -= 2;
	buffer_append_text(&body, ",{}]}");
	post(scene, ADD, body.bytes);
	assert_problem(scene, 400, "body", "at most 10000");
	buffer_finish(&body);
	buffer_append_text(&body, "{\"addresses\":[");
	append_many(&body, "", "", 10000);
	buffer_append_text(&body, "]}");
	assert_int_equal(post(scene, REMOVE, body.bytes), 200);
	assert_int_equal(integer(scene->json, "removed"), 10000);
	buffer_finish(&body);
}

static void support_removes_with_a_note_what_is_soft(void **state)
{
	struct scene *scene = *state;
	utc_ms now = clock_now();

	record_bounce(scene, 1, now - HOUR_MS, "hard@example.com");
	for (unsigned day = 1; day <= 3; day++)
		record_soft(scene, 10 + day, now - day * DAY_MS, "soft@example.com");
	assert_int_equal(get(scene, "/v1/suppressions/soft@example.com"), 200);
	assert_member(scene->json, "reason", "soft-bounce");
	scene->role = WEB_ROLE_SUPPORT;
	post(scene, REMOVE, "{\"addresses\":[\"soft@example.com\"]}");
	assert_problem(scene, 403, "role", "\"note\"");
	post(scene, REMOVE,
		"{\"where\":{\"since\":\"2026-01-01T00:00:00Z\",\"until\":"
		"\"2027-01-02T00:00:00Z\"},\"note\":\"x\"}");
	assert_problem(scene, 403, "role", "support");
	assert_int_equal(post(scene, REMOVE,
				 "{\"addresses\":[\"soft@example.com\","
				 "\"hard@example.com\"],\"note\":\"she called\"}"),
		200);
	assert_member(result(scene, 0), "result", "removed");
	assert_member(result(scene, 1), "result", "not-soft");
	assert_int_equal(integer(scene->json, "not_soft"), 1);
	assert_int_equal(get(scene, "/v1/suppressions/soft@example.com"), 404);
	assert_int_equal(get(scene, "/v1/suppressions/hard@example.com"), 200);
}

/* ---- where ---- */

/* Runs it as the thread beside the door does; the answer lies in the scene. */
static void run_where(struct scene *scene, const struct removal_choice *choice)
{
	struct request request = {.web = &scene->web,
		.store = scene->store,
		.rules = &scene->rules,
		.role = WEB_ROLE_WRITE,
		.actor = "tester",
		.path = (char[]){REMOVE}};
	size_t length;

	scene_forget_answer(scene);
	buffer_init(&request.answer, 1024 * 1024);
	removal_run(&request, choice);
	scene->status = request.status;
	scene->body = buffer_take(&request.answer, &length);
	scene->json = json_parse(scene->body, length, JSON_STRICT, NULL);
	assert_int_equal(scene->status, 200);
	assert_non_null(scene->json);
}

static void expect_where(struct scene *scene, const struct removal_choice *choice,
	int64_t matched, int64_t removed, int64_t kept)
{
	run_where(scene, choice);
	assert_int_equal(integer(scene->json, "matched"), matched);
	assert_int_equal(integer(scene->json, "removed"), removed);
	assert_int_equal(integer(scene->json, "kept"), kept);
	assert_int_equal(json_count(json_member(scene->json, "results")), matched);
	assert_false(truth(scene->json, "more"));
}

static void where_chooses_by_time_provider_and_diagnostic(void **state)
{
	struct scene *scene = *state;
	utc_ms now = clock_now(), burst = now - HOUR_MS;
	struct removal_choice all = {.reason = SES_REASON_BOUNCE,
		.since = now - 2 * HOUR_MS,
		.until = now,
		.is_dry_run = true};
	struct removal_choice choice;

	record_bounce(scene, 1, burst, "anna@gmail.com");
	record_bounce(scene, 2, burst, "berta@googlemail.com");
	record_bounce(scene, 3, burst, "carl@shop.example");
	record_bounce(scene, 4, now - 3 * HOUR_MS, "early@gmail.com");
	record_complaint(scene, 5, burst, "dora@gmail.com");
	expect_where(scene, &all, 3, 0, 0);
	assert_member(result(scene, 0), "address", "carl@shop.example");
	assert_member(result(scene, 0), "result", "matched");
	assert_member(result(scene, 0), "diagnostic", "smtp; 550 5.1.1 unknown");
	assert_member(result(scene, 0), "account", "111122223333");
	assert_member(result(scene, 0), "region", "eu-west-1");
	choice = all;
	snprintf(choice.provider, sizeof(choice.provider), "Google");
	expect_where(scene, &choice, 2, 0, 0);
	snprintf(choice.diagnostic, sizeof(choice.diagnostic), "UNKNOWN");
	expect_where(scene, &choice, 2, 0, 0);
	snprintf(choice.diagnostic, sizeof(choice.diagnostic), "mailbox full");
	expect_where(scene, &choice, 0, 0, 0);
	choice = all;
	snprintf(choice.provider, sizeof(choice.provider), "shop.example");
	expect_where(scene, &choice, 1, 0, 0);
	choice = all;
	choice.has_scope = true;
	expect_where(scene, &choice, 3, 0, 0);
	snprintf(choice.scope, sizeof(choice.scope), "news");
	expect_where(scene, &choice, 0, 0, 0);
	choice = all;
	choice.until = burst;
	expect_where(scene, &choice, 0, 0, 0);
	choice.reason = SES_REASON_SOFT_BOUNCE;
	choice.until = now;
	expect_where(scene, &choice, 0, 0, 0);
}

static void where_changes_nothing_before_it_is_meant(void **state)
{
	struct scene *scene = *state;
	utc_ms now = clock_now();
	struct removal_choice choice = {.reason = SES_REASON_BOUNCE,
		.since = now - 2 * HOUR_MS,
		.until = now,
		.note = "outage",
		.is_dry_run = true};

	record_bounce(scene, 1, now - HOUR_MS, "anna@gmail.com");
	record_bounce(scene, 2, now - HOUR_MS, "early@gmail.com");
	record_bounce(scene, 3, now - 3 * HOUR_MS, "early@gmail.com");
	/* The entry of early@ is due to a bounce before the time. */
	expect_where(scene, &choice, 1, 0, 0);
	assert_int_equal(get(scene, "/v1/suppressions/anna@gmail.com"), 200);
	choice.is_dry_run = false;
	expect_where(scene, &choice, 1, 1, 0);
	assert_member(result(scene, 0), "result", "removed");
	expect_where(scene, &choice, 0, 0, 0);
	assert_int_equal(get(scene, "/v1/suppressions/anna@gmail.com"), 404);
	assert_int_equal(get(scene, "/v1/suppressions/early@gmail.com"), 200);
	get(scene, "/v1/changes?address=anna@gmail.com");
	assert_member(json_first(json_member(scene->json, "changes")), "cause",
		"bounces undone: outage");
}

static void where_keeps_what_somebody_else_suppresses_too(void **state)
{
	struct scene *scene = *state;
	utc_ms now = clock_now();
	struct removal_choice choice = {
		.reason = SES_REASON_BOUNCE, .since = now - 2 * HOUR_MS, .until = now};

	record_bounce(scene, 1, now - HOUR_MS, "anna@gmail.com");
	record_complaint(scene, 2, now - HOUR_MS, "anna@gmail.com");
	call(scene, "PUT", "/v1/suppressions/berta@gmail.com", NULL);
	record_bounce(scene, 3, now + MINUTE_MS, "berta@gmail.com");
	record_bounce(scene, 4, now - HOUR_MS, "carl@gmail.com");
	choice.until = now + HOUR_MS;
	expect_where(scene, &choice, 1, 1, 2);
	assert_member(result(scene, 0), "address", "carl@gmail.com");
	assert_int_equal(get(scene, "/v1/suppressions/anna@gmail.com"), 200);
	assert_member(scene->json, "reason", "complaint");
	assert_int_equal(get(scene, "/v1/suppressions/berta@gmail.com"), 200);
	assert_member(scene->json, "reason", "manual");
}

static void where_goes_through_all_pages(void **state)
{
	struct scene *scene = *state;
	utc_ms now = clock_now();
	struct removal_choice choice = {
		.reason = SES_REASON_BOUNCE, .since = now - 2 * HOUR_MS, .until = now};

	for (unsigned i = 0; i < 1100; i++) {
		char address[64];

		snprintf(address, sizeof(address), "user%u@example.com", i);
		record_bounce(scene, i, now - HOUR_MS, address);
	}
	expect_where(scene, &choice, 1100, 1100, 0);
	get(scene, "/v1/suppressions");
	assert_int_equal(json_count(json_member(scene->json, "suppressions")), 0);
}

#define SCENE_TEST(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(each_item_has_its_result_and_a_wrong_one_stops_none),
		SCENE_TEST(the_same_again_changes_nothing),
		SCENE_TEST(addresses_are_removed_and_unknown_ones_are_said),
		SCENE_TEST(what_is_no_address_is_shown_but_not_all_of_a_long_one),
		SCENE_TEST(wrong_calls_are_named_and_change_nothing),
		SCENE_TEST(ten_thousand_go_in_and_out_and_no_more),
		SCENE_TEST(support_removes_with_a_note_what_is_soft),
		SCENE_TEST(where_chooses_by_time_provider_and_diagnostic),
		SCENE_TEST(where_changes_nothing_before_it_is_meant),
		SCENE_TEST(where_keeps_what_somebody_else_suppresses_too),
		SCENE_TEST(where_goes_through_all_pages),
	};

	return cmocka_run_group_tests_name("api_bulk", tests, NULL, NULL);
}
