/* api_import_dry.c - what an import would come to, without changing anything. */
#include "base/text.h"
#include "web/api_import.h"

/* What the rows of the address say about the scope of the line. */
struct outlook {
	const struct store_suppression *line;
	utc_ms now;
	bool is_never;
	bool is_ruled; /* by hand, later than the line */
	enum ses_reason standing;
};

static bool look_at_row(void *closure, const struct store_suppression *row)
{
	struct outlook *outlook = closure;

	if (!text_equal(row->scope, outlook->line->scope))
		return true;
	if (row->hand == SES_HAND_NEVER)
		outlook->is_never = true;
	if ((row->hand == SES_HAND_SUPPRESS || row->hand == SES_HAND_REMOVED) &&
		row->since > outlook->line->since)
		outlook->is_ruled = true;
	if (row->reason == SES_REASON_NONE || row->hand == SES_HAND_NEVER ||
		row->hand == SES_HAND_REMOVED)
		return true;
	if ((row->expires == UTC_NONE || outlook->now < row->expires) &&
		(outlook->standing == SES_REASON_NONE ||
			ses_reason_outranks(row->reason, outlook->standing)))
		outlook->standing = row->reason;
	return true;
}

bool api_import_foresee(struct store *store, const struct store_suppression *entry,
	utc_ms now, enum store_change_result *result, struct error *error)
{
	struct outlook outlook = {.line = entry, .now = now};

	if (!store_dossier(store, entry->address, look_at_row, NULL, &outlook, error))
		return false;
	if (outlook.is_never)
		*result = STORE_OUTRANKED;
	else if (outlook.standing != SES_REASON_NONE &&
		 !ses_reason_outranks(entry->reason, outlook.standing))
		*result = STORE_UNCHANGED;
	else if (outlook.is_ruled)
		*result = STORE_OUTRANKED;
	else
		*result =
			outlook.standing == SES_REASON_NONE ? STORE_ADDED : STORE_CHANGED;
	return true;
}
