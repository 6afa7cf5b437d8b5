/* test_log.c - tests of base/log.h: what stands on standard error. */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"

/* Standard error while a test looks at it. A datagram is a write(2). */
struct capture {
	int reader;
	int original;
};

static struct capture capture_start(void)
{
	struct capture capture;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends), 0);
	capture.original = dup(STDERR_FILENO);
	assert_true(capture.original >= 0);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	close(ends[1]);
	capture.reader = ends[0];
	return capture;
}

/* The next write, as a text; "" if there was none. */
static char *capture_next(struct capture *capture)
{
	char *line = calloc(1, 8192);
	ssize_t length;

	assert_non_null(line);
	length = recv(capture->reader, line, 8191, MSG_DONTWAIT);
	line[length > 0 ? length : 0] = '\0';
	return line;
}

static void capture_stop(struct capture *capture)
{
	dup2(capture->original, STDERR_FILENO);
	close(capture->original);
	close(capture->reader);
}

/* What log_info writes about one text, with a journal. */
static char *line_about(const char *text)
{
	struct capture capture = capture_start();
	char *line;

	log_open(LOG_LEVEL_INFO, true);
	log_info("%s", text);
	line = capture_next(&capture);
	capture_stop(&capture);
	return line;
}

static void journal_lines_begin_with_a_priority(void **state)
{
	struct capture capture = capture_start();
	char *lines[4];

	(void) state;
	log_open(LOG_LEVEL_DEBUG, true);
	log_error("one %d", 1);
	log_warning("two %d", 2);
	log_info("three %d", 3);
	log_debug("four %d", 4);
	for (size_t i = 0; i < 4; i++)
		lines[i] = capture_next(&capture);
	capture_stop(&capture);
	assert_string_equal(lines[0], "<3>one 1\n");
	assert_string_equal(lines[1], "<4>two 2\n");
	assert_string_equal(lines[2], "<6>three 3\n");
	assert_string_equal(lines[3], "<7>four 4\n");
	for (size_t i = 0; i < 4; i++)
		free(lines[i]);
}

static void other_lines_begin_with_the_time_and_the_level(void **state)
{
	struct capture capture = capture_start();
	char *line, time_text[UTC_TEXT_SIZE];
	utc_ms before = clock_now(), written;

	(void) state;
	log_open(LOG_LEVEL_INFO, false);
	log_warning("disk is full");
	line = capture_next(&capture);
	capture_stop(&capture);
	assert_true(strlen(line) > UTC_TEXT_SIZE);
	memcpy(time_text, line, UTC_TEXT_SIZE - 1);
	time_text[UTC_TEXT_SIZE - 1] = '\0';
	assert_true(utc_parse(time_text, &written));
	assert_true(written >= before && written <= clock_now());
	assert_string_equal(line + UTC_TEXT_SIZE - 1, " warning: disk is full\n");
	free(line);
}

static void levels_beyond_the_chosen_one_are_silent(void **state)
{
	static const struct {
		enum log_level most_verbose;
		int lines;
	} rows[] = {{LOG_LEVEL_ERROR, 1}, {LOG_LEVEL_WARNING, 2}, {LOG_LEVEL_INFO, 3},
		{LOG_LEVEL_DEBUG, 4}};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct capture capture = capture_start();
		int lines = 0;
		bool is_end;

		log_open(rows[i].most_verbose, true);
		log_error("x");
		log_warning("x");
		log_info("x");
		log_debug("x");
		do {
			char *line = capture_next(&capture);

			is_end = *line == '\0';
			lines += !is_end;
			free(line);
		} while (!is_end);
		capture_stop(&capture);
		assert_int_equal(lines, rows[i].lines);
	}
}

static void bytes_that_could_forge_a_line_are_escaped(void **state)
{
	static const struct {
		const char *text, *line;
	} rows[] = {
		{"", "<6>\n"},
		{"plain text", "<6>plain text\n"},
		{"a\nb", "<6>a\\x0ab\n"},
		{"a\r\n<3>forged", "<6>a\\x0d\\x0a<3>forged\n"},
		{"\t\x1b[2J", "<6>\\x09\\x1b[2J\n"},
		{"\x7f", "<6>\\x7f\n"},
		{"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x93\xa7",
			"<6>gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x93\xa7\n"},
		{"\xff\xfe", "<6>\\xff\\xfe\n"},
		{"half \xe2\x82", "<6>half \\xe2\\x82\n"},
		{"overlong \xc0\x8a", "<6>overlong \\xc0\\x8a\n"},
		{"C1 \xc2\x9b"
		 "2J",
			"<6>C1 \\xc2\\x9b2J\n"},
		{"nbsp \xc2\xa0", "<6>nbsp \xc2\xa0\n"},
		{"separator \xe2\x80\xa8", "<6>separator \\xe2\\x80\\xa8\n"},
		{"override \xe2\x80\xae", "<6>override \\xe2\\x80\\xae\n"},
		{"isolate \xe2\x81\xa6", "<6>isolate \\xe2\\x81\\xa6\n"},
		{"100 %s \\", "<6>100 %s \\\n"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *line = line_about(rows[i].text);

		assert_string_equal(line, rows[i].line);
		free(line);
	}
}

static void long_lines_are_cut_and_stay_one_write(void **state)
{
	static const char *const units[] = {
		"x", "\n", "\xc3\xa4", "\xe2\x82\xac", "\xff"};
	char text[20000];

	(void) state;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t width = strlen(units[i]), length;
		char *line;

		text[0] = '\0';
		for (size_t at = 0; at + width < sizeof(text); at += width)
			memcpy(text + at, units[i], width + 1);
		line = line_about(text);
		length = strlen(line);
		assert_true(length > 1900 && length <= 4096);
		assert_true(text_ends(line, "\xe2\x80\xa6\n"));
		assert_ptr_equal(strchr(line, '\n'), line + length - 1);
		assert_true(utf8_is_valid(line, length));
		if (width > 1)
			assert_null(strchr(line, '\\'));
		free(line);
	}
}

static void errno_is_kept_and_may_be_printed(void **state)
{
	struct capture capture = capture_start();
	char *line, expected[200];
	int after;

	(void) state;
	log_open(LOG_LEVEL_INFO, false);
	errno = ENOSPC;
	log_info("store: %m");
	after = errno;
	line = capture_next(&capture);
	capture_stop(&capture);
	assert_int_equal(after, ENOSPC);
	snprintf(expected, sizeof(expected), " info: store: %s\n", strerror(ENOSPC));
	assert_true(text_ends(line, expected));
	free(line);
}

static void errno_is_kept_when_standard_error_is_closed(void **state)
{
	int original = dup(STDERR_FILENO), after;

	(void) state;
	log_open(LOG_LEVEL_INFO, true);
	close(STDERR_FILENO);
	errno = EAGAIN;
	log_error("nobody reads this");
	after = errno;
	dup2(original, STDERR_FILENO);
	close(original);
	assert_int_equal(after, EAGAIN);
}

#define THREADS 4
#define LINES 100

static void *write_lines(void *argument)
{
	const char *name = argument;

	for (int i = 0; i < LINES; i++)
		log_info("thread %s says %0900d", name, i);
	return NULL;
}

static void lines_of_many_threads_do_not_mix(void **state)
{
	static char names[THREADS][2] = {"A", "B", "C", "D"};
	int next[THREADS] = {0}, lines = 0, file, original;
	pthread_t threads[THREADS];
	char line[2000], expected[2000];
	FILE *stream;

	(void) state;
	file = memfd_create("log", MFD_CLOEXEC);
	assert_true(file >= 0);
	assert_int_equal(fcntl(file, F_SETFL, O_APPEND), 0);
	original = dup(STDERR_FILENO);
	dup2(file, STDERR_FILENO);
	log_open(LOG_LEVEL_INFO, true);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, write_lines, names[i]), 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	dup2(original, STDERR_FILENO);
	close(original);
	assert_int_equal(lseek(file, 0, SEEK_SET), 0);
	stream = fdopen(file, "r");
	assert_non_null(stream);
	while (fgets(line, sizeof(line), stream)) {
		int thread = line[strlen("<6>thread ")] - 'A';

		assert_true(thread >= 0 && thread < THREADS);
		snprintf(expected, sizeof(expected), "<6>thread %s says %0900d\n",
			names[thread], next[thread]++);
		assert_string_equal(line, expected);
		lines++;
	}
	fclose(stream);
	assert_int_equal(lines, THREADS * LINES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(journal_lines_begin_with_a_priority),
		cmocka_unit_test(other_lines_begin_with_the_time_and_the_level),
		cmocka_unit_test(levels_beyond_the_chosen_one_are_silent),
		cmocka_unit_test(bytes_that_could_forge_a_line_are_escaped),
		cmocka_unit_test(long_lines_are_cut_and_stay_one_write),
		cmocka_unit_test(errno_is_kept_and_may_be_printed),
		cmocka_unit_test(errno_is_kept_when_standard_error_is_closed),
		cmocka_unit_test(lines_of_many_threads_do_not_mix),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
