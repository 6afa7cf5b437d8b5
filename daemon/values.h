/* values.h - how the configuration spells rates, sizes, addresses, URLs. Pure. */
#ifndef DAEMON_VALUES_H
#define DAEMON_VALUES_H

#include <stdbool.h>

#include "base/error.h"
#include "ses/address.h"
#include "ses/reputation.h"

/* On failure each of these leaves its result untouched, and error says what would be
 * right. */

/* "5%", "0.1%", "0.0001%": exact to a part of a million, at most 100 %. */
bool value_rate(const char *text, ppm *rate, struct error *error)
	__attribute__((warn_unused_result));

/* Writes a rate as value_rate reads it, without needless zeros. */
#define VALUE_RATE_SIZE 32
void value_rate_print(ppm rate, char text[VALUE_RATE_SIZE]);

/* A time as duration_parse of clock.h reads it; error names the spelling. */
bool value_time(const char *text, int64_t *time_ms, struct error *error)
	__attribute__((warn_unused_result));

/* Writes a time in the largest unit that is exact, as value_time reads it. */
#define VALUE_TIME_SIZE 32
void value_time_print(int64_t time_ms, char text[VALUE_TIME_SIZE]);

/* "256M", "1G": a whole number of kibi-, mebi- or gibibytes. */
bool value_size(const char *text, int64_t *bytes, struct error *error)
	__attribute__((warn_unused_result));

/* Writes a size that is whole in one of these units, in the largest. */
#define VALUE_SIZE_SIZE 32
void value_size_print(int64_t bytes, char text[VALUE_SIZE_SIZE]);

/* "50000/14", "111122223333/us-east-1:50000/14": recipients in 24 hours and a second. */
#define VALUE_ACCOUNT_SIZE 13
struct value_quota {
	char account[VALUE_ACCOUNT_SIZE]; /* "": of every account */
	char region[64];
	int64_t daily, rate;
};
bool value_quota(const char *text, struct value_quota *quota, struct error *error)
	__attribute__((warn_unused_result));

/* "3 in 14d": so many days in so long a time. The bounds are the caller's. */
bool value_threshold(const char *text, int64_t *days, int64_t *window_ms,
	struct error *error) __attribute__((warn_unused_result));

/* Where a door listens. */
struct value_address {
	bool is_unix;
	bool is_loopback; /* reached from this host only; true for is_unix too */
};

/* "0.0.0.0:8443", "[::1]:0", "unix:/run/x.sock": no names but
 * localhost, which is 127.0.0.1. */
bool value_address(const char *text, struct value_address *address, struct error *error)
	__attribute__((warn_unused_result));

/* The same, but no Unix socket. */
bool value_tcp_address(const char *text, struct error *error)
	__attribute__((warn_unused_result));

/* HOST:PORT of a server to connect to: a name, an IPv4 address or an IPv6 address in
 * brackets; the port from 1 to 65535. */
bool value_endpoint(const char *text, struct error *error)
	__attribute__((warn_unused_result));

/* A path of the file system: absolute. */
bool value_path(const char *text, struct error *error)
	__attribute__((warn_unused_result));

/* A path that a Unix socket can have: absolute and short enough for the kernel. */
bool value_socket_path(const char *text, struct error *error)
	__attribute__((warn_unused_result));

/* The path of a URL, to be compared byte for byte: "/sns". */
bool value_url_path(const char *text, struct error *error)
	__attribute__((warn_unused_result));

/* A domain in the normal form that addresses have: lower case, A-labels. */
bool value_domain(const char *text, char normal[SES_ADDRESS_MAX], struct error *error)
	__attribute__((warn_unused_result));

/* A mailbox in its normal form. */
bool value_mailbox(const char *text, char normal[SES_ADDRESS_MAX], struct error *error)
	__attribute__((warn_unused_result));

/* One mailbox in any spelling, but nothing around it. */
bool value_addressee(const char *text, struct error *error)
	__attribute__((warn_unused_result));

/* http, https, smtp or smtps, without a name or password in it. */
struct value_url {
	const char *scheme; /* static */
	char host[256];
	bool is_loopback; /* this host, by its address or as localhost */
};
bool value_url(const char *text, struct value_url *url, struct error *error)
	__attribute__((warn_unused_result));

/* A program with its arguments: begins with an absolute path. */
bool value_command(const char *text, struct error *error)
	__attribute__((warn_unused_result));

/*
 * A file that holds a secret or a certificate: an absolute path; or credentials:NAME, and
 * likewise a plain NAME, which is the file of that name in folder, where systemd puts a
 * service's credentials (folder may be NULL: there are none). path is allocated; the
 * caller frees it.
 */
bool value_file(const char *text, const char *folder, char **path, struct error *error)
	__attribute__((warn_unused_result));

#endif
