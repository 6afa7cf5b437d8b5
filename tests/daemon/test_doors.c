/* test_doors.c - where each door listens, and systemd's part in it. */
#include "daemon/doors.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/daemon/scratch.h"

#define TEXT                                                                             \
	"[feedback]\nlisten = 127.0.0.1:1 [::1]:2\n[admin]\nsocket = /run/a.sock\n"      \
	"listen = 127.0.0.1:3\n"

/* A listening TCP socket on port 0 of an address. */
static int listening_on(const char *host)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(inet_pton(AF_INET, host, &address.sin_addr), 1);
	assert_int_equal(bind(fd, (struct sockaddr *) &address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

static int listening_on_unix(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%.80s/s", scratch_folder);
	unlink(address.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *) &address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

static char feedback_name[] = "feedback", admin_name[] = "admin",
	    socket_name[] = "admin-socket", other_name[] = "ses-feedbackd.socket";

static void without_systemd_the_configuration_says_where(void **state)
{
	struct config *config = parsed(TEXT);
	struct doors doors;
	struct error error;

	(void) state;
	assert_true(doors_choose(&doors, config, NULL, 0, &error));
	assert_int_equal(doors.count, 4);
	assert_int_equal(doors.listeners[0].door, WEB_DOOR_FEEDBACK);
	assert_string_equal(doors.listeners[0].address, "127.0.0.1:1");
	assert_string_equal(doors.listeners[1].address, "[::1]:2");
	assert_int_equal(doors.listeners[2].door, WEB_DOOR_ADMIN_SOCKET);
	assert_string_equal(doors.listeners[2].address, "unix:/run/a.sock");
	assert_int_equal(doors.listeners[3].door, WEB_DOOR_ADMIN);
	assert_string_equal(doors.listeners[3].address, "127.0.0.1:3");
	for (size_t i = 0; i < doors.count; i++)
		assert_int_equal(doors.listeners[i].fd, -1);
	doors_finish(&doors);
	config_release(config);
}

static void doors_that_are_empty_are_not_opened(void **state)
{
	struct config *config = parsed("[admin]\nsocket =\nlisten =\n");
	struct doors doors;
	struct error error;

	(void) state;
	assert_true(doors_choose(&doors, config, NULL, 0, &error));
	assert_int_equal(doors.count, 1);
	doors_finish(&doors);
	config_release(config);
}

static void a_socket_from_systemd_takes_the_place_of_its_door_only(void **state)
{
	struct config *config = parsed(TEXT);
	const struct supervisor_socket sockets[] = {
		{listening_on("127.0.0.1"), feedback_name},
		{listening_on_unix(), socket_name},
		{listening_on("127.0.0.1"), feedback_name},
	};
	struct doors doors;
	struct error error = {""};

	(void) state;
	if (!doors_choose(&doors, config, sockets, COUNT(sockets), &error))
		fail_msg("%s", error.text);
	assert_int_equal(doors.count, 4);
	for (size_t i = 0; i < COUNT(sockets); i++)
		assert_int_equal(doors.listeners[i].fd, sockets[i].fd);
	assert_int_equal(doors.listeners[1].door, WEB_DOOR_ADMIN_SOCKET);
	assert_int_equal(doors.listeners[3].door, WEB_DOOR_ADMIN);
	assert_int_equal(doors.listeners[3].fd, -1);
	doors_finish(&doors);
	for (size_t i = 0; i < COUNT(sockets); i++)
		close(sockets[i].fd);
	config_release(config);
}

static void assert_refused(struct supervisor_socket socket, const char *words)
{
	struct config *config = parsed(TEXT);
	struct error error = {""};
	struct doors doors;

	assert_false(doors_choose(&doors, config, &socket, 1, &error));
	if (!strstr(error.text, words))
		fail_msg("%s", error.text);
	close(socket.fd);
	config_release(config);
}

static void sockets_that_fit_no_door_are_refused(void **state)
{
	(void) state;
	assert_refused((struct supervisor_socket){listening_on("127.0.0.1"), other_name},
		"FileDescriptorName= to feedback, admin-socket or admin");
	assert_refused((struct supervisor_socket){listening_on("127.0.0.1"), socket_name},
		"not a Unix socket");
	assert_refused(
		(struct supervisor_socket){socket(AF_INET, SOCK_STREAM, 0), admin_name},
		"not a listening stream socket");
	assert_refused(
		(struct supervisor_socket){socket(AF_INET, SOCK_DGRAM, 0), feedback_name},
		"not a listening stream socket");
}

static void without_a_certificate_systemd_may_not_open_the_world_either(void **state)
{
	(void) state;
	assert_refused((struct supervisor_socket){listening_on("0.0.0.0"), feedback_name},
		"there is no certificate");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_systemd_the_configuration_says_where),
		cmocka_unit_test(doors_that_are_empty_are_not_opened),
		cmocka_unit_test(a_socket_from_systemd_takes_the_place_of_its_door_only),
		cmocka_unit_test(sockets_that_fit_no_door_are_refused),
		cmocka_unit_test(
			without_a_certificate_systemd_may_not_open_the_world_either),
	};

	return cmocka_run_group_tests_name("doors", tests, scratch_make, scratch_remove);
}
