/* suppressions.c - the list: one entry of it, and page by page. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/inside.h"
#include "store/lookup.h"

/* What one call looks at, at most: then it hands back where to go on. */
#define ROWS_MAX 20000

/* From a pair on, or what comes after it; ?3: the first text that no longer begins with
 * the prefix. One lower bound only, so that a page deep in the list costs no more. */
#define ROWS "SELECT address, scope, hand, reason, since FROM suppressions"
#define ROWS_WHERE " (?1, ?2) AND address < ?3 ORDER BY address, scope, source"

static const char ROWS_FROM[] = ROWS " WHERE (address, scope) >=" ROWS_WHERE;
static const char ROWS_AFTER[] = ROWS " WHERE (address, scope) >" ROWS_WHERE;

bool store_suppression_get(struct store *store, const char *address, const char *scope,
	utc_ms now, store_each_suppression *each, void *closure, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	struct store_suppression entry;
	struct ses_scopes scopes;
	struct lookup *lookup;
	bool went_well;

	if (db == NULL)
		return false;
	lookup = readers_lookup(db);
	lookup_name_scope(scope, &scopes);
	went_well = (lookup_resume(lookup, db, &store->tombstones, now) &&
			    lookup_address(lookup, address, &scopes)) ||
		    db_explain(db, error);
	if (went_well && lookup_entry(lookup, &scopes, &entry))
		each(closure, &entry);
	lookup_rest(lookup);
	readers_return(store->readers, db);
	return went_well;
}

/* An address and a scope, with memory of its own. */
struct pair {
	char *address, *scope;
	size_t address_capacity, scope_capacity;
	bool is_set;
};

static bool keep(char **text, size_t *capacity, const char *wanted)
{
	size_t size = strlen(wanted) + 1;
	char *more;

	if (size > *capacity) {
		more = realloc(*text, size + 64);
		if (more == NULL)
			return false;
		*text = more;
		*capacity = size + 64;
	}
	memcpy(*text, wanted, size);
	return true;
}

static bool pair_set(struct pair *pair, const char *address, const char *scope)
{
	pair->is_set = keep(&pair->address, &pair->address_capacity, address) &&
		       keep(&pair->scope, &pair->scope_capacity, scope);
	return pair->is_set;
}

static void pair_finish(struct pair *pair)
{
	free(pair->address);
	free(pair->scope);
}

/* One call of store_suppression_list. */
struct listing {
	struct lookup lookup;
	const struct store_suppression_filter *filter;
	store_each_suppression *each;
	void *closure;
	struct pair pair;   /* the one the rows are of at the moment */
	bool is_pair_done;  /* it was decided whether to tell of it */
	bool has_looked_up; /* lookup is of pair's address */
	size_t given, rows;
	bool is_full;	 /* each said stop */
	bool is_at_end;	 /* there is nothing after pair */
	bool has_memory; /* false: the pair could not be kept */
};

static bool is_in_time(const struct store_suppression_filter *filter, utc_ms since)
{
	return (filter->since == UTC_NONE || since >= filter->since) &&
	       (filter->until == UTC_NONE || since < filter->until);
}

/* Whether a row could be the one that is told of its pair: most are ruled out so, without
 * reading their address. */
static bool may_be_told(
	const struct store_suppression_filter *filter, const struct query *row)
{
	enum ses_hand hand = (enum ses_hand) query_integer(row, 2);
	enum ses_reason reason = (enum ses_reason) query_integer(row, 3);

	if (filter->scope != NULL && !text_equal(query_text(row, 1), filter->scope))
		return false;
	if (!is_in_time(filter, query_time(row, 4)))
		return false;
	if (filter->exceptions)
		return hand == SES_HAND_NEVER;
	return hand != SES_HAND_NEVER && hand != SES_HAND_REMOVED &&
	       (filter->reason == SES_REASON_NONE || reason == filter->reason);
}

static bool find_exception(
	const struct dossier *dossier, const char *scope, struct store_suppression *entry)
{
	size_t count;
	const struct store_suppression *rows = dossier_scope(dossier, scope, &count);

	for (size_t i = 0; i < count; i++)
		if (rows[i].hand == SES_HAND_NEVER) {
			*entry = rows[i];
			return true;
		}
	return false;
}

/* Tells of the pair, if what stands there is what is wanted. */
static bool decide_pair(struct listing *listing)
{
	const struct store_suppression_filter *filter = listing->filter;
	const char *scope = listing->pair.scope;
	struct store_suppression entry;
	struct ses_scopes scopes;
	bool is_told;

	lookup_name_scope(scope, &scopes);
	listing->is_pair_done = true;
	if (!listing->has_looked_up &&
		!lookup_address(&listing->lookup, listing->pair.address, &scopes))
		return false;
	listing->has_looked_up = true;
	if (filter->exceptions)
		is_told = find_exception(&listing->lookup.own, scope, &entry);
	else
		is_told = lookup_entry(&listing->lookup, &scopes, &entry) &&
			  (filter->reason == SES_REASON_NONE ||
				  entry.reason == filter->reason);
	if (!is_told || !is_in_time(filter, entry.since))
		return true;
	listing->given++;
	listing->is_full = !listing->each(listing->closure, &entry);
	return true;
}

/* False: a new pair begins where this call must end. */
static bool take_pair(struct listing *listing, const struct query *row)
{
	const char *address = query_text_or_empty(row, 0);
	const char *scope = query_text_or_empty(row, 1);
	struct pair *pair = &listing->pair;
	bool is_same_address = pair->is_set && text_equal(pair->address, address);

	if (is_same_address && text_equal(pair->scope, scope))
		return true;
	if (listing->is_full || listing->given >= listing->filter->limit ||
		listing->rows >= ROWS_MAX)
		return false;
	listing->has_looked_up = listing->has_looked_up && is_same_address;
	listing->is_pair_done = false;
	listing->has_memory = pair_set(pair, address, scope);
	return listing->has_memory;
}

static bool list(struct listing *listing, struct query *query)
{
	bool went_well = true, goes_on = true;

	while (went_well && goes_on && query_row(query)) {
		goes_on = take_pair(listing, query);
		if (!goes_on)
			break;
		listing->rows++;
		if (!listing->is_pair_done && may_be_told(listing->filter, query))
			went_well = decide_pair(listing);
	}
	listing->is_at_end = goes_on;
	return query_end(query) && went_well &&
	       (listing->has_memory || db_lacks_memory(listing->lookup.db));
}

/* The first text after all that begin with prefix: its last byte one higher. No byte of
 * UTF-8 is 0xFF, so none overflows; "\xff" comes after every address. */
static char *prefix_end(const char *prefix)
{
	size_t length = strlen(prefix);
	char *end = length > 0 ? text_copy(prefix, length) : text_copy("\xff", 1);

	if (end != NULL && length > 0)
		end[length - 1] = (char) (end[length - 1] + 1);
	return end;
}

static bool list_from(struct listing *listing, const char *end)
{
	const struct store_suppression_filter *filter = listing->filter;
	const char *prefix = filter->prefix != NULL ? filter->prefix : "";
	bool goes_on = filter->after_address != NULL &&
		       strcmp(filter->after_address, prefix) >= 0;
	struct query query;

	query_start(&query, listing->lookup.db, goes_on ? ROWS_AFTER : ROWS_FROM);
	query_give_text(&query, goes_on ? filter->after_address : prefix);
	query_give_text(&query,
		goes_on && filter->after_scope != NULL ? filter->after_scope : "");
	query_give_text(&query, end);
	return list(listing, &query);
}

/* Where the next call begins: the last pair this one has looked at. */
static bool tell_next(struct listing *listing, char **next_address, char **next_scope,
	struct error *error)
{
	const struct store_suppression_filter *filter = listing->filter;
	const struct pair *pair = &listing->pair;
	const char *address = pair->is_set ? pair->address : filter->after_address;
	const char *scope = pair->is_set ? pair->scope : filter->after_scope;

	if (listing->is_at_end || address == NULL)
		return true;
	scope = scope != NULL ? scope : "";
	*next_address = text_copy(address, strlen(address));
	*next_scope = text_copy(scope, strlen(scope));
	if (*next_address != NULL && *next_scope != NULL)
		return true;
	free(*next_address);
	free(*next_scope);
	*next_address = *next_scope = NULL;
	return error_set(error, "out of memory");
}

bool store_suppression_list(struct store *store,
	const struct store_suppression_filter *filter, utc_ms now,
	store_each_suppression *each, void *closure, char **next_address,
	char **next_scope, struct error *error)
{
	struct listing listing = {
		.filter = filter, .each = each, .closure = closure, .has_memory = true};
	char *end = prefix_end(filter->prefix != NULL ? filter->prefix : "");
	bool went_well = false;
	struct db *db;

	*next_address = *next_scope = NULL;
	if (end == NULL)
		return error_set(error, "out of memory");
	db = readers_borrow(store->readers, error);
	if (db == NULL)
		goto out;
	went_well = (lookup_begin(&listing.lookup, db, NULL, now, filter->limit) &&
			    list_from(&listing, end)) ||
		    db_explain(db, error);
	lookup_finish(&listing.lookup);
	readers_return(store->readers, db);
	went_well = went_well && tell_next(&listing, next_address, next_scope, error);
out:
	pair_finish(&listing.pair);
	free(end);
	return went_well;
}
