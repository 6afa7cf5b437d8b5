/* check.c - may these addresses be mailed; all that is known of one. */
#include <string.h>

#include "store/inside.h"
#include "store/lookup.h"

static bool check_all(struct lookup *lookup, const char *const *addresses, size_t count,
	const struct ses_scopes *scopes, store_each_verdict *each, void *closure)
{
	for (size_t i = 0; i < count; i++) {
		const struct store_suppression *told;
		enum ses_verdict verdict;

		if (!lookup_address(lookup, addresses[i], scopes))
			return false;
		verdict = lookup_verdict(lookup, scopes, &told);
		if (verdict != SES_VERDICT_CLEAR && !each(closure, i, verdict, told))
			break;
	}
	return true;
}

bool store_suppression_check(struct store *store, const char *const *addresses,
	size_t count, const struct ses_scopes *scopes, utc_ms now,
	store_each_verdict *each, void *closure, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	struct lookup *lookup;
	bool went_well;

	if (db == NULL)
		return false;
	lookup = readers_lookup(db);
	went_well = (lookup_resume(lookup, db, &store->tombstones, now) &&
			    check_all(lookup, addresses, count, scopes, each, closure)) ||
		    db_explain(db, error);
	lookup_rest(lookup);
	readers_return(store->readers, db);
	return went_well;
}

static bool read_all(struct store *store, const char *address, struct dossier *dossier,
	struct evidence *evidence, struct error *error)
{
	struct db *db = readers_borrow(store->readers, error);
	bool went_well;

	if (db == NULL)
		return false;
	went_well = (dossier_read(db, address, dossier) &&
			    evidence_read(db, address, evidence)) ||
		    db_explain(db, error);
	readers_return(store->readers, db);
	return went_well;
}

bool store_dossier(struct store *store, const char *address,
	store_each_suppression *each_row, store_each_evidence *each_evidence,
	void *closure, struct error *error)
{
	struct dossier dossier = {.rows = NULL};
	struct evidence evidence = {.pieces = NULL};
	bool went_well = read_all(store, address, &dossier, &evidence, error);
	bool goes_on = went_well;

	for (size_t i = 0; goes_on && each_row != NULL && i < dossier.count; i++)
		goes_on = each_row(closure, &dossier.rows[i]);
	for (size_t i = 0; goes_on && each_evidence != NULL && i < evidence.count; i++)
		goes_on = each_evidence(closure, &evidence.pieces[i]);
	dossier_finish(&dossier);
	evidence_finish(&evidence);
	return went_well;
}
