/* connections.c - closes clients that are slow on purpose. */
#include "web/connections.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"

#define TICK_SECONDS 1
#define ALIVE_MS (30 * SECOND_MS)

struct connection {
	struct connection *next, **link;
	struct connections *all;
	int fd;
	_Atomic int64_t deadline_ms;
};

struct connections {
	struct connection_limits limits;
	pthread_mutex_t lock; /* the list; a socket in it is open */
	pthread_cond_t stopping;
	struct connection *first;
	size_t count;
	bool is_stopping;
	pthread_t thread;
	_Atomic int64_t last_tick_ms;
};

size_t connections_expire(struct connections *connections, int64_t now_ms)
{
	size_t expired = 0;

	pthread_mutex_lock(&connections->lock);
	for (struct connection *one = connections->first; one != NULL; one = one->next) {
		if (atomic_load(&one->deadline_ms) > now_ms)
			continue;
		shutdown(one->fd, SHUT_RDWR);
		atomic_store(&one->deadline_ms, INT64_MAX);
		expired++;
	}
	pthread_mutex_unlock(&connections->lock);
	return expired;
}

static void *tick(void *closure)
{
	struct connections *connections = closure;
	struct timespec until;
	bool is_stopping = false;

	pthread_setname_np(pthread_self(), "connections");
	while (!is_stopping) {
		atomic_store(&connections->last_tick_ms, clock_monotonic_ms());
		connections_expire(connections, clock_monotonic_ms());
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += TICK_SECONDS;
		pthread_mutex_lock(&connections->lock);
		if (!connections->is_stopping)
			pthread_cond_timedwait(
				&connections->stopping, &connections->lock, &until);
		is_stopping = connections->is_stopping;
		pthread_mutex_unlock(&connections->lock);
	}
	return NULL;
}

struct connections *connections_start(const struct connection_limits *limits)
{
	struct connections *connections = calloc(1, sizeof(*connections));
	pthread_condattr_t attributes;

	if (connections == NULL)
		return NULL;
	connections->limits = *limits;
	atomic_init(&connections->last_tick_ms, clock_monotonic_ms());
	pthread_mutex_init(&connections->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&connections->stopping, &attributes);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&connections->thread, NULL, tick, connections) == 0)
		return connections;
	pthread_cond_destroy(&connections->stopping);
	pthread_mutex_destroy(&connections->lock);
	free(connections);
	return NULL;
}

void connections_stop(struct connections *connections)
{
	if (connections == NULL)
		return;
	pthread_mutex_lock(&connections->lock);
	connections->is_stopping = true;
	pthread_cond_signal(&connections->stopping);
	pthread_mutex_unlock(&connections->lock);
	pthread_join(connections->thread, NULL);
	pthread_cond_destroy(&connections->stopping);
	pthread_mutex_destroy(&connections->lock);
	free(connections);
}

struct connection *connections_add(struct connections *connections, int fd)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	if (connection == NULL)
		return NULL;
	connection->all = connections;
	connection->fd = fd;
	connection_begins_request(connection);
	pthread_mutex_lock(&connections->lock);
	connection->next = connections->first;
	connection->link = &connections->first;
	if (connection->next != NULL)
		connection->next->link = &connection->next;
	connections->first = connection;
	connections->count++;
	pthread_mutex_unlock(&connections->lock);
	return connection;
}

void connections_remove(struct connections *connections, struct connection *connection)
{
	if (connection == NULL)
		return;
	pthread_mutex_lock(&connections->lock);
	*connection->link = connection->next;
	if (connection->next != NULL)
		connection->next->link = connection->link;
	connections->count--;
	pthread_mutex_unlock(&connections->lock);
	free(connection);
}

static void set_deadline(struct connection *connection, int64_t limit_ms)
{
	atomic_store(&connection->deadline_ms, clock_monotonic_ms() + limit_ms);
}

void connection_begins_request(struct connection *connection)
{
	if (connection != NULL)
		set_deadline(connection, connection->all->limits.request);
}

void connection_begins_answer(struct connection *connection)
{
	if (connection != NULL)
		set_deadline(connection, connection->all->limits.answer);
}

void connection_waits_for_us(struct connection *connection)
{
	if (connection != NULL)
		atomic_store(&connection->deadline_ms, INT64_MAX);
}

void connection_is_idle(struct connection *connection)
{
	if (connection != NULL)
		set_deadline(connection, connection->all->limits.idle);
}

size_t connections_count(struct connections *connections)
{
	size_t count;

	pthread_mutex_lock(&connections->lock);
	count = connections->count;
	pthread_mutex_unlock(&connections->lock);
	return count;
}

bool connections_is_alive(struct connections *connections)
{
	return clock_monotonic_ms() - atomic_load(&connections->last_tick_ms) < ALIVE_MS;
}
