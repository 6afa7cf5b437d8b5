/* server.c - one listener: libmicrohttpd's life cycle. */
#include "web/server.h"

#include <assert.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "web/exchange.h"
#include "web/listen.h"
#include "web/tls.h"

#define CONNECTIONS_DEFAULT 1000
/* Inactivity; connections.c has the absolute deadlines. */
#define TIMEOUT_SECONDS 125
/* Of each connection, for the headers and what is read at once; libmicrohttpd clears all
 * of it for each request. A notification with its headers is 3 KiB, as a rule. */
#define MEMORY_LIMIT_FEEDBACK (16 * 1024)
#define MEMORY_LIMIT_ADMIN (32 * 1024)
#define OPTIONS_MAX 20

struct server {
	struct exchange_door door;
	struct MHD_Daemon *daemon;
	int fd; /* libmicrohttpd closes it, unless it was quiesced */
	bool is_ours;
	bool is_quiesced;
	bool is_tls;
	struct listen_address address;
	char name[LISTEN_NAME_SIZE];
	struct MHD_OptionItem options[OPTIONS_MAX];
	size_t option_count;
};

static void write_log(void *closure, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

/* What libmicrohttpd has to say is about broken clients, nearly always. */
static void write_log(void *closure, const char *format, va_list arguments)
{
	const struct server *server = closure;
	char text[512];
	size_t length;

	vsnprintf(text, sizeof(text), format, arguments);
	length = strlen(text);
	while (length > 0 && text[length - 1] == '\n')
		text[--length] = '\0';
	log_debug("%s: libmicrohttpd: %s", server->name, text);
}

/* The options are untyped to the compiler; so each is appended in one place, with the
 * type that microhttpd.h names beside it. */
static void add_option(struct server *server, enum MHD_OPTION option, intptr_t value,
	const void *pointer)
{
	assert(server->option_count < OPTIONS_MAX);
	server->options[server->option_count++] =
		(struct MHD_OptionItem){option, value, (void *) (uintptr_t) pointer};
}

static void add_tls_options(struct server *server)
{
	if (!server->is_tls)
		return;
	add_option(server, MHD_OPTION_HTTPS_PRIORITIES, 0, TLS_PRIORITIES);
	add_option(server, MHD_OPTION_HTTPS_CERT_CALLBACK2, 0,
		(const void *) (uintptr_t) tls_choose);
}

static void add_options(
	struct server *server, unsigned threads, unsigned limit, bool is_public)
{
	struct exchange_door *door = &server->door;

	/* The logger must come first. */
	add_option(server, MHD_OPTION_EXTERNAL_LOGGER, (intptr_t) write_log, server);
	add_option(server, MHD_OPTION_LISTEN_SOCKET, server->fd, NULL);
	add_option(server, MHD_OPTION_URI_LOG_CALLBACK, (intptr_t) exchange_begin, door);
	add_option(server, MHD_OPTION_NOTIFY_COMPLETED, (intptr_t) exchange_end, door);
	add_option(server, MHD_OPTION_NOTIFY_CONNECTION, (intptr_t) exchange_connection,
		door);
	add_option(server, MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_SECONDS, NULL);
	add_option(server, MHD_OPTION_CONNECTION_LIMIT, (intptr_t) limit, NULL);
	add_option(server, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		door->door == WEB_DOOR_FEEDBACK ? MEMORY_LIMIT_FEEDBACK
						: MEMORY_LIMIT_ADMIN,
		NULL);
	/* One address alone must not take all places; SNS may use few, though. */
	if (is_public)
		add_option(server, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
			(intptr_t) (limit / 2 > 64 ? limit / 2 : limit), NULL);
	if (threads > 1)
		add_option(server, MHD_OPTION_THREAD_POOL_SIZE, (intptr_t) threads, NULL);
	add_tls_options(server);
	add_option(server, MHD_OPTION_END, 0, NULL);
}

static bool open_socket(
	struct server *server, const struct web_listener *listener, struct error *error)
{
	server->is_ours = listener->fd < 0;
	server->fd = listener->fd;
	if (server->is_ours) {
		if (!listen_parse(listener->address, &server->address, error))
			return false;
		server->fd = listen_open(&server->address, error);
		if (server->fd < 0)
			return false;
	}
	if (!listen_of(server->fd, &server->address, error))
		return false;
	listen_name(&server->address, server->name);
	return true;
}

/* A door without a certificate is for a TLS proxy on this host. */
static bool choose_tls(struct server *server, struct error *error)
{
	if (server->door.door != WEB_DOOR_FEEDBACK || server->address.path[0] != '\0')
		return true;
	server->is_tls = server->door.web->feedback_is_tls;
	if (server->is_tls || server->address.is_loopback)
		return true;
	return error_set(error,
		"%s: without a certificate the feedback door opens on a loopback or "
		"unix: "
		"address only",
		server->name);
}

static const char *door_name(const struct server *server)
{
	switch (server->door.door) {
	case WEB_DOOR_FEEDBACK:
		return server->is_tls ? "feedback, HTTPS" : "feedback, without TLS";
	case WEB_DOOR_ADMIN_SOCKET:
		return "admin, by the file's permissions";
	case WEB_DOOR_ADMIN:
		return "admin, by token";
	}
	return "";
}

static unsigned choose_threads(const struct server *server, unsigned wanted)
{
	long cores;

	if (server->door.door != WEB_DOOR_FEEDBACK)
		return 1;
	if (wanted > 0)
		return wanted;
	cores = sysconf(_SC_NPROCESSORS_ONLN);
	return cores > 2 ? (unsigned) cores - 1 : 1;
}

struct server *server_start(struct web *web, const struct web_listener *listener,
	const struct web_settings *settings, struct error *error)
{
	/* Not epoll: when 128 connections, or twice as many, become ready together,
	   libmicrohttpd 0.9.75 goes on waiting before it serves them. The price: each
	   turn looks at all connections of the thread, so that 900 silent ones make a
	   request cost 0.2 ms more; the deadlines of connections.c keep them short. */
	unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
			 MHD_USE_ITC | MHD_USE_ERROR_LOG;
	struct server *server = calloc(1, sizeof(*server));
	unsigned threads, limit = settings->connection_limit;

	if (server == NULL) {
		error_set(error, "out of memory");
		return NULL;
	}
	server->door = (struct exchange_door){web, listener->door};
	server->fd = -1;
	if (!open_socket(server, listener, error) || !choose_tls(server, error))
		goto failed;
	threads = choose_threads(server, settings->feedback_threads);
	if (limit == 0)
		limit = CONNECTIONS_DEFAULT;
	if (limit < 32 * threads)
		limit = 32 * threads;
	if (server->is_tls)
		flags |= MHD_USE_TLS;
	add_options(server, threads, limit,
		listener->door == WEB_DOOR_FEEDBACK && !server->address.is_loopback);
	server->daemon = MHD_start_daemon(flags, 0, NULL, NULL, exchange_go_on,
		&server->door, MHD_OPTION_ARRAY, server->options, MHD_OPTION_END);
	if (server->daemon == NULL) {
		error_set(error, "%s: libmicrohttpd can't be started", server->name);
		goto failed;
	}
	if (listener->door == WEB_DOOR_ADMIN && !server->address.is_loopback)
		log_warning(
			"%s: tokens travel over this network unencrypted", server->name);
	log_info("listening on %s (%s)", server->name, door_name(server));
	return server;
failed:
	if (server->fd >= 0)
		close(server->fd);
	free(server);
	return NULL;
}

void server_quiesce(struct server *server)
{
	int fd = MHD_quiesce_daemon(server->daemon);

	if (fd < 0)
		return;
	server->is_quiesced = true;
	if (!server->is_ours)
		return; /* systemd's goes on collecting for whoever comes next */
	if (server->address.path[0] != '\0')
		unlink(server->address.path);
	/* Those that come now are to be refused, not to wait for nothing. */
	shutdown(fd, SHUT_RDWR);
}

void server_stop(struct server *server)
{
	if (server == NULL)
		return;
	MHD_stop_daemon(server->daemon);
	if (server->is_quiesced)
		close(server->fd);
	free(server);
}

const char *server_address(const struct server *server)
{
	return server->name;
}

enum web_door server_door(const struct server *server)
{
	return server->door.door;
}
