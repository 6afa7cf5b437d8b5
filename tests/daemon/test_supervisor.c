/* test_supervisor.c - what systemd hears from us and hands to us. */
#include "daemon/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/daemon/scratch.h"

#define FIRST_FD 3 /* sd_listen_fds(3) */

/* Listens where sd_notify sends to. */
static int listen_for_notes(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%.80s/notify",
		scratch_folder);
	unlink(address.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *) &address, sizeof(address)), 0);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	return fd;
}

static void assert_note(int fd, const char *beginning)
{
	char note[512];
	ssize_t length = recv(fd, note, sizeof(note) - 1, 0);

	assert_true(length > 0);
	note[length] = '\0';
	if (strncmp(note, beginning, strlen(beginning)) != 0)
		fail_msg("%s", note);
}

static void systemd_hears_each_state(void **state)
{
	int fd = listen_for_notes();

	(void) state;
	supervisor_tell_ready("Listening on %s", "127.0.0.1:1");
	assert_note(fd, "READY=1\nSTATUS=Listening on 127.0.0.1:1");
	supervisor_tell_reloading();
	assert_note(fd, "RELOADING=1\nMONOTONIC_USEC=");
	supervisor_tell_well();
	assert_note(fd, "WATCHDOG=1");
	supervisor_tell_stopping();
	assert_note(fd, "STOPPING=1\nWATCHDOG=1");
	unsetenv("NOTIFY_SOCKET");
	supervisor_tell_well();
	assert_true(recv(fd, NULL, 0, 0) < 0 && errno == EAGAIN);
	close(fd);
}

static void the_watchdog_hears_twice_in_its_time(void **state)
{
	(void) state;
	unsetenv("WATCHDOG_PID");
	unsetenv("WATCHDOG_USEC");
	assert_int_equal(supervisor_watchdog_ms(), 0);
	setenv("WATCHDOG_USEC", "30000000", 1);
	assert_int_equal(supervisor_watchdog_ms(), 15000);
	setenv("WATCHDOG_PID", "1", 1);
	assert_int_equal(supervisor_watchdog_ms(), 0);
	unsetenv("WATCHDOG_PID");
	unsetenv("WATCHDOG_USEC");
}

static void sockets_are_taken_once_with_their_names(void **state)
{
	struct supervisor_socket *sockets;
	struct error error;
	size_t count;
	char pid[32];
	int fd;

	(void) state;
	assert_true(supervisor_take_sockets(&sockets, &count, &error));
	assert_int_equal(count, 0);
	supervisor_free_sockets(sockets, count);
	if (fcntl(FIRST_FD, F_GETFD) >= 0) {
		print_message("skipped: descriptor 3 is in use\n");
		skip();
	}
	fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(fd == FIRST_FD || dup2(fd, FIRST_FD) == FIRST_FD);
	snprintf(pid, sizeof(pid), "%ld", (long) getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_FDNAMES", "feedback", 1);
	assert_true(supervisor_take_sockets(&sockets, &count, &error));
	assert_int_equal(count, 1);
	assert_int_equal(sockets[0].fd, FIRST_FD);
	assert_string_equal(sockets[0].name, "feedback");
	assert_int_equal(fcntl(FIRST_FD, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	supervisor_free_sockets(sockets, count);
	assert_true(supervisor_take_sockets(&sockets, &count, &error));
	assert_int_equal(count, 0);
	supervisor_free_sockets(sockets, count);
	close(FIRST_FD);
	if (fd != FIRST_FD)
		close(fd);
}

static void the_journal_is_known_by_device_and_inode(void **state)
{
	struct stat status;
	char stream[64];

	(void) state;
	unsetenv("JOURNAL_STREAM");
	assert_false(supervisor_keeps_journal());
	setenv("JOURNAL_STREAM", "0:0", 1);
	assert_false(supervisor_keeps_journal());
	assert_int_equal(fstat(STDERR_FILENO, &status), 0);
	snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long) status.st_dev,
		(unsigned long long) status.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	assert_true(supervisor_keeps_journal());
	unsetenv("JOURNAL_STREAM");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(systemd_hears_each_state),
		cmocka_unit_test(the_watchdog_hears_twice_in_its_time),
		cmocka_unit_test(sockets_are_taken_once_with_their_names),
		cmocka_unit_test(the_journal_is_known_by_device_and_inode),
	};

	return cmocka_run_group_tests_name(
		"supervisor", tests, scratch_make, scratch_remove);
}
