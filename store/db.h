/* db.h - one SQLite connection and its statements. Private to store/. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "base/error.h"

#define DB_STATEMENTS 256
#define DB_BUSY_TIMEOUT_MS 5000

/* Used by one thread at a time. */
struct db {
	sqlite3 *handle;
	struct db_prepared {
		const char *sql; /* its address is the key */
		sqlite3_stmt *statement;
	} prepared[DB_STATEMENTS];
	int code;	   /* extended result code of the last failure */
	char failure[256]; /* and its words */
};

/* Opens with all the settings every connection of ours has; nothing is created. */
bool db_open(struct db *db, const char *path, bool is_writer, struct error *error);

/* Finalises the statements and closes. Takes a zeroed db. */
void db_close(struct db *db);

/* Runs SQL that is used once and returns no rows. */
bool db_execute(struct db *db, const char *sql);

/* The first column of the first row of SQL that is used once. */
bool db_ask(struct db *db, const char *sql, int64_t *answer);
bool db_ask_text(struct db *db, const char *sql, char *answer, size_t size);

/* Puts what db says went wrong into error, and returns false. */
bool db_explain(const struct db *db, struct error *error);

/* A failure of ours rather than SQLite's; false too. */
bool db_lacks_memory(struct db *db);

/*
 * One run of a statement. query_start prepares it the first time; the parameters are then
 * given in the order of their numbers, all of them; then query_run once, or query_row
 * until it is false, and query_end. Failures are kept and told by query_run or query_end.
 * Texts must live until then. sql must be the same address each time.
 */
struct query {
	struct db *db;
	sqlite3_stmt *statement; /* NULL: could not be prepared */
	int parameters;		 /* given so far */
	bool failed;
};

void query_start(struct query *query, struct db *db, const char *sql);
void query_give_integer(struct query *query, int64_t number);
void query_give_time(struct query *query, int64_t time);     /* UTC_NONE: NULL */
void query_give_text(struct query *query, const char *text); /* NULL: NULL */
void query_give_bytes(struct query *query, const void *bytes, size_t length);
void query_give_text_bytes(struct query *query, const char *text, size_t length);
void query_give_null(struct query *query);

bool query_row(struct query *query);
bool query_end(struct query *query) __attribute__((warn_unused_result));
bool query_run(struct query *query) __attribute__((warn_unused_result));

int64_t query_integer(const struct query *query, int column);
int64_t query_time(const struct query *query, int column);     /* NULL: UTC_NONE */
const char *query_text(const struct query *query, int column); /* NULL: NULL */

/* Runs SQL that has no parameters and returns no rows, prepared like any query. */
bool db_run(struct db *db, const char *sql);

/* Runs a DELETE whose ?1 is a bound and ?2 how many rows at most, and adds to *count how
 * many went. */
bool db_prune(
	struct db *db, const char *sql, int64_t bound, int64_t most, int64_t *count);

/* NULL: "". */
const char *query_text_or_empty(const struct query *query, int column);

#endif
