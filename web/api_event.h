/* api_event.h - a recorded event as the API shows it. Private to web/. */
#ifndef WEB_API_EVENT_H
#define WEB_API_EVENT_H

#include "base/json.h"
#include "store/store.h"

/* "hard-bounce", "not-spam", …: what an event means for its recipient. */
const char *api_outcome_name(enum ses_outcome outcome);

/* The members of an event, as openapi.json lists them, freed by the caller. What SES did
 * not say is null; "facts" is whatever else is known of the event. */
struct json *api_event_json(const struct store_event *event);

#endif
