/* verdict.c - whether an address may be mailed in a stream, and what says so. */
#include "ses/suppression.h"

#include <string.h>

/* The entries of one address, as a question sees them. */
struct view {
	const struct ses_entry *entries;
	size_t count;
	const struct ses_scopes *scopes;
	utc_ms now;
};

static bool is_rule(const struct ses_entry *entry)
{
	return entry->hand == SES_HAND_SUPPRESS || entry->hand == SES_HAND_NEVER;
}

static bool suppresses(const struct ses_entry *entry)
{
	return entry->hand != SES_HAND_NEVER && entry->hand != SES_HAND_REMOVED;
}

static bool outlives(const struct ses_entry *one, const struct ses_entry *other)
{
	if (one->expires == UTC_NONE || other->expires == UTC_NONE)
		return one->expires == UTC_NONE && other->expires != UTC_NONE;
	return one->expires > other->expires;
}

/* Whether one is told rather than other; NULL is weaker than anything. It settles every
 * tie, so that the order of the rows never shows. */
static bool is_stronger(const struct ses_entry *one, const struct ses_entry *other)
{
	int scope;

	if (other == NULL || ses_reason_outranks(one->reason, other->reason))
		return true;
	if (ses_reason_outranks(other->reason, one->reason))
		return false;
	if (one->is_certain != other->is_certain)
		return one->is_certain;
	if (outlives(one, other) || outlives(other, one))
		return outlives(one, other);
	scope = strcmp(one->scope, other->scope);
	if (scope != 0)
		return scope < 0;
	return one->hand != SES_HAND_NONE && other->hand == SES_HAND_NONE;
}

/* The rule by hand that decides, of those of a named scope or of those for everything. */
static const struct ses_entry *deciding_rule(const struct view *view, bool is_named)
{
	const struct ses_entry *found = NULL;

	for (size_t i = 0; i < view->count; i++) {
		const struct ses_entry *entry = &view->entries[i];

		if (!is_rule(entry) || (entry->scope[0] != '\0') != is_named ||
			!ses_entry_stands(entry, view->now) ||
			!ses_scopes_include(view->scopes, entry->scope))
			continue;
		if (found == NULL || suppresses(entry) > suppresses(found) ||
			(suppresses(entry) == suppresses(found) &&
				is_stronger(entry, found)))
			found = entry;
	}
	return found;
}

static const struct ses_entry *strongest(const struct view *view)
{
	const struct ses_entry *found = NULL;

	for (size_t i = 0; i < view->count; i++) {
		const struct ses_entry *entry = &view->entries[i];

		if (suppresses(entry) && ses_entry_stands(entry, view->now) &&
			ses_scopes_include(view->scopes, entry->scope) &&
			is_stronger(entry, found))
			found = entry;
	}
	return found;
}

static const struct ses_entry *on_probation(const struct view *view)
{
	const struct ses_entry *found = NULL;

	for (size_t i = 0; i < view->count; i++) {
		const struct ses_entry *entry = &view->entries[i];

		if (entry->hand == SES_HAND_NONE &&
			(entry->reason == SES_REASON_SOFT_BOUNCE ||
				entry->reason == SES_REASON_NO_SUCH_DOMAIN) &&
			!ses_entry_stands(entry, view->now) &&
			ses_scopes_include(view->scopes, entry->scope) &&
			is_stronger(entry, found))
			found = entry;
	}
	return found;
}

/* What a question is answered by, of the address or else of its domain. */
static const struct ses_entry *find(
	const struct ses_entry *(*search)(const struct view *view),
	const struct view views[2])
{
	const struct ses_entry *found = search(&views[0]);

	return found != NULL ? found : search(&views[1]);
}

enum ses_verdict ses_suppression_verdict(const struct ses_entry *own, size_t own_count,
	const struct ses_entry *domain, size_t domain_count,
	const struct ses_scopes *scopes, utc_ms now, const struct ses_entry **told)
{
	const struct view views[2] = {
		{own, own_count, scopes, now}, {domain, domain_count, scopes, now}};
	const struct ses_entry *rule = NULL;

	for (size_t i = 0; i < 4 && rule == NULL; i++)
		rule = deciding_rule(&views[i / 2], i % 2 == 0);
	if (rule != NULL && rule->hand == SES_HAND_NEVER) {
		*told = rule;
		return SES_VERDICT_NEVER;
	}
	*told = find(strongest, views);
	if (*told != NULL)
		return SES_VERDICT_SUPPRESSED;
	*told = find(on_probation, views);
	return *told != NULL ? SES_VERDICT_PROBATION : SES_VERDICT_CLEAR;
}
