/* writer.h - the one thread that writes: what waits becomes one transaction. Private to
 * store/. */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/queue.h"
#include "store/db.h"
#include "store/names.h"
#include "store/readers.h"
#include "store/store.h"
#include "store/tally.h"
#include "store/topics.h"

/* The row of the table totals, in its order. */
struct totals {
	int64_t events, unrecognised, aside, suppressions;
	int64_t last_event; /* the highest id ever given */
	int64_t trailed;    /* segments of the trail that are written */
};

/* What other threads may ask for. */
struct writer_report {
	pthread_mutex_t lock;
	struct store_health health;
};

/* Everything here belongs to the writing thread, once it runs; but for the report. */
struct writer {
	const char *path;
	int64_t keep_events_ms;
	struct queue *queue;
	struct readers *readers;
	struct db db;
	bool is_open; /* false after an I/O error until the file could be opened again */
	struct names names;
	struct tally tally;
	struct topic_notes notes;
	struct totals totals;	    /* with this batch */
	struct totals before_item;  /* to go back to when an item fails */
	struct totals before_batch; /* as committed */
	int log_pages;		    /* pages in SQLite's log after the last commit */
	int checkpoint_at;	    /* pages at which to empty it */
	bool wants_truncate;	    /* upkeep asked to shrink the log's file */
	int64_t next_failure_line;  /* monotonic: not every failed batch says so */
	bool has_written;	    /* the last batch; duplicates write nothing */
	struct writer_report report;
};

/* Opens the writing connection, which must be there before the readers. */
bool writer_open(struct writer *writer, struct error *error);

/* Reads where things stand, before the thread is started. */
bool writer_start(struct writer *writer, struct error *error);

/* The thread: takes jobs until the queue is closed and empty. */
void *writer_run(void *writer);

void writer_close(struct writer *writer);

/*
 * Each kind of work, in the file of its object; called inside a savepoint. STORE_FAILED
 * leaves what went wrong in writer->db, and what it wrote is rolled back.
 */
enum store_outcome record_event(struct writer *writer, struct store_job *job);
enum store_outcome kept_unrecognised(struct writer *writer, struct store_job *job);
enum store_outcome kept_aside(struct writer *writer, struct store_job *job);
enum store_outcome topics_change(struct writer *writer, struct store_job *job);
enum store_outcome suppressions_put(struct writer *writer, struct store_job *job);
enum store_outcome suppressions_remove(struct writer *writer, struct store_job *job);
enum store_outcome upkeep_slice(struct writer *writer, struct store_job *job);

/* What an event means for the list: adds or changes the entry for everything. */
bool suppressions_learn(struct writer *writer, const struct store_job *job,
	const struct ses_recipient *recipient, int64_t event_id);

/* A message that was set aside is set aside no more. */
bool kept_release(struct writer *writer, int64_t aside, bool *was_there);

#endif
