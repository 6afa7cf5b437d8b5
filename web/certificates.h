/* certificates.h - SNS's signing certificates: from the disk, else from SNS's host.
 * Private to web/. */
#ifndef WEB_CERTIFICATES_H
#define WEB_CERTIFICATES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/error.h"
#include "sns/keyring.h"
#include "sns/policy.h"
#include "web/courier.h"
#include "web/diary.h"

/* How many names may wait for the courier at once, and how many messages for each. */
#define CERTIFICATE_NAMES_MAX 16
#define CERTIFICATE_WAITERS_MAX 256

struct certificates;

/* folder is the cache; made if it isn't there. What else is given is borrowed until
 * certificates_free. NULL without memory. */
struct certificates *certificates_new(struct sns_keyring *keyring,
	struct courier *courier, struct diary *diary, const char *folder);
/* Takes NULL. Nobody may be waiting. */
void certificates_free(struct certificates *certificates);

/* Looks for a certificate on the disk and adds it to the keyring. False if there is none,
 * or none that can be read (logged). Any thread. */
bool certificates_load(struct certificates *certificates, const char *name);

enum certificate_outcome {
	CERTIFICATE_READY,	 /* in the keyring, and on the disk */
	CERTIFICATE_REFUSED,	 /* SNS's host says that there is none: 4xx */
	CERTIFICATE_UNAVAILABLE, /* the host fails, hangs, can't be reached or believed */
	CERTIFICATE_UNEXPECTED,	 /* the host answers with something that our tables don't
				    expect; an alarm was raised */
};

/* One that waits. */
struct certificate_wait {
	struct certificate_wait *next; /* private */
	void (*done)(struct certificate_wait *wait);
	void *owner;   /* the caller's */
	unsigned seen; /* certificates_arrived before the keyring was looked at */
	enum certificate_outcome outcome;
	struct error error; /* unless READY */
};

/* How many certificates have come from hosts so far. Any thread. */
unsigned certificates_arrived(struct certificates *certificates);

enum certificate_ask {
	CERTIFICATE_COMES, /* done will be called */
	CERTIFICATE_CAME,  /* one has come since wait->seen: look at the keyring again */
	CERTIFICATE_OVERLOAD,
};

/*
 * Asks for the certificate of a route. Whoever asks for the same one meanwhile waits for
 * the same call. done is called exactly once, on the courier's thread, within
 * COURIER_PATIENCE_MS; only after CERTIFICATE_COMES. published is the message's
 * Timestamp: a certificate that was not valid then is not kept. CERTIFICATE_OVERLOAD if
 * too many names or messages wait, or the ration is used up: junk names must not keep the
 * courier busy. Nothing remembers a failure. Any thread.
 */
enum certificate_ask certificates_ask(struct certificates *certificates,
	struct web_rules *rules, const struct sns_route *route, utc_ms published,
	struct certificate_wait *wait) __attribute__((warn_unused_result));

#endif
