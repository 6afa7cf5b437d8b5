/* api_change.h - a change by hand of one address. Private to web/. */
#ifndef WEB_API_CHANGE_H
#define WEB_API_CHANGE_H

#include "store/store.h"
#include "web/request.h"

/* One change as a job of its own, by whoever asks; its entry is filled. False: a 503
 * problem is set. */
bool api_change_submit(struct request *request, struct store_change *change);

/* Sets change->expected_version by the request's If-Match or If-None-Match. False: a
 * problem is set: 400 malformed, 412 "conflict" where it does not hold now, or 503. */
bool api_change_condition(struct request *request, struct store_change *change);

/* The 412 problem "conflict". */
void api_change_conflict(struct request *request, const struct store_change *change);

/* The text of the path as it was put, trimmed; freed by the caller. NULL: a problem is
 * set. */
char *api_change_original(struct request *request);

/* The body, which may be absent (*body NULL), freed with json_free. False: a problem is
 * set. */
bool api_change_body(struct request *request, struct json **body);

#endif
