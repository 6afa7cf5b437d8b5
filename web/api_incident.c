/* api_incident.c - GET /v1/incident: what pulled a rate up, and the way out. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"
#include "ses/watching.h"
#include "web/api.h"
#include "web/api_query.h"
#include "web/api_rates_query.h"
#include "web/api_reply.h"
#include "web/api_reputation_json.h"
#include "web/incident.h"

#define WORDS_MAX 2048

static const char *const metrics[] = {"bounce", "complaint", NULL};

static const char *what_counts(const struct incident *incident)
{
	return incident->metric == SES_METRIC_BOUNCE ? "hard bounces" : "complaints";
}

static double share(int64_t part, int64_t whole)
{
	return whole > 0 ? (double) part / (double) whole : 0;
}

/* A quarter to a third of a percent more or less changes nothing here. */
static void put_share(struct json *json, const char *name, int64_t part, int64_t whole)
{
	if (whole > 0)
		json_put_number(json, name, share(part, whole));
	else
		json_put_null(json, name);
}

static void put_rate(struct json *json, const char *name, const struct ses_rate *rate)
{
	if (rate->has_rate)
		json_put_number(json, name, rate->rate);
	else
		json_put_null(json, name);
}

static struct json *suspect_json(
	const struct incident *incident, const struct incident_suspect *suspect)
{
	struct json *json = json_object();

	json_put_text(json, "by", api_dimension_name(suspect->dimension));
	api_key_put(json, suspect->dimension, suspect->key, suspect->is_other);
	json_put_integer(json, "numerator", suspect->numerator);
	json_put_integer(json, "denominator", suspect->denominator);
	put_share(json, "share", suspect->numerator, incident->numerator);
	put_share(json, "share_of_mail", suspect->usual, incident->denominator_of_window);
	return json;
}

static struct json *senders_json(const struct incident *incident)
{
	struct json *list = json_array();

	for (size_t i = 0; i < incident->sender_count; i++) {
		struct json *json = json_object();

		json_put_text(json, "kind", ses_sender_name(incident->senders[i].kind));
		json_put_text(json, "key", incident->senders[i].key);
		json_put_time(json, "first", incident->senders[i].first);
		json_append(list, json);
	}
	return list;
}

/* ---- in words ---- */

static void add_words(struct json *list, struct buffer *words)
{
	if (words->bytes != NULL && !words->failed)
		json_append_text(list, words->bytes);
	buffer_finish(words);
}

static void say_percent(struct buffer *words, int64_t part, int64_t whole)
{
	double percent = 100 * share(part, whole);

	buffer_format(
		words, percent > 0 && percent < 10 ? "%.1f %%" : "%.0f %%", percent);
}

static void say_now(struct json *list, const struct incident *incident)
{
	char sentence[API_SENTENCE_SIZE];

	api_rate_sentence(&incident->rate, what_counts(incident), incident->window_from,
		incident->window_to, sentence);
	json_append_text(list, sentence);
}

/* A whole hour, as people write it. */
static void say_hour(struct buffer *words, utc_ms hour)
{
	char text[UTC_TEXT_SIZE];

	utc_format(hour, text);
	buffer_format(words, "%.10s %.5s UTC", text, text + 11);
}

static void say_when(
	struct json *list, struct buffer *words, const struct incident *incident)
{
	if (incident->is_before_start) {
		buffer_append_text(words, "Since the fresh start of ");
		say_hour(words, incident->fresh_start);
		buffer_append_text(words, " no hour was beyond the limit. Before it: ");
	}
	buffer_append_text(words, "The first bad hour began at ");
	say_hour(words, incident->from);
	buffer_append_text(words, ", the last ended at ");
	say_hour(words, incident->to);
	buffer_append_text(words, ": ");
	api_format_count(incident->numerator, words);
	buffer_format(words, " %s among ", what_counts(incident));
	api_format_count(incident->denominator, words);
	buffer_append_text(words, " eligible recipients (");
	say_percent(words, incident->numerator, incident->denominator);
	buffer_append_text(words, ").");
	if (incident->before.has_rate) {
		buffer_append_text(words, " All other mail of that time is at ");
		buffer_format(words, "%.2f %%.", 100 * incident->before.rate);
	}
	add_words(list, words);
}

static void say_suspect(struct buffer *words, const struct incident *incident,
	const struct incident_suspect *suspect)
{
	buffer_format(words, "%s \"%s\" has ", api_dimension_name(suspect->dimension),
		suspect->is_other ? "other" : suspect->key);
	say_percent(words, suspect->numerator, incident->numerator);
	buffer_format(words, " of the %s", what_counts(incident));
	if (suspect->usual > 0) {
		buffer_append_text(words, " and ");
		say_percent(words, suspect->usual, incident->denominator_of_window);
		buffer_append_text(words, " of all mail of the window");
	}
}

/* What has its share of the damage as it has of the mail tells nothing. A diagnostic has
 * no mail. */
static bool stands_out(
	const struct incident *incident, const struct incident_suspect *suspect)
{
	double damage = share(suspect->numerator, incident->numerator);

	return damage >= 0.3 &&
	       damage - share(suspect->usual, incident->denominator_of_window) >= 0.1;
}

/* Who looks at one rate is told of the other. */
static void say_other(
	struct json *list, struct buffer *words, const struct incident *incident)
{
	size_t other = incident->metric == SES_METRIC_BOUNCE ? SES_METRIC_COMPLAINT
							     : SES_METRIC_BOUNCE;

	if (incident->other.level < SES_LEVEL_WARNING)
		return;
	buffer_format(words,
		"The %s rate is up too (%.2f %%): ses-feedback incident --metric %s.",
		metrics[other], 100 * incident->other.rate, metrics[other]);
	add_words(list, words);
}

/* The first suspect of a dimension, where it says something. */
static void say_where(struct json *list, struct buffer *words,
	const struct incident *incident, enum store_dimension dimension)
{
	for (size_t i = 0; i < incident->suspect_count; i++) {
		const struct incident_suspect *suspect = &incident->suspects[i];

		if (suspect->dimension != dimension)
			continue;
		if (!stands_out(incident, suspect))
			return;
		say_suspect(words, incident, suspect);
		buffer_append_text(words, ".");
		add_words(list, words);
		return;
	}
}

static void say_first_timers(
	struct json *list, struct buffer *words, const struct incident *incident)
{
	if (incident->sampled == 0 || incident->metric != SES_METRIC_BOUNCE)
		return;
	buffer_format(words,
		"Of %zu bounced addresses looked at, %zu had no delivery before%s.",
		incident->sampled, incident->first_timers,
		2 * incident->first_timers >= incident->sampled
			? ": a list that was never mailed, bought, old or mistyped"
			: "; most had taken mail: an old list, or one provider that "
			  "refuses in error (see the diagnostics)");
	add_words(list, words);
}

static void say_senders(
	struct json *list, struct buffer *words, const struct incident *incident)
{
	if (incident->sender_count == 0)
		return;
	buffer_append_text(words, "New senders appeared around the beginning: ");
	for (size_t i = 0; i < incident->sender_count; i++)
		buffer_format(words, "%s%s %s", i > 0 ? ", " : "",
			ses_sender_name(incident->senders[i].kind),
			incident->senders[i].key);
	buffer_append_text(words, ". If they are not yours, a key was stolen.");
	add_words(list, words);
}

static struct json *story_json(const struct incident *incident)
{
	struct json *list = json_array();
	struct buffer words;

	buffer_init(&words, WORDS_MAX);
	say_now(list, incident);
	say_other(list, &words, incident);
	if (incident->is_found) {
		say_when(list, &words, incident);
		say_where(list, &words, incident, STORE_BY_CONFIGURATION_SET);
		say_where(list, &words, incident, STORE_BY_TAG);
		say_where(list, &words, incident, STORE_BY_CALLER);
		say_where(list, &words, incident, STORE_BY_SOURCE_IP);
		say_where(list, &words, incident, STORE_BY_PROVIDER);
		say_where(list, &words, incident, STORE_BY_RECIPIENT_DOMAIN);
		say_where(list, &words, incident, STORE_BY_DIAGNOSTIC);
		say_first_timers(list, &words, incident);
		say_senders(list, &words, incident);
	}
	buffer_finish(&words);
	return list;
}

/* ---- what to do ---- */

static void advise_stop(
	struct json *list, struct buffer *words, const struct incident *incident)
{
	const struct incident_suspect *culprit = incident_culprit(incident);

	if (culprit == NULL) {
		buffer_append_text(words,
			"No stream stands out: every one has its share. Stop whatever "
			"mails addresses that were not mailed lately.");
	} else {
		buffer_append_text(words, "Stop what stands out: ");
		say_suspect(words, incident, culprit);
		buffer_append_text(words, ".");
	}
	add_words(list, words);
}

static void advise_way_out(
	struct json *list, struct buffer *words, const struct incident *incident)
{
	int64_t recover = incident->rate.recover, days;

	if (recover <= 0)
		return;
	buffer_append_text(words, "The way out: ");
	api_format_count(recover, words);
	buffer_append_text(words, " clean sends bring the rate below the review limit");
	if (incident->sends_a_day > 0) {
		buffer_append_text(words, "; at ");
		api_format_count(incident->sends_a_day, words);
		days = (recover + incident->sends_a_day - 1) / incident->sends_a_day;
		buffer_format(words, " a day, as last week, that takes %" PRId64 " day%s",
			days, days == 1 ? "" : "s");
	}
	buffer_append_text(
		words, ". Mail first who opened or took mail in the last 30 days.");
	add_words(list, words);
}

static struct json *advice_json(const struct incident *incident)
{
	struct json *list = json_array();
	struct buffer words;

	buffer_init(&words, WORDS_MAX);
	if (!incident->is_found) {
		json_append_text(list,
			"No hour of the window was beyond the review limit: there is "
			"nothing to stop.");
	} else if (incident->is_before_start) {
		json_append_text(list,
			"Nothing is to be stopped now. ses-feedback report drafts the "
			"answer to AWS about what was.");
	} else {
		advise_stop(list, &words, incident);
		advise_way_out(list, &words, incident);
		json_append_text(list,
			"When the cause is mended, write it to AWS (ses-feedback report "
			"drafts the answer), and mark the beginning of clean counting "
			"with ses-feedback fresh-start: AWS, too, counts only what comes "
			"after accepted fixes.");
	}
	buffer_finish(&words);
	return list;
}

/* ---- the answer ---- */

static struct json *stretch_json(const struct incident *incident)
{
	struct json *json = json_object(), *suspects = json_array();
	const struct incident_suspect *culprit = incident_culprit(incident);

	json_put_time(json, "from", incident->from);
	json_put_time(json, "to", incident->to);
	json_put_integer(json, "numerator", incident->numerator);
	json_put_integer(json, "denominator", incident->denominator);
	put_share(json, "rate", incident->numerator, incident->denominator);
	put_rate(json, "rate_of_the_rest", &incident->before);
	for (size_t i = 0; i < incident->suspect_count; i++)
		json_append(suspects, suspect_json(incident, &incident->suspects[i]));
	json_put(json, "suspects", suspects);
	json_put(json, "culprit",
		culprit == NULL ? NULL : suspect_json(incident, culprit));
	json_put(json, "new_senders", senders_json(incident));
	json_put_integer(json, "sampled", (int64_t) incident->sampled);
	json_put_integer(json, "first_timers", (int64_t) incident->first_timers);
	return json;
}

static struct json *incident_json(const struct incident *incident)
{
	struct json *json = json_object();
	bool is_known = incident->rate.recover >= 0;

	json_put_text(json, "account", incident->account);
	json_put_text(json, "region", incident->region);
	json_put_text(json, "metric", metrics[incident->metric]);
	json_put_text(json, "level", ses_level_name(incident->level));
	put_rate(json, "rate", &incident->rate);
	json_put_integer(json, "numerator", incident->rate.numerator);
	json_put_integer(json, "denominator", incident->rate.denominator);
	json_put_time(json, "from", incident->window_from);
	json_put_time(json, "to", incident->window_to);
	json_put_time(json, "fresh_start", incident->fresh_start);
	if (is_known)
		json_put_integer(json, "recover", incident->rate.recover);
	else
		json_put_null(json, "recover");
	json_put_integer(json, "sends_a_day", incident->sends_a_day);
	json_put_boolean(json, "before_fresh_start", incident->is_before_start);
	json_put(json, "stretch", incident->is_found ? stretch_json(incident) : NULL);
	json_put(json, "story", story_json(incident));
	json_put(json, "advice", advice_json(incident));
	return json;
}

static void answer(struct request *request, const char *account, const char *region,
	const enum ses_metric *metric)
{
	struct incident incident;
	struct error error;

	if (!incident_look(request->store, &request->rules->reputation, account, region,
		    metric, clock_now(), &incident, &error))
		reply_store_failed(request, &error);
	else if (incident.account == NULL)
		reply_problem(request, 404, "unknown-account",
			"nothing is recorded of %s%s%s; GET /v1/reputation lists the "
			"accounts",
			account != NULL ? "account " : "any account",
			account != NULL ? account : "",
			region != NULL ? " in that region" : "");
	else
		reply_json(request, 200, incident_json(&incident));
	incident_finish(&incident);
}

void api_incident(struct request *request)
{
	static const char *const known[] = {"account", "region", "metric", NULL};
	char *account = NULL, *region = NULL;
	size_t metric = 2; /* neither */

	if (request_query_is_known(request, known) &&
		api_query_account(request, &account) &&
		api_query_region(request, &region) &&
		api_query_choice(request, "metric", metrics, &metric))
		answer(request, account, region,
			metric > 1 ? NULL
				   : &(const enum ses_metric){(enum ses_metric) metric});
	free(account);
	free(region);
}
