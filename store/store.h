/* store.h - what we remember: one writing thread, lent readers. Names no SQLite. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/queue.h"
#include "ses/counts.h"
#include "ses/event.h"

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
	STORE_ASIDE,	/* a genuine notification of a topic not configured, to be applied
			   later */
	STORE_TOPIC,	/* what became of a subscription */
	STORE_SUPPRESS, /* put an entry by hand */
	STORE_UNSUPPRESS, /* remove an entry by hand */
	STORE_UPKEEP, /* prune a slice, shrink the log; STORE_DONE with changed = true if
			 there is more to prune */
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

struct store_suppression {
	const char *address; /* normal form */
	const char *original;
	const char *scope; /* "" everything, NAME a configuration set, "tenant:NAME" */
	enum ses_reason reason;
	bool is_certain;
	utc_ms since;
	utc_ms expires;	  /* UTC_NONE: never */
	int at_ses;	  /* 1 blocked, 0 clear, -1 unknown */
	int64_t event;	  /* the event that put it there; 0 none */
	const char *note; /* "" none */
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
	struct store_suppression
		suppression; /* SUPPRESS: all; UNSUPPRESS: address and scope */
	utc_ms now;	     /* when it was received */
	void (*done)(struct store_job *job);
	void *owner; /* the caller's */

	enum store_outcome outcome; /* for done */
	bool changed; /* SUPPRESS: true if the entry is new; UNSUPPRESS: if there was one
		       */
	size_t recorded; /* RECORD: events that were new */
};

/* Any thread. False: the queue is full or the store is closing; the job is still the
 * caller's and done is not called. */
bool store_submit(struct store *store, struct store_job *job)
	__attribute__((warn_unused_result));

/* Submits (done and owner are the store's) and waits; a refused job gives STORE_FAILED.
 * Not from the store's own thread. */
enum store_outcome store_submit_and_wait(struct store *store, struct store_job *job);

/* ---- reading: any thread but the store's own; false with error when the store could not
 * be read ---- */

/*
 * Entries are handed to each one after another; texts are borrowed for the call. each
 * returns false to stop. Expired entries (expires <= now) are never given.
 */
typedef bool store_each_suppression(void *closure, const struct store_suppression *entry);

/* The entry of exactly that address and scope; each is called at most once. */
bool store_suppression_get(struct store *store, const char *address, const char *scope,
	utc_ms now, store_each_suppression *each, void *closure, struct error *error);

struct store_suppression_filter {
	const char *prefix;	   /* of the normal form; NULL or "" any */
	enum ses_reason reason;	   /* SES_REASON_NONE any */
	utc_ms since;		   /* UTC_NONE any; entries whose since is at or after */
	const char *after_address; /* cursor: what comes after this pair; NULL from the
				      beginning */
	const char *after_scope;
	size_t limit;
};

/* In order of address, scope. */
bool store_suppression_list(struct store *store,
	const struct store_suppression_filter *filter, utc_ms now,
	store_each_suppression *each, void *closure, struct error *error);

/* For each address (normal forms): the strongest entry that applies to everything or to
 * scope ("" everything only), if any. entry->address is the very address asked. One read
 * transaction. */
bool store_suppression_check(struct store *store, const char *const *addresses,
	size_t count, const char *scope, utc_ms now, store_each_suppression *each,
	void *closure, struct error *error);

/* One recorded event. */
struct store_event {
	int64_t id; /* grows with recording */
	enum ses_type type;
	enum ses_outcome outcome;
	enum ses_standing standing;
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

/* ---- counting ---- */

enum store_basis { STORE_BASIS_SENT = 0, STORE_BASIS_PUBLISHED = 1 };
enum store_dimension {
	STORE_BY_ACCOUNT = 0, /* key "" */
	STORE_BY_IDENTITY = 1,
	STORE_BY_CONFIGURATION_SET = 2,
	STORE_BY_RECIPIENT_DOMAIN = 3,
};
enum store_step { STORE_STEP_MINUTE = 0, STORE_STEP_HOUR = 1, STORE_STEP_DAY = 2 };

struct store_counts_query {
	enum store_basis basis;
	enum store_dimension dimension;
	const char *account, *region; /* NULL any */
	const char *key;	      /* NULL any */
	utc_ms from, to;	      /* whole minutes: from <= t < to */
	enum store_step step;
	bool newest_first;
};

/* Counts of one account and key in one step; start is the step's beginning (which can lie
 * before from: the row then holds what belongs to the window only). */
struct store_counts_row {
	const char *account, *region, *key;
	utc_ms start;
	struct ses_counts counts;
};
typedef bool store_each_counts(void *closure, const struct store_counts_row *row);

/* Rows in order of start. Cost: the roll-ups inside the window, never the events. */
bool store_counts(struct store *store, const struct store_counts_query *query,
	store_each_counts *each, void *closure, struct error *error);

/* Domains a complaint report has ever named, with the time of the last. */
typedef bool store_each_domain(void *closure, const char *domain, utc_ms last);
bool store_complaining_domains(
	struct store *store, store_each_domain *each, void *closure, struct error *error);

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
