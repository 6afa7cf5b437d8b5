/* api_policy_run.c - what a policy makes of the recorded feedback: told, and applied. */
#include "web/api_policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/api_list.h"
#include "web/api_reply.h"
#include "web/inside.h"

#define ROWS_MAX 1000

/* ---- why ---- */

/* The keys of the configuration that decide an entry of this kind. */
static const char *keys_of(const struct ses_entry *entry)
{
	switch (entry->reason) {
	case SES_REASON_SOFT_BOUNCE:
		return "soft_bounces, soft_expiry, soft_expiry_max, bounce_scope";
	case SES_REASON_NO_SUCH_DOMAIN:
		return "soft_expiry, soft_expiry_max, bounce_scope";
	case SES_REASON_BOUNCE:
		return "bounce_expiry, bounce_scope";
	case SES_REASON_QUARANTINE:
		return "quarantine_expiry, bounce_scope";
	case SES_REASON_COMPLAINT:
		return entry->is_certain ? "complaint_expiry, complaint_scope"
					 : "uncertain_complaints, complaint_scope";
	case SES_REASON_SES_LIST:
		return "bounce_scope";
	case SES_REASON_NONE:
	case SES_REASON_MANUAL:
	case SES_REASON_IMPORT:
		break;
	}
	return "rules by hand";
}

/* The key that says how long an entry of this reason lasts. */
static const char *expiry_key(enum ses_reason reason)
{
	switch (reason) {
	case SES_REASON_BOUNCE:
		return "bounce_expiry";
	case SES_REASON_COMPLAINT:
		return "complaint_expiry";
	case SES_REASON_QUARANTINE:
		return "quarantine_expiry";
	case SES_REASON_SOFT_BOUNCE:
	case SES_REASON_NO_SUCH_DOMAIN:
		return "soft_expiry, soft_expiry_max";
	case SES_REASON_NONE:
	case SES_REASON_MANUAL:
	case SES_REASON_IMPORT:
	case SES_REASON_SES_LIST:
		break;
	}
	return "rules by hand";
}

/* "expires 14 days earlier". */
static void say_expiry(
	const struct ses_entry *before, const struct ses_entry *after, char text[64])
{
	int64_t shift;

	if (after->expires == UTC_NONE) {
		snprintf(text, 64, "does not expire any more");
		return;
	}
	if (before->expires == UTC_NONE) {
		snprintf(text, 64, "expires, which it did not");
		return;
	}
	shift = after->expires - before->expires;
	if (llabs(shift) >= 2 * DAY_MS)
		snprintf(text, 64, "expires %lld days %s", llabs(shift) / DAY_MS,
			shift < 0 ? "earlier" : "later");
	else
		snprintf(text, 64, "expires %lld minutes %s", llabs(shift) / MINUTE_MS,
			shift < 0 ? "earlier" : "later");
}

void api_policy_why(
	const struct store_difference *difference, char why[API_POLICY_WHY_SIZE])
{
	const struct ses_entry *before = difference->before, *after = difference->after;
	char expiry[64];

	if (before == NULL && after == NULL)
		snprintf(why, API_POLICY_WHY_SIZE, "nothing differs");
	else if (before == NULL)
		snprintf(why, API_POLICY_WHY_SIZE,
			"its feedback now makes a %s entry: %s",
			ses_reason_name(after->reason), keys_of(after));
	else if (after == NULL)
		snprintf(why, API_POLICY_WHY_SIZE,
			"its feedback makes no %s entry any more: %s",
			ses_reason_name(before->reason), keys_of(before));
	else if (before->reason != after->reason)
		snprintf(why, API_POLICY_WHY_SIZE, "%s in place of %s: %s",
			ses_reason_name(after->reason), ses_reason_name(before->reason),
			keys_of(after));
	else if (before->is_certain != after->is_certain)
		snprintf(why, API_POLICY_WHY_SIZE, "the complaint is%s certain: %s",
			after->is_certain ? "" : " not", "uncertain_complaints");
	else if (before->since != after->since || before->event != after->event)
		snprintf(why, API_POLICY_WHY_SIZE, "other feedback completes it: %s",
			keys_of(after));
	else if (before->expires != after->expires) {
		say_expiry(before, after, expiry);
		snprintf(why, API_POLICY_WHY_SIZE, "%s: %s", expiry,
			expiry_key(after->reason));
	} else {
		snprintf(why, API_POLICY_WHY_SIZE, "it is decided otherwise");
	}
}

/* ---- comparing ---- */

struct comparison {
	struct web *web;
	struct api_list rows;
	int64_t added, removed, changed, left_out;
	bool collects; /* the addresses, to apply the policy to */
	char **addresses;
	size_t address_count, room;
	bool is_out_of_memory;
};

static struct json *entry_json(const struct ses_entry *entry)
{
	struct json *json;

	if (entry == NULL)
		return NULL;
	json = json_object();
	json_put_text(json, "reason", ses_reason_name(entry->reason));
	json_put_boolean(json, "certain", entry->is_certain);
	json_put_time(json, "since", entry->since);
	json_put_time(json, "expires", entry->expires);
	if (entry->event > 0)
		json_put_integer(json, "event", entry->event);
	else
		json_put_null(json, "event");
	return json;
}

static bool add_row(
	struct comparison *comparison, const struct store_difference *difference)
{
	char why[API_POLICY_WHY_SIZE];
	struct json *row;

	if (comparison->rows.count == ROWS_MAX) {
		comparison->left_out++;
		return true;
	}
	api_policy_why(difference, why);
	row = json_object();
	json_put_text(row, "address", difference->address);
	json_put_text(row, "scope", difference->scope);
	json_put(row, "before", entry_json(difference->before));
	json_put(row, "after", entry_json(difference->after));
	json_put_text(row, "why", why);
	return api_list_add(&comparison->rows, row);
}

/* The differences of one address come one after another. */
static bool collect(struct comparison *comparison, const char *address)
{
	size_t count = comparison->address_count;
	char **more;

	if (!comparison->collects ||
		(count > 0 && text_equal(comparison->addresses[count - 1], address)))
		return true;
	if (count == comparison->room) {
		size_t room = count == 0 ? 1024 : 2 * count;

		more = realloc(comparison->addresses, room * sizeof(*more));
		if (more == NULL)
			return false;
		comparison->addresses = more;
		comparison->room = room;
	}
	comparison->addresses[count] = text_copy(address, strlen(address));
	if (comparison->addresses[count] == NULL)
		return false;
	comparison->address_count++;
	return true;
}

static bool take_difference(void *closure, const struct store_difference *difference)
{
	struct comparison *comparison = closure;

	if (difference->before == NULL)
		comparison->added++;
	else if (difference->after == NULL)
		comparison->removed++;
	else
		comparison->changed++;
	if (!add_row(comparison, difference) || !collect(comparison, difference->address))
		comparison->is_out_of_memory = true;
	return !comparison->is_out_of_memory &&
	       !atomic_load(&comparison->web->is_stopping);
}

static void free_comparison(struct comparison *comparison)
{
	api_list_finish(&comparison->rows);
	for (size_t i = 0; i < comparison->address_count; i++)
		free(comparison->addresses[i]);
	free(comparison->addresses);
}

/* ---- the answer ---- */

static void reply(struct request *request, struct comparison *comparison,
	int64_t compared, const int64_t *applied)
{
	struct json *before = json_object(), *after = json_object();

	json_put_integer(before, "compared", compared);
	json_put_integer(before, "added", comparison->added);
	json_put_integer(before, "removed", comparison->removed);
	json_put_integer(before, "changed", comparison->changed);
	if (applied != NULL)
		json_put_integer(before, "applied", *applied);
	json_put_integer(after, "left_out", comparison->left_out);
	api_list_reply(request, &comparison->rows, before, "differences", after);
}

static void apply(struct request *request, const struct ses_suppression_policy *policy,
	struct comparison *comparison, int64_t compared, utc_ms now)
{
	char cause[160];
	struct store_job job = {.kind = STORE_POLICY_APPLY,
		.policy = policy,
		.actor = "policy",
		.cause = cause,
		.addresses = (const char *const *) comparison->addresses,
		.address_count = comparison->address_count,
		.now = now};
	int64_t applied;

	snprintf(cause, sizeof(cause), "applied by %s", request->actor);
	/* In one transaction: all of them or none. */
	if (comparison->address_count > 0 &&
		store_submit_and_wait(request->store, &job) == STORE_FAILED) {
		api_reply_not_stored(request);
		return;
	}
	applied = (int64_t) job.recorded;
	reply(request, comparison, compared, &applied);
}

/* The daemon may have to stop in the middle of millions. */
static bool is_wanted(void *closure)
{
	const struct comparison *comparison = closure;

	return !atomic_load(&comparison->web->is_stopping);
}

void api_policy_run(struct request *request, const struct ses_suppression_policy *policy,
	bool is_to_apply)
{
	struct comparison comparison = {.web = request->web, .collects = is_to_apply};
	utc_ms now = clock_now();
	int64_t compared = 0;
	struct error error = {""};

	api_list_init(&comparison.rows);
	if (!store_policy_compare(request->store, policy, now, take_difference, is_wanted,
		    &comparison, &compared, &error))
		reply_store_failed(request, &error);
	else if (comparison.is_out_of_memory)
		api_reply_no_memory(request);
	else if (atomic_load(&request->web->is_stopping))
		reply_problem(request, 503, "stopping", "the daemon stops");
	else if (is_to_apply)
		apply(request, policy, &comparison, compared, now);
	else
		reply(request, &comparison, compared, NULL);
	free_comparison(&comparison);
}
