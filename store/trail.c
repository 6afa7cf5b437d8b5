/* trail.c - which events an address has, without an index on the hot path. */
#include "store/trail.h"

#include <stdlib.h>
#include <string.h>

#include "store/names.h"

static const char READ_SEGMENT[] =
	"SELECT id, address, iif((kind & 15) = 2, sent, NULL) FROM events"
	" WHERE id >= ?1 AND id < ?2 AND address != '' ORDER BY id";
static const char ADD[] = "INSERT INTO trail VALUES (?1, ?2, ?3)";
static const char RECORDED_FROM[] =
	"SELECT recorded FROM events WHERE id >= ?1 ORDER BY id LIMIT 1";
/* kind: a Delivery. */
static const char IN_SEGMENT[] =
	"SELECT max(e.sent) FROM trail t CROSS JOIN events e ON e.id = ?1 + t.place"
	" WHERE t.segment = ?2 AND t.hash = ?3 AND e.address = ?4"
	" AND (e.kind & 15) = 2 AND e.sent >= ?5 AND e.sent < ?6";
static const char IN_EVENT[] =
	"SELECT sent FROM events WHERE id = ?1 AND address = ?2 AND (kind & 15) = 2"
	" AND sent >= ?3 AND sent < ?4";
static const char FROM_EVENT[] =
	"SELECT max(sent) FROM events WHERE id >= ?1 AND address = ?2"
	" AND (kind & 15) = 2 AND sent >= ?3 AND sent < ?4";

/* Our clock and Amazon's may differ by so much. */
#define CLOCK_SLACK_MS DAY_MS

struct footprint {
	int64_t hash;
	int64_t place;
};

bool trail_is_due(int64_t trailed, int64_t last_event)
{
	return last_event >= (trailed + 1) * TRAIL_SEGMENT;
}

int64_t trail_hash(const char *address)
{
	uint64_t hash = names_hash(address, strlen(address));

	return (int64_t) (int32_t) (uint32_t) (hash ^ hash >> 32);
}

static struct segment_newest *newest_of(struct open_segment *open, int64_t segment)
{
	return &open->newest[segment % TRAIL_SEGMENTS_MAX];
}

/* Whether a segment may hold a Delivery of a mail sent at or after a time. */
static bool may_hold(const struct open_segment *open, int64_t segment, utc_ms since)
{
	const struct segment_newest *newest = &open->newest[segment % TRAIL_SEGMENTS_MAX];

	return newest->segment != segment + 1 || newest->sent >= since;
}

static int compare(const void *one, const void *other)
{
	const struct footprint *a = one, *b = other;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static bool read_segment(
	struct db *db, int64_t segment, struct footprint *footprints, size_t *count)
{
	int64_t first = segment * TRAIL_SEGMENT;
	struct query query;

	query_start(&query, db, READ_SEGMENT);
	query_give_integer(&query, first);
	query_give_integer(&query, first + TRAIL_SEGMENT);
	*count = 0;
	while (query_row(&query))
		footprints[(*count)++] = (struct footprint){
			.hash = trail_hash(query_text_or_empty(&query, 1)),
			.place = query_integer(&query, 0) - first,
		};
	return query_end(&query);
}

bool trail_write(struct db *db, int64_t *trailed)
{
	struct footprint *footprints = calloc(TRAIL_SEGMENT, sizeof(*footprints));
	bool went_well;
	size_t count;

	if (footprints == NULL)
		return db_lacks_memory(db);
	went_well = read_segment(db, *trailed, footprints, &count);
	if (went_well)
		qsort(footprints, count, sizeof(*footprints), compare);
	for (size_t i = 0; went_well && i < count; i++) {
		struct query query;

		query_start(&query, db, ADD);
		query_give_integer(&query, *trailed);
		query_give_integer(&query, footprints[i].hash);
		query_give_integer(&query, footprints[i].place);
		went_well = query_run(&query);
	}
	free(footprints);
	if (went_well)
		++*trailed;
	return went_well;
}

/* ---- the open segment ---- */

bool open_segment_read(
	struct open_segment *open, struct db *db, int64_t trailed, int64_t last_event)
{
	struct query query;

	open->first = trailed * TRAIL_SEGMENT;
	memset(open->hashes, 0, sizeof(open->hashes));
	*newest_of(open, trailed) =
		(struct segment_newest){.segment = trailed + 1, .sent = UTC_NONE};
	query_start(&query, db, READ_SEGMENT);
	query_give_integer(&query, open->first);
	query_give_integer(&query, last_event + 1);
	while (query_row(&query))
		open_segment_note(open, query_integer(&query, 0),
			query_text_or_empty(&query, 1), query_time(&query, 2));
	return query_end(&query);
}

/* 0 says that there is none. */
static int32_t kept_hash(int64_t hash)
{
	return hash == 0 ? 1 : (int32_t) hash;
}

void open_segment_note(
	struct open_segment *open, int64_t event, const char *address, utc_ms delivered)
{
	int64_t place = event - open->first;
	struct segment_newest *newest = newest_of(open, open->first / TRAIL_SEGMENT);

	/* An item can go over the border; look_in_open reads those events themselves. */
	if (place < 0 || place >= TRAIL_SEGMENT)
		return;
	if (delivered > newest->sent)
		newest->sent = delivered;
	open->hashes[place] = address[0] == '\0' ? 0 : kept_hash(trail_hash(address));
}

/* ---- deliveries of one address ---- */

struct delivery_search {
	struct db *db;
	const char *address;
	int64_t hash;
	utc_ms since, before;
	bool any;
	utc_ms newest;
};

static bool is_found(const struct delivery_search *search)
{
	return search->any && search->newest != UTC_NONE;
}

/* Gives the last two parameters, and takes the one column there is. */
static bool keep_newest(struct delivery_search *search, struct query *query)
{
	utc_ms sent = UTC_NONE;

	query_give_integer(query, search->since);
	query_give_integer(query, search->before);
	if (query_row(query))
		sent = query_time(query, 0);
	if (sent > search->newest)
		search->newest = sent;
	return query_end(query);
}

static bool look_at(struct delivery_search *search, const char *sql, int64_t event)
{
	struct query query;

	query_start(&query, search->db, sql);
	query_give_integer(&query, event);
	query_give_text(&query, search->address);
	return keep_newest(search, &query);
}

/* The last place before end with that hash; -1 if there is none. By blocks, which the
 * compiler compares several places at a time. */
static int64_t find_hash(const struct open_segment *open, int32_t hash, int64_t end)
{
	enum { BLOCK = 64 };

	for (int64_t block = (end + BLOCK - 1) / BLOCK * BLOCK - BLOCK; block >= 0;
		block -= BLOCK) {
		const int32_t *hashes = &open->hashes[block];
		int is_there = 0;

		for (int i = 0; i < BLOCK; i++)
			is_there |= hashes[i] == hash;
		for (int i = BLOCK - 1; is_there && i >= 0; i--)
			if (hashes[i] == hash && block + i < end)
				return block + i;
	}
	return -1;
}

static bool look_in_open(struct delivery_search *search, const struct open_segment *open)
{
	int32_t hash = kept_hash(search->hash);
	int64_t place = TRAIL_SEGMENT;

	/* Over the border: those of this item only. */
	if (!look_at(search, FROM_EVENT, open->first + TRAIL_SEGMENT))
		return false;
	if (!may_hold(open, open->first / TRAIL_SEGMENT, search->since))
		return true;
	while (!is_found(search) && (place = find_hash(open, hash, place)) >= 0)
		if (!look_at(search, IN_EVENT, open->first + place))
			return false;
	return true;
}

static bool look_in_segment(struct delivery_search *search, int64_t segment)
{
	struct query query;

	query_start(&query, search->db, IN_SEGMENT);
	query_give_integer(&query, segment * TRAIL_SEGMENT);
	query_give_integer(&query, segment);
	query_give_integer(&query, search->hash);
	query_give_text(&query, search->address);
	return keep_newest(search, &query);
}

/* Ids grow with recording, so nothing in or before a segment matters if what comes after
 * it was recorded too early. */
static bool is_too_early(struct delivery_search *search, int64_t segment, bool *answer)
{
	utc_ms recorded = UTC_NONE;
	struct query query;

	query_start(&query, search->db, RECORDED_FROM);
	query_give_integer(&query, (segment + 1) * TRAIL_SEGMENT);
	if (query_row(&query))
		recorded = query_time(&query, 0);
	*answer = recorded != UTC_NONE && recorded < search->since - CLOCK_SLACK_MS;
	return query_end(&query);
}

static bool look_in_segments(
	struct delivery_search *search, const struct open_segment *open)
{
	int64_t segment = open->first / TRAIL_SEGMENT - 1;
	int64_t last = segment - TRAIL_SEGMENTS_MAX;
	bool is_early = false;

	for (; segment >= 0 && segment > last && !is_found(search); segment--) {
		if (!may_hold(open, segment, search->since))
			continue;
		if (!is_too_early(search, segment, &is_early))
			return false;
		if (is_early)
			break;
		if (!look_in_segment(search, segment))
			return false;
	}
	return true;
}

bool trail_find_delivery(const struct open_segment *open, struct db *db,
	const char *address, utc_ms since, utc_ms before, bool any, utc_ms *sent)
{
	struct delivery_search search = {
		.db = db,
		.address = address,
		.hash = trail_hash(address),
		.since = since,
		.before = before,
		.any = any,
		.newest = UTC_NONE,
	};

	*sent = UTC_NONE;
	if (!look_in_open(&search, open) || !look_in_segments(&search, open))
		return false;
	*sent = search.newest;
	return true;
}
