/* preflight.h - what is known of the addresses of a list before it is mailed, and how
 * such addresses have fared. Reads only. */
#ifndef STORE_PREFLIGHT_H
#define STORE_PREFLIGHT_H

#include "base/clock.h"
#include "base/error.h"
#include "ses/preflight.h"
#include "ses/scope.h"
#include "store/store.h"

/* One address. A list of a million of them takes some 72 bytes each in here. */
struct store_recipient {
	const char *address; /* in: normal form, borrowed */
	utc_ms before;	     /* in: only mails sent before it count */
	utc_ms delivered;    /* the newest mail that is known to have been delivered then;
				  UTC_NONE none */
	utc_ms bounced;	     /* the newest that bounced hard */
	utc_ms softened;     /* the newest with a counted soft bounce */
	int32_t sent_in;     /* private to the walk */
	uint8_t history;   /* enum ses_history; in: INVALID stays so without a delivery */
	uint8_t reason;	   /* enum ses_reason: why it is suppressed */
	uint8_t bounces;   /* hard bounces that are remembered, at most 255 */
	bool on_probation; /* private */
	bool is_done;	   /* private to the walk */
};

/* How addresses of each class have fared in the last STORE_EXPERIENCE_DAYS days: counted
 * in a sample of the recorded events, evenly spread over them, with the class that each
 * address had before that very mail. */
#define STORE_EXPERIENCE_DAYS 180
#define STORE_EXPERIENCE_EVENTS 20000
struct store_experience {
	struct ses_experience classes[SES_HISTORY_COUNT];
	int64_t mails;	   /* trials, of all classes */
	int64_t events;	   /* that were looked at … */
	int64_t of_events; /* … of so many */
	utc_ms since;	   /* the first of them was recorded then; UTC_NONE: no events */
	bool by_sends; /* no Delivery events: a Send without a bounce counts as delivered
			*/
};

/*
 * Finds what each recipient's history is, and the experience. recipients: in order of
 * address, each once; before the same for all. scopes: of the stream, as in
 * store_suppression_check. Looks first at the list and the evidence, address by address,
 * then at the trail, segment by segment over all addresses at once, newest first: events
 * are read of those only whose newest delivery or bounce was not found yet. In many short
 * read transactions, so that the log can be emptied between them, and the writer is never
 * waited for nor kept waiting. goes_on is asked every now and then; once it says no the
 * outcome is worthless. Any thread but the store's own; may take minutes.
 */
bool store_preflight(struct store *store, struct store_recipient *recipients,
	size_t count, const struct ses_scopes *scopes, utc_ms now,
	bool (*goes_on)(void *closure), void *closure,
	struct store_experience *experience, struct error *error);

/* Who runs the mailboxes of these domains, as replies have shown: called for each that is
 * known, with its place in domains. */
typedef void store_each_provider(void *closure, size_t index, const char *provider);
bool store_providers(struct store *store, const char *const *domains, size_t count,
	store_each_provider *each, void *closure, struct error *error);

#endif
