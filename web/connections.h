/* connections.h - closes clients that are slow on purpose. Private to web/. */
#ifndef WEB_CONNECTIONS_H
#define WEB_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * libmicrohttpd's own timeout counts inactivity: one byte a second keeps a connection for
 * ever, in the TLS handshake, the headers and the body alike. Here every connection has
 * an absolute deadline; when it is over, the socket is shut down and libmicrohttpd closes
 * it as it would if the client had gone.
 */
struct connections;
struct connection;

/* How long each phase may take, in milliseconds. */
struct connection_limits {
	int64_t request; /* from accept, or the request line, to the last byte of the body
			  */
	int64_t idle;	 /* between two requests of one connection */
	int64_t answer;	 /* from there to the last byte of the answer */
};

/* Starts a thread that looks at the deadlines once a second. NULL if it can't. */
struct connections *connections_start(const struct connection_limits *limits);
/* Takes NULL. Every door is stopped. */
void connections_stop(struct connections *connections);

/* A new connection, in its request phase. NULL without memory. Any thread. */
struct connection *connections_add(struct connections *connections, int fd);

/* Before its socket is closed. Takes NULL. */
void connections_remove(struct connections *connections, struct connection *connection);

/* Its next phase begins; from its door's thread. All take NULL. */
void connection_begins_request(struct connection *connection);
void connection_begins_answer(struct connection *connection);
void connection_waits_for_us(struct connection *connection); /* no deadline */
void connection_is_idle(struct connection *connection);

size_t connections_count(struct connections *connections);

/* Whether the thread has looked at the deadlines of late. */
bool connections_is_alive(struct connections *connections);

/* Shuts down what is past its deadline at that time; the thread's work, for tests.
 * Returns how many. */
size_t connections_expire(struct connections *connections, int64_t now_ms);

#endif
