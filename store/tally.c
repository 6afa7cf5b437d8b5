/* tally.c - the counting of one batch: added up in memory, written once. */
#include "store/tally.h"

#include <stdlib.h>
#include <string.h>

#include "store/names.h"

/* series, start, account, key, then struct ses_counts in its order. */
static const char ADD[] =
	"INSERT INTO counters VALUES"
	" (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
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
	" listed = listed + excluded.listed";

struct tally_line {
	uint64_t hash;
	int64_t series; /* of minutes, until tally_write makes hours and days of them */
	int64_t start;
	int64_t account;
	const char *key;
	struct ses_counts counts;
};

void tally_finish(struct tally *tally)
{
	free(tally->staged);
	free(tally->lines);
	free(tally->slots);
	memset(tally, 0, sizeof(*tally));
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
}

bool tally_stage(struct tally *tally, enum store_dimension dimension, int64_t account,
	const char *key, const struct ses_counts *counts)
{
	struct tally_staged *staged;

	for (size_t i = 0; i < tally->staged_count; i++) {
		staged = &tally->staged[i];
		if (staged->dimension == dimension && staged->account == account &&
			strcmp(staged->key, key) == 0) {
			ses_counts_add(&staged->counts, counts);
			return true;
		}
	}
	if (tally->staged_count == tally->staged_capacity) {
		size_t capacity = tally->staged_capacity * 2 + 16;

		staged = reallocarray(tally->staged, capacity, sizeof(*staged));
		if (staged == NULL)
			return false;
		tally->staged = staged;
		tally->staged_capacity = capacity;
	}
	tally->staged[tally->staged_count++] = (struct tally_staged){
		.dimension = dimension,
		.account = account,
		.key = key,
		.counts = *counts,
	};
	return true;
}

static bool grow_slots(struct tally *tally)
{
	size_t count = tally->slot_count * 2 + 1024;
	uint32_t *slots = calloc(count, sizeof(*slots));

	if (slots == NULL)
		return false;
	for (size_t i = 0; i < tally->line_count; i++) {
		size_t at = tally->lines[i].hash % count;

		while (slots[at] != 0)
			at = (at + 1) % count;
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

static bool add_line(struct tally *tally, int64_t series, int64_t start, int64_t account,
	const char *key, const struct ses_counts *counts)
{
	struct tally_line line = {
		.series = series,
		.start = start,
		.account = account,
		.key = key,
		.counts = *counts,
	};
	uint64_t numbers[] = {(uint64_t) series, (uint64_t) start, (uint64_t) account};
	size_t at;

	if (tally->line_count * 2 >= tally->slot_count && !grow_slots(tally))
		return false;
	if (tally->line_count == tally->line_capacity && !grow_lines(tally))
		return false;
	line.hash = names_hash(key, strlen(key)) ^
		    names_hash(numbers, sizeof(numbers)) * UINT64_C(0x9e3779b97f4a7c15);
	at = line.hash % tally->slot_count;
	while (tally->slots[at] != 0) {
		struct tally_line *present = &tally->lines[tally->slots[at] - 1];

		if (same_line(present, &line)) {
			ses_counts_add(&present->counts, counts);
			return true;
		}
		at = (at + 1) % tally->slot_count;
	}
	tally->lines[tally->line_count++] = line;
	tally->slots[at] = (uint32_t) tally->line_count;
	return true;
}

bool tally_keep(struct tally *tally, utc_ms sent, utc_ms published)
{
	const int64_t sent_minute = utc_floor(sent, MINUTE_MS) / MINUTE_MS;
	const int64_t published_minute = utc_floor(published, MINUTE_MS) / MINUTE_MS;

	for (size_t i = 0; i < tally->staged_count; i++) {
		const struct tally_staged *staged = &tally->staged[i];
		enum store_dimension dimension = staged->dimension;

		if (!add_line(tally,
			    tally_series(STORE_BASIS_SENT, STORE_STEP_MINUTE, dimension),
			    sent_minute, staged->account, staged->key, &staged->counts) ||
			!add_line(tally,
				tally_series(STORE_BASIS_PUBLISHED, STORE_STEP_MINUTE,
					dimension),
				published_minute, staged->account, staged->key,
				&staged->counts))
			return false;
	}
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
			int64_t start =
				utc_floor(line.start * MINUTE_MS, wider[w].step_ms) /
				MINUTE_MS;

			if (!add_line(tally, line.series + (int64_t) wider[w].step * 4,
				    start, line.account, line.key, &line.counts))
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
