/* certificates.c - SNS's signing certificates, asked of SNS's host: coalesced, rationed,
 * judged, kept. */
#include "web/certificates.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/publickey.h"
#include "base/text.h"
#include "web/cache.h"
#include "web/ration.h"

/* Rotation needs one fetch a year and region; a ration that junk names can use up only
 * by asking all the time. */
#define RATION_BURST 60
#define RATION_INTERVAL_MS 1000

/* One call under way. Belongs to the list until the courier is done with it. */
struct fetch {
	struct fetch *next;
	struct certificates *certificates;
	char name[SNS_CERTIFICATE_NAME_SIZE];
	char host[SNS_HOST_SIZE];
	char subject[SNS_HOST_SIZE];
	utc_ms published;
	char url[SNS_HOST_SIZE + SNS_CERTIFICATE_NAME_SIZE + 16];
	struct courier_job job;
	struct certificate_wait *waiting;
	size_t waiting_count;
};

struct certificates {
	struct sns_keyring *keyring;
	struct courier *courier;
	struct diary *diary;
	const char *folder;
	pthread_mutex_t lock; /* all below */
	struct fetch *fetches;
	size_t fetch_count;
	struct ration ration;
	unsigned arrived;
};

struct certificates *certificates_new(struct sns_keyring *keyring,
	struct courier *courier, struct diary *diary, const char *folder)
{
	struct certificates *certificates = calloc(1, sizeof(*certificates));

	if (certificates == NULL)
		return NULL;
	certificates->keyring = keyring;
	certificates->courier = courier;
	certificates->diary = diary;
	certificates->folder = folder;
	pthread_mutex_init(&certificates->lock, NULL);
	ration_init(&certificates->ration, RATION_BURST, RATION_INTERVAL_MS);
	cache_prepare(folder);
	return certificates;
}

void certificates_free(struct certificates *certificates)
{
	if (certificates == NULL)
		return;
	assert(certificates->fetches == NULL);
	pthread_mutex_destroy(&certificates->lock);
	free(certificates);
}

bool certificates_load(struct certificates *certificates, const char *name)
{
	struct error error = {""};
	struct buffer pem;
	bool is_loaded = false;

	if (!cache_read(certificates->folder, name, &pem))
		return false;
	is_loaded = sns_keyring_add(certificates->keyring, name,
		pem.bytes == NULL ? "" : pem.bytes, pem.length, &error);
	if (!is_loaded)
		log_warning("certificate %s/%s: %s, asking SNS for it",
			certificates->folder, name, error.text);
	buffer_finish(&pem);
	return is_loaded;
}

/* ---- what the host answered ---- */

static bool is_valid_at(const struct certificate *certificate, utc_ms time)
{
	return time >= certificate->not_before && time <= certificate->not_after;
}

/* Whether a certificate is one that may be kept. The Timestamp is that of whoever asked
 * first, and proves nothing yet: it can only speak for a certificate, not against it. The
 * keyring judges it again for every message; but one that no message can be verified with
 * would be in the way of the right one, once the host has it. */
static bool may_keep(const struct fetch *fetch, struct error *error)
{
	const struct buffer *pem = &fetch->job.answer;
	struct certificate certificate;
	bool is_right = false;

	if (!certificate_read(pem->bytes == NULL ? "" : pem->bytes, pem->length,
		    &certificate, error))
		return false;
	if (certificate.is_authority)
		error_set(error, "it is an authority's certificate");
	else if (!certificate.is_rsa || certificate.key_bits < SNS_KEY_BITS_MIN)
		error_set(
			error, "its key is not RSA of %d bits or more", SNS_KEY_BITS_MIN);
	else if (!text_equal(certificate.subject, fetch->subject))
		error_set(error, "its common name is \"%s\", not \"%s\"",
			certificate.subject, fetch->subject);
	else if (!is_valid_at(&certificate, clock_now()) &&
		 !is_valid_at(&certificate, fetch->published))
		error_set(
			error, "it is valid neither now nor at the message's Timestamp");
	else
		is_right = true;
	certificate_finish(&certificate);
	return is_right;
}

static enum certificate_outcome keep(const struct fetch *fetch, struct error *error)
{
	struct certificates *certificates = fetch->certificates;
	const struct buffer *pem = &fetch->job.answer;

	if (!may_keep(fetch, error) ||
		!sns_keyring_add(certificates->keyring, fetch->name, pem->bytes,
			pem->length, error)) {
		error_prefix(error, "certificate %s of %s", fetch->name, fetch->host);
		diary_alarm(certificates->diary, "certificate-unexpected", fetch->name,
			error->text,
			"SNS gets 503 and tries again; if the certificate is genuine, "
			"this "
			"program's tables are too old: look for a newer version");
		return CERTIFICATE_UNEXPECTED;
	}
	cache_write(certificates->folder, fetch->name, pem);
	log_info("certificate %s: fetched from %s", fetch->name, fetch->host);
	diary_alarm_clear(certificates->diary, "certificate-unexpected", fetch->name);
	diary_alarm_clear(certificates->diary, "certificate-unavailable", fetch->host);
	return CERTIFICATE_READY;
}

/* 408, 425 and 429 say "not now", not "no". */
static bool means_no(long status)
{
	return status >= 400 && status < 500 && status != 408 && status != 425 &&
	       status != 429;
}

static enum certificate_outcome judge_answer(
	const struct fetch *fetch, struct error *error)
{
	const struct courier_job *job = &fetch->job;
	char text[600];

	if (job->status == 200)
		return keep(fetch, error);
	if (means_no(job->status)) {
		error_set(error, "%s has no certificate %s (it answered %ld)",
			fetch->host, fetch->name, job->status);
		return CERTIFICATE_REFUSED;
	}
	if (job->status != 0)
		error_set(error, "%s answered %ld", fetch->host, job->status);
	else
		error_set(error, "%s: %s", fetch->host, job->error.text);
	snprintf(text, sizeof(text), "signing certificates can't be fetched: %s",
		error->text);
	diary_alarm(fetch->certificates->diary, "certificate-unavailable", fetch->host,
		text,
		"SNS gets 503 and tries again: "
		"check "
		"this host's way out, ca_file and connect_to, or put the certificate "
		"into "
		"the certificates folder by hand");
	return CERTIFICATE_UNAVAILABLE;
}

/* ---- who waits ---- */

/* With the lock held. */
static void unlink_fetch(struct certificates *certificates, struct fetch *fetch)
{
	struct fetch **place = &certificates->fetches;

	while (*place != fetch)
		place = &(*place)->next;
	*place = fetch->next;
	certificates->fetch_count--;
}

/* Tells all that wait, but for except, and frees. */
static void end_fetch(struct fetch *fetch, enum certificate_outcome outcome,
	const struct error *error, const struct certificate_wait *except)
{
	struct certificates *certificates = fetch->certificates;
	struct certificate_wait *wait, *next;

	pthread_mutex_lock(&certificates->lock);
	unlink_fetch(certificates, fetch);
	if (outcome == CERTIFICATE_READY)
		certificates->arrived++;
	pthread_mutex_unlock(&certificates->lock);
	for (wait = fetch->waiting; wait != NULL; wait = next) {
		next = wait->next;
		if (wait == except)
			continue;
		wait->outcome = outcome;
		wait->error = *error;
		wait->done(wait); /* wait may be freed now */
	}
	web_rules_release(fetch->job.rules);
	buffer_finish(&fetch->job.answer);
	free(fetch);
}

/* The courier's thread. */
static void fetch_done(struct courier_job *job)
{
	struct fetch *fetch = job->owner;
	struct error error = {""};
	enum certificate_outcome outcome = judge_answer(fetch, &error);

	end_fetch(fetch, outcome, &error, NULL);
}

static struct fetch *new_fetch(struct certificates *certificates, struct web_rules *rules,
	const struct sns_route *route, utc_ms published)
{
	struct fetch *fetch = calloc(1, sizeof(*fetch));

	if (fetch == NULL)
		return NULL;
	fetch->certificates = certificates;
	snprintf(fetch->name, sizeof(fetch->name), "%s", route->certificate_name);
	snprintf(fetch->host, sizeof(fetch->host), "%s", route->host);
	snprintf(
		fetch->subject, sizeof(fetch->subject), "%s", route->certificate_subject);
	snprintf(fetch->url, sizeof(fetch->url), "https://%s/%s", fetch->host,
		fetch->name);
	fetch->published = published;
	fetch->job.url = fetch->url;
	fetch->job.rules = web_rules_hold(rules);
	fetch->job.deadline_ms = clock_monotonic_ms() + COURIER_PATIENCE_MS;
	fetch->job.done = fetch_done;
	fetch->job.owner = fetch;
	return fetch;
}

unsigned certificates_arrived(struct certificates *certificates)
{
	unsigned arrived;

	pthread_mutex_lock(&certificates->lock);
	arrived = certificates->arrived;
	pthread_mutex_unlock(&certificates->lock);
	return arrived;
}

/* With the lock held. */
static struct fetch *find_fetch(
	struct certificates *certificates, const struct sns_route *route)
{
	struct fetch *fetch = certificates->fetches;

	while (fetch != NULL && (!text_equal(fetch->name, route->certificate_name) ||
					!text_equal(fetch->host, route->host)))
		fetch = fetch->next;
	return fetch;
}

/* With the lock held: a new call, if that is allowed now. */
static struct fetch *begin_fetch(struct certificates *certificates,
	struct web_rules *rules, const struct sns_route *route, utc_ms published)
{
	struct fetch *fetch;

	if (certificates->fetch_count >= CERTIFICATE_NAMES_MAX ||
		!ration_take(&certificates->ration, clock_monotonic_ms()))
		return NULL;
	fetch = new_fetch(certificates, rules, route, published);
	if (fetch != NULL) {
		fetch->next = certificates->fetches;
		certificates->fetches = fetch;
		certificates->fetch_count++;
	}
	return fetch;
}

enum certificate_ask certificates_ask(struct certificates *certificates,
	struct web_rules *rules, const struct sns_route *route, utc_ms published,
	struct certificate_wait *wait)
{
	static const struct error overload = {"the courier takes no more calls"};
	struct fetch *fetch, *fresh = NULL;
	enum certificate_ask answer = CERTIFICATE_OVERLOAD;

	pthread_mutex_lock(&certificates->lock);
	if (certificates->arrived != wait->seen) {
		answer = CERTIFICATE_CAME;
		fetch = NULL;
	} else {
		fetch = find_fetch(certificates, route);
		if (fetch == NULL)
			fetch = fresh =
				begin_fetch(certificates, rules, route, published);
	}
	if (fetch != NULL && fetch->waiting_count < CERTIFICATE_WAITERS_MAX) {
		answer = CERTIFICATE_COMES;
		wait->next = fetch->waiting;
		fetch->waiting = wait;
		fetch->waiting_count++;
	}
	pthread_mutex_unlock(&certificates->lock);
	if (fresh == NULL || courier_submit(certificates->courier, &fresh->job))
		return answer;
	/* Others may have joined meanwhile. */
	end_fetch(fresh, CERTIFICATE_UNAVAILABLE, &overload, wait);
	return CERTIFICATE_OVERLOAD;
}
