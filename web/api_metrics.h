/* api_metrics.h - the parts of the /metrics page. Private to web/. */
#ifndef WEB_API_METRICS_H
#define WEB_API_METRICS_H

#include "base/buffer.h"
#include "store/reputation.h"
#include "web/diary.h"
#include "web/web.h"

/* Families of one kind stand together, so that all accounts are known before the first
 * line is written: each part reads first and writes after. */

/* accounts: owned by the caller, with texts that live as long. */
void metrics_reputations(
	struct buffer *page, const struct store_reputation *accounts, size_t count);

/* The part of them that is of an account, not of one of its rates: level, trust, notices,
 * days to review, quota. */
void metrics_account_states(
	struct buffer *page, const struct store_reputation *accounts, size_t count);

/* False, with nothing written, if the store can't be read. */
bool metrics_of_accounts(struct buffer *page, struct store *store,
	const struct ses_reputation_settings *settings, utc_ms now, struct error *error);
bool metrics_of_topics(struct buffer *page, struct store *store,
	const struct web_rules *rules, utc_ms now, struct error *error);
bool metrics_of_store(struct buffer *page, struct store *store, struct error *error);

bool metrics_of_alerts(
	struct buffer *page, struct store *store, utc_ms now, struct error *error);
bool metrics_of_outbox(
	struct buffer *page, struct store *store, utc_ms now, struct error *error);

/* How far the events lag behind, by the topics. */
bool metrics_of_lag(
	struct buffer *page, struct store *store, utc_ms now, struct error *error);

void metrics_of_diary(struct buffer *page, struct diary *diary);

#endif
