/* rates.c - break-downs of a window by a dimension. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/asked.h"
#include "store/inside.h"
#include "store/names.h"
#include "store/reputation.h"
#include "store/window.h"

#define FEEDBACK_MS (72 * HOUR_MS)

/* One key of one account. */
struct line {
	const struct account_days *account;
	char *key; /* NULL: free slot */
	struct ses_total total;
	struct ses_total reporting; /* where it is known */
	int64_t denominator;
};

struct breakdown {
	struct db *db;
	const struct ses_reputation_settings *settings;
	const struct store_rates_query *query;
	struct asked asked;
	struct reporting reporting;
	const struct account_days *account; /* whose rows come now */
	struct line *lines;		    /* a hash table, until it is sorted */
	size_t count, slots;
	bool lacks_memory;
};

static struct line *find(struct line *lines, size_t slots,
	const struct account_days *account, const char *key)
{
	size_t at = (names_hash(key, strlen(key)) ^ (uintptr_t) account >> 4) % slots;

	while (lines[at].key != NULL &&
		(lines[at].account != account || !text_equal(lines[at].key, key)))
		at = (at + 1) % slots;
	return &lines[at];
}

static bool grow(struct breakdown *breakdown)
{
	size_t slots = breakdown->slots * 2 + 256;
	struct line *lines = calloc(slots, sizeof(*lines));

	if (lines == NULL)
		return false;
	for (size_t i = 0; i < breakdown->slots; i++) {
		struct line *line = &breakdown->lines[i];

		if (line->key != NULL)
			*find(lines, slots, line->account, line->key) = *line;
	}
	free(breakdown->lines);
	breakdown->lines = lines;
	breakdown->slots = slots;
	return true;
}

static struct line *line_of(struct breakdown *breakdown, const char *key)
{
	struct line *line;

	if (breakdown->count * 2 >= breakdown->slots && !grow(breakdown))
		return NULL;
	line = find(breakdown->lines, breakdown->slots, breakdown->account, key);
	if (line->key != NULL)
		return line;
	line->key = text_copy(key, strlen(key));
	if (line->key == NULL)
		return NULL;
	line->account = breakdown->account;
	breakdown->count++;
	return line;
}

static bool add_row(void *closure, const struct slices_row *row)
{
	struct breakdown *breakdown = closure;
	enum ses_source source = account_source(breakdown->account, row->start);
	struct line *line = line_of(breakdown, asked_key(&breakdown->asked, row->key));

	breakdown->lacks_memory = line == NULL;
	if (line == NULL)
		return false;
	ses_total_add(&line->total, &row->counts, source);
	if (breakdown->query->dimension == STORE_BY_RECIPIENT_DOMAIN &&
		reporting_has(&breakdown->reporting, row->key))
		ses_total_add(&line->reporting, &row->counts, source);
	return true;
}

static bool add_account(struct breakdown *breakdown, utc_ms from)
{
	struct asked *asked = &breakdown->asked;
	struct line *line;

	if (!account_read(breakdown->db, &asked->history, breakdown->account,
		    asked_slices(asked, from), add_row, breakdown))
		return false;
	if (breakdown->lacks_memory)
		return db_lacks_memory(breakdown->db);
	if (breakdown->query->dimension != STORE_BY_ACCOUNT || breakdown->count == 0)
		return true;
	line = find(breakdown->lines, breakdown->slots, breakdown->account, "");
	return line->key == NULL ||
	       reporting_total(breakdown->db, &asked->history, &breakdown->reporting,
		       breakdown->account, from, asked->to, &line->reporting);
}

static int compare(const void *one, const void *other)
{
	const struct line *a = one, *b = other;
	int64_t bad_a = a->total.counts.hard_bounces + a->total.counts.complaints;
	int64_t bad_b = b->total.counts.hard_bounces + b->total.counts.complaints;
	int order;

	if (bad_a != bad_b)
		return bad_a > bad_b ? -1 : 1;
	if (a->denominator != b->denominator)
		return a->denominator > b->denominator ? -1 : 1;
	order = strcmp(a->key, b->key);
	if (order == 0)
		order = strcmp(a->account->account, b->account->account);
	return order != 0 ? order : strcmp(a->account->region, b->account->region);
}

/* From a hash table to a sorted list. */
static void sort(struct breakdown *breakdown)
{
	size_t kept = 0;

	for (size_t i = 0; i < breakdown->slots; i++) {
		struct line line = breakdown->lines[i];

		if (line.key == NULL)
			continue;
		breakdown->lines[i].key = NULL;
		line.denominator = ses_total_denominator(&line.total);
		breakdown->lines[kept++] = line;
	}
	if (kept > 0)
		qsort(breakdown->lines, kept, sizeof(breakdown->lines[0]), compare);
}

static bool hand_out(const struct breakdown *breakdown, const struct line *line,
	bool is_immature, store_each_rates *each, void *closure)
{
	const struct ses_reputation_settings *settings = breakdown->settings;
	struct store_rates_row row = {
		.account = line->account->account,
		.region = line->account->region,
		.key = line->key,
		.source = ses_total_source(&line->total),
		.denominator = line->denominator,
		.counts = line->total.counts,
		.is_other = asked_is_other(&breakdown->asked, line->key),
		.is_immature = is_immature,
	};
	char key[ASKED_ACCOUNT_SIZE];

	if (breakdown->query->dimension == STORE_BY_ACCOUNT) {
		asked_account_key(line->account, key);
		row.key = key;
	}
	ses_rate_judge(settings, SES_METRIC_BOUNCE, row.counts.hard_bounces,
		row.denominator, &row.bounce);
	ses_rate_judge(settings, SES_METRIC_COMPLAINT, row.counts.complaints,
		row.denominator, &row.complaint);
	ses_rate_judge(settings, SES_METRIC_COMPLAINT, row.counts.complaints,
		ses_total_denominator(&line->reporting), &row.complaint_reporting);
	return each(closure, &row);
}

/* Every account that is asked for, each over its own window if it is the representative
 * one. */
static bool add_accounts(struct breakdown *breakdown)
{
	struct asked *asked = &breakdown->asked;
	utc_ms from;

	for (size_t i = 0; i < asked->history.count; i++) {
		breakdown->account = &asked->history.accounts[i];
		if (!asked_has_account(asked, breakdown->account))
			continue;
		if (!asked_window(asked, breakdown->db, i, &from) ||
			!add_account(breakdown, from))
			return false;
	}
	return true;
}

static void finish(struct breakdown *breakdown)
{
	for (size_t i = 0; i < breakdown->slots; i++)
		free(breakdown->lines[i].key);
	free(breakdown->lines);
	reporting_finish(&breakdown->reporting);
	asked_finish(&breakdown->asked);
}

bool store_rates(struct store *store, const struct ses_reputation_settings *settings,
	const struct store_rates_query *query, utc_ms now, utc_ms *from, utc_ms *to,
	store_each_rates *each, void *closure, struct error *error)
{
	struct breakdown breakdown = {
		.db = catch_up_borrow(store, asked_counting(query), error),
		.settings = settings,
		.query = query,
	};
	bool went_well, goes_on = true, is_immature;

	if (breakdown.db == NULL)
		return false;
	went_well = asked_read(&breakdown.asked, breakdown.db, settings, query, now) &&
		    reporting_read(breakdown.db, settings, &breakdown.reporting) &&
		    add_accounts(&breakdown);
	*from = breakdown.asked.from;
	*to = breakdown.asked.to;
	if (!went_well)
		db_explain(breakdown.db, error);
	readers_return(store->readers, breakdown.db);

	is_immature = query->basis == STORE_BASIS_SENT && now - *from < FEEDBACK_MS;
	if (went_well)
		sort(&breakdown);
	for (size_t i = 0; went_well && goes_on && i < breakdown.count; i++)
		goes_on = hand_out(
			&breakdown, &breakdown.lines[i], is_immature, each, closure);
	finish(&breakdown);
	return went_well;
}
