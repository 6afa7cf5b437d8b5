/* counting.h - what is counted, by which dimension and time, and how it is read. */
#ifndef STORE_COUNTING_H
#define STORE_COUNTING_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/error.h"
#include "ses/counts.h"

struct store;

enum store_basis { STORE_BASIS_SENT = 0, STORE_BASIS_PUBLISHED = 1 };
enum store_dimension {
	STORE_BY_ACCOUNT = 0, /* key "" */
	STORE_BY_IDENTITY = 1,
	STORE_BY_CONFIGURATION_SET = 2,
	STORE_BY_RECIPIENT_DOMAIN = 3,
	STORE_BY_PROVIDER = 4, /* key: ses_provider_of, hosted domains as learnt; a domain
				  whose provider is not known: "" */
	STORE_BY_TAG = 5, /* key: "NAME=VALUE", each of the mail's tags but those of SES
			   */
	STORE_BY_TENANT = 6,
	STORE_BY_SOURCE_IP = 7,
	STORE_BY_CALLER = 8,
	STORE_BY_FROM_DOMAIN = 9,
	STORE_BY_DIAGNOSTIC = 10, /* key: ses_diagnostic_signature; bounces and
				     complaints ("complaint TYPE") only */
};
#define STORE_DIMENSIONS 11

/*
 * Of a dimension other than the account, the first so many keys of a UTC day (of
 * publication) of an account have lines of their own; what comes after is counted under
 * STORE_KEY_OTHER, of a tag under "NAME=" STORE_KEY_OTHER. No domain, tag value or name
 * can be that.
 */
#define STORE_KEYS_A_DAY 1000
#define STORE_DOMAINS_A_DAY 10000
#define STORE_KEY_OTHER "*"

enum store_step { STORE_STEP_MINUTE = 0, STORE_STEP_HOUR = 1, STORE_STEP_DAY = 2 };

struct store_counts_query {
	enum store_basis basis;
	enum store_dimension dimension;
	const char *account, *region; /* NULL any */
	const char *key;	      /* NULL any */
	utc_ms from, to;	      /* whole minutes: from <= t < to */
	enum store_step step;
	bool newest_first;
};

/* Counts of one account and key in one step; start is the step's beginning (which can lie
 * before from: the row then holds what belongs to the window only). */
struct store_counts_row {
	const char *account, *region, *key;
	utc_ms start;
	struct ses_counts counts;
};
typedef bool store_each_counts(void *closure, const struct store_counts_row *row);

/* Rows in order of start. Cost: the roll-ups inside the window, never the events. As
 * rates, series and reputations, it holds all that was recorded before the call; while
 * the store can't write, or is held up for seconds, what was counted before. */
bool store_counts(struct store *store, const struct store_counts_query *query,
	store_each_counts *each, void *closure, struct error *error);

/* Domains a complaint report has ever named, with the time of the last. */
typedef bool store_each_domain(void *closure, const char *domain, utc_ms last);
bool store_complaining_domains(
	struct store *store, store_each_domain *each, void *closure, struct error *error);

#endif
