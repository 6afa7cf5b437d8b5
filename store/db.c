/* db.c - one SQLite connection and its statements. */
#include "store/db.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* secure_delete: what was forgotten, or pruned, is not to be found in the file; most
 * builds of SQLite for distributions have it on anyway. It must be on from the first row
 * on: a row that was moved leaves its bytes behind otherwise.
 * Cache: negative numbers are KiB. The writer needs the leaves at the hot end of each
 * table; twice as much made it no faster, only larger. */
static const char SETTINGS[] = "PRAGMA synchronous = FULL;"
			       "PRAGMA foreign_keys = ON;"
			       "PRAGMA trusted_schema = OFF;"
			       "PRAGMA temp_store = MEMORY;"
			       "PRAGMA secure_delete = ON;"
			       "PRAGMA journal_size_limit = 67108864;";
static const char WRITER_CACHE[] = "PRAGMA cache_size = -4096";
static const char READER_CACHE[] = "PRAGMA cache_size = -4096; PRAGMA query_only = ON";

static bool keep_failure(struct db *db, int code)
{
	db->code = code;
	snprintf(db->failure, sizeof(db->failure), "%s (SQLite %d)",
		db->handle != NULL ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code),
		code);
	return false;
}

bool db_explain(const struct db *db, struct error *error)
{
	return error_set(error, "%s", db->failure);
}

bool db_lacks_memory(struct db *db)
{
	db->code = SQLITE_NOMEM;
	snprintf(db->failure, sizeof(db->failure), "out of memory");
	return false;
}

/* What was asked for is read back: SQLite takes an unknown or impossible setting in
 * silence. */
static bool verify_settings(struct db *db, struct error *error)
{
	static const struct {
		const char *sql;
		int64_t wanted;
	} settings[] = {
		{"PRAGMA synchronous", 2},
		{"PRAGMA foreign_keys", 1},
		{"PRAGMA trusted_schema", 0},
		{"PRAGMA temp_store", 2},
		{"PRAGMA secure_delete", 1},
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		int64_t present;

		if (!db_ask(db, settings[i].sql, &present))
			return db_explain(db, error);
		if (present != settings[i].wanted)
			return error_set(error, "%s is %lld, and could not be set",
				settings[i].sql, (long long) present);
	}
	return true;
}

bool db_open(struct db *db, const char *path, bool is_writer, struct error *error)
{
	int code;

	memset(db, 0, sizeof(*db));
	/* One thread at a time has it, so SQLite needs no mutex of its own. */
	code = sqlite3_open_v2(
		path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (code != SQLITE_OK) {
		keep_failure(db, code);
		goto failed;
	}
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, DB_BUSY_TIMEOUT_MS);
	if (sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *) NULL) !=
			SQLITE_OK ||
		sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, (int *) NULL) !=
			SQLITE_OK ||
		sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, (int *) NULL) !=
			SQLITE_OK) {
		keep_failure(db, sqlite3_extended_errcode(db->handle));
		goto failed;
	}
	if (!db_execute(db, SETTINGS) ||
		!db_execute(db, is_writer ? WRITER_CACHE : READER_CACHE))
		goto failed;
	if (!verify_settings(db, error)) {
		db_close(db);
		return false;
	}
	return true;
failed:
	db_explain(db, error);
	db_close(db);
	return false;
}

void db_close(struct db *db)
{
	int code;

	for (size_t i = 0; i < DB_STATEMENTS; i++)
		sqlite3_finalize(db->prepared[i].statement);
	memset(db->prepared, 0, sizeof(db->prepared));
	code = sqlite3_close(db->handle);
	assert(code == SQLITE_OK); /* BUSY would be a statement of ours left open */
	db->handle = NULL;
}

bool db_execute(struct db *db, const char *sql)
{
	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK || keep_failure(db, code);
}

static bool ask(struct db *db, const char *sql, sqlite3_stmt **statement)
{
	int code = sqlite3_prepare_v2(db->handle, sql, -1, statement, NULL);

	if (code != SQLITE_OK)
		return keep_failure(db, code);
	code = sqlite3_step(*statement);
	if (code == SQLITE_ROW)
		return true;
	/* No row where one was promised is a failure too. */
	keep_failure(db, code);
	sqlite3_finalize(*statement);
	return false;
}

bool db_ask(struct db *db, const char *sql, int64_t *answer)
{
	sqlite3_stmt *statement;

	if (!ask(db, sql, &statement))
		return false;
	*answer = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return true;
}

bool db_ask_text(struct db *db, const char *sql, char *answer, size_t size)
{
	sqlite3_stmt *statement;
	const char *text;

	if (!ask(db, sql, &statement))
		return false;
	text = (const char *) sqlite3_column_text(statement, 0);
	snprintf(answer, size, "%s", text != NULL ? text : "");
	sqlite3_finalize(statement);
	return true;
}

/* Statements are prepared once and found again by the address of their text. */
static sqlite3_stmt *prepare(struct db *db, const char *sql)
{
	size_t at = ((uintptr_t) sql >> 4) % DB_STATEMENTS;
	int code;

	for (size_t i = 0; i < DB_STATEMENTS; i++) {
		struct db_prepared *prepared = &db->prepared[at];

		if (prepared->sql == sql)
			return prepared->statement;
		if (prepared->sql == NULL) {
			code = sqlite3_prepare_v3(db->handle, sql, -1,
				SQLITE_PREPARE_PERSISTENT, &prepared->statement, NULL);
			if (code != SQLITE_OK) {
				keep_failure(db, code);
				return NULL;
			}
			prepared->sql = sql;
			return prepared->statement;
		}
		at = (at + 1) % DB_STATEMENTS;
	}
	assert(!"DB_STATEMENTS is too small");
	return NULL;
}

void query_start(struct query *query, struct db *db, const char *sql)
{
	query->db = db;
	query->statement = prepare(db, sql);
	query->parameters = 0;
	query->failed = query->statement == NULL;
}

static void check(struct query *query, int code)
{
	if (code != SQLITE_OK && !query->failed) {
		query->failed = true;
		keep_failure(query->db, code);
	}
}

void query_give_integer(struct query *query, int64_t number)
{
	query->parameters++;
	if (query->statement != NULL)
		check(query,
			sqlite3_bind_int64(query->statement, query->parameters, number));
}

void query_give_null(struct query *query)
{
	query->parameters++;
	if (query->statement != NULL)
		check(query, sqlite3_bind_null(query->statement, query->parameters));
}

void query_give_time(struct query *query, int64_t time)
{
	if (time == UTC_NONE)
		query_give_null(query);
	else
		query_give_integer(query, time);
}

void query_give_text_bytes(struct query *query, const char *text, size_t length)
{
	query->parameters++;
	if (query->statement != NULL)
		check(query, sqlite3_bind_text64(query->statement, query->parameters,
				     text, length, SQLITE_STATIC, SQLITE_UTF8));
}

void query_give_text(struct query *query, const char *text)
{
	if (text == NULL)
		query_give_null(query);
	else
		query_give_text_bytes(query, text, strlen(text));
}

void query_give_bytes(struct query *query, const void *bytes, size_t length)
{
	query->parameters++;
	if (query->statement != NULL)
		check(query, sqlite3_bind_blob64(query->statement, query->parameters,
				     bytes, length, SQLITE_STATIC));
}

bool query_row(struct query *query)
{
	int code;

	if (query->failed)
		return false;
	assert(query->parameters == sqlite3_bind_parameter_count(query->statement));
	code = sqlite3_step(query->statement);
	if (code == SQLITE_ROW)
		return true;
	if (code != SQLITE_DONE)
		check(query, code);
	return false;
}

bool query_end(struct query *query)
{
	if (query->statement != NULL) {
		/* The failure was taken from the step; reset only repeats it. */
		sqlite3_reset(query->statement);
		sqlite3_clear_bindings(query->statement);
	}
	return !query->failed;
}

bool query_run(struct query *query)
{
	query_row(query);
	return query_end(query);
}

int64_t query_integer(const struct query *query, int column)
{
	return sqlite3_column_int64(query->statement, column);
}

int64_t query_time(const struct query *query, int column)
{
	if (sqlite3_column_type(query->statement, column) == SQLITE_NULL)
		return UTC_NONE;
	return sqlite3_column_int64(query->statement, column);
}

const char *query_text(const struct query *query, int column)
{
	return (const char *) sqlite3_column_text(query->statement, column);
}

const char *query_text_or_empty(const struct query *query, int column)
{
	const char *text = query_text(query, column);

	return text != NULL ? text : "";
}

bool db_run(struct db *db, const char *sql)
{
	struct query query;

	query_start(&query, db, sql);
	return query_run(&query);
}

bool db_prune(struct db *db, const char *sql, int64_t bound, int64_t most, int64_t *count)
{
	struct query query;

	query_start(&query, db, sql);
	query_give_integer(&query, bound);
	query_give_integer(&query, most);
	if (!query_run(&query))
		return false;
	*count += sqlite3_changes(db->handle);
	return true;
}
