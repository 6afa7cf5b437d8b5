/* telling.h - alerts, silences and messages written in a test. */
#ifndef TESTS_STORE_TELLING_H
#define TESTS_STORE_TELLING_H

#include "store/alerts.h"
#include "store/outbox.h"
#include "tests/store/support.h"

/* An alert that is on since NOON, as the watcher writes it. */
UNUSED static struct store_alert alert_of(const char *name, const char *object)
{
	return (struct store_alert){
		.name = name,
		.object = object,
		.state = {.level = SES_LEVEL_WARNING,
			.version = 1,
			.since = NOON,
			.told = NOON,
			.resolved = UTC_NONE,
			.seen = NOON},
		.fired = 1,
		.text = "it is at 80 %",
		.advice = "send less",
	};
}

UNUSED static enum store_outcome apply_alerts(
	struct scene *scene, struct store_alert_write *writes, size_t count, utc_ms now)
{
	struct store_alert_batch batch = {writes, count};
	struct store_job job = {.kind = STORE_ALERTS, .alerts = &batch, .now = now};

	return store_submit_and_wait(scene->store, &job);
}

/* Writes one alert and its messages; its id. */
UNUSED static int64_t apply_alert(struct scene *scene, struct store_alert alert,
	const struct store_message *messages, size_t count)
{
	struct store_alert_write write = {alert, messages, count};

	assert_int_equal(apply_alerts(scene, &write, 1, NOON), STORE_DONE);
	return write.alert.id;
}

/* Puts a message without an alert; its id. */
UNUSED static int64_t put_message(
	struct scene *scene, const char *channel, const char *message, utc_ms now)
{
	struct store_message text = {channel, message, "{\"type\":\"test\"}"};
	struct store_delivery_result result = {.message = &text};
	struct store_job job = {.kind = STORE_OUTBOX, .delivery = &result, .now = now};

	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
	assert_true(result.id > 0);
	return result.id;
}

UNUSED static enum store_outcome put_result(struct scene *scene, int64_t id,
	enum store_delivery_state state, utc_ms due, int64_t attempts, const char *answer,
	utc_ms now)
{
	struct store_delivery_result result = {.id = id,
		.state = state,
		.due = due,
		.attempts = attempts,
		.answer = answer};
	struct store_job job = {.kind = STORE_OUTBOX, .delivery = &result, .now = now};

	return store_submit_and_wait(scene->store, &job);
}

/* Rows as one text, for comparing. */
struct listing {
	char text[2048];
	size_t count, stop_at; /* 0: never */
};

UNUSED static int from_noon(utc_ms time)
{
	return time == UTC_NONE ? -1 : (int) ((time - NOON) / 1000);
}

UNUSED static bool list_delivery(void *closure, const struct store_delivery *delivery)
{
	struct listing *listing = closure;
	size_t length = strlen(listing->text);

	snprintf(listing->text + length, sizeof(listing->text) - length,
		"%s/%s a%d s%d due%d n%d %s f%d;", delivery->channel, delivery->message,
		(int) delivery->alert, (int) delivery->state, from_noon(delivery->due),
		(int) delivery->attempts,
		delivery->answer == NULL ? "-" : delivery->answer,
		from_noon(delivery->finished));
	return ++listing->count != listing->stop_at;
}

UNUSED static bool count_delivery(void *closure, const struct store_delivery *delivery)
{
	struct listing *listing = closure;

	(void) delivery;
	return ++listing->count != listing->stop_at;
}

#endif
