/* window.h - accounts, their days, and the windows rates are taken over. Private to
 * store/. */
#ifndef STORE_WINDOW_H
#define STORE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "ses/reputation.h"
#include "store/db.h"
#include "store/store.h"

/* One account and its days of one basis, oldest first. */
struct account_days {
	char *account, *region;
	struct account_day {
		utc_ms start;
		struct ses_counts counts; /* of the whole UTC day */
		enum ses_source source;
	} * days;
	size_t count, capacity;
};

/* Every account that was ever heard of, in order of account and region. */
struct history {
	struct account_days *accounts;
	size_t count, capacity;
	bool lacks_memory;
};

/* account, region: NULL any. history is zeroed before; history_finish in any case. */
bool history_read(struct db *db, enum store_basis basis, const char *account,
	const char *region, struct history *history);
void history_finish(struct history *history);

/* The source of a day; NONE if nothing was counted on it. */
enum ses_source account_source(const struct account_days *account, utc_ms day);

/*
 * The representative window that ends at to, from an account's published days: whole
 * minutes, newest first, until the sends and the days asked for are covered; *is_all:
 * all that is kept, and that is less.
 */
bool window_representative(struct db *db, const struct account_days *account,
	const struct ses_reputation_settings *settings, utc_ms to, utc_ms *from,
	bool *is_all);

/* What the account counted in a window, day by day with the source of each. */
bool window_total(struct db *db, enum store_basis basis,
	const struct account_days *account, utc_ms from, utc_ms to,
	struct ses_total *total);

/* Which recipient domains send complaint feedback: shipped, configured, learnt. */
struct reporting {
	const struct ses_reputation_settings *settings;
	char **learnt; /* sorted */
	size_t count, capacity;
	bool lacks_memory;
};

bool reporting_read(struct db *db, const struct ses_reputation_settings *settings,
	struct reporting *reporting);
void reporting_finish(struct reporting *reporting);
bool reporting_has(const struct reporting *reporting, const char *domain);

/* The same as window_total at those domains only. */
bool reporting_total(struct db *db, enum store_basis basis,
	const struct reporting *reporting, const struct account_days *account,
	utc_ms from, utc_ms to, struct ses_total *total);

#endif
