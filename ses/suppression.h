/* suppression.h - the policy: what feedback and rules by hand make of an address. Pure.
 */
#ifndef SES_SUPPRESSION_H
#define SES_SUPPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "ses/class.h"
#include "ses/scope.h"

enum ses_scope_choice {
	SES_SCOPE_ALL,
	SES_SCOPE_ACCOUNT,
	SES_SCOPE_TENANT,	     /* everything where the mail has none */
	SES_SCOPE_CONFIGURATION_SET, /* everything where the mail has none */
};

enum ses_uncertain {
	SES_UNCERTAIN_STREAM,
	SES_UNCERTAIN_HOLD,
	SES_UNCERTAIN_ALL,
};

/* Section [suppression] of the configuration. Times in milliseconds; 0 never expires. */
struct ses_suppression_policy {
	int64_t soft_days;	/* so many UTC days with a counted soft bounce … */
	int64_t soft_window_ms; /* … in so long; soft_days 0: never */
	int64_t soft_expiry_ms; /* the first time; doubled each time it comes again … */
	int64_t soft_expiry_max_ms; /* … up to this; 0: without limit */
	int64_t bounce_expiry_ms;
	int64_t complaint_expiry_ms;
	int64_t quarantine_expiry_ms;
	enum ses_scope_choice bounce_scope; /* not CONFIGURATION_SET: the mailbox is gone
					       for every stream */
	enum ses_scope_choice complaint_scope;
	enum ses_uncertain uncertain;
};

/* The defaults: 3 in 14d, 14d, 180d, never, never, 7d, all, all, stream. */
extern const struct ses_suppression_policy ses_suppression_standard;

/*
 * Evidence: what is remembered of an address (or "@domain": SES_CLASS_NO_SUCH_DOMAIN and
 * DELIVERED only) to decide by. Borrowed texts, "" none.
 */
struct ses_evidence {
	enum ses_class class;
	bool is_certain; /* false: one of several suspects of a complaint */
	int64_t event;	 /* recorded under this id; 0 for DELIVERED */
	utc_ms sent;	 /* mail.timestamp. DELIVERED: of the newest mail delivered; for a
			    domain the beginning of that UTC day */
	utc_ms published;
	int64_t mail; /* tells mails apart: a digest of the SES message id */
	const char *account, *configuration_set, *tenant;
};

/* The numbers are stored: never renumber. */
enum ses_hand {
	SES_HAND_NONE = 0,     /* learnt from feedback */
	SES_HAND_SUPPRESS = 1, /* put by hand: outranks what was published until then */
	SES_HAND_NEVER = 2,    /* never suppressed, whatever comes */
	SES_HAND_REMOVED =
		3,	     /* removed by hand: outranks what was published until then */
	SES_HAND_IMPORT = 4, /* put by an import: outranks nothing */
};

/* "suppress" "never" "removed" "import"; NULL for NONE. */
const char *ses_hand_name(enum ses_hand hand);

/* A line of the list: one reason to suppress an address in a scope, or a rule by hand.
 * Of each address and scope there is at most one by hand, and one learnt of each reason.
 */
struct ses_entry {
	const char *scope;
	enum ses_hand hand;
	enum ses_reason reason; /* NEVER and REMOVED: SES_REASON_NONE */
	bool is_certain;
	utc_ms since;	/* feedback: publication of what completed it; by hand: when */
	utc_ms expires; /* UTC_NONE never */
	int64_t event;	/* what completed it; 0 none */
};

/* Whether it stands at a time: expires is the first moment at which it does not. */
bool ses_entry_stands(const struct ses_entry *entry, utc_ms now);

/* What one address's feedback makes of it: learnt entries only. */
#define SES_LEARNT_MAX 64
struct ses_learnt {
	struct ses_entry entries[SES_LEARNT_MAX]; /* by bytes of scope, then reason */
	size_t count;
	char scopes[SES_LEARNT_MAX][SES_SCOPE_MAX + 1]; /* theirs: a copy of the struct
							   points into the original */
	int at_ses;    /* 1 SES's own list holds it, 0 not any more, -1 unknown */
	unsigned held; /* uncertain complaints that wait for a second report */
};

/*
 * THE POLICY. evidence and rules in any order, each piece once; the answer depends on
 * nothing but these: not on the order of arrival, not on now (entries say when they
 * expire). rules: the entries by hand of this address. What it decides, in words, is
 * the section THE SUPPRESSION LIST of ses-feedbackd.8, and tests/e2e/naive.py; both
 * follow this:
 *
 * Void. A piece is void for a scope if a rule SUPPRESS or REMOVED of that very scope has
 * since >= its published (whether the rule still stands or not). A soft, expired,
 * quarantine or ses-list piece is void everywhere if the address has a DELIVERED whose
 * sent is later than its own sent; a no-such-domain piece if the UTC day of a DELIVERED
 * is not more than 30 days before the UTC day of its own sent. What is void counts for
 * nothing below.
 *
 * Scope of a bounce: bounce_scope; of a complaint: complaint_scope; of a ses-list piece:
 * "" if bounce_scope is ALL, else the account. Where the mail has no account, tenant or
 * configuration set, or one that makes no valid scope (ses_scope_is_valid), it is "".
 *
 * bounce (HARD) and quarantine, for each scope, in order of published (then event): a run
 * begins with the first, and goes on as long as the next has published < expires of the
 * run, or the run never expires; each one moves expires to its own published + expiry.
 * since and event are those of the run's first. The entry is that of the last run. A
 * quarantine entry is left out where a bounce entry of the same scope does not expire
 * before it.
 *
 * soft-bounce (SOFT, EXPIRED) and no-such-domain, for each scope: pieces of one UTC day
 * of sent count as one, by the latest sent of that day (then the latest published, then
 * the highest event). Days in order of sent: while an entry stands (published of the
 * day's piece < expires of the entry, or it never expires) a day adds nothing. After an
 * entry expired, the address is on probation: the next day completes an entry at once,
 * twice as long as the one before, at most soft_expiry_max, but never shorter than the
 * one before. Before the first entry a day completes one if, itself included, soft_days
 * different days (no-such-domain: one) have their piece in the window, sent > its sent -
 * soft_window; expiry soft_expiry. since and event: of the piece that completed it;
 * expires = its published + expiry. The entry is the last one completed (it may have
 * expired: probation). soft_days 0 makes no soft-bounce entry; no-such-domain stays.
 *
 * complaint: a certain one is lifted, everywhere, by a certain NOT_SPAM of the same mail
 * with a later published: it is then void. Scope of an uncertain one: ALL:
 * complaint_scope. STREAM: the configuration set of the mail; where it has none, or none
 * that makes a valid scope, complaint_scope, and it is held. HOLD: complaint_scope, held.
 * A second report is there once uncertain complaints, held or not, of any scope, are
 * about two different mails: in order of published (then event), the first about another
 * mail than the very first. Without it, what is held makes no entry and counts in held.
 * With it, each held one counts from the second report on: if it came before the second
 * report (in that order), it has the published and event of the second report. Then, for
 * each scope, certain and uncertain ones make runs as HARD do, with complaint_expiry; the
 * entry is that of the last run, certain if one of the run is. An entry that is not
 * certain is left out where a certain complaint entry of the scope "" does not expire
 * before it.
 *
 * ses-list: in its scope, since and event of the first by published (then event), never
 * expires. at_ses, by all pieces whatever the rules by hand: -1 without a ses-list piece;
 * 1 if one is not void by delivery; else -1 if a HARD, a QUARANTINE or a certain
 * COMPLAINT (lifted or not) was sent later than the newest delivery, for SES may list it
 * again; else 0.
 *
 * More than SES_LEARNT_MAX entries: the last in order of scope, then reason, are left out
 * (that many streams an address has complained about cannot be real; those for everything
 * come first). is_certain of an entry that is no complaint is true. The other classes
 * make no entry. False without memory: learnt then says nothing.
 */
bool ses_suppression_learn(const struct ses_suppression_policy *policy,
	const struct ses_evidence *evidence, size_t count, const struct ses_entry *rules,
	size_t rule_count, struct ses_learnt *learnt) __attribute__((warn_unused_result));

/* manual, complaint, bounce, quarantine, soft-bounce, no-such-domain, import, ses-list:
 * a stronger reason is the one that is told. */
bool ses_reason_outranks(enum ses_reason candidate, enum ses_reason present);

enum ses_verdict {
	SES_VERDICT_CLEAR,	/* nothing is told */
	SES_VERDICT_PROBATION,	/* clear, but its next soft bounce suppresses at once; the
				   entry that expired is told */
	SES_VERDICT_NEVER,	/* clear by a rule; that rule is told */
	SES_VERDICT_SUPPRESSED, /* the strongest entry is told */
};

/*
 * May this address be mailed in this stream? own: all its entries, domain: all of
 * "@domain" (any order, any scope, expired ones too). The order of decision: rules by
 * hand of the address (those of a named scope before those for everything), rules by hand
 * of the domain (likewise), what was learnt. Only what stands and applies decides. Among
 * rules of one rank SUPPRESS wins over NEVER. An IMPORT ranks with what was learnt.
 * REMOVED decides nothing: it has done its work in ses_suppression_learn.
 *
 * SUPPRESSED tells the strongest entry that suppresses, stands and applies, of the
 * address before the domain: by reason, then the certain one, then the one that expires
 * last, then by bytes of scope ("" first), then the one by hand. NEVER tells the NEVER
 * rule that decided (of several the strongest, in that order). PROBATION: nothing stands,
 * and a learnt soft-bounce or no-such-domain entry that applies has expired; told is the
 * strongest of these, in the same order. CLEAR sets *told to NULL. *told points into own
 * or domain. Pure.
 */
enum ses_verdict ses_suppression_verdict(const struct ses_entry *own, size_t own_count,
	const struct ses_entry *domain, size_t domain_count,
	const struct ses_scopes *scopes, utc_ms now, const struct ses_entry **told);

#endif
