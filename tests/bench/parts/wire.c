/* wire.c - one connection to the server, plain or TLS, that never blocks. */
#include "tests/bench/parts/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/parts/die.h"

struct target {
	struct sockaddr_storage address;
	socklen_t address_length;
	SSL_CTX *tls; /* NULL: plain */
	const char *host;
	bool is_host_numeric;
};

static void resolve(struct target *target, const struct options *options)
{
	struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM},
			*found;
	unsigned char numeric[sizeof(struct in6_addr)];
	int problem = getaddrinfo(options->host, options->port, &hints, &found);

	if (problem != 0) {
		hints.ai_family = AF_UNSPEC;
		problem = getaddrinfo(options->host, options->port, &hints, &found);
	}
	if (problem != 0)
		die("%s: %s", options->host, gai_strerror(problem));
	memcpy(&target->address, found->ai_addr, found->ai_addrlen);
	target->address_length = found->ai_addrlen;
	freeaddrinfo(found);
	target->host = options->host;
	target->is_host_numeric = inet_pton(AF_INET, options->host, numeric) == 1;
}

static SSL_CTX *make_tls(const char *ca_file)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

	if (tls == NULL)
		die("OpenSSL makes no client");
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(tls, SSL_OP_NO_TICKET);
	SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE);
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_read_ahead(tls, 1);
	if ((ca_file != NULL ? SSL_CTX_load_verify_locations(tls, ca_file, NULL)
			     : SSL_CTX_set_default_verify_paths(tls)) != 1)
		die("--ca: %s gives no certificates",
			ca_file != NULL ? ca_file : "system");
	return tls;
}

struct target *target_new(const struct options *options)
{
	struct target *target = calloc(1, sizeof(*target));

	if (target == NULL)
		die("out of memory");
	resolve(target, options);
	if (options->is_tls)
		target->tls = make_tls(options->ca_file);
	return target;
}

void target_free(struct target *target)
{
	if (target == NULL)
		return;
	SSL_CTX_free(target->tls);
	free(target);
}

static enum wire_outcome waits_for(struct wire *wire, uint32_t wants)
{
	wire->wants = wants;
	return WIRE_WAITS;
}

static enum wire_outcome broke(struct wire *wire, const char *doing, const char *why)
{
	snprintf(wire->why, sizeof(wire->why), "%s: %s", doing, why);
	return WIRE_BROKEN;
}

static SSL *make_ssl(const struct target *target, int fd)
{
	SSL *ssl = SSL_new(target->tls);
	bool is_right = ssl != NULL && SSL_set_fd(ssl, fd) == 1;

	if (is_right && target->is_host_numeric)
		is_right = X509_VERIFY_PARAM_set1_ip_asc(
				   SSL_get0_param(ssl), target->host) == 1;
	else if (is_right)
		is_right = SSL_set1_host(ssl, target->host) == 1 &&
			   SSL_set_tlsext_host_name(ssl, target->host) == 1;
	if (!is_right)
		die("OpenSSL makes no connection");
	SSL_set_connect_state(ssl);
	return ssl;
}

void wire_open(struct wire *wire, const struct target *target)
{
	const int on = 1;

	*wire = (struct wire){.wants = EPOLLIN};
	wire->fd = socket(
		target->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (wire->fd < 0)
		die("no socket: %s", strerror(errno));
	setsockopt(wire->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (target->tls != NULL)
		wire->ssl = make_ssl(target, wire->fd);
}

/* Calling connect once more tells how the attempt under way stands. */
static enum wire_outcome connect_on(struct wire *wire, const struct target *target)
{
	if (wire->is_connected)
		return WIRE_DONE;
	if (connect(wire->fd, (const struct sockaddr *) &target->address,
		    target->address_length) != 0 &&
		errno != EISCONN) {
		if (errno == EINPROGRESS || errno == EALREADY)
			return waits_for(wire, EPOLLOUT);
		return broke(wire, "connecting", strerror(errno));
	}
	wire->is_connected = true;
	return WIRE_DONE;
}

static enum wire_outcome tls_broke(struct wire *wire, const char *doing)
{
	long verdict = SSL_get_verify_result(wire->ssl);
	const char *why = ERR_reason_error_string(ERR_peek_last_error());

	if (verdict != X509_V_OK)
		why = X509_verify_cert_error_string(verdict);
	if (why == NULL)
		why = errno != 0 ? strerror(errno) : "the server closed it";
	broke(wire, doing, why);
	ERR_clear_error();
	return WIRE_BROKEN;
}

/* What a TLS call came to. */
static enum wire_outcome tls_outcome(struct wire *wire, int result, const char *doing)
{
	if (result > 0)
		return WIRE_DONE;
	switch (SSL_get_error(wire->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return waits_for(wire, EPOLLIN);
	case SSL_ERROR_WANT_WRITE:
		return waits_for(wire, EPOLLOUT);
	case SSL_ERROR_ZERO_RETURN:
		return broke(wire, doing, "the server closed it");
	default:
		return tls_broke(wire, doing);
	}
}

enum wire_outcome wire_shake(struct wire *wire, const struct target *target)
{
	enum wire_outcome outcome = connect_on(wire, target);

	if (outcome != WIRE_DONE || wire->ssl == NULL)
		return outcome;
	errno = 0;
	return tls_outcome(wire, SSL_do_handshake(wire->ssl), "TLS handshake");
}

static enum wire_outcome send_some(
	struct wire *wire, const char *bytes, size_t length, size_t *sent)
{
	enum wire_outcome outcome;
	size_t taken = 0;
	ssize_t wrote;

	errno = 0;
	if (wire->ssl != NULL) {
		outcome = tls_outcome(
			wire, SSL_write_ex(wire->ssl, bytes, length, &taken), "sending");
		*sent += taken;
		return outcome;
	}
	wrote = send(wire->fd, bytes, length, MSG_NOSIGNAL);
	if (wrote >= 0) {
		*sent += (size_t) wrote;
		return WIRE_DONE;
	}
	return errno == EAGAIN ? waits_for(wire, EPOLLOUT)
			       : broke(wire, "sending", strerror(errno));
}

enum wire_outcome wire_send(
	struct wire *wire, const char *bytes, size_t length, size_t *sent)
{
	enum wire_outcome outcome = WIRE_DONE;

	while (outcome == WIRE_DONE && *sent < length)
		outcome = send_some(wire, bytes + *sent, length - *sent, sent);
	return outcome;
}

enum wire_outcome wire_receive(struct wire *wire, char *bytes, size_t room, size_t *have)
{
	enum wire_outcome outcome;
	size_t taken = 0;
	ssize_t got;

	errno = 0;
	if (wire->ssl != NULL) {
		outcome = tls_outcome(
			wire, SSL_read_ex(wire->ssl, bytes, room, &taken), "receiving");
		*have += taken;
		return outcome;
	}
	got = recv(wire->fd, bytes, room, 0);
	if (got > 0) {
		*have += (size_t) got;
		return WIRE_DONE;
	}
	if (got == 0)
		return broke(wire, "receiving", "the server closed it");
	return errno == EAGAIN ? waits_for(wire, EPOLLIN)
			       : broke(wire, "receiving", strerror(errno));
}

void wire_close(struct wire *wire)
{
	if (wire->fd < 0)
		return;
	SSL_free(wire->ssl);
	close(wire->fd);
	wire->ssl = NULL;
	wire->fd = -1;
}
