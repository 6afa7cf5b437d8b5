/* api_counted.c - what counts in a rate, what does not, and why: in words. */
#include "web/api_counted.h"

#include <stddef.h>

#define BOUNCE 1u
#define COMPLAINT 2u

/* The bit of a metric in a class. */
static unsigned bit(enum ses_metric metric)
{
	return metric == SES_METRIC_BOUNCE ? BOUNCE : COMPLAINT;
}

static const struct counted_class {
	const char *name;
	size_t place;	    /* in struct ses_counts */
	unsigned metrics;   /* for which it is told */
	unsigned exclusion; /* that the settings can lift; 0: always left out */
	const char *text;
} classes[] = {
	{"soft", offsetof(struct ses_counts, soft_bounces), BOUNCE, 0,
		"Soft bounces: a full mailbox, a server that was busy, a message too "
		"large. SES counts hard bounces only."},
	{"blocked", offsetof(struct ses_counts, blocked), BOUNCE, 0,
		"Refusals and delays for our reputation or our address; the soft bounces "
		"among them are in \"soft\" too. No bounce rate counts them, but they "
		"are the sooner warning."},
	{"automatic", offsetof(struct ses_counts, automatic), BOUNCE,
		SES_EXCLUDE_AUTOMATIC,
		"Automatic replies, such as out-of-office notices: the mail was "
		"delivered. Counted in, they are soft bounces, which are in no rate."},
	{"refused", offsetof(struct ses_counts, refused), BOUNCE, SES_EXCLUDE_REFUSED,
		"Recipients that SES itself did not try, for they are on a suppression "
		"list of the account or have unsubscribed: neither hard bounces nor "
		"eligible."},
	{"verified", offsetof(struct ses_counts, verified), BOUNCE, 0,
		"Hard bounces at one's own verified domains and addresses, as "
		"[reputation] verified_domains and verified_addresses name them."},
	{"verified_sends", offsetof(struct ses_counts, verified_sends),
		BOUNCE | COMPLAINT, 0,
		"Mail to one's own verified domains and addresses: not eligible, so that "
		"no test mail dilutes the rate."},
	{"simulator", offsetof(struct ses_counts, simulator), BOUNCE | COMPLAINT, 0,
		"Events of the mailbox simulator: never counted, by SES either."},
	{"rejects", offsetof(struct ses_counts, rejects), BOUNCE, 0,
		"Mail that SES rejected for a virus: it was never sent."},
	{"not_spam", offsetof(struct ses_counts, not_spam), COMPLAINT,
		SES_EXCLUDE_NOT_SPAM,
		"Reports that take a complaint back: somebody moved the mail out of "
		"the spam folder."},
	{"listed", offsetof(struct ses_counts, listed), COMPLAINT, SES_EXCLUDE_LISTED,
		"Reports about addresses that are on SES's suppression list already: "
		"SES had not sent."},
};

static int64_t count_at(const struct ses_counts *counts, size_t place)
{
	return ((const int64_t *) counts)[place / sizeof(int64_t)];
}

struct json *api_left_out_json(const struct ses_reputation_settings *settings,
	enum ses_metric metric, const struct ses_counts *counts)
{
	struct json *list = json_array();

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		const struct counted_class *class = &classes[i];
		bool is_left_out = class->exclusion == 0 ||
				   (settings->excludes & class->exclusion) != 0;
		struct json *json;

		if ((class->metrics & bit(metric)) == 0)
			continue;
		json = json_object();
		json_put_text(json, "class", class->name);
		json_put_integer(json, "count", count_at(counts, class->place));
		json_put_boolean(json, "left_out", is_left_out);
		json_put_text(json, "text", class->text);
		json_append(list, json);
	}
	return list;
}

/* ---- one event ---- */

static bool excludes(
	const struct ses_reputation_settings *settings, enum ses_exclusion exclusion)
{
	return (settings->excludes & (unsigned) exclusion) != 0;
}

static bool says(bool counts, const char *text, const char **reason)
{
	*reason = text;
	return counts;
}

static bool soft_counts(const struct store_event *event, const char **reason)
{
	if (event->class == SES_CLASS_AUTOMATIC)
		return says(false, "an automatic reply: the mail was delivered", reason);
	if (event->class == SES_CLASS_REPUTATION)
		return says(false,
			"blocked for our reputation or our address: no hard bounce",
			reason);
	return says(false, "a soft bounce: only hard ones count", reason);
}

/* Of one that is eligible. */
static bool outcome_counts(const struct ses_reputation_settings *settings,
	enum ses_outcome outcome, const struct store_event *event, const char **reason)
{
	switch (outcome) {
	case SES_OUTCOME_HARD_BOUNCE:
		return says(true, "a hard bounce", reason);
	case SES_OUTCOME_SOFT_BOUNCE:
		return soft_counts(event, reason);
	case SES_OUTCOME_REFUSED:
		return excludes(settings, SES_EXCLUDE_REFUSED)
			       ? says(false, "SES itself did not try", reason)
			       : says(true,
					 "SES itself did not try; counted in by "
					 "[reputation] excludes",
					 reason);
	case SES_OUTCOME_COMPLAINT:
		return says(true, "a complaint", reason);
	case SES_OUTCOME_NOT_SPAM:
		return excludes(settings, SES_EXCLUDE_NOT_SPAM)
			       ? says(false, "it takes a complaint back", reason)
			       : says(true,
					 "it takes a complaint back; counted in by "
					 "[reputation] excludes",
					 reason);
	case SES_OUTCOME_LISTED:
		return excludes(settings, SES_EXCLUDE_LISTED)
			       ? says(false, "the address was on SES's list: not sent",
					 reason)
			       : says(true,
					 "the address was on SES's list; counted in by "
					 "[reputation] excludes",
					 reason);
	case SES_OUTCOME_OTHER:
	case SES_OUTCOME_SEND:
	case SES_OUTCOME_DELIVERY:
	case SES_OUTCOME_REJECT:
		break;
	}
	return says(false, "no feedback", reason);
}

bool api_event_counts(const struct ses_reputation_settings *settings,
	enum ses_metric metric, const struct store_event *event, const char **reason)
{
	enum ses_type type = metric == SES_METRIC_BOUNCE ? SES_BOUNCE : SES_COMPLAINT;

	if (event->type != type)
		return says(false, "feedback of another kind", reason);
	switch (event->standing) {
	case SES_SIMULATOR:
		return says(false, "the mailbox simulator", reason);
	case SES_VERIFIED:
		return says(false, "the recipient is verified", reason);
	case SES_ELIGIBLE:
		break;
	}
	return outcome_counts(settings, event->outcome, event, reason);
}
