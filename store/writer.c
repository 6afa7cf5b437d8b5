/* writer.c - the one thread that writes: what waits becomes one transaction. */
#include "store/writer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/schema.h"
#include "store/trail.h"

static const char BEGIN[] = "BEGIN IMMEDIATE";
static const char COMMIT[] = "COMMIT";
static const char ROLLBACK[] = "ROLLBACK";
static const char WRITE_TOTALS[] =
	"UPDATE totals SET events = ?1, unrecognised = ?2, aside = ?3, suppressions = ?4,"
	" last_event = ?5, trailed = ?6";
static const char READ_TOTALS[] =
	"SELECT events, unrecognised, aside, suppressions, last_event, trailed"
	" FROM totals";

#define COUNT_AGAIN_MS 1000

static int note_log_pages(void *closure, sqlite3 *handle, const char *name, int pages)
{
	struct writer *writer = closure;

	(void) handle;
	(void) name;
	writer->log_pages = pages;
	return SQLITE_OK;
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
	uncounted_finish(&writer->uncounted);
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

/* Undoes everything since BEGIN: in the file, and what we remember of it. */
static void roll_back(struct writer *writer)
{
	char failure[sizeof(writer->db.failure)];
	int code = writer->db.code;

	/* What follows must not put its own words in the place of what went wrong. */
	memcpy(failure, writer->db.failure, sizeof(failure));
	if (!sqlite3_get_autocommit(writer->db.handle))
		db_run(&writer->db, ROLLBACK);
	writer_forget_rows(writer);
	keys_forget(&writer->keys);
	recent_undo_batch(&writer->uncounted.keys);
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

static bool apply_all(struct writer *writer, struct store_job *jobs)
{
	sqlite3_int64 changes = sqlite3_total_changes64(writer->db.handle);

	writer->has_written = false;
	if (!db_run(&writer->db, BEGIN) ||
		!uncounted_begin(&writer->uncounted, &writer->db))
		return false;
	for (struct store_job *job = jobs; job != NULL;
		job = (struct store_job *) job->item.next) {
		if (!item_apply(writer, job))
			return false;
		/* At once: look_in_open reads what lies over the border row by row. */
		while (trail_is_due(writer->totals.trailed, writer->totals.last_event))
			if (!trail_write(&writer->db, &writer->totals.trailed) ||
				!read_segment(writer))
				return false;
	}
	if (!uncounted_count(&writer->uncounted, &writer->counting, &writer->db))
		return false;
	/* With nothing but duplicates nothing is written, and COMMIT costs no fsync. */
	writer->has_written = sqlite3_total_changes64(writer->db.handle) != changes ||
			      uncounted_has_news(&writer->uncounted, &writer->tally);
	if (writer->has_written &&
		(!uncounted_note(&writer->uncounted, &writer->tally, &writer->db) ||
			!peaks_write(&writer->peaks, &writer->db) ||
			!topic_notes_write(&writer->notes, &writer->db) ||
			!write_totals(writer)))
		return false;
	return db_run(&writer->db, COMMIT);
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
	if (read_totals(writer) && read_segment(writer) &&
		uncounted_read(&writer->uncounted, &writer->db))
		return true;
	db_close(&writer->db);
	writer->is_open = false;
	return false;
}

/* jobs: NULL only to count. */
static bool run_batch(
	struct writer *writer, struct store_job *jobs, enum counting counting)
{
	int64_t began = clock_monotonic_ms();
	bool went_well = false;
	size_t count = 0;

	writer->counting = counting;
	if (writer->is_open || reopen(writer)) {
		went_well = apply_all(writer, jobs);
		if (went_well) {
			uncounted_commit(
				&writer->uncounted, &writer->tally, writer->counting);
			forget_batch(writer);
			keys_end_batch(&writer->keys);
			writer->before_batch = writer->totals;
			if (writer->has_written)
				readers_note_commit(writer->readers);
			catch_up_tell(writer->catch_up, &writer->uncounted);
		} else {
			roll_back(writer);
		}
	}
	for (struct store_job *job = jobs; job != NULL;
		job = (struct store_job *) job->item.next) {
		count += job->kind != STORE_COUNT;
		if (!went_well) {
			job->outcome = STORE_FAILED;
			item_forget_result(job);
		}
	}
	health_report(writer, went_well, count, clock_monotonic_ms() - began);
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
	return went_well;
}

static void say_not_rebuilt(struct writer *writer)
{
	int64_t now = clock_monotonic_ms();

	if (now < writer->next_failure_line)
		return;
	writer->next_failure_line = now + HEALTH_LINE_MS;
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

/* What was noted for the roll-ups. A failure is told as that of a batch. */
static void count(struct writer *writer)
{
	if (!run_batch(writer, NULL, COUNT_ALL))
		writer->count_again = clock_monotonic_ms() + COUNT_AGAIN_MS;
}

/* For how long to wait for jobs; negative: for ever. */
static int64_t patience(const struct writer *writer)
{
	int64_t wait = uncounted_wait_ms(&writer->uncounted);
	int64_t again = writer->count_again - clock_monotonic_ms();

	return wait >= 0 && wait < again ? again : wait;
}

/* Takes the wishes of readers out of what waits. */
static struct store_job *split(struct store_job *jobs, struct store_job **wishes)
{
	struct queue_item *others = NULL, **end = &others, *next;

	*wishes = NULL;
	for (struct queue_item *item = &jobs->item; item != NULL; item = next) {
		struct store_job *job = (struct store_job *) item;

		next = item->next;
		if (job->kind == STORE_COUNT) {
			item->next = *wishes != NULL ? &(*wishes)->item : NULL;
			*wishes = job;
		} else {
			item->next = NULL;
			*end = item;
			end = &item->next;
		}
	}
	return (struct store_job *) others;
}

/* What readers wish is counted in a transaction of its own: on a disk that is nearly full
 * it must not take the batch with it. */
static void run_jobs(struct writer *writer, struct store_job *jobs)
{
	struct store_job *wishes, *others = split(jobs, &wishes);

	if (others != NULL)
		run_batch(writer, others, COUNT_NOTHING);
	if (wishes != NULL)
		run_batch(writer, wishes, COUNT_NOTHING);
}

void *writer_run(void *closure)
{
	struct writer *writer = closure;

	for (;;) {
		struct queue_item *items =
			queue_take_all(writer->queue, patience(writer));

		if (items != NULL)
			run_jobs(writer, (struct store_job *) items);
		else if (queue_is_closed(writer->queue))
			break;
		if (patience(writer) == 0)
			count(writer);
		do_chores(writer);
	}
	/* What can't be counted now is at the next start. */
	if (writer->uncounted.since != 0)
		count(writer);
	return NULL;
}

bool writer_start(struct writer *writer, struct error *error)
{
	if (!read_totals(writer) || !read_segment(writer) ||
		!watch_build(&writer->watch, &writer->db) ||
		!uncounted_read(&writer->uncounted, &writer->db)) {
		db_explain(&writer->db, error);
		return schema_explain(&writer->db, writer->path, error);
	}
	writer->keys.uncounted = &writer->uncounted.tally;
	/* Those who wait for what is not counted yet must know of it. */
	catch_up_tell(writer->catch_up, &writer->uncounted);
	health_report(writer, true, 0, 0);
	return true;
}
