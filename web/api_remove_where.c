/* api_remove_where.c - undoes what the bounces of a time put on the list. */
#include "web/api_remove_where.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "ses/provider.h"
#include "web/api_entry.h"
#include "web/api_list.h"
#include "web/api_reply.h"
#include "web/background.h"
#include "web/inside.h"

#define PAGE 1000 /* events that are looked at together */
#define RESULTS_MAX 100000
#define RESULTS_BYTES_MAX ((size_t) 40 << 20)
#define SHOWN_MAX 300 /* bytes of a diagnostic */

/* A bounce that fits, and the entry it put there, if it did. */
struct candidate {
	int64_t event;
	char *address, *original, *diagnostic, *scope;
	char account[13], region[40];
	utc_ms since;
	int at_ses;
	int64_t version; /* of the entry's (address, scope) */
	bool is_found, is_kept;
};

struct removal {
	struct request *request;
	const struct removal_choice *choice;
	utc_ms now;
	struct candidate candidates[PAGE];
	size_t count;
	struct store_change changes[PAGE];
	int64_t matched, removed, kept;
	struct api_list results;
	bool has_memory, has_more;
};

static void forget_candidates(struct removal *removal)
{
	for (size_t i = 0; i < removal->count; i++) {
		struct candidate *candidate = &removal->candidates[i];

		free(candidate->address);
		free(candidate->original);
		free(candidate->diagnostic);
		free(candidate->scope);
	}
	removal->count = 0;
}

/* ---- events ---- */

/* By the reply, else by whom SES talked to: as the guard has it. */
static bool is_at_provider(const char *address, const struct json *facts,
	const char *diagnostic, const char *wanted)
{
	const char *domain = ses_address_domain(address);
	const char *provider = ses_provider_of(domain, diagnostic);

	if (text_equal(provider, domain))
		provider = ses_provider_of(domain, json_text(facts, "reportingMTA"));
	return text_equal_ignoring_case(provider, wanted);
}

static bool is_wanted(const struct removal_choice *choice,
	const struct store_event *event, const struct json *facts, const char *diagnostic)
{
	if (text_is_empty(event->address))
		return false;
	if (choice->diagnostic[0] != '\0' &&
		(diagnostic == NULL ||
			strcasestr(diagnostic, choice->diagnostic) == NULL))
		return false;
	return choice->provider[0] == '\0' ||
	       is_at_provider(event->address, facts, diagnostic, choice->provider);
}

static bool keep_text(char **kept, const char *text, size_t length)
{
	*kept = text_copy(text, length);
	return *kept != NULL;
}

static bool keep_candidate(
	struct removal *removal, const struct store_event *event, const char *diagnostic)
{
	struct candidate *candidate = &removal->candidates[removal->count++];
	size_t length = diagnostic == NULL ? 0 : strlen(diagnostic);

	*candidate = (struct candidate){.event = event->id};
	if (length > SHOWN_MAX)
		length = utf8_without_half(diagnostic, SHOWN_MAX);
	snprintf(candidate->account, sizeof(candidate->account), "%s", event->account);
	snprintf(candidate->region, sizeof(candidate->region), "%s", event->region);
	return keep_text(&candidate->address, event->address, strlen(event->address)) &&
	       keep_text(
		       &candidate->original, event->original, strlen(event->original)) &&
	       keep_text(&candidate->diagnostic, diagnostic == NULL ? "" : diagnostic,
		       length);
}

static bool take_event(void *closure, const struct store_event *event)
{
	struct removal *removal = closure;
	struct json *facts = NULL;
	const char *diagnostic;

	if (event->facts != NULL)
		facts = json_parse(event->facts, strlen(event->facts), JSON_REPAIR, NULL);
	diagnostic = json_text(facts, "diagnosticCode");
	if (is_wanted(removal->choice, event, facts, diagnostic))
		removal->has_memory = keep_candidate(removal, event, diagnostic);
	json_free(facts);
	return removal->has_memory;
}

/* ---- entries ---- */

struct look {
	struct removal *removal;
	struct candidate *candidate;
};

static bool is_put_by(const struct look *look, const struct store_suppression *row)
{
	const struct removal_choice *choice = look->removal->choice;

	return row->hand == SES_HAND_NONE && row->reason == choice->reason &&
	       row->event == look->candidate->event &&
	       (row->expires == UTC_NONE || row->expires > look->removal->now) &&
	       (!choice->has_scope || text_equal(row->scope, choice->scope));
}

static bool find_entry(void *closure, const struct store_suppression *row)
{
	struct look *look = closure;
	struct candidate *candidate = look->candidate;

	if (candidate->is_found || !is_put_by(look, row))
		return true;
	candidate->is_found = true;
	candidate->since = row->since;
	candidate->at_ses = row->at_ses;
	look->removal->has_memory =
		keep_text(&candidate->scope, row->scope, strlen(row->scope));
	return look->removal->has_memory;
}

/* A removal voids all that stands in the scope: it must be bounces only. */
static bool weigh_scope(void *closure, const struct store_suppression *row)
{
	struct look *look = closure;
	struct candidate *candidate = look->candidate;
	bool stands = row->expires == UTC_NONE || row->expires > look->removal->now;

	if (!text_equal(row->scope, candidate->scope))
		return true;
	if (row->version > candidate->version)
		candidate->version = row->version;
	if (stands && ((row->hand != SES_HAND_NONE && row->hand != SES_HAND_REMOVED) ||
			      row->reason == SES_REASON_COMPLAINT))
		candidate->is_kept = true;
	return true;
}

static bool look_up(
	struct removal *removal, struct candidate *candidate, struct error *error)
{
	struct look look = {removal, candidate};
	struct store *store = removal->request->store;

	if (!store_dossier(store, candidate->address, find_entry, NULL, &look, error))
		return false;
	if (!candidate->is_found || !removal->has_memory)
		return true;
	return store_dossier(store, candidate->address, weigh_scope, NULL, &look, error);
}

/* Leaves only those whose entry is to go. */
static bool look_up_all(struct removal *removal, struct error *error)
{
	size_t kept = 0;

	for (size_t i = 0; i < removal->count && removal->has_memory; i++) {
		struct candidate *candidate = &removal->candidates[i], other;

		if (!look_up(removal, candidate, error))
			return false;
		removal->kept += candidate->is_found && candidate->is_kept;
		if (!candidate->is_found || candidate->is_kept)
			continue;
		other = removal->candidates[kept];
		removal->candidates[kept++] = *candidate;
		*candidate = other;
	}
	for (size_t i = kept; i < removal->count; i++) {
		free(removal->candidates[i].address);
		free(removal->candidates[i].original);
		free(removal->candidates[i].diagnostic);
		free(removal->candidates[i].scope);
	}
	removal->count = kept;
	removal->matched += (int64_t) kept;
	return true;
}

/* ---- removing ---- */

static bool remove_page(struct removal *removal)
{
	struct store_job job = {.kind = STORE_CHANGE_LIST,
		.changes = removal->changes,
		.change_count = removal->count,
		.policy = &removal->request->rules->suppression,
		.actor = removal->request->actor,
		.cause = "bounces undone",
		.now = clock_now()};

	for (size_t i = 0; i < removal->count; i++) {
		const struct candidate *candidate = &removal->candidates[i];

		removal->changes[i] = (struct store_change){.kind = STORE_REMOVE,
			.expected_version = candidate->version,
			.entry = {.address = candidate->address,
				.original = candidate->original,
				.scope = candidate->scope,
				.note = removal->choice->note}};
	}
	return removal->count == 0 ||
	       store_submit_and_wait(removal->request->store, &job) != STORE_FAILED;
}

static const char *result_of(struct removal *removal, size_t i, int *at_ses)
{
	const struct store_change *change = &removal->changes[i];

	*at_ses = removal->candidates[i].at_ses;
	if (removal->choice->is_dry_run)
		return "matched";
	*at_ses = change->at_ses;
	if (change->result != STORE_REMOVED)
		return "conflict"; /* it changed meanwhile */
	removal->removed++;
	return "removed";
}

static void add_result(struct removal *removal, size_t i)
{
	const struct candidate *candidate = &removal->candidates[i];
	struct json *json = json_object();
	int at_ses;
	const char *result = result_of(removal, i, &at_ses);

	json_put_text(json, "address", candidate->address);
	json_put_text(json, "original", candidate->original);
	json_put_text(json, "reason", ses_reason_name(removal->choice->reason));
	json_put_text(json, "scope", candidate->scope);
	json_put_time(json, "since", candidate->since);
	json_put_integer(json, "event", candidate->event);
	json_put_text(json, "diagnostic", candidate->diagnostic);
	json_put_text(json, "at_ses", api_at_ses_name(at_ses));
	json_put_text(json, "account", candidate->account);
	json_put_text(json, "region", candidate->region);
	json_put_text(json, "result", result);
	removal->has_memory = api_list_add(&removal->results, json);
}

static bool is_at_its_end(const struct removal *removal)
{
	return removal->results.count + PAGE > RESULTS_MAX ||
	       removal->results.rows.length >= RESULTS_BYTES_MAX;
}

/* One page of events; *next: where the next one begins, 0 at the end. False: the answer
 * is set. */
static bool run_page(struct removal *removal, int64_t *next)
{
	struct store_event_filter filter = {.type = SES_BOUNCE,
		.since = removal->choice->since,
		.until = removal->choice->until,
		.before = *next,
		.limit = PAGE};
	struct request *request = removal->request;
	struct error error;

	if (!store_event_list(
		    request->store, &filter, take_event, removal, next, &error) ||
		!look_up_all(removal, &error)) {
		reply_store_failed(request, &error);
		return false;
	}
	if (removal->has_memory && !removal->choice->is_dry_run &&
		!remove_page(removal)) {
		reply_problem(request, 503, "store-failed",
			"the store can't write now: %lld are removed, the others are "
			"not; "
			"call again for them",
			(long long) removal->removed);
		return false;
	}
	for (size_t i = 0; i < removal->count && removal->has_memory; i++)
		add_result(removal, i);
	forget_candidates(removal);
	if (!removal->has_memory)
		api_reply_no_memory(request);
	return removal->has_memory;
}

static void reply(struct removal *removal)
{
	struct json *before = json_object();

	json_put_integer(before, "matched", removal->matched);
	json_put_integer(before, "removed", removal->removed);
	json_put_integer(before, "kept", removal->kept);
	json_put_boolean(before, "dry_run", removal->choice->is_dry_run);
	json_put_boolean(before, "more", removal->has_more);
	api_list_reply(removal->request, &removal->results, before, "results", NULL);
}

static bool run_pages(struct removal *removal)
{
	int64_t next = 0;

	do {
		if (!run_page(removal, &next))
			return false;
		/* A stop is no failure: what is done is told. */
		removal->has_more =
			next > 0 &&
			(is_at_its_end(removal) ||
				atomic_load(&removal->request->web->is_stopping));
	} while (next > 0 && !removal->has_more);
	return true;
}

void removal_run(struct request *request, const struct removal_choice *choice)
{
	struct removal *removal = calloc(1, sizeof(*removal));

	if (removal == NULL) {
		api_reply_no_memory(request);
		return;
	}
	removal->request = request;
	removal->choice = choice;
	removal->now = clock_now();
	removal->has_memory = true;
	api_list_init(&removal->results);
	if (run_pages(removal))
		reply(removal);
	forget_candidates(removal);
	api_list_finish(&removal->results);
	free(removal);
}

/* ---- beside the door ---- */

static void work(struct request *request, void *closure)
{
	removal_run(request, closure);
	free(closure);
}

void removal_begin(struct request *request, const struct removal_choice *choice)
{
	struct removal_choice *copy = malloc(sizeof(*copy));

	if (copy == NULL) {
		api_reply_no_memory(request);
		return;
	}
	*copy = *choice;
	if (!background_begin(request, "remove", work, copy))
		free(copy);
}
