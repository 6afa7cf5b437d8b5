/* learn.h - from evidence to entries: what the files of the policy share. Private to
 * ses/.
 */
#ifndef SES_LEARN_H
#define SES_LEARN_H

#include "ses/suppression.h"

/* A piece of evidence that is not void and can lead to an entry. */
struct learn_piece {
	const char *scope;
	enum ses_reason reason;
	bool is_certain;
	bool is_held; /* waits for a second report; left out if none came */
	utc_ms sent;
	utc_ms published; /* of what was held: when the second report released it */
	int64_t event;
	int64_t mail;
};

struct learn {
	const struct ses_suppression_policy *policy;
	const struct ses_evidence *evidence;
	size_t evidence_count;
	const struct ses_entry *rules;
	size_t rule_count;
	utc_ms delivered; /* sent of the newest mail delivered; UTC_NONE none */

	struct learn_piece *pieces; /* room for as many as there is evidence */
	size_t piece_count;
	char (*scopes)[SES_SCOPE_MAX + 1]; /* the same; where composed scopes are kept */
	unsigned held;
};

/* Puts what is not void into pieces, in the order of the evidence. */
void learn_collect(struct learn *learn);

/* Whether a delivery shows that a piece of this class is of the past. */
bool learn_is_delivered_after(
	const struct learn *learn, const struct ses_evidence *piece);

/* Whether a not-spam report took this complaint back. */
bool learn_is_lifted(const struct learn *learn, const struct ses_evidence *complaint);

/* Releases what is held if there is a second report, else counts it and leaves it out. */
void learn_release(struct learn *learn);

/* Whether SES's own list holds the address: as ses_learnt has it. */
int learn_at_ses(const struct learn *learn);

/* Which of two came first, by publication: as qsort wants it. */
int learn_by_publication(const struct learn_piece *one, const struct learn_piece *other);

/* When something of that time ends; a duration of 0 gives UTC_NONE. */
utc_ms learn_end(utc_ms begin, int64_t duration_ms);

/*
 * Each decides the pieces of one scope and reason, at least one, and fills all of entry
 * but scope, hand and reason.
 */

/* In order of publication. */
void learn_run(int64_t expiry_ms, const struct learn_piece *pieces, size_t count,
	struct ses_entry *entry);

/* In order of sent, publication, event; they are folded to days in place. day_count: so
 * many complete an entry, 0: none do. False: no entry. */
bool learn_soft(const struct ses_suppression_policy *policy, int64_t day_count,
	struct learn_piece *pieces, size_t count, struct ses_entry *entry);

#endif
