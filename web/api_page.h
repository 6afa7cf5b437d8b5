/* api_page.h - a page of the suppression list, or of its exceptions. Private to web/. */
#ifndef WEB_API_PAGE_H
#define WEB_API_PAGE_H

#include "base/json.h"
#include "store/store.h"
#include "web/cursor.h"
#include "web/request.h"

struct api_page_kind {
	enum cursor_kind cursor;
	const char *name; /* of the list in the answer */
	struct json *(*print)(const struct store_suppression *entry);
};

/* Reads limit and cursor of the query into the filter, and answers with the page. The
 * rest of the filter is the caller's. */
void api_page_reply(struct request *request, struct store_suppression_filter *filter,
	utc_ms now, const struct api_page_kind *kind);

#endif
