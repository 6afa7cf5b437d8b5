/* preflight_walk.c - the trails of many addresses, followed at once. */
#include "store/preflight_walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char TRAILED[] = "SELECT trailed FROM totals";
static const char TAIL[] =
	"SELECT kind, sent, address FROM events WHERE id >= ?1 AND address != ''"
	" ORDER BY id DESC";
static const char SEGMENT[] =
	"SELECT hash, place FROM trail WHERE segment = ?1 ORDER BY hash";
static const char PLACES[] = "SELECT place FROM trail WHERE segment = ?1 AND hash = ?2";
static const char EVENT[] = "SELECT kind, sent, address FROM events WHERE id = ?1";

/* So many times fewer people than a segment has places: then each is looked up. */
#define FEW 16
#define NEVER_SENT INT32_MAX

struct hit {
	int64_t place;
	size_t person; /* the first of those with its hash */
};

struct walk {
	struct store *store;
	struct walk_person *people; /* in order of hash */
	size_t count;
	size_t done; /* of them, roughly: those that were told so */
	struct hit *hits;
	size_t hit_count, hit_capacity;
	bool (*goes_on)(void *closure);
	void *closure;
};

static int compare_people(const void *one, const void *other)
{
	const struct walk_person *a = one, *b = other;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return 0;
}

static int compare_hits(const void *one, const void *other)
{
	const struct hit *a = one, *b = other;

	return a->place > b->place ? -1 : a->place < b->place;
}

/* ---- an event ---- */

static void raise(utc_ms *time, utc_ms to)
{
	if (to > *time)
		*time = to;
}

/* Whether the event says that a mailbox is gone, not only that a mail was refused. */
static bool is_gone(enum ses_outcome outcome, enum ses_class class)
{
	return outcome == SES_OUTCOME_HARD_BOUNCE &&
	       (class == SES_CLASS_NONE || class == SES_CLASS_HARD ||
		       class == SES_CLASS_NO_SUCH_DOMAIN);
}

/* Newest first: the first delivery or hard bounce ends it. A Send goes before what became
 * of it, and may have been recorded after that: the rest of its segment, and the next,
 * are looked at too. */
static void learn(struct walk *walk, struct store_recipient *who, int64_t segment,
	int64_t kind, utc_ms sent)
{
	enum ses_outcome outcome = (enum ses_outcome)(kind >> 4 & 15);
	enum ses_class class = (enum ses_class)(kind >> 11 & 15);

	if (who->is_done || sent >= who->before)
		return;
	if ((kind & 15) == SES_SEND) {
		if (sent + PREFLIGHT_FEEDBACK_MS > who->before)
			return;
		raise(&who->delivered, sent);
		if (who->sent_in == NEVER_SENT)
			who->sent_in = (int32_t) segment;
		return;
	}
	if (outcome == SES_OUTCOME_DELIVERY) {
		raise(&who->delivered, sent);
		who->is_done = true;
	} else if (is_gone(outcome, class)) {
		raise(&who->bounced, sent);
		who->is_done = true;
	} else if (class == SES_CLASS_SOFT || class == SES_CLASS_EXPIRED ||
		   class == SES_CLASS_QUARANTINE) {
		raise(&who->softened, sent);
	}
	walk->done += who->is_done;
}

static bool is_finished(const struct store_recipient *who, int64_t segment)
{
	return who->is_done || (who->sent_in != NEVER_SENT && who->sent_in > segment + 1);
}

static void learn_all(struct walk *walk, size_t person, const char *address,
	int64_t segment, int64_t kind, utc_ms sent)
{
	int64_t hash = walk->people[person].hash;

	for (; person < walk->count && walk->people[person].hash == hash; person++) {
		struct store_recipient *who = walk->people[person].recipient;

		if (!is_finished(who, segment) && text_equal(who->address, address))
			learn(walk, who, segment, kind, sent);
	}
}

/* The first person at or behind from with that hash or a greater one. */
static size_t find_person(const struct walk *walk, size_t from, int64_t hash)
{
	size_t step = 1, low = from, high = from;

	while (high < walk->count && walk->people[high].hash < hash) {
		low = high + 1;
		high = from + step;
		step *= 2;
	}
	if (high > walk->count)
		high = walk->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (walk->people[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_person(const struct walk *walk, size_t person, int64_t hash)
{
	return person < walk->count && walk->people[person].hash == hash;
}

/* ---- what is in no segment yet ---- */

static bool walk_tail(struct walk *walk, struct db *db, int64_t *trailed)
{
	struct query query;

	query_start(&query, db, TRAILED);
	*trailed = query_row(&query) ? query_integer(&query, 0) : 0;
	if (!query_end(&query))
		return false;
	query_start(&query, db, TAIL);
	query_give_integer(&query, *trailed * TRAIL_SEGMENT);
	while (query_row(&query)) {
		const char *address = query_text_or_empty(&query, 2);
		int64_t hash = trail_hash(address);
		size_t person = find_person(walk, 0, hash);

		if (is_person(walk, person, hash))
			learn_all(walk, person, address, *trailed,
				query_integer(&query, 0), query_integer(&query, 1));
	}
	return query_end(&query);
}

/* ---- a segment ---- */

static bool add_hit(struct walk *walk, size_t person, int64_t place)
{
	if (walk->hit_count == walk->hit_capacity) {
		size_t capacity = walk->hit_capacity == 0 ? 1024 : 2 * walk->hit_capacity;
		struct hit *hits = reallocarray(walk->hits, capacity, sizeof(*hits));

		if (hits == NULL)
			return false;
		walk->hits = hits;
		walk->hit_capacity = capacity;
	}
	walk->hits[walk->hit_count++] = (struct hit){place, person};
	return true;
}

static bool is_wanted(const struct walk *walk, size_t person, int64_t segment)
{
	int64_t hash = walk->people[person].hash;

	for (; is_person(walk, person, hash); person++)
		if (!is_finished(walk->people[person].recipient, segment))
			return true;
	return false;
}

/* All places of the segment beside all people: both are in order of hash. */
static bool match_segment(struct walk *walk, struct db *db, int64_t segment)
{
	bool has_memory = true;
	struct query query;
	size_t person = 0;

	query_start(&query, db, SEGMENT);
	query_give_integer(&query, segment);
	while (has_memory && query_row(&query)) {
		int64_t hash = query_integer(&query, 0);

		person = find_person(walk, person, hash);
		if (person == walk->count)
			break;
		if (is_person(walk, person, hash) && is_wanted(walk, person, segment))
			has_memory = add_hit(walk, person, query_integer(&query, 1));
	}
	return query_end(&query) && (has_memory || db_lacks_memory(db));
}

static bool look_up(struct walk *walk, struct db *db, int64_t segment, size_t person)
{
	bool has_memory = true;
	struct query query;

	query_start(&query, db, PLACES);
	query_give_integer(&query, segment);
	query_give_integer(&query, walk->people[person].hash);
	while (has_memory && query_row(&query))
		has_memory = add_hit(walk, person, query_integer(&query, 0));
	return query_end(&query) && (has_memory || db_lacks_memory(db));
}

/* Each of the few people by itself. */
static bool look_up_segment(struct walk *walk, struct db *db, int64_t segment)
{
	for (size_t i = 0; i < walk->count; i++) {
		if (i > 0 && walk->people[i].hash == walk->people[i - 1].hash)
			continue;
		if (is_wanted(walk, i, segment) && !look_up(walk, db, segment, i))
			return false;
	}
	return true;
}

static bool read_hit(
	struct walk *walk, struct db *db, int64_t segment, const struct hit *hit)
{
	struct query query;

	query_start(&query, db, EVENT);
	query_give_integer(&query, segment * TRAIL_SEGMENT + hit->place);
	if (query_row(&query))
		learn_all(walk, hit->person, query_text_or_empty(&query, 2), segment,
			query_integer(&query, 0), query_integer(&query, 1));
	return query_end(&query);
}

static bool walk_segment(struct walk *walk, struct db *db, int64_t segment)
{
	bool went_well;

	walk->hit_count = 0;
	if (walk->count < TRAIL_SEGMENT / FEW)
		went_well = look_up_segment(walk, db, segment);
	else
		went_well = match_segment(walk, db, segment);
	if (walk->hit_count > 1)
		qsort(walk->hits, walk->hit_count, sizeof(*walk->hits), compare_hits);
	for (size_t i = 0; went_well && i < walk->hit_count; i++)
		if (is_wanted(walk, walk->hits[i].person, segment))
			went_well = read_hit(walk, db, segment, &walk->hits[i]);
	return went_well;
}

/* ---- all of them ---- */

/* Those that are finished are in the way of the others. */
static void thin_out(struct walk *walk, int64_t segment)
{
	size_t kept = 0;

	for (size_t i = 0; i < walk->count; i++)
		if (!is_finished(walk->people[i].recipient, segment))
			walk->people[kept++] = walk->people[i];
	walk->count = kept;
	walk->done = 0;
}

static bool walk_turn(struct walk *walk, struct db *db, int64_t *segment)
{
	int64_t end = clock_monotonic_ms() + PREFLIGHT_TURN_MS;

	do {
		if (!walk_segment(walk, db, *segment))
			return false;
		/* Senders of Sends alone are done without a word. */
		if (4 * walk->done > walk->count || *segment % 64 == 0)
			thin_out(walk, *segment);
		--*segment;
	} while (*segment >= 0 && walk->count > 0 && clock_monotonic_ms() < end);
	return true;
}

static bool walk_all(struct walk *walk, struct error *error)
{
	int64_t segment = 0;
	bool is_first = true;

	while (is_first ||
		(segment >= 0 && walk->count > 0 && walk->goes_on(walk->closure))) {
		struct db *db = readers_borrow(walk->store->readers, error);
		bool went_well;

		if (db == NULL)
			return false;
		went_well = is_first ? walk_tail(walk, db, &segment)
				     : walk_turn(walk, db, &segment);
		went_well = went_well || db_explain(db, error);
		readers_return(walk->store->readers, db);
		if (!went_well)
			return false;
		if (is_first)
			segment--;
		is_first = false;
	}
	return true;
}

bool preflight_walk(struct store *store, struct walk_person *people, size_t count,
	bool (*goes_on)(void *closure), void *closure, struct error *error)
{
	struct walk walk = {
		.store = store,
		.people = people,
		.count = count,
		.goes_on = goes_on,
		.closure = closure,
	};
	bool went_well;

	for (size_t i = 0; i < count; i++) {
		people[i].hash = trail_hash(people[i].recipient->address);
		people[i].recipient->sent_in = NEVER_SENT;
	}
	if (count > 1)
		qsort(people, count, sizeof(*people), compare_people);
	went_well = walk_all(&walk, error);
	free(walk.hits);
	return went_well;
}
