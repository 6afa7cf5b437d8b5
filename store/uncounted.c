/* uncounted.c - what batches counted, and the keys of their events, until the tables hold
 * them. */
#include "store/uncounted.h"

#include <stdio.h>
#include <string.h>

#include "store/names.h"
#include "store/rollup.h"

static const char NOTE[] = "INSERT INTO uncounted VALUES (?1, ?2, ?3)";
static const char READ[] = "SELECT id, keys, lines FROM uncounted ORDER BY id";
static const char FORGET[] = "DELETE FROM uncounted WHERE id <= ?1";

/* Counting takes the longer the more there is, and nothing is recorded meanwhile: so
 * many lines are some ten milliseconds of work, and some megabytes of memory. */
#define LINES_MAX 8000
#define KEYS_MAX 16000
/* Rows of the table: what a start after a crash has to add up. */
#define ROWS_MAX 20000
#define AGE_MAX_MS (30 * SECOND_MS)
/* What is counted with the few, for it costs little or was left alone for long. */
#define LITTLE_LINES 500
#define FEW_AGE_MAX_MS (5 * SECOND_MS)

void uncounted_init(struct uncounted *uncounted)
{
	memset(uncounted, 0, sizeof(*uncounted));
	buffer_init(&uncounted->packed, SIZE_MAX);
}

void uncounted_finish(struct uncounted *uncounted)
{
	tally_finish(&uncounted->tally);
	recent_finish(&uncounted->keys);
	buffer_finish(&uncounted->packed);
}

/* ---- a row ---- */

/* Seven bits a byte, the lowest first; the highest bit says that more follow. */
static void pack(struct buffer *packed, uint64_t number)
{
	unsigned char bytes[10];
	size_t count = 0;

	do {
		bytes[count++] = (unsigned char) (number | 0x80);
		number >>= 7;
	} while (number > 0);
	bytes[count - 1] &= 0x7f;
	buffer_append(packed, bytes, count);
}

/* Negative numbers are small too. */
static void pack_signed(struct buffer *packed, int64_t number)
{
	pack(packed, (uint64_t) number << 1 ^ (uint64_t) (number >> 63));
}

static void pack_line(struct buffer *packed, const struct tally_line *line)
{
	const int64_t *counts = (const int64_t *) &line->counts;
	uint64_t which = 0;

	for (size_t i = 0; i < SES_COUNTS_FIELDS; i++)
		which |= (uint64_t) (counts[i] != 0) << i;
	pack(packed, (uint64_t) line->dimension);
	pack(packed, (uint64_t) line->account);
	pack_signed(packed, line->minutes[0]);
	pack_signed(packed, line->minutes[1] - line->minutes[0]);
	buffer_append(packed, line->key, strlen(line->key) + 1);
	pack(packed, which);
	for (size_t i = 0; i < SES_COUNTS_FIELDS; i++)
		if (counts[i] != 0)
			pack_signed(packed, counts[i]);
}

/* Localities are times in order of arrival, nearly; digests are random. */
static void pack_keys(
	struct buffer *packed, const struct recent *recent, size_t first, size_t end)
{
	int64_t before = 0;

	for (size_t i = first; i < end; i++) {
		struct ses_key key = recent->keys[i];

		pack_signed(packed, key.locality - before);
		buffer_append(packed, &key.digest, sizeof(key.digest));
		before = key.locality;
	}
}

struct unpacking {
	const char *at, *end;
	bool is_damaged;
};

static uint64_t unpack(struct unpacking *unpacking)
{
	uint64_t number = 0;

	for (unsigned shift = 0; shift < 64 && unpacking->at < unpacking->end;
		shift += 7) {
		unsigned char byte = (unsigned char) *unpacking->at++;

		number |= (uint64_t) (byte & 0x7f) << shift;
		if (byte < 0x80)
			return number;
	}
	unpacking->is_damaged = true;
	return 0;
}

static int64_t unpack_signed(struct unpacking *unpacking)
{
	uint64_t number = unpack(unpacking);

	return (int64_t) (number >> 1 ^ (~(number & 1) + 1));
}

/* Of damaged bytes the sum can be anything. */
static int64_t plus(int64_t one, int64_t other)
{
	return (int64_t) ((uint64_t) one + (uint64_t) other);
}

static const char *unpack_text(struct unpacking *unpacking)
{
	const char *text = unpacking->at;
	const char *end = memchr(text, '\0', (size_t) (unpacking->end - text));

	if (end == NULL) {
		unpacking->is_damaged = true;
		return "";
	}
	unpacking->at = end + 1;
	return text;
}

static void unpack_line(struct unpacking *unpacking, struct tally_line *line)
{
	int64_t *counts = (int64_t *) &line->counts;
	uint64_t which, dimension = unpack(unpacking);

	*line = (struct tally_line){.account = (int64_t) unpack(unpacking)};
	line->minutes[0] = unpack_signed(unpacking);
	line->minutes[1] = plus(line->minutes[0], unpack_signed(unpacking));
	line->key = unpack_text(unpacking);
	line->hash_of_key = names_hash(line->key, strlen(line->key));
	which = unpack(unpacking);
	for (size_t i = 0; i < SES_COUNTS_FIELDS; i++)
		if ((which >> i & 1) != 0)
			counts[i] = unpack_signed(unpacking);
	if (dimension >= STORE_DIMENSIONS)
		unpacking->is_damaged = true;
	else
		line->dimension = (enum store_dimension) dimension;
}

static void unpack_key(struct unpacking *unpacking, int64_t before, struct ses_key *key)
{
	key->locality = plus(before, unpack_signed(unpacking));
	if ((size_t) (unpacking->end - unpacking->at) < sizeof(key->digest)) {
		unpacking->is_damaged = true;
		return;
	}
	memcpy(&key->digest, unpacking->at, sizeof(key->digest));
	unpacking->at += sizeof(key->digest);
}

static struct unpacking unpacking_of(const struct query *query, int column)
{
	const char *bytes = sqlite3_column_blob(query->statement, column);

	return (struct unpacking){
		.at = bytes,
		.end = bytes + sqlite3_column_bytes(query->statement, column),
	};
}

static bool read_keys(struct uncounted *uncounted, struct unpacking *unpacking)
{
	struct ses_key key = {0, 0};

	while (unpacking->at < unpacking->end) {
		unpack_key(unpacking, key.locality, &key);
		if (unpacking->is_damaged)
			return true;
		if (!recent_has(&uncounted->keys, key) &&
			!recent_add(&uncounted->keys, key))
			return false;
	}
	return true;
}

static bool read_lines(struct uncounted *uncounted, struct unpacking *unpacking)
{
	struct tally_line line;

	while (unpacking->at < unpacking->end) {
		unpack_line(unpacking, &line);
		if (unpacking->is_damaged)
			return true;
		if (!tally_add(&uncounted->tally, &line))
			return false;
	}
	return true;
}

static bool read_row(struct uncounted *uncounted, const struct query *query)
{
	struct unpacking keys = unpacking_of(query, 1), lines = unpacking_of(query, 2);
	struct db *db = query->db;

	uncounted->noted = query_integer(query, 0);
	if (!read_keys(uncounted, &keys) || !read_lines(uncounted, &lines))
		return db_lacks_memory(db);
	if (!keys.is_damaged && !lines.is_damaged)
		return true;
	db->code = SQLITE_CORRUPT;
	snprintf(db->failure, sizeof(db->failure), "row %lld of uncounted is damaged",
		(long long) uncounted->noted);
	return false;
}

/* ---- the writer's ---- */

bool uncounted_read(struct uncounted *uncounted, struct db *db)
{
	bool went_well = true;
	struct query query;

	tally_clear(&uncounted->tally);
	recent_clear(&uncounted->keys);
	uncounted->is_lost = true;
	uncounted->since = 0;
	query_start(&query, db, READ);
	while (went_well && query_row(&query)) {
		uncounted->since = clock_monotonic_ms();
		went_well = read_row(uncounted, &query);
	}
	went_well = query_end(&query) && went_well;
	recent_end_batch(&uncounted->keys);
	uncounted->is_lost = !went_well;
	if (went_well && uncounted->since == 0)
		uncounted->counted = uncounted->counted_few = uncounted->noted;
	return went_well;
}

bool uncounted_has_news(const struct uncounted *uncounted, const struct tally *batch)
{
	return batch->line_count > 0 || uncounted->keys.count > uncounted->keys.batch;
}

bool uncounted_begin(struct uncounted *uncounted, struct db *db)
{
	return !uncounted->is_lost || uncounted_read(uncounted, db);
}

/* A row of keys, and of the lines of a tally. */
static bool note(struct uncounted *uncounted, int64_t id, size_t first_key,
	size_t end_key, const struct tally *tally, bool only_many, struct db *db)
{
	struct buffer *packed = &uncounted->packed;
	struct query query;
	size_t length;

	packed->length = 0;
	packed->failed = false;
	pack_keys(packed, &uncounted->keys, first_key, end_key);
	length = packed->length;
	for (size_t i = 0; i < tally->line_count; i++)
		if (!only_many || tally_has_many_keys(tally->lines[i].dimension))
			pack_line(packed, &tally->lines[i]);
	if (packed->failed)
		return db_lacks_memory(db);
	query_start(&query, db, NOTE);
	query_give_integer(&query, id);
	/* No bytes are not NULL. */
	query_give_bytes(&query, length > 0 ? packed->bytes : "", length);
	query_give_bytes(&query, packed->length > length ? packed->bytes + length : "",
		packed->length - length);
	return query_run(&query);
}

bool uncounted_note(struct uncounted *uncounted, const struct tally *batch, struct db *db)
{
	const struct recent *keys = &uncounted->keys;

	if (!uncounted_has_news(uncounted, batch))
		return true;
	return note(uncounted, uncounted->noted + 1, keys->batch, keys->count, batch,
		false, db);
}

static bool forget(struct uncounted *uncounted, struct db *db)
{
	struct query query;

	query_start(&query, db, FORGET);
	query_give_integer(&query, uncounted->noted);
	return query_run(&query);
}

static int64_t age_of(const struct uncounted *uncounted)
{
	return clock_monotonic_ms() - uncounted->since;
}

/* What is left is noted anew, as one row. */
bool uncounted_count(struct uncounted *uncounted, enum counting *counting, struct db *db)
{
	const struct tally *tally = &uncounted->tally;

	if (uncounted->since == 0)
		*counting = COUNT_NOTHING;
	if (*counting == COUNT_NOTHING)
		return true;
	if (tally->line_count <= LITTLE_LINES || age_of(uncounted) >= FEW_AGE_MAX_MS)
		*counting = COUNT_ALL;
	if (*counting == COUNT_ALL)
		return recent_write(&uncounted->keys, db) &&
		       rollup_write(tally, false, db) && forget(uncounted, db);
	return rollup_write(tally, true, db) && forget(uncounted, db) &&
	       note(uncounted, uncounted->noted, 0, uncounted->keys.batch, tally, true,
		       db);
}

static void take_away_counted(struct uncounted *uncounted, enum counting counting)
{
	switch (counting) {
	case COUNT_NOTHING:
		return;
	case COUNT_FEW:
		tally_keep_many(&uncounted->tally);
		break;
	case COUNT_ALL:
		tally_clear(&uncounted->tally);
		recent_forget_written(&uncounted->keys);
		uncounted->counted = uncounted->noted;
		uncounted->since = 0;
		break;
	}
	uncounted->counted_few = uncounted->noted;
}

void uncounted_commit(
	struct uncounted *uncounted, const struct tally *batch, enum counting counting)
{
	bool has_news = uncounted_has_news(uncounted, batch);

	take_away_counted(uncounted, counting);
	recent_end_batch(&uncounted->keys);
	if (!has_news)
		return;
	if (uncounted->since == 0)
		uncounted->since = clock_monotonic_ms();
	uncounted->noted++;
	for (size_t i = 0; i < batch->line_count && !uncounted->is_lost; i++)
		uncounted->is_lost = !tally_add(&uncounted->tally, &batch->lines[i]);
}

static bool is_much(const struct uncounted *uncounted)
{
	return uncounted->tally.line_count >= LINES_MAX ||
	       uncounted->keys.count >= KEYS_MAX ||
	       uncounted->noted - uncounted->counted_few >= ROWS_MAX;
}

int64_t uncounted_wait_ms(const struct uncounted *uncounted)
{
	int64_t age;

	if (uncounted->since == 0)
		return -1;
	age = age_of(uncounted);
	return is_much(uncounted) || age >= AGE_MAX_MS ? 0 : AGE_MAX_MS - age;
}
