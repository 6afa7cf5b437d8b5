/* rates.c - break-downs of a window by a dimension. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/counters.h"
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
	const struct store_rates_query *query;
	const struct reporting *reporting;
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

static bool add_row(void *closure, const struct store_counts_row *row)
{
	struct breakdown *breakdown = closure;
	enum ses_source source = account_source(breakdown->account, row->start);
	struct line *line = line_of(breakdown, row->key);

	breakdown->lacks_memory = line == NULL;
	if (line == NULL)
		return false;
	ses_total_add(&line->total, &row->counts, source);
	if (breakdown->query->dimension == STORE_BY_RECIPIENT_DOMAIN &&
		reporting_has(breakdown->reporting, row->key))
		ses_total_add(&line->reporting, &row->counts, source);
	return true;
}

static bool add_account(struct breakdown *breakdown, utc_ms from, utc_ms to)
{
	const struct store_rates_query *query = breakdown->query;
	struct store_counts_query asked = {
		.basis = query->basis,
		.dimension = query->dimension,
		.account = breakdown->account->account,
		.region = breakdown->account->region,
		.from = from,
		.to = to,
		.step = STORE_STEP_DAY,
	};
	struct line *line;

	if (!counters_read(breakdown->db, &asked, add_row, breakdown))
		return false;
	if (breakdown->lacks_memory)
		return db_lacks_memory(breakdown->db);
	if (query->dimension != STORE_BY_ACCOUNT || breakdown->count == 0)
		return true;
	line = find(breakdown->lines, breakdown->slots, breakdown->account, "");
	return line->key == NULL ||
	       reporting_total(breakdown->db, query->basis, breakdown->reporting,
		       breakdown->account, from, to, &line->reporting);
}

static int64_t window_length(
	enum store_window window, const struct ses_reputation_settings *settings)
{
	switch (window) {
	case STORE_WINDOW_1H:
		return HOUR_MS;
	case STORE_WINDOW_24H:
		return DAY_MS;
	case STORE_WINDOW_7D:
		return 7 * DAY_MS;
	case STORE_WINDOW_30D:
		return 30 * DAY_MS;
	case STORE_WINDOW_REPRESENTATIVE:
		break;
	}
	return settings->representative_days * DAY_MS;
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
	const struct ses_reputation_settings *settings = breakdown->reporting->settings;
	struct store_rates_row row = {
		.account = line->account->account,
		.region = line->account->region,
		.key = line->key,
		.source = ses_total_source(&line->total),
		.denominator = line->denominator,
		.counts = line->total.counts,
		.is_immature = is_immature,
	};
	char key[64];

	if (breakdown->query->dimension == STORE_BY_ACCOUNT) {
		snprintf(key, sizeof(key), "%s/%s", row.account, row.region);
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

/* Every account, each over its own window if it is the representative one; *from is the
 * earliest of them. */
static bool add_accounts(struct breakdown *breakdown, const struct history *published,
	const struct history *history, utc_ms to, utc_ms *from)
{
	const struct ses_reputation_settings *settings = breakdown->reporting->settings;
	utc_ms default_from = *from, account_from;
	bool is_all;

	for (size_t i = 0; i < history->count; i++) {
		account_from = default_from;
		breakdown->account = &history->accounts[i];
		if (breakdown->query->window == STORE_WINDOW_REPRESENTATIVE &&
			!window_representative(breakdown->db, &published->accounts[i],
				settings, to, &account_from, &is_all))
			return false;
		if (i == 0 || account_from < *from)
			*from = account_from;
		if (!add_account(breakdown, account_from, to))
			return false;
	}
	return true;
}

bool store_rates(struct store *store, const struct ses_reputation_settings *settings,
	const struct store_rates_query *query, utc_ms now, utc_ms *from, utc_ms *to,
	store_each_rates *each, void *closure, struct error *error)
{
	struct history published = {0}, history = {0};
	struct reporting reporting = {0};
	struct breakdown breakdown = {
		.db = readers_borrow(store->readers, error),
		.query = query,
		.reporting = &reporting,
	};
	struct db *db = breakdown.db;
	bool went_well, goes_on = true, is_immature;

	if (db == NULL)
		return false;
	*to = utc_floor(now, MINUTE_MS) + MINUTE_MS;
	*from = *to - window_length(query->window, settings);
	went_well =
		history_read(db, STORE_BASIS_PUBLISHED, query->account, query->region,
			&published) &&
		history_read(db, query->basis, query->account, query->region, &history) &&
		reporting_read(db, settings, &reporting) &&
		add_accounts(&breakdown, &published, &history, *to, from);
	if (!went_well)
		db_explain(db, error);
	readers_return(store->readers, db);

	is_immature = query->basis == STORE_BASIS_SENT && now - *from < FEEDBACK_MS;
	if (went_well)
		sort(&breakdown);
	for (size_t i = 0; went_well && goes_on && i < breakdown.count; i++)
		goes_on = hand_out(
			&breakdown, &breakdown.lines[i], is_immature, each, closure);
	for (size_t i = 0; i < breakdown.slots; i++)
		free(breakdown.lines[i].key);
	free(breakdown.lines);
	reporting_finish(&reporting);
	history_finish(&published);
	history_finish(&history);
	return went_well;
}
