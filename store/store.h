/* store.h - what we remember: one writing thread, lent readers. Names no SQLite. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/queue.h"
#include "ses/diagnostic.h"
#include "ses/event.h"
#include "ses/suppression.h"
#include "store/counting.h"

struct store;

struct store_settings {
	const char *path;	/* of the database; its folder must exist */
	int64_t keep_events_ms; /* older events (by publication) are pruned */
	size_t queue_limit;	/* jobs that may wait; 0: a default */
	unsigned reader_count;	/* reading connections; 0: a default */
};

/*
 * Opens (creates, migrates) the store and starts its writing thread. Refuses a database
 * newer than itself, one that is not ours, a damaged one, and one that another daemon
 * holds; never recreates anything. Logs what it migrated. NULL with the reason in error.
 */
struct store *store_open(const struct store_settings *settings, struct error *error);

/* Takes no more jobs, finishes those that wait (their done is called), closes. Takes
 * NULL. Nobody may be reading. */
void store_close(struct store *store);

/* ---- writing ---- */

enum store_job_kind {
	STORE_RECORD,	    /* an event that was understood and judged */
	STORE_UNRECOGNISED, /* a genuine notification that was not understood */
	STORE_ASIDE, /* a genuine notification of a topic not configured, to be applied
			later */
	STORE_TOPIC, /* what became of a subscription */
	STORE_CHANGE_LIST,  /* rules by hand, imports: one or many, all or none of them */
	STORE_POLICY_APPLY, /* decide some addresses anew by a changed policy */
	STORE_FORGET,	    /* take an address out of everything that is kept */
	STORE_REPORT_SENDS, /* a denominator by the application's word */
	STORE_ALERTS,	    /* what became of alerts, and what is to be told: alerts.h */
	STORE_SILENCE,	    /* alerts.h */
	STORE_OUTBOX,	    /* what became of a delivery: outbox.h */
	STORE_MARK,	    /* a fresh start, or a change of the brake: marks.h */
	STORE_UPKEEP, /* prune a slice, shrink the log; STORE_DONE with changed = true if
			 there is more to prune */
	STORE_COUNT,  /* the store's own: catch_up.h */
};

enum store_outcome {
	STORE_DONE,	 /* durable */
	STORE_DUPLICATE, /* all of it was there already: nothing written, but that a
			    set-aside message was removed */
	STORE_FAILED, /* nothing of it is stored: full disk, damaged file, …; logged by
			 the store */
};

/* The notification around an event. All borrowed until done. */
struct store_notification {
	const char *message_id; /* SNS's */
	const char *topic_arn;
	const char *subject; /* NULL: none */
	utc_ms published;    /* SNS's Timestamp */
	const char *message; /* the inner text */
	size_t message_length;
};

enum store_topic_state {
	STORE_TOPIC_UNKNOWN = 0,   /* configured, nothing heard yet */
	STORE_TOPIC_PENDING = 1,   /* a confirmation waits (token) */
	STORE_TOPIC_CONFIRMED = 2, /* we confirmed it, or a notification came */
	STORE_TOPIC_CANCELLED = 3, /* UnsubscribeConfirmation */
};

struct store_topic_change {
	const char *arn;
	enum store_topic_state state;
	const char *token;	      /* PENDING: to confirm with; else NULL */
	const char *subscription_arn; /* CONFIRMED: as SNS named it; else NULL */
	utc_ms at; /* the signed Timestamp, or now; an older change than the stored one is
		      ignored (STORE_DUPLICATE), but CONFIRMED by us counts always */
};

/* One entry of the suppression list, or a rule by hand. Texts borrowed. */
struct store_suppression {
	const char *address; /* normal form, or "@domain" */
	const char *original;
	const char *scope; /* ses/scope.h */
	enum ses_hand hand;
	enum ses_reason reason;
	bool is_certain;
	utc_ms since;
	utc_ms expires; /* UTC_NONE: never */
	int at_ses; /* 2 blocked as an import said, 1 blocked as feedback says, 0 clear,
		       -1 unknown; put as 1, 0 or -1 */
	int64_t event;	   /* the event that put it there; 0 none */
	const char *note;  /* "" none */
	const char *actor; /* who put it there; "" learnt from feedback */
	int64_t version; /* the last change of (address, scope): of all its rows; an entry
			    by another means than store_suppression_get: of its row */
};

enum store_change_kind {
	STORE_PUT,    /* by hand; the same again changes nothing */
	STORE_IMPORT, /* adds what is not there; see store_change */
	STORE_REMOVE, /* by hand: leaves a REMOVED rule if there was anything */
	STORE_NEVER,  /* a NEVER rule */
	STORE_NEVER_NO_MORE,
};

enum store_change_result {
	STORE_UNCHANGED,
	STORE_ADDED,
	STORE_CHANGED,
	STORE_REMOVED,
	STORE_OUTRANKED, /* IMPORT: a rule by hand is newer than the line, or says never
			  */
	STORE_CONFLICT,	 /* the entry's version is another than expected */
	STORE_NOT_SOFT,	 /* REMOVE with only_soft: more than soft entries stand there */
};

/* One change by hand. An IMPORT takes its own since; where the list holds an entry of the
 * same scope that stands and is as strong or stronger nothing changes but at_ses, which a
 * known value (not -1) updates. */
struct store_change {
	enum store_change_kind kind;
	struct store_suppression entry; /* PUT, IMPORT: all but hand, actor, version; the
					   others: address, original, scope, note */
	int64_t expected_version;	/* -1 any; 0 no entry; else the entry's version */
	bool only_soft; /* REMOVE: soft-bounce, no-such-domain, quarantine */

	enum store_change_result result; /* for done */
	int64_t version; /* of (address, scope) after it; 0 nothing there */
	int at_ses;	 /* what is known of the address after it */
};

/* What the application says it sent, for those who have no Send or Delivery events. Texts
 * borrowed. */
struct store_report {
	const char *id; /* NULL: none; one that was reported in the last 30 days counts
			   no more */
	const char *account, *region, *identity; /* identity: "" unknown */
	const char *recipient_domain;		 /* normal form; "" unknown */
	utc_ms at;				 /* when it was sent */
	int64_t count;
	bool is_duplicate; /* for done */
};

struct store_alert_batch; /* alerts.h */
struct store_silence_change;
struct store_delivery_result; /* outbox.h */
struct store_mark_change;     /* marks.h */

/* A burst of hard bounces that look false: see store/guard.h. */
struct store_burst {
	int64_t count; /* of the last two hours, this one too; 0: none */
	char provider[64];
	char signature[SES_SIGNATURE_SIZE];
};

/*
 * One piece of work. The caller fills the inputs and hands it over with store_submit;
 * from then on it is the store's until done is called, exactly once, on the store's
 * thread with no lock held, after the commit was fsynced (or failed). done must be short
 * and must not call store_submit_and_wait. What the inputs point to must live until then.
 */
struct store_job {
	struct queue_item item; /* private */
	enum store_job_kind kind;
	struct store_notification notification; /* RECORD, UNRECOGNISED, ASIDE */
	const struct ses_event *event;		/* RECORD */
	bool is_development; /* RECORD: signed with the development key; kept with the
				event */
	int64_t aside; /* RECORD, UNRECOGNISED: also remove this set-aside message; 0 none
			*/
	const char *why;		 /* UNRECOGNISED: what was not understood */
	struct store_topic_change topic; /* TOPIC */
	struct store_change *changes; /* CHANGE_LIST; a conflict or a NOT_SOFT among them
					 leaves the others as they are decided */
	size_t change_count;
	const struct ses_suppression_policy
		*policy;   /* RECORD, CHANGE_LIST, POLICY_APPLY */
	const char *actor; /* CHANGE_LIST, POLICY_APPLY, FORGET: who does it */
	const char *cause; /* the same: "" or a few words for the audit trail */
	const char *const *addresses; /* POLICY_APPLY: whom; FORGET: one, normal form */
	size_t address_count;
	struct store_report *reports; /* REPORT_SENDS */
	size_t report_count;
	struct store_alert_batch *alerts;	/* ALERTS */
	struct store_silence_change *silence;	/* SILENCE */
	struct store_delivery_result *delivery; /* OUTBOX */
	struct store_mark_change *mark;		/* MARK */
	int counting;				/* COUNT: enum counting */
	bool keeps_block; /* FORGET: what suppresses it goes on, under a keyed digest */
	utc_ms now;	  /* when it was received */
	void (*done)(struct store_job *job);
	void *owner;	/* the caller's */
	int64_t *named; /* private, as are the next: FORGET; zero */
	size_t named_count;
	int64_t named_until;

	enum store_outcome outcome; /* for done */
	bool changed;		  /* UPKEEP: more to prune; FORGET: there was something */
	size_t recorded;	  /* RECORD: events that were new; POLICY_APPLY: addresses
				     that changed; FORGET: events */
	struct store_burst burst; /* RECORD: this hard bounce went into quarantine */
};

/* Any thread. False: the queue is full or the store is closing; the job is still the
 * caller's and done is not called. */
bool store_submit(struct store *store, struct store_job *job)
	__attribute__((warn_unused_result));

/* Submits (done and owner are the store's) and waits; a refused job gives STORE_FAILED.
 * Not from the store's own thread. STORE_FORGET is better given this way: the long search
 * is then done on the caller's thread. */
enum store_outcome store_submit_and_wait(struct store *store, struct store_job *job);

/* ---- reading: any thread but the store's own; false with error when the store could not
 * be read ---- */

/*
 * Entries are handed to each one after another; texts are borrowed for the call. each
 * returns false to stop.
 */
typedef bool store_each_suppression(void *closure, const struct store_suppression *entry);

/* The strongest entry of exactly that address (or "@domain") and scope that stands now
 * and that no NEVER rule overrules; each is called at most once. A tombstone counts. */
bool store_suppression_get(struct store *store, const char *address, const char *scope,
	utc_ms now, store_each_suppression *each, void *closure, struct error *error);

struct store_suppression_filter {
	const char *prefix;	   /* of the normal form; NULL or "" any */
	enum ses_reason reason;	   /* SES_REASON_NONE any */
	const char *scope;	   /* NULL any */
	utc_ms since;		   /* UTC_NONE any; entries whose since is at or after */
	utc_ms until;		   /* UTC_NONE any; entries whose since is before */
	bool exceptions;	   /* the NEVER rules instead of the entries */
	const char *after_address; /* cursor: what comes after this pair; NULL from the
				      beginning */
	const char *after_scope;
	size_t limit;
};

/* In order of address, scope: for each pair the strongest entry that stands now and is
 * not overruled (tombstones are not listed). Looks at a bounded number of rows: *next_*,
 * freed by the caller, is the pair to go on after, NULL at the end; a page can be short,
 * or empty, and still have a next. */
bool store_suppression_list(struct store *store,
	const struct store_suppression_filter *filter, utc_ms now,
	store_each_suppression *each, void *closure, char **next_address,
	char **next_scope, struct error *error);

/* Called for each address that is not plainly clear: index is its place in addresses;
 * entry is what ses_suppression_verdict tells (PROBATION: the entry that expired). */
typedef bool store_each_verdict(void *closure, size_t index, enum ses_verdict verdict,
	const struct store_suppression *entry);

/* May these be mailed? addresses are normal forms; sorted ones are fastest. One read
 * transaction. entry->address is the "@domain" where that is what suppresses. */
bool store_suppression_check(struct store *store, const char *const *addresses,
	size_t count, const struct ses_scopes *scopes, utc_ms now,
	store_each_verdict *each, void *closure, struct error *error);

/* All that is known of one address or "@domain": every row of the list (expired ones,
 * REMOVED and NEVER too), every piece of evidence. Either callback may be NULL. */
typedef bool store_each_evidence(void *closure, const struct ses_evidence *evidence);
bool store_dossier(struct store *store, const char *address,
	store_each_suppression *each_row, store_each_evidence *each_evidence,
	void *closure, struct error *error);

/* One change of the list, as the audit trail keeps it. before and after are JSON objects
 * of what stood in the scope ({"reason","hand","certain","since","expires","note"}), NULL
 * for nothing. */
struct store_list_change {
	int64_t id; /* grows */
	utc_ms at;
	const char *address, *scope;
	const char *what;  /* "added" "changed" "removed" "exempted" "not-exempted"
			      "forgotten" */
	const char *actor; /* "feedback", "policy", a token's name, "unix:NAME" */
	const char *cause; /* "" or a few words */
	int64_t event;	   /* 0 none */
	const char *before, *after;
};
typedef bool store_each_list_change(
	void *closure, const struct store_list_change *change);

struct store_list_change_filter {
	const char *address; /* NULL any */
	utc_ms since, until; /* UTC_NONE any */
	int64_t before;	     /* cursor: ids below; 0 from the newest */
	size_t limit;
};

/* Newest first; *next as in store_event_list. */
bool store_list_change_list(struct store *store,
	const struct store_list_change_filter *filter, store_each_list_change *each,
	void *closure, int64_t *next, struct error *error);

/* What a policy makes of an address and scope, and what stands now; NULL: nothing. Where
 * nothing stands on either side, the entries that have expired (a probation). */
struct store_difference {
	const char *address, *scope;
	const struct ses_entry *before, *after;
};
typedef bool store_each_difference(
	void *closure, const struct store_difference *difference);

/* Decides every address that has evidence by this policy, in pages of bounded read
 * transactions, and gives what differs from the list; changes nothing. *compared: how
 * many addresses. */
bool store_policy_compare(struct store *store,
	const struct ses_suppression_policy *policy, utc_ms now,
	store_each_difference *each, bool (*goes_on)(void *closure), void *closure,
	int64_t *compared, struct error *error);

/* One recorded event. */
struct store_event {
	int64_t id; /* grows with recording */
	enum ses_type type;
	enum ses_outcome outcome;
	enum ses_standing standing;
	enum ses_class class;
	bool is_development;
	utc_ms published, sent, happened, recorded;
	const char *account, *region, *identity, *configuration_set;
	const char *topic_arn;
	const char *message_id; /* SES's */
	const char *address, *original;
	const char *facts; /* JSON object, or NULL */
	const char *tags;  /* JSON object, or NULL */
	bool has_raw;	   /* store_event_raw gives SES's own text */
};
typedef bool store_each_event(void *closure, const struct store_event *event);

struct store_event_filter {
	const char *address; /* normal form; NULL any */
	int type;	     /* enum ses_type; 0 any */
	const char *account; /* NULL any */
	utc_ms since, until; /* by publication, since <= t < until; UTC_NONE any */
	int64_t before;	     /* cursor: ids below; 0 from the newest */
	int64_t after;	     /* only ids above (for following); 0 none */
	size_t limit;
};

/*
 * Newest first (by id). Looks at a bounded number of rows; *next is the id to go on
 * before, 0 at the end: a page can be short, or empty, and still have a next.
 */
bool store_event_list(struct store *store, const struct store_event_filter *filter,
	store_each_event *each, void *closure, int64_t *next, struct error *error);

/* SES's text of an event, freed by the caller; NULL in *raw if it was not kept. */
bool store_event_raw(struct store *store, int64_t id, char **raw, struct error *error);

/* What was genuine and not understood, newest first. */
struct store_unrecognised {
	int64_t id;
	const char *message_id, *topic_arn, *subject, *why, *message;
	utc_ms published, recorded;
};
typedef bool store_each_unrecognised(
	void *closure, const struct store_unrecognised *kept);
bool store_unrecognised_list(struct store *store, int64_t before, size_t limit,
	store_each_unrecognised *each, void *closure, struct error *error);

/* What was set aside, oldest first, of one topic (NULL: all). why is NULL here. */
bool store_aside_list(struct store *store, const char *topic_arn, int64_t after,
	size_t limit, store_each_unrecognised *each, void *closure, struct error *error);

struct store_topic {
	const char *arn;
	enum store_topic_state state;
	const char *token;	      /* NULL none */
	const char *subscription_arn; /* NULL unknown */
	utc_ms changed;		      /* of state; UTC_NONE */
	utc_ms last_published;	      /* of the newest notification; UTC_NONE */
	utc_ms last_received;
	int64_t notifications; /* recorded ones */
	int64_t aside;	       /* set aside, waiting */
};
typedef bool store_each_topic(void *closure, const struct store_topic *topic);

/* Every topic that was ever heard of, by ARN. */
bool store_topic_list(
	struct store *store, store_each_topic *each, void *closure, struct error *error);

/* For metrics and the status. */
struct store_health {
	uint64_t events, unrecognised, aside,
		suppressions;		  /* rows; counted cheaply, exact */
	uint64_t commits, jobs, failures; /* since start */
	uint64_t queued;
	uint64_t database_bytes, log_bytes; /* files */
	int64_t slowest_commit_ms;	    /* since start */
	bool is_failing;		    /* the last transaction failed */
	char failure[256];		    /* why; "" when well */
};
bool store_health(struct store *store, struct store_health *health, struct error *error);

#endif
