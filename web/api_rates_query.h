/* api_rates_query.h - what rates and series are asked for, and how keys are shown.
 * Private to web/. */
#ifndef WEB_API_RATES_QUERY_H
#define WEB_API_RATES_QUERY_H

#include "base/json.h"
#include "store/reputation.h"
#include "web/request.h"

/* query points into the other members; emptied by api_rates_query_finish. */
struct api_rates_query {
	struct store_rates_query query;
	char *tag, *key, *account, *region;
};

/*
 * Reads window, by, key, basis, account and region; absent ones are 24h, account, all,
 * sent, any. A key of the dimension account narrows account and region. Zeroed before.
 * False: a problem is set. In either case to be finished.
 */
bool api_rates_query_read(struct request *request, struct api_rates_query *asked);
void api_rates_query_finish(struct api_rates_query *asked);

/* "region"; freed by the caller. */
bool api_query_region(struct request *request, char **region);

/* "account", "identity", …; "sent", "published". */
const char *api_dimension_name(enum store_dimension dimension);
const char *api_basis_name(enum store_basis basis);

/* Puts "by" as it was asked, "tag:NAME" too. */
void api_rates_query_put_by(struct json *json, const struct store_rates_query *query);

/* Puts "key", "other" (all that was not told apart) and "unknown" (no event said it). */
void api_key_put(struct json *json, enum store_dimension dimension, const char *key,
	bool is_other);

#endif
