/* watch_facts.c - what the store says, copied for the deciders. */
#include "daemon/watch_facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* So many senders of one kind are looked at closely, those with the most mail. */
#define VOLUMES_MAX 50

static void free_three(char *one, char *other, char *third)
{
	free(one);
	free(other);
	free(third);
}

void watch_facts_finish(struct watch_facts *facts)
{
	for (size_t i = 0; i < facts->account_count; i++)
		free_three(facts->accounts[i].account, facts->accounts[i].region, NULL);
	for (size_t i = 0; i < facts->stream_count; i++)
		free_three(facts->streams[i].account, facts->streams[i].region,
			facts->streams[i].key);
	for (size_t i = 0; i < facts->topic_count; i++)
		free(facts->topics[i].arn);
	for (size_t i = 0; i < facts->provider_count; i++)
		free_three(facts->providers[i].account, facts->providers[i].region,
			facts->providers[i].key);
	for (size_t i = 0; i < facts->sender_count; i++)
		free_three(facts->senders[i].account, facts->senders[i].region,
			facts->senders[i].key);
	for (size_t i = 0; i < facts->volume_count; i++)
		free_three(facts->volumes[i].account, facts->volumes[i].region,
			facts->volumes[i].key);
	free(facts->accounts);
	free(facts->streams);
	free(facts->topics);
	free(facts->providers);
	free(facts->senders);
	free(facts->volumes);
	*facts = (struct watch_facts){0};
}

/* Room for one more of that size behind count, zeroed; place is the address of the list's
 * pointer. NULL without memory. */
static void *more(void *place, size_t count, size_t size, struct watch_facts *facts)
{
	unsigned char *list;

	memcpy(&list, place, sizeof(list));
	/* Grows where count is a power of two, and at the beginning. */
	if ((count & (count - 1)) == 0) {
		list = realloc(list, (count == 0 ? 1 : 2 * count) * size);
		if (list == NULL) {
			facts->lacks_memory = true;
			return NULL;
		}
		memcpy(place, &list, sizeof(list));
	}
	memset(list + count * size, 0, size);
	return list + count * size;
}

static char *keep(struct watch_facts *facts, const char *text)
{
	char *copy = text_copy(text, strlen(text));

	facts->lacks_memory |= copy == NULL;
	return copy;
}

/* Where each row of a question goes. */
struct asking {
	const struct watch_scene *scene;
	struct watch_facts *facts;
	enum store_dimension dimension;
	int kind;
	int64_t least; /* recipients */
	size_t begin;  /* the first of this question's */
	int64_t value;
};

static bool ask_rates(struct store *store, struct asking *asking,
	const struct store_rates_query *query, store_each_rates *each,
	struct error *error)
{
	utc_ms from, to;

	return store_rates(store, asking->scene->reputation, query, asking->scene->now,
		       &from, &to, each, asking, error) &&
	       (!asking->facts->lacks_memory || error_set(error, "out of memory"));
}

/* ---- topics ---- */

static bool add_topic(void *closure, const struct store_topic *topic)
{
	struct watch_facts *facts = closure;
	struct watch_topic *fact =
		more(&facts->topics, facts->topic_count, sizeof(*fact), facts);

	if (fact == NULL)
		return false;
	facts->topic_count++;
	fact->arn = keep(facts, topic->arn);
	fact->state = topic->state;
	fact->changed = topic->changed;
	fact->last_received = topic->last_received;
	return fact->arn != NULL;
}

bool watch_read_topics(
	struct store *store, struct watch_facts *facts, struct error *error)
{
	return store_topic_list(store, add_topic, facts, error) &&
	       (!facts->lacks_memory || error_set(error, "out of memory"));
}

/* ---- accounts and streams ---- */

void watch_note_account(struct watch_facts *facts,
	const struct store_reputation *reputation, const enum ses_level levels[2])
{
	struct watch_account *fact =
		more(&facts->accounts, facts->account_count, sizeof(*fact), facts);

	if (fact == NULL)
		return;
	facts->account_count++;
	fact->account = keep(facts, reputation->account);
	fact->region = keep(facts, reputation->region);
	memcpy(fact->levels, levels, sizeof(fact->levels));
}

static bool note_denominator(void *closure, const struct store_rates_row *row)
{
	const struct asking *asking = closure;

	for (size_t i = 0; i < asking->facts->account_count; i++) {
		struct watch_account *fact = &asking->facts->accounts[i];

		if (text_equal(fact->account, row->account) &&
			text_equal(fact->region, row->region))
			fact->denominator = row->denominator;
	}
	return true;
}

static bool add_stream(void *closure, const struct store_rates_row *row)
{
	struct asking *asking = closure;
	struct watch_facts *facts = asking->facts;
	struct watch_stream *fact;

	if (row->is_other || row->denominator < asking->least)
		return true;
	fact = more(&facts->streams, facts->stream_count, sizeof(*fact), facts);
	if (fact == NULL)
		return false;
	facts->stream_count++;
	fact->account = keep(facts, row->account);
	fact->region = keep(facts, row->region);
	fact->key = keep(facts, row->key);
	fact->dimension = asking->dimension;
	fact->denominator = row->denominator;
	fact->rates[SES_METRIC_BOUNCE] = row->bounce;
	fact->rates[SES_METRIC_COMPLAINT] = row->complaint;
	return !facts->lacks_memory;
}

bool watch_read_streams(struct store *store, const struct watch_scene *scene,
	struct watch_facts *facts, struct error *error)
{
	struct asking asking = {
		.scene = scene, .facts = facts, .least = scene->watch->stream_minimum};
	struct store_rates_query query = {
		.window = STORE_WINDOW_24H,
		.dimension = STORE_BY_ACCOUNT,
		.basis = STORE_BASIS_PUBLISHED,
		.since = UTC_NONE,
		.as_counted = true, /* for the reputations */
	};

	if (!ask_rates(store, &asking, &query, note_denominator, error))
		return false;
	for (size_t i = 0; i < WATCH_STREAM_DIMENSIONS; i++) {
		query.dimension = asking.dimension = watch_stream_dimensions[i];
		if (!ask_rates(store, &asking, &query, add_stream, error))
			return false;
	}
	return true;
}

/* ---- providers ---- */

static bool add_provider(void *closure, const struct store_rates_row *row)
{
	struct asking *asking = closure;
	struct watch_facts *facts = asking->facts;
	struct watch_provider *fact;

	if (row->is_other || row->counts.blocked <= 0)
		return true;
	fact = more(&facts->providers, facts->provider_count, sizeof(*fact), facts);
	if (fact == NULL)
		return false;
	facts->provider_count++;
	fact->account = keep(facts, row->account);
	fact->region = keep(facts, row->region);
	fact->key = keep(facts, row->key);
	fact->blocked = row->counts.blocked;
	fact->denominator = row->denominator;
	return !facts->lacks_memory;
}

bool watch_read_providers(struct store *store, const struct watch_scene *scene,
	struct watch_facts *facts, struct error *error)
{
	struct asking asking = {.scene = scene, .facts = facts};
	const struct store_rates_query query = {
		.window = STORE_WINDOW_1H,
		.dimension = STORE_BY_PROVIDER,
		.basis = STORE_BASIS_PUBLISHED,
		.since = UTC_NONE,
		.as_counted = true, /* for the reputations */
	};

	return ask_rates(store, &asking, &query, add_provider, error);
}

/* ---- senders ---- */

static bool add_sender(void *closure, const struct store_sender *sender)
{
	struct watch_facts *facts = closure;
	struct watch_sender *fact =
		more(&facts->senders, facts->sender_count, sizeof(*fact), facts);

	if (fact == NULL)
		return false;
	facts->sender_count++;
	fact->account = keep(facts, sender->account);
	fact->region = keep(facts, sender->region);
	fact->key = keep(facts, sender->key);
	fact->kind = sender->kind;
	fact->first = sender->first;
	fact->account_since = sender->account_since;
	return !facts->lacks_memory;
}

bool watch_read_senders(struct store *store, const struct watch_scene *scene,
	struct watch_facts *facts, struct error *error)
{
	utc_ms since = scene->now - 8 * DAY_MS;

	for (size_t i = 0; i < scene->book->count; i++) {
		const struct watch_entry *entry = &scene->book->entries[i];

		if (text_equal(entry->name, "new-sender") &&
			watch_new_since(scene, entry->object) < since)
			since = watch_new_since(scene, entry->object);
	}
	return store_sender_list(store, since, add_sender, facts, error) &&
	       (!facts->lacks_memory || error_set(error, "out of memory"));
}

/* ---- volumes ---- */

static const struct {
	int kind;
	enum store_dimension dimension;
} sender_kinds[] = {
	{SES_SENDER_CALLER, STORE_BY_CALLER},
	{SES_SENDER_SOURCE_IP, STORE_BY_SOURCE_IP},
	{SES_SENDER_FROM_DOMAIN, STORE_BY_FROM_DOMAIN},
};
#define SENDER_KINDS (sizeof(sender_kinds) / sizeof(sender_kinds[0]))

static bool add_hour(void *closure, const struct store_rates_row *row)
{
	struct asking *asking = closure;
	struct watch_facts *facts = asking->facts;
	struct watch_volume *fact;

	if (row->is_other || text_is_empty(row->key) || row->denominator < asking->least)
		return true;
	if (facts->volume_count - asking->begin >= VOLUMES_MAX)
		return false;
	fact = more(&facts->volumes, facts->volume_count, sizeof(*fact), facts);
	if (fact == NULL)
		return false;
	facts->volume_count++;
	fact->account = keep(facts, row->account);
	fact->region = keep(facts, row->region);
	fact->key = keep(facts, row->key);
	fact->kind = asking->kind;
	fact->hour = row->denominator;
	fact->first = fact->account_since = UTC_NONE;
	return !facts->lacks_memory;
}

static bool note_week(void *closure, const struct store_rates_row *row)
{
	struct asking *asking = closure;

	asking->value = row->denominator;
	return true;
}

/* A burst that lasts is not made usual by its own first hours. */
static bool note_busiest(void *closure, const struct store_series_row *row)
{
	struct asking *asking = closure;

	if (row->start + HOUR_MS <= asking->scene->now - DAY_MS &&
		row->denominator > asking->value)
		asking->value = row->denominator;
	return true;
}

static void note_first(struct watch_volume *fact, const struct watch_facts *facts)
{
	for (size_t i = 0; i < facts->sender_count; i++) {
		const struct watch_sender *sender = &facts->senders[i];

		if (sender->kind != fact->kind ||
			!text_equal(sender->account, fact->account) ||
			!text_equal(sender->region, fact->region))
			continue;
		fact->account_since = sender->account_since;
		if (text_equal(sender->key, fact->key))
			fact->first = sender->first;
	}
}

/* What the hour of one sender is compared with. */
static bool complete_volume(struct store *store, struct asking *asking,
	struct watch_volume *fact, struct error *error)
{
	struct store_rates_query query = {
		.window = STORE_WINDOW_7D,
		.dimension = asking->dimension,
		.basis = STORE_BASIS_PUBLISHED,
		.account = fact->account,
		.region = fact->region,
		.key = fact->key,
		.since = UTC_NONE,
		.as_counted = true, /* for the reputations */
	};
	utc_ms from, to;

	note_first(fact, asking->facts);
	asking->value = fact->hour;
	if (!ask_rates(store, asking, &query, note_week, error))
		return false;
	fact->week = asking->value;
	asking->value = 0;
	query.window = STORE_WINDOW_30D;
	if (!store_series(store, asking->scene->reputation, &query, HOUR_MS,
		    asking->scene->now, &from, &to, note_busiest, asking, error))
		return false;
	fact->busiest = asking->value;
	return true;
}

bool watch_read_volumes(struct store *store, const struct watch_scene *scene,
	struct watch_facts *facts, struct error *error)
{
	/* Half of it: an alert that is on is looked at so far. */
	struct asking asking = {.scene = scene,
		.facts = facts,
		.least = (scene->watch->volume_minimum + 1) / 2};
	struct store_rates_query query = {
		.window = STORE_WINDOW_1H,
		.basis = STORE_BASIS_PUBLISHED,
		.since = UTC_NONE,
		.as_counted = true, /* for the reputations */
	};

	for (size_t i = 0; i < SENDER_KINDS; i++) {
		if (((unsigned) sender_kinds[i].kind & scene->watch->senders) == 0)
			continue;
		asking.kind = sender_kinds[i].kind;
		asking.begin = facts->volume_count;
		query.dimension = asking.dimension = sender_kinds[i].dimension;
		if (!ask_rates(store, &asking, &query, add_hour, error))
			return false;
		for (size_t j = asking.begin; j < facts->volume_count; j++)
			if (!complete_volume(store, &asking, &facts->volumes[j], error))
				return false;
	}
	return true;
}
