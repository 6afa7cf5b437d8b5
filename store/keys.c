/* keys.c - which keys of a day have lines of their own in the roll-ups. */
#include "store/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/names.h"
#include "store/tally.h"

#define NAMES_OF_TAGS STORE_DIMENSIONS
#define SLOTS_AT_FIRST 32

static const char KEYS_OF_DAY[] =
	"SELECT key FROM counters WHERE series = ?1 AND start = ?2 AND account = ?3"
	" LIMIT ?4";

static size_t limit_of(size_t set)
{
	if (set == NAMES_OF_TAGS)
		return KEYS_NAMES_A_DAY;
	return set == STORE_BY_RECIPIENT_DOMAIN ? STORE_DOMAINS_A_DAY : STORE_KEYS_A_DAY;
}

static void free_day(struct keys_day *day)
{
	for (size_t i = 0; i <= NAMES_OF_TAGS; i++) {
		free(day->sets[i].hashes);
		free(day->sets[i].slots);
	}
	free(day);
}

void keys_forget(struct keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		free_day(keys->days[i]);
	free(keys->days);
	keys->days = NULL;
	keys->count = keys->capacity = 0;
	keys->newest = NULL;
}

/* ---- one set ---- */

/* The slot that holds the hash, or the free one where it belongs. */
static uint32_t *find(struct keys_set *set, uint64_t hash)
{
	size_t at = (hash ^ hash >> 32) & (set->slot_count - 1);

	while (set->slots[at] != 0 && set->hashes[set->slots[at] - 1] != hash)
		at = (at + 1) & (set->slot_count - 1);
	return &set->slots[at];
}

static void fill_slots(struct keys_set *set)
{
	memset(set->slots, 0, set->slot_count * sizeof(*set->slots));
	for (size_t i = 0; i < set->count; i++)
		*find(set, set->hashes[i]) = (uint32_t) i + 1;
}

static bool make_room(struct keys_set *set)
{
	size_t slot_count = set->slot_count == 0 ? SLOTS_AT_FIRST : set->slot_count * 2;
	uint64_t *hashes;
	uint32_t *slots;

	if (set->count < set->slot_count / 2)
		return true;
	hashes = reallocarray(set->hashes, slot_count / 2, sizeof(*hashes));
	if (hashes == NULL)
		return false;
	set->hashes = hashes;
	slots = reallocarray(set->slots, slot_count, sizeof(*slots));
	if (slots == NULL)
		return false;
	set->slots = slots;
	set->slot_count = slot_count;
	fill_slots(set);
	return true;
}

static bool holds(struct keys_set *set, uint64_t hash)
{
	return set->count > 0 && *find(set, hash) != 0;
}

static bool add(struct keys_set *set, uint64_t hash)
{
	if (holds(set, hash))
		return true;
	if (!make_room(set))
		return false;
	set->hashes[set->count++] = hash;
	*find(set, hash) = (uint32_t) set->count;
	return true;
}

/* "" and what stands for many keys are not counted; of a file from before there was a
 * limit, as many as the limit allows. */
static bool load_key(
	struct keys_day *day, enum store_dimension dimension, const char *key)
{
	uint64_t hash = names_hash(key, strlen(key));
	struct keys_set *set = &day->sets[dimension];

	if (key[0] == '\0' || text_equal(key, STORE_KEY_OTHER))
		return true;
	if (dimension == STORE_BY_TAG && text_ends(key, "=" STORE_KEY_OTHER))
		return add(&day->sets[NAMES_OF_TAGS], hash);
	return set->count >= limit_of(dimension) || add(set, hash);
}

static bool load_counted(
	struct db *db, struct keys_day *day, enum store_dimension dimension)
{
	bool has_memory = true;
	struct query query;

	query_start(&query, db, KEYS_OF_DAY);
	query_give_integer(
		&query, tally_series(STORE_BASIS_PUBLISHED, STORE_STEP_DAY, dimension));
	query_give_integer(&query, day->start);
	query_give_integer(&query, day->account);
	query_give_integer(&query, (int64_t) limit_of(dimension) + KEYS_NAMES_A_DAY + 2);
	while (has_memory && query_row(&query))
		has_memory = load_key(day, dimension, query_text_or_empty(&query, 0));
	return query_end(&query) && (has_memory || db_lacks_memory(db));
}

static bool load_uncounted(const struct tally *uncounted, struct keys_day *day,
	enum store_dimension dimension)
{
	for (size_t i = 0; i < uncounted->line_count; i++) {
		const struct tally_line *line = &uncounted->lines[i];
		int64_t start = utc_floor(
			line->minutes[STORE_BASIS_PUBLISHED], DAY_MS / MINUTE_MS);

		if (line->dimension == dimension && line->account == day->account &&
			start == day->start && !load_key(day, dimension, line->key))
			return false;
	}
	return true;
}

/* What is counted of that day already. */
static bool load(struct keys *keys, struct db *db, struct keys_day *day,
	enum store_dimension dimension)
{
	if (!load_counted(db, day, dimension))
		return false;
	if (!load_uncounted(keys->uncounted, day, dimension))
		return db_lacks_memory(db);
	day->sets[dimension].is_loaded = true;
	if (dimension == STORE_BY_TAG)
		day->sets[NAMES_OF_TAGS].is_loaded = true;
	return true;
}

static bool admit(struct keys *keys, struct db *db, struct keys_set *set, size_t limit,
	uint64_t hash, bool *is_admitted)
{
	*is_admitted = holds(set, hash);
	if (*is_admitted || set->count >= limit)
		return true;
	if (set->item != keys->item) {
		set->item = keys->item;
		set->before = set->count;
	}
	*is_admitted = add(set, hash);
	return *is_admitted || db_lacks_memory(db);
}

bool keys_admit(struct keys *keys, struct db *db, struct keys_day *day,
	enum store_dimension dimension, uint64_t hash, bool *is_admitted)
{
	struct keys_set *set = &day->sets[dimension];

	if (!set->is_loaded && !load(keys, db, day, dimension))
		return false;
	return admit(keys, db, set, limit_of(dimension), hash, is_admitted);
}

bool keys_admit_rest(struct keys *keys, struct db *db, struct keys_day *day,
	uint64_t hash, bool *is_admitted)
{
	struct keys_set *set = &day->sets[NAMES_OF_TAGS];

	if (!set->is_loaded && !load(keys, db, day, STORE_BY_TAG))
		return false;
	return admit(keys, db, set, limit_of(NAMES_OF_TAGS), hash, is_admitted);
}

/* ---- days ---- */

static bool add_day(struct keys *keys, struct keys_day *day)
{
	if (keys->count == keys->capacity) {
		size_t capacity = keys->capacity * 2 + KEYS_DAYS;
		struct keys_day **days =
			reallocarray(keys->days, capacity, sizeof(struct keys_day *));

		if (days == NULL)
			return false;
		keys->days = days;
		keys->capacity = capacity;
	}
	keys->days[keys->count++] = day;
	return true;
}

struct keys_day *keys_day(struct keys *keys, int64_t account, utc_ms published)
{
	int64_t start = utc_floor(published, DAY_MS) / MINUTE_MS;
	struct keys_day *day = keys->newest;

	if (day == NULL || day->account != account || day->start != start) {
		day = NULL;
		for (size_t i = 0; i < keys->count && day == NULL; i++)
			if (keys->days[i]->account == account &&
				keys->days[i]->start == start)
				day = keys->days[i];
	}
	if (day == NULL) {
		day = calloc(1, sizeof(*day));
		if (day == NULL)
			return NULL;
		day->account = account;
		day->start = start;
		if (!add_day(keys, day)) {
			free(day);
			return NULL;
		}
	}
	day->used = keys->batch;
	keys->newest = day;
	return day;
}

void keys_begin_item(struct keys *keys)
{
	keys->item++;
}

void keys_undo_item(struct keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		for (size_t j = 0; j <= NAMES_OF_TAGS; j++) {
			struct keys_set *set = &keys->days[i]->sets[j];

			if (set->item != keys->item || set->count == set->before)
				continue;
			set->count = set->before;
			fill_slots(set);
		}
}

void keys_end_batch(struct keys *keys)
{
	keys->batch++;
	while (keys->count > KEYS_DAYS) {
		size_t oldest = 0;

		for (size_t i = 1; i < keys->count; i++)
			if (keys->days[i]->used < keys->days[oldest]->used)
				oldest = i;
		if (keys->newest == keys->days[oldest])
			keys->newest = NULL;
		free_day(keys->days[oldest]);
		keys->days[oldest] = keys->days[--keys->count];
	}
}
