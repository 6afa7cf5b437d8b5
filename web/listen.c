/* listen.c - listening sockets: addresses as the configuration writes them. */
#include "web/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

#define BACKLOG 1024

static bool parse_port(const char *text, in_port_t *port)
{
	int64_t number;

	if (strlen(text) > 5 || !text_to_integer(text, &number) || number > 65535)
		return false;
	*port = htons((uint16_t) number);
	return true;
}

static void look_for_loopback(struct listen_address *address)
{
	const struct sockaddr_in *four = (const struct sockaddr_in *) &address->address;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *) &address->address;

	address->is_loopback = true;
	if (address->address.ss_family == AF_INET)
		address->is_loopback = ntohl(four->sin_addr.s_addr) >> 24 == 127;
	else if (address->address.ss_family == AF_INET6)
		address->is_loopback = IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
}

static bool parse_unix(
	const char *path, struct listen_address *address, struct error *error)
{
	struct sockaddr_un *un = (struct sockaddr_un *) &address->address;

	if (path[0] != '/')
		return error_set(error, "unix:%s: the path is not absolute", path);
	if (strlen(path) >= sizeof(un->sun_path))
		return error_set(error, "unix:%s: the path is longer than %zu bytes",
			path, sizeof(un->sun_path) - 1);
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, strlen(path) + 1);
	memcpy(address->path, path, strlen(path) + 1);
	address->length = sizeof(*un);
	address->is_loopback = true;
	return true;
}

static bool parse_six(const char *host, in_port_t port, struct listen_address *address)
{
	struct sockaddr_in6 *six = (struct sockaddr_in6 *) &address->address;

	six->sin6_family = AF_INET6;
	six->sin6_port = port;
	address->length = sizeof(*six);
	return inet_pton(AF_INET6, host, &six->sin6_addr) == 1;
}

static bool parse_four(const char *host, in_port_t port, struct listen_address *address)
{
	struct sockaddr_in *four = (struct sockaddr_in *) &address->address;

	four->sin_family = AF_INET;
	four->sin_port = port;
	address->length = sizeof(*four);
	if (strcmp(host, "localhost") == 0)
		host = "127.0.0.1";
	return inet_pton(AF_INET, host, &four->sin_addr) == 1;
}

bool listen_parse(const char *text, struct listen_address *address, struct error *error)
{
	struct listen_address read;
	const char *colon = strrchr(text, ':');
	char host[INET6_ADDRSTRLEN + 2];
	size_t length;
	in_port_t port;
	bool is_right;

	memset(&read, 0, sizeof(read));
	if (text_begins(text, "unix:")) {
		if (!parse_unix(text + strlen("unix:"), &read, error))
			return false;
		*address = read;
		return true;
	}
	if (colon == NULL || !parse_port(colon + 1, &port))
		return error_set(error,
			"%s: not HOST:PORT with a port of 0 to 65535, nor unix:PATH",
			text);
	length = (size_t) (colon - text);
	if (length == 0 || length >= sizeof(host))
		return error_set(error, "%s: the host is no IP address", text);
	memcpy(host, text, length);
	host[length] = '\0';
	if (host[0] == '[' && host[length - 1] == ']') {
		host[length - 1] = '\0';
		is_right = parse_six(host + 1, port, &read);
	} else {
		is_right = parse_four(host, port, &read);
	}
	if (!is_right)
		return error_set(error,
			"%s: the host is neither an IPv4 address nor an IPv6 address in "
			"brackets nor localhost",
			text);
	look_for_loopback(&read);
	*address = read;
	return true;
}

/* Removes a socket's file that nobody listens behind. */
static bool remove_stale(const struct listen_address *address, struct error *error)
{
	struct stat status;
	int probe, reason;

	if (lstat(address->path, &status) != 0)
		return errno == ENOENT ||
		       error_set(error, "%s: %s", address->path, strerror(errno));
	if (!S_ISSOCK(status.st_mode))
		return error_set(
			error, "%s: is there already and is no socket", address->path);
	probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (probe < 0)
		return error_set(error, "%s: %s", address->path, strerror(errno));
	reason = connect(probe, (const struct sockaddr *) &address->address,
			 address->length) == 0
			 ? 0
			 : errno;
	close(probe);
	if (reason != ECONNREFUSED)
		return error_set(
			error, "%s: another program listens there", address->path);
	if (unlink(address->path) != 0 && errno != ENOENT)
		return error_set(error, "%s: the stale socket can't be removed: %s",
			address->path, strerror(errno));
	return true;
}

int listen_open(const struct listen_address *address, struct error *error)
{
	const struct sockaddr *to = (const struct sockaddr *) &address->address;
	const int on = 1;
	char name[LISTEN_NAME_SIZE];
	int fd;

	listen_name(address, name);
	if (address->path[0] != '\0' && !remove_stale(address, error))
		return -1;
	fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		error_set(error, "%s: %s", name, strerror(errno));
		return -1;
	}
	if (address->path[0] == '\0')
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* "[::]" beside "0.0.0.0" is then no conflict. */
	if (to->sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, to, address->length) != 0 ||
		(address->path[0] != '\0' && chmod(address->path, 0660) != 0) ||
		listen(fd, BACKLOG) != 0) {
		error_set(error, "%s: can't listen: %s", name, strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

bool listen_of(int fd, struct listen_address *address, struct error *error)
{
	struct listen_address read;

	memset(&read, 0, sizeof(read));
	read.length = sizeof(read.address);
	if (getsockname(fd, (struct sockaddr *) &read.address, &read.length) != 0)
		return error_set(error, "socket %d: %s", fd, strerror(errno));
	if (read.address.ss_family == AF_UNIX) {
		const struct sockaddr_un *un = (const struct sockaddr_un *) &read.address;

		memcpy(read.path, un->sun_path, sizeof(un->sun_path));
		read.path[sizeof(read.path) - 1] = '\0';
	}
	look_for_loopback(&read);
	*address = read;
	return true;
}

void listen_name(const struct listen_address *address, char name[LISTEN_NAME_SIZE])
{
	const struct sockaddr_in *four = (const struct sockaddr_in *) &address->address;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *) &address->address;
	char host[INET6_ADDRSTRLEN] = "?";

	if (address->address.ss_family == AF_UNIX) {
		snprintf(name, LISTEN_NAME_SIZE, "unix:%s", address->path);
	} else if (address->address.ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof(host));
		snprintf(name, LISTEN_NAME_SIZE, "[%s]:%u", host, ntohs(six->sin6_port));
	} else {
		inet_ntop(AF_INET, &four->sin_addr, host, sizeof(host));
		snprintf(name, LISTEN_NAME_SIZE, "%s:%u", host, ntohs(four->sin_port));
	}
}
