/* history.c - accounts and their days. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/tally.h"
#include "store/window.h"

static const char ACCOUNTS[] =
	"SELECT id, account, region FROM accounts"
	" WHERE (?1 IS NULL OR account = ?1) AND (?2 IS NULL OR region = ?2)"
	" ORDER BY account, region";
/* series, start, account, key, then struct ses_counts in its order. */
static const char DAYS[] =
	"SELECT * FROM counters WHERE series = ?1 AND start >= ?2 AND start < ?3";

static bool add_account(
	struct history *history, int64_t id, const char *account, const char *region)
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
	accounts->id = id;
	accounts->account = text_copy(account, strlen(account));
	accounts->region = text_copy(region, strlen(region));
	history->count++;
	return accounts->account != NULL && accounts->region != NULL;
}

static bool add_day(const struct ses_reputation_settings *settings,
	struct account_days *account, const struct query *query)
{
	struct account_day *days = account->days;
	struct ses_counts counts;

	if (account->count == account->capacity) {
		days = reallocarray(days, account->capacity * 2 + 32, sizeof(*days));
		if (days == NULL)
			return false;
		account->days = days;
		account->capacity = account->capacity * 2 + 32;
	}
	slices_counts(query, &counts);
	days[account->count++] = (struct account_day){
		.start = query_integer(query, 1) * MINUTE_MS,
		.counts = ses_counts_judged(settings, &counts),
		.source = ses_day_source(&counts),
	};
	return true;
}

/* The days of all accounts come by day, then by the accounts' numbers: so each is most
 * often found right behind the one before, where the numbers go as the names do. NULL:
 * not asked for. */
static struct account_days *account_of(struct history *history, int64_t id, size_t *place)
{
	for (size_t i = 0; i < history->count; i++) {
		size_t at = (*place + i) % history->count;

		if (history->accounts[at].id == id) {
			*place = at + 1;
			return &history->accounts[at];
		}
	}
	return NULL;
}

static bool read_accounts(
	struct db *db, const char *account, const char *region, struct history *history)
{
	struct query query;

	query_start(&query, db, ACCOUNTS);
	query_give_text(&query, account);
	query_give_text(&query, region);
	while (!history->lacks_memory && query_row(&query))
		history->lacks_memory = !add_account(history, query_integer(&query, 0),
			query_text(&query, 1), query_text(&query, 2));
	return query_end(&query);
}

static bool read_days(struct db *db, utc_ms from, utc_ms to, struct history *history)
{
	struct account_days *account;
	struct query query;
	size_t place = 0;

	query_start(&query, db, DAYS);
	query_give_integer(
		&query, tally_series(history->basis, STORE_STEP_DAY, STORE_BY_ACCOUNT));
	query_give_integer(&query, utc_floor(from, DAY_MS) / MINUTE_MS);
	query_give_integer(&query, to / MINUTE_MS);
	while (!history->lacks_memory && query_row(&query)) {
		account = account_of(history, query_integer(&query, 2), &place);
		history->lacks_memory =
			account != NULL && !add_day(history->settings, account, &query);
	}
	return query_end(&query);
}

bool history_read(struct db *db, const struct ses_reputation_settings *settings,
	enum store_basis basis, const char *account, const char *region, utc_ms from,
	utc_ms to, struct history *history)
{
	history->settings = settings;
	history->basis = basis;
	if (!read_accounts(db, account, region, history))
		return false;
	if (!history->lacks_memory && !read_days(db, from, to, history))
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

size_t account_day_from(const struct account_days *account, utc_ms time)
{
	size_t low = 0, high = account->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (account->days[middle].start < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum ses_source account_source(const struct account_days *account, utc_ms time)
{
	utc_ms start = utc_floor(time, DAY_MS);
	size_t i = account_day_from(account, start);

	return i < account->count && account->days[i].start == start
		       ? account->days[i].source
		       : SES_SOURCE_NONE;
}

/* Rows on their way to whom they are for. */
struct passing {
	const struct ses_reputation_settings *settings;
	slices_each *each;
	void *closure;
};

static bool pass_judged(void *closure, const struct slices_row *row)
{
	const struct passing *passing = closure;
	struct slices_row judged = *row;

	judged.counts = ses_counts_judged(passing->settings, &row->counts);
	return passing->each(passing->closure, &judged);
}

void account_clip(const struct account_days *account, utc_ms *from, utc_ms *to)
{
	size_t first = account_day_from(account, utc_floor(*from, DAY_MS));
	size_t end = account_day_from(account, *to);

	if (first >= end) {
		*to = *from;
		return;
	}
	if (*from < account->days[first].start)
		*from = account->days[first].start;
	if (*to > account->days[end - 1].start + DAY_MS)
		*to = account->days[end - 1].start + DAY_MS;
}

bool account_read(struct db *db, const struct history *history,
	const struct account_days *account, struct slices_query asked, slices_each *each,
	void *closure)
{
	struct passing passing = {history->settings, each, closure};

	account_clip(account, &asked.from, &asked.to);
	asked.basis = history->basis;
	asked.account = account->id;
	return slices_read(db, &asked, pass_judged, &passing);
}
