/* ses_server.h - a thread that stands in for SES: it keeps the calls and answers what it
 * is told to. For tests. */
#ifndef TESTS_DAEMON_SES_SERVER_H
#define TESTS_DAEMON_SES_SERVER_H

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "tests/daemon/scratch.h"

#define SES_SERVER_CALLS 32

struct ses_server {
	pthread_t thread;
	int fd;
	char url[64];
	pthread_mutex_t lock;
	char calls[SES_SERVER_CALLS][256]; /* "PUT /path BODY" */
	size_t count;
	bool is_failing;
	/* Called before each answer, on the server's thread. */
	void (*meanwhile)(void *closure);
	void *closure;
};

/* The length of the head, or 0 while it is not whole. */
static inline size_t ses_server_head(const char *bytes)
{
	const char *end = strstr(bytes, "\r\n\r\n");

	return end ? (size_t) (end - bytes) + 4 : 0;
}

static inline size_t ses_server_body(const char *bytes)
{
	const char *header = strcasestr(bytes, "\r\ncontent-length:");

	return header ? strtoul(header + strlen("\r\ncontent-length:"), NULL, 10) : 0;
}

static inline void ses_server_serve(struct ses_server *server, int client)
{
	static const char fine[] =
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
	static const char refusal[] = "HTTP/1.1 404 Not Found\r\nx-amzn-ErrorType: "
				      "NotFoundException:http://x/\r\n"
				      "Content-Length: 28\r\nConnection: close\r\n\r\n"
				      "{\"message\":\"no set of mine\"}";
	char bytes[8192] = "";
	size_t length = 0, head = 0;
	bool is_failing;
	ssize_t got;

	while (length < sizeof(bytes) - 1 &&
		(head == 0 || length < head + ses_server_body(bytes)) &&
		(got = recv(client, bytes + length, sizeof(bytes) - 1 - length, 0)) > 0) {
		length += (size_t) got;
		bytes[length] = '\0';
		head = ses_server_head(bytes);
	}
	pthread_mutex_lock(&server->lock);
	if (server->count < SES_SERVER_CALLS)
		snprintf(server->calls[server->count++], sizeof(server->calls[0]),
			"%.*s %s", (int) strcspn(bytes, "\r") - (int) strlen(" HTTP/1.1"),
			bytes, bytes + head);
	is_failing = server->is_failing;
	pthread_mutex_unlock(&server->lock);
	if (server->meanwhile)
		server->meanwhile(server->closure);
	if (send(client, is_failing ? refusal : fine, strlen(is_failing ? refusal : fine),
		    MSG_NOSIGNAL) < 0)
		print_message("the client is gone\n");
	close(client);
}

static inline void *ses_server_run(void *closure)
{
	struct ses_server *server = closure;
	int client;

	while ((client = accept(server->fd, NULL, NULL)) >= 0)
		ses_server_serve(server, client);
	return NULL;
}

static inline void ses_server_start(struct ses_server *server)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);

	memset(server, 0, sizeof(*server));
	pthread_mutex_init(&server->lock, NULL);
	server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server->fd, (struct sockaddr *) &address, size), 0);
	assert_int_equal(listen(server->fd, 8), 0);
	assert_int_equal(getsockname(server->fd, (struct sockaddr *) &address, &size), 0);
	snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%u",
		ntohs(address.sin_port));
	assert_int_equal(
		pthread_create(&server->thread, NULL, ses_server_run, server), 0);
}

static inline void ses_server_stop(struct ses_server *server)
{
	shutdown(server->fd, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->fd);
	pthread_mutex_destroy(&server->lock);
}

static inline void ses_server_fail(struct ses_server *server, bool is_failing)
{
	pthread_mutex_lock(&server->lock);
	server->is_failing = is_failing;
	pthread_mutex_unlock(&server->lock);
}

static inline size_t ses_server_count(struct ses_server *server)
{
	size_t count;

	pthread_mutex_lock(&server->lock);
	count = server->count;
	pthread_mutex_unlock(&server->lock);
	return count;
}

#endif
