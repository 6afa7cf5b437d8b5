/* reporting.c - domains that report complaints, and what was sent to them. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "store/counters.h"
#include "store/tally.h"
#include "store/window.h"

/* Only what denominators are made of: there can be ten thousand domains a day. */
#define STEPS                                                                            \
	"WITH RECURSIVE steps (at) AS (SELECT ?2 UNION ALL"                              \
	" SELECT at + ?4 FROM steps WHERE at + ?4 < ?3)"                                 \
	" SELECT c.start, c.sends, c.refused, c.attempts, c.reported, c.key FROM steps"
static const char ALL[] =
	STEPS " CROSS JOIN counters c"
	      " WHERE c.series = ?1 AND c.start = steps.at AND c.account = ?5";
static const char LISTED[] =
	STEPS " CROSS JOIN json_each(?6) domain CROSS JOIN counters c"
	      " WHERE c.series = ?1 AND c.start = steps.at AND c.account = ?5"
	      " AND c.key = domain.value";

static bool add(struct reporting *reporting, const char *domain)
{
	char **domains = reporting->domains;

	if (reporting->count == reporting->capacity) {
		domains = reallocarray(
			domains, reporting->capacity * 2 + 256, sizeof(*domains));
		if (domains == NULL)
			return false;
		reporting->domains = domains;
		reporting->capacity = reporting->capacity * 2 + 256;
	}
	domains[reporting->count] = text_copy(domain, strlen(domain));
	if (domains[reporting->count] == NULL)
		return false;
	reporting->count++;
	return true;
}

static bool note_learnt(void *closure, const char *domain, utc_ms last)
{
	struct reporting *reporting = closure;

	(void) last;
	reporting->lacks_memory = !add(reporting, domain);
	return !reporting->lacks_memory;
}

static int compare(const void *one, const void *other)
{
	return strcmp(*(char *const *) one, *(char *const *) other);
}

static void sort(struct reporting *reporting)
{
	size_t kept = 0;

	qsort(reporting->domains, reporting->count, sizeof(reporting->domains[0]),
		compare);
	for (size_t i = 0; i < reporting->count; i++) {
		char *domain = reporting->domains[i];

		if (kept > 0 && text_equal(domain, reporting->domains[kept - 1]))
			free(domain);
		else
			reporting->domains[kept++] = domain;
	}
	reporting->count = kept;
}

bool reporting_read(struct db *db, const struct ses_reputation_settings *settings,
	struct reporting *reporting)
{
	size_t count;
	const char *const *shipped = ses_reporting_domains(&count);

	reporting->settings = settings;
	for (size_t i = 0; i < count && !reporting->lacks_memory; i++)
		reporting->lacks_memory = !add(reporting, shipped[i]);
	for (size_t i = 0;
		i < settings->reporting_domain_count && !reporting->lacks_memory; i++)
		reporting->lacks_memory = !add(reporting, settings->reporting_domains[i]);
	if (!reporting->lacks_memory && !counters_complaining(db, note_learnt, reporting))
		return false;
	if (reporting->lacks_memory)
		return db_lacks_memory(db);
	sort(reporting);
	return true;
}

void reporting_finish(struct reporting *reporting)
{
	for (size_t i = 0; i < reporting->count; i++)
		free(reporting->domains[i]);
	free(reporting->domains);
	free(reporting->list);
	memset(reporting, 0, sizeof(*reporting));
}

bool reporting_has(const struct reporting *reporting, const char *domain)
{
	return domain[0] != '\0' &&
	       bsearch(&domain, reporting->domains, reporting->count,
		       sizeof(reporting->domains[0]), compare) != NULL;
}

static bool make_list(struct reporting *reporting)
{
	struct json *json;

	if (reporting->list != NULL)
		return true;
	json = json_array();
	for (size_t i = 0; i < reporting->count; i++)
		json_append_text(json, reporting->domains[i]);
	reporting->list = json_print(json);
	json_free(json);
	return reporting->list != NULL;
}

struct totalling {
	struct db *db;
	const struct history *history;
	struct reporting *reporting;
	const struct account_days *account;
	struct ses_total *total;
};

static void add_row(struct totalling *totalling, const struct query *query)
{
	struct ses_counts counts = {
		.sends = query_integer(query, 1),
		.refused = query_integer(query, 2),
		.attempts = query_integer(query, 3),
		.reported = query_integer(query, 4),
	};

	counts = ses_counts_judged(totalling->history->settings, &counts);
	ses_total_add(totalling->total, &counts,
		account_source(totalling->account, query_integer(query, 0) * MINUTE_MS));
}

static bool read_span(struct totalling *totalling, utc_ms from,
	const struct slices_span *span, bool by_list)
{
	struct reporting *reporting = totalling->reporting;
	struct query query;

	if (by_list && !make_list(reporting))
		return db_lacks_memory(totalling->db);
	query_start(&query, totalling->db, by_list ? LISTED : ALL);
	query_give_integer(&query, tally_series(totalling->history->basis, span->step,
					   STORE_BY_RECIPIENT_DOMAIN));
	query_give_integer(&query, from / MINUTE_MS);
	query_give_integer(&query, span->end / MINUTE_MS);
	query_give_integer(&query, span->width / MINUTE_MS);
	query_give_integer(&query, totalling->account->id);
	if (by_list)
		query_give_text(&query, reporting->list);
	while (query_row(&query))
		if (by_list || reporting_has(reporting, query_text(&query, 5)))
			add_row(totalling, &query);
	return query_end(&query);
}

/* Where more recipients were counted than it would take look-ups to find the domains that
 * report, these are looked up, and the rows of the others are not read. */
static bool total_span(
	struct totalling *totalling, utc_ms from, const struct slices_span *span)
{
	int64_t lookups =
		(span->end - from) / span->width * (int64_t) totalling->reporting->count;
	struct ses_total all;
	const struct ses_counts *counts = &all.counts;

	if (!window_total(totalling->db, totalling->history, totalling->account, from,
		    span->end, &all))
		return false;
	return read_span(totalling, from, span,
		counts->sends + counts->attempts + counts->refused + counts->reported >
			2 * lookups);
}

bool reporting_total(struct db *db, const struct history *history,
	struct reporting *reporting, const struct account_days *account, utc_ms from,
	utc_ms to, struct ses_total *total)
{
	struct totalling totalling = {db, history, reporting, account, total};
	struct slices_query asked = {.from = from, .to = to};

	memset(total, 0, sizeof(*total));
	account_clip(account, &asked.from, &asked.to);
	while (asked.from < asked.to) {
		struct slices_span span = slices_span_at(&asked, asked.from);

		if (!total_span(&totalling, asked.from, &span))
			return false;
		asked.from = span.end;
	}
	return true;
}
