/* api_preflight_json.c - what a preflight found, as the API shows it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/address.h"
#include "ses/provider.h"
#include "web/api_preflight.h"
#include "web/api_reputation_json.h"
#include "web/inside.h"

static const struct ses_experience *experience_of(
	const struct preflight *preflight, enum ses_history history)
{
	return &preflight->experience.classes[history];
}

static struct json *interval_json(double expected, double low, double high)
{
	struct json *json = json_object();

	json_put_number(json, "expected", expected);
	json_put_number(json, "low", low);
	json_put_number(json, "high", high);
	return json;
}

static struct json *prediction_json(const struct ses_prediction *prediction)
{
	return interval_json(prediction->expected, prediction->low, prediction->high);
}

/* ---- the classes ---- */

static struct json *class_json(
	const struct preflight *preflight, enum ses_history history)
{
	const struct ses_experience *experience = experience_of(preflight, history);
	struct ses_risk risk = ses_preflight_risk(history, experience);
	struct json *json = json_object();

	json_put_text(json, "history", ses_history_name(history));
	json_put_integer(json, "addresses", preflight->counts[history]);
	json_put(json, "risk", interval_json(risk.expected, risk.low, risk.high));
	json_put_boolean(json, "is_guess", risk.is_guess);
	json_put_text(json, "reasoning", ses_preflight_reasoning(history));
	json_put_integer(json, "trials", experience->trials);
	json_put_integer(json, "bounces", experience->bounces);
	json_put_number(json, "expected_bounces",
		risk.expected * (double) preflight->counts[history]);
	return json;
}

static struct json *classes_json(const struct preflight *preflight)
{
	struct json *rows = json_array();

	for (int h = 0; h < SES_HISTORY_COUNT; h++)
		json_append(rows, class_json(preflight, (enum ses_history) h));
	return rows;
}

static struct json *counts_json(const int64_t counts[SES_HISTORY_COUNT])
{
	struct json *json = json_object();

	for (int h = 0; h < SES_HISTORY_COUNT; h++)
		if (counts[h] > 0)
			json_put_integer(
				json, ses_history_name((enum ses_history) h), counts[h]);
	return json;
}

static int64_t sum(const int64_t counts[SES_HISTORY_COUNT])
{
	int64_t all = 0;

	for (int h = 0; h < SES_HISTORY_COUNT; h++)
		all += counts[h];
	return all;
}

static int compare_providers(const void *one, const void *other)
{
	const struct preflight_provider *a = one, *b = other;
	int64_t count_a = sum(a->counts), count_b = sum(b->counts);

	if (count_a != count_b)
		return count_a > count_b ? -1 : 1;
	return strcmp(a->name, b->name);
}

static struct json *providers_json(struct preflight *preflight)
{
	struct json *rows = json_array();

	qsort(preflight->providers, preflight->provider_count,
		sizeof(preflight->providers[0]), compare_providers);
	for (size_t i = 0; i < preflight->provider_count; i++) {
		const struct preflight_provider *provider = &preflight->providers[i];
		struct ses_prediction bounces = ses_preflight_predict(
			provider->counts, preflight->experience.classes);
		struct json *row = json_object();

		json_put_text(row, "provider", provider->name);
		json_put_integer(row, "addresses", sum(provider->counts));
		json_put_integer(
			row, "suppressed", provider->counts[SES_HISTORY_SUPPRESSED]);
		json_put_number(row, "expected_bounces", bounces.expected);
		json_append(rows, row);
	}
	return rows;
}

/* ---- who would not be mailed ---- */

static struct json *suppressed_json(const struct preflight *preflight)
{
	struct json *json = json_object(), *reasons = json_object();
	struct json *examples = json_array();
	size_t shown = 0;

	for (int r = SES_REASON_BOUNCE; r <= SES_REASON_NO_SUCH_DOMAIN; r++)
		if (preflight->reasons[r] > 0)
			json_put_integer(reasons, ses_reason_name((enum ses_reason) r),
				preflight->reasons[r]);
	for (size_t i = 0; i < preflight->count && shown < PREFLIGHT_TOP; i++) {
		const struct store_recipient *who = &preflight->recipients[i];
		struct json *row;

		if (who->history != SES_HISTORY_SUPPRESSED)
			continue;
		row = json_object();
		json_put_text(row, "address",
			preflight_text(preflight, preflight->lines[i].original));
		json_put_text(
			row, "reason", ses_reason_name((enum ses_reason) who->reason));
		json_put_integer(row, "line", preflight->lines[i].number);
		json_append(examples, row);
		shown++;
	}
	json_put_integer(json, "addresses", preflight->counts[SES_HISTORY_SUPPRESSED]);
	json_put(json, "reasons", reasons);
	json_put(json, "first", examples);
	return json;
}

static struct json *invalid_domains_json(const struct preflight *preflight)
{
	struct json *json = json_object(), *rows = json_array();
	int64_t domains = 0;
	size_t run;

	for (size_t i = 0; i < preflight->count; i += run) {
		const char *domain = preflight_domain(preflight, i);
		const char *why = ses_domain_flaw(domain);
		int64_t invalid;
		struct json *row;

		run = preflight_domain_run(preflight, i);
		invalid = preflight_count_invalid(preflight, i, run);
		if (invalid == 0 || domains++ >= PREFLIGHT_TOP)
			continue;
		row = json_object();
		json_put_text(row, "domain", domain);
		json_put_integer(row, "addresses", invalid);
		json_put_text(row, "why", why);
		json_append(rows, row);
	}
	json_put_integer(json, "domains", domains);
	json_put_integer(json, "addresses", preflight->counts[SES_HISTORY_INVALID]);
	json_put(json, "first", rows);
	return json;
}

/* ---- the rate ---- */

static struct json *rate_json(const struct ses_rate *rate)
{
	struct json *json = json_object(), *remaining = json_object();

	json_put_text(json, "level", ses_level_name(rate->level));
	api_put_rate(json, "rate", rate->has_rate, rate->rate);
	json_put_integer(json, "numerator", rate->numerator);
	json_put_integer(json, "denominator", rate->denominator);
	json_put_integer(remaining, "review",
		rate->remaining_review > 0 ? rate->remaining_review : 0);
	json_put_integer(remaining, "pause",
		rate->remaining_pause > 0 ? rate->remaining_pause : 0);
	json_put(json, "remaining", remaining);
	return json;
}

static struct json *rate_after(const struct preflight *preflight, double bounces)
{
	const struct preflight_account *account = &preflight->reputation;
	int64_t mailed =
		(int64_t) preflight->count - preflight->counts[SES_HISTORY_SUPPRESSED];
	struct ses_rate rate;

	ses_rate_judge(&preflight->rules->reputation, SES_METRIC_BOUNCE,
		account->base_numerator + llround(bounces),
		account->base_denominator + mailed, &rate);
	return rate_json(&rate);
}

static struct json *now_json(const struct preflight *preflight)
{
	const struct preflight_account *account = &preflight->reputation;
	char sentence[API_SENTENCE_SIZE];
	struct json *json;

	if (!account->is_known)
		return NULL;
	json = rate_json(&account->now);
	if (!api_nothing_since(&account->now, account->fresh_start, sentence))
		api_rate_sentence(&account->now, "hard bounces", account->from,
			account->to, sentence);
	json_put_text(json, "sentence", sentence);
	return json;
}

static struct json *after_json(const struct preflight *preflight)
{
	struct json *json = json_object();

	json_put(json, "low", rate_after(preflight, preflight->bounces.low));
	json_put(json, "expected", rate_after(preflight, preflight->bounces.expected));
	json_put(json, "high", rate_after(preflight, preflight->bounces.high));
	return json;
}

static struct json *limits_json(const struct preflight *preflight)
{
	const struct ses_reputation_settings *settings = &preflight->rules->reputation;
	double one = (double) PPM_ONE, review = (double) settings->bounce_review / one;
	struct json *json = json_object();

	json_put_number(json, "warning", review * (double) settings->warning_at / one);
	json_put_number(json, "review", review);
	json_put_number(json, "pause", (double) settings->bounce_pause / one);
	return json;
}

/* ---- slices ---- */

static struct json *slices_json(const struct preflight *preflight)
{
	struct json *rows = json_array();

	for (size_t i = 0; i < preflight->slice_count; i++) {
		const struct ses_slice *slice = &preflight->slices[i];
		struct json *row = json_object();

		json_put_integer(row, "slice", (int64_t) i + 1);
		json_put_integer(row, "addresses", slice->count);
		json_put(row, "history", counts_json(slice->counts));
		json_put(row, "bounces", prediction_json(&slice->bounces));
		json_put_boolean(row, "is_guess", slice->has_guess);
		json_put(row, "expected", rate_json(&slice->expected));
		json_put(row, "high", rate_json(&slice->high));
		json_put_integer(row, "wait_hours",
			i + 1 < preflight->slice_count ? slice->wait_ms / HOUR_MS : 0);
		json_append(rows, row);
	}
	return rows;
}

/* ---- all ---- */

static struct json *experience_json(const struct preflight *preflight)
{
	const struct store_experience *experience = &preflight->experience;
	struct json *json = json_object();

	json_put_text(json, "from", "a sample of the recorded events");
	json_put_integer(json, "mails", experience->mails);
	json_put_integer(json, "events", experience->events);
	json_put_integer(json, "of_events", experience->of_events);
	json_put_time(json, "since", experience->since);
	json_put_text(json, "told_by",
		experience->by_sends ? "send+bounce" : "delivery+bounce");
	json_put_integer(json, "prior_weight", SES_PRIOR_WEIGHT);
	return json;
}

/* Printed already, row by row. */
static struct json *errors_json(const struct preflight *preflight)
{
	const struct buffer *rows = &preflight->errors.rows;
	struct json *json = NULL;
	struct buffer text;

	buffer_init(&text, rows->length + 3);
	buffer_append_text(&text, "[");
	if (rows->length > 0)
		buffer_append(&text, rows->bytes, rows->length);
	buffer_append_text(&text, "]");
	if (!text.failed)
		json = json_parse(text.bytes, text.length, JSON_REPAIR, NULL);
	buffer_finish(&text);
	return json;
}

static void put_list(struct json *json, const struct preflight *preflight)
{
	json_put_text(json, "format", listfile_format(preflight->file));
	json_put_integer(json, "lines", preflight->line_count);
	json_put_integer(json, "invalid", preflight->invalid);
	json_put(json, "errors", errors_json(preflight));
	json_put_integer(json, "errors_left_out", preflight->errors_left_out);
	json_put_integer(json, "duplicates", preflight->duplicates);
	json_put_integer(json, "other_spellings", preflight->spellings);
	json_put_integer(json, "addresses", (int64_t) preflight->count);
	json_put_integer(json, "mailed",
		(int64_t) preflight->count - preflight->counts[SES_HISTORY_SUPPRESSED]);
}

struct json *preflight_json(struct preflight *preflight)
{
	const struct preflight_account *account = &preflight->reputation;
	struct json *json = json_object();

	json_put_text(json, "account", account->is_known ? account->account : NULL);
	json_put_text(json, "region", account->is_known ? account->region : NULL);
	put_list(json, preflight);
	json_put(json, "history", classes_json(preflight));
	json_put(json, "providers", providers_json(preflight));
	json_put(json, "suppressed", suppressed_json(preflight));
	json_put(json, "invalid_domains", invalid_domains_json(preflight));
	json_put(json, "experience", experience_json(preflight));
	json_put(json, "bounces", prediction_json(&preflight->bounces));
	json_put(json, "limits", limits_json(preflight));
	json_put(json, "now", now_json(preflight));
	json_put(json, "after", after_json(preflight));
	json_put(json, "riskiest", preflight_riskiest(preflight));
	json_put(json, "slices", slices_json(preflight));
	json_put_integer(json, "not_in_slices",
		preflight->counts[SES_HISTORY_BOUNCED] +
			preflight->counts[SES_HISTORY_INVALID]);
	json_put_integer(json, "left_over", preflight->left_over);
	json_put(json, "advice", preflight_advice(preflight));
	return json;
}
