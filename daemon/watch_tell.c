/* watch_tell.c - what a look made of the alerts is written, and told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "daemon/watch_causes.h"
#include "daemon/watch_inside.h"
#include "daemon/watch_messages.h"
#include "store/outbox.h"

/* One piece of news on its way into the store. */
struct told {
	struct watch_news *news;
	bool is_silenced;
	unsigned passed;
	char *text, *advice, *data, *payload;
	char id[STORE_MESSAGE_ID_SIZE];
	struct store_message *messages;
	size_t message_count;
};

static void finish_told(struct told *told)
{
	free(told->text);
	free(told->advice);
	free(told->data);
	free(told->payload);
	free(told->messages);
}

/* ---- silences ---- */

struct hushing {
	struct told *told;
	size_t count;
};

static bool hush(void *closure, const struct store_silence *silence)
{
	struct hushing *hushing = closure;

	for (size_t i = 0; i < hushing->count; i++) {
		const struct watch_entry *entry = hushing->told[i].news->entry;

		if (ses_silence_covers(
			    silence->name, silence->object, entry->name, entry->object))
			hushing->told[i].is_silenced = true;
	}
	return true;
}

/* What is not told now: a change is written all the same, and stays owed while it is
 * silenced; what is only due again waits. Returns whether anything is to be written. */
static bool hold_back(const struct watch_telling *telling, struct told *told)
{
	struct watch_news *news = told->news;
	struct ses_alert_state *state = &news->entry->state;

	if (!told->is_silenced && !telling->is_quiet)
		return true;
	if (news->before.level == state->level) {
		watch_book_undo(news);
		return false;
	}
	if (!telling->is_quiet)
		state->told = UTC_NONE;
	return true;
}

/* Leaves those that are to be written. */
static bool silence(const struct watch_telling *telling, struct told *told, size_t *count,
	struct error *error)
{
	struct hushing hushing = {told, *count};
	size_t kept = 0;

	if (!store_silence_list(
		    telling->watch->store, telling->now, hush, &hushing, error))
		return false;
	for (size_t i = 0; i < *count; i++)
		if (hold_back(telling, &told[i]))
			told[kept++] = told[i];
	*count = kept;
	return true;
}

/* ---- writing ---- */

static bool write_batch(const struct watch_telling *telling,
	struct store_alert_batch *batch, struct error *error)
{
	struct store_job job = {
		.kind = STORE_ALERTS, .alerts = batch, .now = telling->now};

	if (batch->count == 0)
		return true;
	return store_submit_and_wait(telling->watch->store, &job) != STORE_FAILED ||
	       error_set(error, "alerts could not be stored");
}

/* An alert that is written for the first time gets its number, which messages name. Until
 * they are in the outbox it is owed: a crash in between tells it late, not never. */
static bool write_new_ones(const struct watch_telling *telling, const struct told *told,
	size_t count, struct error *error)
{
	struct store_alert_batch batch = {
		.writes = calloc(count + 1, sizeof(*batch.writes))};
	size_t given = 0;
	bool went_well;

	if (batch.writes == NULL)
		return error_set(error, "out of memory");
	for (size_t i = 0; i < count; i++) {
		const struct watch_entry *entry = told[i].news->entry;
		struct store_alert *alert = &batch.writes[batch.count].alert;

		if (entry->id > 0)
			continue;
		*alert = (struct store_alert){
			.name = entry->name,
			.object = entry->object,
			.state = entry->state,
			.fired = entry->fired,
			.text = entry->sight == NULL ? "" : entry->sight->text,
			.advice = entry->kind.advice,
		};
		alert->state.told = UTC_NONE;
		batch.count++;
	}
	went_well = write_batch(telling, &batch, error);
	for (size_t i = 0; went_well && i < count; i++)
		if (told[i].news->entry->id == 0)
			told[i].news->entry->id = batch.writes[given++].alert.id;
	free(batch.writes);
	return went_well;
}

/* ---- words ---- */

static char *words(const struct watch_news *news, const char *sentence)
{
	const struct watch_entry *entry = news->entry;
	char *text;
	int length;

	if (entry->sight == NULL)
		length = asprintf(&text, "%s%s%s: this is over.", entry->name,
			text_is_empty(entry->object) ? "" : " ", entry->object);
	else
		length = asprintf(&text, "%s%s%s", entry->sight->text,
			text_is_empty(sentence) ? "" : " ", sentence);
	return length < 0 ? NULL : text;
}

static const char *advice_of(const struct watch_news *news)
{
	const struct watch_entry *entry = news->entry;

	if (entry->state.level <= SES_LEVEL_OK)
		return "";
	return entry->sight == NULL || text_is_empty(entry->sight->advice)
		       ? entry->kind.advice
		       : entry->sight->advice;
}

static bool choose_channels(const struct watch_telling *telling, struct told *told)
{
	const struct watch_news *news = told->news;

	told->passed = watch_passed(
		&news->entry->kind, news->before.level, news->entry->state.level);
	if (told->is_silenced || telling->is_quiet)
		return true;
	told->messages =
		calloc(telling->rules->channel_count + 1, sizeof(*told->messages));
	if (told->messages == NULL)
		return false;
	for (size_t i = 0; i < telling->rules->channel_count; i++) {
		const struct web_channel *channel = &telling->rules->channels[i];

		if (watch_channel_wants(
			    channel, &news->entry->kind, news->step, told->passed))
			told->messages[told->message_count++] = (struct store_message){
				.channel = channel->name, .message = told->id};
	}
	return told->message_count == 0 || store_message_id(told->id);
}

static bool compose_message(const struct watch_telling *telling, struct told *told,
	const struct watch_causes *causes)
{
	const struct watch_news *news = told->news;
	const struct watch_sight *sight = news->entry->sight;
	const struct watch_words said = {
		.text = told->text,
		.advice = told->advice,
		.causes = sight == NULL ? NULL
					: watch_causes_json(causes, &sight->question),
	};
	struct json *data =
		watch_data(news, told->passed, &said, sight == NULL ? NULL : sight->data);

	told->data = json_print(data);
	told->payload = watch_payload(
		news->step == SES_ALERT_RESOLVED ? "alert.resolved" : "alert.fired",
		telling->now, data);
	for (size_t i = 0; i < told->message_count; i++)
		told->messages[i].payload = told->payload;
	return told->data != NULL && told->payload != NULL;
}

static bool compose(
	const struct watch_telling *telling, struct told *told, struct error *error)
{
	const struct watch_news *news = told->news;
	const struct watch_sight *sight = news->entry->sight;
	struct watch_causes causes = {0};
	char *sentence = NULL;

	if (sight != NULL &&
		!watch_causes_find(telling->watch->store, &telling->rules->reputation,
			sight, telling->now, &causes, error))
		return false;
	if (sight != NULL)
		sentence = watch_causes_sentence(&causes, &sight->question);
	told->text = words(news, sentence == NULL ? "" : sentence);
	free(sentence);
	told->advice = text_copy(advice_of(news), strlen(advice_of(news)));
	if (told->text == NULL || told->advice == NULL ||
		!choose_channels(telling, told) ||
		!compose_message(telling, told, &causes))
		return error_set(error, "out of memory, or of random bytes");
	return true;
}

/* ---- all together ---- */

static bool write_all(const struct watch_telling *telling, const struct told *told,
	size_t count, struct error *error)
{
	struct store_alert_batch batch = {
		.writes = calloc(count + 1, sizeof(*batch.writes)), .count = count};
	bool went_well;

	if (batch.writes == NULL)
		return error_set(error, "out of memory");
	for (size_t i = 0; i < count; i++) {
		const struct watch_entry *entry = told[i].news->entry;

		batch.writes[i].messages = told[i].messages;
		batch.writes[i].message_count = told[i].message_count;
		batch.writes[i].alert = (struct store_alert){
			.id = entry->id,
			.name = entry->name,
			.object = entry->object,
			.state = entry->state,
			.fired = entry->fired,
			.text = told[i].text,
			.advice = told[i].advice,
			.data = told[i].data,
		};
	}
	went_well = write_batch(telling, &batch, error);
	free(batch.writes);
	return went_well;
}

static void log_told(const struct watch_telling *telling, const struct told *told)
{
	const struct watch_entry *entry = told->news->entry;
	const char *blank = text_is_empty(entry->object) ? "" : " ";
	const char *level = ses_alert_level_name(&entry->kind, entry->state.level);

	if (telling->is_quiet) {
		watch_replay_note(telling->watch, told->news, telling->now);
		return;
	}
	if (told->news->step == SES_ALERT_NOTHING ||
		(entry->sight != NULL && entry->sight->is_logged))
		return;
	if (told->news->step == SES_ALERT_RESOLVED)
		log_info("alert %s%s%s: over", entry->name, blank, entry->object);
	else
		log_warning("alert %s%s%s: %s%s: %s", entry->name, blank, entry->object,
			level, told->is_silenced ? " (silenced)" : "", told->text);
}

static bool tell(const struct watch_telling *telling, struct told *told, size_t *count,
	struct error *error)
{
	bool has_messages = false;

	if (!silence(telling, told, count, error) ||
		!write_new_ones(telling, told, *count, error))
		return false;
	for (size_t i = 0; i < *count; i++) {
		if (!compose(telling, &told[i], error))
			return false;
		has_messages |= told[i].message_count > 0;
	}
	if (!write_all(telling, told, *count, error))
		return false;
	for (size_t i = 0; i < *count; i++)
		log_told(telling, &told[i]);
	if (has_messages)
		web_messenger_wake(telling->watch->web);
	return true;
}

bool watch_tell(const struct watch_telling *telling, const struct watch_sights *sights,
	struct error *error)
{
	struct watch_news *news;
	size_t count, left;
	struct told *told;
	bool went_well;

	if (!watch_book_step(&telling->watch->book, sights, telling->now,
		    telling->rules->watch.renotify_ms, &news, &count))
		return error_set(error, "out of memory");
	if (count == 0) {
		free(news);
		return true;
	}
	told = calloc(count, sizeof(*told));
	for (size_t i = 0; told != NULL && i < count; i++)
		told[i].news = &news[i];
	left = count;
	went_well = told != NULL ? tell(telling, told, &left, error)
				 : error_set(error, "out of memory");
	for (size_t i = 0; !went_well && i < count; i++)
		watch_book_undo(&news[i]);
	for (size_t i = 0; told != NULL && i < left; i++)
		finish_told(&told[i]);
	free(told);
	free(news);
	return went_well;
}
