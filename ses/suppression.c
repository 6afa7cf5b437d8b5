/* suppression.c - what feedback makes of an address: the frame of the policy. */
#include "ses/suppression.h"

#include <stdlib.h>
#include <string.h>

#include "ses/learn.h"

const struct ses_suppression_policy ses_suppression_standard = {
	.soft_days = 3,
	.soft_window_ms = 14 * DAY_MS,
	.soft_expiry_ms = 14 * DAY_MS,
	.soft_expiry_max_ms = 180 * DAY_MS,
	.quarantine_expiry_ms = 7 * DAY_MS,
	.bounce_scope = SES_SCOPE_ALL,
	.complaint_scope = SES_SCOPE_ALL,
	.uncertain = SES_UNCERTAIN_STREAM,
};

static int rank(enum ses_reason reason)
{
	switch (reason) {
	case SES_REASON_NONE:
		return 0;
	case SES_REASON_SES_LIST:
		return 1;
	case SES_REASON_IMPORT:
		return 2;
	case SES_REASON_NO_SUCH_DOMAIN:
		return 3;
	case SES_REASON_SOFT_BOUNCE:
		return 4;
	case SES_REASON_QUARANTINE:
		return 5;
	case SES_REASON_BOUNCE:
		return 6;
	case SES_REASON_COMPLAINT:
		return 7;
	case SES_REASON_MANUAL:
		return 8;
	}
	return 0;
}

bool ses_reason_outranks(enum ses_reason candidate, enum ses_reason present)
{
	return rank(candidate) > rank(present);
}

bool ses_entry_stands(const struct ses_entry *entry, utc_ms now)
{
	return entry->expires == UTC_NONE || now < entry->expires;
}

/* By scope and reason; within them as the reason's rule wants it. */
static int compare(const void *left, const void *right)
{
	const struct learn_piece *one = left, *other = right;
	int order = strcmp(one->scope, other->scope);

	if (order != 0)
		return order;
	if (one->reason != other->reason)
		return one->reason < other->reason ? -1 : 1;
	if ((one->reason == SES_REASON_SOFT_BOUNCE ||
		    one->reason == SES_REASON_NO_SUCH_DOMAIN) &&
		one->sent != other->sent)
		return one->sent < other->sent ? -1 : 1;
	return learn_by_publication(one, other);
}

/* False: these pieces make no entry. */
static bool decide(const struct ses_suppression_policy *policy,
	struct learn_piece *pieces, size_t count, struct ses_entry *entry)
{
	switch (pieces->reason) {
	case SES_REASON_BOUNCE:
		learn_run(policy->bounce_expiry_ms, pieces, count, entry);
		return true;
	case SES_REASON_COMPLAINT:
		learn_run(policy->complaint_expiry_ms, pieces, count, entry);
		return true;
	case SES_REASON_QUARANTINE:
		learn_run(policy->quarantine_expiry_ms, pieces, count, entry);
		return true;
	case SES_REASON_SES_LIST:
		learn_run(0, pieces, count, entry);
		return true;
	case SES_REASON_SOFT_BOUNCE:
		return learn_soft(policy, policy->soft_days, pieces, count, entry);
	case SES_REASON_NO_SUCH_DOMAIN:
		return learn_soft(policy, 1, pieces, count, entry);
	case SES_REASON_NONE:
	case SES_REASON_MANUAL:
	case SES_REASON_IMPORT:
		break;
	}
	return false;
}

static bool expires_before(const struct ses_entry *one, const struct ses_entry *other)
{
	return one->expires != UTC_NONE &&
	       (other->expires == UTC_NONE || one->expires < other->expires);
}

/* Whether an entry adds nothing to one of those that come before it. */
static bool is_covered(const struct ses_learnt *learnt, const struct ses_entry *entry)
{
	for (size_t i = 0; i < learnt->count; i++) {
		const struct ses_entry *other = &learnt->entries[i];
		bool covers = entry->reason == SES_REASON_QUARANTINE
				      ? other->reason == SES_REASON_BOUNCE &&
						strcmp(other->scope, entry->scope) == 0
				      : entry->reason == SES_REASON_COMPLAINT &&
						!entry->is_certain &&
						other->reason == SES_REASON_COMPLAINT &&
						other->is_certain &&
						other->scope[0] == '\0';

		if (covers && !expires_before(other, entry))
			return true;
	}
	return false;
}

static void keep(struct ses_learnt *learnt, const struct ses_entry *entry)
{
	char *scope = learnt->scopes[learnt->count];

	memcpy(scope, entry->scope, strlen(entry->scope) + 1);
	learnt->entries[learnt->count] = *entry;
	learnt->entries[learnt->count++].scope = scope;
}

/* The pieces are sorted: those of one scope and reason lie together. */
static void decide_all(const struct learn *learn, struct ses_learnt *learnt)
{
	size_t begin = 0, end;

	for (; begin < learn->piece_count && learnt->count < SES_LEARNT_MAX;
		begin = end) {
		struct learn_piece *first = &learn->pieces[begin];
		const char *scope = first->scope;
		enum ses_reason reason = first->reason;
		struct ses_entry entry;

		for (end = begin + 1; end < learn->piece_count; end++) {
			if (learn->pieces[end].reason != reason ||
				strcmp(learn->pieces[end].scope, scope) != 0)
				break;
		}
		if (!decide(learn->policy, first, end - begin, &entry))
			continue;
		entry.scope = scope;
		entry.hand = SES_HAND_NONE;
		entry.reason = reason;
		if (!is_covered(learnt, &entry))
			keep(learnt, &entry);
	}
}

bool ses_suppression_learn(const struct ses_suppression_policy *policy,
	const struct ses_evidence *evidence, size_t count, const struct ses_entry *rules,
	size_t rule_count, struct ses_learnt *learnt)
{
	struct learn learn = {.policy = policy,
		.evidence = evidence,
		.evidence_count = count,
		.rules = rules,
		.rule_count = rule_count};

	learnt->count = 0;
	learnt->held = 0;
	learnt->at_ses = -1;
	if (count == 0)
		return true;
	learn.pieces = calloc(count, sizeof(*learn.pieces));
	learn.scopes = calloc(count, sizeof(*learn.scopes));
	if (learn.pieces == NULL || learn.scopes == NULL) {
		free(learn.pieces);
		free(learn.scopes);
		return false;
	}
	learn_collect(&learn);
	learn_release(&learn);
	qsort(learn.pieces, learn.piece_count, sizeof(*learn.pieces), compare);
	decide_all(&learn, learnt);
	learnt->held = learn.held;
	learnt->at_ses = learn_at_ses(&learn);
	free(learn.pieces);
	free(learn.scopes);
	return true;
}

const char *ses_hand_name(enum ses_hand hand)
{
	switch (hand) {
	case SES_HAND_NONE:
		return NULL;
	case SES_HAND_SUPPRESS:
		return "suppress";
	case SES_HAND_NEVER:
		return "never";
	case SES_HAND_REMOVED:
		return "removed";
	case SES_HAND_IMPORT:
		return "import";
	}
	return NULL;
}
