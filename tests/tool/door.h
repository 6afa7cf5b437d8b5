/* door.h - an admin door with canned answers, on a Unix socket in a temporary folder. */
#ifndef TESTS_TOOL_DOOR_H
#define TESTS_TOOL_DOOR_H

#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DOOR_READ_MAX 65536

/* A request and what to answer. */
struct door_answer {
	const char *request; /* how it begins: "GET /v1/status " */
	int status;
	const char *body; /* JSON */
};

struct door {
	char folder[64];
	char path[96];			   /* the socket */
	const struct door_answer *answers; /* given in this order */
	size_t answer_count, given;
	char bodies[DOOR_READ_MAX]; /* of the requests, a line each */
	char wrong[512];	    /* the first request that was not the expected one */
	int listening;
	int wake[2]; /* closed when the door is to close */
	pthread_t thread;
};

/* Reads a request whole into bytes; false at the end of the connection. */
static inline int door_read(int connection, char bytes[DOOR_READ_MAX])
{
	size_t have = 0, wanted = 0;

	while (have + 1 < DOOR_READ_MAX) {
		ssize_t got = read(connection, bytes + have, DOOR_READ_MAX - 1 - have);
		const char *end, *length;

		if (got <= 0)
			return 0;
		have += (size_t) got;
		bytes[have] = '\0';
		end = strstr(bytes, "\r\n\r\n");
		if (end == NULL)
			continue;
		length = strcasestr(bytes, "\r\nContent-Length:");
		if (wanted == 0)
			wanted = (size_t) (end + 4 - bytes) +
				 (length != NULL && length < end
						 ? strtoul(length + 17, NULL, 10)
						 : 0);
		if (have >= wanted)
			return 1;
	}
	return 0;
}

static inline void door_answer_one(struct door *door, int connection, const char *bytes)
{
	const struct door_answer *answer =
		door->given < door->answer_count ? &door->answers[door->given] : NULL;
	const char *body = strstr(bytes, "\r\n\r\n") + 4;
	char head[256];
	int length;

	if (answer == NULL ||
		strncmp(bytes, answer->request, strlen(answer->request)) != 0) {
		if (door->wrong[0] == '\0')
			snprintf(door->wrong, sizeof(door->wrong), "%.400s", bytes);
		dprintf(connection, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
		return;
	}
	door->given++;
	if (strlen(door->bodies) + strlen(body) + 2 < sizeof(door->bodies)) {
		memcpy(door->bodies + strlen(door->bodies), body, strlen(body) + 1);
		memcpy(door->bodies + strlen(door->bodies), "\n", 2);
	}
	length = snprintf(head, sizeof(head),
		"HTTP/1.1 %d Canned\r\nContent-Type: application/%sjson\r\n"
		"Content-Length: %zu\r\n\r\n",
		answer->status, answer->status >= 400 ? "problem+" : "",
		answer->status == 204 ? 0 : strlen(answer->body));
	if (write(connection, head, (size_t) length) > 0 && answer->status != 204 &&
		write(connection, answer->body, strlen(answer->body)) < 0)
		perror("door");
}

static inline void *door_run(void *closure)
{
	static char bytes[DOOR_READ_MAX];
	struct door *door = closure;

	for (;;) {
		struct pollfd waits[2] = {
			{door->listening, POLLIN, 0}, {door->wake[0], POLLIN, 0}};
		int connection;

		if (poll(waits, 2, -1) < 0 || waits[1].revents != 0)
			return NULL;
		connection = accept(door->listening, NULL, NULL);
		while (connection >= 0 && door_read(connection, bytes))
			door_answer_one(door, connection, bytes);
		if (connection >= 0)
			close(connection);
	}
}

/* answers are borrowed. False if the system has no socket. */
static inline int door_open(
	struct door *door, const struct door_answer *answers, size_t count)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	memset(door, 0, sizeof(*door));
	door->answers = answers;
	door->answer_count = count;
	snprintf(door->folder, sizeof(door->folder), "/tmp/ses-feedback-door-XXXXXX");
	if (mkdtemp(door->folder) == NULL || pipe(door->wake) != 0)
		return 0;
	snprintf(door->path, sizeof(door->path), "%s/admin.sock", door->folder);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", door->path);
	door->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return door->listening >= 0 &&
	       bind(door->listening, (const struct sockaddr *) &address,
		       sizeof(address)) == 0 &&
	       listen(door->listening, 8) == 0 &&
	       pthread_create(&door->thread, NULL, door_run, door) == 0;
}

static inline void door_close(struct door *door)
{
	close(door->wake[1]);
	pthread_join(door->thread, NULL);
	close(door->wake[0]);
	close(door->listening);
	unlink(door->path);
	rmdir(door->folder);
}

/* For cmocka tests: every expected request came, and no other. */
static inline void door_close_and_check(struct door *door)
{
	door_close(door);
	if (door->wrong[0] != '\0')
		print_message("unexpected request: %s\n", door->wrong);
	assert_string_equal(door->wrong, "");
	assert_int_equal(door->given, door->answer_count);
}

#endif
