/* writer.c - the one thread that writes: what waits becomes one transaction. */
#include "store/writer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/trail.h"

static const char BEGIN[] = "BEGIN IMMEDIATE";
static const char COMMIT[] = "COMMIT";
static const char ROLLBACK[] = "ROLLBACK";
static const char SAVEPOINT[] = "SAVEPOINT item";
static const char RELEASE[] = "RELEASE item";
static const char ROLLBACK_ITEM[] = "ROLLBACK TO item";
static const char WRITE_TOTALS[] =
	"UPDATE totals SET events = ?1, unrecognised = ?2, aside = ?3, suppressions = ?4,"
	" last_event = ?5, trailed = ?6";
static const char READ_TOTALS[] =
	"SELECT events, unrecognised, aside, suppressions, last_event, trailed"
	" FROM totals";

#define FAILURE_LINE_MS (60 * 1000)

static int note_log_pages(void *closure, sqlite3 *handle, const char *name, int pages)
{
	struct writer *writer = closure;

	(void) handle;
	(void) name;
	writer->log_pages = pages;
	return SQLITE_OK;
}

static bool run(struct writer *writer, const char *sql)
{
	struct query query;

	query_start(&query, &writer->db, sql);
	return query_run(&query);
}

static bool read_totals(struct writer *writer)
{
	struct totals *totals = &writer->totals;
	struct query query;

	query_start(&query, &writer->db, READ_TOTALS);
	if (query_row(&query))
		*totals = (struct totals){
			.events = query_integer(&query, 0),
			.unrecognised = query_integer(&query, 1),
			.aside = query_integer(&query, 2),
			.suppressions = query_integer(&query, 3),
			.last_event = query_integer(&query, 4),
			.trailed = query_integer(&query, 5),
		};
	writer->before_batch = writer->before_item = *totals;
	return query_end(&query);
}

static bool write_totals(struct writer *writer)
{
	const struct totals *totals = &writer->totals;
	struct query query;

	if (memcmp(totals, &writer->before_batch, sizeof(*totals)) == 0)
		return true;
	query_start(&query, &writer->db, WRITE_TOTALS);
	query_give_integer(&query, totals->events);
	query_give_integer(&query, totals->unrecognised);
	query_give_integer(&query, totals->aside);
	query_give_integer(&query, totals->suppressions);
	query_give_integer(&query, totals->last_event);
	query_give_integer(&query, totals->trailed);
	return query_run(&query);
}

static bool read_segment(struct writer *writer)
{
	return open_segment_read(&writer->open, &writer->db, writer->totals.trailed,
		writer->totals.last_event);
}

bool writer_open(struct writer *writer, struct error *error)
{
	char mode[16];

	if (!db_open(&writer->db, writer->path, true, error))
		return false;
	/* journal_mode can silently stay what it was. */
	if (!db_ask_text(&writer->db, "PRAGMA journal_mode = WAL", mode, sizeof(mode)))
		goto failed;
	if (strcmp(mode, "wal") != 0) {
		error_set(
			error, "its journal mode is %s and could not be made WAL", mode);
		db_close(&writer->db);
		return false;
	}
	sqlite3_wal_hook(writer->db.handle, note_log_pages, writer);
	writer->checkpoint_at = CHECKPOINT_PAGES;
	writer->is_open = true;
	return true;
failed:
	db_explain(&writer->db, error);
	db_close(&writer->db);
	return false;
}

void writer_close(struct writer *writer)
{
	if (writer->is_open)
		db_close(&writer->db);
	writer->is_open = false;
	names_finish(&writer->names);
	tally_finish(&writer->tally);
	keys_forget(&writer->keys);
	hosted_finish(&writer->hosted);
	senders_forget(&writer->senders);
	peaks_forget(&writer->peaks);
	topic_notes_finish(&writer->notes);
	watch_finish(&writer->watch);
}

/* Nothing remembered of a batch outlives it. */
static void forget_batch(struct writer *writer)
{
	tally_clear(&writer->tally);
	peaks_clear(&writer->peaks);
	topic_notes_clear(&writer->notes);
}

/* What is remembered of rows that may be gone with what is rolled back. */
static void forget_rows(struct writer *writer)
{
	names_forget(&writer->names);
	hosted_forget(&writer->hosted);
	senders_forget(&writer->senders);
}

/* Undoes everything since BEGIN: in the file, and what we remember of it. */
static void roll_back(struct writer *writer)
{
	char failure[sizeof(writer->db.failure)];
	int code = writer->db.code;

	/* What follows must not put its own words in the place of what went wrong. */
	memcpy(failure, writer->db.failure, sizeof(failure));
	if (!sqlite3_get_autocommit(writer->db.handle))
		run(writer, ROLLBACK);
	forget_rows(writer);
	keys_forget(&writer->keys);
	peaks_forget(&writer->peaks);
	forget_batch(writer);
	writer->totals = writer->before_batch;
	if (!read_segment(writer)) {
		/* Opened anew with the next batch. */
		db_close(&writer->db);
		writer->is_open = false;
	}
	memcpy(writer->db.failure, failure, sizeof(failure));
	writer->db.code = code;
}

/* Failures after which nothing more is tried in this transaction: SQLite may have rolled
 * all of it back already, or the disk can't be trusted. The rest (a constraint, a text
 * too long) concern one item. */
static bool spoils_batch(const struct writer *writer)
{
	switch (writer->db.code & 0xff) {
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
	case SQLITE_RANGE:
		return sqlite3_get_autocommit(writer->db.handle) != 0;
	default:
		return true;
	}
}

static enum store_outcome apply(struct writer *writer, struct store_job *job)
{
	switch (job->kind) {
	case STORE_RECORD:
		return record_event(writer, job);
	case STORE_UNRECOGNISED:
		return kept_unrecognised(writer, job);
	case STORE_ASIDE:
		return kept_aside(writer, job);
	case STORE_TOPIC:
		return topics_change(writer, job);
	case STORE_CHANGE_LIST:
		return hand_change(writer, job);
	case STORE_POLICY_APPLY:
		return rejudge_apply(writer, job);
	case STORE_FORGET:
		return forget_address(writer, job);
	case STORE_REPORT_SENDS:
		return reported_count(writer, job);
	case STORE_ALERTS:
		return alerts_apply(writer, job);
	case STORE_SILENCE:
		return silences_change(writer, job);
	case STORE_OUTBOX:
		return outbox_result(writer, job);
	case STORE_MARK:
		return marks_change(writer, job);
	case STORE_UPKEEP:
		return upkeep_slice(writer, job);
	}
	assert(!"a job of an unknown kind");
	return STORE_FAILED;
}

/* Of a job that failed nothing was found or done. */
static void forget_result(struct store_job *job)
{
	job->recorded = 0;
	job->changed = false;
	job->burst.count = 0;
	for (size_t i = 0; i < job->change_count; i++)
		job->changes[i].result = STORE_UNCHANGED;
	for (size_t i = 0; i < job->report_count; i++)
		job->reports[i].is_duplicate = false;
}

/* One item in its savepoint. False: the whole batch is lost. */
static bool apply_one(struct writer *writer, struct store_job *job)
{
	forget_result(job);
	if (!run(writer, SAVEPOINT))
		return false;
	writer->before_item = writer->totals;
	keys_begin_item(&writer->keys);
	writer->db.code = SQLITE_OK;
	job->outcome = apply(writer, job);
	if (job->outcome != STORE_FAILED)
		return run(writer, RELEASE);
	if (spoils_batch(writer))
		return false;
	log_error("store: one item can't be stored, the others can: %s",
		writer->db.failure);
	writer->totals = writer->before_item;
	tally_drop_staged(&writer->tally);
	keys_undo_item(&writer->keys);
	forget_rows(writer);
	forget_result(job);
	return run(writer, ROLLBACK_ITEM) && run(writer, RELEASE);
}

static bool apply_all(struct writer *writer, struct store_job *jobs)
{
	sqlite3_int64 changes = sqlite3_total_changes64(writer->db.handle);

	writer->has_written = false;
	if (!run(writer, BEGIN))
		return false;
	for (struct store_job *job = jobs; job != NULL;
		job = (struct store_job *) job->item.next) {
		if (!apply_one(writer, job))
			return false;
		/* At once: look_in_open reads what lies over the border row by row. */
		while (trail_is_due(writer->totals.trailed, writer->totals.last_event))
			if (!trail_write(&writer->db, &writer->totals.trailed) ||
				!read_segment(writer))
				return false;
	}
	/* With nothing but duplicates nothing is written, and COMMIT costs no fsync. */
	writer->has_written = sqlite3_total_changes64(writer->db.handle) != changes ||
			      tally_has_lines(&writer->tally);
	if (writer->has_written &&
		(!tally_write(&writer->tally, &writer->db) ||
			!peaks_write(&writer->peaks, &writer->db) ||
			!topic_notes_write(&writer->notes, &writer->db) ||
			!write_totals(writer)))
		return false;
	return run(writer, COMMIT);
}

/* After an I/O error SQLite's idea of the file may be wrong: begin anew with it. */
static bool reopen(struct writer *writer)
{
	struct error error = {""};

	if (writer->is_open)
		db_close(&writer->db);
	writer->is_open = false;
	if (!writer_open(writer, &error)) {
		snprintf(writer->db.failure, sizeof(writer->db.failure), "%.255s",
			error.text);
		return false;
	}
	if (read_totals(writer) && read_segment(writer))
		return true;
	db_close(&writer->db);
	writer->is_open = false;
	return false;
}

static void report(struct writer *writer, bool went_well, size_t jobs, int64_t commit_ms)
{
	struct store_health *health = &writer->report.health;
	int64_t now = clock_monotonic_ms();
	bool was_failing, says_so = false;

	pthread_mutex_lock(&writer->report.lock);
	was_failing = health->is_failing;
	/* Only a batch that wrote proves that one can write. */
	if (!went_well || writer->has_written)
		health->is_failing = !went_well;
	health->jobs += jobs;
	if (went_well) {
		health->commits++;
		if (commit_ms > health->slowest_commit_ms)
			health->slowest_commit_ms = commit_ms;
		if (writer->has_written)
			health->failure[0] = '\0';
		health->events = (uint64_t) writer->totals.events;
		health->unrecognised = (uint64_t) writer->totals.unrecognised;
		health->aside = (uint64_t) writer->totals.aside;
		health->suppressions = (uint64_t) writer->totals.suppressions;
	} else {
		health->failures++;
		snprintf(health->failure, sizeof(health->failure), "%s",
			writer->db.failure);
	}
	pthread_mutex_unlock(&writer->report.lock);

	if (!went_well && (!was_failing || now >= writer->next_failure_line)) {
		says_so = true;
		writer->next_failure_line = now + FAILURE_LINE_MS;
	}
	if (says_so)
		log_error("store %s: nothing can be stored, senders are told to come "
			  "again: %s",
			writer->path, writer->db.failure);
	else if (went_well && was_failing && writer->has_written)
		log_info("store %s: writes again", writer->path);
}

static void run_batch(struct writer *writer, struct store_job *jobs)
{
	int64_t began = clock_monotonic_ms();
	bool went_well = false;
	size_t count = 0;

	if (writer->is_open || reopen(writer)) {
		went_well = apply_all(writer, jobs);
		if (went_well) {
			forget_batch(writer);
			keys_end_batch(&writer->keys);
			writer->before_batch = writer->totals;
			readers_note_commit(writer->readers);
		} else {
			roll_back(writer);
		}
	}
	for (struct store_job *job = jobs; job != NULL;
		job = (struct store_job *) job->item.next) {
		count++;
		if (!went_well) {
			job->outcome = STORE_FAILED;
			forget_result(job);
		}
	}
	report(writer, went_well, count, clock_monotonic_ms() - began);
	while (jobs != NULL) {
		/* After done the job may be gone. */
		struct store_job *next = (struct store_job *) jobs->item.next;

		jobs->done(jobs);
		jobs = next;
	}
	if (!went_well && writer->is_open &&
		((writer->db.code & 0xff) == SQLITE_IOERR ||
			(writer->db.code & 0xff) == SQLITE_CORRUPT ||
			(writer->db.code & 0xff) == SQLITE_NOMEM))
		reopen(writer);
}

static void say_not_rebuilt(struct writer *writer)
{
	int64_t now = clock_monotonic_ms();

	if (now < writer->next_failure_line)
		return;
	writer->next_failure_line = now + FAILURE_LINE_MS;
	log_error("store %s: the watched addresses can't be read, trying again: %s",
		writer->path, writer->db.failure);
}

/* What is due between two batches. */
static void do_chores(struct writer *writer)
{
	if (!writer->is_open)
		return;
	/* A filter that could not be made larger only says yes too often. */
	if (watch_is_full(&writer->watch) && !watch_build(&writer->watch, &writer->db))
		say_not_rebuilt(writer);
	checkpoint_when_due(writer);
}

void *writer_run(void *closure)
{
	struct writer *writer = closure;
	struct queue_item *items;

	while ((items = queue_take_all(writer->queue, -1)) != NULL) {
		run_batch(writer, (struct store_job *) items);
		do_chores(writer);
	}
	return NULL;
}

bool writer_start(struct writer *writer, struct error *error)
{
	if (!read_totals(writer) || !read_segment(writer) ||
		!watch_build(&writer->watch, &writer->db))
		return db_explain(&writer->db, error);
	report(writer, true, 0, 0);
	return true;
}
