/* api_silences.c - for how long nothing is told of an alert. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/alerts.h"
#include "web/api.h"
#include "web/api_alert.h"
#include "web/api_list.h"
#include "web/api_members.h"
#include "web/api_query.h"
#include "web/api_reply.h"

/* A longer one is forgotten, and with it what it hides. */
#define SILENCE_MAX_MS (30 * DAY_MS)
#define OBJECT_MAX 1000

static struct json *silence_json(const struct store_silence *silence)
{
	struct json *json = json_object();

	json_put_text(json, "name", silence->name);
	json_put_text(json, "object", silence->object);
	json_put_time(json, "at", silence->at);
	json_put_time(json, "until", silence->until);
	json_put_text(json, "actor", silence->actor);
	json_put_text(json, "note", silence->note);
	return json;
}

static bool add_silence(void *closure, const struct store_silence *silence)
{
	return api_list_add(closure, silence_json(silence));
}

void api_silences_list(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	struct api_list list;
	struct error error;

	if (!request_query_is_known(request, no_parameters))
		return;
	api_list_init(&list);
	if (store_silence_list(request->store, clock_now(), add_silence, &list, &error))
		api_list_reply(request, &list, NULL, "silences", NULL);
	else
		reply_store_failed(request, &error);
	api_list_finish(&list);
}

/* ---- putting and ending one ---- */

/* request->argument as a kind or "*", and "object"; that is freed by the caller. */
static bool read_target(
	struct request *request, struct store_silence *silence, char **object)
{
	silence->name = request->argument;
	silence->object = "";
	if (!text_equal(silence->name, "*") &&
		!api_alert_is_known(request, silence->name))
		return false;
	if (!api_query_text(request, "object", object))
		return false;
	if (*object != NULL && strlen(*object) > OBJECT_MAX)
		return api_refuse_parameter(
			request, "object", *object, "the object of an alert");
	if (*object != NULL)
		silence->object = *object;
	return true;
}

static bool submit(struct request *request, struct store_silence *silence, utc_ms now,
	bool *is_changed)
{
	struct store_silence_change change = {.silence = *silence};
	struct store_job job = {.kind = STORE_SILENCE,
		.silence = &change,
		.actor = request->actor,
		.cause = "",
		.now = now};

	if (store_submit_and_wait(request->store, &job) != STORE_FAILED) {
		*is_changed = change.changed;
		return true;
	}
	api_reply_not_stored(request);
	return false;
}

static bool refuse_until(struct error *error)
{
	return error_set(error,
		"one of \"for\" (4h, 2d) and \"until\" (2026-01-31T12:00:00Z) says for "
		"how long: more than nothing, and at most 30 days");
}

static bool read_body(const struct json *body, struct store_silence *silence, utc_ms now,
	struct error *error)
{
	static const char *const known[] = {"for", "until", "note", NULL};
	static const char expected_for[] = "a duration such as 4h or 2d";
	static const char expected_until[] = "a time such as 2026-01-31T12:00:00Z";
	const char *duration = NULL;
	int64_t duration_ms = 0;

	silence->until = UTC_NONE;
	if (!api_members_are_known(body, known, "a silence", error) ||
		!api_member_text(body, "for", expected_for, &duration, error) ||
		!api_member_time(body, "until", expected_until, &silence->until, error) ||
		!api_member_note(body, &silence->note, error))
		return false;
	if ((duration == NULL) == (silence->until == UTC_NONE))
		return refuse_until(error);
	if (duration != NULL && !duration_parse(duration, &duration_ms))
		return error_set(error, "\"for\" takes %s", expected_for);
	if (duration != NULL)
		silence->until = now + duration_ms;
	return (silence->until > now && silence->until <= now + SILENCE_MAX_MS) ||
	       refuse_until(error);
}

static void put(
	struct request *request, const struct json *body, struct store_silence *silence)
{
	struct error error;
	bool is_changed;

	silence->at = clock_now();
	silence->actor = request->actor;
	silence->note = "";
	if (!read_body(body, silence, silence->at, &error))
		reply_problem(request, 400, "body", "%s", error.text);
	else if (submit(request, silence, silence->at, &is_changed))
		reply_json(request, 200, silence_json(silence));
}

void api_silence_put(struct request *request)
{
	static const char *const known[] = {"object", NULL};
	struct store_silence silence = {0};
	struct json *body = NULL;
	char *object = NULL;

	if (request_query_is_known(request, known) &&
		read_target(request, &silence, &object) &&
		(body = request_json(request)) != NULL)
		put(request, body, &silence);
	json_free(body);
	free(object);
}

void api_silence_delete(struct request *request)
{
	static const char *const known[] = {"object", NULL};
	struct store_silence silence = {.until = UTC_NONE};
	bool is_changed = false;
	char *object = NULL;

	if (request_query_is_known(request, known) &&
		read_target(request, &silence, &object) &&
		submit(request, &silence, clock_now(), &is_changed)) {
		if (is_changed)
			reply_empty(request, 204);
		else
			reply_problem(request, 404, "no-silence",
				"it was not silenced; GET /v1/silences lists what is");
	}
	free(object);
}
