/* burst.h - tells of hard bounces that look like a provider's mistake. Private to web/.
 */
#ifndef WEB_BURST_H
#define WEB_BURST_H

#include "store/store.h"
#include "web/diary.h"

/* A job that was stored: raises the alarm "false-bounces" of its provider and signature
 * if its hard bounce went into quarantine; the diary knows those that are raised already.
 */
void burst_alarm(struct diary *diary, const struct store_job *job);

/* What the alarm says; the advice is a command that shows what went in before it was
 * noticed. published: of the bounce. */
#define BURST_TEXT_SIZE 320
void burst_describe(const struct store_burst *burst, utc_ms published,
	char text[BURST_TEXT_SIZE], char advice[BURST_TEXT_SIZE]);

#endif
