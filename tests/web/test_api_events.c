/* test_api_events.c - recorded events over the API. */
#include "tests/web/api_scene.h"
#include "web/api_event.h"

static void an_event_is_shown_flat_and_whole(void **state)
{
	const struct store_event event = {.id = 42,
		.type = SES_BOUNCE,
		.outcome = SES_OUTCOME_HARD_BOUNCE,
		.standing = SES_VERIFIED,
		.is_development = true,
		.published = 3000,
		.sent = 1000,
		.happened = UTC_NONE,
		.recorded = 4000,
		.account = "111122223333",
		.region = "eu-west-1",
		.identity = "shop.example",
		.configuration_set = "",
		.topic_arn = TOPIC,
		.message_id = "m-1",
		.address = "anna@example.com",
		.original = "Anna@example.com",
		.facts = "{\"bounceType\":\"Permanent\",\"bounceSubType\":\"General\","
			 "\"action\":\"failed\",\"status\":\"5.1.1\",\"diagnosticCode\":"
			 "\"smtp; 550\",\"feedbackId\":\"f-1\",\"reportingMTA\":\"dns; "
			 "x\"}",
		.tags = "{\"campaign\":[\"spring\"]}",
		.has_raw = true};
	struct json *json = api_event_json(&event);

	(void) state;
	assert_int_equal(integer(json, "id"), 42);
	assert_member(json, "type", "bounce");
	assert_member(json, "outcome", "hard-bounce");
	assert_member(json, "configuration_set", NULL);
	assert_member(json, "message_id", "m-1");
	assert_member(json, "topic", TOPIC);
	assert_member(json, "sent", "1970-01-01T00:00:01.000Z");
	assert_member(json, "happened", NULL);
	assert_true(truth(json, "verified"));
	assert_false(truth(json, "simulator"));
	assert_true(truth(json, "development"));
	assert_member(json, "bounce_type", "Permanent");
	assert_member(json, "bounce_subtype", "General");
	assert_member(json, "action", "failed");
	assert_member(json, "status", "5.1.1");
	assert_member(json, "diagnostic", "smtp; 550");
	assert_member(json, "feedback_id", "f-1");
	assert_member(json, "complaint_feedback_type", NULL);
	assert_member(json_member(json, "facts"), "reportingMTA", "dns; x");
	assert_string_equal(json_as_text(json_first(
				    json_member(json_member(json, "tags"), "campaign"))),
		"spring");
	json_free(json);
}

static void what_an_event_lacks_is_null(void **state)
{
	const struct store_event event = {.id = 1,
		.type = SES_SEND,
		.published = 1,
		.sent = 1,
		.happened = UTC_NONE,
		.recorded = 1,
		.account = "",
		.region = "",
		.identity = "",
		.configuration_set = "",
		.topic_arn = TOPIC,
		.message_id = "m",
		.address = "",
		.original = "",
		.facts = "{broken",
		.tags = NULL};
	static const char *const names[] = {"account", "region", "identity",
		"configuration_set", "address", "original", "happened", "feedback_id",
		"bounce_type", "diagnostic", "facts", "tags"};
	struct json *json = api_event_json(&event);

	(void) state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!json_is_null(json_member(json, names[i])))
			fail_msg("\"%s\" is not null", names[i]);
	json_free(json);
}

static void every_outcome_has_a_word_of_its_own(void **state)
{
	(void) state;
	for (int i = SES_OUTCOME_OTHER; i <= SES_OUTCOME_REJECT; i++)
		for (int k = SES_OUTCOME_OTHER; k < i; k++)
			assert_string_not_equal(api_outcome_name((enum ses_outcome) i),
				api_outcome_name((enum ses_outcome) k));
}

static size_t count_of(struct scene *scene, const char *query)
{
	char target[256];

	snprintf(target, sizeof(target), "/v1/events?%s", query);
	assert_int_equal(get(scene, target), 200);
	return json_count(json_member(scene->json, "events"));
}

static void record_some(struct scene *scene, utc_ms now)
{
	record_send(scene, 1, now - 3 * HOUR_MS, "anna@example.com");
	record_send(scene, 2, now - 2 * HOUR_MS, "berta@example.com");
	record_bounce(scene, 2, now - HOUR_MS, "Berta@Example.com");
}

static void filters_choose(void **state)
{
	struct scene *scene = *state;

	record_some(scene, clock_now());
	assert_int_equal(count_of(scene, ""), 3);
	assert_int_equal(count_of(scene, "address=BERTA@example.com"), 2);
	assert_int_equal(count_of(scene, "type=send"), 2);
	assert_int_equal(count_of(scene, "type=bounce&address=anna@example.com"), 0);
	assert_int_equal(count_of(scene, "since=150m"), 2);
	assert_int_equal(count_of(scene, "until=150m"), 1);
	assert_int_equal(count_of(scene, "since=150m&until=90m"), 1);
	assert_int_equal(count_of(scene, "account=111122223333"), 3);
	assert_int_equal(count_of(scene, "account=999999999999"), 0);
}

static void the_newest_comes_first_with_all_that_ses_said(void **state)
{
	struct scene *scene = *state;
	const struct json *event;

	record_some(scene, clock_now());
	count_of(scene, "");
	event = json_first(json_member(scene->json, "events"));
	assert_member(event, "type", "bounce");
	assert_member(event, "address", "berta@example.com");
	assert_member(event, "original", "Berta@Example.com");
	assert_member(event, "identity", "shop.example");
	assert_member(event, "configuration_set", "newsletter");
	assert_member(event, "feedback_id", "feedback-2");
	assert_member(event, "diagnostic", "smtp; 550 5.1.1 unknown");
	assert_true(truth(event, "has_raw"));
}

static void pages_join_and_after_follows(void **state)
{
	struct scene *scene = *state;
	char query[300] = "limit=2", cursor[256] = "";
	int64_t last = INT64_MAX, newest = 0, third = 0;
	size_t count = 0;

	for (unsigned i = 0; i < 7; i++)
		record_send(scene, i, clock_now() - HOUR_MS, "anna@example.com");
	do {
		const struct json *row;

		if (*cursor != '\0')
			snprintf(query, sizeof(query), "limit=2&cursor=%s", cursor);
		assert_in_range(count_of(scene, query), 0, 2);
		row = json_first(json_member(scene->json, "events"));
		for (; row != NULL; row = json_next(row)) {
			assert_true(integer(row, "id") < last);
			last = integer(row, "id");
			if (count++ == 0)
				newest = last;
			if (count == 3)
				third = last;
		}
		snprintf(cursor, sizeof(cursor), "%s",
			json_text(scene->json, "next") == NULL
				? ""
				: json_text(scene->json, "next"));
	} while (*cursor != '\0');
	assert_int_equal(count, 7);
	snprintf(query, sizeof(query), "after=%lld", (long long) third);
	assert_int_equal(count_of(scene, query), 2);
	snprintf(query, sizeof(query), "after=%lld", (long long) newest);
	assert_int_equal(count_of(scene, query), 0);
}

static void wrong_parameters_are_named(void **state)
{
	static const struct {
		const char *query, *type, *words;
	} cases[] = {
		{"type=Bounce", "query", "rendering-failure"},
		{"address=anna", "not-an-address", "anna"},
		{"account=12", "query", "twelve digits"},
		{"after=-1", "query", "after"},
		{"after=x", "query", "id of an event"},
		{"until=soon", "query", "until"},
		{"types=send", "query", "types"},
		{"cursor=%25", "cursor", "next"},
		{"limit=5000", "query", "limit"},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char target[128];

		snprintf(target, sizeof(target), "/v1/events?%s", cases[i].query);
		get(scene, target);
		assert_problem(scene, 400, cases[i].type, cases[i].words);
	}
}

static void raw_gives_sess_own_text(void **state)
{
	struct scene *scene = *state;
	char target[64];
	int64_t bounce, send;

	record_some(scene, clock_now());
	count_of(scene, "type=bounce");
	bounce = integer(json_first(json_member(scene->json, "events")), "id");
	count_of(scene, "type=send");
	send = integer(json_first(json_member(scene->json, "events")), "id");
	snprintf(target, sizeof(target), "/v1/events/%lld/raw", (long long) bounce);
	assert_int_equal(get(scene, target), 200);
	assert_string_equal(scene->content_type, "application/json");
	assert_member(scene->json, "eventType", "Bounce");
	assert_member(json_member(scene->json, "bounce"), "feedbackId", "feedback-2");
	snprintf(target, sizeof(target), "/v1/events/%lld/raw", (long long) send);
	get(scene, target);
	assert_problem(scene, 404, "no-raw-text", "not kept");
	get(scene, "/v1/events/999999/raw");
	assert_problem(scene, 404, "no-raw-text", "999999");
	get(scene, "/v1/events/x/raw");
	assert_problem(scene, 400, "not-an-id", "\"x\"");
}

#define SCENE_TEST(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_shown_flat_and_whole),
		cmocka_unit_test(what_an_event_lacks_is_null),
		cmocka_unit_test(every_outcome_has_a_word_of_its_own),
		SCENE_TEST(filters_choose),
		SCENE_TEST(the_newest_comes_first_with_all_that_ses_said),
		SCENE_TEST(pages_join_and_after_follows),
		SCENE_TEST(wrong_parameters_are_named),
		SCENE_TEST(raw_gives_sess_own_text),
	};

	return cmocka_run_group_tests_name("api_events", tests, NULL, NULL);
}
