/* outcomes.c - what becomes of mail to an eligible recipient, as counts. */
#include "store/outcomes.h"

#include "base/text.h"
#include "ses/class.h"

/* DeliveryDelay: the provider puts us off for what it thinks of us. */
static bool is_blocking_delay(const struct ses_event *event)
{
	return event->type == SES_DELIVERY_DELAY &&
	       (text_equal(event->delay_type, "SpamDetected") ||
		       text_equal(event->delay_type, "IPFailure"));
}

static void count_soft_bounce(
	const struct ses_recipient *recipient, struct ses_counts *counts)
{
	if (recipient->class == (int) SES_CLASS_AUTOMATIC) {
		counts->automatic = 1;
		return;
	}
	counts->soft_bounces = 1;
	counts->blocked = recipient->class == (int) SES_CLASS_REPUTATION;
}

void outcome_counts(const struct ses_event *event, const struct ses_recipient *recipient,
	struct ses_counts *counts, bool *is_tried)
{
	*is_tried = false;
	switch (recipient->outcome) {
	case SES_OUTCOME_SEND:
		counts->sends = 1;
		return;
	case SES_OUTCOME_DELIVERY:
		counts->deliveries = 1;
		break;
	case SES_OUTCOME_HARD_BOUNCE:
		counts->hard_bounces = 1;
		break;
	case SES_OUTCOME_SOFT_BOUNCE:
		count_soft_bounce(recipient, counts);
		break;
	case SES_OUTCOME_REFUSED:
		counts->refused = 1;
		return;
	case SES_OUTCOME_REJECT:
		counts->rejects = 1;
		return;
	case SES_OUTCOME_OTHER:
		counts->blocked = is_blocking_delay(event);
		return;
	case SES_OUTCOME_COMPLAINT:
	case SES_OUTCOME_NOT_SPAM:
	case SES_OUTCOME_LISTED:
		return;
	}
	*is_tried = true;
}
