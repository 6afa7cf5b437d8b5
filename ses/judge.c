/* judge.c - what an event means for each of its recipients. */
#include "ses/judge.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "ses/address.h"
#include "ses/class.h"
#include "ses/event.h"

static bool is_one_of(const char *text, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (text_equal(text, texts[i]))
			return true;
	}
	return false;
}

/* The subtypes of Permanent where SES itself did not try. A global list's "Suppressed" is
 * none of them: SES counts it as a bounce. */
static bool is_refusal(const char *subtype)
{
	static const char *const refusals[] = {"OnAccountSuppressionList",
		"OnTenantSuppressionList", "UnsubscribedRecipient",
		"EmailValidationSuppressed"};

	return is_one_of(subtype, refusals, sizeof(refusals) / sizeof(refusals[0]));
}

/* The action of a DSN (RFC 3464, 2.3.3), which a comment may follow. */
static bool action_is(const char *action, const char *word)
{
	size_t length = strlen(word);

	return action && strncasecmp(action, word, length) == 0 &&
	       (action[length] == '\0' || strchr(" \t(", action[length]));
}

bool ses_recipient_has_failed(const struct ses_recipient *recipient)
{
	static const char *const others[] = {
		"delayed", "delivered", "relayed", "expanded"};

	if (action_is(recipient->action, "failed"))
		return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (action_is(recipient->action, others[i]))
			return false;
	}
	return !recipient->status || text_begins(recipient->status, "5.");
}

static enum ses_outcome judge_bounce(
	const struct ses_event *event, const struct ses_recipient *recipient)
{
	if (event->bounce_kind != SES_BOUNCE_PERMANENT)
		return SES_OUTCOME_SOFT_BOUNCE;
	if (is_refusal(event->bounce_subtype))
		return SES_OUTCOME_REFUSED;
	return ses_recipient_has_failed(recipient) ? SES_OUTCOME_HARD_BOUNCE
						   : SES_OUTCOME_SOFT_BOUNCE;
}

static enum ses_outcome judge_complaint(const struct ses_event *event)
{
	if (event->is_not_spam)
		return SES_OUTCOME_NOT_SPAM;
	return event->complaint_subtype[0] != '\0' ? SES_OUTCOME_LISTED
						   : SES_OUTCOME_COMPLAINT;
}

static enum ses_outcome judge_outcome(
	const struct ses_event *event, const struct ses_recipient *recipient)
{
	switch (event->type) {
	case SES_SEND:
		return SES_OUTCOME_SEND;
	case SES_DELIVERY:
		return SES_OUTCOME_DELIVERY;
	case SES_BOUNCE:
		return judge_bounce(event, recipient);
	case SES_COMPLAINT:
		return judge_complaint(event);
	case SES_REJECT:
		return SES_OUTCOME_REJECT;
	case SES_OPEN:
	case SES_CLICK:
	case SES_RENDERING_FAILURE:
	case SES_DELIVERY_DELAY:
	case SES_SUBSCRIPTION:
		break;
	}
	return SES_OUTCOME_OTHER;
}

static enum ses_standing judge_standing(
	const struct ses_recipient *recipient, const struct ses_judgement_policy *policy)
{
	if (recipient->address[0] == '\0')
		return SES_ELIGIBLE;
	if (ses_address_is_simulator(recipient->address))
		return SES_SIMULATOR;
	if (ses_domain_is_within(recipient->domain, policy->verified_domains,
		    policy->verified_domain_count) ||
		is_one_of(recipient->address, policy->verified_addresses,
			policy->verified_address_count))
		return SES_VERIFIED;
	return SES_ELIGIBLE;
}

void ses_event_judge(struct ses_event *event, const struct ses_judgement_policy *policy)
{
	for (size_t i = 0; i < event->recipient_count; i++) {
		struct ses_recipient *recipient = &event->recipients[i];

		recipient->outcome = judge_outcome(event, recipient);
		recipient->standing = judge_standing(recipient, policy);
		recipient->class = ses_class_of(event, recipient, NULL);
		recipient->is_certain =
			event->type != SES_COMPLAINT || event->recipient_count == 1;
	}
}
