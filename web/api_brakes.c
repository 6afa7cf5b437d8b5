/* api_brakes.c - what is stopped, and how it goes on again. */
#include "web/api_brake.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "web/api.h"
#include "web/api_account.h"
#include "web/api_members.h"
#include "web/api_query.h"
#include "web/api_rates_query.h"
#include "web/api_reply.h"
#include "web/background.h"
#include "web/inside.h"

#define ATTEMPTS 5 /* where the watcher writes at the same time */

struct json *api_brake_json(const struct store_brake *brake)
{
	const struct ses_brake_state *state = &brake->state;
	struct json *json = json_object();

	json_put_text(json, "account", brake->account);
	json_put_text(json, "region", brake->region);
	json_put_text(json, "configuration_set",
		brake->configuration_set[0] == '\0' ? NULL : brake->configuration_set);
	json_put_text(json, "state", state->is_tripped ? "tripped" : "armed");
	json_put_time(json, "tripped", state->is_tripped ? state->tripped : UTC_NONE);
	json_put_text(json, "level", ses_level_name(state->level));
	json_put_time(json, "resumed", state->resumed);
	json_put_time(json, "stopped_at_ses", brake->stopped_at_ses);
	json_put_text(json, "actor", brake->actor);
	json_put_text(json, "note", text_is_empty(brake->note) ? NULL : brake->note);
	return json;
}

void api_brake_put_settings(struct json *json, const struct ses_brake_settings *settings)
{
	json_put_text(json, "at",
		settings->at > SES_LEVEL_OK ? ses_level_name(settings->at) : "off");
	json_put_boolean(json, "streams", settings->streams);
	json_put_boolean(json, "call_ses", settings->calls_ses);
	json_put_boolean(json, "dry_run", settings->dry_run);
}

/* ---- reading ---- */

struct reading {
	struct api_brakes *brakes;
	bool lacks_memory;
};

static char *copy_of(const char *text)
{
	return text_copy(text, strlen(text));
}

static void free_text(const char *text)
{
	/* marks.h shows them as const; they are ours. */
	free((void *) (uintptr_t) text);
}

static bool take(void *closure, const struct store_brake *brake)
{
	struct reading *reading = closure;
	struct api_brakes *brakes = reading->brakes;
	struct store_brake *grown =
		realloc(brakes->list, (brakes->count + 1) * sizeof(*grown));
	struct store_brake *copy;

	reading->lacks_memory = true;
	if (grown == NULL)
		return false;
	brakes->list = grown;
	copy = &grown[brakes->count++];
	*copy = *brake;
	copy->account = copy_of(brake->account);
	copy->region = copy_of(brake->region);
	copy->configuration_set = copy_of(brake->configuration_set);
	copy->actor = copy_of(brake->actor);
	copy->note = copy_of(brake->note);
	reading->lacks_memory = copy->account == NULL || copy->region == NULL ||
				copy->configuration_set == NULL || copy->actor == NULL ||
				copy->note == NULL;
	return !reading->lacks_memory;
}

bool api_brakes_read(struct request *request, const char *account, const char *region,
	struct api_brakes *brakes)
{
	struct reading reading = {.brakes = brakes};
	struct error error;

	*brakes = (struct api_brakes){0};
	if (!store_brake_list(request->store, account, region, take, &reading, &error)) {
		reply_store_failed(request, &error);
		return false;
	}
	if (reading.lacks_memory)
		api_reply_no_memory(request);
	return !reading.lacks_memory;
}

void api_brakes_finish(struct api_brakes *brakes)
{
	for (size_t i = 0; i < brakes->count; i++) {
		free_text(brakes->list[i].account);
		free_text(brakes->list[i].region);
		free_text(brakes->list[i].configuration_set);
		free_text(brakes->list[i].actor);
		free_text(brakes->list[i].note);
	}
	free(brakes->list);
}

void api_brakes_list(struct request *request)
{
	static const char *const known[] = {"account", "region", NULL};
	char *account = NULL, *region = NULL;
	struct api_brakes brakes = {0};

	if (request_query_is_known(request, known) &&
		api_query_account(request, &account) &&
		api_query_region(request, &region) &&
		api_brakes_read(request, account, region, &brakes)) {
		struct json *json = json_object(), *rows = json_array();

		api_brake_put_settings(json, &request->rules->brake);
		for (size_t i = 0; i < brakes.count; i++)
			json_append(rows, api_brake_json(&brakes.list[i]));
		json_put(json, "brakes", rows);
		reply_json(request, 200, json);
	}
	api_brakes_finish(&brakes);
	free(account);
	free(region);
}

/* ---- resume ---- */

struct resumption {
	struct request *request;
	struct json *body;	       /* what is named below is in it; NULL */
	const char *account, *region;  /* NULL any */
	const char *configuration_set; /* NULL: the account and all of its sets */
	const char *note;
	utc_ms now;
	struct json *rows;
	bool ses_fails; /* it did, and is not asked again in this call */
};

enum put { PUT_DONE, PUT_CONFLICT, PUT_FAILED };

/* Only if it still is as it was read: the watcher writes them, too. PUT_FAILED: a problem
 * is set. */
static enum put put(const struct resumption *resumption, const struct store_brake *was,
	const struct store_brake *brake)
{
	struct store_mark_change change = {.put = brake, .was = was};
	struct store_job job = {.kind = STORE_MARK,
		.mark = &change,
		.actor = resumption->request->actor,
		.cause = "",
		.now = resumption->now};

	if (store_submit_and_wait(resumption->request->store, &job) == STORE_FAILED) {
		api_reply_not_stored(resumption->request);
		return PUT_FAILED;
	}
	return change.changed ? PUT_DONE : PUT_CONFLICT;
}

static const char *words_of(const struct store_brake *brake)
{
	return brake->configuration_set[0] == '\0' ? "" : " configuration set ";
}

/* What is stopped there is started there, now or, where that fails, by the watcher, who
 * goes by stopped_at_ses. */
static enum put start_at_ses(
	struct resumption *resumption, struct store_brake *brake, struct json *row)
{
	struct request *request = resumption->request;
	struct store_brake was = *brake;
	struct error error;

	if (brake->stopped_at_ses == UTC_NONE)
		return PUT_DONE;
	if (resumption->ses_fails) {
		json_put_text(row, "ses_error", "SES failed a moment ago");
		return PUT_DONE;
	}
	if (!web_ses_sending(request->web, request->rules, brake->region,
		    brake->configuration_set, true, &error)) {
		resumption->ses_fails = true;
		log_error("%s/%s%s%s: SES was not told to send again: %s; trying again "
			  "every minute",
			brake->account, brake->region, words_of(brake),
			brake->configuration_set, error.text);
		json_put_text(row, "ses_error", error.text);
		return PUT_DONE;
	}
	brake->stopped_at_ses = UTC_NONE;
	return put(resumption, &was, brake);
}

static enum put resume_one(
	struct resumption *resumption, const struct store_brake *standing)
{
	struct store_brake brake = *standing;
	enum put outcome;
	struct json *row;

	brake.state.is_tripped = false;
	brake.state.tripped = UTC_NONE;
	brake.state.resumed = resumption->now;
	brake.actor = resumption->request->actor;
	brake.note = resumption->note;
	outcome = put(resumption, standing, &brake);
	if (outcome != PUT_DONE)
		return outcome;
	log_info("%s/%s%s%s: sending goes on, says %s", brake.account, brake.region,
		words_of(&brake), brake.configuration_set,
		text_is_empty(brake.actor) ? "nobody" : brake.actor);
	row = json_object();
	if (start_at_ses(resumption, &brake, row) == PUT_FAILED) {
		json_free(row);
		return PUT_FAILED;
	}
	json_put(row, "brake", api_brake_json(&brake));
	json_append(resumption->rows, row);
	return PUT_DONE;
}

static bool is_meant(const struct resumption *resumption, const struct store_brake *brake)
{
	bool is_resumed_just_now =
		!brake->state.is_tripped && brake->state.resumed == resumption->now;

	return !is_resumed_just_now &&
	       (brake->state.is_tripped || brake->stopped_at_ses != UTC_NONE) &&
	       (resumption->configuration_set == NULL ||
		       text_equal(
			       resumption->configuration_set, brake->configuration_set));
}

/* All that are meant, as they are now. */
static enum put resume_all(struct resumption *resumption)
{
	enum put outcome = PUT_DONE;
	struct api_brakes brakes;

	if (!api_brakes_read(resumption->request, resumption->account, resumption->region,
		    &brakes))
		outcome = PUT_FAILED;
	for (size_t i = 0; outcome == PUT_DONE && i < brakes.count; i++) {
		if (is_meant(resumption, &brakes.list[i]))
			outcome = resume_one(resumption, &brakes.list[i]);
	}
	api_brakes_finish(&brakes);
	return outcome;
}

static void resume(struct resumption *resumption)
{
	enum put outcome = PUT_CONFLICT;
	struct json *json;

	resumption->rows = json_array();
	for (int i = 0; outcome == PUT_CONFLICT && i < ATTEMPTS; i++)
		outcome = resume_all(resumption);
	if (outcome != PUT_DONE) {
		json_free(resumption->rows);
		if (outcome == PUT_CONFLICT)
			api_reply_not_stored(resumption->request);
		return;
	}
	json = json_object();
	json_put(json, "resumed", resumption->rows);
	reply_json(resumption->request, 200, json);
}

static bool read_body(
	const struct json *body, struct resumption *resumption, struct error *error)
{
	static const char *const known[] = {
		"account", "region", "configuration_set", "note", NULL};
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	static const char account[] = "the AWS account: twelve digits, as a text";
	static const char region[] = "the name of a region, such as us-east-1";
	static const char set[] = "the name of a configuration set";

	if (!api_members_are_known(body, known, "a resumption", error) ||
		!api_member_text(body, "account", account, &resumption->account, error) ||
		!api_member_text(body, "region", region, &resumption->region, error) ||
		!api_member_text(body, "configuration_set", set,
			&resumption->configuration_set, error) ||
		!api_member_note(body, &resumption->note, error))
		return false;
	if (resumption->account != NULL &&
		(strlen(resumption->account) != 12 ||
			!text_is_made_of(resumption->account, "0123456789")))
		return error_set(error, "\"account\" takes %s", account);
	if (resumption->region != NULL && !text_is_made_of(resumption->region, letters))
		return error_set(error, "\"region\" takes %s", region);
	if (resumption->configuration_set != NULL &&
		resumption->configuration_set[0] == '\0')
		return error_set(error, "\"configuration_set\" takes %s", set);
	return true;
}

static void free_resumption(struct resumption *resumption)
{
	json_free(resumption->body);
	free(resumption);
}

static void work(struct request *request, void *closure)
{
	(void) request;
	resume(closure);
	free_resumption(closure);
}

/* SES is waited for, 15 s each time, and the door is one thread. */
void api_resume(struct request *request)
{
	static const char *const no_parameters[] = {NULL};
	struct resumption *resumption;
	struct error error;

	if (!request_query_is_known(request, no_parameters))
		return;
	resumption = calloc(1, sizeof(*resumption));
	if (resumption == NULL) {
		api_reply_no_memory(request);
		return;
	}
	*resumption =
		(struct resumption){.request = request, .note = "", .now = clock_now()};
	if (request->body.length == 0 ||
		(resumption->body = request_json(request)) != NULL) {
		if (!read_body(resumption->body, resumption, &error))
			reply_problem(request, 400, "body", "%s", error.text);
		else if (background_begin(request, "resume", work, resumption))
			return;
	}
	free_resumption(resumption);
}
