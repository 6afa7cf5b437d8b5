/* test_connections.c - absolute deadlines of clients. */
#include "web/connections.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

static const struct connection_limits limits = {
	.request = 1000000, .idle = 5000000, .answer = 9000000};

static void the_deadline_goes_by_the_phase(void **state)
{
	struct connections *connections = connections_start(&limits);
	struct connection *connection;
	int64_t now = clock_monotonic_ms();
	int pair[2];

	(void) state;
	assert_non_null(connections);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	connection = connections_add(connections, pair[0]);
	assert_non_null(connection);
	assert_int_equal(connections_count(connections), 1);
	assert_int_equal(connections_expire(connections, now + 900000), 0);
	connection_begins_answer(connection);
	assert_int_equal(connections_expire(connections, now + 8900000), 0);
	connection_is_idle(connection);
	assert_int_equal(connections_expire(connections, now + 4900000), 0);
	connection_begins_request(connection);
	assert_int_equal(connections_expire(connections, now + 1100000), 1);
	/* Once is enough. */
	assert_int_equal(connections_expire(connections, now + 99000000), 0);
	connections_remove(connections, connection);
	assert_int_equal(connections_count(connections), 0);
	connections_stop(connections);
	close(pair[0]);
	close(pair[1]);
}

static void the_other_side_of_an_expired_one_sees_the_end(void **state)
{
	struct connections *connections = connections_start(&limits);
	struct connection *late, *other;
	int one[2], two[2];
	char byte;

	(void) state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, one), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, two), 0);
	late = connections_add(connections, one[0]);
	other = connections_add(connections, two[0]);
	connection_is_idle(other);
	assert_int_equal(
		connections_expire(connections, clock_monotonic_ms() + 2000000), 1);
	assert_int_equal(recv(one[1], &byte, 1, MSG_DONTWAIT), 0);
	assert_int_equal(recv(two[1], &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
	connections_remove(connections, other);
	connections_remove(connections, late);
	assert_true(connections_is_alive(connections));
	connections_stop(connections);
	for (int i = 0; i < 2; i++) {
		close(one[i]);
		close(two[i]);
	}
}

static void nothing_happens_to_none(void **state)
{
	(void) state;
	connection_begins_request(NULL);
	connection_begins_answer(NULL);
	connection_is_idle(NULL);
	connections_stop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_deadline_goes_by_the_phase),
		cmocka_unit_test(the_other_side_of_an_expired_one_sees_the_end),
		cmocka_unit_test(nothing_happens_to_none),
	};

	return cmocka_run_group_tests_name("connections", tests, NULL, NULL);
}
