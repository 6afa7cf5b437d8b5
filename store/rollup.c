/* rollup.c - lines of a tally become minutes, hours and days of the table counters. */
#include "store/rollup.h"

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

/* A line's place in one series: by start, then in the order of account and key, which is
 * the order of the table. So the rows of one page are written one after another. */
struct place {
	int64_t start;
	uint32_t line;
};

struct rollup {
	struct db *db;
	const struct tally_line **lines; /* by dimension, account and key */
	struct place *places;
	enum store_basis basis;
	enum store_step step;
};

static int compare_lines(const void *one, const void *other)
{
	const struct tally_line *a = *(const struct tally_line *const *) one;
	const struct tally_line *b = *(const struct tally_line *const *) other;

	if (a->dimension != b->dimension)
		return a->dimension < b->dimension ? -1 : 1;
	if (a->account != b->account)
		return a->account < b->account ? -1 : 1;
	return strcmp(a->key, b->key);
}

/* The lines are in the order of account and key already. */
static int compare_places(const void *one, const void *other)
{
	const struct place *a = one, *b = other;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

static bool write_row(const struct rollup *rollup, const struct place *place,
	const struct ses_counts *counts)
{
	const struct tally_line *line = rollup->lines[place->line];
	const int64_t *fields = (const int64_t *) counts;
	struct query query;

	query_start(&query, rollup->db, ADD);
	query_give_integer(
		&query, tally_series(rollup->basis, rollup->step, line->dimension));
	query_give_integer(&query, place->start);
	query_give_integer(&query, line->account);
	query_give_text(&query, line->key);
	for (size_t i = 0; i < SES_COUNTS_FIELDS; i++)
		query_give_integer(&query, fields[i]);
	return query_run(&query);
}

/* Places first to end are of one dimension: lines of one row come one after another. */
static bool write_places(const struct rollup *rollup, size_t first, size_t end)
{
	const struct tally_line **lines = rollup->lines;
	const struct place *places = rollup->places;
	size_t next;

	for (size_t i = first; i < end; i = next) {
		struct ses_counts counts = lines[places[i].line]->counts;

		for (next = i + 1; next < end && places[next].start == places[i].start &&
				   compare_lines(&lines[places[next].line],
					   &lines[places[i].line]) == 0;
			next++)
			ses_counts_add(&counts, &lines[places[next].line]->counts);
		if (!write_row(rollup, &places[i], &counts))
			return false;
	}
	return true;
}

static bool write_series(struct rollup *rollup, size_t first, size_t end)
{
	static const int64_t widths[] = {
		[STORE_STEP_MINUTE] = 1,
		[STORE_STEP_HOUR] = HOUR_MS / MINUTE_MS,
		[STORE_STEP_DAY] = DAY_MS / MINUTE_MS,
	};

	for (size_t i = first; i < end; i++)
		rollup->places[i] = (struct place){
			.start = utc_floor(rollup->lines[i]->minutes[rollup->basis],
				widths[rollup->step]),
			.line = (uint32_t) i,
		};
	qsort(rollup->places + first, end - first, sizeof(*rollup->places),
		compare_places);
	return write_places(rollup, first, end);
}

static bool write_dimension(struct rollup *rollup, size_t first, size_t end)
{
	static const enum store_step steps[] = {
		STORE_STEP_MINUTE, STORE_STEP_HOUR, STORE_STEP_DAY};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		rollup->step = steps[i];
		rollup->basis = STORE_BASIS_SENT;
		if (!write_series(rollup, first, end))
			return false;
		rollup->basis = STORE_BASIS_PUBLISHED;
		if (!write_series(rollup, first, end))
			return false;
	}
	return true;
}

static bool write_dimensions(struct rollup *rollup, size_t count)
{
	size_t end;

	for (size_t i = 0; i < count; i = end) {
		end = i;
		while (end < count &&
			rollup->lines[end]->dimension == rollup->lines[i]->dimension)
			end++;
		if (!write_dimension(rollup, i, end))
			return false;
	}
	return true;
}

bool rollup_write(const struct tally *tally, bool but_many, struct db *db)
{
	size_t count = 0;
	struct rollup rollup = {
		.db = db,
		.lines = reallocarray(NULL, tally->line_count + 1, sizeof(*rollup.lines)),
		.places =
			reallocarray(NULL, tally->line_count + 1, sizeof(*rollup.places)),
	};
	bool went_well = false;

	if (rollup.lines != NULL && rollup.places != NULL) {
		for (size_t i = 0; i < tally->line_count; i++)
			if (!but_many || !tally_has_many_keys(tally->lines[i].dimension))
				rollup.lines[count++] = &tally->lines[i];
		qsort(rollup.lines, count, sizeof(*rollup.lines), compare_lines);
		went_well = write_dimensions(&rollup, count);
	} else {
		db_lacks_memory(db);
	}
	free(rollup.lines);
	free(rollup.places);
	return went_well;
}
