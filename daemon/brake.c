/* brake.c - stops sending when the rates say so, here and at SES. */
#include "daemon/brake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "daemon/brake_inside.h"

struct brake *brake_new(struct web *web, struct store *store)
{
	struct brake *brake = calloc(1, sizeof(*brake));

	if (!brake)
		return NULL;
	brake->web = web;
	brake->store = store;
	return brake;
}

void brake_free(struct brake *brake)
{
	if (!brake)
		return;
	brake_ses_finish(brake);
	free(brake->sights);
	free(brake->texts);
	brake_items_finish(&brake->items);
	free(brake);
}

const char *brake_object(const struct brake_item *item, char object[BRAKE_NAME_SIZE])
{
	snprintf(object, BRAKE_NAME_SIZE, "%s/%s%s%s", item->account, item->region,
		item->set[0] == '\0' ? "" : " configuration-set ", item->set);
	return object;
}

/* ---- the store ---- */

bool brake_write(struct brake *brake, const struct brake_item *item,
	const struct store_brake *was, utc_ms now, bool *is_written, struct error *error)
{
	struct store_brake put = brake_of_item(item);
	struct store_mark_change change = {.put = &put, .was = was};
	struct store_job job = {.kind = STORE_MARK,
		.mark = &change,
		.actor = BRAKE_ACTOR,
		.cause = "",
		.now = now};

	if (store_submit_and_wait(brake->store, &job) == STORE_FAILED)
		return error_set(error, "the brake can't be written into the store");
	*is_written = change.changed;
	return true;
}

bool brake_set_text(char **text, const char *words)
{
	char *copy = text_copy(words, strlen(words));

	if (!copy)
		return false;
	free(*text);
	*text = copy;
	return true;
}

/* ---- tripping ---- */

static bool trip(
	struct brake *brake, struct brake_item *item, utc_ms now, struct error *error)
{
	const struct store_brake standing = brake_of_item(item);
	struct ses_brake_state before = item->state;
	char object[BRAKE_NAME_SIZE];
	bool is_written = false;

	item->state.is_tripped = true;
	item->state.tripped = now;
	item->state.level = item->level;
	if (!brake_set_text(&item->actor, BRAKE_ACTOR) ||
		!brake_set_text(&item->note, item->reason)) {
		item->state = before;
		return error_set(error, "out of memory");
	}
	if (!brake_write(brake, item, &standing, now, &is_written, error)) {
		item->state = before;
		return false;
	}
	if (is_written)
		log_warning("%s: sending is stopped: %s; ses-feedback resume lets it go "
			    "on",
			brake_object(item, object), item->reason);
	else
		item->state = before; /* somebody resumed it just now */
	return true;
}

static bool trip_all(struct brake *brake, const struct ses_brake_settings *settings,
	utc_ms now, struct error *error)
{
	for (size_t i = 0; i < brake->items.count; i++) {
		struct brake_item *item = &brake->items.items[i];

		if (!item->is_judged || item->is_spared ||
			!ses_brake_trips(settings, &item->state, item->level))
			continue;
		if (settings->dry_run)
			item->would = true;
		else if (!trip(brake, item, now, error))
			return false;
	}
	return true;
}

/* ---- what is told ---- */

/* Something that is stopped, or would be, or that SES still has stopped. */
static bool is_seen(
	const struct ses_brake_settings *settings, const struct brake_item *item)
{
	bool is_on = settings->at > SES_LEVEL_OK &&
		     (item->set[0] == '\0' || settings->streams);

	return item->would || (item->state.is_tripped && is_on) ||
	       item->stopped_at_ses != UTC_NONE;
}

static void put_text(struct brake *brake, const struct web_rules *rules,
	const struct brake_item *item, struct brake_texts *texts)
{
	const struct ses_brake_settings *settings = &rules->brake;
	const char *what = item->set[0] == '\0' ? "all sending" : "this sending";
	const char *failure;
	char *rest = texts->text;
	size_t size = sizeof(texts->text);
	int length;

	brake_object(item, texts->object);
	failure = brake_failure(brake, texts->object);
	if (item->would)
		length = snprintf(rest, size,
			"%s: %s. In this dry run nothing was done; else %s would be "
			"stopped%s.",
			texts->object, item->reason, what,
			settings->calls_ses ? ", at SES as well" : "");
	else if (!item->state.is_tripped)
		length = snprintf(rest, size,
			"%s: sending was resumed, but SES still has it stopped.",
			texts->object);
	else
		length = snprintf(rest, size, "%s: %s is stopped%s: %s.%s", texts->object,
			what, item->stopped_at_ses != UTC_NONE ? ", at SES as well" : "",
			item->note,
			settings->dry_run
				? " This is a dry run now: who asks is told yes."
				: "");
	if (length < 0 || (size_t) length >= size || !failure)
		return;
	snprintf(rest + length, size - (size_t) length,
		" SES does not do it yet: %s; it is tried again every minute.", failure);
}

static bool make_sights(
	struct brake *brake, const struct web_rules *rules, struct error *error)
{
	const struct brake_items *items = &brake->items;

	brake->sights = calloc(items->count + 1, sizeof(*brake->sights));
	brake->texts = calloc(items->count + 1, sizeof(*brake->texts));
	if (!brake->sights || !brake->texts)
		return error_set(error, "out of memory");
	for (size_t i = 0; i < items->count; i++) {
		const struct brake_item *item = &items->items[i];
		struct brake_texts *texts = &brake->texts[brake->sight_count];

		if (!is_seen(&rules->brake, item))
			continue;
		put_text(brake, rules, item, texts);
		brake->sights[brake->sight_count++] = (struct brake_sight){
			.account = item->account,
			.region = item->region,
			.configuration_set = item->set,
			.object = texts->object,
			.text = texts->text,
			.level = item->would ? item->level : item->state.level,
			.since = item->state.is_tripped ? item->state.tripped : UTC_NONE,
			.is_dry = item->would || rules->brake.dry_run,
			.stopped_at_ses = item->stopped_at_ses,
			.is_refused = brake_failure(brake, texts->object) != NULL,
			.advice = item->would ? "Take away the cause; set dry_run = no "
						"in section [brake] to have it stopped "
						"the next time."
					      : NULL,
		};
	}
	return true;
}

static bool tell_doors(struct brake *brake, utc_ms now, struct error *error)
{
	const struct brake_items *items = &brake->items;
	struct web_level *levels = calloc(items->count + 1, sizeof(*levels));
	size_t count = 0;
	bool went_well;

	if (!levels)
		return error_set(error, "out of memory");
	for (size_t i = 0; i < items->count; i++) {
		const struct brake_item *item = &items->items[i];

		if (!item->is_judged)
			continue;
		levels[count++] = (struct web_level){
			.account = item->account,
			.region = item->region,
			.configuration_set = item->set,
			.level = item->level,
			.is_since_resume = item->since != UTC_NONE,
			.would = item->would ? item->reason : NULL,
		};
	}
	went_well = web_levels_put(brake->web, levels, count, now);
	free(levels);
	return went_well || error_set(error, "out of memory");
}

static void forget_look(struct brake *brake)
{
	brake_items_finish(&brake->items);
	free(brake->sights);
	free(brake->texts);
	brake->sights = NULL;
	brake->texts = NULL;
	brake->sight_count = 0;
}

bool brake_look(
	struct brake *brake, struct web_rules *rules, utc_ms now, struct error *error)
{
	const struct ses_brake_settings *settings = &rules->brake;

	forget_look(brake);
	if (!brake_items_read(brake->store, &brake->items, error))
		return false;
	if (settings->at > SES_LEVEL_OK &&
		(!brake_items_judge(brake->store, &rules->reputation, settings,
			 rules->watch.stream_minimum, now, &brake->items, error) ||
			!trip_all(brake, settings, now, error)))
		return false;
	return brake_tell_ses(brake, rules, now, error) &&
	       make_sights(brake, rules, error) && tell_doors(brake, now, error);
}

const struct brake_sight *brake_sights(const struct brake *brake, size_t *count)
{
	*count = brake->sight_count;
	return brake->sights;
}
