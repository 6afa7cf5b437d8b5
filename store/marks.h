/* marks.h - what people decide about an account: fresh starts, and the brake. */
#ifndef STORE_MARKS_H
#define STORE_MARKS_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/error.h"
#include "ses/brake.h"
#include "store/store.h"

/* From a fresh start on counting begins anew: no representative window reaches back
 * beyond it (as SES counts only what came after accepted fixes: LastFreshStart). Of
 * several of an account the one that begins last holds; one in the future does not yet.
 */
struct store_mark {
	int64_t id;
	const char *account, *region;
	utc_ms at, recorded;
	const char *actor, *note;
};

/* The brake of an account ("" as configuration_set) or of a configuration set of it. */
struct store_brake {
	const char *account, *region, *configuration_set;
	struct ses_brake_state state;
	utc_ms stopped_at_ses; /* when SES confirmed it; UTC_NONE */
	const char *actor, *note;
};

/* A job STORE_MARK: one of the three. Borrowed until done. */
struct store_mark_change {
	const struct store_mark *add;  /* a fresh start; NULL */
	int64_t remove;		       /* the id of one; 0 */
	const struct store_brake *put; /* the brake as it is from now on; NULL */
	const struct store_brake *was; /* put only if it still is so (time and state; one
					  that was never put is not tripped), else nothing
					  changes; NULL: in any case */
	bool changed;		       /* for done */
};

typedef bool store_each_mark(void *closure, const struct store_mark *mark);
typedef bool store_each_brake(void *closure, const struct store_brake *brake);

/* Newest first. account, region: NULL any. */
bool store_mark_list(struct store *store, const char *account, const char *region,
	store_each_mark *each, void *closure, struct error *error);
bool store_brake_list(struct store *store, const char *account, const char *region,
	store_each_brake *each, void *closure, struct error *error);

#endif
