/* api_brake.h - the brakes as the API shows them. Private to web/. */
#ifndef WEB_API_BRAKE_H
#define WEB_API_BRAKE_H

#include "base/json.h"
#include "store/marks.h"
#include "web/request.h"

/* One brake; freed by the caller. */
struct json *api_brake_json(const struct store_brake *brake);

/* Puts "at", "streams", "call_ses" and "dry_run". */
void api_brake_put_settings(struct json *json, const struct ses_brake_settings *settings);

/* Brakes that were read, with texts of their own. */
struct api_brakes {
	struct store_brake *list;
	size_t count;
};

/* Those of an account and region (NULL: any). False: a problem is set. To be finished in
 * either case. */
bool api_brakes_read(struct request *request, const char *account, const char *region,
	struct api_brakes *brakes);
void api_brakes_finish(struct api_brakes *brakes);

#endif
