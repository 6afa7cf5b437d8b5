/* recent.c - the newest keys of events, which the table seen does not hold yet. */
#include "store/recent.h"

#include <stdlib.h>
#include <string.h>

static const char ADD[] = "INSERT INTO seen VALUES (?1, ?2) ON CONFLICT DO NOTHING";

#define SLOTS_AT_FIRST 1024

void recent_finish(struct recent *recent)
{
	free(recent->keys);
	free(recent->slots);
	memset(recent, 0, sizeof(*recent));
}

/* The slot that holds the key, or the free one where it belongs; a digest is as good as
 * random. */
static uint32_t *find(const struct recent *recent, struct ses_key key)
{
	size_t at = ((uint64_t) key.digest ^ (uint64_t) key.locality) &
		    (recent->slot_count - 1);

	while (recent->slots[at] != 0) {
		const struct ses_key *present = &recent->keys[recent->slots[at] - 1];

		if (present->digest == key.digest && present->locality == key.locality)
			break;
		at = (at + 1) & (recent->slot_count - 1);
	}
	return &recent->slots[at];
}

static void fill_slots(struct recent *recent)
{
	if (recent->slot_count > 0)
		memset(recent->slots, 0, recent->slot_count * sizeof(*recent->slots));
	for (size_t i = 0; i < recent->count; i++)
		*find(recent, recent->keys[i]) = (uint32_t) i + 1;
}

/* Half of the slots are free. */
static bool make_room(struct recent *recent)
{
	size_t slot_count =
		recent->slot_count == 0 ? SLOTS_AT_FIRST : recent->slot_count * 2;
	struct ses_key *keys;
	uint32_t *slots;

	if (recent->count < recent->slot_count / 2)
		return true;
	keys = reallocarray(recent->keys, slot_count / 2, sizeof(*keys));
	if (keys == NULL)
		return false;
	recent->keys = keys;
	slots = reallocarray(recent->slots, slot_count, sizeof(*slots));
	if (slots == NULL)
		return false;
	recent->slots = slots;
	recent->slot_count = slot_count;
	fill_slots(recent);
	return true;
}

bool recent_has(const struct recent *recent, struct ses_key key)
{
	return recent->count > 0 && *find(recent, key) != 0;
}

bool recent_add(struct recent *recent, struct ses_key key)
{
	if (!make_room(recent))
		return false;
	recent->keys[recent->count++] = key;
	*find(recent, key) = (uint32_t) recent->count;
	return true;
}

static void shorten(struct recent *recent, size_t count)
{
	if (recent->count == count)
		return;
	recent->count = count;
	fill_slots(recent);
}

void recent_begin_item(struct recent *recent)
{
	recent->item = recent->count;
}

void recent_undo_item(struct recent *recent)
{
	shorten(recent, recent->item);
}

void recent_end_batch(struct recent *recent)
{
	recent->batch = recent->count;
}

void recent_undo_batch(struct recent *recent)
{
	shorten(recent, recent->batch);
}

void recent_clear(struct recent *recent)
{
	shorten(recent, 0);
	recent->batch = recent->item = 0;
}

void recent_forget_written(struct recent *recent)
{
	size_t left = recent->count - recent->batch;

	if (left > 0)
		memmove(recent->keys, recent->keys + recent->batch,
			left * sizeof(*recent->keys));
	recent->count = left;
	recent->batch = recent->item = 0;
	fill_slots(recent);
}

static int compare(const void *one, const void *other)
{
	const struct ses_key *a = one, *b = other;

	if (a->locality != b->locality)
		return a->locality < b->locality ? -1 : 1;
	return a->digest < b->digest ? -1 : a->digest > b->digest;
}

bool recent_write(const struct recent *recent, struct db *db)
{
	struct ses_key *sorted = reallocarray(NULL, recent->batch + 1, sizeof(*sorted));
	bool went_well = true;

	if (sorted == NULL)
		return db_lacks_memory(db);
	if (recent->batch > 0)
		memcpy(sorted, recent->keys, recent->batch * sizeof(*sorted));
	qsort(sorted, recent->batch, sizeof(*sorted), compare);
	for (size_t i = 0; went_well && i < recent->batch; i++) {
		struct query query;

		query_start(&query, db, ADD);
		query_give_integer(&query, sorted[i].locality);
		query_give_integer(&query, sorted[i].digest);
		went_well = query_run(&query);
	}
	free(sorted);
	return went_well;
}
