/* test_api_sends.c - what the application reports that it sent, over the API. */
#include "tests/web/api_scene.h"

#define ACCOUNT "\"account\":\"111122223333\",\"region\":\"eu-west-1\""

/* One report at that time; more: further members, each behind a comma. */
static void write_report(char report[512], utc_ms at, const char *count, const char *more)
{
	char time[UTC_TEXT_SIZE];

	utc_format(at, time);
	snprintf(report, 512,
		"{" ACCOUNT
		",\"identity\":\"shop.example\",\"count\":%s,\"at\":\"%s\"%s}",
		count, time, more);
}

static unsigned post(struct scene *scene, const char *body)
{
	return call(scene, "POST", "/v1/sends", body);
}

static void assert_counted(const struct scene *scene, int64_t accepted, int64_t twice)
{
	assert_int_equal(scene->status, 200);
	assert_int_equal(integer(scene->json, "accepted"), accepted);
	assert_int_equal(integer(scene->json, "duplicates"), twice);
}

static int64_t reported(struct scene *scene, const char *query)
{
	char target[128];
	const struct json *row;

	snprintf(target, sizeof(target), "/v1/rates?window=7d%s", query);
	assert_int_equal(get(scene, target), 200);
	row = json_first(json_member(scene->json, "rows"));
	return row == NULL ? 0 : integer(row, "reported");
}

static void what_is_reported_is_a_denominator(void **state)
{
	struct scene *scene = *state;
	utc_ms at = clock_now() - HOUR_MS;
	const struct json *row;
	char report[512];

	write_report(report, at, "200", ",\"recipient_domain\":\"Example.NET.\"");
	post(scene, report);
	assert_counted(scene, 1, 0);
	record_bounce(scene, 1, at, "anna@example.net");
	assert_int_equal(get(scene, "/v1/rates?window=7d"), 200);
	row = json_first(json_member(scene->json, "rows"));
	assert_member(row, "source", "reported");
	assert_int_equal(integer(row, "denominator"), 200);
	assert_true(number(row, "bounce_rate") == 0.005);
	assert_int_equal(reported(scene, "&by=recipient-domain&key=example.net"), 200);
	assert_int_equal(reported(scene, "&by=identity&key=shop.example"), 200);
}

static void a_repeated_id_counts_once(void **state)
{
	struct scene *scene = *state;
	utc_ms at = clock_now() - HOUR_MS;
	char one[512], other[512], both[1600];

	write_report(one, at, "10", ",\"id\":\"batch-1\"");
	write_report(other, at, "5", ",\"id\":\"batch-2\"");
	post(scene, one);
	assert_counted(scene, 1, 0);
	post(scene, one);
	assert_counted(scene, 0, 1);
	snprintf(both, sizeof(both), "{\"sends\":[%s,%s,%s]}", one, other, other);
	post(scene, both);
	assert_counted(scene, 1, 2);
	assert_int_equal(reported(scene, ""), 15);
	/* Without an id each is one of its own. */
	write_report(one, at, "10", "");
	post(scene, one);
	post(scene, one);
	assert_int_equal(reported(scene, ""), 35);
}

static void an_empty_list_is_no_error(void **state)
{
	struct scene *scene = *state;

	post(scene, "{\"sends\":[]}");
	assert_counted(scene, 0, 0);
}

static void a_bad_item_is_named_and_nothing_is_counted(void **state)
{
	static const struct {
		const char *count, *more, *words;
	} cases[] = {
		{"0", "", "\"count\" takes"},
		{"10000001", "", "1 to 10,000,000"},
		{"-1", "", "\"count\" takes"},
		{"1.5", "", "\"count\" takes"},
		{"\"1\"", "", "\"count\" takes"},
		{"1", ",\"colour\":\"red\"", "no member \"colour\""},
		{"1", ",\"id\":\"\"", "\"id\" takes"},
		{"1", ",\"id\":7", "\"id\" takes"},
		{"1", ",\"recipient_domain\":\"a@b.example\"", "recipient_domain"},
		{"1", ",\"recipient_domain\":\"a b\"", "recipient_domain"},
		{"1", ",\"region\":\"eu-west-1\"", "\"region\" takes one value"},
	};
	struct scene *scene = *state;
	utc_ms at = clock_now() - HOUR_MS;
	char good[512], bad[512], body[1600];

	write_report(good, at, "1", "");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_report(bad, at, cases[i].count, cases[i].more);
		snprintf(body, sizeof(body), "{\"sends\":[%s,%s,%s]}", good, good, bad);
		post(scene, body);
		assert_problem(scene, 400, "body", "sends[2]: ");
		assert_problem(scene, 400, "body", cases[i].words);
		post(scene, bad);
		assert_problem(scene, 400, "body", cases[i].words);
	}
	assert_int_equal(reported(scene, ""), 0);
}

static void what_has_to_be_there_is_asked_for(void **state)
{
	static const struct {
		const char *body, *words;
	} cases[] = {
		{"{}", "\"account\" takes"},
		{"{\"account\":\"1\"}", "twelve digits"},
		{"{\"account\":\"111122223333\"}", "\"region\" takes"},
		{"{\"account\":\"111122223333\",\"region\":\"EU\"}", "\"region\" takes"},
		{"{" ACCOUNT "}", "\"identity\" takes"},
		{"{" ACCOUNT ",\"identity\":\"a.example\"}", "\"count\" takes"},
		{"{" ACCOUNT ",\"identity\":\"a.example\",\"count\":1}", "\"at\" takes"},
		{"{" ACCOUNT ",\"identity\":\"\",\"count\":1,\"at\":\"soon\"}",
			"\"at\" takes"},
		{"{\"sends\":{}}", "at most 1,000"},
		{"{\"sends\":[],\"note\":\"x\"}", "no member \"note\""},
		{"{\"sends\":[7]}", "sends[0]: it is no object"},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		post(scene, cases[i].body);
		assert_problem(scene, 400, "body", cases[i].words);
	}
}

static void times_ahead_and_long_ago_are_refused_with_our_clock(void **state)
{
	struct scene *scene = *state;
	utc_ms now = clock_now();
	char report[512], day[UTC_TEXT_SIZE];

	utc_format(now, day);
	day[10] = '\0';
	write_report(report, now + 10 * MINUTE_MS, "1", "");
	post(scene, report);
	assert_problem(scene, 400, "body", "in the future: our clock says ");
	assert_problem(scene, 400, "body", day);
	write_report(report, now - 61 * DAY_MS, "1", "");
	post(scene, report);
	assert_problem(scene, 400, "body", "more than 60 days ago: our clock says ");
	write_report(report, now + 4 * MINUTE_MS, "1", "");
	assert_int_equal(post(scene, report), 200);
	write_report(report, now - 59 * DAY_MS, "1", "");
	assert_int_equal(post(scene, report), 200);
}

static void a_thousand_are_taken_and_one_more_is_not(void **state)
{
	struct scene *scene = *state;
	utc_ms at = clock_now() - HOUR_MS;
	char report[512];

	for (int count = 1000; count <= 1001; count++) {
		struct buffer body;

		write_report(report, at, "1", "");
		buffer_init(&body, 1024 * 1024);
		buffer_append_text(&body, "{\"sends\":[");
		for (int i = 0; i < count; i++)
			buffer_format(&body, "%s%s", i > 0 ? "," : "", report);
		buffer_append_text(&body, "]}");
		assert_false(body.failed);
		post(scene, body.bytes);
		if (count == 1000)
			assert_counted(scene, 1000, 0);
		else
			assert_problem(scene, 400, "body", "at most 1,000");
		buffer_finish(&body);
	}
	assert_int_equal(reported(scene, ""), 1000);
}

#define SCENE_TEST(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(what_is_reported_is_a_denominator),
		SCENE_TEST(a_repeated_id_counts_once),
		SCENE_TEST(an_empty_list_is_no_error),
		SCENE_TEST(a_bad_item_is_named_and_nothing_is_counted),
		SCENE_TEST(what_has_to_be_there_is_asked_for),
		SCENE_TEST(times_ahead_and_long_ago_are_refused_with_our_clock),
		SCENE_TEST(a_thousand_are_taken_and_one_more_is_not),
	};

	return cmocka_run_group_tests_name("api_sends", tests, NULL, NULL);
}
