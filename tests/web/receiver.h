/* receiver.h - an HTTP receiver on loopback that answers as it is told, one request a
 * connection. */
#ifndef TESTS_WEB_RECEIVER_H
#define TESTS_WEB_RECEIVER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define UNUSED __attribute__((unused))
#define REQUESTS_MAX 64
#define REQUEST_SIZE 16384

struct receiver {
	int fd;
	char url[64];
	pthread_t thread;
	atomic_bool is_ending;
	pthread_mutex_t lock;
	const char *answer;  /* the whole of it; NULL: takes the request, says nothing */
	size_t padding;	     /* so many blanks after it */
	const char *refused; /* requests with this in them get 400; NULL none */
	char *requests[REQUESTS_MAX];
	size_t count;
};

#define ANSWER(status) "HTTP/1.1 " status "\r\nContent-Length: 0\r\n\r\n"

/* Headers, and as many bytes as they promise. */
static bool read_request(int fd, char request[REQUEST_SIZE])
{
	size_t length = 0, wanted = 0;

	while (length < REQUEST_SIZE - 1 && (wanted == 0 || length < wanted)) {
		ssize_t count = recv(fd, request + length, REQUEST_SIZE - 1 - length, 0);
		const char *end, *header;

		if (count <= 0)
			return false;
		length += (size_t) count;
		request[length] = '\0';
		end = strstr(request, "\r\n\r\n");
		if (end == NULL)
			continue;
		header = strstr(request, "Content-Length: ");
		wanted = (size_t) (end + 4 - request) +
			 (header == NULL ? 0 : strtoul(header + 16, NULL, 10));
	}
	return true;
}

static void answer_request(struct receiver *receiver, int fd, const char *request)
{
	const char *answer;
	size_t padding;

	pthread_mutex_lock(&receiver->lock);
	answer = receiver->answer;
	if (receiver->refused != NULL && strstr(request, receiver->refused) != NULL)
		answer = ANSWER("400 Bad Request");
	padding = receiver->padding;
	pthread_mutex_unlock(&receiver->lock);
	if (answer == NULL) {
		char byte;

		/* until the other side gives up, or the test is over */
		while (!atomic_load(&receiver->is_ending) && recv(fd, &byte, 1, 0) != 0)
			;
		return;
	}
	send(fd, answer, strlen(answer), MSG_NOSIGNAL);
	while (padding-- > 0)
		if (send(fd, " ", 1, MSG_NOSIGNAL) != 1)
			break;
}

static void *receive(void *closure)
{
	const struct timeval soon = {.tv_usec = 20000};
	struct receiver *receiver = closure;

	while (!atomic_load(&receiver->is_ending)) {
		int fd = accept(receiver->fd, NULL, NULL);
		char *request;

		if (fd < 0)
			break;
		request = calloc(1, REQUEST_SIZE);
		if (read_request(fd, request) && receiver->count < REQUESTS_MAX) {
			pthread_mutex_lock(&receiver->lock);
			receiver->requests[receiver->count++] = request;
			pthread_mutex_unlock(&receiver->lock);
			setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
			answer_request(receiver, fd, request);
		} else {
			free(request);
		}
		close(fd);
	}
	return NULL;
}

UNUSED static void receiver_start(struct receiver *receiver, const char *answer)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof(address);

	memset(receiver, 0, sizeof(*receiver));
	pthread_mutex_init(&receiver->lock, NULL);
	receiver->answer = answer;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	receiver->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(receiver->fd >= 0);
	assert_int_equal(
		bind(receiver->fd, (struct sockaddr *) &address, sizeof(address)), 0);
	assert_int_equal(listen(receiver->fd, 64), 0);
	assert_int_equal(
		getsockname(receiver->fd, (struct sockaddr *) &address, &length), 0);
	snprintf(receiver->url, sizeof(receiver->url), "http://127.0.0.1:%u/in",
		ntohs(address.sin_port));
	assert_int_equal(pthread_create(&receiver->thread, NULL, receive, receiver), 0);
}

UNUSED static void receiver_stop(struct receiver *receiver)
{
	atomic_store(&receiver->is_ending, true);
	shutdown(receiver->fd, SHUT_RDWR);
	pthread_join(receiver->thread, NULL);
	close(receiver->fd);
	for (size_t i = 0; i < receiver->count; i++)
		free(receiver->requests[i]);
	pthread_mutex_destroy(&receiver->lock);
}

UNUSED static void receiver_answers(struct receiver *receiver, const char *answer)
{
	pthread_mutex_lock(&receiver->lock);
	receiver->answer = answer;
	pthread_mutex_unlock(&receiver->lock);
}

UNUSED static void receiver_refuses(struct receiver *receiver, const char *refused)
{
	pthread_mutex_lock(&receiver->lock);
	receiver->refused = refused;
	pthread_mutex_unlock(&receiver->lock);
}

UNUSED static void receiver_pads(struct receiver *receiver, size_t padding)
{
	pthread_mutex_lock(&receiver->lock);
	receiver->padding = padding;
	pthread_mutex_unlock(&receiver->lock);
}

UNUSED static size_t receiver_count(struct receiver *receiver)
{
	size_t count;

	pthread_mutex_lock(&receiver->lock);
	count = receiver->count;
	pthread_mutex_unlock(&receiver->lock);
	return count;
}

/* Waits until so many requests came, and gives the last of them. */
UNUSED static const char *receiver_wait(struct receiver *receiver, size_t count)
{
	const struct timespec step = {0, 5000000};
	int64_t deadline = clock_monotonic_ms() + 20000;
	const char *request;

	while (receiver_count(receiver) < count) {
		if (clock_monotonic_ms() > deadline)
			fail_msg("%zu of %zu requests came", receiver_count(receiver),
				count);
		nanosleep(&step, NULL);
	}
	pthread_mutex_lock(&receiver->lock);
	request = receiver->requests[count - 1];
	pthread_mutex_unlock(&receiver->lock);
	return request;
}

#endif
