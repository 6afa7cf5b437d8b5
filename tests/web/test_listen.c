/* test_listen.c - addresses as the configuration writes them, and their sockets. */
#include "web/listen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

static void addresses_are_read_and_named(void **state)
{
	static const struct {
		const char *text, *name;
		bool is_loopback;
	} cases[] = {
		{"0.0.0.0:8443", "0.0.0.0:8443", false},
		{"127.0.0.1:0", "127.0.0.1:0", true},
		{"127.8.9.10:65535", "127.8.9.10:65535", true},
		{"localhost:80", "127.0.0.1:80", true},
		{"[::]:8443", "[::]:8443", false},
		{"[::1]:1", "[::1]:1", true},
		{"[2001:db8::7]:443", "[2001:db8::7]:443", false},
		{"unix:/run/x.sock", "unix:/run/x.sock", true},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct listen_address address;
		char name[LISTEN_NAME_SIZE];

		assert_true(listen_parse(cases[i].text, &address, NULL));
		listen_name(&address, name);
		assert_string_equal(name, cases[i].name);
		assert_int_equal(address.is_loopback, cases[i].is_loopback);
	}
}

static void what_is_no_address_is_refused_with_words(void **state)
{
	static const char *const cases[] = {
		"",
		"8443",
		":8443",
		"0.0.0.0",
		"0.0.0.0:",
		"0.0.0.0:65536",
		"0.0.0.0:-1",
		"0.0.0.0:http",
		"0.0.0.0:000080",
		"example.com:80",
		"256.0.0.1:80",
		"::1:80",
		"[::1]",
		"[::1:80",
		"[127.0.0.1]:80",
		"[]:80",
		"unix:",
		"unix:relative/path",
		"unix:/an/impossibly/long/path/"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct listen_address address;
		struct error error = {""};

		assert_false(listen_parse(cases[i], &address, &error));
		assert_true(strlen(error.text) > 0);
	}
}

static void port_zero_becomes_a_port(void **state)
{
	struct listen_address address;
	char name[LISTEN_NAME_SIZE];
	int fd;

	(void) state;
	assert_true(listen_parse("127.0.0.1:0", &address, NULL));
	fd = listen_open(&address, NULL);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_true(listen_of(fd, &address, NULL));
	listen_name(&address, name);
	assert_true(text_begins(name, "127.0.0.1:"));
	assert_false(text_ends(name, ":0"));
	close(fd);
}

struct folder {
	char path[64];
	char socket[96];
	struct listen_address address;
};

static int make_folder(void **state)
{
	struct folder *folder = calloc(1, sizeof(*folder));
	char text[128];

	snprintf(folder->path, sizeof(folder->path), "/tmp/test-listen-XXXXXX");
	if (mkdtemp(folder->path) == NULL)
		return -1;
	snprintf(folder->socket, sizeof(folder->socket), "%s/a.sock", folder->path);
	snprintf(text, sizeof(text), "unix:%s", folder->socket);
	*state = folder;
	return listen_parse(text, &folder->address, NULL) ? 0 : -1;
}

static int remove_folder(void **state)
{
	struct folder *folder = *state;

	unlink(folder->socket);
	rmdir(folder->path);
	free(folder);
	return 0;
}

static void a_stale_socket_file_is_replaced(void **state)
{
	struct folder *folder = *state;
	struct stat status;
	int fd = listen_open(&folder->address, NULL);

	assert_true(fd >= 0);
	close(fd); /* the file stays */
	assert_int_equal(stat(folder->socket, &status), 0);
	fd = listen_open(&folder->address, NULL);
	assert_true(fd >= 0);
	assert_int_equal(stat(folder->socket, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0660);
	close(fd);
}

static void a_socket_that_somebody_listens_at_is_left_alone(void **state)
{
	struct folder *folder = *state;
	struct error error = {""};
	int fd = listen_open(&folder->address, NULL);

	assert_true(fd >= 0);
	assert_int_equal(listen_open(&folder->address, &error), -1);
	assert_non_null(strstr(error.text, "another program listens there"));
	close(fd);
}

static void a_file_that_is_no_socket_is_left_alone(void **state)
{
	struct folder *folder = *state;
	struct error error = {""};
	int fd = open(folder->socket, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(listen_open(&folder->address, &error), -1);
	assert_non_null(strstr(error.text, "is no socket"));
	assert_int_equal(access(folder->socket, F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read_and_named),
		cmocka_unit_test(what_is_no_address_is_refused_with_words),
		cmocka_unit_test(port_zero_becomes_a_port),
		cmocka_unit_test_setup_teardown(
			a_stale_socket_file_is_replaced, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(
			a_socket_that_somebody_listens_at_is_left_alone, make_folder,
			remove_folder),
		cmocka_unit_test_setup_teardown(a_file_that_is_no_socket_is_left_alone,
			make_folder, remove_folder),
	};

	return cmocka_run_group_tests_name("listen", tests, NULL, NULL);
}
