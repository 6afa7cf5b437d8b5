/* values.c - how the configuration spells addresses, paths, domains and URLs. */
#include "daemon/values.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/text.h"

#define ADDRESS_SPELLING                                                                 \
	"write IP:PORT such as 127.0.0.1:8443 or [::1]:8443, or unix:/PATH"
#define ENDPOINT_SPELLING "write HOST:PORT such as vpce-1.example.com:443"

#define DIGITS "0123456789"
#define BLANKS " \t"
#define UNIX_PREFIX "unix:"
#define CREDENTIALS_PREFIX "credentials:"

/* The decimal port that text is, from least to 65535. */
static bool port_is_valid(const char *text, int64_t least)
{
	int64_t port;

	return strlen(text) <= 5 && text_to_integer(text, &port) && port >= least &&
	       port <= 65535;
}

/* Splits "HOST:PORT" or "[HOST]:PORT"; host has room for size bytes. */
static bool split_host(
	const char *text, char *host, size_t size, bool *is_bracketed, const char **port)
{
	const char *colon = strrchr(text, ':');
	size_t length;

	if (!colon)
		return false;
	length = (size_t) (colon - text);
	*is_bracketed = length >= 2 && text[0] == '[' && text[length - 1] == ']';
	if (*is_bracketed) {
		text++;
		length -= 2;
	}
	if (length == 0 || length >= size)
		return false;
	memcpy(host, text, length);
	host[length] = '\0';
	*port = colon + 1;
	return true;
}

static bool ipv4_is_loopback(const struct in_addr *ipv4)
{
	return ntohl(ipv4->s_addr) >> 24 == 127;
}

bool value_address(const char *text, struct value_address *address, struct error *error)
{
	char host[INET6_ADDRSTRLEN];
	struct in6_addr ipv6;
	struct in_addr ipv4;
	const char *port;
	bool is_bracketed;

	if (text_begins(text, UNIX_PREFIX)) {
		if (!value_socket_path(text + strlen(UNIX_PREFIX), error))
			return false;
		*address = (struct value_address){.is_unix = true, .is_loopback = true};
		return true;
	}
	if (!split_host(text, host, sizeof(host), &is_bracketed, &port))
		return error_set(
			error, "'%s' is not an address; " ADDRESS_SPELLING, text);
	if (!port_is_valid(port, 0))
		return error_set(error,
			"'%s': '%s' is not a port from 0 to 65535; " ADDRESS_SPELLING,
			text, port);
	if (is_bracketed && inet_pton(AF_INET6, host, &ipv6) == 1)
		*address = (struct value_address){
			.is_loopback = IN6_IS_ADDR_LOOPBACK(&ipv6)};
	else if (!is_bracketed && text_equal(host, "localhost"))
		*address = (struct value_address){.is_loopback = true};
	else if (!is_bracketed && inet_pton(AF_INET, host, &ipv4) == 1)
		*address = (struct value_address){.is_loopback = ipv4_is_loopback(&ipv4)};
	else if (!is_bracketed && inet_pton(AF_INET6, host, &ipv6) == 1)
		return error_set(error,
			"'%s': an IPv6 address stands in brackets; write "
			"[%s]:%s",
			text, host, port);
	else
		return error_set(error,
			"'%s': '%s' is not an IP address; " ADDRESS_SPELLING, text, host);
	return true;
}

bool value_tcp_address(const char *text, struct error *error)
{
	struct value_address address;

	if (!value_address(text, &address, error))
		return false;
	if (address.is_unix)
		return error_set(error,
			"'%s' is a Unix socket; its path belongs to socket, and IP:PORT "
			"such as "
			"127.0.0.1:8480 here",
			text);
	return true;
}

/* As RFC 1123 has names: what a resolver can be asked for. */
static bool host_is_valid(const char *host, bool is_bracketed)
{
	struct in6_addr ipv6;

	if (is_bracketed)
		return inet_pton(AF_INET6, host, &ipv6) == 1;
	return text_is_made_of(host,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "-._");
}

bool value_endpoint(const char *text, struct error *error)
{
	char host[256];
	const char *port;
	bool is_bracketed;

	if (strstr(text, "://"))
		return error_set(error,
			"'%s' is a URL; " ENDPOINT_SPELLING ", without https:// and path",
			text);
	if (!split_host(text, host, sizeof(host), &is_bracketed, &port))
		return error_set(error, "'%s' lacks its port; " ENDPOINT_SPELLING, text);
	if (!port_is_valid(port, 1))
		return error_set(error,
			"'%s': '%s' is not a port from 1 to 65535; " ENDPOINT_SPELLING,
			text, port);
	if (!host_is_valid(host, is_bracketed))
		return error_set(error,
			"'%s': '%s' is neither a name nor an address; " ENDPOINT_SPELLING,
			text, host);
	return true;
}

bool value_path(const char *text, struct error *error)
{
	if (text[0] == '"' || text[0] == '\'')
		return error_set(
			error, "%s is quoted; write the path without quotes", text);
	if (text[0] != '/')
		return error_set(
			error, "'%s' is not absolute; write a path from / on", text);
	return true;
}

bool value_socket_path(const char *text, struct error *error)
{
	const size_t room = sizeof(((struct sockaddr_un *) NULL)->sun_path);

	if (!value_path(text, error))
		return false;
	if (strlen(text) >= room)
		return error_set(error,
			"'%s' is too long for a Unix socket; write a path of at most %zu "
			"bytes",
			text, room - 1);
	return true;
}

bool value_url_path(const char *text, struct error *error)
{
	if (text[0] != '/')
		return error_set(error,
			"'%s' is not a path; write one from / on, such as /sns", text);
	if (!text_is_made_of(text,
		    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS
		    "/-._~"))
		return error_set(error,
			"'%s' has characters that URLs escape; write letters, digits and "
			"/ - . "
			"_ ~ only",
			text);
	if (text_equal(text, "/healthz"))
		return error_set(error, "/healthz answers health checks; choose another "
					"path, such as /sns");
	return true;
}

/* Letters, digits, hyphens and underscores between dots, none empty. */
static bool domain_is_plain(const char *domain)
{
	return text_is_made_of(domain, "abcdefghijklmnopqrstuvwxyz" DIGITS "-_.") &&
	       domain[0] != '.' && !strstr(domain, "..") && !text_ends(domain, ".");
}

bool value_domain(const char *text, char normal[SES_ADDRESS_MAX], struct error *error)
{
	char mailbox[SES_ADDRESS_MAX], folded[SES_ADDRESS_MAX];
	int length;

	if (text_begins(text, "*."))
		return error_set(error,
			"'%s': sub-domains are included by themselves; write %s", text,
			text + 2);
	if (strchr(text, '@'))
		return error_set(error,
			"'%s' is an address; write the domain alone, such as example.com",
			text);
	/* There is one place that folds domains: that of addresses. */
	length = snprintf(mailbox, sizeof(mailbox), "x@%s", text);
	if (length < 0 || (size_t) length >= sizeof(mailbox) ||
		!ses_address_normalise(mailbox, (size_t) length, folded) ||
		!domain_is_plain(ses_address_domain(folded)))
		return error_set(error,
			"'%s' is not a domain; write one such as example.com", text);
	snprintf(normal, SES_ADDRESS_MAX, "%s", ses_address_domain(folded));
	return true;
}

bool value_mailbox(const char *text, char normal[SES_ADDRESS_MAX], struct error *error)
{
	char folded[SES_ADDRESS_MAX];

	if (!ses_address_normalise(text, strlen(text), folded))
		return error_set(error,
			"'%s' is not an address; write one such as someone@example.com",
			text);
	memcpy(normal, folded, SES_ADDRESS_MAX);
	return true;
}

bool value_file(const char *text, const char *folder, char **path, struct error *error)
{
	const char *name = text;
	char *whole;

	if (text_begins(text, CREDENTIALS_PREFIX))
		name = text + strlen(CREDENTIALS_PREFIX);
	else if (strchr(text, '/') || text[0] == '"' || text[0] == '\'') {
		if (!value_path(text, error))
			return false;
		*path = text_copy(text, strlen(text));
		return *path || error_set(error, "out of memory");
	}
	if (*name == '\0' || strchr(name, '/') || text_equal(name, ".") ||
		text_equal(name, ".."))
		return error_set(error,
			"'%s' does not name a credential; write credentials:NAME as in "
			"LoadCredential=NAME:…",
			text);
	/* Perhaps the secret itself, which is not to stand in a log. */
	if (strchr(name, ':'))
		return error_set(error, "it is no path; secrets are read from files: "
					"write a path from / on, "
					"or credentials:NAME");
	if (text_is_empty(folder))
		return error_set(error,
			"'%s' is a credential of systemd's, but $CREDENTIALS_DIRECTORY "
			"is not "
			"set; write a path from / on, or add LoadCredential=%s:… to the "
			"service",
			text, name);
	if (asprintf(&whole, "%s/%s", folder, name) < 0)
		return error_set(error, "out of memory");
	*path = whole;
	return true;
}

bool value_addressee(const char *text, struct error *error)
{
	char folded[SES_ADDRESS_MAX];

	/* What has blanks or brackets is more than the address alone. */
	if (strpbrk(text, " \t<>") || !ses_address_normalise(text, strlen(text), folded))
		return error_set(error,
			"'%s' is not an address alone; write one such as "
			"someone@example.com",
			text);
	return true;
}

/* Takes the brackets off an IPv6 address and sees whether it is this host itself. */
static bool url_host_is_valid(struct value_url *url)
{
	size_t length = strlen(url->host);
	bool is_bracketed =
		length > 2 && url->host[0] == '[' && url->host[length - 1] == ']';
	struct in6_addr ipv6;
	struct in_addr ipv4;

	if (is_bracketed) {
		memmove(url->host, url->host + 1, length - 2);
		url->host[length - 2] = '\0';
	}
	if (!host_is_valid(url->host, is_bracketed))
		return false;
	if (is_bracketed)
		url->is_loopback = inet_pton(AF_INET6, url->host, &ipv6) == 1 &&
				   IN6_IS_ADDR_LOOPBACK(&ipv6);
	else if (inet_pton(AF_INET, url->host, &ipv4) == 1)
		url->is_loopback = ipv4_is_loopback(&ipv4);
	else
		url->is_loopback = text_equal(url->host, "localhost");
	return true;
}

#define URL_SPELLING "write SCHEME://HOST, with :PORT and /PATH where they are needed"

/* Perhaps with a secret in its path (Slack's are such), which is not to stand in a log:
 * no message repeats the whole. */
bool value_url(const char *text, struct value_url *url, struct error *error)
{
	static const char *const schemes[] = {"http", "https", "smtp", "smtps"};
	const char *host = strstr(text, "://");
	struct value_url read = {0};
	const char *port;
	size_t length, scheme_length = host ? (size_t) (host - text) : 0;

	for (size_t i = 0; host && i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (strlen(schemes[i]) == scheme_length &&
			memcmp(text, schemes[i], scheme_length) == 0)
			read.scheme = schemes[i];
	}
	if (!read.scheme)
		return error_set(error,
			"it is not a URL that begins with http://, https://, smtp:// or "
			"smtps://; " URL_SPELLING);
	host += strlen("://");
	length = strcspn(host, "/?#");
	if (memchr(host, '@', length))
		return error_set(error,
			"a URL is read by everybody who reads the configuration; the "
			"name before the @ belongs to user, its password into "
			"password_file");
	if (length == 0 || length >= sizeof(read.host) || strpbrk(text, " \t\"'<>#"))
		return error_set(error,
			"it is not a URL: the host is missing, or there is a blank, a "
			"quote or a fragment in it; " URL_SPELLING);
	memcpy(read.host, host, length);
	read.host[length] = '\0';
	port = strrchr(read.host, ':');
	if (port && !strchr(port, ']')) {
		if (!port_is_valid(port + 1, 1))
			return error_set(error,
				"'%s' is not a port from 1 to 65535; " URL_SPELLING,
				port + 1);
		read.host[port - read.host] = '\0';
	}
	if (!url_host_is_valid(&read))
		return error_set(error,
			"'%s' is neither a name nor an address; " URL_SPELLING,
			read.host);
	*url = read;
	return true;
}

bool value_command(const char *text, struct error *error)
{
	return value_path(text, error);
}
