/* tally.c - the counting of one batch: added up in memory, written once. */
#include "store/tally.h"

#include <stdlib.h>
#include <string.h>

/* series, start, account, key, then struct ses_counts in its order. */
static const char ADD[] =
	"INSERT INTO counters VALUES"
	" (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
	" ?18, ?19, ?20)"
	" ON CONFLICT DO UPDATE SET"
	" sends = sends + excluded.sends,"
	" attempts = attempts + excluded.attempts,"
	" deliveries = deliveries + excluded.deliveries,"
	" hard_bounces = hard_bounces + excluded.hard_bounces,"
	" soft_bounces = soft_bounces + excluded.soft_bounces,"
	" complaints = complaints + excluded.complaints,"
	" rejects = rejects + excluded.rejects,"
	" refused = refused + excluded.refused,"
	" verified = verified + excluded.verified,"
	" simulator = simulator + excluded.simulator,"
	" not_spam = not_spam + excluded.not_spam,"
	" listed = listed + excluded.listed,"
	" automatic = automatic + excluded.automatic,"
	" blocked = blocked + excluded.blocked,"
	" verified_sends = verified_sends + excluded.verified_sends,"
	" reported = reported + excluded.reported";

/* Texts of a batch are few and short: one block is enough for most. */
#define BLOCK_BYTES ((size_t) 64 << 10)

struct tally_block {
	struct tally_block *next;
	size_t used, size;
	char bytes[];
};

struct tally_line {
	uint64_t hash, hash_of_key;
	int64_t series; /* of minutes, until tally_write makes hours and days of them */
	int64_t start;
	int64_t account;
	const char *key;
	struct ses_counts counts;
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

bool tally_has_lines(const struct tally *tally)
{
	return tally->line_count > 0;
}

void tally_at(struct tally *tally, utc_ms sent, utc_ms published)
{
	tally->minutes[STORE_BASIS_SENT] = utc_floor(sent, MINUTE_MS) / MINUTE_MS;
	tally->minutes[STORE_BASIS_PUBLISHED] =
		utc_floor(published, MINUTE_MS) / MINUTE_MS;
}

bool tally_stage(struct tally *tally, enum store_dimension dimension, int64_t account,
	const char *key, uint64_t hash, const struct ses_counts *counts)
{
	if (tally->staged_count == tally->staged_capacity) {
		size_t capacity = tally->staged_capacity * 2 + 32;
		struct tally_staged *staged =
			reallocarray(tally->staged, capacity, sizeof(*staged));

		if (staged == NULL)
			return false;
		tally->staged = staged;
		tally->staged_capacity = capacity;
	}
	tally->staged[tally->staged_count++] = (struct tally_staged){
		.dimension = dimension,
		.minutes = {tally->minutes[0], tally->minutes[1]},
		.account = account,
		.key = key,
		.hash = hash,
		.counts = *counts,
	};
	return true;
}

static bool grow_slots(struct tally *tally)
{
	size_t count = tally->slot_count == 0 ? 1024 : tally->slot_count * 2;
	uint32_t *slots = calloc(count, sizeof(*slots));

	if (slots == NULL)
		return false;
	for (size_t i = 0; i < tally->line_count; i++) {
		size_t at = (tally->lines[i].hash >> 16) & (count - 1);

		while (slots[at] != 0)
			at = (at + 1) & (count - 1);
		slots[at] = (uint32_t) (i + 1);
	}
	free(tally->slots);
	tally->slots = slots;
	tally->slot_count = count;
	return true;
}

static bool grow_lines(struct tally *tally)
{
	size_t capacity = tally->line_capacity * 2 + 256;
	struct tally_line *lines =
		reallocarray(tally->lines, capacity, sizeof(*tally->lines));

	if (lines == NULL)
		return false;
	tally->lines = lines;
	tally->line_capacity = capacity;
	return true;
}

static bool same_line(const struct tally_line *one, const struct tally_line *other)
{
	return one->hash == other->hash && one->series == other->series &&
	       one->start == other->start && one->account == other->account &&
	       strcmp(one->key, other->key) == 0;
}

static uint64_t hash_line(const struct tally_line *line, uint64_t hash_of_key)
{
	uint64_t hash = hash_of_key;

	hash = (hash ^ (uint64_t) line->series) * UINT64_C(0x9e3779b97f4a7c15);
	hash = (hash ^ hash >> 32 ^ (uint64_t) line->start) *
	       UINT64_C(0xc2b2ae3d27d4eb4f);
	return (hash ^ hash >> 29 ^ (uint64_t) line->account) *
	       UINT64_C(0x9e3779b97f4a7c15);
}

/* line->hash is set here. */
static bool add_line(struct tally *tally, struct tally_line *line)
{
	size_t at;

	if (tally->line_count * 2 >= tally->slot_count && !grow_slots(tally))
		return false;
	if (tally->line_count == tally->line_capacity && !grow_lines(tally))
		return false;
	line->hash = hash_line(line, line->hash_of_key);
	at = (line->hash >> 16) & (tally->slot_count - 1);
	while (tally->slots[at] != 0) {
		struct tally_line *present = &tally->lines[tally->slots[at] - 1];

		if (same_line(present, line)) {
			ses_counts_add(&present->counts, &line->counts);
			return true;
		}
		at = (at + 1) & (tally->slot_count - 1);
	}
	tally->lines[tally->line_count++] = *line;
	tally->slots[at] = (uint32_t) tally->line_count;
	return true;
}

static bool keep_in(
	struct tally *tally, const struct tally_staged *staged, enum store_basis basis)
{
	struct tally_line line = {
		.hash_of_key = staged->hash,
		.series = tally_series(basis, STORE_STEP_MINUTE, staged->dimension),
		.start = staged->minutes[basis],
		.account = staged->account,
		.key = staged->key,
		.counts = staged->counts,
	};

	return add_line(tally, &line);
}

bool tally_keep(struct tally *tally)
{
	for (size_t i = 0; i < tally->staged_count; i++)
		if (!keep_in(tally, &tally->staged[i], STORE_BASIS_SENT) ||
			!keep_in(tally, &tally->staged[i], STORE_BASIS_PUBLISHED))
			return false;
	tally->staged_count = 0;
	return true;
}

/* Of each minute its hour and its day. */
static bool roll_up(struct tally *tally)
{
	static const struct {
		enum store_step step;
		int64_t step_ms;
	} wider[] = {{STORE_STEP_HOUR, HOUR_MS}, {STORE_STEP_DAY, DAY_MS}};
	size_t minutes = tally->line_count;

	for (size_t w = 0; w < sizeof(wider) / sizeof(wider[0]); w++)
		for (size_t i = 0; i < minutes; i++) {
			/* A copy: the lines move when they grow. */
			struct tally_line line = tally->lines[i];

			line.series += (int64_t) wider[w].step * 4;
			line.start = utc_floor(line.start * MINUTE_MS, wider[w].step_ms) /
				     MINUTE_MS;
			if (!add_line(tally, &line))
				return false;
		}
	return true;
}

bool tally_write(struct tally *tally, struct db *db)
{
	if (!roll_up(tally))
		return db_lacks_memory(db);
	for (size_t i = 0; i < tally->line_count; i++) {
		const struct tally_line *line = &tally->lines[i];
		const int64_t *counts = (const int64_t *) &line->counts;
		struct query query;

		query_start(&query, db, ADD);
		query_give_integer(&query, line->series);
		query_give_integer(&query, line->start);
		query_give_integer(&query, line->account);
		query_give_text(&query, line->key);
		for (size_t j = 0; j < SES_COUNTS_FIELDS; j++)
			query_give_integer(&query, counts[j]);
		if (!query_run(&query))
			return false;
	}
	return true;
}

utc_ms tally_last_delivery(const struct tally *tally, const char *domain)
{
	int64_t series = tally_series(
		STORE_BASIS_SENT, STORE_STEP_MINUTE, STORE_BY_RECIPIENT_DOMAIN);
	utc_ms newest = UTC_NONE;

	for (size_t i = 0; i < tally->line_count; i++) {
		const struct tally_line *line = &tally->lines[i];

		if (line->series == series && line->counts.deliveries > 0 &&
			line->start * MINUTE_MS > newest &&
			strcmp(line->key, domain) == 0)
			newest = line->start * MINUTE_MS;
	}
	return newest;
}
