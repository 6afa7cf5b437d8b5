/* dossier.h - decides one address anew, and writes what changed. Private to store/. */
#ifndef STORE_DOSSIER_H
#define STORE_DOSSIER_H

#include "store/changes.h"
#include "store/evidence.h"
#include "store/writer.h"

/* The rows of the list of one address: own memory, in order of scope and source. */
struct dossier {
	struct store_suppression *rows;
	struct ses_entry *entries; /* the same, for ses/suppression.h */
	size_t count, capacity;
	struct buffer texts; /* owns the texts of both */
};

/* Any connection. dossier is zeroed before, or read before. */
bool dossier_read(struct db *db, const char *address, struct dossier *dossier);
void dossier_finish(struct dossier *dossier);

/* A row as the policy sees it. */
struct ses_entry dossier_entry(const struct store_suppression *row);

/* The rows of one scope: they lie side by side. */
const struct store_suppression *dossier_scope(
	const struct dossier *dossier, const char *scope, size_t *count);

/* How many of the rows, from the first on, are of that scope. */
size_t dossier_count_scope(
	const struct store_suppression *rows, size_t count, const char *scope);

/* Whether a row suppresses while it stands: a NEVER and a REMOVED never do. */
bool dossier_suppresses(const struct store_suppression *row);
bool dossier_stands(const struct store_suppression *row, utc_ms at);

/* Of the rows of one scope the one that tells why: those that stand come before those
 * that have expired; then by reason, then the certain one, then the one that expires
 * last, then the one by hand, as ses_suppression_verdict has it. NULL if none suppresses.
 */
const struct store_suppression *dossier_strongest(
	const struct store_suppression *rows, size_t count, utc_ms at);

/* What any of the rows knows of SES's own list; -1 unknown. */
int dossier_at_ses(const struct store_suppression *rows, size_t count);

/*
 * After the evidence or the rules of an address have changed, in a transaction of the
 * writer: decides (ses_suppression_learn), writes the rows that differ, counts entries
 * (pairs of address and scope with a row that suppresses, whether it stands or has
 * expired), and writes one change a scope whose strongest entry became another. *changed:
 * whether any did. original: spelling for new rows. False as record_event's.
 */
bool dossier_settle(struct writer *writer, const char *address, const char *original,
	const struct ses_suppression_policy *policy, const struct change_cause *cause,
	bool *changed);

/* A rule by hand that takes the place of the one of its scope. */
struct dossier_rule {
	struct store_suppression row; /* hand SES_HAND_NONE: only takes it away */
	/* CHANGE_EXEMPTED, CHANGE_NOT_EXEMPTED; 0: as it turns out. */
	enum change_what what;

	int64_t version; /* of (address, scope) after it */
	int at_ses;	 /* what is known of the address after it */
};

/*
 * The same with a rule of row.address, which gives a change in any case. before: what was
 * read of the address. policy NULL: the rule voids no evidence and revives none, so what
 * was learnt stays.
 */
bool dossier_rule(struct writer *writer, const struct dossier *before,
	struct dossier_rule *rule, const struct ses_suppression_policy *policy,
	const struct change_cause *cause);

#endif
