/* server.h - one listener: libmicrohttpd's life cycle. Private to web/. */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include <stdbool.h>

#include "base/error.h"
#include "web/inside.h"

struct server;

/* Opens the listener's socket (or takes systemd's), shows TLS if the door is the feedback
 * door, on TCP, and the web has a certificate; starts its threads. NULL with error. */
struct server *server_start(struct web *web, const struct web_listener *listener,
	const struct web_settings *settings, struct error *error);

/* Accepts no more connections; those that are open go on. */
void server_quiesce(struct server *server);

/* Ends its threads and closes. Nothing may be suspended: libmicrohttpd 0.9.75 would abort
 * the process. Takes NULL. */
void server_stop(struct server *server);

/* "127.0.0.1:43521", "unix:/path". */
const char *server_address(const struct server *server);

enum web_door server_door(const struct server *server);

#endif
