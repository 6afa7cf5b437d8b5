/* suppression.h - which events forbid writing to an address again: the basic rule. */
#ifndef SES_SUPPRESSION_H
#define SES_SUPPRESSION_H

#include <stdbool.h>

#include "ses/event.h"

/*
 * For one recipient whose outcome is known: hard bounces and complaints suppress at once;
 * a complaint or a bounce that says SES's own list holds the address
 * (OnAccountSuppressionList, OnTenantSuppressionList, a complaintSubType) is knowledge:
 * SES_REASON_SES_LIST; UnsubscribedRecipient, EmailValidationSuppressed, not-spam,
 * everything soft and the simulator suppress nobody. Verified addresses are suppressed
 * like others: SES does not count them, but they bounce all the same.
 */
enum ses_reason ses_suppression_decide(
	const struct ses_event *event, const struct ses_recipient *recipient);

/* Whether a new reason takes the place of the one an entry has: manual is never replaced
 * by feedback; complaint over bounce over soft-bounce over import over ses-list. Equal
 * reasons do not replace: the entry keeps its since. */
bool ses_reason_outranks(enum ses_reason candidate, enum ses_reason present);

#endif
