/* dossier.c - the rows of the list of one address, read and compared. */
#include "store/dossier.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define TEXTS_MAX ((size_t) 256 << 20)
#define ROWS_FIRST 8

/* A look-up by the first column of the primary key: rows come in its order. */
static const char READ[] =
	"SELECT hand, reason, certain, since, expires, at_ses, event, change, scope,"
	" original, note, actor FROM suppressions WHERE address = ?1"
	" ORDER BY scope, source";

/* Room for one more row, in both arrays. */
static struct store_suppression *next_row(struct dossier *dossier)
{
	size_t capacity = dossier->capacity;
	struct store_suppression *rows;
	struct ses_entry *entries;

	if (dossier->count < capacity)
		return &dossier->rows[dossier->count++];
	capacity = capacity == 0 ? ROWS_FIRST : capacity * 2;
	rows = realloc(dossier->rows, capacity * sizeof(*rows));
	if (rows == NULL)
		return NULL;
	dossier->rows = rows;
	entries = realloc(dossier->entries, capacity * sizeof(*entries));
	if (entries == NULL)
		return NULL;
	dossier->entries = entries;
	dossier->capacity = capacity;
	return &dossier->rows[dossier->count++];
}

static bool keep_text(struct dossier *dossier, const char *text)
{
	return buffer_append(&dossier->texts, text, strlen(text) + 1);
}

static bool keep_row(
	struct dossier *dossier, const struct query *query, const char *address)
{
	struct store_suppression *row = next_row(dossier);
	const char *original = query_text(query, 9);

	if (row == NULL)
		return false;
	*row = (struct store_suppression){
		.hand = (enum ses_hand) query_integer(query, 0),
		.reason = (enum ses_reason) query_integer(query, 1),
		.is_certain = query_integer(query, 2) != 0,
		.since = query_integer(query, 3),
		.expires = query_time(query, 4),
		.at_ses = query_time(query, 5) == UTC_NONE
				  ? -1
				  : (int) query_integer(query, 5),
		.event = query_integer(query, 6),
		.version = query_integer(query, 7),
	};
	return keep_text(dossier, query_text_or_empty(query, 8)) &&
	       keep_text(dossier, original != NULL ? original : address) &&
	       keep_text(dossier, query_text_or_empty(query, 10)) &&
	       keep_text(dossier, query_text_or_empty(query, 11));
}

static const char *after(const char *text)
{
	return text + strlen(text) + 1;
}

struct ses_entry dossier_entry(const struct store_suppression *row)
{
	return (struct ses_entry){
		.scope = row->scope,
		.hand = row->hand,
		.reason = row->reason,
		.is_certain = row->is_certain,
		.since = row->since,
		.expires = row->expires,
		.event = row->event,
	};
}

/* The buffer may have moved while it grew: only now do the texts stay where they are. */
static void place_texts(struct dossier *dossier)
{
	const char *address = dossier->texts.bytes;
	const char *text = after(address);

	for (size_t i = 0; i < dossier->count; i++) {
		struct store_suppression *row = &dossier->rows[i];

		row->address = address;
		row->scope = text;
		row->original = after(row->scope);
		row->note = after(row->original);
		row->actor = after(row->note);
		text = after(row->actor);
		dossier->entries[i] = dossier_entry(row);
	}
}

bool dossier_read(struct db *db, const char *address, struct dossier *dossier)
{
	bool has_room;
	struct query query;

	dossier->count = 0;
	dossier->texts.length = 0;
	dossier->texts.failed = false;
	dossier->texts.limit = TEXTS_MAX;
	has_room = keep_text(dossier, address);
	query_start(&query, db, READ);
	query_give_text(&query, address);
	while (has_room && query_row(&query))
		has_room = keep_row(dossier, &query, address);
	if (!query_end(&query))
		return false;
	if (!has_room)
		return db_lacks_memory(db);
	place_texts(dossier);
	return true;
}

void dossier_finish(struct dossier *dossier)
{
	free(dossier->rows);
	free(dossier->entries);
	buffer_finish(&dossier->texts);
	memset(dossier, 0, sizeof(*dossier));
}

size_t dossier_count_scope(
	const struct store_suppression *rows, size_t count, const char *scope)
{
	size_t same = 0;

	while (same < count && text_equal(rows[same].scope, scope))
		same++;
	return same;
}

const struct store_suppression *dossier_scope(
	const struct dossier *dossier, const char *scope, size_t *count)
{
	size_t first = 0;

	while (first < dossier->count && !text_equal(dossier->rows[first].scope, scope))
		first++;
	if (first == dossier->count) {
		*count = 0;
		return NULL;
	}
	*count =
		dossier_count_scope(&dossier->rows[first], dossier->count - first, scope);
	return &dossier->rows[first];
}

bool dossier_suppresses(const struct store_suppression *row)
{
	return row->hand != SES_HAND_NEVER && row->hand != SES_HAND_REMOVED;
}

bool dossier_stands(const struct store_suppression *row, utc_ms at)
{
	return row->expires == UTC_NONE || row->expires > at;
}

/* Whether one tells more than another that comes before it in the order of the rows. */
static bool is_stronger(const struct store_suppression *one,
	const struct store_suppression *other, utc_ms at)
{
	if (dossier_stands(one, at) != dossier_stands(other, at))
		return dossier_stands(one, at);
	if (one->reason != other->reason)
		return ses_reason_outranks(one->reason, other->reason);
	if (one->is_certain != other->is_certain)
		return one->is_certain;
	if (other->expires == UTC_NONE)
		return false;
	return one->expires == UTC_NONE || one->expires > other->expires;
}

const struct store_suppression *dossier_strongest(
	const struct store_suppression *rows, size_t count, utc_ms at)
{
	const struct store_suppression *strongest = NULL;

	for (size_t i = 0; i < count; i++)
		if (dossier_suppresses(&rows[i]) &&
			(strongest == NULL || is_stronger(&rows[i], strongest, at)))
			strongest = &rows[i];
	return strongest;
}

int dossier_at_ses(const struct store_suppression *rows, size_t count)
{
	int at_ses = -1;

	for (size_t i = 0; i < count; i++)
		if (rows[i].at_ses > at_ses)
			at_ses = rows[i].at_ses;
	return at_ses;
}
