/* test_api_status.c - status, readiness, topics, and what was not understood. */
#include "tests/web/api_scene.h"
#include "web/api_list.h"

static void a_fresh_daemon_has_a_status(void **state)
{
	struct scene *scene = *state;
	const struct json *store;

	assert_int_equal(get(scene, "/v1/status"), 200);
	assert_member(scene->json, "version", "1.2.3-test");
	assert_false(truth(scene->json, "development"));
	assert_non_null(json_text(scene->json, "started"));
	assert_non_null(json_text(scene->json, "now"));
	assert_member(scene->json, "last_stored", NULL);
	assert_member(json_member(scene->json, "feedback"), "path", "/sns");
	assert_true(
		json_is_null(json_member(json_member(scene->json, "feedback"), "port")));
	store = json_member(scene->json, "store");
	assert_false(truth(store, "failing"));
	assert_member(store, "failure", NULL);
	assert_int_equal(integer(store, "events"), 0);
	assert_int_equal(integer(json_member(scene->json, "unrecognised"), "count"), 0);
	assert_int_equal(json_count(json_member(scene->json, "refused")), 0);
}

static void keep(struct scene *scene, enum store_job_kind kind, const char *topic,
	const char *sns_id, const char *message)
{
	struct store_job job = {.kind = kind,
		.notification = {.message_id = sns_id,
			.topic_arn = topic,
			.published = clock_now(),
			.message = message,
			.message_length = strlen(message)},
		.why = "eventType \"Surprise\" is not known",
		.now = clock_now()};

	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
}

static void the_status_says_what_was_refused_kept_and_set_aside(void **state)
{
	static const char other[] = "arn:aws:sns:eu-west-1:111122223333:other";
	struct scene *scene = *state;
	const struct json *part;

	keep(scene, STORE_UNRECOGNISED, TOPIC, "u-1", "{}");
	keep(scene, STORE_ASIDE, other, "a-1", "{}");
	keep(scene, STORE_ASIDE, other, "a-2", "{}");
	record_send(scene, 1, clock_now(), "anna@example.com");
	diary_answered(scene->web.diary, "malformed", 400);
	diary_refused(scene->web.diary, "malformed", 400, NULL, "not JSON");
	diary_alarm(scene->web.diary, "topic-not-configured", other, "text", "advice");
	assert_int_equal(get(scene, "/v1/status"), 200);
	part = json_member(scene->json, "unrecognised");
	assert_int_equal(integer(part, "count"), 1);
	part = json_first(json_member(part, "latest"));
	assert_member(part, "topic", TOPIC);
	assert_member(part, "why", "eventType \"Surprise\" is not known");
	part = json_member(scene->json, "aside");
	assert_int_equal(integer(part, "count"), 2);
	part = json_first(json_member(part, "topics"));
	assert_member(part, "topic", other);
	assert_int_equal(integer(part, "count"), 2);
	part = json_first(json_member(scene->json, "answers"));
	assert_member(part, "reason", "malformed");
	assert_int_equal(integer(part, "status"), 400);
	assert_int_equal(integer(part, "count"), 1);
	part = json_first(json_member(scene->json, "refused"));
	assert_member(part, "detail", "not JSON");
	assert_member(part, "topic", NULL);
	part = json_first(json_member(scene->json, "alarms"));
	assert_member(part, "name", "topic-not-configured");
	assert_member(part, "object", other);
	assert_member(part, "advice", "advice");
	/* The diary was told of nothing stored: the store remembers. */
	assert_non_null(json_text(scene->json, "last_stored"));
	assert_int_equal(integer(json_member(scene->json, "store"), "events"), 1);
}

static void a_store_that_works_is_ready(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(get(scene, "/readyz"), 200);
	assert_string_equal(scene->body, "{\"ready\":true}\n");
}

static void topics_are_those_configured_and_those_heard_of(void **state)
{
	static const char other[] = "arn:aws:sns:eu-west-1:111122223333:other";
	struct scene *scene = *state;
	const struct json *topic;

	assert_int_equal(get(scene, "/v1/topics"), 200);
	topic = json_first(json_member(scene->json, "topics"));
	assert_member(topic, "arn", TOPIC);
	assert_true(truth(topic, "configured"));
	assert_member(topic, "state", "unknown");
	assert_member(topic, "subscription", NULL);
	assert_member(topic, "last_received", NULL);
	assert_int_equal(integer(topic, "notifications"), 0);

	record_send(scene, 1, clock_now(), "anna@example.com");
	keep(scene, STORE_ASIDE, other, "a-1", "{}");
	assert_int_equal(get(scene, "/v1/topics"), 200);
	assert_int_equal(json_count(json_member(scene->json, "topics")), 2);
	topic = json_first(json_member(scene->json, "topics"));
	assert_member(topic, "arn", other);
	assert_false(truth(topic, "configured"));
	assert_int_equal(integer(topic, "aside"), 1);
	topic = json_next(topic);
	assert_member(topic, "arn", TOPIC);
	assert_true(truth(topic, "configured"));
	assert_member(topic, "state", "confirmed");
	assert_int_equal(integer(topic, "notifications"), 1);
	assert_non_null(json_text(topic, "last_published"));
}

static void only_a_configured_topic_with_a_token_can_be_confirmed(void **state)
{
	struct scene *scene = *state;

	call(scene, "POST", "/v1/topics/arn:aws:sns:eu-west-1:999999999999:x/confirm",
		"");
	assert_problem(scene, 404, "topic-not-configured", "999999999999:x");
	call(scene, "POST", "/v1/topics/" TOPIC "/confirm", "");
	assert_problem(scene, 409, "nothing-to-confirm", "unknown");
	call(scene, "POST",
		"/v1/topics/arn%3Aaws%3Asns%3Aeu-west-1%3A111122223333%3Ases-feedback/"
		"confirm",
		"");
	assert_problem(scene, 409, "nothing-to-confirm", "unknown");
}

static void what_was_not_understood_is_listed_whole(void **state)
{
	struct scene *scene = *state;
	const struct json *row;
	char target[300];

	for (int i = 0; i < 3; i++) {
		char id[16], message[64];

		snprintf(id, sizeof(id), "u-%d", i);
		snprintf(message, sizeof(message),
			"{\"eventType\":\"Surprise\",\"n\":%d}", i);
		keep(scene, STORE_UNRECOGNISED, TOPIC, id, message);
	}
	assert_int_equal(get(scene, "/v1/unrecognised?limit=2"), 200);
	assert_int_equal(json_count(json_member(scene->json, "unrecognised")), 2);
	row = json_first(json_member(scene->json, "unrecognised"));
	assert_member(row, "message_id", "u-2");
	assert_member(row, "message", "{\"eventType\":\"Surprise\",\"n\":2}");
	assert_member(row, "subject", NULL);
	snprintf(target, sizeof(target), "/v1/unrecognised?limit=2&cursor=%s",
		json_text(scene->json, "next"));
	assert_int_equal(get(scene, target), 200);
	assert_int_equal(json_count(json_member(scene->json, "unrecognised")), 1);
	assert_true(json_is_null(json_member(scene->json, "next")));
	row = json_first(json_member(scene->json, "unrecognised"));
	assert_member(row, "message_id", "u-0");
	get(scene, "/v1/unrecognised?cursor=zzz");
	assert_problem(scene, 400, "cursor", "next");
}

static void a_page_of_long_messages_ends_early_and_goes_on(void **state)
{
	struct scene *scene = *state;
	const size_t length = 250000;
	char *message = malloc(length + 1), target[300] = "/v1/unrecognised?limit=1000";
	size_t count = 0, pages = 0;

	memset(message, 'x', length);
	message[length] = '\0';
	for (int i = 0; i < 40; i++) {
		char id[16];

		snprintf(id, sizeof(id), "u-%d", i);
		keep(scene, STORE_UNRECOGNISED, TOPIC, id, message);
	}
	for (bool has_more = true; has_more; pages++) {
		assert_int_equal(get(scene, target), 200);
		assert_true(strlen(scene->body) < API_PAGE_BYTES + 2 * length);
		count += json_count(json_member(scene->json, "unrecognised"));
		has_more = json_text(scene->json, "next") != NULL;
		if (has_more)
			snprintf(target, sizeof(target),
				"/v1/unrecognised?limit=1000&cursor=%s",
				json_text(scene->json, "next"));
	}
	assert_int_equal(count, 40);
	assert_int_equal(pages, 2);
	free(message);
}

static void no_development_key_is_given_away_unless_it_is_on(void **state)
{
	struct scene *scene = *state;

	get(scene, "/v1/development");
	assert_problem(scene, 404, "development-off", "development = yes");
}

static void replay_takes_one_to_a_hundred_lines(void **state)
{
	struct scene *scene = *state;
	struct buffer body;

	call(scene, "POST", "/v1/replay", "");
	assert_problem(scene, 400, "body", "0 lines");
	call(scene, "POST", "/v1/replay", "\n \r\n\n");
	assert_problem(scene, 400, "body", "0 lines");
	buffer_init(&body, 4096);
	for (int i = 0; i < 101; i++)
		buffer_append_text(&body, "{}\n\n");
	call(scene, "POST", "/v1/replay", body.bytes);
	assert_problem(scene, 400, "body", "101 lines");
	buffer_finish(&body);
}

#define SCENE_TEST(test)                                                                 \
	cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(a_fresh_daemon_has_a_status),
		SCENE_TEST(the_status_says_what_was_refused_kept_and_set_aside),
		SCENE_TEST(a_store_that_works_is_ready),
		SCENE_TEST(topics_are_those_configured_and_those_heard_of),
		SCENE_TEST(only_a_configured_topic_with_a_token_can_be_confirmed),
		SCENE_TEST(what_was_not_understood_is_listed_whole),
		SCENE_TEST(a_page_of_long_messages_ends_early_and_goes_on),
		SCENE_TEST(no_development_key_is_given_away_unless_it_is_on),
		SCENE_TEST(replay_takes_one_to_a_hundred_lines),
	};

	return cmocka_run_group_tests_name("api_status", tests, NULL, NULL);
}
