/* learn_collect.c - which pieces of evidence count, for which reason, in which scope. */
#include "ses/learn.h"

#include <stdio.h>

#include "base/text.h"

/* A domain that answered so lately has trouble with its name servers, it is not gone. */
#define DOMAIN_DELIVERED_MS (30 * DAY_MS)

static enum ses_reason reason_of(enum ses_class class)
{
	switch (class) {
	case SES_CLASS_HARD:
		return SES_REASON_BOUNCE;
	case SES_CLASS_QUARANTINE:
		return SES_REASON_QUARANTINE;
	case SES_CLASS_SOFT:
	case SES_CLASS_EXPIRED:
		return SES_REASON_SOFT_BOUNCE;
	case SES_CLASS_NO_SUCH_DOMAIN:
		return SES_REASON_NO_SUCH_DOMAIN;
	case SES_CLASS_COMPLAINT:
		return SES_REASON_COMPLAINT;
	case SES_CLASS_SES_LIST:
		return SES_REASON_SES_LIST;
	case SES_CLASS_NONE:
	case SES_CLASS_MESSAGE:
	case SES_CLASS_AUTOMATIC:
	case SES_CLASS_REPUTATION:
	case SES_CLASS_NOT_SPAM:
	case SES_CLASS_UNCLEAR:
	case SES_CLASS_DELIVERED:
		break;
	}
	return SES_REASON_NONE;
}

bool learn_is_delivered_after(const struct learn *learn, const struct ses_evidence *piece)
{
	if (learn->delivered == UTC_NONE)
		return false;
	if (piece->class == SES_CLASS_NO_SUCH_DOMAIN)
		return utc_floor(learn->delivered, DAY_MS) >=
		       utc_floor(piece->sent, DAY_MS) - DOMAIN_DELIVERED_MS;
	return learn->delivered > piece->sent;
}

static bool is_void(const struct learn *learn, const struct ses_evidence *piece,
	enum ses_reason reason)
{
	switch (reason) {
	case SES_REASON_SOFT_BOUNCE:
	case SES_REASON_NO_SUCH_DOMAIN:
	case SES_REASON_QUARANTINE:
	case SES_REASON_SES_LIST:
		return learn_is_delivered_after(learn, piece);
	case SES_REASON_COMPLAINT:
		return piece->is_certain && learn_is_lifted(learn, piece);
	case SES_REASON_BOUNCE:
	case SES_REASON_NONE:
	case SES_REASON_MANUAL:
	case SES_REASON_IMPORT:
		break;
	}
	return false;
}

static bool is_overruled(const struct learn *learn, const char *scope, utc_ms published)
{
	for (size_t i = 0; i < learn->rule_count; i++) {
		const struct ses_entry *rule = &learn->rules[i];

		if ((rule->hand == SES_HAND_SUPPRESS || rule->hand == SES_HAND_REMOVED) &&
			rule->since >= published && text_equal(rule->scope, scope))
			return true;
	}
	return false;
}

static const char *compose(char *room, const char *kind, const char *name)
{
	int length = snprintf(room, SES_SCOPE_MAX + 1, "%s%s", kind, name);

	if (name[0] == '\0' || length < 0 || length > SES_SCOPE_MAX ||
		!ses_scope_is_valid(room))
		return "";
	return room;
}

static const char *chosen_scope(
	enum ses_scope_choice choice, const struct ses_evidence *piece, char *room)
{
	switch (choice) {
	case SES_SCOPE_ACCOUNT:
		return compose(room, "account:", piece->account);
	case SES_SCOPE_TENANT:
		return compose(room, "tenant:", piece->tenant);
	case SES_SCOPE_CONFIGURATION_SET:
		return compose(room, "", piece->configuration_set);
	case SES_SCOPE_ALL:
		break;
	}
	return "";
}

/* Of an uncertain complaint; *is_held: it decides nothing alone. */
static const char *suspect_scope(const struct ses_suppression_policy *policy,
	const struct ses_evidence *piece, char *room, bool *is_held)
{
	const char *scope;

	if (policy->uncertain == SES_UNCERTAIN_STREAM) {
		scope = chosen_scope(SES_SCOPE_CONFIGURATION_SET, piece, room);
		if (scope[0] != '\0')
			return scope;
	}
	*is_held = policy->uncertain != SES_UNCERTAIN_ALL;
	return chosen_scope(policy->complaint_scope, piece, room);
}

static const char *scope_of(const struct ses_suppression_policy *policy,
	const struct ses_evidence *piece, enum ses_reason reason, char *room,
	bool *is_held)
{
	if (reason == SES_REASON_COMPLAINT && !piece->is_certain)
		return suspect_scope(policy, piece, room, is_held);
	if (reason == SES_REASON_COMPLAINT)
		return chosen_scope(policy->complaint_scope, piece, room);
	if (reason == SES_REASON_SES_LIST && policy->bounce_scope != SES_SCOPE_ALL)
		return chosen_scope(SES_SCOPE_ACCOUNT, piece, room);
	return chosen_scope(policy->bounce_scope, piece, room);
}

static utc_ms newest_delivery(const struct learn *learn)
{
	utc_ms newest = UTC_NONE;

	for (size_t i = 0; i < learn->evidence_count; i++) {
		const struct ses_evidence *piece = &learn->evidence[i];

		if (piece->class == SES_CLASS_DELIVERED && piece->sent > newest)
			newest = piece->sent;
	}
	return newest;
}

void learn_collect(struct learn *learn)
{
	learn->delivered = newest_delivery(learn);
	for (size_t i = 0; i < learn->evidence_count; i++) {
		const struct ses_evidence *piece = &learn->evidence[i];
		enum ses_reason reason = reason_of(piece->class);
		bool is_held = false;
		const char *scope;

		if (reason == SES_REASON_NONE || is_void(learn, piece, reason))
			continue;
		scope = scope_of(
			learn->policy, piece, reason, learn->scopes[i], &is_held);
		if (is_overruled(learn, scope, piece->published))
			continue;
		learn->pieces[learn->piece_count++] = (struct learn_piece){
			.scope = scope,
			.reason = reason,
			.is_certain = reason != SES_REASON_COMPLAINT || piece->is_certain,
			.is_held = is_held,
			.sent = piece->sent,
			.published = piece->published,
			.event = piece->event,
			.mail = piece->mail,
		};
	}
}
