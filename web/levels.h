/* levels.h - the levels as the watcher judged them last. Private to web/. */
#ifndef WEB_LEVELS_H
#define WEB_LEVELS_H

#include <stdbool.h>

#include "web/web.h"

struct levels;

struct levels *levels_new(void);
void levels_free(struct levels *levels); /* takes NULL */

/* What is known of an account and region (NULL: any) and of its configuration set (NULL:
 * of none). */
struct levels_answer {
	utc_ms at;     /* of the judgement; UTC_NONE: nothing was judged yet */
	bool is_known; /* such an account */
	bool has_set;  /* the configuration set was judged */
	enum ses_level account, set; /* the worst of those that fit */
	bool is_since_resume;	     /* one of them goes by what came since a resume */
	bool would_pause;
	char why[512]; /* it would */
};

/* Any thread; a lock is held for as long as it takes to look through the list. */
void levels_ask(struct levels *levels, const char *account, const char *region,
	const char *configuration_set, struct levels_answer *answer);

#endif
