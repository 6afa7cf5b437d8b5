/* events.c - the recorded events, newest first. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/key.h"
#include "store/bisect.h"
#include "store/inside.h"
#include "store/trail.h"

/* What one call looks at, at most: then it hands back where to go on. */
#define ROWS_MAX 200000
#define SEGMENTS_MAX 1000

static const char LIST[] =
	"SELECT e.id, e.kind, e.published, e.sent, e.happened, e.recorded, a.account,"
	" a.region, o.identity, o.configuration_set, t.arn, e.message_id, e.address,"
	" e.original, e.facts, e.tags, e.raw"
	" FROM events e CROSS JOIN origins o ON o.id = e.origin"
	" CROSS JOIN accounts a ON a.id = o.account"
	" CROSS JOIN topics t ON t.id = e.topic"
	" WHERE e.id > ?1 AND e.id < ?2"
	" AND (?3 IS NULL OR e.address = ?3) AND (?4 = 0 OR (e.kind & 15) = ?4)"
	" AND (?5 IS NULL OR e.published >= ?5) AND (?6 IS NULL OR e.published < ?6)"
	" AND (?7 IS NULL OR a.account = ?7) ORDER BY e.id DESC LIMIT ?8";
static const char HIGHEST_BETWEEN[] =
	"SELECT max(id) FROM events WHERE id > ?1 AND id < ?2";
static const char FIRST_FROM[] =
	"SELECT id, recorded FROM events WHERE id >= ?1 ORDER BY id LIMIT 1";
static const char TRAILED[] = "SELECT trailed FROM totals";
static const char PLACES[] =
	"SELECT place FROM trail WHERE segment = ?1 AND hash = ?2 ORDER BY place DESC";
static const char RAW[] =
	"SELECT r.text FROM events e JOIN raws r ON r.id = e.id - e.raw WHERE e.id = ?1";

/* One call of store_event_list. */
struct listing {
	struct db *db;
	const struct store_event_filter *filter;
	store_each_event *each;
	void *closure;
	int64_t floor;	  /* nothing at or below it is wanted */
	int64_t position; /* everything at or above it was looked at */
	size_t given;
	bool is_full; /* the limit, or each, said stop */
};

static struct store_event read_event(
	const struct query *query, char message_id[SES_PACKED_ID_MAX])
{
	int64_t kind = query_integer(query, 1);
	const char *address = query_text(query, 12);
	const char *original = query_text(query, 13);

	ses_message_id_unpack(sqlite3_column_blob(query->statement, 11),
		(size_t) sqlite3_column_bytes(query->statement, 11), message_id);
	return (struct store_event){
		.id = query_integer(query, 0),
		.type = (enum ses_type)(kind & 15),
		.outcome = (enum ses_outcome)(kind >> 4 & 15),
		.standing = (enum ses_standing)(kind >> 8 & 3),
		.class = (enum ses_class)(kind >> 11 & 15),
		.is_development = (kind >> 10 & 1) != 0,
		.published = query_time(query, 2),
		.sent = query_time(query, 3),
		.happened = query_time(query, 4),
		.recorded = query_time(query, 5),
		.account = query_text(query, 6),
		.region = query_text(query, 7),
		.identity = query_text(query, 8),
		.configuration_set = query_text(query, 9),
		.topic_arn = query_text(query, 10),
		.message_id = message_id,
		.address = address,
		.original = original != NULL ? original : address,
		.facts = query_text(query, 14),
		.tags = query_text(query, 15),
		.has_raw = sqlite3_column_type(query->statement, 16) != SQLITE_NULL,
	};
}

/* The events with lower < id < upper that the filter wants; position follows. */
static bool list_range(struct listing *listing, int64_t lower, int64_t upper)
{
	const struct store_event_filter *filter = listing->filter;
	char message_id[SES_PACKED_ID_MAX];
	struct store_event event;
	struct query query;

	query_start(&query, listing->db, LIST);
	query_give_integer(&query, lower);
	query_give_integer(&query, upper);
	query_give_text(&query, filter->address);
	query_give_integer(&query, filter->type);
	query_give_time(&query, filter->since);
	query_give_time(&query, filter->until);
	query_give_text(&query, filter->account);
	query_give_integer(&query, (int64_t) (filter->limit - listing->given));
	while (!listing->is_full && query_row(&query)) {
		event = read_event(&query, message_id);
		listing->given++;
		listing->position = event.id;
		listing->is_full = !listing->each(listing->closure, &event) ||
				   listing->given >= filter->limit;
	}
	if (!listing->is_full)
		listing->position = lower + 1;
	return query_end(&query);
}

/* The events of one address in one segment, by its trail. */
static bool list_segment(struct listing *listing, int64_t segment, int64_t upper)
{
	int64_t first = segment * TRAIL_SEGMENT, *ids = NULL;
	size_t count = 0, capacity = 0;
	struct query query;
	bool went_well;

	query_start(&query, listing->db, PLACES);
	query_give_integer(&query, segment);
	query_give_integer(&query, trail_hash(listing->filter->address));
	while (query_row(&query)) {
		int64_t id = first + query_integer(&query, 0);

		if (id >= upper || id <= listing->floor)
			continue;
		if (count == capacity) {
			int64_t *more = reallocarray(ids, capacity + 64, sizeof(*ids));

			if (more == NULL) {
				query.failed = true;
				db_lacks_memory(listing->db);
				break;
			}
			ids = more;
			capacity += 64;
		}
		ids[count++] = id;
	}
	went_well = query_end(&query);
	for (size_t i = 0; i < count && went_well && !listing->is_full; i++)
		went_well = list_range(listing, ids[i] - 1, ids[i] + 1);
	if (!listing->is_full)
		listing->position = first;
	free(ids);
	return went_well;
}

static bool ask(struct db *db, const char *sql, int64_t *answer)
{
	struct query query;

	query_start(&query, db, sql);
	*answer = query_row(&query) ? query_integer(&query, 0) : 0;
	return query_end(&query);
}

/* Of one address: what is in no segment yet is looked through, the rest by segments. */
static bool list_address(struct listing *listing, int64_t upper)
{
	int64_t trailed, tail, segment, last;

	if (!ask(listing->db, TRAILED, &trailed))
		return false;
	tail = trailed * TRAIL_SEGMENT - 1;
	if (tail < listing->floor)
		tail = listing->floor;
	if (upper > tail + 1 && !list_range(listing, tail, upper))
		return false;
	segment = (upper - 1) / TRAIL_SEGMENT;
	if (segment >= trailed)
		segment = trailed - 1;
	last = segment - SEGMENTS_MAX;
	for (; segment >= 0 && segment > last && !listing->is_full; segment--) {
		if ((segment + 1) * TRAIL_SEGMENT <= listing->floor)
			break;
		if (!list_segment(listing, segment, upper))
			return false;
	}
	return true;
}

static bool highest_between(struct db *db, int64_t lower, int64_t upper, int64_t *id)
{
	struct query query;

	query_start(&query, db, HIGHEST_BETWEEN);
	query_give_integer(&query, lower);
	query_give_integer(&query, upper);
	*id = query_row(&query) ? query_integer(&query, 0) : 0;
	return query_end(&query);
}

/*
 * The highest id below which nothing is published at or after since: events are in the
 * order of their recording, and nothing is published more than a day after it was
 * recorded, but by a clock that is very wrong.
 */
static bool find_floor(struct db *db, utc_ms since, int64_t upper, int64_t *floor)
{
	utc_ms wanted = since < UTC_NONE + DAY_MS ? UTC_NONE : since - DAY_MS;

	return bisect_time(db, FIRST_FROM, wanted, *floor, upper, floor);
}

static bool list(struct listing *listing, int64_t *next)
{
	const struct store_event_filter *filter = listing->filter;
	int64_t upper = filter->before, lower, highest;

	if (upper <= 0) {
		if (!highest_between(listing->db, 0, INT64_MAX, &highest))
			return false;
		upper = highest + 1;
	}
	listing->floor = filter->after > 0 ? filter->after : 0;
	if (listing->floor >= upper)
		return true; /* nothing is above it: *next stays 0 */
	if (filter->since != UTC_NONE &&
		!find_floor(listing->db, filter->since, upper, &listing->floor))
		return false;
	listing->position = upper;
	listing->is_full = filter->limit == 0;
	if (listing->is_full)
		return true;
	if (filter->address != NULL) {
		if (!list_address(listing, upper))
			return false;
	} else {
		lower = upper - 1 - ROWS_MAX;
		if (lower < listing->floor)
			lower = listing->floor;
		if (!list_range(listing, lower, upper))
			return false;
	}
	/* Gaps that pruning left are skipped. */
	if (!highest_between(listing->db, listing->floor, listing->position, &highest))
		return false;
	*next = highest > 0 ? highest + 1 : 0;
	return true;
}

bool store_event_list(struct store *store, const struct store_event_filter *filter,
	store_each_event *each, void *closure, int64_t *next, struct error *error)
{
	struct listing listing = {
		.db = readers_borrow(store->readers, error),
		.filter = filter,
		.each = each,
		.closure = closure,
	};
	bool went_well;

	*next = 0;
	if (listing.db == NULL)
		return false;
	went_well = list(&listing, next) || db_explain(listing.db, error);
	readers_return(store->readers, listing.db);
	return went_well;
}

bool store_event_raw(struct store *store, int64_t id, char **raw, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	bool went_well, has_memory = true;
	struct query query;

	*raw = NULL;
	if (db == NULL)
		return false;
	query_start(&query, db, RAW);
	query_give_integer(&query, id);
	if (query_row(&query)) {
		*raw = text_copy(query_text(&query, 0),
			(size_t) sqlite3_column_bytes(query.statement, 0));
		has_memory = *raw != NULL;
	}
	went_well = query_end(&query) || db_explain(db, error);
	readers_return(store->readers, db);
	return went_well && (has_memory || error_set(error, "out of memory"));
}
