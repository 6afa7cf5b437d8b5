/* history.c - accounts and their days; domains that report complaints. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/counters.h"
#include "store/window.h"

static const char ACCOUNTS[] =
	"SELECT account, region FROM accounts"
	" WHERE (?1 IS NULL OR account = ?1) AND (?2 IS NULL OR region = ?2)"
	" ORDER BY account, region";

static bool add_account(struct history *history, const char *account, const char *region)
{
	struct account_days *accounts = history->accounts;

	if (history->count == history->capacity) {
		accounts = reallocarray(
			accounts, history->capacity * 2 + 8, sizeof(*accounts));
		if (accounts == NULL)
			return false;
		history->accounts = accounts;
		history->capacity = history->capacity * 2 + 8;
	}
	accounts += history->count;
	memset(accounts, 0, sizeof(*accounts));
	accounts->account = text_copy(account, strlen(account));
	accounts->region = text_copy(region, strlen(region));
	history->count++;
	return accounts->account != NULL && accounts->region != NULL;
}

static bool add_day(struct account_days *account, const struct store_counts_row *row)
{
	struct account_day *days = account->days;

	if (account->count == account->capacity) {
		days = reallocarray(days, account->capacity * 2 + 32, sizeof(*days));
		if (days == NULL)
			return false;
		account->days = days;
		account->capacity = account->capacity * 2 + 32;
	}
	days[account->count++] = (struct account_day){
		.start = row->start,
		.counts = row->counts,
		.source = ses_day_source(&row->counts),
	};
	return true;
}

static bool note_day(void *closure, const struct store_counts_row *row)
{
	struct history *history = closure;

	for (size_t i = 0; i < history->count; i++) {
		struct account_days *account = &history->accounts[i];

		if (!text_equal(account->account, row->account) ||
			!text_equal(account->region, row->region))
			continue;
		history->lacks_memory = !add_day(account, row);
		return !history->lacks_memory;
	}
	return true;
}

bool history_read(struct db *db, enum store_basis basis, const char *account,
	const char *region, struct history *history)
{
	struct store_counts_query asked = {
		.basis = basis,
		.dimension = STORE_BY_ACCOUNT,
		.account = account,
		.region = region,
		.from = 0,
		.to = utc_floor(INT64_MAX / 2, DAY_MS),
		.step = STORE_STEP_DAY,
	};
	struct query query;

	query_start(&query, db, ACCOUNTS);
	query_give_text(&query, account);
	query_give_text(&query, region);
	while (!history->lacks_memory && query_row(&query))
		history->lacks_memory = !add_account(
			history, query_text(&query, 0), query_text(&query, 1));
	if (!query_end(&query))
		return false;
	if (!history->lacks_memory && !counters_read(db, &asked, note_day, history))
		return false;
	return !history->lacks_memory || db_lacks_memory(db);
}

void history_finish(struct history *history)
{
	for (size_t i = 0; i < history->count; i++) {
		free(history->accounts[i].account);
		free(history->accounts[i].region);
		free(history->accounts[i].days);
	}
	free(history->accounts);
	memset(history, 0, sizeof(*history));
}

enum ses_source account_source(const struct account_days *account, utc_ms day)
{
	size_t low = 0, high = account->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (account->days[middle].start == day)
			return account->days[middle].source;
		if (account->days[middle].start < day)
			low = middle + 1;
		else
			high = middle;
	}
	return SES_SOURCE_NONE;
}

static bool note_domain(void *closure, const char *domain, utc_ms last)
{
	struct reporting *reporting = closure;
	char **learnt = reporting->learnt;

	(void) last;
	if (reporting->count == reporting->capacity) {
		learnt = reallocarray(
			learnt, reporting->capacity * 2 + 32, sizeof(*learnt));
		if (learnt == NULL) {
			reporting->lacks_memory = true;
			return false;
		}
		reporting->learnt = learnt;
		reporting->capacity = reporting->capacity * 2 + 32;
	}
	learnt[reporting->count] = text_copy(domain, strlen(domain));
	reporting->lacks_memory = learnt[reporting->count] == NULL;
	reporting->count += !reporting->lacks_memory;
	return !reporting->lacks_memory;
}

bool reporting_read(struct db *db, const struct ses_reputation_settings *settings,
	struct reporting *reporting)
{
	reporting->settings = settings;
	if (!counters_complaining(db, note_domain, reporting))
		return false;
	return !reporting->lacks_memory || db_lacks_memory(db);
}

void reporting_finish(struct reporting *reporting)
{
	for (size_t i = 0; i < reporting->count; i++)
		free(reporting->learnt[i]);
	free(reporting->learnt);
	memset(reporting, 0, sizeof(*reporting));
}

static int compare_domain(const void *key, const void *element)
{
	return strcmp(key, *(char *const *) element);
}

bool reporting_has(const struct reporting *reporting, const char *domain)
{
	const struct ses_reputation_settings *settings = reporting->settings;

	if (domain[0] == '\0')
		return false;
	if (ses_domain_reports_complaints(domain))
		return true;
	for (size_t i = 0; i < settings->reporting_domain_count; i++)
		if (text_equal(settings->reporting_domains[i], domain))
			return true;
	return reporting->count > 0 &&
	       bsearch(domain, reporting->learnt, reporting->count,
		       sizeof(reporting->learnt[0]), compare_domain) != NULL;
}
