/* trust.c - what a rate can be trusted for: which events seem to be missing. */
#include "ses/trust.h"

#include <stddef.h>

/* More Deliveries and Bounces than Sends: so many may belong to mail sent before the
 * window, or be late. */
#define SLACK_PARTS 10 /* one of so many */
#define SLACK_LEAST 10

/* What is told of each notice. The sentences are for somebody who has just met SES: what
 * is missing, what that does to the number, what to switch on. */
static const struct {
	const char *name, *text;
} notices[SES_NOTICE_COUNT] = {
	[SES_NOTICE_NO_SENDS] = {"no-sends",
		"Amazon SES reports no Send events for this account, so the mail is "
		"counted by its Delivery and Bounce events. Mail that is still under "
		"way is not in the count yet, and the rates look a little too high "
		"until it is delivered. To count exactly, add Send to the event types "
		"of the configuration set's SNS event destination."},
	[SES_NOTICE_SENDS_MISSING] = {"sends-missing",
		"On some days there are far fewer Send events than Delivery and Bounce "
		"events; these days are counted by Delivery and Bounce instead. Part "
		"of the mail seems to go out through a configuration set that does "
		"not publish Send events, or they were switched on in the middle of "
		"the time that is looked at. Add Send to the SNS event destination of "
		"every configuration set in use."},
	[SES_NOTICE_NO_DENOMINATOR] = {"no-denominator",
		"There are bounces or complaints, but no event says how much mail was "
		"sent, so no rate can be given. Publish Send and Delivery events from "
		"a configuration set to this topic (identity notifications of Delivery "
		"will do, too), or let the application report what it sends with POST "
		"/v1/sends."},
	[SES_NOTICE_MORE_FEEDBACK] = {"more-feedback-than-sends",
		"There are more deliveries, bounces or complaints than mails that we "
		"know of, so Send events of some mail are missing and the rates are "
		"too high or cannot be given at all. Look for a configuration set or "
		"an identity whose Send events do not reach this program, and for "
		"mail that is sent without a configuration set."},
	[SES_NOTICE_REPORTED] = {"reported",
		"How much mail was sent is known only from what the application "
		"reported (POST /v1/sends), not from Amazon SES. The rates are as "
		"right as that number. To have SES itself count, add Send and Delivery "
		"to the event types of the configuration set's SNS event "
		"destination."},
	[SES_NOTICE_NO_CONFIGURATION_SET] = {"no-configuration-set",
		"Feedback comes for mail that names no configuration set, and no Send "
		"event is published for such mail: its bounces and complaints are "
		"counted, the mail itself is not, and the rates look too high. Give "
		"each sending identity a default configuration set in Amazon SES, or "
		"name one in every mail (X-SES-CONFIGURATION-SET). If all your mail "
		"names one already, the bounces come through the identity's own "
		"notifications as well; switch those off."},
	[SES_NOTICE_TOPIC_SILENT] = {"topic-silent",
		"An SNS topic that brought events nearly every day has been silent for "
		"at least a day, while another topic of this account still brings "
		"some. Sends, bounces or complaints are probably missing, and the "
		"rates may look better than they are. Check in the SNS console that "
		"the subscription of each topic is confirmed, and in SES that each "
		"configuration set and identity still publishes to its topic; "
		"`ses-feedback status` shows which topic is silent."},
	[SES_NOTICE_SANDBOX] = {"sandbox",
		"This account seems to be in the SES sandbox, where mail goes only to "
		"verified addresses and domains and to the mailbox simulator. Amazon "
		"leaves that mail out of its rates, so AWS judges nothing yet. Ask "
		"for production access in the SES console (Account dashboard) to "
		"send to others; if the account has it already, correct `quota` in "
		"the configuration."},
	[SES_NOTICE_YOUNG] = {"young",
		"Less mail is known than Amazon looks back at: nothing older has been "
		"recorded, or counting was started afresh. Amazon's own number may "
		"rest on mail from before that and differ from this one. It settles "
		"by itself as mail is sent; older events that were set aside can be "
		"brought in with `ses-feedback replay`."},
	[SES_NOTICE_NO_REPORTING] = {"no-reporting-domains",
		"None of the domains that were mailed is known to report complaints "
		"to Amazon SES (Gmail, for one, never does), so the complaint rate is "
		"taken over all mail and stays low whatever the recipients think. "
		"Watch Gmail's side in Google Postmaster Tools; if you know that a "
		"domain reports, name it in `reporting_domains`."},
	[SES_NOTICE_KEYS_BOUNDED] = {"keys-bounded",
		"There are more different values than are told apart on one day; those "
		"that came later are counted together as \"other\". The totals are "
		"exact, but a single line may lack what was counted there. A tag that "
		"differs from mail to mail (an id, a token) causes this: use tags for "
		"a few groups only."},
};

const char *ses_notice_name(enum ses_notice notice)
{
	return notice < SES_NOTICE_COUNT ? notices[notice].name : NULL;
}

const char *ses_notice_text(enum ses_notice notice)
{
	return notice < SES_NOTICE_COUNT ? notices[notice].text : NULL;
}

const char *ses_trust_name(enum ses_trust trust)
{
	switch (trust) {
	case SES_TRUST_FULL:
		return "full";
	case SES_TRUST_PARTIAL:
		return "partial";
	case SES_TRUST_NONE:
		return "none";
	}
	return NULL;
}

static bool is_over_denominator(const struct ses_trust_facts *facts)
{
	return facts->denominator > 0 &&
	       (facts->counts.hard_bounces > facts->denominator ||
		       facts->counts.complaints > facts->denominator);
}

/* Mail that was tried, and that no Send tells of. */
static bool has_unsent_attempts(const struct ses_trust_facts *facts)
{
	const struct ses_counts *counts = &facts->counts;

	return facts->source == SES_SOURCE_SEND &&
	       counts->attempts >
		       counts->sends + counts->sends / SLACK_PARTS + SLACK_LEAST;
}

static bool has_reported(const struct ses_trust_facts *facts)
{
	return facts->source == SES_SOURCE_REPORTED ||
	       (facts->source == SES_SOURCE_MIXED && facts->counts.reported > 0);
}

static bool has_feedback(const struct ses_counts *counts)
{
	return counts->attempts > 0 || counts->deliveries > 0 ||
	       counts->hard_bounces > 0 || counts->soft_bounces > 0 ||
	       counts->complaints > 0;
}

static bool is_sandbox(const struct ses_trust_facts *facts)
{
	bool is_only_test =
		facts->denominator == 0 &&
		(facts->counts.verified_sends > 0 || facts->counts.simulator > 0);

	return facts->is_sandbox_quota || is_only_test;
}

static bool applies(enum ses_notice notice, const struct ses_trust_facts *facts)
{
	const struct ses_counts *counts = &facts->counts;

	switch (notice) {
	case SES_NOTICE_NO_SENDS:
		return counts->sends == 0 && (facts->source == SES_SOURCE_ATTEMPTS ||
						     facts->source == SES_SOURCE_MIXED);
	case SES_NOTICE_SENDS_MISSING:
		return counts->sends > 0 && facts->days_with_sends_missing > 0;
	case SES_NOTICE_NO_DENOMINATOR:
		return facts->source == SES_SOURCE_NONE &&
		       (counts->hard_bounces > 0 || counts->complaints > 0);
	case SES_NOTICE_MORE_FEEDBACK:
		return is_over_denominator(facts) || has_unsent_attempts(facts);
	case SES_NOTICE_REPORTED:
		return has_reported(facts);
	case SES_NOTICE_NO_CONFIGURATION_SET:
		return counts->sends > 0 && facts->unlabelled.sends == 0 &&
		       has_feedback(&facts->unlabelled);
	case SES_NOTICE_TOPIC_SILENT:
		return facts->is_topic_silent;
	case SES_NOTICE_SANDBOX:
		return is_sandbox(facts);
	case SES_NOTICE_YOUNG:
		return facts->is_short;
	case SES_NOTICE_NO_REPORTING:
		return facts->denominator > 0 && facts->reporting_denominator == 0;
	case SES_NOTICE_KEYS_BOUNDED:
	case SES_NOTICE_COUNT:
		break;
	}
	return false;
}

/* What is left to trust where a notice applies. */
static enum ses_trust trust_under(
	enum ses_notice notice, const struct ses_trust_facts *facts)
{
	switch (notice) {
	case SES_NOTICE_NO_DENOMINATOR:
	case SES_NOTICE_SANDBOX:
		return SES_TRUST_NONE;
	case SES_NOTICE_MORE_FEEDBACK:
		return is_over_denominator(facts) ? SES_TRUST_NONE : SES_TRUST_PARTIAL;
	case SES_NOTICE_NO_SENDS:
	case SES_NOTICE_SENDS_MISSING:
	case SES_NOTICE_REPORTED:
	case SES_NOTICE_NO_CONFIGURATION_SET:
	case SES_NOTICE_TOPIC_SILENT:
	case SES_NOTICE_YOUNG:
	case SES_NOTICE_NO_REPORTING:
		return SES_TRUST_PARTIAL;
	case SES_NOTICE_KEYS_BOUNDED:
	case SES_NOTICE_COUNT:
		break;
	}
	return SES_TRUST_FULL;
}

unsigned ses_trust_notices(const struct ses_trust_facts *facts, enum ses_trust *trust)
{
	unsigned bits = 0;

	*trust = SES_TRUST_FULL;
	for (unsigned i = 0; i < SES_NOTICE_COUNT; i++) {
		enum ses_notice notice = (enum ses_notice) i;
		enum ses_trust under;

		if (!applies(notice, facts))
			continue;
		bits |= 1u << i;
		under = trust_under(notice, facts);
		if (under > *trust)
			*trust = under;
	}
	return bits;
}
