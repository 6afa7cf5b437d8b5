/* writer.h - the one thread that writes: what waits becomes one transaction. Private to
 * store/. */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/queue.h"
#include "store/catch_up.h"
#include "store/checkpointer.h"
#include "store/db.h"
#include "store/hosted.h"
#include "store/keys.h"
#include "store/names.h"
#include "store/peaks.h"
#include "store/readers.h"
#include "store/senders.h"
#include "store/store.h"
#include "store/tally.h"
#include "store/tombstones.h"
#include "store/topics.h"
#include "store/trail.h"
#include "store/uncounted.h"
#include "store/upkeep_round.h"
#include "store/watch.h"

/* The row of the table totals, in its order. */
struct totals {
	int64_t events, unrecognised, aside, suppressions;
	int64_t last_event; /* the highest id ever given */
	int64_t trailed;    /* segments of the trail that are written */
};

/* What guard.h remembers of the newest hard bounces, and what its look-ups may cost. */
#define GUARD_RECENT 5000
struct guard_memory {
	struct guard_bounce {
		int64_t key, hour;
		int64_t event;	 /* 0: none yet */
		bool is_counted; /* looked up, or another one stands for it */
	} recent[GUARD_RECENT];
	size_t recent_at;    /* the oldest, where the next one goes */
	int64_t credit;	     /* for look-ups: GUARD_CREDIT_A_MS for each ms they take */
	int64_t credited_at; /* monotonic */
	int64_t (*now_ms)(void); /* NULL: clock_monotonic_ms; a test's own clock */
	uint64_t lookups;
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
	struct tally tally;	    /* what this batch counts */
	struct uncounted uncounted; /* what earlier ones did */
	struct catch_up *catch_up;  /* the store's: who waits for the roll-ups */
	enum counting counting;	    /* with this batch */
	int64_t count_again;	    /* not before this, after a failure (monotonic) */
	struct keys keys;	    /* told apart in the tally */
	struct hosted hosted;	    /* providers of domains */
	struct senders senders;	    /* who sends */
	struct peaks peaks;	    /* how fast */
	struct topic_notes notes;
	struct watch watch;	       /* whose deliveries matter */
	struct open_segment open;      /* of the trail */
	struct guard_memory guard;     /* of bursts */
	struct tombstones *tombstones; /* the store's */
	struct upkeep_round round;     /* through the list and its evidence */
	struct totals totals;	       /* with this batch */
	struct totals before_item;     /* to go back to when an item fails */
	struct totals before_batch;    /* as committed */
	int log_pages;		       /* pages in SQLite's log after the last commit */
	int checkpoint_at;	       /* pages at which to empty it */
	struct checkpointer *checkpointer; /* the store's */
	bool has_asked_to_copy;
	bool wants_truncate;	   /* the log's file is to be emptied … */
	int64_t truncate_again;	   /* … not before this: a reader held it (monotonic) */
	int64_t next_failure_line; /* monotonic: not every failed batch says so */
	bool has_written;	   /* the last batch; duplicates write nothing */
	struct writer_report report;
};

/* Opens the writing connection, which must be there before the readers. */
bool writer_open(struct writer *writer, struct error *error);

/* Reads where things stand, before the thread is started. */
bool writer_start(struct writer *writer, struct error *error);

/* The thread: takes jobs until the queue is closed and empty. */
void *writer_run(void *writer);

void writer_close(struct writer *writer);

/* One item in its savepoint. False: the whole batch is lost. In item.c. */
bool item_apply(struct writer *writer, struct store_job *job);

/* Of a job that failed nothing was found or done. */
void item_forget_result(struct store_job *job);

/* What is remembered of rows that may be gone with what is rolled back. */
void writer_forget_rows(struct writer *writer);

/*
 * Each kind of work, in the file of its object; called inside a savepoint. STORE_FAILED
 * leaves what went wrong in writer->db, and what it wrote is rolled back.
 */
enum store_outcome record_event(struct writer *writer, struct store_job *job);
enum store_outcome kept_unrecognised(struct writer *writer, struct store_job *job);
enum store_outcome kept_aside(struct writer *writer, struct store_job *job);
enum store_outcome topics_change(struct writer *writer, struct store_job *job);
enum store_outcome hand_change(struct writer *writer, struct store_job *job);
enum store_outcome rejudge_apply(struct writer *writer, struct store_job *job);
enum store_outcome forget_address(struct writer *writer, struct store_job *job);
enum store_outcome reported_count(struct writer *writer, struct store_job *job);
enum store_outcome alerts_apply(struct writer *writer, struct store_job *job);
enum store_outcome silences_change(struct writer *writer, struct store_job *job);
enum store_outcome outbox_result(struct writer *writer, struct store_job *job);
enum store_outcome marks_change(struct writer *writer, struct store_job *job);
enum store_outcome upkeep_slice(struct writer *writer, struct store_job *job);

/* What a new event means for the list: evidence, then dossier_settle. origin: of the
 * event. In learn.c. */
bool learn_from(struct writer *writer, struct store_job *job,
	const struct ses_recipient *recipient, int64_t event_id, int64_t origin);

/* SQLite's log is emptied into the file at 64 MiB: the same page is then written once for
 * many changes. By hand rather than by wal_autocheckpoint, so that it happens after the
 * answers to the batch, and when no idle reader holds the log. In checkpoint.c. */
#define CHECKPOINT_PAGES 16000
void checkpoint_when_due(struct writer *writer);

/* After each batch, before anybody is told of it. The log says once when nothing can be
 * stored, then every HEALTH_LINE_MS, and when it can again. In health.c. */
#define HEALTH_LINE_MS (60 * 1000)
void health_report(struct writer *writer, bool went_well, size_t jobs, int64_t commit_ms);

/* A message that was set aside is set aside no more. */
bool kept_release(struct writer *writer, int64_t aside, bool *was_there);

#endif
