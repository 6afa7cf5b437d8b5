/* inside.h - what the doors share. Private to web/. */
#ifndef WEB_INSIDE_H
#define WEB_INSIDE_H

#include <pthread.h>

#include "sns/keyring.h"
#include "store/store.h"
#include "web/diary.h"
#include "web/web.h"

struct certificates;
struct connections;
struct courier;
struct development;
struct levels;
struct messenger;
struct parking;
struct server;

/* Made by web_start, in this order; freed by web_stop in reverse. Fields are set once and
 * only read after, but for rules, which its lock guards, and for the counters. */
struct web {
	struct store *store;
	struct diary *diary;
	struct sns_keyring *keyring;
	struct parking *parking; /* the gate for suspended requests */
	struct courier *courier; /* the thread that makes outgoing calls */
	struct certificates
		*certificates;		 /* SNS's signing certificates: disk, then host */
	struct connections *connections; /* closes clients that are slow on purpose */
	struct development *development; /* the key that `simulate` signs with */
	struct levels *levels;		 /* as the watcher judged them last */
	struct messenger *messenger;	 /* a thread a channel: works the outbox off */
	struct server **servers;	 /* one a listener */
	_Atomic size_t server_count;	 /* grows while the first doors answer already */
	const char *version;
	void (*still_well)(void);			     /* or NULL */
	bool (*read_policy)(const char *text, size_t length, /* or NULL */
		struct ses_suppression_policy *policy, struct error *error);
	utc_ms started;
	bool feedback_is_tls; /* some feedback door shows a certificate */

	/* PEM of the private key `simulate` signs with, and the name of its certificate.
	   To be read only by who holds rules with development = true: made before such
	   rules are seen for the first time, and never changed. */
	char *development_key;
	char *development_certificate;

	pthread_mutex_t rules_lock;
	struct web_rules *rules;

	atomic_bool is_stopping;
	atomic_bool store_is_failing; /* the alarm store-failing is raised */
	atomic_size_t open_requests;  /* from the request line to the end of the answer */
	atomic_bool is_comparing;     /* a policy with the recorded feedback */
	atomic_bool is_preflighting;  /* a list is taken in or judged */
	atomic_uint_fast64_t replays_begun, replays_ended; /* calls of api_replay */
	atomic_size_t body_bytes; /* bodies that are being held at the feedback door */
};

/* The rules now, held for the caller. */
struct web_rules *web_rules_now(struct web *web);

/* Makes these the rules from now on; returns the old ones, still held. */
struct web_rules *web_rules_replace(struct web *web, struct web_rules *rules);

/* Confirms the subscription of a topic by hand (POST /v1/topics/ARN/confirm): waits for
 * SNS's answer. Not from the store's or courier's thread. */
bool web_confirm_topic(struct web *web, struct web_rules *rules, const char *arn,
	const char *token, struct error *error);

/* The SigningCertURL of messages about a topic that the development key signs; freed by
 * the caller, NULL if there is none. */
char *web_development_url(struct web *web, const char *topic_arn);

#endif
