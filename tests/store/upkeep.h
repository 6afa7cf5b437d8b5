/* upkeep.h - the store's upkeep done in a test, and what is left in the file. */
#ifndef TESTS_STORE_UPKEEP_H
#define TESTS_STORE_UPKEEP_H

#include <sqlite3.h>

#include "tests/store/support.h"

/* Slices until there is no more; how many. */
static inline unsigned upkeep(struct scene *scene, utc_ms now)
{
	unsigned slices = 0;
	struct store_job job;

	do {
		job = (struct store_job){.kind = STORE_UPKEEP, .now = now};
		assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
		assert_true(++slices < 10000);
	} while (job.changed);
	return slices;
}

/* The one number that SQL gives. */
static inline int64_t rows(struct scene *scene, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t count;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(scene->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	count = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return count;
}

#endif
