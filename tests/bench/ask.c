/* ask.c - asks an HTTP server over and over, on kept-alive connections; prints JSON. */
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MAX 65536
#define CONNECTIONS_MAX 256

struct client {
	int fd;
	int64_t began_ns;
	size_t have;
	char answer[ANSWER_MAX];
};

struct run {
	const char *path, *token; /* path with %07u for a number; token "" none */
	unsigned numbers;	  /* random below this */
	unsigned seed;
	size_t wanted, sent, answered;
	int64_t *took_ns;
	struct client *clients;
	int epoll;
};

static int64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t) time.tv_sec * 1000000000 + time.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "ask: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int connect_unix(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd < 0 ||
		connect(fd, (const struct sockaddr *) &address, sizeof(address)) != 0)
		die(path);
	return fd;
}

static int connect_tcp(const char *target)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
	char host[64];
	const char *colon = strrchr(target, ':');
	int fd;

	if (colon == NULL)
		die(target);
	snprintf(host, sizeof(host), "%.*s", (int) (colon - target), target);
	if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
		die(target);
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen) != 0)
		die(target);
	freeaddrinfo(found);
	return fd;
}

static void send_one(struct run *run, struct client *client)
{
	char request[1024], path[512];
	char *mark = strstr(run->path, "%07u");
	int length;

	if (mark != NULL)
		snprintf(path, sizeof(path), "%.*s%07u%s", (int) (mark - run->path),
			run->path, (unsigned) rand_r(&run->seed) % run->numbers,
			mark + 4);
	else
		snprintf(path, sizeof(path), "%s", run->path);
	length = snprintf(request, sizeof(request),
		"GET %s HTTP/1.1\r\nHost: localhost\r\n%s%s%s\r\n", path,
		run->token[0] != '\0' ? "Authorization: Bearer " : "", run->token,
		run->token[0] != '\0' ? "\r\n" : "");
	client->began_ns = now_ns();
	client->have = 0;
	if (write(client->fd, request, (size_t) length) != length)
		die("write");
	run->sent++;
}

/* Whether the answer is whole; only 200 will do. */
static bool is_whole(struct client *client)
{
	const char *end, *field;

	client->answer[client->have] = '\0';
	end = strstr(client->answer, "\r\n\r\n");
	if (end == NULL)
		return false;
	if (strncmp(client->answer, "HTTP/1.1 200", 12) != 0) {
		fprintf(stderr, "ask: %.300s\n", client->answer);
		exit(1);
	}
	field = strcasestr(client->answer, "\r\nContent-Length:");
	if (field == NULL)
		die("an answer without Content-Length");
	return client->have >=
	       (size_t) (end + 4 - client->answer) + strtoul(field + 17, NULL, 10);
}

static void take(struct run *run, struct client *client)
{
	ssize_t got = read(
		client->fd, client->answer + client->have, ANSWER_MAX - 1 - client->have);

	if (got <= 0)
		die("read");
	client->have += (size_t) got;
	if (!is_whole(client))
		return;
	run->took_ns[run->answered++] = now_ns() - client->began_ns;
	if (run->sent < run->wanted)
		send_one(run, client);
}

static int compare(const void *one, const void *other)
{
	const int64_t *a = one, *b = other;

	return *a < *b ? -1 : *a > *b;
}

static void ask_all(struct run *run, const char *target, size_t connections)
{
	int64_t began, took;

	run->epoll = epoll_create1(EPOLL_CLOEXEC);
	run->clients = calloc(connections, sizeof(*run->clients));
	run->took_ns = calloc(run->wanted, sizeof(*run->took_ns));
	if (run->epoll < 0 || run->clients == NULL || run->took_ns == NULL)
		die("memory");
	for (size_t i = 0; i < connections; i++) {
		struct client *client = &run->clients[i];
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};

		client->fd = strncmp(target, "unix:", 5) == 0 ? connect_unix(target + 5)
							      : connect_tcp(target);
		if (epoll_ctl(run->epoll, EPOLL_CTL_ADD, client->fd, &event) != 0)
			die("epoll");
	}
	began = now_ns();
	for (size_t i = 0; i < connections && run->sent < run->wanted; i++)
		send_one(run, &run->clients[i]);
	while (run->answered < run->wanted) {
		struct epoll_event events[CONNECTIONS_MAX];
		int count = epoll_wait(run->epoll, events, CONNECTIONS_MAX, 10000);

		if (count <= 0)
			die("no answer for ten seconds");
		for (int i = 0; i < count; i++)
			take(run, events[i].data.ptr);
	}
	took = now_ns() - began;
	qsort(run->took_ns, run->answered, sizeof(*run->took_ns), compare);
	printf("{\"per_second\":%.0f,\"p50_us\":%.0f,\"p99_us\":%.0f}\n",
		(double) run->answered * 1e9 / (double) took,
		(double) run->took_ns[run->answered / 2] / 1e3,
		(double) run->took_ns[run->answered * 99 / 100] / 1e3);
}

int main(int count, char **arguments)
{
	struct run run = {.seed = 1};

	if (count != 7) {
		fprintf(stderr, "usage: ask TARGET PATH NUMBERS REQUESTS CONNECTIONS "
				"TOKEN\n");
		return 2;
	}
	run.path = arguments[2];
	run.numbers = (unsigned) strtoul(arguments[3], NULL, 10);
	run.wanted = strtoul(arguments[4], NULL, 10);
	run.token = arguments[6];
	ask_all(&run, arguments[1], strtoul(arguments[5], NULL, 10));
	return 0;
}
