/* guard.h - notices bursts of hard bounces that are the provider's fault. Private to
 * store/. */
#ifndef STORE_GUARD_H
#define STORE_GUARD_H

#include "store/writer.h"

/*
 * In December 2020 Gmail answered 550 5.1.1 for valid users. So a hard bounce is a
 * suspect if an earlier mail to its address, sent in the 30 days before its publication,
 * was delivered (Delivery recorded). A burst of one provider (ses/provider.h) and one
 * signature (ses/diagnostic.h) is on while the suspects of this hour and the hour before,
 * by published, are GUARD_SUSPECTS or more, and ten times what two hours had on the
 * average of the 7 days before, whose 24 busiest hours are left out: they may have been a
 * burst too. Suspects in a burst go into quarantine. Table guard keeps the hours: key (a
 * digest of both), hour, bounces, suspects.
 *
 * To look somebody up costs a seek in each segment of the trail. So nobody is looked up
 * before the two hours have GUARD_SUSPECTS hard bounces of that key. Those that were not
 * are looked up with the next suspect of their two hours, in whatever order the hours
 * arrive, as far as they are among the last GUARD_RECENT hard bounces; these are kept in
 * memory only, so that after a restart or a failed batch the count begins anew with what
 * table guard has. And of a list that is being cleaned, hundreds of bounces with hardly a
 * suspect among them, only some are looked up.
 *
 * All look-ups together may take one twentieth of the writing thread's time, and 200 ms
 * at once. When that is spent, a bounce is not looked up: it is a hard bounce, burst or
 * not, and is counted later if it still can be. A hard bounce too many is undone by hand;
 * a writer that falls behind would lose all feedback.
 */
#define GUARD_SUSPECTS 20

/* A ms that passes gives a credit of 1; a ms of look-ups costs GUARD_CREDIT_A_MS. */
#define GUARD_CREDIT_A_MS 20
#define GUARD_CREDIT_MAX (200 * GUARD_CREDIT_A_MS)

/* For a hard bounce that is new, the event writer->totals.last_event: *is_quarantine, and
 * then job->burst. */
bool guard_judge(struct writer *writer, struct store_job *job,
	const struct ses_recipient *recipient, bool *is_quarantine);

/* Takes away hours that are past. */
bool guard_prune(struct db *db, utc_ms now, int64_t limit, int64_t *count);

#endif
