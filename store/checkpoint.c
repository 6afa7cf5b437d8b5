/* checkpoint.c - empties SQLite's log into the file. */
#include "base/clock.h"
#include "base/log.h"
#include "store/writer.h"

#define CHECKPOINT_AGAIN_PAGES 2000
#define CHECKPOINT_WAIT_MS 100
#define CHECKPOINT_TRIES 5
#define TRUNCATE_AGAIN_MS 1000

/* Empties the log into the file; TRUNCATE wants every reader gone, and one that was idle
 * may have begun anew meanwhile. */
static int checkpoint(struct writer *writer, int mode, bool *is_emptied)
{
	int in_log = 0, done = 0, code = SQLITE_BUSY;

	sqlite3_busy_timeout(writer->db.handle, CHECKPOINT_WAIT_MS / CHECKPOINT_TRIES);
	for (int i = 0; i < CHECKPOINT_TRIES && code == SQLITE_BUSY; i++) {
		readers_let_go(writer->readers);
		code = sqlite3_wal_checkpoint_v2(
			writer->db.handle, NULL, mode, &in_log, &done);
	}
	sqlite3_busy_timeout(writer->db.handle, DB_BUSY_TIMEOUT_MS);
	*is_emptied = code == SQLITE_OK && in_log == done;
	return code;
}

/* Most of it is copied by the checkpointer, while batches go on. */
static bool is_copied(struct writer *writer)
{
	if (!writer->has_asked_to_copy) {
		checkpointer_ask(writer->checkpointer);
		writer->has_asked_to_copy = true;
		return false;
	}
	if (!checkpointer_is_done(writer->checkpointer))
		return false;
	writer->has_asked_to_copy = false;
	return true;
}

/* Another process, or a reader in the middle of a query, can hold the log; then again
 * when it has grown further, or after a while. */
void checkpoint_when_due(struct writer *writer)
{
	bool truncates =
		writer->wants_truncate && clock_monotonic_ms() >= writer->truncate_again;
	bool is_emptied;
	int code;

	if (!truncates &&
		(writer->log_pages < writer->checkpoint_at || !is_copied(writer)))
		return;
	code = checkpoint(writer,
		truncates ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
		&is_emptied);
	if (is_emptied) {
		writer->log_pages = 0;
		writer->checkpoint_at = CHECKPOINT_PAGES;
	} else {
		writer->checkpoint_at = writer->log_pages + CHECKPOINT_AGAIN_PAGES;
	}
	if (truncates && code == SQLITE_OK)
		writer->wants_truncate = false;
	else if (truncates)
		writer->truncate_again = clock_monotonic_ms() + TRUNCATE_AGAIN_MS;
	if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED)
		log_warning("store %s: its log can't be emptied, keeping it: %s",
			writer->path, sqlite3_errmsg(writer->db.handle));
}
