/* api_bulk.h - many entries changed in one call. Private to web/. */
#ifndef WEB_API_BULK_H
#define WEB_API_BULK_H

#include "base/json.h"
#include "web/request.h"

#define API_BULK_MAX 10000

/* Removes the list "addresses" of the body, in this scope, and answers. The rest of the
 * body was looked at. */
void api_bulk_remove(struct request *request, const struct json *body, const char *scope,
	const char *note);

#endif
