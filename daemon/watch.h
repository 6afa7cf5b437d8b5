/* watch.h - the thread that looks at everything that can go wrong, and shouts. */
#ifndef DAEMON_WATCH_H
#define DAEMON_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "store/store.h"
#include "web/web.h"

struct watch;

struct watch_settings {
	const char *store_path; /* whose file system and log are watched */
	bool is_quick; /* for tests: looks as often as it can; the daemon's own way else
			*/
};

/*
 * Starts the thread. It looks within a second after anything was stored (at most twice a
 * second), and every 15 seconds else (at volumes once a minute where that is dear):
 * judges accounts and streams, senders, providers, topics, certificates, disk; moves the
 * alerts on (ses/alert.h); writes them and what is to be told into the store in one job;
 * wakes the messenger. NULL with error.
 */
struct watch *watch_start(const struct watch_settings *settings, struct web *web,
	struct store *store, struct error *error);

/* Before web_stop. Takes NULL. False if it hangs (a disk that does not answer): then
 * nothing is freed, its thread goes on using the store and the web, and the process is to
 * end without closing them. */
bool watch_stop(struct watch *watch);

/* Whether the thread gets on, for the watchdog. */
bool watch_is_alive(const struct watch *watch, int64_t now_ms);

#endif
