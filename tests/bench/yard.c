/* yard.c - yardsticks: a verification, an fdatasync, a server that does nothing. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/parts/dice.h"
#include "tests/bench/parts/die.h"
#include "tests/bench/parts/times.h"
#include "tests/bench/parts/verification.h"

#define BLOCK 4096
#define BLOCKS 1024
#define SYNCS 500

static int verify(void)
{
	struct verification *verification = verification_new();

	printf("{\"v_us\":%.2f}\n", verification_us(verification));
	verification_free(verification);
	return 0;
}

/* ---- fdatasync ---- */

static void write_block(int file, uint32_t place, char letter)
{
	char block[BLOCK];

	memset(block, letter, sizeof(block));
	if (pwrite(file, block, sizeof(block), (off_t) place * BLOCK) != BLOCK)
		die("writing: %s", strerror(errno));
}

/* All blocks are there before: what is measured changes no length. */
static int make_file(const char *path)
{
	int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (file < 0)
		die("%s: %s", path, strerror(errno));
	for (uint32_t i = 0; i < BLOCKS; i++)
		write_block(file, i, 'a');
	if (fsync(file) != 0)
		die("%s: %s", path, strerror(errno));
	return file;
}

static int sync_blocks(const char *folder)
{
	int64_t took_ns[SYNCS];
	struct dice dice = {1};
	char path[4096];
	int file;

	snprintf(path, sizeof(path), "%s/yard-%ld", folder, (long) getpid());
	file = make_file(path);
	for (size_t i = 0; i < SYNCS; i++) {
		int64_t began_ns = clock_ns();

		write_block(file, dice_roll(&dice, BLOCKS), 'b');
		if (fdatasync(file) != 0)
			die("%s: %s", path, strerror(errno));
		took_ns[i] = clock_ns() - began_ns;
	}
	close(file);
	unlink(path);
	times_sort(took_ns, SYNCS);
	printf("{\"p50_us\":%.0f,\"p99_us\":%.0f}\n",
		(double) times_at(took_ns, SYNCS, 50) / 1e3,
		(double) times_at(took_ns, SYNCS, 99) / 1e3);
	return 0;
}

/* ---- a server that does nothing ---- */

/* Reads the body away, then answers. */
static enum MHD_Result answer_nothing(void *closure, struct MHD_Connection *connection,
	const char *url, const char *method, const char *version, const char *upload,
	size_t *size, void **context)
{
	static char seen;
	struct MHD_Response *response;
	enum MHD_Result result;

	(void) closure;
	(void) url;
	(void) method;
	(void) version;
	(void) upload;
	if (*context == NULL) {
		*context = &seen;
		return MHD_YES;
	}
	if (*size > 0) {
		*size = 0;
		return MHD_YES;
	}
	response = MHD_create_response_from_buffer(0, &seen, MHD_RESPMEM_PERSISTENT);
	result = MHD_queue_response(connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return result;
}

/* Until standard input ends; says its port first. */
static int serve(void)
{
	struct sockaddr_in here = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct MHD_Daemon *server = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0,
		NULL, NULL, answer_nothing, NULL, MHD_OPTION_SOCK_ADDR, &here,
		MHD_OPTION_END);
	char byte;

	if (server == NULL)
		die("no server: %s", strerror(errno));
	printf("%u\n", MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	MHD_stop_daemon(server);
	return 0;
}

int main(int count, char **words)
{
	if (count == 2 && strcmp(words[1], "verify") == 0)
		return verify();
	if (count == 3 && strcmp(words[1], "fdatasync") == 0)
		return sync_blocks(words[2]);
	if (count == 2 && strcmp(words[1], "serve") == 0)
		return serve();
	fputs("usage: yard verify | yard fdatasync FOLDER | yard serve\n", stderr);
	return 2;
}
