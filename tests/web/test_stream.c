/* test_stream.c - bodies and answers in pieces, through libmicrohttpd where it matters.
 */
#include "web/stream.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"

#define PATIENCE_SECONDS 20

/* What the source is to do, and what became of it. */
struct script {
	size_t pieces, piece_bytes;
	size_t fails_at;    /* this piece, from 1; 0: never */
	size_t empty_until; /* pieces below this one hold nothing */
	size_t given;
	pthread_mutex_t lock;
	pthread_cond_t freed;
	int free_count;
};

static bool give(void *closure, struct buffer *piece, bool *is_end)
{
	struct script *script = closure;

	assert_int_equal(piece->length, 0);
	if (++script->given == script->fails_at)
		return false;
	for (size_t i = 0;
		i < (script->given < script->empty_until ? 0 : script->piece_bytes); i++)
		buffer_append(piece, i % 2 == 0 ? "x" : "y", 1);
	*is_end = script->given >= script->pieces;
	return true;
}

static void note_free(void *closure)
{
	struct script *script = closure;

	pthread_mutex_lock(&script->lock);
	script->free_count++;
	pthread_cond_signal(&script->freed);
	pthread_mutex_unlock(&script->lock);
}

static const struct stream_source source = {give, note_free};

static void script_init(
	struct script *script, size_t pieces, size_t piece_bytes, size_t fails_at)
{
	memset(script, 0, sizeof(*script));
	script->pieces = pieces;
	script->piece_bytes = piece_bytes;
	script->fails_at = fails_at;
	pthread_mutex_init(&script->lock, NULL);
	pthread_cond_init(&script->freed, NULL);
}

static bool script_is_freed(struct script *script)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_SECONDS;
	pthread_mutex_lock(&script->lock);
	while (script->free_count == 0 &&
		pthread_cond_timedwait(&script->freed, &script->lock, &until) == 0)
		;
	pthread_mutex_unlock(&script->lock);
	return script->free_count == 1;
}

/* ---- a door of one answer ---- */

static enum MHD_Result answer(void *closure, struct MHD_Connection *connection,
	const char *url, const char *method, const char *version, const char *upload,
	size_t *upload_size, void **context)
{
	struct request request = {.connection = connection};
	struct MHD_Response *response;
	enum MHD_Result is_queued;

	(void) url;
	(void) method;
	(void) version;
	(void) upload;
	(void) upload_size;
	(void) context;
	stream_answer(&request, "text/plain", &source, closure);
	response = stream_response(&request);
	is_queued = MHD_queue_response(connection, request.status, response);
	MHD_destroy_response(response);
	stream_finish(&request);
	return is_queued;
}

static struct MHD_Daemon *open_door(struct script *script, int *client)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	static const char question[] =
		"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	const struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
	struct MHD_Daemon *daemon =
		MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer,
			script, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);
	const union MHD_DaemonInfo *info;

	assert_non_null(daemon);
	info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
	address.sin_port = htons(info->port);
	*client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
		setsockopt(*client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)),
		0);
	assert_int_equal(
		connect(*client, (struct sockaddr *) &address, sizeof(address)), 0);
	assert_int_equal(send(*client, question, strlen(question), MSG_NOSIGNAL),
		(ssize_t) strlen(question));
	return daemon;
}

static void read_all(int client, struct buffer *bytes)
{
	char part[65536];
	ssize_t length;

	buffer_init(bytes, 64 << 20);
	while ((length = recv(client, part, sizeof(part), 0)) > 0)
		assert_true(buffer_append(bytes, part, (size_t) length));
	close(client);
}

static size_t count_bytes(const struct buffer *bytes, char byte)
{
	const char *body = strstr(bytes->bytes, "\r\n\r\n");
	size_t count = 0;

	assert_non_null(body);
	for (; body < bytes->bytes + bytes->length; body++)
		count += *body == byte;
	return count;
}

static bool looks_complete(const struct buffer *bytes)
{
	static const char end[] = "\r\n0\r\n\r\n";
	const size_t length = strlen(end);

	return bytes->length > length &&
	       memcmp(bytes->bytes + bytes->length - length, end, length) == 0;
}

static void an_answer_in_pieces_arrives_whole(void **state)
{
	struct script script;
	struct MHD_Daemon *daemon;
	struct buffer bytes;
	int client;

	(void) state;
	script_init(&script, 5, 100000, 0);
	daemon = open_door(&script, &client);
	read_all(client, &bytes);
	assert_non_null(strstr(bytes.bytes, "HTTP/1.1 200 "));
	assert_int_equal(count_bytes(&bytes, 'x'), 250000);
	assert_true(looks_complete(&bytes));
	assert_true(script_is_freed(&script));
	MHD_stop_daemon(daemon);
	buffer_finish(&bytes);
}

static void an_answer_of_nothing_is_complete(void **state)
{
	struct script script;
	struct MHD_Daemon *daemon;
	struct buffer bytes;
	int client;

	(void) state;
	script_init(&script, 1, 0, 0);
	daemon = open_door(&script, &client);
	read_all(client, &bytes);
	assert_int_equal(count_bytes(&bytes, 'x'), 0);
	assert_non_null(strstr(bytes.bytes, "\r\n\r\n0\r\n\r\n"));
	MHD_stop_daemon(daemon);
	buffer_finish(&bytes);
}

static void an_empty_piece_is_no_end(void **state)
{
	struct script script;
	struct MHD_Daemon *daemon;
	struct buffer bytes;
	int client;

	(void) state;
	script_init(&script, 40, 1000, 0);
	script.empty_until = 30;
	daemon = open_door(&script, &client);
	read_all(client, &bytes);
	assert_int_equal(count_bytes(&bytes, 'x'), 5500);
	assert_true(looks_complete(&bytes));
	MHD_stop_daemon(daemon);
	buffer_finish(&bytes);
}

static void an_answer_that_can_not_go_on_never_looks_complete(void **state)
{
	(void) state;
	for (size_t at = 1; at <= 3; at++) {
		struct script script;
		struct MHD_Daemon *daemon;
		struct buffer bytes;
		int client;

		script_init(&script, 3, 50000, at);
		daemon = open_door(&script, &client);
		read_all(client, &bytes);
		assert_false(looks_complete(&bytes));
		assert_true(script_is_freed(&script));
		MHD_stop_daemon(daemon);
		buffer_finish(&bytes);
	}
}

static void a_client_that_goes_away_ends_it(void **state)
{
	struct script script;
	struct MHD_Daemon *daemon;
	char part[1000];
	int client;

	(void) state;
	script_init(&script, SIZE_MAX, 100000, 0);
	daemon = open_door(&script, &client);
	assert_true(recv(client, part, sizeof(part), 0) > 0);
	close(client);
	assert_true(script_is_freed(&script));
	MHD_stop_daemon(daemon);
}

static void http_1_0_gets_a_problem_for_it_could_not_tell_the_end(void **state)
{
	struct request request = {.is_http_1_0 = true};
	struct script script;

	(void) state;
	script_init(&script, 1, 1, 0);
	buffer_init(&request.answer, 10000);
	stream_answer(&request, "text/plain", &source, &script);
	assert_int_equal(request.status, 505);
	assert_null(request.source);
	assert_int_equal(script.free_count, 1);
	stream_finish(&request);
	assert_int_equal(script.free_count, 1);
	buffer_finish(&request.answer);
}

/* ---- a body ---- */

struct sink_script {
	size_t taken, refuses_at;
	int free_count;
};

static bool take(struct request *request, void *closure, const char *bytes, size_t length)
{
	struct sink_script *script = closure;

	(void) bytes;
	script->taken += length;
	if (script->refuses_at == 0 || script->taken < script->refuses_at)
		return true;
	reply_problem(request, 400, "file", "no more");
	return false;
}

static void end(struct request *request, void *closure)
{
	(void) closure;
	reply_empty(request, 204);
}

static void free_sink(void *closure)
{
	struct sink_script *script = closure;

	script->free_count++;
}

static void what_comes_after_a_refusal_is_thrown_away(void **state)
{
	static const struct stream_sink sink = {take, end, free_sink};
	struct sink_script script = {.refuses_at = 7};
	struct request request = {0};

	(void) state;
	buffer_init(&request.answer, 10000);
	stream_take_body(&request, &sink, &script);
	stream_take_piece(&request, "abcd", 4);
	assert_false(request.is_refused_early);
	stream_take_piece(&request, "efgh", 4);
	assert_true(request.is_refused_early);
	stream_take_piece(&request, "ijkl", 4);
	assert_int_equal(script.taken, 8);
	assert_int_equal(request.status, 400);
	assert_int_equal(script.free_count, 0);
	stream_finish(&request);
	stream_finish(&request);
	assert_int_equal(script.free_count, 1);
	buffer_finish(&request.answer);
}

static int set_up(void **state)
{
	(void) state;
	log_open(LOG_LEVEL_ERROR, false);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_in_pieces_arrives_whole),
		cmocka_unit_test(an_answer_of_nothing_is_complete),
		cmocka_unit_test(an_empty_piece_is_no_end),
		cmocka_unit_test(an_answer_that_can_not_go_on_never_looks_complete),
		cmocka_unit_test(a_client_that_goes_away_ends_it),
		cmocka_unit_test(http_1_0_gets_a_problem_for_it_could_not_tell_the_end),
		cmocka_unit_test(what_comes_after_a_refusal_is_thrown_away),
	};

	return cmocka_run_group_tests_name("stream", tests, set_up, NULL);
}
