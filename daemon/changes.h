/* changes.h - what a reload found changed and can't change. */
#ifndef DAEMON_CHANGES_H
#define DAEMON_CHANGES_H

#include <stddef.h>

#include "daemon/config.h"

/* Calls each for every such difference, with "[SECTION] KEY", the value we go on with and
 * the new one, as texts. Returns how many there are. */
typedef void changes_each(
	void *closure, const char *key, const char *running, const char *read);
size_t changes_find(const struct config *running, const struct config *read,
	changes_each *each, void *closure);

/* Logs them: a restart is needed. */
void changes_log(const struct config *running, const struct config *read);

#endif
