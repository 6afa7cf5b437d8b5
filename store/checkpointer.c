/* checkpointer.c - copies SQLite's log into the file while the writer writes on. */
#include "store/checkpointer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/db.h"

/* The writer copies so many pages in some milliseconds. */
#define LITTLE_PAGES 200
#define ROUNDS_MAX 8

struct checkpointer {
	struct db db; /* the thread's */
	pthread_t thread;
	pthread_mutex_t lock; /* of the two below */
	pthread_cond_t has_news;
	bool is_asked, stops;
};

/* What comes while a round copies is the next one's. */
static void copy(struct checkpointer *checkpointer)
{
	int before = 0, in_log = 0, done = 0;

	for (int i = 0; i < ROUNDS_MAX; i++) {
		if (sqlite3_wal_checkpoint_v2(checkpointer->db.handle, NULL,
			    SQLITE_CHECKPOINT_PASSIVE, &in_log, &done) != SQLITE_OK ||
			done < in_log || in_log - before <= LITTLE_PAGES)
			return;
		before = in_log;
	}
}

static void *run(void *closure)
{
	struct checkpointer *checkpointer = closure;

	pthread_mutex_lock(&checkpointer->lock);
	while (!checkpointer->stops) {
		if (!checkpointer->is_asked) {
			pthread_cond_wait(&checkpointer->has_news, &checkpointer->lock);
			continue;
		}
		pthread_mutex_unlock(&checkpointer->lock);
		copy(checkpointer);
		pthread_mutex_lock(&checkpointer->lock);
		checkpointer->is_asked = false;
	}
	pthread_mutex_unlock(&checkpointer->lock);
	return NULL;
}

struct checkpointer *checkpointer_start(const char *path, struct error *error)
{
	struct checkpointer *checkpointer = calloc(1, sizeof(*checkpointer));
	int64_t version;
	int code;

	if (checkpointer == NULL) {
		error_set(error, "out of memory");
		return NULL;
	}
	pthread_mutex_init(&checkpointer->lock, NULL);
	pthread_cond_init(&checkpointer->has_news, NULL);
	if (!db_open(&checkpointer->db, path, true, error))
		goto failed;
	/* A connection knows its log after the first read. */
	if (!db_ask(&checkpointer->db, "PRAGMA schema_version", &version)) {
		db_explain(&checkpointer->db, error);
		goto failed;
	}
	code = pthread_create(&checkpointer->thread, NULL, run, checkpointer);
	if (code != 0) {
		error_set(error, "its checkpointing thread: %s", strerror(code));
		goto failed;
	}
	pthread_setname_np(checkpointer->thread, "checkpointer");
	return checkpointer;
failed:
	db_close(&checkpointer->db);
	pthread_cond_destroy(&checkpointer->has_news);
	pthread_mutex_destroy(&checkpointer->lock);
	free(checkpointer);
	return NULL;
}

void checkpointer_stop(struct checkpointer *checkpointer)
{
	if (checkpointer == NULL)
		return;
	pthread_mutex_lock(&checkpointer->lock);
	checkpointer->stops = true;
	pthread_cond_signal(&checkpointer->has_news);
	pthread_mutex_unlock(&checkpointer->lock);
	pthread_join(checkpointer->thread, NULL);
	db_close(&checkpointer->db);
	pthread_cond_destroy(&checkpointer->has_news);
	pthread_mutex_destroy(&checkpointer->lock);
	free(checkpointer);
}

void checkpointer_ask(struct checkpointer *checkpointer)
{
	pthread_mutex_lock(&checkpointer->lock);
	checkpointer->is_asked = true;
	pthread_cond_signal(&checkpointer->has_news);
	pthread_mutex_unlock(&checkpointer->lock);
}

bool checkpointer_is_done(struct checkpointer *checkpointer)
{
	bool is_done;

	pthread_mutex_lock(&checkpointer->lock);
	is_done = !checkpointer->is_asked;
	pthread_mutex_unlock(&checkpointer->lock);
	return is_done;
}
