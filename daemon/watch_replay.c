/* watch_replay.c - what missed messages change is adopted silently, and summed up. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "daemon/watch_inside.h"
#include "daemon/watch_messages.h"
#include "store/outbox.h"

/* A long replay is many calls: it is over when none has come for so long. */
#define SETTLE_MS (5 * SECOND_MS)
#define SETTLE_QUICK_MS 200
#define CHANGES_LISTED 50

bool watch_replay_begin(struct watch *watch, uint64_t *begun, uint64_t *ended)
{
	struct watch_replay *replay = &watch->replay;
	bool is_so;

	web_replays(watch->web, begun, ended);
	is_so = *begun != *ended || *begun != replay->begun || *ended != replay->ended;
	if (!is_so)
		return false;
	if (!replay->is_open) {
		replay->is_open = true;
		replay->since = clock_now();
	}
	replay->last_ms = clock_monotonic_ms();
	return true;
}

bool watch_replay_end(const struct watch *watch, uint64_t begun)
{
	uint64_t begun_now, ended_now;

	web_replays(watch->web, &begun_now, &ended_now);
	return begun_now != begun;
}

void watch_replay_note(struct watch *watch, const struct watch_news *news, utc_ms now)
{
	struct watch_replay *replay = &watch->replay;
	const struct watch_entry *entry = news->entry;
	struct json *json;

	if (!replay->is_open) {
		replay->is_open = true;
		replay->since = now;
		replay->last_ms = clock_monotonic_ms();
	}
	if (replay->changes == NULL)
		replay->changes = json_array();
	replay->change_count++;
	if (entry->state.level > replay->worst)
		replay->worst = entry->state.level;
	if (replay->change_count > CHANGES_LISTED)
		return;
	json = json_object();
	json_put_text(json, "alert", entry->name);
	json_put_text(json, "object", entry->object);
	json_put_text(
		json, "level", ses_alert_level_name(&entry->kind, entry->state.level));
	json_put_text(
		json, "previous", ses_alert_level_name(&entry->kind, news->before.level));
	json_append(replay->changes, json);
}

void watch_replay_finish(struct watch_replay *replay)
{
	json_free(replay->changes);
	replay->changes = NULL;
	replay->change_count = 0;
	replay->worst = SES_LEVEL_OK;
	replay->is_open = false;
}

/* ---- the sum ---- */

static char *payload_of(
	struct watch *watch, const struct ses_alert_kind *kind, utc_ms now)
{
	struct watch_replay *replay = &watch->replay;
	struct watch_entry entry = {.name = (char[]){"replay"},
		.object = (char[]){""},
		.kind = *kind,
		.state = {.level = replay->worst, .since = replay->since}};
	const struct watch_news news = {
		.entry = &entry, .before = {.level = SES_LEVEL_OK}};
	struct json *own = json_object(), *data;
	struct watch_words words = {
		.advice = "\"ses-feedback alerts\" shows what is on now."};
	struct buffer text;
	char *payload;

	buffer_init(&text, 512);
	buffer_format(&text,
		"Messages that had been missed were replayed; %zu alerts changed by it, "
		"of which nothing else is told.",
		replay->change_count);
	words.text = text.bytes;
	json_put_copy(own, "changes", replay->changes);
	json_put_integer(own, "count", (int64_t) replay->change_count);
	data = watch_data(
		&news, watch_passed(kind, SES_LEVEL_OK, replay->worst), &words, own);
	payload = watch_payload("alert.fired", now, data);
	json_free(own);
	buffer_finish(&text);
	return payload;
}

static bool put_message(struct watch *watch, const char *channel, const char *id,
	const char *payload, utc_ms now)
{
	const struct store_message message = {channel, id, payload};
	struct store_delivery_result result = {
		.state = STORE_DELIVERY_WAITING, .due = now, .message = &message};
	struct store_job job = {.kind = STORE_OUTBOX, .delivery = &result, .now = now};

	return store_submit_and_wait(watch->store, &job) != STORE_FAILED;
}

static bool tell_sum(struct watch *watch, const struct web_rules *rules, utc_ms now,
	struct error *error)
{
	enum ses_level worst = watch->replay.worst;
	struct ses_alert_kind kind;
	char id[STORE_MESSAGE_ID_SIZE], *payload;
	bool went_well = true;

	watch_kind("replay", &kind);
	kind.has_rate_levels = true; /* the worst of whatever changed */
	payload = payload_of(watch, &kind, now);
	if (payload == NULL || !store_message_id(id)) {
		free(payload);
		return error_set(error, "out of memory");
	}
	for (size_t i = 0; went_well && i < rules->channel_count; i++) {
		const struct web_channel *channel = &rules->channels[i];

		if (watch_channel_wants(channel, &kind,
			    worst > SES_LEVEL_OK ? SES_ALERT_FIRED : SES_ALERT_RESOLVED,
			    watch_passed(&kind, SES_LEVEL_OK, worst)))
			went_well = put_message(watch, channel->name, id, payload, now) ||
				    error_set(error, "a message could not be stored");
	}
	free(payload);
	web_messenger_wake(watch->web);
	return went_well;
}

bool watch_replay_sum_up(struct watch *watch, const struct web_rules *rules, utc_ms now,
	struct error *error)
{
	struct watch_replay *replay = &watch->replay;
	int64_t settle_ms = watch->is_quick ? SETTLE_QUICK_MS : SETTLE_MS;
	bool went_well = true;

	if (!replay->is_open || clock_monotonic_ms() - replay->last_ms < settle_ms)
		return true;
	if (replay->change_count > 0)
		went_well = tell_sum(watch, rules, now, error);
	if (!went_well)
		return false;
	log_info("replay: it is over; %zu alerts changed by it", replay->change_count);
	watch_replay_finish(replay);
	return true;
}
