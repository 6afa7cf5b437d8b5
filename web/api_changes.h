/* api_changes.h - a change of the suppression list as the API shows it. Private to web/.
 */
#ifndef WEB_API_CHANGES_H
#define WEB_API_CHANGES_H

#include "base/json.h"
#include "store/store.h"

/* Puts "address","scope","what","actor","cause","event","before","after" into json: what
 * there is none of is null. */
void api_change_put(struct json *json, const struct store_list_change *change);

#endif
