/* reputation.h - from the counters to the reputation of each account, and to break-downs.
 */
#ifndef STORE_REPUTATION_H
#define STORE_REPUTATION_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/error.h"
#include "ses/reputation.h"
#include "ses/trust.h"
#include "store/store.h"

enum store_window {
	STORE_WINDOW_1H,
	STORE_WINDOW_24H,
	STORE_WINDOW_7D,
	STORE_WINDOW_30D,
	STORE_WINDOW_REPRESENTATIVE
};

/* "1h" "24h" "7d" "30d" "representative". */
const char *store_window_name(enum store_window window);

struct store_reputation {
	const char *account, *region;
	enum ses_level level; /* the worse of the two */
	utc_ms from, to;      /* representative window, whole minutes, basis published */
	enum ses_source source;
	struct ses_counts counts; /* of the window */
	struct ses_rate bounce;
	struct ses_rate complaint;
	struct ses_rate complaint_reporting; /* at domains that report: shipped,
						configured, learnt */
	bool complaint_by_reporting;	     /* which of the two the level goes by */
	bool has_forecast;
	double bounce_forecast, complaint_forecast; /* the rate after another day like the
						       last with sends */
	bool is_all; /* the window holds all that is kept, and that is less than asked for
		      */
	utc_ms fresh_start; /* the window begins no earlier: marks.h; UTC_NONE */
	int64_t bounce_days, complaint_days; /* days like the last one with sends until
						the review limit; -1 unknown or never */
	int64_t sent_24h;		     /* recipients that count for the quota */
	int64_t peak_24h; /* the busiest second of the last 24 hours; 0 unknown */
	utc_ms peak_at;
	const struct ses_quota *quota; /* NULL: not configured */
	unsigned notices;	       /* bits of enum ses_notice */
	enum ses_trust trust;
};
/* The rate that the level of a metric goes by: of complaints one of two. */
const struct ses_rate *store_judged_rate(
	const struct store_reputation *reputation, enum ses_metric metric);

typedef bool store_each_reputation(
	void *closure, const struct store_reputation *reputation);

/* Each account that was ever heard of, in order of account and region. */
bool store_reputation(struct store *store, const struct ses_reputation_settings *settings,
	utc_ms now, store_each_reputation *each, void *closure, struct error *error);

/* The same for whoever asks all the time: while much is recorded the denominators of
 * complaint_reporting may lack the last seconds. */
bool store_reputation_lately(struct store *store,
	const struct ses_reputation_settings *settings, utc_ms now,
	store_each_reputation *each, void *closure, struct error *error);

struct store_rates_query {
	enum store_window window;
	enum store_dimension dimension;
	enum store_basis basis;
	const char *account, *region; /* NULL any */
	const char *tag;     /* BY_TAG: its name; rows have its values as keys. NULL: rows
				have NAME=VALUE */
	const char *key;     /* one key only; NULL all */
	utc_ms since, until; /* since <= t < until within the window; 0 none */
	bool as_counted;     /* for whoever has just read something else: what was
				recorded since may be missing */
};

/* One line of a break-down. key is "ACCOUNT/REGION" for STORE_BY_ACCOUNT. */
struct store_rates_row {
	const char *account, *region, *key;
	enum ses_source source;
	int64_t denominator;
	struct ses_counts counts;
	struct ses_rate bounce, complaint,
		complaint_reporting; /* levels are not meant for single keys */
	bool is_other;		     /* all that was not told apart: STORE_KEY_OTHER */
	bool is_immature; /* basis sent, and the window is younger than feedback takes (72
			     h) */
};
typedef bool store_each_rates(void *closure, const struct store_rates_row *row);

/* The window is handed back in from and to. Rows with the most hard bounces and
 * complaints first, then by denominator. */
bool store_rates(struct store *store, const struct ses_reputation_settings *settings,
	const struct store_rates_query *query, utc_ms now, utc_ms *from, utc_ms *to,
	store_each_rates *each, void *closure, struct error *error);

/* One step of a series. Steps without anything are handed out too. */
struct store_series_row {
	utc_ms start;
	enum ses_source source;
	int64_t denominator;
	struct ses_counts counts;
	struct ses_rate bounce, complaint;
};
typedef bool store_each_series(void *closure, const struct store_series_row *row);

/* The counters of a query (key, account and region narrow it) as a time series, oldest
 * first. step_ms: a whole number of minutes; at most STORE_SERIES_MAX steps, else false
 * with error. */
#define STORE_SERIES_MAX 1500
bool store_series(struct store *store, const struct ses_reputation_settings *settings,
	const struct store_rates_query *query, int64_t step_ms, utc_ms now, utc_ms *from,
	utc_ms *to, store_each_series *each, void *closure, struct error *error);

/* Callers, source addresses and from-domains with their first mail, newest first. */
struct store_sender {
	const char *account, *region, *key;
	int kind; /* enum ses_sender_kind of ses/watching.h */
	utc_ms first, last;
	utc_ms account_since; /* the first of all of that account and kind */
};
typedef bool store_each_sender(void *closure, const struct store_sender *sender);
bool store_sender_list(struct store *store, utc_ms first_since, store_each_sender *each,
	void *closure, struct error *error);

#endif
