/* window.h - accounts, their days, and the windows rates are taken over. Private to
 * store/. */
#ifndef STORE_WINDOW_H
#define STORE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "ses/reputation.h"
#include "store/db.h"
#include "store/reputation.h"
#include "store/slices.h"
#include "store/store.h"

/* One account and its days of one basis, oldest first. */
struct account_days {
	int64_t id;
	char *account, *region;
	struct account_day {
		utc_ms start;
		struct ses_counts counts; /* of the whole UTC day, judged */
		enum ses_source source;
	} * days;
	size_t count, capacity;
};

/* Every account that was ever heard of, in order of account and region. All that is added
 * up of it goes through ses_counts_judged. */
struct history {
	const struct ses_reputation_settings *settings;
	enum store_basis basis;
	struct account_days *accounts;
	size_t count, capacity;
	bool lacks_memory;
};

/* The days that have a part in from <= t < to; HISTORY_BEGIN is before all. account,
 * region: NULL any. history is zeroed before; history_finish in any case. */
#define HISTORY_BEGIN (INT64_MIN / 2)
bool history_read(struct db *db, const struct ses_reputation_settings *settings,
	enum store_basis basis, const char *account, const char *region, utc_ms from,
	utc_ms to, struct history *history);
void history_finish(struct history *history);

/* The place of the first day that does not begin before time; count if there is none. */
size_t account_day_from(const struct account_days *account, utc_ms time);

/* The source of the day that time is in; NONE if nothing was counted on it. */
enum ses_source account_source(const struct account_days *account, utc_ms time);

/* Takes away what lies before the first and after the last day with anything: years
 * without would be looked up in vain. */
void account_clip(const struct account_days *account, utc_ms *from, utc_ms *to);

/* The rows of an account, as slices_read, of the days that it has. asked: all but basis
 * and account. counts are judged. */
bool account_read(struct db *db, const struct history *history,
	const struct account_days *account, struct slices_query asked, slices_each *each,
	void *closure);

struct window {
	utc_ms from, to;    /* whole minutes */
	utc_ms fresh_start; /* the account's newest mark; UTC_NONE */
	bool is_short;	    /* representative: it covers less than was asked for … */
	bool is_all;	    /* … and that is all that is kept */
};

/*
 * The window that ends at to (whole minutes). The representative one is taken from an
 * account of a published history, newest minutes first, until the sends and the days
 * asked for are covered; it does not begin before the newest fresh start of the account.
 */
bool window_find(struct db *db, const struct history *published,
	const struct account_days *account, enum store_window kind, utc_ms to,
	struct window *window);

/* Where a window begins that goes by the clock; of the representative one the days. */
utc_ms window_default(const struct ses_reputation_settings *settings,
	enum store_window kind, utc_ms to);

/* What the account counted in a window, day by day with the source of each. */
bool window_total(struct db *db, const struct history *history,
	const struct account_days *account, utc_ms from, utc_ms to,
	struct ses_total *total);

/* Which recipient domains send complaint feedback: shipped, configured, learnt. */
struct reporting {
	const struct ses_reputation_settings *settings;
	char **domains; /* sorted, each once */
	size_t count, capacity;
	char *list; /* the same as a JSON array, once it is needed */
	bool lacks_memory;
};

/* reporting is zeroed before; reporting_finish in any case. */
bool reporting_read(struct db *db, const struct ses_reputation_settings *settings,
	struct reporting *reporting);
void reporting_finish(struct reporting *reporting);
bool reporting_has(const struct reporting *reporting, const char *domain);

/* The same as window_total at those domains only; of the counts only those that
 * denominators are made of. */
bool reporting_total(struct db *db, const struct history *history,
	struct reporting *reporting, const struct account_days *account, utc_ms from,
	utc_ms to, struct ses_total *total);

#endif
