/* test_api_alerts.c - alerts, silences and channels over the API. */
#include "store/alerts.h"
#include "store/outbox.h"
#include "tests/web/api_scene.h"

#define T0 ((utc_ms) 1795500000000) /* 2026-11-24T06:00:00Z */

/* Writes an alert that came on at T0, and a message for each channel, ended by NULL. */
static int64_t put_alert(struct scene *scene, const char *name, const char *object,
	enum ses_level level, const char *const *channels)
{
	struct store_message messages[4];
	char ids[4][16];
	struct store_alert_write write = {
		.alert = {.name = name,
			.object = object,
			.state = {.level = level,
				.since = T0,
				.told = T0 + 1000,
				.resolved = level > SES_LEVEL_OK ? UTC_NONE : T0 + 5000,
				.seen = T0},
			.fired = 2,
			.text = "5.3 % of 10,000",
			.advice = "send less",
			.data = "{\"rate\":0.053,\"causes\":[]}"},
		.messages = messages};
	struct store_alert_batch batch = {&write, 1};
	struct store_job job = {.kind = STORE_ALERTS, .alerts = &batch, .now = T0};

	for (; channels != NULL && *channels != NULL; channels++) {
		snprintf(ids[write.message_count], 16, "msg_%s", *channels);
		messages[write.message_count] =
			(struct store_message){*channels, ids[write.message_count], "{}"};
		write.message_count++;
	}
	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
	return write.alert.id;
}

static void put_result(struct scene *scene, int64_t id, enum store_delivery_state state,
	int64_t attempts, const char *answer, utc_ms now)
{
	struct store_delivery_result result = {.id = id,
		.state = state,
		.due = T0 + 60000,
		.attempts = attempts,
		.answer = answer};
	struct store_job job = {.kind = STORE_OUTBOX, .delivery = &result, .now = now};

	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
}

static const struct json *first_of(const struct json *object, const char *name)
{
	const struct json *list = json_member(object, name);

	assert_true(json_is_array(list));
	assert_true(json_count(list) > 0);
	return json_first(list);
}

/* ---- alerts ---- */

static void an_alert_is_shown_with_what_was_told_of_it(void **state)
{
	static const char *const channels[] = {"ops", "pager", NULL};
	struct scene *scene = *state;
	const struct json *alert, *delivery;

	put_alert(scene, "reputation-level", "111122223333/eu-west-1 bounce",
		SES_LEVEL_OVER_REVIEW_LIMIT, channels);
	put_result(scene, 1, STORE_DELIVERY_DONE, 2, "200 OK", T0 + 2000);
	assert_int_equal(get(scene, "/v1/alerts"), 200);
	alert = first_of(scene->json, "alerts");
	assert_int_equal(integer(alert, "id"), 1);
	assert_member(alert, "alert", "reputation-level");
	assert_member(alert, "object", "111122223333/eu-west-1 bounce");
	assert_member(alert, "level", "over-review-limit");
	assert_member(alert, "since", "2026-11-24T06:00:00.000Z");
	assert_member(alert, "told", "2026-11-24T06:00:01.000Z");
	assert_member(alert, "resolved", NULL);
	assert_int_equal(integer(alert, "fired"), 2);
	assert_member(alert, "text", "5.3 % of 10,000");
	assert_member(alert, "advice", "send less");
	assert_true(number(json_member(alert, "data"), "rate") > 0.05);
	assert_member(alert, "silenced_until", NULL);
	assert_int_equal(json_count(json_member(alert, "deliveries")), 2);
	delivery = first_of(alert, "deliveries");
	assert_member(delivery, "channel", "pager");
	assert_member(delivery, "message", "msg_pager");
	assert_member(delivery, "state", "waiting");
	assert_member(delivery, "answer", NULL);
	assert_member(delivery, "due", "2026-11-24T06:00:00.000Z");
	assert_member(delivery, "finished", NULL);
	delivery = json_next(delivery);
	assert_member(delivery, "channel", "ops");
	assert_member(delivery, "state", "delivered");
	assert_int_equal(integer(delivery, "attempts"), 2);
	assert_member(delivery, "answer", "200 OK");
	assert_member(delivery, "due", NULL);
	assert_member(delivery, "finished", "2026-11-24T06:00:02.000Z");
	assert_member(scene->json, "next", NULL);
}

static void what_is_resolved_is_ok_and_not_on(void **state)
{
	struct scene *scene = *state;

	put_alert(scene, "quota", "a", SES_LEVEL_OK, NULL);
	put_alert(scene, "quota", "b", SES_LEVEL_OVER_PAUSE_LIMIT, NULL);
	put_alert(scene, "brake", "c", SES_LEVEL_WARNING, NULL);
	get(scene, "/v1/alerts?on=yes");
	assert_int_equal(json_count(json_member(scene->json, "alerts")), 2);
	get(scene, "/v1/alerts?on=no");
	assert_int_equal(json_count(json_member(scene->json, "alerts")), 3);
	get(scene, "/v1/alerts?name=quota");
	assert_int_equal(json_count(json_member(scene->json, "alerts")), 2);
	assert_member(first_of(scene->json, "alerts"), "level", "critical");
	get(scene, "/v1/alerts?name=quota&on=yes");
	assert_int_equal(json_count(json_member(scene->json, "alerts")), 1);
	get(scene, "/v1/alerts/1");
	assert_member(scene->json, "level", "ok");
	assert_member(scene->json, "resolved", "2026-11-24T06:00:05.000Z");
}

static void the_list_has_pages(void **state)
{
	struct scene *scene = *state;
	char object[24], target[256];
	size_t seen = 0;

	for (int i = 0; i < 7; i++) {
		snprintf(object, sizeof(object), "object %d", i);
		put_alert(scene, "new-sender", object, SES_LEVEL_WARNING, NULL);
	}
	snprintf(target, sizeof(target), "/v1/alerts?limit=3");
	for (int i = 0; i < 3; i++) {
		const char *next;

		assert_int_equal(get(scene, target), 200);
		seen += json_count(json_member(scene->json, "alerts"));
		snprintf(object, sizeof(object), "object %d", 6 - 3 * i);
		assert_member(first_of(scene->json, "alerts"), "object", object);
		next = json_text(scene->json, "next");
		assert_int_equal(next == NULL, i == 2);
		snprintf(target, sizeof(target), "/v1/alerts?limit=3&cursor=%s",
			next == NULL ? "" : next);
	}
	assert_int_equal(seen, 7);
}

static void one_alert_is_asked_for_by_its_id(void **state)
{
	struct scene *scene = *state;

	put_alert(scene, "quota", "a", SES_LEVEL_WARNING, NULL);
	put_alert(scene, "quota", "b", SES_LEVEL_WARNING, NULL);
	assert_int_equal(get(scene, "/v1/alerts/1"), 200);
	assert_member(scene->json, "object", "a");
	assert_true(json_is_array(json_member(scene->json, "deliveries")));
	get(scene, "/v1/alerts/3");
	assert_problem(scene, 404, "no-alert", "no alert 3");
	get(scene, "/v1/alerts/9223372036854775806");
	assert_problem(scene, 404, "no-alert", "no alert 9223372036854775806");
	get(scene, "/v1/alerts/9223372036854775807");
	assert_problem(scene, 400, "not-an-id", "whole numbers");
	get(scene, "/v1/alerts/0");
	assert_problem(scene, 400, "not-an-id", "whole numbers");
	get(scene, "/v1/alerts/quota");
	assert_problem(scene, 400, "not-an-id", "\"quota\"");
}

static void what_is_asked_wrongly_is_named(void **state)
{
	struct scene *scene = *state;

	get(scene, "/v1/alerts?on=maybe");
	assert_problem(scene, 400, "query", "on=maybe");
	get(scene, "/v1/alerts?name=quotas");
	assert_problem(scene, 400, "no-such-alert", "no alert \"quotas\"");
	assert_problem(scene, 400, "no-such-alert", "reputation-level");
	get(scene, "/v1/alerts?since=1h");
	assert_problem(scene, 400, "query", "since");
	get(scene, "/v1/alerts?cursor=xyz");
	assert_problem(scene, 400, "cursor", "damaged");
}

/* ---- silences ---- */

static void a_silence_is_put_shown_replaced_and_ended(void **state)
{
	struct scene *scene = *state;
	const struct json *silence;
	utc_ms at, until;

	put_alert(scene, "quota", "a b", SES_LEVEL_WARNING, NULL);
	assert_int_equal(call(scene, "PUT", "/v1/silences/quota?object=a%20b",
				 "{\"for\":\"4h\",\"note\":\"known\"}"),
		200);
	get(scene, "/v1/silences");
	silence = first_of(scene->json, "silences");
	assert_member(silence, "name", "quota");
	assert_member(silence, "object", "a b");
	assert_member(silence, "actor", "tester");
	assert_member(silence, "note", "known");
	assert_true(utc_parse(json_text(silence, "at"), &at));
	assert_true(utc_parse(json_text(silence, "until"), &until));
	assert_int_equal(until - at, 4 * HOUR_MS);
	get(scene, "/v1/alerts/1");
	assert_non_null(json_text(scene->json, "silenced_until"));
	assert_int_equal(
		call(scene, "PUT", "/v1/silences/quota?object=a%20b", "{\"for\":\"1h\"}"),
		200);
	get(scene, "/v1/silences");
	assert_int_equal(json_count(json_member(scene->json, "silences")), 1);
	assert_int_equal(call(scene, "DELETE", "/v1/silences/quota", NULL), 404);
	get(scene, "/v1/silences");
	assert_int_equal(json_count(json_member(scene->json, "silences")), 1);
	assert_int_equal(
		call(scene, "DELETE", "/v1/silences/quota?object=a%20b", NULL), 204);
	assert_int_equal(
		call(scene, "DELETE", "/v1/silences/quota?object=a%20b", NULL), 404);
	get(scene, "/v1/silences");
	assert_int_equal(json_count(json_member(scene->json, "silences")), 0);
}

static void everything_is_silenced_until_a_time(void **state)
{
	struct scene *scene = *state;
	char until[UTC_TEXT_SIZE], body[128];

	put_alert(scene, "brake", "x", SES_LEVEL_WARNING, NULL);
	utc_format(clock_now() + DAY_MS, until);
	snprintf(body, sizeof(body), "{\"until\":\"%s\",\"note\":null}", until);
	assert_int_equal(call(scene, "PUT", "/v1/silences/*", body), 200);
	assert_member(scene->json, "name", "*");
	assert_member(scene->json, "object", "");
	assert_member(scene->json, "until", until);
	get(scene, "/v1/alerts");
	assert_member(first_of(scene->json, "alerts"), "silenced_until", until);
}

static void a_silence_that_is_wrong_is_refused(void **state)
{
	struct scene *scene = *state;
	static const struct {
		const char *target, *body, *type, *words;
	} cases[] = {
		{"/v1/silences/quotas", "{\"for\":\"1h\"}", "no-such-alert", "quotas"},
		{"/v1/silences/quota", "{}", "body", "for how long"},
		{"/v1/silences/quota", "{\"for\":\"0\"}", "body", "for how long"},
		{"/v1/silences/quota", "{\"for\":\"31d\"}", "body", "30 days"},
		{"/v1/silences/quota", "{\"for\":\"4 hours\"}", "body", "\"for\" takes"},
		{"/v1/silences/quota", "{\"for\":4}", "body", "\"for\" takes"},
		{"/v1/silences/quota", "{\"until\":\"2020-01-01T00:00:00Z\"}", "body",
			"for how long"},
		{"/v1/silences/quota", "{\"until\":\"9020-01-01T00:00:00Z\"}", "body",
			"30 days"},
		{"/v1/silences/quota",
			"{\"for\":\"1h\",\"until\":\"2020-01-01T00:00:00Z\"}", "body",
			"one of"},
		{"/v1/silences/quota", "{\"for\":\"1h\",\"who\":\"me\"}", "body", "who"},
		{"/v1/silences/quota?name=x", "{\"for\":\"1h\"}", "query", "name"},
		{"/v1/silences/quota?object=", "{\"for\":\"1h\"}", "query", "object"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		call(scene, "PUT", cases[i].target, cases[i].body);
		assert_problem(scene, 400, cases[i].type, cases[i].words);
	}
	get(scene, "/v1/silences");
	assert_int_equal(json_count(json_member(scene->json, "silences")), 0);
}

/* ---- channels ---- */

static const char *const to[] = {"ops@example.com", "boss@example.com", NULL};
static const char *const kinds[] = {"quota", "brake", NULL};
static const char *const command[] = {"/usr/local/bin/page", "--key=SECRET", NULL};
static const struct web_channel channels[] = {
	{.name = "hook",
		.type = WEB_CHANNEL_WEBHOOK,
		.url = "https://user:SECRET@hooks.example:8443/SECRET?token=SECRET",
		.secret = "whsec_SECRET",
		.levels = 1u << SES_LEVEL_WARNING | WEB_LEVEL_RECOVERED,
		.kinds = kinds},
	{.name = "mail",
		.type = WEB_CHANNEL_EMAIL,
		.url = "smtp://mail.example",
		.user = "ops",
		.password = "SECRET",
		.to = to},
	{.name = "pager", .type = WEB_CHANNEL_COMMAND, .command = command},
	{.name = "chat", .type = WEB_CHANNEL_SLACK, .url = "http://[::1]:80#SECRET"},
	{.name = "manager",
		.type = WEB_CHANNEL_ALERTMANAGER,
		.url = "http://u@SECRET@host"},
};

static int set_up_channels(void **state)
{
	struct scene *scene;

	if (scene_set_up(state) != 0)
		return -1;
	scene = *state;
	scene->rules.channels = channels;
	scene->rules.channel_count = sizeof(channels) / sizeof(channels[0]);
	return 0;
}

static void channels_are_shown_without_their_secrets(void **state)
{
	struct scene *scene = *state;
	const struct json *channel;

	assert_int_equal(get(scene, "/v1/channels"), 200);
	assert_null(strstr(scene->body, "SECRET"));
	channel = first_of(scene->json, "channels");
	assert_member(channel, "name", "hook");
	assert_member(channel, "type", "webhook");
	assert_member(channel, "url", "https://hooks.example:8443");
	assert_member(channel, "to", NULL);
	assert_member(channel, "command", NULL);
	assert_int_equal(json_count(json_member(channel, "levels")), 2);
	assert_string_equal(json_as_text(first_of(channel, "levels")), "warning");
	assert_int_equal(json_count(json_member(channel, "kinds")), 2);
	assert_int_equal(integer(channel, "waiting"), 0);
	assert_int_equal(integer(channel, "given_up"), 0);
	assert_member(channel, "oldest", NULL);
	assert_member(channel, "answer", NULL);
	assert_member(channel, "delivered", NULL);
	channel = json_next(channel);
	assert_member(channel, "type", "email");
	assert_string_equal(json_as_text(first_of(channel, "to")), "ops@example.com");
	assert_member(channel, "kinds", NULL);
	channel = json_next(channel);
	assert_member(channel, "url", NULL);
	assert_member(channel, "command", "/usr/local/bin/page");
	channel = json_next(channel);
	assert_member(channel, "url", "http://[::1]:80");
	channel = json_next(channel);
	assert_member(channel, "url", "http://host");
}

static void a_channel_says_how_its_messages_fare(void **state)
{
	static const char *const names[] = {"hook", "mail", "pager", NULL};
	struct scene *scene = *state;
	const struct json *hook, *mail, *pager;

	put_alert(scene, "quota", "a", SES_LEVEL_WARNING, names);
	put_alert(scene, "quota", "b", SES_LEVEL_WARNING, names);
	put_result(scene, 1, STORE_DELIVERY_DONE, 1, "200 OK", T0 + 2000);
	put_result(scene, 4, STORE_DELIVERY_WAITING, 3, "503 busy", T0 + 3000);
	put_result(scene, 2, STORE_DELIVERY_DONE, 1, "250 sent", T0 + 4000);
	put_result(scene, 5, STORE_DELIVERY_GIVEN_UP, 9, "550 no", T0 + 5000);
	get(scene, "/v1/channels");
	hook = first_of(scene->json, "channels");
	assert_int_equal(integer(hook, "waiting"), 1);
	assert_member(hook, "oldest", "2026-11-24T06:00:00.000Z");
	assert_member(hook, "answer", "503 busy");
	assert_member(hook, "delivered", "2026-11-24T06:00:02.000Z");
	assert_int_equal(json_count(json_member(hook, "recent")), 2);
	assert_member(first_of(hook, "recent"), "answer", "503 busy");
	mail = json_next(hook);
	assert_int_equal(integer(mail, "waiting"), 0);
	assert_int_equal(integer(mail, "given_up"), 1);
	assert_member(mail, "answer", "550 no");
	assert_member(mail, "delivered", "2026-11-24T06:00:04.000Z");
	pager = json_next(mail);
	assert_int_equal(integer(pager, "waiting"), 2);
	assert_member(pager, "answer", NULL);
	put_result(scene, 3, STORE_DELIVERY_GIVEN_UP, 1, "no", T0 + 5000);
	put_result(scene, 6, STORE_DELIVERY_DONE, 1, "yes", T0 + 6000);
	get(scene, "/v1/channels");
	pager = json_next(json_next(first_of(scene->json, "channels")));
	assert_member(pager, "answer", "yes");
}

static bool keep_payload(void *closure, const struct store_delivery *delivery)
{
	snprintf(closure, 512, "%s %s %s", delivery->channel, delivery->message,
		delivery->payload);
	return true;
}

static void a_test_waits_in_the_outbox(void **state)
{
	struct scene *scene = *state;
	struct store_outbox_filter filter = {.state = -1, .limit = 9};
	char kept[512], message[64];
	struct error error;
	int64_t next;

	assert_int_equal(call(scene, "POST", "/v1/channels/mail/test", NULL), 202);
	assert_member(scene->json, "channel", "mail");
	assert_member(scene->json, "state", "waiting");
	snprintf(message, sizeof(message), "%s", json_text(scene->json, "message"));
	assert_int_equal(strlen(message), 30);
	assert_int_equal(strspn(message + 4, "0123456789abcdefghijklmnopqrstuvwxyz"), 26);
	assert_true(store_outbox_list(
		scene->store, &filter, keep_payload, kept, &next, &error));
	assert_true(strncmp(kept, "mail msg_", 9) == 0);
	assert_non_null(strstr(kept, message));
	assert_non_null(strstr(kept, "{\"type\":\"test\",\"timestamp\":\"20"));
	assert_non_null(strstr(kept, "\"object\":\"mail\""));
	get(scene, "/v1/channels");
	assert_member(first_of(json_next(first_of(scene->json, "channels")), "recent"),
		"message", message);
	call(scene, "POST", "/v1/channels/nobody/test", NULL);
	assert_problem(scene, 404, "no-channel", "[alert \"nobody\"]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
#define CHANNELS(name)                                                                   \
	cmocka_unit_test_setup_teardown(name, set_up_channels, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_alert_is_shown_with_what_was_told_of_it),
		TEST(what_is_resolved_is_ok_and_not_on),
		TEST(the_list_has_pages),
		TEST(one_alert_is_asked_for_by_its_id),
		TEST(what_is_asked_wrongly_is_named),
		TEST(a_silence_is_put_shown_replaced_and_ended),
		TEST(everything_is_silenced_until_a_time),
		TEST(a_silence_that_is_wrong_is_refused),
		CHANNELS(channels_are_shown_without_their_secrets),
		CHANNELS(a_channel_says_how_its_messages_fare),
		CHANNELS(a_test_waits_in_the_outbox),
	};

	return cmocka_run_group_tests_name("api alerts", tests, NULL, NULL);
}
