/* courier.c - the thread that makes outgoing calls. */
#include "web/courier.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define QUEUE_MAX 64
#define CALL_MS 5000
#define CONNECT_MS 3000
#define STUCK_MS (60 * SECOND_MS)

struct courier {
	struct queue *queue;
	CURL *curl; /* of the thread; reused, so that connections are too */
	char user_agent[64];
	atomic_bool is_cancelled;
	_Atomic int64_t busy_since_ms; /* 0: idle */
	pthread_t thread;
};

static size_t keep_bytes(char *bytes, size_t size, size_t count, void *closure)
{
	struct courier_job *job = closure;

	(void) size; /* always 1 */
	return buffer_append(&job->answer, bytes, count) ? count : 0;
}

static int look_for_cancel(void *closure, curl_off_t download_total, curl_off_t download,
	curl_off_t upload_total, curl_off_t upload)
{
	struct courier *courier = closure;

	(void) download_total, (void) download, (void) upload_total, (void) upload;
	return atomic_load(&courier->is_cancelled) ? 1 : 0;
}

/* NULL if no other host stands in, or without memory (then *failed). */
static struct curl_slist *connect_instead(const struct web_rules *rules, bool *failed)
{
	char entry[300];
	struct curl_slist *list;

	*failed = false;
	if (rules->connect_to == NULL)
		return NULL;
	snprintf(entry, sizeof(entry), "::%s", rules->connect_to);
	list = curl_slist_append(NULL, entry);
	*failed = list == NULL;
	return list;
}

static void prepare(struct courier *courier, struct courier_job *job,
	struct curl_slist *instead, char words[CURL_ERROR_SIZE])
{
	CURL *curl = courier->curl;
	int64_t left = job->deadline_ms - clock_monotonic_ms();
	int64_t limit = left < CALL_MS ? left : CALL_MS;

	curl_easy_reset(curl); /* keeps the connections */
	curl_easy_setopt(curl, CURLOPT_URL, job->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	/* libcurl 7.88 joins its resolving thread after a timeout: a call would last as
	   long as getaddrinfo hangs. */
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, courier->user_agent);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long) (limit > 1 ? limit : 1));
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long) CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep_bytes);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, job);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_for_cancel);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, courier);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
	if (job->rules->ca_file != NULL && job->rules->ca_file[0] != '\0')
		curl_easy_setopt(curl, CURLOPT_CAINFO, job->rules->ca_file);
	if (instead != NULL) {
		curl_easy_setopt(curl, CURLOPT_CONNECT_TO, instead);
		/* What stands in is reached directly, whatever the environment says. */
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
	}
}

static void fetch(struct courier *courier, struct courier_job *job)
{
	char words[CURL_ERROR_SIZE] = "";
	struct curl_slist *instead;
	CURLcode code;
	long status = 0;
	bool failed;

	if (clock_monotonic_ms() >= job->deadline_ms) {
		error_set(&job->error, "other calls took too long");
		return;
	}
	instead = connect_instead(job->rules, &failed);
	if (failed) {
		error_set(&job->error, "out of memory");
		return;
	}
	prepare(courier, job, instead, words);
	code = curl_easy_perform(courier->curl);
	curl_easy_getinfo(courier->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_setopt(courier->curl, CURLOPT_CONNECT_TO, NULL);
	curl_easy_setopt(courier->curl, CURLOPT_ERRORBUFFER, NULL);
	curl_slist_free_all(instead);
	if (code == CURLE_WRITE_ERROR)
		error_set(&job->error, "the answer is longer than %d bytes",
			COURIER_ANSWER_MAX);
	else if (code == CURLE_ABORTED_BY_CALLBACK)
		error_set(&job->error, "the daemon is stopping");
	else if (code != CURLE_OK)
		error_set(&job->error, "%s",
			words[0] != '\0' ? words : curl_easy_strerror(code));
	else
		job->status = status;
}

static void *run(void *closure)
{
	struct courier *courier = closure;
	struct queue_item *items;

	pthread_setname_np(pthread_self(), "courier");
	while (true) {
		items = queue_take_all(courier->queue, -1);
		if (items == NULL && queue_is_closed(courier->queue))
			break;
		while (items != NULL) {
			struct courier_job *job = (struct courier_job *) items;

			items = items->next;
			atomic_store(&courier->busy_since_ms, clock_monotonic_ms());
			if (atomic_load(&courier->is_cancelled))
				error_set(&job->error, "the daemon is stopping");
			else
				fetch(courier, job);
			job->done(job);
		}
		atomic_store(&courier->busy_since_ms, 0);
	}
	return NULL;
}

struct courier *courier_start(const char *version, struct error *error)
{
	struct courier *courier = calloc(1, sizeof(*courier));

	if (courier == NULL)
		goto failed;
	courier->queue = queue_new(QUEUE_MAX);
	courier->curl = curl_easy_init();
	if (courier->queue == NULL || courier->curl == NULL)
		goto failed;
	snprintf(courier->user_agent, sizeof(courier->user_agent), "ses-feedbackd/%s",
		version);
	if (pthread_create(&courier->thread, NULL, run, courier) == 0)
		return courier;
failed:
	error_set(error, "the thread for outgoing calls can't be started");
	if (courier != NULL) {
		if (courier->curl != NULL)
			curl_easy_cleanup(courier->curl);
		queue_free(courier->queue);
	}
	free(courier);
	return NULL;
}

void courier_cancel(struct courier *courier)
{
	atomic_store(&courier->is_cancelled, true);
}

void courier_stop(struct courier *courier)
{
	if (courier == NULL)
		return;
	courier_cancel(courier);
	queue_close(courier->queue);
	pthread_join(courier->thread, NULL);
	curl_easy_cleanup(courier->curl);
	queue_free(courier->queue);
	free(courier);
}

bool courier_submit(struct courier *courier, struct courier_job *job)
{
	job->status = 0;
	job->error.text[0] = '\0';
	buffer_init(&job->answer, COURIER_ANSWER_MAX);
	return queue_put(courier->queue, &job->item);
}

bool courier_is_alive(struct courier *courier)
{
	int64_t since = atomic_load(&courier->busy_since_ms);

	return since == 0 || clock_monotonic_ms() - since < STUCK_MS;
}
