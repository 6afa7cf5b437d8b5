/* suppression.c - which events forbid writing to an address again: the basic rule. */
#include "ses/suppression.h"

#include "base/text.h"

/* Of the outcomes where SES did not try, those in which its list was the reason. */
static bool is_on_list(const char *subtype)
{
	return text_equal(subtype, "OnAccountSuppressionList") ||
	       text_equal(subtype, "OnTenantSuppressionList");
}

enum ses_reason ses_suppression_decide(
	const struct ses_event *event, const struct ses_recipient *recipient)
{
	if (recipient->address[0] == '\0' || recipient->standing == SES_SIMULATOR)
		return SES_REASON_NONE;
	switch (recipient->outcome) {
	case SES_OUTCOME_HARD_BOUNCE:
		return SES_REASON_BOUNCE;
	case SES_OUTCOME_COMPLAINT:
		return SES_REASON_COMPLAINT;
	case SES_OUTCOME_REFUSED:
		return is_on_list(event->bounce_subtype) ? SES_REASON_SES_LIST
							 : SES_REASON_NONE;
	case SES_OUTCOME_LISTED:
		return SES_REASON_SES_LIST;
	case SES_OUTCOME_OTHER:
	case SES_OUTCOME_SEND:
	case SES_OUTCOME_DELIVERY:
	case SES_OUTCOME_SOFT_BOUNCE:
	case SES_OUTCOME_NOT_SPAM:
	case SES_OUTCOME_REJECT:
		break;
	}
	return SES_REASON_NONE;
}

static int rank(enum ses_reason reason)
{
	switch (reason) {
	case SES_REASON_NONE:
		return 0;
	case SES_REASON_SES_LIST:
		return 1;
	case SES_REASON_IMPORT:
		return 2;
	case SES_REASON_SOFT_BOUNCE:
		return 3;
	case SES_REASON_BOUNCE:
		return 4;
	case SES_REASON_COMPLAINT:
		return 5;
	case SES_REASON_MANUAL:
		return 6;
	}
	return 0;
}

bool ses_reason_outranks(enum ses_reason candidate, enum ses_reason present)
{
	return rank(candidate) > rank(present);
}
