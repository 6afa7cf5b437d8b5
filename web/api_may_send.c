/* api_may_send.c - whether somebody who is about to send may. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/api_brake.h"
#include "web/api_query.h"
#include "web/api_rates_query.h"
#include "web/inside.h"
#include "web/levels.h"

#define BECAUSE_SIZE 1024

/*
 * The answer is for everything the question does not rule out: who names no account is
 * told to pause if any account is stopped, for it may be the one. A configuration set
 * that is stopped by itself concerns only who names it. No identity can be stopped by
 * itself: to name one asks about its account.
 */
struct question {
	char *account, *region, *identity, *configuration_set; /* NULL: not named */
};

static void question_finish(struct question *question)
{
	free(question->account);
	free(question->region);
	free(question->identity);
	free(question->configuration_set);
}

static bool question_read(struct request *request, struct question *question)
{
	static const char *const known[] = {
		"account", "region", "identity", "configuration_set", NULL};

	return request_query_is_known(request, known) &&
	       api_query_account(request, &question->account) &&
	       api_query_region(request, &question->region) &&
	       api_query_text(request, "identity", &question->identity) &&
	       api_query_text(request, "configuration_set", &question->configuration_set);
}

/* Whether it is stopped for who asks. */
static bool concerns(const struct question *question,
	const struct ses_brake_settings *settings, const struct store_brake *brake)
{
	if (!brake->state.is_tripped)
		return false;
	return brake->configuration_set[0] == '\0' ||
	       (settings->streams &&
		       text_equal(question->configuration_set, brake->configuration_set));
}

static void say_stopped(
	const struct store_brake *brake, bool is_dry, char because[BECAUSE_SIZE])
{
	bool is_set = brake->configuration_set[0] != '\0';
	char tripped[UTC_TEXT_SIZE];

	snprintf(because, BECAUSE_SIZE,
		"%s%s%s of account %s/%s is stopped since %s: %.300s; %sses-feedback "
		"resume lets it go on",
		is_set ? "configuration set " : "all mail",
		is_set ? brake->configuration_set : "", "", brake->account, brake->region,
		utc_format(brake->state.tripped, tripped),
		text_is_empty(brake->note) ? ses_level_name(brake->state.level)
					   : brake->note,
		is_dry ? "but this is a dry run; " : "");
}

/* Nothing is stopped, or nothing is to be. */
static void say_yes(const struct question *question,
	const struct ses_brake_settings *settings, const struct levels_answer *levels,
	bool has_brakes, char because[BECAUSE_SIZE])
{
	if (settings->at <= SES_LEVEL_OK)
		snprintf(because, BECAUSE_SIZE, "the brake is off ([brake] at)");
	else if (levels->would_pause)
		snprintf(because, BECAUSE_SIZE,
			"this is a dry run; it would be pause: %s", levels->why);
	else if (levels->at == UTC_NONE)
		snprintf(because, BECAUSE_SIZE,
			"nothing is stopped; the rates were not judged yet since the "
			"start");
	else if (!levels->is_known && !has_brakes)
		snprintf(because, BECAUSE_SIZE, "nothing known of %s%s%s",
			question->account == NULL ? "any such account" : "account ",
			question->account == NULL ? "" : question->account,
			question->account == NULL ? "" : ": no event of it ever came");
	else
		snprintf(because, BECAUSE_SIZE, "nothing is stopped");
}

static struct json *levels_json(
	const struct question *question, const struct levels_answer *levels)
{
	struct json *json = json_object();

	json_put_text(json, "account",
		levels->is_known ? ses_level_name(levels->account) : NULL);
	json_put_text(json, "configuration_set",
		question->configuration_set != NULL && levels->has_set
			? ses_level_name(levels->set)
			: NULL);
	json_put_text(json, "since", levels->is_since_resume ? "resumed" : NULL);
	json_put_time(json, "judged", levels->at);
	return json;
}

static void answer(struct request *request, const struct question *question,
	const struct api_brakes *brakes)
{
	const struct ses_brake_settings *settings = &request->rules->brake;
	const struct store_brake *first = NULL;
	struct json *json = json_object(), *brake = json_object(),
		    *tripped = json_array();
	char because[BECAUSE_SIZE];
	struct levels_answer levels;
	bool is_on = settings->at > SES_LEVEL_OK, is_paused;

	levels_ask(request->web->levels, question->account, question->region,
		question->configuration_set, &levels);
	for (size_t i = 0; i < brakes->count; i++) {
		if (!concerns(question, settings, &brakes->list[i]))
			continue;
		first = first == NULL ? &brakes->list[i] : first;
		json_append(tripped, api_brake_json(&brakes->list[i]));
	}
	is_paused = is_on && first != NULL && !settings->dry_run;
	if (is_on && first != NULL)
		say_stopped(first, settings->dry_run, because);
	else
		say_yes(question, settings, &levels, brakes->count > 0, because);
	json_put_text(json, "answer", is_paused ? "pause" : "yes");
	json_put_text(json, "because", because);
	api_brake_put_settings(brake, settings);
	json_put_boolean(brake, "would_pause",
		is_on && settings->dry_run && (first != NULL || levels.would_pause));
	json_put(brake, "tripped", tripped);
	json_put(json, "brake", brake);
	json_put(json, "levels", levels_json(question, &levels));
	reply_json(request, 200, json);
}

void api_may_send(struct request *request)
{
	struct question question = {0};
	struct api_brakes brakes = {0};

	if (question_read(request, &question) &&
		api_brakes_read(request, question.account, question.region, &brakes))
		answer(request, &question, &brakes);
	api_brakes_finish(&brakes);
	question_finish(&question);
}
