/* wire.h - one connection to the server, plain or TLS, that never blocks. Private to
 * tests/bench/. */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/bench/parts/options.h"

/* Where connections go. */
struct target;

/* Resolves the host, IPv4 first; with TLS reads the certificates to trust. Dies if it
 * can't. */
struct target *target_new(const struct options *options);
void target_free(struct target *target);

enum wire_outcome {
	WIRE_DONE,
	WIRE_WAITS,  /* for wants: EPOLLIN or EPOLLOUT */
	WIRE_BROKEN, /* why says how */
};

struct wire {
	int fd; /* -1 closed */
	SSL *ssl;
	bool is_connected;
	uint32_t wants;
	char why[200];
};

/* Begins to connect; go on with wire_shake. Dies if the system gives no socket. */
void wire_open(struct wire *wire, const struct target *target);

/* Connects and, with TLS, shakes hands and checks the certificate. Sessions are never
 * resumed. */
enum wire_outcome wire_shake(struct wire *wire, const struct target *target);

/* Adds to *sent what was taken; done with all of it. */
enum wire_outcome wire_send(
	struct wire *wire, const char *bytes, size_t length, size_t *sent);

/* Adds at least one byte to *have if done; the server's end of it is WIRE_BROKEN. */
enum wire_outcome wire_receive(struct wire *wire, char *bytes, size_t room, size_t *have);

/* Takes a closed one. */
void wire_close(struct wire *wire);

#endif
