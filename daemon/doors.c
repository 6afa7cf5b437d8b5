/* doors.c - where each door listens: systemd's sockets, else the configuration's. */
#include "daemon/doors.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"

const char *doors_name(enum web_door door)
{
	switch (door) {
	case WEB_DOOR_FEEDBACK:
		return "feedback";
	case WEB_DOOR_ADMIN_SOCKET:
		return "admin-socket";
	case WEB_DOOR_ADMIN:
		return "admin";
	}
	return NULL;
}

static bool door_from_name(const char *name, enum web_door *door)
{
	static const enum web_door all[] = {
		WEB_DOOR_FEEDBACK, WEB_DOOR_ADMIN_SOCKET, WEB_DOOR_ADMIN};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (text_equal(name, doors_name(all[i]))) {
			*door = all[i];
			return true;
		}
	}
	return false;
}

static bool door_is_given(const struct doors *doors, enum web_door door)
{
	for (size_t i = 0; i < doors->count; i++) {
		if (doors->listeners[i].door == door && doors->listeners[i].fd >= 0)
			return true;
	}
	return false;
}

/* Whether only this host can reach a socket. What we don't understand counts as open. */
static bool socket_is_local(const struct sockaddr_storage *address)
{
	const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *) address;
	const struct sockaddr_in *ipv4 = (const struct sockaddr_in *) address;

	if (address->ss_family == AF_UNIX)
		return true;
	if (address->ss_family == AF_INET)
		return ntohl(ipv4->sin_addr.s_addr) >> 24 == 127;
	return address->ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&ipv6->sin6_addr);
}

static bool socket_is_listening(int fd)
{
	int is_listening = 0, type = 0;
	socklen_t length = sizeof(int);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &length) == 0 &&
	       is_listening && getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 &&
	       type == SOCK_STREAM;
}

/* Whether a socket can be what its name says. */
static bool judge_socket(const struct supervisor_socket *socket,
	const struct config *config, enum web_door *door, struct error *error)
{
	struct sockaddr_storage address = {0};
	socklen_t length = sizeof(address);
	bool is_unix;

	if (!door_from_name(socket->name, door))
		return error_set(error,
			"socket '%s' from systemd: no door has that name; set "
			"FileDescriptorName= to feedback, admin-socket or admin",
			socket->name);
	if (!socket_is_listening(socket->fd) ||
		getsockname(socket->fd, (struct sockaddr *) &address, &length) != 0)
		return error_set(error,
			"socket '%s' from systemd: not a listening stream socket; use "
			"ListenStream= and Accept=no",
			socket->name);
	is_unix = address.ss_family == AF_UNIX;
	if (*door == WEB_DOOR_ADMIN_SOCKET && !is_unix)
		return error_set(error,
			"socket '%s' from systemd: not a Unix socket, and only file "
			"permissions guard that door; name it admin",
			socket->name);
	if (*door == WEB_DOOR_FEEDBACK && !config->rules.certificate &&
		!socket_is_local(&address))
		return error_set(error,
			"socket '%s' from systemd can be reached from other hosts, but "
			"there "
			"is no certificate; set certificate and private_key, or use "
			"ListenStream=127.0.0.1:PORT",
			socket->name);
	return true;
}

static void add_listener(
	struct doors *doors, enum web_door door, const char *address, int fd)
{
	doors->listeners[doors->count++] =
		(struct web_listener){.door = door, .address = address, .fd = fd};
}

static void add_configured(struct doors *doors, const struct config *config)
{
	const struct config_texts *feedback = &config->feedback.listen;

	if (!door_is_given(doors, WEB_DOOR_FEEDBACK)) {
		for (size_t i = 0; i < feedback->count; i++)
			add_listener(doors, WEB_DOOR_FEEDBACK, feedback->items[i], -1);
	}
	if (doors->socket_address && !door_is_given(doors, WEB_DOOR_ADMIN_SOCKET))
		add_listener(doors, WEB_DOOR_ADMIN_SOCKET, doors->socket_address, -1);
	if (config->admin.listen && !door_is_given(doors, WEB_DOOR_ADMIN))
		add_listener(doors, WEB_DOOR_ADMIN, config->admin.listen, -1);
}

bool doors_choose(struct doors *doors, const struct config *config,
	const struct supervisor_socket *sockets, size_t socket_count, struct error *error)
{
	/* At most every socket, every feedback address and the two admin doors. */
	size_t room = socket_count + config->feedback.listen.count + 2;

	*doors = (struct doors){.listeners = calloc(room, sizeof(*doors->listeners))};
	if (!doors->listeners)
		return error_set(error, "out of memory");
	if (config->admin.socket &&
		asprintf(&doors->socket_address, "unix:%s", config->admin.socket) < 0) {
		doors->socket_address = NULL;
		doors_finish(doors);
		return error_set(error, "out of memory");
	}
	for (size_t i = 0; i < socket_count; i++) {
		enum web_door door = WEB_DOOR_FEEDBACK;

		if (!judge_socket(&sockets[i], config, &door, error)) {
			doors_finish(doors);
			return false;
		}
		add_listener(doors, door, sockets[i].name, sockets[i].fd);
	}
	add_configured(doors, config);
	return true;
}

void doors_finish(struct doors *doors)
{
	free(doors->listeners);
	free(doors->socket_address);
	*doors = (struct doors){0};
}
