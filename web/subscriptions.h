/* subscriptions.h - confirming by hand and at start, and what the store remembers about
 * topics. Private to web/. */
#ifndef WEB_SUBSCRIPTIONS_H
#define WEB_SUBSCRIPTIONS_H

#include "web/inside.h"

/*
 * After a start or a reload: raises the alarms that the topics' states in the store call
 * for, and, where the rules say to confirm automatically, asks the courier to confirm
 * what waits; does not wait for it.
 */
void subscriptions_resume(struct web *web, struct web_rules *rules);

#endif
