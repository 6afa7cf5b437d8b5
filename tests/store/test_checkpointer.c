/* test_checkpointer.c - SQLite's log is copied while the writer writes on. */
#include <sched.h>
#include <sys/stat.h>

#include "store/checkpointer.h"
#include "tests/store/bare.h"

static off_t size_of_file(const struct bare *bare)
{
	struct stat status;

	assert_int_equal(stat(bare->scene->path, &status), 0);
	return status.st_size;
}

static void add_rows(struct bare *bare)
{
	static const char ADD[] =
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		" WHERE i < 2000) INSERT INTO t (text) SELECT hex(zeroblob(500)) FROM n";

	assert_true(db_execute(&bare->writer.db, ADD));
}

static void wait_for(struct checkpointer *checkpointer)
{
	int64_t deadline = clock_monotonic_ms() + 30 * SECOND_MS;

	while (!checkpointer_is_done(checkpointer)) {
		assert_true(clock_monotonic_ms() < deadline);
		sched_yield();
	}
}

static void what_is_in_the_log_is_copied_and_the_writer_goes_on(void **state)
{
	struct bare *bare = *state;
	struct checkpointer *checkpointer;
	struct error error;
	off_t before;

	assert_true(db_execute(&bare->writer.db,
		"COMMIT; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;"
		"CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)"));
	add_rows(bare);
	before = size_of_file(bare);
	checkpointer = checkpointer_start(bare->scene->path, &error);
	assert_non_null(checkpointer);
	assert_true(checkpointer_is_done(checkpointer));
	checkpointer_ask(checkpointer);
	add_rows(bare);
	wait_for(checkpointer);
	/* Two thousand rows of a thousand bytes. */
	assert_true(size_of_file(bare) > before + 2000000);
	for (int i = 0; i < 5; i++) {
		checkpointer_ask(checkpointer);
		add_rows(bare);
	}
	wait_for(checkpointer);
	checkpointer_ask(checkpointer);
	checkpointer_stop(checkpointer);
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM t"), 14000);
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM pragma_integrity_check"
					" WHERE integrity_check = 'ok'"),
		1);
	assert_true(db_execute(&bare->writer.db, "BEGIN"));
}

static void without_a_file_it_does_not_start(void **state)
{
	struct error error;

	(void) state;
	assert_null(checkpointer_start("/nonexistent/file", &error));
	assert_true(error.text[0] != '\0');
	checkpointer_stop(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define BARE(name) cmocka_unit_test_setup_teardown(name, bare_set_up, bare_tear_down)
		BARE(what_is_in_the_log_is_copied_and_the_writer_goes_on),
		BARE(without_a_file_it_does_not_start),
	};

	return cmocka_run_group_tests_name("checkpointer", tests, NULL, NULL);
}
