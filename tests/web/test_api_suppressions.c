/* test_api_suppressions.c - the suppression list over the API: entries and pages. */
#include "tests/web/api_scene.h"
#include "web/api_entry.h"

static void an_entry_is_shown_with_nulls_for_what_is_not_known(void **state)
{
	const struct store_suppression full = {.address = "anna@example.com",
		.original = "Anna@Example.com",
		.scope = "newsletter",
		.reason = SES_REASON_COMPLAINT,
		.is_certain = false,
		.since = 0,
		.expires = 1000,
		.at_ses = 1,
		.event = 7,
		.note = "by \"phone\"",
		.actor = ""};
	const struct store_suppression bare = {.address = "b@example.com",
		.original = "b@example.com",
		.scope = "",
		.reason = SES_REASON_MANUAL,
		.is_certain = true,
		.since = 0,
		.expires = UTC_NONE,
		.at_ses = -1,
		.note = "",
		.hand = SES_HAND_SUPPRESS,
		.actor = "unix:root"};
	const struct {
		const struct store_suppression *entry;
		const char *asked, *printed;
	} cases[] = {
		{&full, NULL,
			"{\"address\":\"anna@example.com\",\"original\":\"Anna@Example."
			"com\","
			"\"reason\":\"complaint\",\"scope\":\"newsletter\",\"certain\":"
			"false,"
			"\"since\":\"1970-01-01T00:00:00.000Z\",\"expires\":\"1970-01-"
			"01T00:00:"
			"01.000Z\",\"at_ses\":\"blocked\",\"event\":7,\"note\":\"by "
			"\\\"phone\\\"\",\"hand\":null,\"actor\":null}"},
		{&bare, "B@example.com",
			"{\"asked\":\"B@example.com\",\"address\":\"b@example.com\","
			"\"original\":\"b@example.com\",\"reason\":\"manual\",\"scope\":"
			"\"\","
			"\"certain\":true,\"since\":\"1970-01-01T00:00:00.000Z\","
			"\"expires\":"
			"null,\"at_ses\":\"unknown\",\"event\":null,\"note\":null,"
			"\"hand\":\"suppress\",\"actor\":\"unix:root\"}"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json *json = api_entry_json_asked(cases[i].entry, cases[i].asked);
		char *printed = json_print(json);

		assert_string_equal(printed, cases[i].printed);
		free(printed);
		json_free(json);
	}
}

static void put_makes_get_shows_delete_removes(void **state)
{
	struct scene *scene = *state;
	static const char path[] = "/v1/suppressions/%20Anna%2Bx@EXAMPLE.com";

	assert_int_equal(get(scene, path), 404);
	assert_problem(scene, 404, "not-suppressed", "anna+x@example.com");
	assert_int_equal(call(scene, "PUT", path, NULL), 201);
	assert_member(scene->json, "address", "anna+x@example.com");
	assert_member(scene->json, "original", "Anna+x@EXAMPLE.com");
	assert_member(scene->json, "reason", "manual");
	assert_member(scene->json, "scope", "");
	assert_member(scene->json, "note", NULL);
	assert_member(scene->json, "expires", NULL);
	assert_true(truth(scene->json, "certain"));
	assert_int_equal(call(scene, "PUT", path,
				 "{\"reason\":\"import\",\"note\":\"old list\","
				 "\"expires\":\"2999-01-01T00:00:00Z\",\"scope\":null}"),
		200);
	assert_member(scene->json, "reason", "import");
	assert_member(scene->json, "note", "old list");
	assert_member(scene->json, "expires", "2999-01-01T00:00:00.000Z");
	assert_int_equal(get(scene, path), 200);
	assert_member(scene->json, "note", "old list");
	assert_int_equal(call(scene, "DELETE", path, NULL), 204);
	assert_string_equal(scene->body, "");
	assert_int_equal(call(scene, "DELETE", path, NULL), 204);
	assert_int_equal(get(scene, path), 404);
}

static void each_scope_has_an_entry_of_its_own(void **state)
{
	struct scene *scene = *state;
	static const char path[] = "/v1/suppressions/a@example.com";
	static const char scoped[] = "/v1/suppressions/a@example.com?scope=news%20letter";

	assert_int_equal(call(scene, "PUT", path, "{\"scope\":\"news letter\"}"), 201);
	assert_int_equal(get(scene, path), 404);
	assert_int_equal(get(scene, scoped), 200);
	assert_member(scene->json, "scope", "news letter");
	assert_int_equal(call(scene, "DELETE", path, NULL), 204);
	assert_int_equal(get(scene, scoped), 200);
	assert_int_equal(call(scene, "DELETE", scoped, NULL), 204);
	assert_int_equal(get(scene, scoped), 404);
	assert_problem(scene, 404, "not-suppressed", "in the scope \"news letter\"");
}

static void an_entry_has_a_version_that_only_a_change_moves(void **state)
{
	static const char path[] = "/v1/suppressions/a@example.com";
	struct scene *scene = *state;
	char first[64];

	assert_int_equal(call(scene, "PUT", path, "{\"note\":\"one\"}"), 201);
	assert_int_equal(scene->etag[0], '"');
	snprintf(first, sizeof(first), "%s", scene->etag);
	assert_int_equal(call(scene, "PUT", path, "{\"note\":\"one\"}"), 200);
	assert_string_equal(scene->etag, first);
	assert_int_equal(get(scene, path), 200);
	assert_string_equal(scene->etag, first);
	assert_int_equal(call(scene, "PUT", path, "{\"note\":\"two\"}"), 200);
	assert_string_not_equal(scene->etag, first);
	assert_int_equal(call(scene, "DELETE", path, NULL), 204);
	assert_int_equal(call(scene, "PUT", path, "{\"note\":\"one\"}"), 201);
	assert_string_not_equal(scene->etag, first);
}

static void put_takes_the_scope_of_the_query_where_the_body_has_none(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(
		call(scene, "PUT", "/v1/suppressions/a@example.com?scope=news", NULL),
		201);
	assert_member(scene->json, "scope", "news");
	assert_int_equal(call(scene, "PUT", "/v1/suppressions/a@example.com?scope=news",
				 "{\"scope\":\"account:111122223333\"}"),
		201);
	assert_member(scene->json, "scope", "account:111122223333");
	call(scene, "PUT", "/v1/suppressions/a@example.com?scope=a,b", NULL);
	assert_problem(scene, 400, "query", "scope");
}

static void a_domain_has_an_entry_like_an_address(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(call(scene, "PUT",
				 "/v1/suppressions/@B\xc3\xbc"
				 "cher.Example",
				 NULL),
		201);
	assert_member(scene->json, "address", "@xn--bcher-kva.example");
	assert_int_equal(get(scene, "/v1/suppressions/%40xn--bcher-kva.example"), 200);
	assert_int_equal(get(scene, "/v1/suppressions/a@xn--bcher-kva.example"), 404);
	assert_int_equal(
		call(scene, "DELETE", "/v1/suppressions/@xn--bcher-kva.example", NULL),
		204);
	assert_int_equal(get(scene, "/v1/suppressions/@xn--bcher-kva.example"), 404);
}

static void support_lifts_what_is_soft_and_says_why(void **state)
{
	struct scene *scene = *state;
	utc_ms now = clock_now();

	record_bounce(scene, 1, now - HOUR_MS, "hard@example.com");
	for (unsigned day = 1; day <= 3; day++) {
		record_soft(scene, 10 + day, now - day * DAY_MS, "soft@example.com");
		record_soft(scene, 20 + day, now - day * DAY_MS, "both@example.com");
	}
	call(scene, "PUT", "/v1/suppressions/both@example.com", NULL);
	scene->role = WEB_ROLE_SUPPORT;
	scene->actor = "helper";
	call(scene, "DELETE", "/v1/suppressions/soft@example.com", NULL);
	assert_problem(scene, 403, "role", "note");
	call(scene, "DELETE", "/v1/suppressions/hard@example.com?note=please", NULL);
	assert_problem(scene, 403, "role", "\"helper\"");
	call(scene, "DELETE", "/v1/suppressions/both@example.com?note=please", NULL);
	assert_problem(scene, 403, "role", "more than these");
	assert_int_equal(call(scene, "DELETE",
				 "/v1/suppressions/soft@example.com?note=please", NULL),
		204);
	assert_int_equal(get(scene, "/v1/suppressions/soft@example.com"), 404);
	assert_int_equal(get(scene, "/v1/suppressions/hard@example.com"), 200);
	assert_int_equal(
		call(scene, "DELETE", "/v1/suppressions/nobody@example.com?note=x", NULL),
		204);
}

static void a_long_note_is_refused(void **state)
{
	struct scene *scene = *state;
	char target[1200];

	snprintf(
		target, sizeof(target), "/v1/suppressions/a@example.com?note=%01001d", 1);
	call(scene, "DELETE", target, NULL);
	assert_problem(scene, 400, "query", "1000 bytes");
	snprintf(
		target, sizeof(target), "/v1/suppressions/a@example.com?note=%01000d", 1);
	assert_int_equal(call(scene, "DELETE", target, NULL), 204);
}

static void an_address_of_64_kib_is_refused_in_few_words(void **state)
{
	struct scene *scene = *state;
	struct buffer target;

	buffer_init(&target, 70000);
	buffer_append_text(&target, "/v1/suppressions/");
	for (int i = 0; i < 64; i++)
		buffer_format(&target, "%01024d", 1);
	buffer_append_text(&target, "@example.com");
	call(scene, "PUT", target.bytes, NULL);
	assert_problem(scene, 400, "not-an-address", "no mail address");
	assert_true(strlen(scene->body) < 1000);
	buffer_finish(&target);
}

static void what_is_no_address_is_refused_everywhere(void **state)
{
	static const char *const methods[] = {"GET", "PUT", "DELETE"};
	static const char *const paths[] = {"/v1/suppressions/anna", "/v1/suppressions/@",
		"/v1/suppressions/@exam%20ple.com", "/v1/suppressions/a@b@",
		"/v1/suppressions/%20", "/v1/suppressions/anna@",
		"/v1/suppressions/a%0Ab@example.com",
		"/v1/suppressions/a%20b@example.com"};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		for (size_t k = 0; k < sizeof(paths) / sizeof(paths[0]); k++) {
			call(scene, methods[i], paths[k], NULL);
			assert_problem(
				scene, 400, "not-an-address", "is no mail address");
		}
}

static void a_slash_in_an_address_is_written_encoded(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(
		call(scene, "PUT", "/v1/suppressions/a%2Fb%25c%3F@example.com", "{}"),
		201);
	assert_member(scene->json, "address", "a/b%c?@example.com");
	assert_int_equal(get(scene, "/v1/suppressions/a%2Fb%25c%3F@example.com"), 200);
}

static void what_put_does_not_understand_is_said_and_changes_nothing(void **state)
{
	static char long_note[1100], long_scope[400];
	const struct {
		const char *body, *words;
	} cases[] = {
		{"[]", "object"},
		{"{", "JSON"},
		{"{\"reasons\":\"bounce\"}", "\"reasons\""},
		{"{\"reason\":\"spam\"}", "\"reason\" takes one of bounce"},
		{"{\"reason\":5}", "\"reason\" takes one of bounce"},
		{"{\"reason\":\"\"}", "\"reason\""},
		{"{\"reason\":\"bounce\",\"reason\":\"manual\"}", "not several"},
		{"{\"expires\":\"tomorrow\"}", "\"expires\" takes a time in the future"},
		{"{\"expires\":\"2001-01-01T00:00:00Z\"}", "\"expires\""},
		{"{\"expires\":4102444800}", "\"expires\""},
		{"{\"scope\":\"a\\u0001b\"}", "\"scope\""},
		{"{\"scope\":[]}", "\"scope\""},
		{"{\"scope\":\"a,b\"}", "\"scope\""},
		{"{\"scope\":\"tenant:\"}", "\"scope\""},
		{"{\"scope\":\"account:12\"}", "twelve digits"},
		{"{\"reason\":\"quarantine\"}", "only feedback"},
		{"{\"reason\":\"no-such-domain\"}", "only feedback"},
		{"{\"note\":true}", "\"note\" takes a text"},
		{long_note, "1000 bytes"},
		{long_scope, "256 bytes"},
	};
	struct scene *scene = *state;

	snprintf(long_note, sizeof(long_note), "{\"note\":\"%01001d\"}", 1);
	snprintf(long_scope, sizeof(long_scope), "{\"scope\":\"%0257d\"}", 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		call(scene, "PUT", "/v1/suppressions/a@example.com", cases[i].body);
		assert_problem(scene, 400, "body", cases[i].words);
	}
	call(scene, "PUT", "/v1/suppressions/a@example.com?reason=bounce", "{}");
	assert_problem(scene, 400, "query", "reason");
	assert_int_equal(get(scene, "/v1/suppressions"), 200);
	assert_int_equal(json_count(json_member(scene->json, "suppressions")), 0);
}

static void the_longest_note_and_scope_are_taken(void **state)
{
	struct scene *scene = *state;
	char body[1400];

	snprintf(body, sizeof(body), "{\"note\":\"%01000d\",\"scope\":\"%0256d\"}", 1, 2);
	assert_int_equal(call(scene, "PUT", "/v1/suppressions/a@example.com", body), 201);
	assert_int_equal(strlen(json_text(scene->json, "note")), 1000);
	assert_int_equal(strlen(json_text(scene->json, "scope")), 256);
}

/* ---- lists ---- */

static void put(struct scene *scene, const char *address, const char *body)
{
	char path[128];

	snprintf(path, sizeof(path), "/v1/suppressions/%s", address);
	assert_int_equal(call(scene, "PUT", path, body), 201);
}

/* Follows next to the end; every address once, in order. Returns how many pages. */
static size_t walk(struct scene *scene, const char *query, size_t expected)
{
	char target[512], last[128] = "", cursor[256] = "";
	size_t pages = 0, count = 0;

	do {
		const struct json *row;

		snprintf(target, sizeof(target), "/v1/suppressions?%s%s%s", query,
			*cursor == '\0' ? "" : "&cursor=", cursor);
		assert_int_equal(get(scene, target), 200);
		row = json_first(json_member(scene->json, "suppressions"));
		for (; row != NULL; row = json_next(row), count++) {
			assert_true(strcmp(last, json_text(row, "address")) < 0);
			snprintf(last, sizeof(last), "%s", json_text(row, "address"));
		}
		snprintf(cursor, sizeof(cursor), "%s",
			json_text(scene->json, "next") == NULL
				? ""
				: json_text(scene->json, "next"));
		pages++;
	} while (*cursor != '\0' && pages < 100);
	assert_int_equal(count, expected);
	return pages;
}

static void pages_join_without_gap_or_overlap(void **state)
{
	struct scene *scene = *state;

	for (int i = 0; i < 25; i++) {
		char address[64];

		snprintf(address, sizeof(address), "user%02d@example.com", i);
		put(scene, address, NULL);
	}
	assert_int_equal(walk(scene, "limit=10", 25), 3);
	assert_int_equal(walk(scene, "limit=25", 25), 1);
	assert_int_equal(walk(scene, "limit=24", 25), 2);
	assert_int_equal(walk(scene, "limit=1", 25), 25);
	assert_int_equal(walk(scene, "limit=1000", 25), 1);
	assert_int_equal(walk(scene, "limit=3&prefix=USER1", 10), 4);
	assert_true(json_is_null(json_member(scene->json, "next")));
}

static void filters_choose(void **state)
{
	struct scene *scene = *state;

	put(scene, "anna@example.com", "{\"reason\":\"complaint\"}");
	put(scene, "berta@example.com", "{\"reason\":\"bounce\"}");
	put(scene, "anton@example.com", "{\"reason\":\"bounce\"}");
	walk(scene, "reason=bounce", 2);
	walk(scene, "reason=bounce&prefix=an", 1);
	walk(scene, "reason=import", 0);
	walk(scene, "since=1h", 3);
	walk(scene, "since=2999-01-01T00:00:00Z", 0);
	walk(scene, "until=2999-01-01T00:00:00Z", 3);
	walk(scene, "until=1h", 0);
	put(scene, "anna@example.com", "{\"scope\":\"news\"}");
	walk(scene, "scope=news", 1);
	walk(scene, "scope=", 3);
	walk(scene, "scope=other", 0);
}

static void wrong_parameters_are_named_with_what_would_be_right(void **state)
{
	static const struct {
		const char *query, *type, *words;
	} cases[] = {
		{"limit=0", "query", "1 to 1000"},
		{"limit=1001", "query", "limit"},
		{"limit=-1", "query", "limit"},
		{"limit=ten", "query", "ten"},
		{"limit=", "query", "limit"},
		{"limit=1&limit=2", "query", "limit"},
		{"reason=spam", "query", "bounce, complaint, soft-bounce"},
		{"since=yesterday", "query", "24h"},
		{"prefix=", "query", "prefix"},
		{"before=1", "query", "before"},
		{"cursor=abc", "cursor", "next"},
		{"scope=a,b", "query", "scope"},
		{"until=soon", "query", "until"},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char target[128];

		snprintf(target, sizeof(target), "/v1/suppressions?%s", cases[i].query);
		get(scene, target);
		assert_problem(scene, 400, cases[i].type, cases[i].words);
	}
}

#define SCENE_TEST(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_shown_with_nulls_for_what_is_not_known),
		SCENE_TEST(put_makes_get_shows_delete_removes),
		SCENE_TEST(each_scope_has_an_entry_of_its_own),
		SCENE_TEST(an_entry_has_a_version_that_only_a_change_moves),
		SCENE_TEST(put_takes_the_scope_of_the_query_where_the_body_has_none),
		SCENE_TEST(a_domain_has_an_entry_like_an_address),
		SCENE_TEST(support_lifts_what_is_soft_and_says_why),
		SCENE_TEST(a_long_note_is_refused),
		SCENE_TEST(an_address_of_64_kib_is_refused_in_few_words),
		SCENE_TEST(what_is_no_address_is_refused_everywhere),
		SCENE_TEST(a_slash_in_an_address_is_written_encoded),
		SCENE_TEST(what_put_does_not_understand_is_said_and_changes_nothing),
		SCENE_TEST(the_longest_note_and_scope_are_taken),
		SCENE_TEST(pages_join_without_gap_or_overlap),
		SCENE_TEST(filters_choose),
		SCENE_TEST(wrong_parameters_are_named_with_what_would_be_right),
	};

	return cmocka_run_group_tests_name("api_suppressions", tests, NULL, NULL);
}
