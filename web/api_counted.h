/* api_counted.h - what counts in a rate, what does not, and why: in words. Private to
 * web/. */
#ifndef WEB_API_COUNTED_H
#define WEB_API_COUNTED_H

#include "base/json.h"
#include "ses/reputation.h"
#include "store/store.h"

/*
 * [{"class","count","left_out","text"}…]: every class of feedback that a metric could
 * count and what became of it, with how many there were in the window. left_out is false
 * where the settings count it in. Freed by the caller.
 */
struct json *api_left_out_json(const struct ses_reputation_settings *settings,
	enum ses_metric metric, const struct ses_counts *counts);

/* Whether an event counts in the numerator of a metric; *reason, static: why, or why
 * not. */
bool api_event_counts(const struct ses_reputation_settings *settings,
	enum ses_metric metric, const struct store_event *event, const char **reason);

#endif
