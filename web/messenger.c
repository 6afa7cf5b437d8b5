/* messenger.c - works the outbox off: one thread a channel. */
#include "web/messenger.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "web/channel_work.h"
#include "web/diary.h"
#include "web/inside.h"

/* The thread of one channel. */
struct worker {
	struct worker *next; /* in the messenger's list */
	struct messenger *messenger;
	char *channel; /* its name */
	pthread_t thread;
	atomic_bool is_cancelled;
	struct channel_work work;
	uint64_t news, reloads; /* of the messenger, as its thread last saw them */
};

struct messenger {
	struct web *web;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	uint64_t news, reloads;
	struct worker *workers; /* changed by the thread of web_reload only */
	struct worker *leaving; /* cancelled, to be joined; of that thread alone */
};

/* ---- the thread of a channel ---- */

static void set_deadline(struct timespec *deadline, int64_t wait_ms)
{
	clock_gettime(CLOCK_MONOTONIC, deadline);
	deadline->tv_sec += wait_ms / SECOND_MS;
	deadline->tv_nsec += wait_ms % SECOND_MS * 1000000;
	if (deadline->tv_nsec >= 1000000000) {
		deadline->tv_nsec -= 1000000000;
		deadline->tv_sec++;
	}
}

/* Until there is news, the worker is cancelled, or the time is over. */
static void wait_for_news(struct worker *worker, int64_t wait_ms)
{
	struct messenger *messenger = worker->messenger;
	struct timespec deadline;

	set_deadline(&deadline, wait_ms);
	pthread_mutex_lock(&messenger->lock);
	while (messenger->news == worker->news && !atomic_load(&worker->is_cancelled))
		if (pthread_cond_timedwait(
			    &messenger->changed, &messenger->lock, &deadline) != 0)
			break;
	pthread_mutex_unlock(&messenger->lock);
}

/* Before the outbox is read: what comes after is news again. */
static void take_news(struct worker *worker)
{
	struct messenger *messenger = worker->messenger;
	bool is_reloaded;

	pthread_mutex_lock(&messenger->lock);
	is_reloaded = worker->reloads != messenger->reloads;
	worker->news = messenger->news;
	worker->reloads = messenger->reloads;
	pthread_mutex_unlock(&messenger->lock);
	if (is_reloaded) {
		/* What was wrong may be right now. */
		worker->work.takes_all = true;
		worker->work.hold_until_ms = 0;
	}
}

static void *run(void *closure)
{
	struct worker *worker = closure;
	sigset_t signals;

	/* A receiver that closes early is an error of a write, not our end. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	pthread_setname_np(pthread_self(), "messenger");
	while (!atomic_load(&worker->is_cancelled)) {
		int64_t wait_ms;

		take_news(worker);
		wait_ms = channel_work(&worker->work);
		if (wait_ms > 0)
			wait_for_news(worker, wait_ms);
	}
	return NULL;
}

/* ---- the threads ---- */

static void free_worker(struct worker *worker)
{
	if (worker == NULL)
		return;
	free(worker->channel);
	free(worker);
}

static struct worker *start_worker(
	struct messenger *messenger, const char *channel, struct error *error)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	int code = ENOMEM;

	if (worker != NULL)
		worker->channel = strdup(channel);
	if (worker == NULL || worker->channel == NULL)
		goto failed;
	worker->messenger = messenger;
	worker->reloads = messenger->reloads;
	worker->work = (struct channel_work){
		.web = messenger->web,
		.channel = worker->channel,
		.is_cancelled = &worker->is_cancelled,
		/* A channel that comes back by a reload; a start keeps to the times. */
		.takes_all = messenger->reloads > 0,
	};
	code = pthread_create(&worker->thread, NULL, run, worker);
	if (code == 0)
		return worker;
failed:
	free_worker(worker);
	error_set(error, "channel %s: its thread can't be started: %s", channel,
		strerror(code));
	return NULL;
}

static bool has_channel(const struct web_rules *rules, const char *name)
{
	for (size_t i = 0; i < rules->channel_count; i++)
		if (text_equal(rules->channels[i].name, name))
			return true;
	return false;
}

/* On the thread that alone changes the list. */
static bool has_worker(const struct messenger *messenger, const char *channel)
{
	const struct worker *worker = messenger->workers;

	while (worker != NULL && !text_equal(worker->channel, channel))
		worker = worker->next;
	return worker != NULL;
}

static bool start_missing(
	struct messenger *messenger, const struct web_rules *rules, struct error *error)
{
	bool went_well = true;

	for (size_t i = 0; i < rules->channel_count; i++) {
		const char *name = rules->channels[i].name;
		struct worker *worker;

		if (has_worker(messenger, name))
			continue;
		worker = start_worker(messenger, name, error);
		if (worker == NULL) {
			went_well = false;
			continue;
		}
		pthread_mutex_lock(&messenger->lock);
		worker->next = messenger->workers;
		messenger->workers = worker;
		pthread_mutex_unlock(&messenger->lock);
	}
	return went_well;
}

static void join_all(struct worker *worker)
{
	while (worker != NULL) {
		struct worker *next = worker->next;

		pthread_join(worker->thread, NULL);
		free_worker(worker);
		worker = next;
	}
}

/* Cancels those whose channel is no more; they are joined later, when they have given up
 * what was under way. */
static void dismiss(struct messenger *messenger, const struct web_rules *rules)
{
	struct worker **place = &messenger->workers;

	pthread_mutex_lock(&messenger->lock);
	while (*place != NULL) {
		struct worker *worker = *place;

		if (has_channel(rules, worker->channel)) {
			place = &worker->next;
			continue;
		}
		*place = worker->next;
		worker->next = messenger->leaving;
		messenger->leaving = worker;
		atomic_store(&worker->is_cancelled, true);
	}
	messenger->news++;
	messenger->reloads++;
	pthread_cond_broadcast(&messenger->changed);
	pthread_mutex_unlock(&messenger->lock);
	for (struct worker *worker = messenger->leaving; worker != NULL;
		worker = worker->next)
		diary_alarm_clear(
			messenger->web->diary, "channel-failing", worker->channel);
}

void messenger_follow(struct messenger *messenger, const struct web_rules *rules)
{
	struct error error = {""};

	/* Of the reload before: a channel that comes back must not have two threads. */
	join_all(messenger->leaving);
	messenger->leaving = NULL;
	dismiss(messenger, rules);
	if (!start_missing(messenger, rules, &error))
		log_error("%s; its messages wait for the next reload", error.text);
}

void messenger_wake(struct messenger *messenger)
{
	if (messenger == NULL)
		return;
	pthread_mutex_lock(&messenger->lock);
	messenger->news++;
	pthread_cond_broadcast(&messenger->changed);
	pthread_mutex_unlock(&messenger->lock);
}

void messenger_cancel(struct messenger *messenger)
{
	if (messenger == NULL)
		return;
	pthread_mutex_lock(&messenger->lock);
	for (struct worker *worker = messenger->workers; worker != NULL;
		worker = worker->next)
		atomic_store(&worker->is_cancelled, true);
	pthread_cond_broadcast(&messenger->changed);
	pthread_mutex_unlock(&messenger->lock);
}

bool messenger_is_alive(struct messenger *messenger)
{
	int64_t now_ms = clock_monotonic_ms();
	bool is_alive = true;

	if (messenger == NULL)
		return true;
	pthread_mutex_lock(&messenger->lock);
	for (struct worker *worker = messenger->workers; worker != NULL;
		worker = worker->next) {
		int64_t stuck_at_ms = atomic_load(&worker->work.stuck_at_ms);

		if (stuck_at_ms != 0 && now_ms > stuck_at_ms)
			is_alive = false;
	}
	pthread_mutex_unlock(&messenger->lock);
	return is_alive;
}

struct messenger *messenger_start(struct web *web, struct error *error)
{
	struct messenger *messenger = calloc(1, sizeof(*messenger));
	pthread_condattr_t attributes;

	if (messenger == NULL) {
		error_set(error, "out of memory");
		return NULL;
	}
	messenger->web = web;
	pthread_mutex_init(&messenger->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&messenger->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	if (start_missing(messenger, web->rules, error))
		return messenger;
	messenger_stop(messenger);
	return NULL;
}

void messenger_stop(struct messenger *messenger)
{
	if (messenger == NULL)
		return;
	messenger_cancel(messenger);
	join_all(messenger->workers);
	join_all(messenger->leaving);
	pthread_cond_destroy(&messenger->changed);
	pthread_mutex_destroy(&messenger->lock);
	free(messenger);
}
