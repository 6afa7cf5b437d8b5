/* tally.c - counts added up in memory, line by line. */
#include "store/tally.h"

#include <stdlib.h>
#include <string.h>

/* Texts are few and short: one block is enough for most batches. */
#define BLOCK_BYTES ((size_t) 64 << 10)

struct tally_block {
	struct tally_block *next;
	size_t used, size;
	char bytes[];
};

void tally_finish(struct tally *tally)
{
	while (tally->blocks != NULL) {
		struct tally_block *next = tally->blocks->next;

		free(tally->blocks);
		tally->blocks = next;
	}
	free(tally->staged);
	free(tally->lines);
	free(tally->slots);
	memset(tally, 0, sizeof(*tally));
}

char *tally_room(struct tally *tally, size_t size)
{
	struct tally_block *block = tally->blocks;
	char *room;

	if (block == NULL || block->size - block->used < size) {
		size_t bytes = size > BLOCK_BYTES ? size : BLOCK_BYTES;

		block = malloc(sizeof(*block) + bytes);
		if (block == NULL)
			return NULL;
		block->next = tally->blocks;
		block->used = 0;
		block->size = bytes;
		tally->blocks = block;
	}
	room = block->bytes + block->used;
	block->used += size;
	return room;
}

/* One block stays for the next batch. */
static void clear_texts(struct tally *tally)
{
	while (tally->blocks != NULL && tally->blocks->next != NULL) {
		struct tally_block *next = tally->blocks->next;

		free(tally->blocks);
		tally->blocks = next;
	}
	if (tally->blocks != NULL)
		tally->blocks->used = 0;
}

void tally_drop_staged(struct tally *tally)
{
	tally->staged_count = 0;
}

void tally_clear(struct tally *tally)
{
	tally->staged_count = 0;
	tally->line_count = 0;
	if (tally->slot_count > 0)
		memset(tally->slots, 0, tally->slot_count * sizeof(*tally->slots));
	clear_texts(tally);
}

void tally_at(struct tally *tally, utc_ms sent, utc_ms published)
{
	tally->minutes[STORE_BASIS_SENT] = utc_floor(sent, MINUTE_MS) / MINUTE_MS;
	tally->minutes[STORE_BASIS_PUBLISHED] =
		utc_floor(published, MINUTE_MS) / MINUTE_MS;
}

/* Room for one more at the end of a list of lines. */
static bool make_room(struct tally_line **lines, size_t count, size_t *capacity)
{
	size_t wanted = *capacity * 2 + 32;
	struct tally_line *grown;

	if (count < *capacity)
		return true;
	grown = reallocarray(*lines, wanted, sizeof(**lines));
	if (grown == NULL)
		return false;
	*lines = grown;
	*capacity = wanted;
	return true;
}

bool tally_stage(struct tally *tally, enum store_dimension dimension, int64_t account,
	const char *key, uint64_t hash, const struct ses_counts *counts)
{
	if (!make_room(&tally->staged, tally->staged_count, &tally->staged_capacity))
		return false;
	tally->staged[tally->staged_count++] = (struct tally_line){
		.hash_of_key = hash,
		.account = account,
		.minutes = {tally->minutes[0], tally->minutes[1]},
		.key = key,
		.dimension = dimension,
		.counts = *counts,
	};
	return true;
}

static void fill_slots(struct tally *tally)
{
	for (size_t i = 0; i < tally->line_count; i++) {
		size_t at = (tally->lines[i].hash >> 16) & (tally->slot_count - 1);

		while (tally->slots[at] != 0)
			at = (at + 1) & (tally->slot_count - 1);
		tally->slots[at] = (uint32_t) (i + 1);
	}
}

static bool grow_slots(struct tally *tally)
{
	size_t count = tally->slot_count == 0 ? 1024 : tally->slot_count * 2;
	uint32_t *slots = calloc(count, sizeof(*slots));

	if (slots == NULL)
		return false;
	free(tally->slots);
	tally->slots = slots;
	tally->slot_count = count;
	fill_slots(tally);
	return true;
}

void tally_keep_many(struct tally *tally)
{
	size_t kept = 0;

	for (size_t i = 0; i < tally->line_count; i++)
		if (tally_has_many_keys(tally->lines[i].dimension))
			tally->lines[kept++] = tally->lines[i];
	tally->line_count = kept;
	if (tally->slot_count > 0)
		memset(tally->slots, 0, tally->slot_count * sizeof(*tally->slots));
	fill_slots(tally);
}

static bool same_line(const struct tally_line *one, const struct tally_line *other)
{
	return one->hash == other->hash && one->dimension == other->dimension &&
	       one->account == other->account && one->minutes[0] == other->minutes[0] &&
	       one->minutes[1] == other->minutes[1] && strcmp(one->key, other->key) == 0;
}

static uint64_t hash_line(const struct tally_line *line)
{
	uint64_t hash = line->hash_of_key;

	hash = (hash ^ (uint64_t) line->dimension) * UINT64_C(0x9e3779b97f4a7c15);
	hash = (hash ^ hash >> 32 ^ (uint64_t) line->minutes[0]) *
	       UINT64_C(0xc2b2ae3d27d4eb4f);
	hash = (hash ^ hash >> 31 ^ (uint64_t) line->minutes[1]) *
	       UINT64_C(0x9e3779b97f4a7c15);
	return (hash ^ hash >> 29 ^ (uint64_t) line->account) *
	       UINT64_C(0xc2b2ae3d27d4eb4f);
}

/* The slot that holds the line, or the free one where it belongs. */
static uint32_t *find(const struct tally *tally, const struct tally_line *line)
{
	size_t at = (line->hash >> 16) & (tally->slot_count - 1);

	while (tally->slots[at] != 0 &&
		!same_line(&tally->lines[tally->slots[at] - 1], line))
		at = (at + 1) & (tally->slot_count - 1);
	return &tally->slots[at];
}

/* line->hash is set here. NULL without memory; a free slot has room for its line. */
static uint32_t *prepare(struct tally *tally, struct tally_line *line)
{
	if (tally->line_count * 2 >= tally->slot_count && !grow_slots(tally))
		return NULL;
	if (!make_room(&tally->lines, tally->line_count, &tally->line_capacity))
		return NULL;
	line->hash = hash_line(line);
	return find(tally, line);
}

static void put(struct tally *tally, uint32_t *slot, const struct tally_line *line)
{
	if (*slot != 0) {
		ses_counts_add(&tally->lines[*slot - 1].counts, &line->counts);
		return;
	}
	tally->lines[tally->line_count++] = *line;
	*slot = (uint32_t) tally->line_count;
}

bool tally_keep(struct tally *tally)
{
	for (size_t i = 0; i < tally->staged_count; i++) {
		uint32_t *slot = prepare(tally, &tally->staged[i]);

		if (slot == NULL)
			return false;
		put(tally, slot, &tally->staged[i]);
	}
	tally->staged_count = 0;
	return true;
}

bool tally_add(struct tally *tally, const struct tally_line *line)
{
	struct tally_line added = *line;
	size_t size = strlen(line->key) + 1;
	uint32_t *slot = prepare(tally, &added);
	char *key;

	if (slot == NULL)
		return false;
	if (*slot == 0) {
		key = tally_room(tally, size);
		if (key == NULL)
			return false;
		memcpy(key, line->key, size);
		added.key = key;
	}
	put(tally, slot, &added);
	return true;
}

utc_ms tally_last_delivery(const struct tally *tally, const char *domain)
{
	utc_ms newest = UTC_NONE;

	for (size_t i = 0; i < tally->line_count; i++) {
		const struct tally_line *line = &tally->lines[i];
		utc_ms sent = line->minutes[STORE_BASIS_SENT] * MINUTE_MS;

		if (line->dimension == STORE_BY_RECIPIENT_DOMAIN &&
			line->counts.deliveries > 0 && sent > newest &&
			strcmp(line->key, domain) == 0)
			newest = sent;
	}
	return newest;
}
