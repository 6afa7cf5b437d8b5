/* api_topic.h - words about topics that several calls use. Private to web/. */
#ifndef WEB_API_TOPIC_H
#define WEB_API_TOPIC_H

#include "store/store.h"
#include "web/web.h"

#define API_TOPIC_STATES 4

/* "unknown" "pending" "confirmed" "cancelled". */
const char *api_topic_state_name(enum store_topic_state state);

/* Every topic that was ever heard of, by ARN, then those that are configured and silent,
 * in the order of the configuration. */
bool api_topic_each(struct store *store, const struct web_rules *rules,
	store_each_topic *each, void *closure, struct error *error);

#endif
