/* doors.h - where each door listens: systemd's sockets, else the configuration's. */
#ifndef DAEMON_DOORS_H
#define DAEMON_DOORS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "daemon/config.h"
#include "daemon/supervisor.h"
#include "web/web.h"

struct doors {
	struct web_listener *listeners; /* their addresses belong to the configuration,
					   to the sockets, or are the next */
	size_t count;
	char *socket_address; /* "unix:PATH" of the admin socket; NULL: none */
};

/*
 * A socket from systemd takes the place of what the configuration has for its door; its
 * name says which: feedback, admin or admin-socket. A socket of another name, or one that
 * isn't listening, is an error, and so is one for the feedback door that other hosts can
 * reach while there is no certificate. The fds are the doors' from then on.
 */
bool doors_choose(struct doors *doors, const struct config *config,
	const struct supervisor_socket *sockets, size_t socket_count, struct error *error)
	__attribute__((warn_unused_result));
void doors_finish(struct doors *doors);

/* "feedback", "admin-socket", "admin": the name systemd's socket units give. */
const char *doors_name(enum web_door door);

#endif
