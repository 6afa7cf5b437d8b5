/* readers.c - connections that only read, lent to one thread at a time. */
#include "store/readers.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "store/lookup.h"

/*
 * A reader that is given back keeps its transaction open while nothing was committed, for
 * beginning and ending one costs several system calls and a look-up only a few
 * microseconds. After a commit the writer ends those of idle readers, and a reader that
 * was busy meanwhile ends its own when it comes back; so none holds the log for longer
 * than its own query. What another process writes is seen after this time at the latest.
 */
#define SNAPSHOT_MS 1000

struct reader {
	struct db db; /* first: a lent db is its reader */
	bool has_snapshot;
	uint64_t commit; /* that the snapshot includes */
	int64_t since;	 /* monotonic */
	struct lookup lookup;
	struct reader *next;
};

struct readers {
	pthread_mutex_t lock;
	pthread_cond_t is_back;
	struct reader *idle; /* last given back first: its cache is warm */
	unsigned count;
	uint64_t commit;
	bool has_snapshots; /* maybe, among the idle */
	struct reader all[];
};

struct readers *readers_new(const char *path, unsigned count, struct error *error)
{
	struct readers *readers =
		calloc(1, sizeof(*readers) + count * sizeof(readers->all[0]));

	if (readers == NULL) {
		error_set(error, "out of memory");
		return NULL;
	}
	pthread_mutex_init(&readers->lock, NULL);
	pthread_cond_init(&readers->is_back, NULL);
	for (unsigned i = 0; i < count; i++) {
		struct reader *reader = &readers->all[i];

		if (!db_open(&reader->db, path, false, error)) {
			error_prefix(error, "store %s", path);
			readers_free(readers);
			return NULL;
		}
		reader->next = readers->idle;
		readers->idle = reader;
		readers->count++;
	}
	return readers;
}

void readers_free(struct readers *readers)
{
	if (readers == NULL)
		return;
	for (unsigned i = 0; i < readers->count; i++) {
		lookup_finish(&readers->all[i].lookup);
		db_close(&readers->all[i].db);
	}
	pthread_cond_destroy(&readers->is_back);
	pthread_mutex_destroy(&readers->lock);
	free(readers);
}

static void end_snapshot(struct reader *reader)
{
	if (!sqlite3_get_autocommit(reader->db.handle))
		db_execute(&reader->db, "ROLLBACK");
	reader->has_snapshot = false;
}

struct db *readers_borrow(struct readers *readers, struct error *error)
{
	struct reader *reader;
	uint64_t commit;
	int64_t now = clock_monotonic_ms();

	pthread_mutex_lock(&readers->lock);
	while (readers->idle == NULL)
		pthread_cond_wait(&readers->is_back, &readers->lock);
	reader = readers->idle;
	readers->idle = reader->next;
	commit = readers->commit;
	pthread_mutex_unlock(&readers->lock);

	if (reader->has_snapshot &&
		(reader->commit != commit || now - reader->since >= SNAPSHOT_MS))
		end_snapshot(reader);
	if (!reader->has_snapshot) {
		/* The snapshot is taken by the first read after BEGIN, so at this commit
		   or a later one. */
		if (!db_execute(&reader->db, "BEGIN")) {
			db_explain(&reader->db, error);
			readers_return(readers, &reader->db);
			return NULL;
		}
		lookup_forget(&reader->lookup);
		reader->has_snapshot = true;
		reader->commit = commit;
		reader->since = now;
	}
	return &reader->db;
}

struct lookup *readers_lookup(struct db *db)
{
	return &((struct reader *) db)->lookup;
}

static void put_back(struct readers *readers, struct reader *reader)
{
	reader->next = readers->idle;
	readers->idle = reader;
	readers->has_snapshots = readers->has_snapshots || reader->has_snapshot;
	pthread_cond_signal(&readers->is_back);
}

void readers_return(struct readers *readers, struct db *db)
{
	struct reader *reader = (struct reader *) db;
	bool is_fresh;

	/* An error may have ended the transaction. */
	if (sqlite3_get_autocommit(db->handle))
		reader->has_snapshot = false;
	pthread_mutex_lock(&readers->lock);
	is_fresh = !reader->has_snapshot || reader->commit == readers->commit;
	if (is_fresh)
		put_back(readers, reader);
	pthread_mutex_unlock(&readers->lock);
	if (is_fresh)
		return;
	end_snapshot(reader);
	pthread_mutex_lock(&readers->lock);
	put_back(readers, reader);
	pthread_mutex_unlock(&readers->lock);
}

void readers_note_commit(struct readers *readers)
{
	pthread_mutex_lock(&readers->lock);
	readers->commit++;
	pthread_mutex_unlock(&readers->lock);
	readers_let_go(readers);
}

void readers_let_go(struct readers *readers)
{
	struct reader *held;

	pthread_mutex_lock(&readers->lock);
	held = readers->has_snapshots ? readers->idle : NULL;
	if (held != NULL)
		readers->idle = NULL;
	readers->has_snapshots = false;
	pthread_mutex_unlock(&readers->lock);

	while (held != NULL) {
		struct reader *next = held->next;

		end_snapshot(held);
		pthread_mutex_lock(&readers->lock);
		put_back(readers, held);
		pthread_mutex_unlock(&readers->lock);
		held = next;
	}
}
