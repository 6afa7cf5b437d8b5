/* api_alert.h - what the calls about alerts and silences have in common. Private to web/.
 */
#ifndef WEB_API_ALERT_H
#define WEB_API_ALERT_H

#include <stdbool.h>

#include "web/request.h"

/* Whether there is such a kind of alert; else the 400 problem "no-such-alert", which
 * names them all. */
bool api_alert_is_known(struct request *request, const char *name);

#endif
