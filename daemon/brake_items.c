/* brake_items.c - what the brake knows of each thing that can be stopped. */
#include "daemon/brake_items.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "daemon/watch_words.h"

void brake_items_finish(struct brake_items *items)
{
	for (size_t i = 0; i < items->count; i++) {
		struct brake_item *item = &items->items[i];

		free(item->account);
		free(item->region);
		free(item->set);
		free(item->actor);
		free(item->note);
	}
	free(items->items);
	*items = (struct brake_items){0};
}

static char *copy_of(const char *text)
{
	return text_copy(text, strlen(text));
}

static struct brake_item *add(struct brake_items *items, const char *account,
	const char *region, const char *set)
{
	struct brake_item *grown =
		realloc(items->items, (items->count + 1) * sizeof(*grown));
	struct brake_item *item;

	items->lacks_memory = true;
	if (!grown)
		return NULL;
	items->items = grown;
	item = &grown[items->count++];
	*item = (struct brake_item){
		.account = copy_of(account),
		.region = copy_of(region),
		.set = copy_of(set),
		.actor = copy_of(""),
		.note = copy_of(""),
		.state = {.tripped = UTC_NONE, .resumed = UTC_NONE},
		.stopped_at_ses = UTC_NONE,
		.since = UTC_NONE,
	};
	if (!item->account || !item->region || !item->set || !item->actor || !item->note)
		return NULL;
	items->lacks_memory = false;
	return item;
}

/* The item that came from the store, or a new one: what is judged comes once. NULL
 * without memory. */
static struct brake_item *item_of(struct brake_items *items, const char *account,
	const char *region, const char *set)
{
	if (items->lacks_memory)
		return NULL;
	for (size_t i = 0; i < items->stored; i++) {
		struct brake_item *item = &items->items[i];

		if (text_equal(item->account, account) &&
			text_equal(item->region, region) && text_equal(item->set, set))
			return item;
	}
	return add(items, account, region, set);
}

struct store_brake brake_of_item(const struct brake_item *item)
{
	return (struct store_brake){
		.account = item->account,
		.region = item->region,
		.configuration_set = item->set,
		.state = item->state,
		.stopped_at_ses = item->stopped_at_ses,
		.actor = item->actor,
		.note = item->note,
	};
}

/* ---- what is stopped ---- */

static bool take_brake(void *closure, const struct store_brake *brake)
{
	struct brake_items *items = closure;
	struct brake_item *item =
		add(items, brake->account, brake->region, brake->configuration_set);

	if (!item)
		return false;
	free(item->actor);
	free(item->note);
	item->actor = copy_of(brake->actor);
	item->note = copy_of(brake->note);
	item->state = brake->state;
	item->stopped_at_ses = brake->stopped_at_ses;
	items->lacks_memory = !item->actor || !item->note;
	return !items->lacks_memory;
}

bool brake_items_read(struct store *store, struct brake_items *items, struct error *error)
{
	if (!store_brake_list(store, NULL, NULL, take_brake, items, error))
		return false;
	items->stored = items->count;
	return !items->lacks_memory || error_set(error, "out of memory");
}

/* ---- levels ---- */

static void put_reason(struct brake_item *item, enum ses_metric metric,
	const struct ses_rate *rate, const char *span)
{
	bool is_fine = rate->review < PPM_ONE / 100;
	char percent[WATCH_WORD_SIZE], some[WATCH_WORD_SIZE], all[WATCH_WORD_SIZE];

	snprintf(item->reason, sizeof(item->reason), "%s rate %s (%s of %s%s%s) is %s",
		watch_metric(metric),
		watch_percent(rate->numerator, rate->denominator, is_fine, percent),
		watch_number(rate->numerator, some), watch_number(rate->denominator, all),
		span, item->since == UTC_NONE ? "" : ", since it was resumed",
		ses_level_words(item->level));
}

/* The level of an account goes by the domains that report complaints once they have
 * enough mail, as in store_reputation. */
static void judge(struct brake_item *item, const struct ses_rate *bounce,
	const struct ses_rate *complaint, const char *span)
{
	bool is_bounce = bounce->level >= complaint->level;
	const struct ses_rate *worse = is_bounce ? bounce : complaint;

	item->is_judged = true;
	item->level = worse->level;
	put_reason(
		item, is_bounce ? SES_METRIC_BOUNCE : SES_METRIC_COMPLAINT, worse, span);
}

#define SPAN_OF_ACCOUNT ""
#define SPAN_OF_SET " in 24 hours"

static bool take_account(void *closure, const struct store_reputation *reputation)
{
	struct brake_items *items = closure;
	struct brake_item *item =
		item_of(items, reputation->account, reputation->region, "");

	if (!item)
		return false;
	judge(item, &reputation->bounce,
		store_judged_rate(reputation, SES_METRIC_COMPLAINT), SPAN_OF_ACCOUNT);
	return true;
}

struct set_reading {
	struct brake_items *items;
	int64_t minimum;
};

static bool take_set(void *closure, const struct store_rates_row *row)
{
	struct set_reading *reading = closure;
	struct brake_item *item;

	if (row->is_other || row->key[0] == '\0' || row->denominator < reading->minimum)
		return true;
	item = item_of(reading->items, row->account, row->region, row->key);
	if (!item)
		return false;
	judge(item, &row->bounce, &row->complaint, SPAN_OF_SET);
	return true;
}

/* The one row of what was resumed. */
struct since_reading {
	const struct ses_reputation_settings *settings;
	struct brake_item *item;
	int64_t minimum;
};

static bool take_since(void *closure, const struct store_rates_row *row)
{
	const struct since_reading *reading = closure;
	bool is_set = reading->item->set[0] != '\0';
	bool by_reporting =
		!is_set && row->complaint_reporting.denominator > 0 &&
		row->complaint_reporting.denominator >= reading->settings->minimum_sends;

	if (row->is_other || row->denominator < reading->minimum)
		return true;
	judge(reading->item, &row->bounce,
		by_reporting ? &row->complaint_reporting : &row->complaint,
		is_set ? SPAN_OF_SET : SPAN_OF_ACCOUNT);
	return true;
}

utc_ms brake_minute_after(utc_ms time)
{
	return utc_floor(time, MINUTE_MS) + MINUTE_MS;
}

/* Again, for what was resumed: only what was published after, and only once that is
 * enough: the first fifty mails after a resume are no rate. Minutes are what is
 * counted by, and that of the resume holds what came before it. */
static bool judge_since(struct store *store,
	const struct ses_reputation_settings *settings, int64_t stream_minimum,
	utc_ms now, struct brake_item *item, struct error *error)
{
	bool is_set = item->set[0] != '\0';
	struct since_reading reading = {
		.settings = settings,
		.item = item,
		.minimum = is_set ? stream_minimum : settings->minimum_sends,
	};
	struct store_rates_query query = {
		.window = is_set ? STORE_WINDOW_24H : STORE_WINDOW_REPRESENTATIVE,
		.dimension = is_set ? STORE_BY_CONFIGURATION_SET : STORE_BY_ACCOUNT,
		.basis = STORE_BASIS_PUBLISHED,
		.account = item->account,
		.region = item->region,
		.key = is_set ? item->set : NULL,
		.since = brake_minute_after(item->since),
		.as_counted = true,
	};
	utc_ms from, to;

	item->level = SES_LEVEL_NO_DENOMINATOR;
	if (query.since > now)
		return true;
	return store_rates(
		store, settings, &query, now, &from, &to, take_since, &reading, error);
}

/* Who resumes an account means its configuration sets, too: what they had then trips
 * nothing any more. */
static utc_ms resumed_at(const struct brake_items *items, const struct brake_item *item)
{
	utc_ms resumed = item->state.resumed;

	for (size_t i = 0; i < items->stored; i++) {
		const struct brake_item *other = &items->items[i];

		if (other->set[0] == '\0' && other->state.resumed > resumed &&
			text_equal(other->account, item->account) &&
			text_equal(other->region, item->region))
			resumed = other->state.resumed;
	}
	return resumed;
}

bool brake_items_judge(struct store *store,
	const struct ses_reputation_settings *settings,
	const struct ses_brake_settings *brake, int64_t stream_minimum, utc_ms now,
	struct brake_items *items, struct error *error)
{
	const struct store_rates_query query = {
		.window = STORE_WINDOW_24H,
		.dimension = STORE_BY_CONFIGURATION_SET,
		.basis = STORE_BASIS_PUBLISHED,
		.since = UTC_NONE,
		.as_counted = true, /* for the reputations */
	};
	struct set_reading sets = {.items = items, .minimum = stream_minimum};
	utc_ms from, to;

	if (!store_reputation_lately(store, settings, now, take_account, items, error) ||
		(brake->streams && !store_rates(store, settings, &query, now, &from, &to,
					   take_set, &sets, error)))
		return false;
	if (items->lacks_memory)
		return error_set(error, "out of memory");
	for (size_t i = 0; i < items->count; i++) {
		struct brake_item *item = &items->items[i];

		if (!item->is_judged || item->level <= SES_LEVEL_OK ||
			item->state.is_tripped)
			continue;
		item->since = resumed_at(items, item);
		if (item->since != UTC_NONE &&
			!judge_since(store, settings, stream_minimum, now, item, error))
			return false;
	}
	return brake_items_spare(store, settings, brake, now, items, error);
}
