/* web.h - the doors: who may ask us what over HTTP(S), and whom we ask. */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto.h"
#include "base/error.h"
#include "ses/brake.h"
#include "ses/event.h"
#include "ses/reputation.h"
#include "ses/suppression.h"
#include "ses/watching.h"
#include "sns/policy.h"
#include "store/store.h"

enum web_role { WEB_ROLE_NONE, WEB_ROLE_READ, WEB_ROLE_SUPPORT, WEB_ROLE_WRITE };

struct web_token {
	const char *name;
	enum web_role role;
	uint8_t sha256[SHA256_SIZE]; /* of the token */
};

/* NAME:PASSWORD as one text, as HTTP Basic sends it. */
struct web_credential {
	const char *name_and_password;
};

enum web_channel_type {
	WEB_CHANNEL_WEBHOOK,
	WEB_CHANNEL_SLACK,
	WEB_CHANNEL_EMAIL,
	WEB_CHANNEL_ALERTMANAGER,
	WEB_CHANNEL_COMMAND,
};

/* Bits of web_channel.levels: 1 << enum ses_level, and one for what is resolved. */
#define WEB_LEVEL_RECOVERED (1u << 31)

/* Where alerts are told: a section [alert "NAME"]. NULL where not set. */
struct web_channel {
	const char *name;
	enum web_channel_type type;
	const char *url;    /* http, https; smtp, smtps of an email */
	const char *secret; /* webhook: the bytes of the secret's text ("whsec_…") */
	const char *const *old_secrets; /* still signed with as well, ends with NULL */
	unsigned levels; /* which are told; a step over a level tells that level */
	const char *const *kinds;     /* names of alerts; NULL: all; ends with NULL */
	const char *from, *const *to; /* email */
	const char *user, *password;  /* email, or HTTP Basic */
	bool starttls;		      /* email: required */
	const char *ca_file;
	const char *const *command; /* argv; ends with NULL */
	int64_t timeout_ms;	    /* of one attempt */
};

/* How to call AWS: section [aws]. */
struct web_aws {
	const char *access_key, *secret_key, *session_token; /* NULL: none */
	const char *endpoint; /* URL in place of email.REGION.amazonaws.com; NULL */
	const char *ca_file;
};

/*
 * What a reload may change: one immutable snapshot, counted. Whoever makes it
 * (daemon/config.c) fills it, sets owners to 1 and release; the doors hold it while a
 * request uses it. release is called by the last holder, on any thread.
 */
struct web_rules {
	struct sns_policy policy;
	bool confirm_automatically;
	bool development;
	const char *feedback_path; /* "/sns" */
	const char *certificate;   /* of the feedback door; NULL: no TLS */
	const char *private_key;
	const char *ca_file;	/* NULL: the system's */
	const char *connect_to; /* HOST:PORT in place of SNS's endpoints; NULL */
	const struct web_credential *credentials;
	size_t credential_count; /* 0: none asked for */
	const struct web_token *tokens;
	size_t token_count;
	struct ses_judgement_policy judgement;
	struct ses_reputation_settings reputation;
	struct ses_suppression_policy suppression;
	struct ses_watch_settings watch;
	const struct web_channel *channels;
	size_t channel_count;
	struct ses_brake_settings brake;
	struct web_aws aws;

	atomic_uint owners;
	void (*release)(struct web_rules *rules);
};

struct web_rules *web_rules_hold(struct web_rules *rules);
void web_rules_release(struct web_rules *rules); /* takes NULL */

enum web_door {
	WEB_DOOR_FEEDBACK,
	WEB_DOOR_ADMIN_SOCKET, /* file permissions guard it: everybody may do everything
				*/
	WEB_DOOR_ADMIN,	       /* TCP: tokens */
};

struct web_listener {
	enum web_door door;
	const char
		*address; /* "0.0.0.0:8443", "[::]:8443", "127.0.0.1:0", "unix:/path" */
	int fd;		  /* from systemd, listening already; -1: we open it */
};

struct web_settings {
	const struct web_listener *listeners;
	size_t listener_count;
	const char *certificate_folder; /* cache of SNS's signing certificates */
	struct web_rules *rules;	/* taken over: one owner */
	const char *version;
	/* Called now and then by long work on the thread of web_start and web_reload, so
	   that a watchdog sees it get on; NULL: nobody watches. */
	void (*still_well)(void);
	/* Reads the policy out of a configuration's text, for /v1/policy/diff; on the
	   thread of a door. NULL: such a text is refused. */
	bool (*read_policy)(const char *text, size_t length,
		struct ses_suppression_policy *policy, struct error *error);
	unsigned feedback_threads; /* 0: cores - 1, at least 1 */
	unsigned connection_limit; /* of each listener; 0: a default */
};

/* Whether a chain and its private key can be read and belong together, before anything
 * listens. Logs a warning if the certificate has expired. */
bool web_check_certificate(const char *certificate, const char *private_key,
	struct error *error) __attribute__((warn_unused_result));

struct web;

/*
 * Opens every door (a stale Unix socket file is replaced; admin.sock gets mode 0660) and
 * starts its threads; applies what was set aside for topics that are configured now, and
 * confirms what waits. All signals must be blocked by the caller, and curl_global_init
 * and crypto_start are done here or before. NULL with the reason in error.
 */
struct web *web_start(
	const struct web_settings *settings, struct store *store, struct error *error);

/*
 * Takes new rules (one owner) for all requests that begin from now on, and a new TLS
 * certificate for new connections; drops no connection. On failure (the certificate can't
 * be read or doesn't fit its key) the old rules and certificate stay and the new ones are
 * released.
 */
bool web_reload(struct web *web, struct web_rules *rules, struct error *error);

/* The address a listener got, as "127.0.0.1:43521" or "unix:/path"; for port 0. index as
 * in the settings. */
const char *web_listener_address(const struct web *web, size_t index);

/* For the status: the configuration could not be reloaded, and why; NULL: it was. */
void web_note_reload(struct web *web, const char *failure);

/* ---- for the watcher (daemon/watch.h) ---- */

/* The rules of the moment, held for the caller. */
struct web_rules *web_rules_of(struct web *web);

/* The alarms of the doors that stand now. Borrowed for the call. */
struct web_alarm {
	const char *name, *object, *text, *advice;
	utc_ms since;
	uint64_t count;
};
typedef void web_each_alarm_function(void *closure, const struct web_alarm *alarm);
void web_each_alarm(struct web *web, web_each_alarm_function *each, void *closure);

/* An alarm that stood before a restart stands again, until the doors clear it. */
void web_restore_alarm(struct web *web, const char *name, const char *object,
	const char *text, const char *advice);

/* When the certificate of the feedback door ends; UTC_NONE: there is none. */
utc_ms web_certificate_ends(struct web *web);

/* How often a replay has begun, and how often one has ended, since start: between the two
 * nothing is news. */
void web_replays(struct web *web, uint64_t *begun, uint64_t *ended);

/* There is something new in the outbox. Any thread; does not wait. */
void web_messenger_wake(struct web *web);

/* Stops or starts sending at SES (PutConfigurationSetSendingOptions; an empty
 * configuration_set: PutAccountSendingAttributes), as
 * https://docs.aws.amazon.com/ses/latest/APIReference-V2/ describes them. Waits for the
 * answer, at most 15 s; any thread that may wait. error has what SES said. */
bool web_ses_sending(struct web *web, const struct web_rules *rules, const char *region,
	const char *configuration_set, bool enabled, struct error *error);

/* A level as the watcher judged it for the brake. */
struct web_level {
	const char *account, *region;
	const char *configuration_set; /* "": of the account */
	enum ses_level level;	       /* from the last resume on */
	bool is_since_resume;	       /* that made a difference */
	const char *would; /* it would have been stopped but for the dry run: why; NULL:
			      it would not */
};

/* What /v1/may-send shows until the next time. Copies; any thread. False without memory:
 * then nothing is known. */
bool web_levels_put(
	struct web *web, const struct web_level *levels, size_t count, utc_ms at);

/* Whether every door and thread is well, for the watchdog. */
bool web_is_alive(struct web *web);

/* We are about to stop: calls of SES that are under way give up. Any thread; does not
 * wait; takes NULL. */
void web_announce_stop(struct web *web);

/* Stops in the order that loses nothing: gate, drain, grace,
 * libmicrohttpd, courier. The store still runs. Takes NULL. False if
 * something hangs: then nothing is freed, threads may go on using the store, and the
 * process is to end without closing it. */
bool web_stop(struct web *web);

#endif
