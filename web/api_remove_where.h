/* api_remove_where.h - undoes what the bounces of a time put on the list. Private to
 * web/.
 */
#ifndef WEB_API_REMOVE_WHERE_H
#define WEB_API_REMOVE_WHERE_H

#include "ses/scope.h"
#include "web/api_members.h"
#include "web/request.h"

/* Which entries: learnt, of this reason, standing, put there by a bounce that was
 * published since <= t < until. */
struct removal_choice {
	char provider[256];   /* ses/provider.h; "" any */
	char diagnostic[512]; /* stands in its diagnosticCode, ASCII case aside; "" any */
	enum ses_reason reason;
	utc_ms since, until;
	bool has_scope; /* false: of any scope */
	char scope[SES_SCOPE_MAX + 1];
	char note[API_NOTE_MAX + 1];
	bool is_dry_run; /* changes nothing */
};

/* Looks for them on a thread of its own, removes them page by page, and answers. From the
 * door's thread; choice is copied. */
void removal_begin(struct request *request, const struct removal_choice *choice);

/*
 * The same at once, on any thread but the store's. An entry is kept where something else
 * suppresses the address in the same scope as well: a complaint, a rule by hand. Bounded
 * memory: stops, and says "more", before the answer gets too long.
 */
void removal_run(struct request *request, const struct removal_choice *choice);

#endif
