/* api_import.h - what an import would come to, without changing anything. Private to
 * web/. */
#ifndef WEB_API_IMPORT_H
#define WEB_API_IMPORT_H

#include "store/store.h"

/* What STORE_IMPORT makes of the entry as the list is now; other lines of the same file
 * are not known to it. False if the store can't be read. */
bool api_import_foresee(struct store *store, const struct store_suppression *entry,
	utc_ms now, enum store_change_result *result, struct error *error);

#endif
