/* channel_work.c - what the outbox holds for one channel, delivered message by message.
 */
#include "web/channel_work.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"
#include "web/backoff.h"
#include "web/deliver.h"
#include "web/diary.h"
#include "web/inside.h"

/* What is read from the outbox at a time. */
#define TAKEN_MAX 16
/* What is due goes by the wall clock, which can be set: it is looked at so often. */
#define LOOK_MS (30 * SECOND_MS)
/* After the store could not be read or written. */
#define STORE_WAIT_MS (2 * SECOND_MS)
/* Beyond what an attempt may take, before the watchdog hears of it. */
#define STUCK_MS (60 * SECOND_MS)
/* Failures in a row that are worth an alarm: between them lies a minute or so. */
#define FAILURES_ALARM 3

#define ALARM "channel-failing"

/* A message as it was read, copied: nothing is delivered while a reader is lent. */
struct taken {
	int64_t id, alert, attempts;
	utc_ms put;
	char *message, *payload;
};

struct haul {
	struct taken taken[TAKEN_MAX];
	size_t count;
	bool failed;
};

/* ---- reading the outbox ---- */

static void empty_haul(struct haul *haul)
{
	for (size_t i = 0; i < haul->count; i++) {
		free(haul->taken[i].message);
		free(haul->taken[i].payload);
	}
	haul->count = 0;
}

static bool take_one(void *closure, const struct store_delivery *delivery)
{
	struct haul *haul = closure;
	struct taken *taken = &haul->taken[haul->count];

	*taken = (struct taken){
		.id = delivery->id,
		.alert = delivery->alert,
		.attempts = delivery->attempts,
		.put = delivery->at,
		.message = strdup(delivery->message),
		.payload = strdup(delivery->payload),
	};
	haul->count++;
	haul->failed = taken->message == NULL || taken->payload == NULL;
	return !haul->failed && haul->count < TAKEN_MAX;
}

static int by_id(const void *one, const void *other)
{
	int64_t first = ((const struct taken *) one)->id;
	int64_t second = ((const struct taken *) other)->id;

	return first < second ? -1 : first > second;
}

/* What there is to be delivered now, in the order in which it was put there. */
static bool read_outbox(struct channel_work *work, struct haul *haul, utc_ms *next_due)
{
	struct store *store = work->web->store;
	utc_ms now = work->takes_all ? INT64_MAX : clock_now();
	struct error error = {""};
	bool is_read;

	is_read = store_outbox_due(
		store, work->channel, now, TAKEN_MAX, take_one, haul, next_due, &error);
	/* Nothing is put off for longer: the clock was set back. */
	if (is_read && haul->count == 0 && *next_due != UTC_NONE &&
		*next_due - now > BACKOFF_ASKED_MAX_MS + HOUR_MS)
		is_read = store_outbox_due(store, work->channel, *next_due, TAKEN_MAX,
			take_one, haul, next_due, &error);
	if (is_read && haul->failed)
		is_read = error_set(&error, "out of memory");
	if (!is_read && !work->cant_read)
		log_error("channel %s: the outbox can't be read, trying again: %s",
			work->channel, error.text);
	work->cant_read = !is_read;
	if (is_read)
		qsort(haul->taken, haul->count, sizeof(haul->taken[0]), by_id);
	return is_read;
}

/* ---- what came of it ---- */

/* False: it could not be written, and is kept for the next time. */
static bool write_result(struct channel_work *work)
{
	struct store_job job = {
		.kind = STORE_OUTBOX, .delivery = &work->result, .now = clock_now()};

	work->result.answer = work->answer.text;
	work->has_result = store_submit_and_wait(work->web->store, &job) == STORE_FAILED;
	return !work->has_result;
}

/* Decides by what came of it; a message that is not finished has its next time in due. */
static void decide(struct channel_work *work, const struct taken *taken,
	const struct deliver_outcome *outcome)
{
	struct store_delivery_result *result = &work->result;
	utc_ms now = clock_now();
	uint64_t dice = 0;

	work->answer = outcome->said;
	*result = (struct store_delivery_result){
		.id = taken->id,
		.state = STORE_DELIVERY_WAITING,
		.due = now,
		.attempts = taken->attempts + 1,
	};
	if (outcome->verdict == DELIVER_DONE) {
		result->state = STORE_DELIVERY_DONE;
		return;
	}
	if (!crypto_random(&dice, sizeof(dice)))
		dice = (uint64_t) now;
	if (outcome->verdict == DELIVER_LATER)
		result->due = backoff_next(
			taken->put, result->attempts, dice, outcome->asked_ms, now);
	if (outcome->verdict == DELIVER_GONE || result->due == UTC_NONE) {
		result->state = STORE_DELIVERY_GIVEN_UP;
		result->due = now;
	}
}

static void raise_alarm(struct channel_work *work, const char *said)
{
	char text[sizeof(((struct error *) NULL)->text) + 64];

	snprintf(text, sizeof(text), "messages can't be delivered: %s", said);
	diary_alarm(work->web->diary, ALARM, work->channel, text,
		"correct the receiver or the section [alert \"NAME\"] of this channel "
		"and "
		"reload; what waits is tried again for three days");
}

/* While a message is stuck, others that go out say nothing of it: the news that all is
 * well would go out, too, and be taken back. */
static void note_success(struct channel_work *work, const struct taken *taken)
{
	if (work->stuck_id == taken->id)
		work->stuck_id = 0;
	if (work->failures > 0) {
		log_info("channel %s: delivers again", work->channel);
		work->takes_all = true;
	}
	work->failures = 0;
	if (work->stuck_id == 0)
		diary_alarm_clear(work->web->diary, ALARM, work->channel);
}

/* Said once for a channel that fails, and once for a message that is refused. */
static void note_failure(struct channel_work *work, const struct taken *taken,
	const struct deliver_outcome *outcome)
{
	const struct store_delivery_result *result = &work->result;
	const char *said = outcome->said.text;

	work->failures++;
	work->takes_all = false;
	if (result->attempts >= FAILURES_ALARM)
		work->stuck_id = taken->id;
	if (result->state == STORE_DELIVERY_GIVEN_UP && work->stuck_id == taken->id)
		work->stuck_id = 0;
	if (outcome->asked_ms > 0)
		work->hold_until_ms = clock_monotonic_ms() + outcome->asked_ms;
	if (result->state == STORE_DELIVERY_GIVEN_UP)
		log_error("channel %s: message %s is given up after %" PRId64
			  " attempts: %s",
			work->channel, taken->message, result->attempts, said);
	else if (work->failures == 1 || (outcome->is_refused && result->attempts == 1))
		log_warning("channel %s: message %s is not delivered, trying again: %s",
			work->channel, taken->message, said);
	if (atomic_load(work->is_cancelled))
		return;
	if (work->failures >= FAILURES_ALARM || result->attempts >= FAILURES_ALARM ||
		result->state == STORE_DELIVERY_GIVEN_UP)
		raise_alarm(work, said);
}

/* ---- delivering ---- */

static const struct web_channel *find_channel(
	const struct web_rules *rules, const char *name)
{
	for (size_t i = 0; i < rules->channel_count; i++)
		if (text_equal(rules->channels[i].name, name))
			return &rules->channels[i];
	return NULL;
}

static bool take_id(void *closure, const struct store_delivery *delivery)
{
	*(int64_t *) closure = delivery->id;
	return false;
}

/* Alertmanager keeps what is, not what was: an older message of an alert that comes after
 * a newer one would have it on again. */
static bool is_overtaken(struct channel_work *work, const struct web_channel *channel,
	const struct taken *taken)
{
	const struct store_outbox_filter filter = {
		.alert = taken->alert, .channel = work->channel, .state = -1, .limit = 1};
	int64_t newest = 0, next;

	if (channel->type != WEB_CHANNEL_ALERTMANAGER || taken->alert == 0)
		return false;
	return store_outbox_list(
		       work->web->store, &filter, take_id, &newest, &next, NULL) &&
	       newest > taken->id;
}

static void attempt(struct channel_work *work, const struct web_rules *rules,
	const struct web_channel *channel, const struct taken *taken,
	struct deliver_outcome *outcome)
{
	const struct deliver_order order = {
		.channel = channel,
		.message = taken->message,
		.payload = taken->payload,
		.now = clock_now(),
		.renotify_ms = rules->watch.renotify_ms,
		.version = work->web->version,
		.is_cancelled = work->is_cancelled,
	};

	atomic_store(&work->stuck_at_ms,
		clock_monotonic_ms() + deliver_longest_ms(channel) + STUCK_MS);
	deliver(&order, outcome);
	atomic_store(&work->stuck_at_ms, 0);
}

/* False: enough for now. */
static bool deliver_taken(struct channel_work *work, const struct taken *taken)
{
	struct web_rules *rules = web_rules_now(work->web);
	const struct web_channel *channel = find_channel(rules, work->channel);
	struct deliver_outcome outcome = {.verdict = DELIVER_STOPPED};
	bool is_skipped = false;

	if (channel != NULL && !atomic_load(work->is_cancelled)) {
		is_skipped = is_overtaken(work, channel, taken);
		if (!is_skipped)
			attempt(work, rules, channel, taken, &outcome);
	}
	web_rules_release(rules);
	if (is_skipped) {
		outcome.verdict = DELIVER_DONE;
		error_set(&outcome.said, "a newer message of this alert takes its place");
	}
	if (outcome.verdict == DELIVER_STOPPED)
		return false;
	decide(work, taken, &outcome);
	if (outcome.verdict != DELIVER_DONE)
		note_failure(work, taken, &outcome);
	else if (!is_skipped)
		note_success(work, taken);
	return write_result(work) && work->hold_until_ms <= clock_monotonic_ms();
}

int64_t channel_work(struct channel_work *work)
{
	struct haul haul = {.count = 0};
	bool is_all = work->takes_all;
	utc_ms next_due;
	int64_t wait_ms = work->hold_until_ms - clock_monotonic_ms();

	if (work->has_result && !write_result(work))
		return STORE_WAIT_MS;
	if (wait_ms > 0)
		return wait_ms;
	wait_ms = 0;
	if (!read_outbox(work, &haul, &next_due)) {
		wait_ms = STORE_WAIT_MS;
	} else if (haul.count == 0) {
		work->takes_all = false;
		wait_ms = LOOK_MS;
		if (next_due != UTC_NONE && next_due - clock_now() < wait_ms)
			wait_ms = next_due - clock_now();
	} else {
		for (size_t i = 0; i < haul.count; i++)
			if (!deliver_taken(work, &haul.taken[i]) ||
				(is_all && work->failures > 0))
				break;
	}
	empty_haul(&haul);
	return wait_ms > 0 ? wait_ms : 0;
}
