/* change_list.c - the audit trail of the list, newest first. */
#include "base/text.h"
#include "store/bisect.h"
#include "store/changes.h"
#include "store/inside.h"
#include "store/trail.h"

/* What one call looks at, at most: then it hands back where to go on. */
#define ROWS_MAX 200000

#define COLUMNS                                                                          \
	"SELECT id, at, address, scope, what, actor, cause, event, before, after"        \
	" FROM changes"
#define IN_TIME                                                                          \
	" AND (?3 IS NULL OR at >= ?3) AND (?4 IS NULL OR at < ?4)"                      \
	" ORDER BY id DESC LIMIT ?5"

static const char LIST[] = COLUMNS " WHERE id > ?1 AND id < ?2" IN_TIME;
static const char LIST_OF_ADDRESS[] =
	COLUMNS " WHERE id > ?1 AND id < ?2 AND hash = ?6 AND address = ?7" IN_TIME;
static const char HIGHEST[] = "SELECT max(id) FROM changes WHERE id > ?1 AND id < ?2";
static const char HIGHEST_OF_HASH[] =
	"SELECT max(id) FROM changes WHERE id > ?1 AND id < ?2 AND hash = ?3";
static const char FIRST_FROM[] =
	"SELECT id, at FROM changes WHERE id >= ?1 ORDER BY id LIMIT 1";

static const char *name_of(enum change_what what)
{
	switch (what) {
	case CHANGE_ADDED:
		return "added";
	case CHANGE_CHANGED:
		return "changed";
	case CHANGE_REMOVED:
		return "removed";
	case CHANGE_EXEMPTED:
		return "exempted";
	case CHANGE_NOT_EXEMPTED:
		return "not-exempted";
	case CHANGE_FORGOTTEN:
		return "forgotten";
	}
	return "changed";
}

/* One call of store_list_change_list. */
struct listing {
	struct db *db;
	const struct store_list_change_filter *filter;
	store_each_list_change *each;
	void *closure;
	int64_t floor, upper; /* wanted are the ids between, without either */
	int64_t position;     /* everything at or above it was looked at */
	size_t given;
	bool is_full; /* the limit, or each, said stop */
};

static struct store_list_change read_change(const struct query *query)
{
	return (struct store_list_change){
		.id = query_integer(query, 0),
		.at = query_time(query, 1),
		.address = query_text_or_empty(query, 2),
		.scope = query_text_or_empty(query, 3),
		.what = name_of((enum change_what) query_integer(query, 4)),
		.actor = query_text_or_empty(query, 5),
		.cause = query_text_or_empty(query, 6),
		.event = query_integer(query, 7),
		.before = query_text(query, 8),
		.after = query_text(query, 9),
	};
}

static bool list_range(struct listing *listing, int64_t lower)
{
	const struct store_list_change_filter *filter = listing->filter;
	bool has_address = filter->address != NULL;
	struct query query;

	query_start(&query, listing->db, has_address ? LIST_OF_ADDRESS : LIST);
	query_give_integer(&query, lower);
	query_give_integer(&query, listing->upper);
	query_give_time(&query, filter->since);
	query_give_time(&query, filter->until);
	query_give_integer(&query, (int64_t) filter->limit);
	if (has_address) {
		query_give_integer(&query, trail_hash(filter->address));
		query_give_text(&query, filter->address);
	}
	while (!listing->is_full && query_row(&query)) {
		struct store_list_change change = read_change(&query);

		listing->given++;
		listing->position = change.id;
		listing->is_full = !listing->each(listing->closure, &change) ||
				   listing->given >= filter->limit;
	}
	if (!listing->is_full)
		listing->position = lower + 1;
	return query_end(&query);
}

static bool highest(
	struct listing *listing, int64_t lower, int64_t upper, bool any, int64_t *id)
{
	const char *address = any ? NULL : listing->filter->address;
	struct query query;

	query_start(&query, listing->db, address != NULL ? HIGHEST_OF_HASH : HIGHEST);
	query_give_integer(&query, lower);
	query_give_integer(&query, upper);
	if (address != NULL)
		query_give_integer(&query, trail_hash(address));
	*id = query_row(&query) ? query_integer(&query, 0) : 0;
	return query_end(&query);
}

/* The highest id between floor and upper such that nothing at or below it is as late as a
 * time: a job waits for far less than a day before it changes anything. */
static bool find_before(struct listing *listing, utc_ms time, int64_t *id)
{
	return bisect_time(
		listing->db, FIRST_FROM, time, listing->floor, listing->upper, id);
}

static bool narrow(struct listing *listing)
{
	const struct store_list_change_filter *filter = listing->filter;
	int64_t id;

	if (filter->until != UTC_NONE && filter->until < INT64_MAX - DAY_MS) {
		if (!find_before(listing, filter->until + DAY_MS, &id))
			return false;
		listing->upper = id + 1;
	}
	if (filter->since == UTC_NONE || filter->since < UTC_NONE + DAY_MS)
		return true;
	return find_before(listing, filter->since - DAY_MS, &listing->floor);
}

static bool list(struct listing *listing, int64_t *next)
{
	const struct store_list_change_filter *filter = listing->filter;
	int64_t lower, last;

	listing->upper = filter->before;
	if (listing->upper <= 0) {
		if (!highest(listing, 0, INT64_MAX, true, &last))
			return false;
		listing->upper = last + 1;
	}
	if (filter->limit == 0 || !narrow(listing))
		return filter->limit == 0;
	lower = listing->floor;
	if (filter->address == NULL && listing->upper - 1 - ROWS_MAX > lower)
		lower = listing->upper - 1 - ROWS_MAX;
	listing->position = listing->upper;
	if (!list_range(listing, lower) ||
		!highest(listing, listing->floor, listing->position, false, &last))
		return false;
	*next = last > 0 ? last + 1 : 0;
	return true;
}

bool store_list_change_list(struct store *store,
	const struct store_list_change_filter *filter, store_each_list_change *each,
	void *closure, int64_t *next, struct error *error)
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
