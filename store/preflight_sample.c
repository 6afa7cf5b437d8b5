/* preflight_sample.c - how addresses with such a history have fared: a sample of mails.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/bisect.h"
#include "store/preflight_walk.h"

/* Ids that are read in one transaction. */
#define TURN_IDS 500

/* Before so much is kept, "nothing is known of it" does not mean that it is new. */
#define LOOK_BACK_MS (30 * DAY_MS)

static const char ENDS[] =
	"SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM events";
static const char PUBLISHED[] = "SELECT published FROM events WHERE id = ?1";
static const char FIRST_FROM[] =
	"SELECT id, recorded FROM events WHERE id >= ?1 ORDER BY id LIMIT 1";
static const char EVENT[] = "SELECT kind, sent, address FROM events WHERE id = ?1";

static bool read_ends(struct db *db, utc_ms now, struct preflight_sample *sample,
	struct store_experience *experience, int64_t *floor)
{
	int64_t first, last;
	struct query query;

	query_start(&query, db, ENDS);
	first = last = 0;
	if (query_row(&query)) {
		first = query_integer(&query, 0);
		last = query_integer(&query, 1);
	}
	if (!query_end(&query))
		return false;
	query_start(&query, db, PUBLISHED);
	query_give_integer(&query, first);
	sample->kept_since = query_row(&query) ? query_time(&query, 0) : now;
	if (!query_end(&query) ||
		!bisect_time(db, FIRST_FROM, now - STORE_EXPERIENCE_DAYS * DAY_MS,
			first > 0 ? first - 1 : 0, last + 1, floor))
		return false;
	experience->of_events = last - *floor;
	query_start(&query, db, FIRST_FROM);
	query_give_integer(&query, *floor + 1);
	experience->since = query_row(&query) ? query_time(&query, 1) : UTC_NONE;
	return query_end(&query);
}

static bool keep(struct preflight_sample *sample, enum ses_outcome outcome, utc_ms sent,
	const char *address)
{
	struct preflight_trial *trial;

	if (sample->count == sample->capacity) {
		size_t capacity = sample->capacity == 0 ? 1024 : 2 * sample->capacity;

		trial = reallocarray(sample->trials, capacity, sizeof(*trial));
		if (trial == NULL)
			return false;
		sample->trials = trial;
		sample->capacity = capacity;
	}
	trial = &sample->trials[sample->count];
	*trial = (struct preflight_trial){
		.who = {.before = sent,
			.delivered = UTC_NONE,
			.bounced = UTC_NONE,
			.softened = UTC_NONE},
		.address = text_copy(address, strlen(address)),
		.outcome = outcome,
	};
	trial->who.address = trial->address;
	if (trial->address == NULL)
		return false;
	sample->count++;
	return true;
}

static bool is_trial(enum ses_outcome outcome, utc_ms sent, utc_ms now)
{
	return outcome == SES_OUTCOME_DELIVERY || outcome == SES_OUTCOME_HARD_BOUNCE ||
	       outcome == SES_OUTCOME_SOFT_BOUNCE ||
	       (outcome == SES_OUTCOME_SEND && sent + PREFLIGHT_FEEDBACK_MS <= now);
}

static bool read_event(
	struct db *db, int64_t id, utc_ms now, struct preflight_sample *sample)
{
	bool has_memory = true;
	struct query query;

	query_start(&query, db, EVENT);
	query_give_integer(&query, id);
	if (query_row(&query)) {
		int64_t kind = query_integer(&query, 0);
		enum ses_outcome outcome = (enum ses_outcome)(kind >> 4 & 15);
		utc_ms sent = query_integer(&query, 1);
		const char *address = query_text_or_empty(&query, 2);

		if ((kind >> 8 & 3) == SES_ELIGIBLE && address[0] != '\0' &&
			is_trial(outcome, sent, now))
			has_memory = keep(sample, outcome, sent, address);
	}
	return query_end(&query) && (has_memory || db_lacks_memory(db));
}

/* The sampled ids: all of them, or evenly spread. */
static int64_t id_at(int64_t floor, int64_t all, int64_t taken, int64_t i)
{
	return floor + 1 +
	       (all <= taken ? i : i * (all / taken) + i * (all % taken) / taken);
}

static bool read_turn(struct store *store, utc_ms now, int64_t floor, int64_t *next,
	struct preflight_sample *sample, struct store_experience *experience,
	struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	int64_t end = *next + TURN_IDS;
	bool went_well = true;

	if (db == NULL)
		return false;
	if (end > experience->events)
		end = experience->events;
	for (; went_well && *next < end; ++*next)
		went_well = read_event(db,
			id_at(floor, experience->of_events, experience->events, *next),
			now, sample);
	went_well = went_well || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}

bool preflight_sample(struct store *store, utc_ms now, struct preflight_sample *sample,
	struct store_experience *experience, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	int64_t floor, next = 0;
	bool went_well;

	memset(experience, 0, sizeof(*experience));
	if (db == NULL)
		return false;
	went_well =
		read_ends(db, now, sample, experience, &floor) || db_explain(db, error);
	readers_return(store->readers, db);
	experience->events = experience->of_events < STORE_EXPERIENCE_EVENTS
				     ? experience->of_events
				     : STORE_EXPERIENCE_EVENTS;
	while (went_well && next < experience->events)
		went_well =
			read_turn(store, now, floor, &next, sample, experience, error);
	return went_well;
}

void preflight_sample_finish(struct preflight_sample *sample)
{
	for (size_t i = 0; i < sample->count; i++)
		free(sample->trials[i].address);
	free(sample->trials);
}

/* With few Delivery events, mails are told by their Sends; else by what became of them.
 */
static bool goes_by_sends(const struct preflight_sample *sample)
{
	int64_t sends = 0, deliveries = 0;

	for (size_t i = 0; i < sample->count; i++) {
		sends += sample->trials[i].outcome == SES_OUTCOME_SEND;
		deliveries += sample->trials[i].outcome == SES_OUTCOME_DELIVERY;
	}
	return sends > 2 * deliveries;
}

void preflight_sample_count(
	const struct preflight_sample *sample, struct store_experience *experience)
{
	experience->by_sends = goes_by_sends(sample);
	for (size_t i = 0; i < sample->count; i++) {
		const struct preflight_trial *trial = &sample->trials[i];
		enum ses_history history = preflight_class(&trial->who);
		struct ses_experience *class = &experience->classes[history];
		bool is_bounce = trial->outcome == SES_OUTCOME_HARD_BOUNCE;
		bool is_send = trial->outcome == SES_OUTCOME_SEND;

		if (history == SES_HISTORY_NEVER &&
			trial->who.before < sample->kept_since + LOOK_BACK_MS)
			continue;
		class->bounces += is_bounce;
		class->trials += experience->by_sends ? is_send : !is_send;
	}
	for (int h = 0; h < SES_HISTORY_COUNT; h++) {
		struct ses_experience *class = &experience->classes[h];

		/* Chance may have taken fewer of the Sends. */
		if (class->trials < class->bounces)
			class->trials = class->bounces;
		experience->mails += class->trials;
	}
}
