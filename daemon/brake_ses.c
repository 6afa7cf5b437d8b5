/* brake_ses.c - what is stopped and what is resumed, at SES. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "daemon/brake_inside.h"

#define RETRY_MS MINUTE_MS
#define WRITE_ATTEMPTS 3

/* ---- what failed ---- */

static struct brake_attempt *attempt_of(const struct brake *brake, const char *object)
{
	for (size_t i = 0; i < brake->attempt_count; i++) {
		if (text_equal(brake->attempts[i].object, object))
			return &brake->attempts[i];
	}
	return NULL;
}

const char *brake_failure(const struct brake *brake, const char *object)
{
	const struct brake_attempt *attempt = attempt_of(brake, object);

	return attempt ? attempt->failure.text : NULL;
}

static void forget_attempt(struct brake *brake, const char *object)
{
	struct brake_attempt *attempt = attempt_of(brake, object);

	if (!attempt)
		return;
	free(attempt->object);
	*attempt = brake->attempts[--brake->attempt_count];
}

static struct brake_attempt *add_attempt(struct brake *brake, const char *object)
{
	struct brake_attempt *grown =
		realloc(brake->attempts, (brake->attempt_count + 1) * sizeof(*grown));
	char *copy = text_copy(object, strlen(object));

	if (grown)
		brake->attempts = grown;
	if (!grown || !copy) {
		free(copy);
		return NULL;
	}
	grown[brake->attempt_count] = (struct brake_attempt){.object = copy};
	return &grown[brake->attempt_count++];
}

/* Logged where it is news. */
static void note_failure(struct brake *brake, const struct brake_call *call, utc_ms now)
{
	struct brake_attempt *attempt = attempt_of(brake, call->object);

	if (!attempt || !text_equal(attempt->failure.text, call->refusal.text))
		log_error("%s: SES was not told to %s sending: %s; trying again every "
			  "minute",
			call->object, call->is_stop ? "stop" : "start",
			call->refusal.text);
	if (!attempt)
		attempt = add_attempt(brake, call->object);
	if (!attempt)
		return; /* the next look tries again, and sooner */
	attempt->due = now + RETRY_MS;
	attempt->failure = call->refusal;
	attempt->is_unsure = attempt->is_unsure || call->is_stop;
}

/* ---- a call ---- */

static void *run(void *argument)
{
	struct brake_call *call = argument;

	call->went_well = web_ses_sending(call->web, call->rules, call->region, call->set,
		!call->is_stop, &call->refusal);
	atomic_store(&call->is_done, true);
	return NULL;
}

static void finish_call(struct brake_call *call)
{
	web_rules_release(call->rules);
	free(call->region);
	free(call->set);
	call->rules = NULL;
	call->region = call->set = NULL;
	call->is_running = false;
}

static bool begin_call(struct brake *brake, struct web_rules *rules,
	const struct brake_item *item, bool is_stop, struct error *error)
{
	struct brake_call *call = &brake->call;
	int code;

	call->web = brake->web;
	call->rules = web_rules_hold(rules);
	call->region = text_copy(item->region, strlen(item->region));
	call->set = text_copy(item->set, strlen(item->set));
	call->is_stop = is_stop;
	brake_object(item, call->object);
	atomic_store(&call->is_done, false);
	if (!call->region || !call->set) {
		finish_call(call);
		return error_set(error, "out of memory");
	}
	code = pthread_create(&call->thread, NULL, run, call);
	if (code != 0) {
		finish_call(call);
		return error_set(error, "a thread to call SES: %s", strerror(code));
	}
	call->is_running = true;
	return true;
}

bool brake_is_calling(const struct brake *brake)
{
	return brake->call.is_running;
}

void brake_ses_finish(struct brake *brake)
{
	if (brake->call.is_running) {
		pthread_join(brake->call.thread, NULL);
		finish_call(&brake->call);
	}
	for (size_t i = 0; i < brake->attempt_count; i++)
		free(brake->attempts[i].object);
	free(brake->attempts);
}

/* ---- its answer ---- */

static bool take_one(void *closure, const struct store_brake *brake)
{
	struct brake_item *item = closure;

	if (!text_equal(item->set, brake->configuration_set))
		return true;
	item->state = brake->state;
	item->stopped_at_ses = brake->stopped_at_ses;
	return brake_set_text(&item->actor, brake->actor) &&
	       brake_set_text(&item->note, brake->note);
}

/* Keeps that SES has it stopped, or has not, whatever else it is by now: what was resumed
 * meanwhile is started by a call of its own. */
static bool confirm(struct brake *brake, struct brake_item *item, utc_ms stopped,
	utc_ms now, struct error *error)
{
	bool is_written = false;

	for (int i = 0; i < WRITE_ATTEMPTS && !is_written; i++) {
		const struct store_brake was = brake_of_item(item);

		if (item->stopped_at_ses == stopped)
			return true;
		item->stopped_at_ses = stopped;
		if (!brake_write(brake, item, &was, now, &is_written, error))
			return false;
		if (!is_written && !store_brake_list(brake->store, item->account,
					   item->region, take_one, item, error))
			return false;
	}
	return true;
}

static struct brake_item *find_item(struct brake *brake, const char *object)
{
	char name[BRAKE_NAME_SIZE];

	for (size_t i = 0; i < brake->items.count; i++) {
		struct brake_item *item = &brake->items.items[i];

		if (text_equal(brake_object(item, name), object))
			return item;
	}
	return NULL;
}

static bool take_answer(struct brake *brake, utc_ms now, struct error *error)
{
	struct brake_call *call = &brake->call;
	struct brake_item *item;

	if (!call->is_running || !atomic_load(&call->is_done))
		return true;
	item = find_item(brake, call->object);
	if (call->went_well && item &&
		!confirm(brake, item, call->is_stop ? now : UTC_NONE, now, error))
		return false; /* taken by the next look */
	pthread_join(call->thread, NULL);
	if (call->went_well) {
		forget_attempt(brake, call->object);
		log_warning("%s: SES has %s sending", call->object,
			call->is_stop ? "stopped" : "started");
	} else {
		note_failure(brake, call, now);
	}
	finish_call(call);
	return true;
}

/* ---- what is to be done ---- */

static bool is_to_stop(
	const struct ses_brake_settings *settings, const struct brake_item *item)
{
	return item->state.is_tripped && item->stopped_at_ses == UTC_NONE &&
	       settings->at > SES_LEVEL_OK && settings->calls_ses && !settings->dry_run &&
	       (item->set[0] == '\0' || settings->streams);
}

/* Resumed, but SES does not know it yet, or may have been stopped without our knowing. */
static bool is_to_start(
	const struct brake_item *item, const struct brake_attempt *attempt)
{
	return !item->state.is_tripped &&
	       (item->stopped_at_ses != UTC_NONE || (attempt && attempt->is_unsure));
}

bool brake_tell_ses(
	struct brake *brake, struct web_rules *rules, utc_ms now, struct error *error)
{
	if (!take_answer(brake, now, error))
		return false;
	for (size_t i = 0; i < brake->items.count && !brake->call.is_running; i++) {
		const struct brake_item *item = &brake->items.items[i];
		bool is_stop = is_to_stop(&rules->brake, item);
		char object[BRAKE_NAME_SIZE];
		const struct brake_attempt *attempt =
			attempt_of(brake, brake_object(item, object));

		if (!is_stop && !is_to_start(item, attempt))
			continue;
		/* A clock that was set back holds nothing back. */
		if (attempt && now < attempt->due && now >= attempt->due - RETRY_MS)
			continue;
		if (!begin_call(brake, rules, item, is_stop, error))
			return false;
	}
	return true;
}
