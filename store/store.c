/* store.c - the public face: open, submit, health, close. */
#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "store/forget.h"
#include "store/inside.h"
#include "store/schema.h"

#define QUEUE_LIMIT_DEFAULT 4096
#define READER_COUNT_DEFAULT 4

/* After an unclean stop a file up to this size is looked through at the start. */
#define QUICK_CHECK_BYTES_MAX ((off_t) 64 * 1024 * 1024)

/* Global statistics of SQLite cost a process-wide mutex at every allocation. */
static void configure_sqlite(void)
{
	/* Misuse if somebody initialised SQLite before: then it stays as it is. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_initialize();
}

/* The name of a file beside the database; freed by the caller. */
static char *beside(const char *path, const char *suffix)
{
	size_t size = strlen(path) + strlen(suffix) + 1;
	char *name = malloc(size);

	if (name != NULL)
		snprintf(name, size, "%s%s", path, suffix);
	return name;
}

static bool lock_store(struct store *store, struct error *error)
{
	char *name = beside(store->path, ".lock");
	bool went_well = false;

	if (name == NULL)
		return error_set(error, "out of memory");
	store->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (store->lock < 0)
		error_set(error, "store %s: lock file %s: %s", store->path, name,
			strerror(errno));
	else if (flock(store->lock, LOCK_EX | LOCK_NB) != 0)
		error_set(error,
			errno == EWOULDBLOCK ? "store %s: another ses-feedbackd uses it "
					       "(it holds %s)"
					     : "store %s: lock file %s can't be locked",
			store->path, name);
	else
		went_well = true;
	free(name);
	return went_well;
}

/* Addresses are personal data, and SQLite gives its other two files the mode of the
 * first: so it is made here. */
static bool create_file(struct store *store, struct error *error)
{
	int file = open(store->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (file < 0)
		return error_set(error, "store %s: %s", store->path, strerror(errno));
	close(file);
	return true;
}

static off_t file_size(const char *path, const char *suffix)
{
	char *name = beside(path, suffix);
	struct stat status;
	off_t size = 0;

	if (name != NULL && stat(name, &status) == 0)
		size = status.st_size;
	free(name);
	return size;
}

/* A log that is left over means that nobody closed the file. */
static bool check_after_crash(
	struct store *store, bool was_unclean, off_t size, struct error *error)
{
	char verdict[256];

	if (!was_unclean || size >= QUICK_CHECK_BYTES_MAX)
		return true;
	if (!db_ask_text(&store->writer.db, "PRAGMA quick_check(1)", verdict,
		    sizeof(verdict))) {
		db_explain(&store->writer.db, error);
		return schema_explain(&store->writer.db, store->path, error);
	}
	if (text_equal(verdict, "ok"))
		return true;
	return error_set(error,
		"store %s: is damaged; put a backup in its place, or move it away to "
		"begin anew: %s",
		store->path, verdict);
}

/* What is in the file is judged by a connection that changes nothing yet. */
static bool check_before(struct store *store, struct error *error)
{
	struct db db;
	bool went_well;

	if (!db_open(&db, store->path, false, error))
		return schema_explain(&db, store->path, error);
	went_well = schema_check(&db, store->path, error);
	db_close(&db);
	return went_well;
}

static bool open_files(
	struct store *store, const struct store_settings *settings, struct error *error)
{
	unsigned reader_count = settings->reader_count > 0 ? settings->reader_count
							   : READER_COUNT_DEFAULT;
	bool was_unclean;
	int migrated_from;
	off_t size;

	if (!lock_store(store, error) || !create_file(store, error))
		return false;
	was_unclean = file_size(store->path, "-wal") > 0;
	size = file_size(store->path, "");
	if (!check_before(store, error))
		return false;
	if (!writer_open(&store->writer, error))
		return schema_explain(&store->writer.db, store->path, error);
	if (!check_after_crash(store, was_unclean, size, error) ||
		!schema_migrate(&store->writer.db, store->path, &migrated_from, error))
		return false;
	if (migrated_from == 0)
		log_info("store %s: a new one", store->path);
	else if (migrated_from > 0)
		log_info("store %s: migrated from version %d to %d", store->path,
			migrated_from, schema_version());
	if (!tombstones_open(&store->tombstones, &store->writer.db, store->path, error))
		return false;
	store->writer.tombstones = &store->tombstones;
	store->readers = readers_new(store->path, reader_count, error);
	store->writer.readers = store->readers;
	if (store->readers == NULL)
		return false;
	store->checkpointer = checkpointer_start(store->path, error);
	if (store->checkpointer == NULL)
		return error_prefix(error, "store %s", store->path);
	store->writer.checkpointer = store->checkpointer;
	return writer_start(&store->writer, error);
}

static void free_store(struct store *store)
{
	checkpointer_stop(store->checkpointer);
	readers_free(store->readers);
	writer_close(&store->writer);
	queue_free(store->queue);
	if (store->lock >= 0)
		close(store->lock);
	catch_up_finish(&store->catch_up);
	pthread_mutex_destroy(&store->writer.report.lock);
	free(store->path);
	free(store);
}

struct store *store_open(const struct store_settings *settings, struct error *error)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct store *store = calloc(1, sizeof(*store));
	int code;

	if (store == NULL) {
		error_set(error, "out of memory");
		return NULL;
	}
	pthread_once(&once, configure_sqlite);
	store->lock = -1;
	pthread_mutex_init(&store->writer.report.lock, NULL);
	catch_up_init(&store->catch_up);
	names_init(&store->writer.names);
	uncounted_init(&store->writer.uncounted);
	store->path = text_copy(settings->path, strlen(settings->path));
	store->queue = queue_new(
		settings->queue_limit > 0 ? settings->queue_limit : QUEUE_LIMIT_DEFAULT);
	if (store->path == NULL || store->queue == NULL) {
		error_set(error, "out of memory");
		goto failed;
	}
	store->writer.path = store->path;
	store->writer.keep_events_ms = settings->keep_events_ms;
	store->writer.queue = store->queue;
	store->writer.catch_up = &store->catch_up;
	if (!open_files(store, settings, error))
		goto failed;
	code = pthread_create(&store->thread, NULL, writer_run, &store->writer);
	if (code != 0) {
		error_set(error, "store %s: its thread: %s", store->path, strerror(code));
		goto failed;
	}
	pthread_setname_np(store->thread, "store");
	return store;
failed:
	free_store(store);
	return NULL;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	queue_close(store->queue);
	pthread_join(store->thread, NULL);
	free_store(store);
}

bool store_submit(struct store *store, struct store_job *job)
{
	return queue_put(store->queue, &job->item);
}

/* Where store_submit_and_wait sleeps. */
struct waiter {
	pthread_mutex_t lock;
	pthread_cond_t is_done;
	bool done;
};

static void wake(struct store_job *job)
{
	struct waiter *waiter = job->owner;

	pthread_mutex_lock(&waiter->lock);
	waiter->done = true;
	pthread_cond_signal(&waiter->is_done);
	pthread_mutex_unlock(&waiter->lock);
}

enum store_outcome store_submit_and_wait(struct store *store, struct store_job *job)
{
	struct waiter waiter = {
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.is_done = PTHREAD_COND_INITIALIZER,
	};

	assert(!pthread_equal(pthread_self(), store->thread));
	if (job->kind == STORE_FORGET)
		forget_look_ahead(store->readers, job);
	job->done = wake;
	job->owner = &waiter;
	if (store_submit(store, job)) {
		pthread_mutex_lock(&waiter.lock);
		while (!waiter.done)
			pthread_cond_wait(&waiter.is_done, &waiter.lock);
		pthread_mutex_unlock(&waiter.lock);
	} else {
		job->outcome = STORE_FAILED;
	}
	pthread_cond_destroy(&waiter.is_done);
	pthread_mutex_destroy(&waiter.lock);
	free(job->named);
	job->named = NULL;
	job->named_count = 0;
	job->named_until = 0;
	return job->outcome;
}

bool store_health(struct store *store, struct store_health *health, struct error *error)
{
	struct writer_report *report = &store->writer.report;

	(void) error;
	pthread_mutex_lock(&report->lock);
	*health = report->health;
	pthread_mutex_unlock(&report->lock);
	health->queued = queue_count(store->queue);
	health->database_bytes = (uint64_t) file_size(store->path, "");
	health->log_bytes = (uint64_t) file_size(store->path, "-wal");
	return true;
}
