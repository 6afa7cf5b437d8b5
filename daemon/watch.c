/* watch.c - the thread that looks, and when. */
#include "daemon/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "daemon/watch_inside.h"

/* When to look. A look that costs more than CHEAP_MS makes the next wait so many times as
 * long: it never takes more than a tenth of a core. */
struct rhythm {
	int64_t poll_ms;  /* whether anything was stored */
	int64_t least_ms; /* between two looks */
	int64_t most_ms;
};
static const struct rhythm usual = {200, 500, 15 * SECOND_MS};
static const struct rhythm quick = {5, 10, 50};
#define CHEAP_MS 50
#define TIMES 10

/* A look waits for the store, and SES may be asked to stop. */
#define PATIENCE_MS (5 * MINUTE_MS)
/* … but not for ever. */
#define STOP_SECONDS 30

/* Waits; true once we are to stop. */
static bool pause_or_stop(struct watch *watch, int64_t wait_ms)
{
	struct timespec until;
	bool is_stopping;
	int code = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t) (wait_ms / 1000);
	until.tv_nsec += (long) (wait_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_mutex_lock(&watch->lock);
	while (!watch->is_stopping && code == 0)
		code = pthread_cond_timedwait(&watch->stops, &watch->lock, &until);
	is_stopping = watch->is_stopping;
	pthread_mutex_unlock(&watch->lock);
	return is_stopping;
}

/* Grows with whatever the store does or fails to do. */
static uint64_t count_of(struct watch *watch)
{
	struct store_health health;

	return store_health(watch->store, &health, NULL)
		       ? health.commits + health.failures
		       : 0;
}

static void *run(void *argument)
{
	struct watch *watch = argument;
	const struct rhythm *rhythm = watch->is_quick ? &quick : &usual;
	int64_t least = 0, most = 0, cost;
	int64_t looked = clock_monotonic_ms();
	uint64_t seen = 0;

	while (!pause_or_stop(watch, rhythm->poll_ms)) {
		int64_t now = clock_monotonic_ms();
		uint64_t count = count_of(watch);
		bool is_news = count != seen || brake_is_calling(watch->brake);

		atomic_store(&watch->beat_ms, now);
		if (now - looked < least || (now - looked < most && !is_news))
			continue;
		seen = count;
		(void) watch_look(watch);
		looked = clock_monotonic_ms();
		cost = looked - now;
		least = cost > CHEAP_MS ? cost * TIMES : rhythm->least_ms;
		most = rhythm->most_ms > least ? rhythm->most_ms : least;
	}
	return NULL;
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return text_copy(".", 1);
	return slash == path ? text_copy("/", 1)
			     : text_copy(path, (size_t) (slash - path));
}

static void free_watch(struct watch *watch)
{
	brake_free(watch->brake);
	watch_book_finish(&watch->book);
	watch_alarms_finish(watch);
	watch_replay_finish(&watch->replay);
	web_rules_release(watch->rules);
	pthread_cond_destroy(&watch->stops);
	pthread_mutex_destroy(&watch->lock);
	free(watch->folder);
	free(watch);
}

static void init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
}

struct watch *watch_start(const struct watch_settings *settings, struct web *web,
	struct store *store, struct error *error)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	int code;

	if (watch == NULL) {
		error_set(error, "watch: out of memory");
		return NULL;
	}
	pthread_mutex_init(&watch->lock, NULL);
	init_condition(&watch->stops);
	watch->web = web;
	watch->store = store;
	watch->is_quick = settings->is_quick;
	watch->since = watch->rules_since = clock_now();
	watch->clock_offset = watch->since - clock_monotonic_ms();
	atomic_init(&watch->beat_ms, clock_monotonic_ms());
	watch->folder = folder_of(settings->store_path);
	watch->brake = brake_new(web, store);
	code = ENOMEM;
	if (watch->folder != NULL && watch->brake != NULL)
		code = pthread_create(&watch->thread, NULL, run, watch);
	if (code != 0) {
		error_set(error, "watch: its thread: %s", strerror(code));
		free_watch(watch);
		return NULL;
	}
	return watch;
}

bool watch_stop(struct watch *watch)
{
	struct timespec until;

	if (watch == NULL)
		return true;
	pthread_mutex_lock(&watch->lock);
	watch->is_stopping = true;
	pthread_cond_signal(&watch->stops);
	pthread_mutex_unlock(&watch->lock);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += STOP_SECONDS;
	/* Not pthread_clockjoin_np: the thread sanitizer of gcc 12 does not know it. */
	if (pthread_timedjoin_np(watch->thread, NULL, &until) != 0) {
		log_error("the watcher does not end");
		return false;
	}
	free_watch(watch);
	return true;
}

bool watch_is_alive(const struct watch *watch, int64_t now_ms)
{
	return now_ms - atomic_load(&watch->beat_ms) < PATIENCE_MS;
}
