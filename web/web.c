/* web.c - the doors: opened in order, stopped in reverse. */
#include "web/web.h"

#include <curl/curl.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "web/certificates.h"
#include "web/connections.h"
#include "web/courier.h"
#include "web/development.h"
#include "web/ingest.h"
#include "web/inside.h"
#include "web/levels.h"
#include "web/messenger.h"
#include "web/parking.h"
#include "web/server.h"
#include "web/subscriptions.h"
#include "web/tls.h"

/* SNS waits for 15 seconds, and everything parked is done after 10. */
#define DRAIN_MS (20 * SECOND_MS)
/* For the answers to reach their clients. */
#define GRACE_MS (2 * SECOND_MS)

static const struct connection_limits limits = {
	.request = 30 * SECOND_MS,
	.idle = 120 * SECOND_MS,
	.answer = 120 * SECOND_MS,
};

/* libmicrohttpd aborts where it finds itself misused; the journal is to say where. */
static void panic(void *closure, const char *file, unsigned int line, const char *reason)
{
	(void) closure;
	log_error("libmicrohttpd: %s:%u: %s", file, line, reason == NULL ? "" : reason);
	abort();
}

static bool start_libraries(struct error *error)
{
	if (!crypto_start())
		return error_set(error, "OpenSSL can't be started");
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return error_set(error, "libcurl can't be started");
	MHD_set_panic_func(panic, NULL);
	return true;
}

static bool show_certificate(
	struct web *web, const struct web_rules *rules, struct error *error)
{
	struct tls_identity *identity;

	if (rules->certificate == NULL)
		return true;
	identity = tls_identity_read(rules->certificate, rules->private_key, error);
	if (identity == NULL)
		return false;
	tls_show(identity);
	web->feedback_is_tls = true;
	return true;
}

static bool start_parts(
	struct web *web, const struct web_settings *settings, struct error *error)
{
	web->diary = diary_new();
	web->keyring = sns_keyring_new();
	web->parking = parking_new();
	web->development = development_new();
	web->levels = levels_new();
	if (web->diary == NULL || web->keyring == NULL || web->parking == NULL ||
		web->development == NULL || web->levels == NULL)
		return error_set(error, "out of memory");
	web->courier = courier_start(web->version, error);
	if (web->courier == NULL)
		return false;
	web->certificates = certificates_new(
		web->keyring, web->courier, web->diary, settings->certificate_folder);
	web->connections = connections_start(&limits);
	if (web->certificates == NULL || web->connections == NULL)
		return error_set(error, "out of memory or threads");
	if (!development_prepare(web, web->rules, error) ||
		!show_certificate(web, web->rules, error))
		return false;
	/* Before the doors: a request may wake it. */
	web->messenger = messenger_start(web, error);
	return web->messenger != NULL;
}

static bool start_servers(
	struct web *web, const struct web_settings *settings, struct error *error)
{
	web->servers = calloc(settings->listener_count + 1, sizeof(*web->servers));
	if (web->servers == NULL)
		return error_set(error, "out of memory");
	for (size_t i = 0; i < settings->listener_count; i++) {
		web->servers[i] =
			server_start(web, &settings->listeners[i], settings, error);
		if (web->servers[i] == NULL)
			return false;
		web->server_count++;
	}
	return true;
}

struct web *web_start(
	const struct web_settings *settings, struct store *store, struct error *error)
{
	struct web *web = calloc(1, sizeof(*web));

	if (web == NULL) {
		web_rules_release(settings->rules);
		error_set(error, "out of memory");
		return NULL;
	}
	pthread_mutex_init(&web->rules_lock, NULL);
	web->store = store;
	web->rules = settings->rules;
	web->version = settings->version;
	web->still_well = settings->still_well;
	web->read_policy = settings->read_policy;
	web->started = clock_now();
	if (!start_libraries(error) || !start_parts(web, settings, error))
		goto failed;
	/* Before the doors open: the first answer already tells of it. */
	ingest_apply_aside(web, web->rules);
	if (!start_servers(web, settings, error))
		goto failed;
	subscriptions_resume(web, web->rules);
	return web;
failed:
	web_stop(web);
	return NULL;
}

bool web_check_certificate(
	const char *certificate, const char *private_key, struct error *error)
{
	struct tls_identity *identity =
		tls_identity_read(certificate, private_key, error);
	bool is_right = identity != NULL;

	tls_identity_free(identity);
	return is_right;
}

/* Whether the certificate of these rules can be shown by the doors that are open. */
static bool read_new_certificate(struct web *web, const struct web_rules *rules,
	struct tls_identity **identity, struct error *error)
{
	*identity = NULL;
	if (!web->feedback_is_tls) {
		if (rules->certificate != NULL)
			log_warning("the feedback door was opened without a certificate; "
				    "one takes a restart");
		return true;
	}
	if (rules->certificate == NULL)
		return error_set(error,
			"the feedback door was opened with a certificate; to go without "
			"takes a restart");
	*identity = tls_identity_read(rules->certificate, rules->private_key, error);
	return *identity != NULL;
}

bool web_reload(struct web *web, struct web_rules *rules, struct error *error)
{
	struct tls_identity *identity;

	if (!read_new_certificate(web, rules, &identity, error) ||
		!development_prepare(web, rules, error)) {
		tls_identity_free(identity);
		web_rules_release(rules);
		return false;
	}
	if (identity != NULL)
		tls_show(identity);
	/* Held: another reload might replace them while they are applied here. */
	web_rules_hold(rules);
	web_rules_release(web_rules_replace(web, rules));
	messenger_follow(web->messenger, rules);
	ingest_apply_aside(web, rules);
	subscriptions_resume(web, rules);
	web_rules_release(rules);
	return true;
}

void web_note_reload(struct web *web, const char *failure)
{
	if (failure == NULL)
		diary_alarm_clear(web->diary, "reload-failed", "");
	else
		diary_alarm(web->diary, "reload-failed", "", failure,
			"the old configuration is in use: correct it (ses-feedbackd "
			"--check-config shows where), and reload");
}

const char *web_listener_address(const struct web *web, size_t index)
{
	return index < web->server_count ? server_address(web->servers[index]) : NULL;
}

void web_messenger_wake(struct web *web)
{
	messenger_wake(web->messenger);
}

bool web_is_alive(struct web *web)
{
	return courier_is_alive(web->courier) && connections_is_alive(web->connections) &&
	       messenger_is_alive(web->messenger);
}

/* ---- stopping ---- */

static void wait_for_answers(struct web *web)
{
	const struct timespec step = {0, 5000000};
	int64_t deadline = clock_monotonic_ms() + GRACE_MS;

	while (atomic_load(&web->open_requests) > 0 && clock_monotonic_ms() < deadline)
		nanosleep(&step, NULL);
}

/* False if requests are parked still: to stop libmicrohttpd now would abort. */
static bool drain(struct web *web)
{
	atomic_store(&web->is_stopping, true);
	for (size_t i = 0; i < web->server_count; i++)
		server_quiesce(web->servers[i]);
	parking_close(web->parking);
	courier_cancel(web->courier);
	/* Gives up its attempts while the doors drain: what is not delivered lies in the
	   outbox. */
	messenger_cancel(web->messenger);
	if (!parking_wait_empty(web->parking, DRAIN_MS)) {
		log_error(
			"%zu requests still wait for the store after %d s; SNS will send "
			"them again",
			parking_count(web->parking), (int) (DRAIN_MS / SECOND_MS));
		return false;
	}
	wait_for_answers(web);
	return true;
}

void web_announce_stop(struct web *web)
{
	if (web != NULL)
		atomic_store(&web->is_stopping, true);
}

bool web_stop(struct web *web)
{
	if (web == NULL)
		return true;
	/* What hangs keeps all that it may touch; the process is about to end. */
	if (web->server_count > 0 && !drain(web))
		return false;
	for (size_t i = web->server_count; i > 0; i--)
		server_stop(web->servers[i - 1]);
	free(web->servers);
	connections_stop(web->connections);
	tls_forget();
	courier_stop(web->courier);
	/* After the doors, whose requests wake it; before the diary and the store, in
	   which it writes what came of the last attempt. */
	messenger_stop(web->messenger);
	certificates_free(web->certificates);
	development_free(web->development);
	levels_free(web->levels);
	parking_free(web->parking);
	sns_keyring_free(web->keyring);
	diary_free(web->diary);
	web_rules_release(web->rules);
	pthread_mutex_destroy(&web->rules_lock);
	free(web->development_key);
	free(web->development_certificate);
	free(web);
	curl_global_cleanup();
	return true;
}
