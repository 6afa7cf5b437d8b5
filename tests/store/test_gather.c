/* test_gather.c - SQLite's log is written in few calls, and nobody misses anything. */
#include "tests/store/fault_scene.h"

#include "store/db.h"
#include "store/gather.h"

enum { ROWS = 2000 };

struct pair {
	struct db writer, reader;
	void *scene;
};

static int64_t ask(struct db *db, const char *sql)
{
	int64_t answer;

	assert_true(db_ask(db, sql, &answer));
	return answer;
}

static int set_up(void **state)
{
	struct pair *pair = calloc(1, sizeof(*pair));
	struct scene *scene;
	struct error error;
	FILE *file;

	fault_install();
	fault_set(FAULT_NONE, 0, 0);
	assert_non_null(pair);
	assert_int_equal(scene_prepare(&pair->scene), 0);
	scene = pair->scene;
	file = fopen(scene->path, "w");
	assert_non_null(file);
	fclose(file);
	assert_true(db_open(&pair->writer, scene->path, true, &error));
	assert_true(db_execute(&pair->writer,
		"PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;"
		"CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)"));
	assert_true(db_open(&pair->reader, scene->path, false, &error));
	*state = pair;
	return 0;
}

static int tear_down(void **state)
{
	struct pair *pair = *state;
	int result;

	fault_set(FAULT_NONE, 0, 0);
	db_close(&pair->reader);
	db_close(&pair->writer);
	result = scene_tear_down(&pair->scene);
	free(pair);
	return result;
}

static void add_rows(struct pair *pair)
{
	static const char ADD[] =
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		" WHERE i < 2000) INSERT INTO t (text) SELECT hex(zeroblob(500)) FROM n";

	assert_true(db_execute(&pair->writer, ADD));
}

static void many_pages_are_written_in_few_calls(void **state)
{
	struct pair *pair = *state;
	int before = fault_writes, syncs = fault_syncs;

	assert_non_null(gather_vfs());
	assert_true(db_execute(&pair->writer, "BEGIN IMMEDIATE"));
	add_rows(pair);
	assert_true(db_execute(&pair->writer, "COMMIT"));
	/* Some 500 pages, of which SQLite writes two parts each. */
	assert_in_range(fault_writes - before, 1, 60);
	assert_true(fault_syncs > syncs);
	/* Another connection sees them as soon as they are committed. */
	assert_int_equal(ask(&pair->reader, "SELECT count(*) FROM t"), ROWS);
	assert_int_equal(
		ask(&pair->reader, "SELECT sum(length(text)) FROM t"), ROWS * 1000);
}

/* More than the cache holds goes to the log before the commit, and is read from there. */
static void what_was_spilled_is_read_back(void **state)
{
	struct pair *pair = *state;

	assert_true(db_execute(&pair->writer, "PRAGMA cache_size = 10"));
	for (int i = 0; i < 3; i++) {
		assert_true(db_execute(&pair->writer, "BEGIN IMMEDIATE"));
		add_rows(pair);
		assert_int_equal(ask(&pair->writer, "SELECT sum(length(text)) FROM t"),
			(i + 1) * ROWS * 1000);
		assert_int_equal(ask(&pair->reader, "SELECT count(*) FROM t"), i * ROWS);
		/* What is undone leaves the next transaction its place in the log. */
		assert_true(db_execute(&pair->writer, "ROLLBACK"));
		assert_true(db_execute(&pair->writer, "BEGIN IMMEDIATE"));
		add_rows(pair);
		assert_true(db_execute(&pair->writer, "COMMIT"));
		assert_int_equal(
			ask(&pair->reader, "SELECT count(*) FROM t"), (i + 1) * ROWS);
	}
	assert_true(db_execute(&pair->writer, "PRAGMA wal_checkpoint(TRUNCATE)"));
	assert_int_equal(ask(&pair->reader, "SELECT count(*) FROM t"), 3 * ROWS);
	assert_int_equal(ask(&pair->reader, "SELECT count(*) FROM"
					    " pragma_integrity_check"
					    " WHERE integrity_check = 'ok'"),
		1);
}

/* A write that was put off fails with the commit, at the latest. */
static void a_write_that_fails_is_told_by_the_commit(void **state)
{
	struct pair *pair = *state;

	for (int after = 0; after < 4; after++) {
		fault_set(FAULT_FULL, after, 1);
		if (db_execute(&pair->writer, "BEGIN IMMEDIATE") &&
			db_execute(&pair->writer,
				"INSERT INTO t (text) SELECT hex(zeroblob(200000))"
				" FROM pragma_user_version"))
			assert_false(db_execute(&pair->writer, "COMMIT"));
		assert_int_equal(fault_hits, 1);
		fault_set(FAULT_NONE, 0, 0);
		if (!sqlite3_get_autocommit(pair->writer.handle))
			assert_true(db_execute(&pair->writer, "ROLLBACK"));
		assert_int_equal(ask(&pair->reader, "SELECT count(*) FROM t"), 0);
	}
	add_rows(pair);
	assert_int_equal(ask(&pair->reader, "SELECT count(*) FROM t"), ROWS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(many_pages_are_written_in_few_calls),
		TEST(what_was_spilled_is_read_back),
		TEST(a_write_that_fails_is_told_by_the_commit),
	};

	return cmocka_run_group_tests_name("gather", tests, NULL, NULL);
}
