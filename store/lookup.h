/* lookup.h - all that a question about one address is decided by. Private to store/. */
#ifndef STORE_LOOKUP_H
#define STORE_LOOKUP_H

#include "store/dossier.h"
#include "store/tombstones.h"

struct lookup_domain;

/*
 * The rows of an address, those of its "@domain" and its tombstones, read in one read
 * transaction. The domains asked for last are remembered, and whether there are
 * tombstones, so that an address of a domain that many have costs one range read.
 */
struct lookup {
	struct db *db;
	const struct tombstones *tombstones; /* NULL: there are none to look for */
	bool knows_tombstones, has_tombstones;
	utc_ms now;
	const char *address; /* the one looked up last */
	struct dossier own;
	const struct dossier *domain; /* never NULL after a look-up */
	struct lookup_domain *domains;
	size_t domain_slots, domain_bytes;
	uint64_t
		snapshot; /* what was read of a domain in an earlier one is out of date */
	struct store_suppression stones[TOMBSTONES_MAX];
	size_t stone_count;
	struct ses_entry *entries; /* own and stones; used if there are stones */
	size_t entry_capacity;
};

/* For one transaction. expected: how many addresses will be looked up. False: db says
 * why. lookup_finish in any case. */
bool lookup_begin(struct lookup *lookup, struct db *db,
	const struct tombstones *tombstones, utc_ms now, size_t expected);
void lookup_finish(struct lookup *lookup);

/*
 * One that stays with its connection over many transactions; zeroed before the first.
 * What it remembers it goes on telling until lookup_forget, which whoever begins a new
 * transaction calls. False: db says why. lookup_rest in any case: it gives up what would
 * be too much to keep; texts that were borrowed end with it. lookup_finish at last.
 */
bool lookup_resume(struct lookup *lookup, struct db *db,
	const struct tombstones *tombstones, utc_ms now);
void lookup_rest(struct lookup *lookup);
void lookup_forget(struct lookup *lookup);

/* Reads what there is about an address (or "@domain"); texts are borrowed until the next
 * call, address and scopes included. scopes: of the tombstones wanted. */
bool lookup_address(
	struct lookup *lookup, const char *address, const struct ses_scopes *scopes);

/* ses_suppression_verdict of it. *told: the row it tells; NULL if clear. */
enum ses_verdict lookup_verdict(const struct lookup *lookup,
	const struct ses_scopes *scopes, const struct store_suppression **told);

/* The strongest entry of exactly that scope that stands and is not overruled, with the
 * version of its (address, scope). False: none. */
bool lookup_entry(const struct lookup *lookup, const struct ses_scopes *scope,
	struct store_suppression *entry);

/* The question that names just this scope, which is borrowed. */
void lookup_name_scope(const char *scope, struct ses_scopes *scopes);

#endif
