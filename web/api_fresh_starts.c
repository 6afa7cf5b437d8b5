/* api_fresh_starts.c - from when on an account is counted afresh. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/marks.h"
#include "web/api.h"
#include "web/api_account.h"
#include "web/api_list.h"
#include "web/api_members.h"
#include "web/api_query.h"
#include "web/api_rates_query.h"
#include "web/api_reply.h"

/* A plan, not a slip of the pen. */
#define AHEAD_MS (366 * DAY_MS)

static struct json *mark_json(const struct store_mark *mark)
{
	struct json *json = json_object();

	json_put_integer(json, "id", mark->id);
	json_put_text(json, "account", mark->account);
	json_put_text(json, "region", mark->region);
	json_put_time(json, "at", mark->at);
	json_put_time(json, "recorded", mark->recorded);
	json_put_text(json, "actor", mark->actor);
	json_put_text(json, "note", text_is_empty(mark->note) ? NULL : mark->note);
	return json;
}

/* ---- the list ---- */

static bool add_mark(void *closure, const struct store_mark *mark)
{
	return api_list_add(closure, mark_json(mark));
}

void api_fresh_starts_list(struct request *request)
{
	static const char *const known[] = {"account", "region", NULL};
	char *account = NULL, *region = NULL;
	struct api_list list;
	struct error error;

	if (request_query_is_known(request, known) &&
		api_query_account(request, &account) &&
		api_query_region(request, &region)) {
		api_list_init(&list);
		if (store_mark_list(
			    request->store, account, region, add_mark, &list, &error))
			api_list_reply(request, &list, NULL, "fresh_starts", NULL);
		else
			reply_store_failed(request, &error);
		api_list_finish(&list);
	}
	free(account);
	free(region);
}

/* ---- a new one ---- */

static bool submit(struct request *request, struct store_mark_change *change)
{
	struct store_job job = {.kind = STORE_MARK,
		.mark = change,
		.actor = request->actor,
		.cause = "",
		.now = clock_now()};

	if (store_submit_and_wait(request->store, &job) != STORE_FAILED)
		return true;
	api_reply_not_stored(request);
	return false;
}

/* The one that stands there now: this one, or one of the same time that stood there. */
struct search {
	utc_ms at;
	struct json *json; /* NULL: not found yet */
};

static bool look_for(void *closure, const struct store_mark *mark)
{
	struct search *search = closure;

	if (mark->at != search->at)
		return true;
	search->json = mark_json(mark);
	return false;
}

static void add(struct request *request, const struct store_mark *mark)
{
	struct store_mark_change change = {.add = mark};
	struct search search = {.at = mark->at};
	struct error error;

	if (!submit(request, &change))
		return;
	if (!store_mark_list(request->store, mark->account, mark->region, look_for,
		    &search, &error)) {
		reply_store_failed(request, &error);
		return;
	}
	/* Gone already: somebody else took it back just now. We show what we put. */
	if (search.json == NULL)
		search.json = mark_json(mark);
	reply_json(request, change.changed ? 201 : 200, search.json);
}

static bool read_body(
	const struct json *body, struct store_mark *mark, utc_ms now, struct error *error)
{
	static const char *const known[] = {"account", "region", "at", "note", NULL};
	static const char expected[] =
		"from when on to count, such as 2026-01-31T12:00:00Z; now if it is "
		"absent, at most a year ahead";

	if (!api_members_are_known(body, known, "a fresh start", error) ||
		!api_member_account(body, &mark->account, &mark->region, error) ||
		!api_member_time(body, "at", expected, &mark->at, error) ||
		!api_member_note(body, &mark->note, error))
		return false;
	if (mark->at <= now + AHEAD_MS && mark->at >= 0)
		return true;
	return error_set(error, "\"at\" takes %s", expected);
}

void api_fresh_start_add(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	utc_ms now = clock_now();
	struct store_mark mark = {
		.at = now, .recorded = now, .actor = request->actor, .note = ""};
	struct json *body;
	struct error error;

	if (!request_query_is_known(request, no_parameters))
		return;
	body = request_json(request);
	if (body != NULL && read_body(body, &mark, now, &error))
		add(request, &mark);
	else if (body != NULL)
		reply_problem(request, 400, "body", "%s", error.text);
	json_free(body);
}

/* ---- the end of one ---- */

void api_fresh_start_delete(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	struct store_mark_change change = {0};

	if (!request_query_is_known(request, no_parameters))
		return;
	if (!text_to_integer(request->argument, &change.remove) || change.remove == 0) {
		reply_problem(request, 400, "not-an-id",
			"\"%.100s\" is no id of a fresh start; ids are whole numbers",
			request->argument);
		return;
	}
	if (!submit(request, &change))
		return;
	if (change.changed)
		reply_empty(request, 204);
	else
		reply_problem(request, 404, "no-fresh-start",
			"there is no fresh start %s; GET /v1/fresh-starts lists them",
			request->argument);
}
