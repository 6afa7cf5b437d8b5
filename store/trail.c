/* trail.c - which events an address has, without an index on the hot path. */
#include "store/trail.h"

#include <stdlib.h>
#include <string.h>

#include "store/bisect.h"
#include "store/names.h"

static const char READ_SEGMENT[] =
	"SELECT id, address FROM events WHERE id >= ?1 AND id < ?2 AND address != ''"
	" ORDER BY id";
static const char ADD[] = "INSERT INTO trail VALUES (?1, ?2, ?3)";
static const char LAST_EVENT[] = "SELECT coalesce(max(id), 0) FROM events";
static const char FIRST_FROM[] =
	"SELECT id, recorded FROM events WHERE id >= ?1 ORDER BY id LIMIT 1";
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
	query_start(&query, db, READ_SEGMENT);
	query_give_integer(&query, open->first);
	query_give_integer(&query, last_event + 1);
	while (query_row(&query))
		open_segment_note(
			open, query_integer(&query, 0), query_text_or_empty(&query, 1));
	return query_end(&query);
}

/* 0 says that there is none. */
static int32_t kept_hash(int64_t hash)
{
	return hash == 0 ? 1 : (int32_t) hash;
}

void open_segment_note(struct open_segment *open, int64_t event, const char *address)
{
	int64_t place = event - open->first;

	/* An item can go over the border; look_in_open reads those events themselves. */
	if (place >= 0 && place < TRAIL_SEGMENT)
		open->hashes[place] =
			address[0] == '\0' ? 0 : kept_hash(trail_hash(address));
}

/* ---- deliveries of one address ---- */

struct delivery_search {
	struct db *db;
	const char *address;
	int64_t hash;
	int64_t floor; /* the first event that may matter */
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

static bool look_in_open(struct delivery_search *search, const struct open_segment *open)
{
	int64_t end = open->first + TRAIL_SEGMENT;
	int64_t lowest = open->first > search->floor ? open->first : search->floor;
	int32_t hash = kept_hash(search->hash);

	/* Over the border: those of this item only. */
	if (!look_at(search, FROM_EVENT, end > search->floor ? end : search->floor))
		return false;
	for (int64_t event = end - 1; event >= lowest && !is_found(search); event--)
		if (open->hashes[event - open->first] == hash &&
			!look_at(search, IN_EVENT, event))
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

/* No event at or below it was recorded at or after a time: ids grow with recording. */
static bool find_floor(struct db *db, utc_ms since, int64_t *floor)
{
	int64_t end;
	struct query query;

	query_start(&query, db, LAST_EVENT);
	end = query_row(&query) ? query_integer(&query, 0) + 1 : 1;
	return query_end(&query) && bisect_time(db, FIRST_FROM, since, 0, end, floor);
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
	int64_t segment = open->first / TRAIL_SEGMENT - 1;
	int64_t last = segment - TRAIL_SEGMENTS_MAX;

	*sent = UTC_NONE;
	if (!find_floor(db, since - CLOCK_SLACK_MS, &search.floor) ||
		!look_in_open(&search, open))
		return false;
	for (; segment >= 0 && segment > last && !is_found(&search); segment--) {
		if ((segment + 1) * TRAIL_SEGMENT <= search.floor)
			break;
		if (!look_in_segment(&search, segment))
			return false;
	}
	*sent = search.newest;
	return true;
}
