/* test_messenger.c - the outbox is worked off, whatever the receivers and the process do.
 */
#include "web/messenger.h"

#include "tests/web/receiver.h"
#include "tests/web/telling.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"
#include "store/alerts.h"
#include "store/outbox.h"
#include "web/diary.h"
#include "web/inside.h"

#define CHANNELS_MAX 3

/* A store in a folder of its own, and what of the doors a messenger needs. */
struct scene {
	char folder[64], path[96];
	struct web web;
	struct web_rules rules[2];
	struct web_channel channels[CHANNELS_MAX];
	struct receiver receivers[CHANNELS_MAX];
	size_t receiver_count;
	struct messenger *messenger;
};

static void release(struct web_rules *rules)
{
	(void) rules;
}

static bool open_store(struct scene *scene)
{
	const struct store_settings settings = {
		.path = scene->path, .keep_events_ms = 400 * DAY_MS};
	struct error error = {""};

	scene->web.store = store_open(&settings, &error);
	if (scene->web.store == NULL)
		fprintf(stderr, "%s\n", error.text);
	return scene->web.store != NULL;
}

static int set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	*state = scene;
	log_open(LOG_LEVEL_ERROR, false);
	snprintf(scene->folder, sizeof(scene->folder), "/tmp/test-messenger-XXXXXX");
	if (mkdtemp(scene->folder) == NULL)
		return -1;
	snprintf(scene->path, sizeof(scene->path), "%s/feedback.db", scene->folder);
	for (size_t i = 0; i < 2; i++) {
		scene->rules[i].channels = scene->channels;
		scene->rules[i].release = release;
		atomic_init(&scene->rules[i].owners, 1);
	}
	pthread_mutex_init(&scene->web.rules_lock, NULL);
	scene->web.rules = &scene->rules[0];
	scene->web.version = "1.2.3-test";
	scene->web.diary = diary_new();
	return open_store(scene) ? 0 : -1;
}

static int tear_down(void **state)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
	struct scene *scene = *state;
	char name[128];

	messenger_stop(scene->messenger);
	for (size_t i = 0; i < scene->receiver_count; i++)
		receiver_stop(&scene->receivers[i]);
	store_close(scene->web.store);
	diary_free(scene->web.diary);
	assert_int_equal(atomic_load(&scene->rules[0].owners), 1);
	for (size_t i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", scene->path, suffixes[i]);
		unlink(name);
	}
	rmdir(scene->folder);
	free(scene);
	return 0;
}

/* Another channel, to a receiver of its own that answers so. */
static struct receiver *add_channel(struct scene *scene, const char *name,
	enum web_channel_type type, const char *answer)
{
	struct receiver *receiver = &scene->receivers[scene->receiver_count];

	receiver_start(receiver, answer);
	scene->channels[scene->receiver_count++] = (struct web_channel){
		.name = name, .type = type, .url = receiver->url, .timeout_ms = 60000};
	scene->rules[0].channel_count = scene->receiver_count;
	return receiver;
}

static void start(struct scene *scene)
{
	scene->messenger = messenger_start(&scene->web, NULL);
	assert_non_null(scene->messenger);
}

static void put(struct scene *scene, const char *channel, const char *message)
{
	const struct store_message wanted = {channel, message, FIRED};
	struct store_delivery_result result = {.message = &wanted};
	struct store_job job = {
		.kind = STORE_OUTBOX, .delivery = &result, .now = clock_now()};

	assert_int_equal(store_submit_and_wait(scene->web.store, &job), STORE_DONE);
	if (scene->messenger != NULL)
		messenger_wake(scene->messenger);
}

/* What the store knows of a message. */
struct known {
	const char *message;
	bool is_there;
	enum store_delivery_state state;
	utc_ms due;
	int64_t attempts;
	char answer[256];
};

static bool look(void *closure, const struct store_delivery *delivery)
{
	struct known *known = closure;

	if (!text_equal(delivery->message, known->message))
		return true;
	known->is_there = true;
	known->state = delivery->state;
	known->due = delivery->due;
	known->attempts = delivery->attempts;
	snprintf(known->answer, sizeof(known->answer), "%s",
		delivery->answer == NULL ? "" : delivery->answer);
	return false;
}

static struct known ask(struct scene *scene, const char *message)
{
	const struct store_outbox_filter filter = {.state = -1, .limit = 100};
	struct known known = {.message = message};
	int64_t next;

	assert_true(
		store_outbox_list(scene->web.store, &filter, look, &known, &next, NULL));
	assert_true(known.is_there);
	return known;
}

static struct known wait_for_attempts(
	struct scene *scene, const char *message, int64_t attempts)
{
	const struct timespec step = {0, 5000000};
	int64_t deadline = clock_monotonic_ms() + 20000;
	struct known known = ask(scene, message);

	while (known.attempts < attempts) {
		if (clock_monotonic_ms() > deadline)
			fail_msg("%s: %d attempts", message, (int) known.attempts);
		nanosleep(&step, NULL);
		known = ask(scene, message);
	}
	return known;
}

static void wait_until_done(struct scene *scene, const char *message)
{
	const struct timespec step = {0, 5000000};
	int64_t deadline = clock_monotonic_ms() + 20000;

	while (ask(scene, message).state != STORE_DELIVERY_DONE) {
		if (clock_monotonic_ms() > deadline)
			fail_msg("%s is not delivered", message);
		nanosleep(&step, NULL);
	}
}

static void count_alarm(void *closure, const struct diary_alarm *alarm)
{
	if (text_equal(alarm->name, "channel-failing"))
		++*(size_t *) closure;
}

static size_t alarms(struct scene *scene)
{
	size_t count = 0;

	diary_each_alarm(scene->web.diary, count_alarm, &count);
	return count;
}

static void reload(struct scene *scene)
{
	struct web_rules *old = web_rules_replace(&scene->web, &scene->rules[1]);

	messenger_follow(scene->messenger, &scene->rules[1]);
	web_rules_release(old);
	/* the fixture's own owner again */
	atomic_fetch_add(&old->owners, 1);
}

/* ---- */

static void what_lies_in_the_outbox_is_delivered_in_order_and_done(void **state)
{
	struct scene *scene = *state;
	struct receiver *receiver =
		add_channel(scene, "hook", WEB_CHANNEL_WEBHOOK, ANSWER("200 OK"));
	struct known known;

	put(scene, "hook", "msg_1");
	put(scene, "hook", "msg_2");
	put(scene, "other", "msg_3");
	start(scene);
	assert_has(receiver_wait(receiver, 1), "webhook-id: msg_1\r\n");
	assert_has(receiver_wait(receiver, 2), "webhook-id: msg_2\r\n");
	known = wait_for_attempts(scene, "msg_2", 1);
	assert_int_equal(known.state, STORE_DELIVERY_DONE);
	assert_string_equal(known.answer, "answered 200");
	assert_int_equal(ask(scene, "msg_3").attempts, 0);
	assert_int_equal(receiver_count(receiver), 2);
}

static void a_wake_delivers_at_once(void **state)
{
	struct scene *scene = *state;
	struct receiver *receiver =
		add_channel(scene, "hook", WEB_CHANNEL_WEBHOOK, ANSWER("200 OK"));
	int64_t begun;

	start(scene);
	begun = clock_monotonic_ms();
	for (size_t i = 1; i <= 20; i++) {
		char message[16];

		snprintf(message, sizeof(message), "msg_%zu", i);
		put(scene, "hook", message);
		receiver_wait(receiver, i);
	}
	assert_in_range(clock_monotonic_ms() - begun, 0, 10000);
}

static void a_dead_channel_holds_up_no_other(void **state)
{
	struct scene *scene = *state;
	struct receiver *dead = add_channel(scene, "dead", WEB_CHANNEL_WEBHOOK, NULL);
	struct receiver *well =
		add_channel(scene, "well", WEB_CHANNEL_SLACK, ANSWER("200 OK"));

	start(scene);
	put(scene, "dead", "msg_1");
	receiver_wait(dead, 1);
	put(scene, "well", "msg_2");
	wait_until_done(scene, "msg_2");
	assert_int_equal(receiver_count(well), 1);
	assert_true(messenger_is_alive(scene->messenger));
}

static void stopping_gives_up_a_transfer_and_keeps_its_message(void **state)
{
	struct scene *scene = *state;
	struct receiver *dead = add_channel(scene, "dead", WEB_CHANNEL_WEBHOOK, NULL);
	int64_t begun;

	start(scene);
	put(scene, "dead", "msg_1");
	receiver_wait(dead, 1);
	begun = clock_monotonic_ms();
	messenger_stop(scene->messenger);
	scene->messenger = NULL;
	assert_in_range(clock_monotonic_ms() - begun, 0, 3000);
	assert_int_equal(ask(scene, "msg_1").attempts, 0);
	receiver_answers(dead, ANSWER("200 OK"));
	start(scene);
	assert_has(receiver_wait(dead, 2), "webhook-id: msg_1\r\n");
	wait_for_attempts(scene, "msg_1", 1);
}

static void a_failure_is_tried_again_by_the_ladder(void **state)
{
	struct scene *scene = *state;
	struct receiver *receiver =
		add_channel(scene, "hook", WEB_CHANNEL_WEBHOOK, ANSWER("500 Oh"));
	struct known known;
	utc_ms before = clock_now();

	start(scene);
	put(scene, "hook", "msg_1");
	known = wait_for_attempts(scene, "msg_1", 1);
	assert_int_equal(known.state, STORE_DELIVERY_WAITING);
	assert_in_range(known.due - before, 1000, 5000 + clock_now() - before);
	assert_string_equal(known.answer, "answered 500");
	receiver_answers(receiver, ANSWER("200 OK"));
	/* within 5 s it comes again, under the same id */
	assert_has(receiver_wait(receiver, 2), "webhook-id: msg_1\r\n");
	wait_until_done(scene, "msg_1");
}

static void what_is_gone_is_given_up_at_once(void **state)
{
	struct scene *scene = *state;

	add_channel(scene, "hook", WEB_CHANNEL_WEBHOOK, ANSWER("410 Gone"));
	start(scene);
	put(scene, "hook", "msg_1");
	assert_int_equal(
		wait_for_attempts(scene, "msg_1", 1).state, STORE_DELIVERY_GIVEN_UP);
	assert_int_equal(alarms(scene), 1);
}

static void a_receiver_that_asks_for_time_gets_it_for_all_messages(void **state)
{
	struct scene *scene = *state;
	struct receiver *receiver = add_channel(scene, "hook", WEB_CHANNEL_WEBHOOK,
		"HTTP/1.1 503 Busy\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n");
	struct receiver *well =
		add_channel(scene, "well", WEB_CHANNEL_WEBHOOK, ANSWER("200 OK"));
	struct known known;
	utc_ms before = clock_now();

	start(scene);
	put(scene, "hook", "msg_1");
	known = wait_for_attempts(scene, "msg_1", 1);
	assert_true(known.due >= before + 600 * SECOND_MS);
	put(scene, "hook", "msg_2");
	put(scene, "well", "msg_3");
	put(scene, "well", "msg_4");
	receiver_wait(well, 2);
	assert_int_equal(ask(scene, "msg_2").attempts, 0);
	assert_int_equal(receiver_count(receiver), 1);
}

static void a_reload_tries_again_at_once_by_the_new_rules(void **state)
{
	struct scene *scene = *state;
	struct receiver *receiver = add_channel(scene, "hook", WEB_CHANNEL_WEBHOOK,
		"HTTP/1.1 503 Busy\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n");
	struct web_channel corrected[2];

	start(scene);
	put(scene, "hook", "msg_1");
	put(scene, "new", "msg_2");
	wait_for_attempts(scene, "msg_1", 1);
	receiver_answers(receiver, ANSWER("200 OK"));
	corrected[0] = corrected[1] = scene->channels[0];
	corrected[0].name = "new";
	corrected[0].user = corrected[1].user = "ops";
	scene->rules[1].channels = corrected;
	scene->rules[1].channel_count = 2;
	reload(scene);
	wait_until_done(scene, "msg_1");
	wait_until_done(scene, "msg_2");
	assert_has(receiver_wait(receiver, 2), "Authorization: Basic");
	messenger_stop(scene->messenger);
	scene->messenger = NULL;
}

static void a_channel_that_is_removed_is_left_and_can_come_back(void **state)
{
	struct scene *scene = *state;
	struct receiver *dead = add_channel(scene, "dead", WEB_CHANNEL_WEBHOOK, NULL);
	int64_t begun = clock_monotonic_ms();

	start(scene);
	put(scene, "dead", "msg_1");
	receiver_wait(dead, 1);
	scene->rules[1].channel_count = 0;
	reload(scene);
	receiver_answers(dead, ANSWER("200 OK"));
	scene->rules[1].channel_count = 1;
	reload(scene);
	wait_until_done(scene, "msg_1");
	assert_int_equal(receiver_count(dead), 2);
	/* not after the time limit of the first attempt */
	assert_in_range(clock_monotonic_ms() - begun, 0, 10000);
}

static void failing_raises_an_alarm_and_a_success_ends_it(void **state)
{
	struct scene *scene = *state;
	struct receiver *receiver =
		add_channel(scene, "hook", WEB_CHANNEL_WEBHOOK, ANSWER("500 Oh"));
	const struct timespec step = {0, 5000000};
	int64_t deadline = clock_monotonic_ms() + 20000;

	start(scene);
	put(scene, "hook", "msg_1");
	wait_for_attempts(scene, "msg_1", 1);
	assert_int_equal(alarms(scene), 0);
	put(scene, "hook", "msg_2");
	put(scene, "hook", "msg_3");
	wait_for_attempts(scene, "msg_3", 1);
	assert_int_equal(alarms(scene), 1);
	/* one success, and all that waits is tried, due or not */
	receiver_answers(receiver, ANSWER("200 OK"));
	put(scene, "hook", "msg_4");
	for (size_t i = 1; i <= 3; i++) {
		char message[16];

		snprintf(message, sizeof(message), "msg_%zu", i);
		wait_until_done(scene, message);
	}
	while (alarms(scene) > 0 && clock_monotonic_ms() < deadline)
		nanosleep(&step, NULL);
	assert_int_equal(alarms(scene), 0);
}

/* Put there by a daemon before this one, which tried it twice. */
static void put_tried(struct scene *scene, const char *channel, const char *message)
{
	const struct store_message wanted = {channel, message, FIRED};
	struct store_delivery_result put = {.message = &wanted}, tried;
	struct store_job job = {
		.kind = STORE_OUTBOX, .delivery = &put, .now = clock_now()};

	assert_int_equal(store_submit_and_wait(scene->web.store, &job), STORE_DONE);
	tried = (struct store_delivery_result){.id = put.id,
		.state = STORE_DELIVERY_WAITING,
		.due = clock_now(),
		.attempts = 2,
		.answer = "answered 400"};
	job = (struct store_job){
		.kind = STORE_OUTBOX, .delivery = &tried, .now = clock_now()};
	assert_int_equal(store_submit_and_wait(scene->web.store, &job), STORE_DONE);
}

/* Else the alert that says so is taken for the recovery, which is told, and so on. */
static void a_message_that_stays_refused_keeps_the_alarm(void **state)
{
	struct scene *scene = *state;
	struct receiver *receiver =
		add_channel(scene, "hook", WEB_CHANNEL_WEBHOOK, ANSWER("200 OK"));

	receiver_refuses(receiver, "msg_stuck");
	put_tried(scene, "hook", "msg_stuck");
	start(scene);
	wait_for_attempts(scene, "msg_stuck", 3);
	assert_int_equal(alarms(scene), 1);
	put(scene, "hook", "msg_other");
	wait_until_done(scene, "msg_other");
	assert_int_equal(alarms(scene), 1);
	receiver_refuses(receiver, NULL);
	put(scene, "hook", "msg_last");
	wait_until_done(scene, "msg_last");
}

/* ---- alertmanager ---- */

static void put_of_alert(struct scene *scene, const char *message, const char *payload)
{
	const struct store_message wanted = {"am", message, payload};
	struct store_alert_write write = {
		.alert = {.name = "reputation-level",
			.object = "x",
			.state = {.told = UTC_NONE, .resolved = UTC_NONE},
			.text = "",
			.advice = "",
			.silenced_until = UTC_NONE},
		.messages = &wanted,
		.message_count = 1,
	};
	struct store_alert_batch batch = {.writes = &write, .count = 1};
	struct store_job job = {
		.kind = STORE_ALERTS, .alerts = &batch, .now = clock_now()};

	assert_int_equal(store_submit_and_wait(scene->web.store, &job), STORE_DONE);
}

static void an_alert_that_was_resolved_is_not_put_on_again_by_what_is_late(void **state)
{
	struct scene *scene = *state;
	struct receiver *receiver =
		add_channel(scene, "am", WEB_CHANNEL_ALERTMANAGER, ANSWER("200 OK"));
	struct known known;

	put_of_alert(scene, "msg_1", FIRED);
	put_of_alert(scene, "msg_2", RESOLVED);
	start(scene);
	known = wait_for_attempts(scene, "msg_1", 1);
	assert_int_equal(known.state, STORE_DELIVERY_DONE);
	assert_has(known.answer, "newer message");
	wait_for_attempts(scene, "msg_2", 1);
	assert_int_equal(receiver_count(receiver), 1);
	assert_has_not(receiver_wait(receiver, 1), "612 of");
}

/* ---- death ---- */

/* Gets the receiver's address through the pipe. */
static void live_and_wait_for_death(struct scene *scene, int input)
{
	struct web_channel *channel = &scene->channels[0];
	char url[64] = "";

	if (read(input, url, sizeof(url)) != sizeof(url) || !open_store(scene))
		_exit(1);
	*channel = (struct web_channel){.name = "hook",
		.type = WEB_CHANNEL_WEBHOOK,
		.url = url,
		.timeout_ms = 60000};
	scene->rules[0].channel_count = 1;
	put(scene, "hook", "msg_1");
	start(scene);
	while (true)
		pause();
}

static void killed_in_the_middle_of_a_transfer_it_delivers_the_same_again(void **state)
{
	struct scene *scene = *state;
	struct receiver *receiver;
	int ends[2];
	pid_t child;

	/* Forked while there is no other thread. */
	store_close(scene->web.store);
	scene->web.store = NULL;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		live_and_wait_for_death(scene, ends[0]);
	receiver = add_channel(scene, "hook", WEB_CHANNEL_WEBHOOK, NULL);
	assert_int_equal(write(ends[1], receiver->url, sizeof(receiver->url)),
		sizeof(receiver->url));
	assert_has(receiver_wait(receiver, 1), "webhook-id: msg_1\r\n");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(ends[0]);
	close(ends[1]);
	receiver_answers(receiver, ANSWER("200 OK"));
	assert_true(open_store(scene));
	start(scene);
	assert_has(receiver_wait(receiver, 2), "webhook-id: msg_1\r\n");
	wait_until_done(scene, "msg_1");
}

static int start_libraries(void **state)
{
	(void) state;
	return crypto_start() && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0
										   : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_lies_in_the_outbox_is_delivered_in_order_and_done),
		TEST(a_wake_delivers_at_once),
		TEST(a_dead_channel_holds_up_no_other),
		TEST(stopping_gives_up_a_transfer_and_keeps_its_message),
		TEST(a_failure_is_tried_again_by_the_ladder),
		TEST(what_is_gone_is_given_up_at_once),
		TEST(a_receiver_that_asks_for_time_gets_it_for_all_messages),
		TEST(a_reload_tries_again_at_once_by_the_new_rules),
		TEST(a_channel_that_is_removed_is_left_and_can_come_back),
		TEST(failing_raises_an_alarm_and_a_success_ends_it),
		TEST(a_message_that_stays_refused_keeps_the_alarm),
		TEST(an_alert_that_was_resolved_is_not_put_on_again_by_what_is_late),
		TEST(killed_in_the_middle_of_a_transfer_it_delivers_the_same_again),
	};

	return cmocka_run_group_tests(tests, start_libraries, NULL);
}
