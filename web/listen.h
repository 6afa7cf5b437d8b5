/* listen.h - listening sockets: addresses as the configuration writes them. Private to
 * web/. */
#ifndef WEB_LISTEN_H
#define WEB_LISTEN_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/error.h"

#define LISTEN_NAME_SIZE 128

struct listen_address {
	struct sockaddr_storage address;
	socklen_t length;
	bool is_loopback; /* or a Unix socket: only this host can reach it */
	char path[108];	  /* of a Unix socket; else "" */
};

/* Reads "0.0.0.0:8443", "[::]:8443", "localhost:0", "unix:/path". Resolves no names. */
bool listen_parse(const char *text, struct listen_address *address, struct error *error)
	__attribute__((warn_unused_result));

/*
 * Opens a listening socket, close-on-exec. A Unix socket's file that nobody answers at is
 * replaced; the new one has mode 0660. -1 with error where it can't: another program
 * listens there, the file is no socket, …
 */
int listen_open(const struct listen_address *address, struct error *error);

/* Fills address with where an open socket listens: for port 0, and for systemd's. */
bool listen_of(int fd, struct listen_address *address, struct error *error)
	__attribute__((warn_unused_result));

/* "127.0.0.1:43521", "[::1]:8443", "unix:/path". */
void listen_name(const struct listen_address *address, char name[LISTEN_NAME_SIZE]);

#endif
