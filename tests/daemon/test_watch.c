/* test_watch.c - the whole watcher over a real store and a real web. */
#include <time.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "daemon/watch.h"
#include "store/alerts.h"
#include "store/outbox.h"
#include "tests/daemon/mailing.h"
#include "web/inside.h"

#define BOUNCE "111122223333/us-east-1 bounce"
#define DEADLINE_MS (20 * SECOND_MS)

struct stage {
	struct mailing mailing;
	struct web_channel channel;
	struct web_rules rules;
	struct store *store;
	struct web *web;
	struct watch *watch;
	char path[128], socket[128];
};

static const char *const command[] = {"/bin/true", NULL};

static void keep_rules(struct web_rules *rules)
{
	(void) rules;
}

static void start_watch(struct stage *stage)
{
	const struct watch_settings settings = {
		.store_path = stage->path, .is_quick = true};
	struct error error = {""};

	stage->watch = watch_start(&settings, stage->web, stage->store, &error);
	assert_string_equal(error.text, "");
	assert_non_null(stage->watch);
}

static void start_web(struct stage *stage)
{
	const struct web_listener listener = {
		.door = WEB_DOOR_ADMIN_SOCKET, .address = stage->socket, .fd = -1};
	const struct web_settings settings = {.listeners = &listener,
		.listener_count = 1,
		.certificate_folder = scratch_folder,
		.rules = &stage->rules,
		.version = "test"};
	struct error error = {""};

	stage->web = web_start(&settings, stage->store, &error);
	assert_string_equal(error.text, "");
	assert_non_null(stage->web);
}

static int set_up(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));
	struct store_settings settings = {.keep_events_ms = 400 * DAY_MS};

	if (stage == NULL || scratch_make(state) != 0 || !crypto_start() ||
		!sns_topic_parse(MAILING_TOPIC, &stage->mailing.topic, NULL))
		return -1;
	log_open(LOG_LEVEL_ERROR, false);
	snprintf(stage->path, sizeof(stage->path), "%s/feedback.db", scratch_folder);
	snprintf(stage->socket, sizeof(stage->socket), "unix:%s/admin.sock",
		scratch_folder);
	settings.path = stage->path;
	stage->store = store_open(&settings, NULL);
	if (stage->store == NULL)
		return -1;
	stage->mailing.store = stage->store;
	stage->mailing.rules = &stage->rules;
	stage->channel = (struct web_channel){.name = "ops",
		.type = WEB_CHANNEL_COMMAND,
		.levels = ~0u,
		.command = command,
		.timeout_ms = 10 * SECOND_MS};
	stage->rules = (struct web_rules){
		.policy = {.topics = &stage->mailing.topic, .topic_count = 1},
		.feedback_path = "/sns",
		.channels = &stage->channel,
		.channel_count = 1,
		.release = keep_rules};
	atomic_init(&stage->rules.owners, 1);
	ses_reputation_defaults(&stage->rules.reputation);
	ses_watch_defaults(&stage->rules.watch);
	stage->rules.watch.disk_free = 0; /* of whoever runs the test */
	stage->rules.suppression = ses_suppression_standard;
	start_web(stage);
	*state = stage;
	return 0;
}

static int tear_down(void **state)
{
	struct stage *stage = *state;

	assert_true(watch_stop(stage->watch));
	assert_true(web_stop(stage->web));
	store_close(stage->store);
	free(stage);
	return scratch_remove(state);
}

/* ---- events ---- */

static void send(struct stage *stage, unsigned bounces)
{
	mailing_send(&stage->mailing, "newsletter", bounces, clock_now());
}

/* ---- what came of it ---- */

struct finding {
	const char *name, *object;
	bool is_found;
	enum ses_level level;
	int64_t id, fired;
	char text[1024];
	utc_ms told;
};

static bool find_one(void *closure, const struct store_alert *alert)
{
	struct finding *finding = closure;

	if (!text_equal(alert->name, finding->name) ||
		!text_equal(alert->object, finding->object))
		return true;
	finding->is_found = true;
	finding->level = alert->state.level;
	finding->id = alert->id;
	finding->fired = alert->fired;
	finding->told = alert->state.told;
	snprintf(finding->text, sizeof(finding->text), "%s", alert->text);
	return false;
}

static struct finding alert_of(struct stage *stage, const char *name, const char *object)
{
	const struct store_alert_filter all = {0};
	struct finding finding = {.name = name, .object = object, .level = SES_LEVEL_OK};
	int64_t next;

	assert_true(store_alert_list(
		stage->store, &all, clock_now(), find_one, &finding, &next, NULL));
	return finding;
}

struct counting {
	const char *type, *name;
	size_t count;
	char last[8192];
};

static bool count_one(void *closure, const struct store_delivery *delivery)
{
	struct counting *counting = closure;
	struct json *json = json_parse(
		delivery->payload, strlen(delivery->payload), JSON_STRICT, NULL);
	const struct json *data = json_member(json, "data");

	if (text_equal(json_text(json, "type"), counting->type) &&
		text_equal(json_text(data, "alert"), counting->name)) {
		if (counting->count++ == 0)
			snprintf(counting->last, sizeof(counting->last), "%s",
				delivery->payload);
	}
	json_free(json);
	return true;
}

static struct counting messages(struct stage *stage, const char *type, const char *name)
{
	const struct store_outbox_filter all = {.state = -1, .limit = 1000};
	struct counting counting = {.type = type, .name = name};
	int64_t next;

	assert_true(
		store_outbox_list(stage->store, &all, count_one, &counting, &next, NULL));
	return counting;
}

/* Waits for a condition that is written where it is waited for. */
#define WAIT_FOR(condition)                                                              \
	do {                                                                             \
		const struct timespec pause = {0, 5000000};                              \
		int64_t deadline = clock_monotonic_ms() + DEADLINE_MS;                   \
                                                                                         \
		while (!(condition)) {                                                   \
			if (clock_monotonic_ms() > deadline)                             \
				fail_msg("it did not come true: %s", #condition);        \
			nanosleep(&pause, NULL);                                         \
		}                                                                        \
	} while (0)

static enum ses_level level(struct stage *stage)
{
	return alert_of(stage, "reputation-level", BOUNCE).level;
}

static size_t told(struct stage *stage, const char *type)
{
	return messages(stage, type, "reputation-level").count;
}

/* ---- the tests ---- */

static void a_level_is_told_and_resolved(void **state)
{
	struct stage *stage = *state;
	struct finding finding;
	struct counting fired;

	start_watch(stage);
	for (int i = 0; i < 10; i++)
		send(stage, 3);
	WAIT_FOR(level(stage) == SES_LEVEL_OVER_REVIEW_LIMIT &&
		 told(stage, "alert.fired") > 0);
	finding = alert_of(stage, "reputation-level", BOUNCE);
	assert_int_equal(finding.fired, 1);
	assert_non_null(strstr(finding.text, " % (review limit 5 %): "));
	/* The last mail was counted, its bounces perhaps not yet. */
	assert_non_null(strstr(finding.text, " hard bounces among 500 recipients in "));
	assert_non_null(strstr(finding.text, "example.net (100 %)"));
	fired = messages(stage, "alert.fired", "reputation-level");
	assert_true(fired.count >= 1);
	assert_non_null(strstr(fired.last, "\"over-review-limit\""));
	assert_non_null(strstr(fired.last, "\"by\":\"recipient-domain\""));
	while (level(stage) > SES_LEVEL_OK && stage->mailing.serial < 400)
		send(stage, 0);
	WAIT_FOR(level(stage) <= SES_LEVEL_OK);
	assert_int_equal(told(stage, "alert.resolved"), 1);
}

static void an_alert_survives_a_restart_and_is_not_told_twice(void **state)
{
	struct stage *stage = *state;
	size_t count;

	start_watch(stage);
	for (int i = 0; i < 10; i++)
		send(stage, 3);
	WAIT_FOR(level(stage) == SES_LEVEL_OVER_REVIEW_LIMIT);
	WAIT_FOR(told(stage, "alert.fired") > 0);
	assert_true(watch_stop(stage->watch));
	count = told(stage, "alert.fired");
	start_watch(stage);
	/* Something else is seen: so the first look is over. */
	assert_true(watch_stop(stage->watch));
	start_watch(stage);
	for (int i = 0; i < 3; i++)
		send(stage, 40);
	WAIT_FOR(level(stage) == SES_LEVEL_OVER_PAUSE_LIMIT);
	assert_int_equal(told(stage, "alert.resolved"), 0);
	assert_true(told(stage, "alert.fired") > count);
	assert_int_equal(alert_of(stage, "reputation-level", BOUNCE).fired, 1);
}

static void a_replay_is_adopted_silently_and_summed_up(void **state)
{
	struct stage *stage = *state;

	start_watch(stage);
	atomic_fetch_add(&stage->web->replays_begun, 1);
	for (int i = 0; i < 10; i++)
		send(stage, 3);
	WAIT_FOR(level(stage) == SES_LEVEL_OVER_REVIEW_LIMIT);
	atomic_fetch_add(&stage->web->replays_ended, 1);
	WAIT_FOR(messages(stage, "alert.fired", "replay").count == 1);
	assert_int_equal(told(stage, "alert.fired"), 0);
	assert_non_null(strstr(
		messages(stage, "alert.fired", "replay").last, "\"reputation-level\""));
	/* What comes after is news again. */
	for (int i = 0; i < 3; i++)
		send(stage, 40);
	WAIT_FOR(told(stage, "alert.fired") == 1);
	assert_int_equal(messages(stage, "alert.fired", "replay").count, 1);
}

static void silence(struct stage *stage, utc_ms until)
{
	struct store_silence_change change = {.silence = {.name = "reputation-level",
						      .object = "",
						      .at = clock_now(),
						      .until = until,
						      .actor = "test",
						      .note = ""}};
	struct store_job job = {
		.kind = STORE_SILENCE, .silence = &change, .now = clock_now()};

	assert_int_equal(store_submit_and_wait(stage->store, &job), STORE_DONE);
}

static void what_is_silenced_is_told_when_the_silence_is_over(void **state)
{
	struct stage *stage = *state;

	silence(stage, clock_now() + HOUR_MS);
	start_watch(stage);
	for (int i = 0; i < 10; i++)
		send(stage, 3);
	WAIT_FOR(level(stage) == SES_LEVEL_OVER_REVIEW_LIMIT);
	assert_int_equal(told(stage, "alert.fired"), 0);
	assert_true(alert_of(stage, "reputation-level", BOUNCE).told == UTC_NONE);
	silence(stage, 0);
	WAIT_FOR(told(stage, "alert.fired") == 1);
	assert_int_equal(alert_of(stage, "reputation-level", BOUNCE).fired, 1);
}

static void alarms_of_the_doors_are_told(void **state)
{
	struct stage *stage = *state;

	start_watch(stage);
	diary_alarm(stage->web->diary, "certificate-unavailable",
		"sns.us-east-1.amazonaws.com", "it can't be fetched", "look");
	WAIT_FOR(messages(stage, "alert.fired", "certificate-unavailable").count == 1);
	diary_alarm_clear(stage->web->diary, "certificate-unavailable",
		"sns.us-east-1.amazonaws.com");
	WAIT_FOR(messages(stage, "alert.resolved", "certificate-unavailable").count == 1);
	diary_alarm(stage->web->diary, "foreign-topic", "arn:x", "a stranger", "nothing");
	WAIT_FOR(messages(stage, "alert.fired", "foreign-topic").count == 1);
	diary_alarm_clear(stage->web->diary, "foreign-topic", "arn:x");
	WAIT_FOR(alert_of(stage, "foreign-topic", "arn:x").level == SES_LEVEL_OK);
	diary_alarm(stage->web->diary, "foreign-topic", "arn:x", "a stranger", "nothing");
	WAIT_FOR(alert_of(stage, "foreign-topic", "arn:x").level == SES_LEVEL_WARNING);
	assert_int_equal(messages(stage, "alert.fired", "foreign-topic").count, 1);
	assert_int_equal(messages(stage, "alert.resolved", "foreign-topic").count, 0);
}

static void it_lives_and_ends_without_anything_to_see(void **state)
{
	struct stage *stage = *state;

	start_watch(stage);
	assert_true(watch_is_alive(stage->watch, clock_monotonic_ms()));
	assert_false(watch_is_alive(stage->watch, clock_monotonic_ms() + HOUR_MS));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_level_is_told_and_resolved),
		TEST(an_alert_survives_a_restart_and_is_not_told_twice),
		TEST(a_replay_is_adopted_silently_and_summed_up),
		TEST(what_is_silenced_is_told_when_the_silence_is_over),
		TEST(alarms_of_the_doors_are_told),
		TEST(it_lives_and_ends_without_anything_to_see),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
