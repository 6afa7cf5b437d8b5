/* api_reputation_json.c - reputations and break-downs, as JSON and in words. */
#include "web/api_reputation_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void api_format_count(int64_t number, struct buffer *text)
{
	char digits[24];
	size_t length;

	snprintf(digits, sizeof(digits), "%" PRId64, number);
	length = strlen(digits);
	for (size_t i = 0; i < length; i++) {
		if (i > 0 && digits[i - 1] != '-' && (length - i) % 3 == 0)
			buffer_append(text, ",", 1);
		buffer_append(text, &digits[i], 1);
	}
}

/* Tenths of a day, rounded to the nearest. */
static int64_t tenths_of_days(utc_ms from, utc_ms to)
{
	return from == UTC_NONE || to == UTC_NONE || to <= from
		       ? 0
		       : (to - from + DAY_MS / 20) / (DAY_MS / 10);
}

/* Two places of a percent; three where the limits lie below one percent. */
static void append_percent(struct buffer *text, const struct ses_rate *rate)
{
	bool is_fine = rate->review < PPM_ONE / 100;
	int64_t unit = is_fine ? 1000 : 100;
	/* A numerator is no greater than its denominator here: 9e13 recipients would be
	 * needed to overflow. */
	int64_t parts = rate->numerator * 100 * unit / rate->denominator;

	if (is_fine)
		buffer_format(
			text, "%" PRId64 ".%03" PRId64 " %%", parts / unit, parts % unit);
	else
		buffer_format(
			text, "%" PRId64 ".%02" PRId64 " %%", parts / unit, parts % unit);
}

static void append_sentence(struct buffer *text, const struct ses_rate *rate,
	const char *feedback, utc_ms from, utc_ms to)
{
	int64_t tenths = tenths_of_days(from, to);

	if (rate->is_incomplete) {
		buffer_append_text(text, "no rate: ");
		api_format_count(rate->numerator, text);
		buffer_format(text, " %s are more than the ", feedback);
		api_format_count(rate->denominator, text);
		buffer_append_text(text, " eligible emails we know of");
		return;
	}
	if (!rate->has_rate || rate->denominator <= 0) {
		buffer_append_text(text,
			"no rate: no event says how many eligible emails "
			"were sent (");
		api_format_count(rate->numerator, text);
		buffer_format(text, " %s)", feedback);
		return;
	}
	append_percent(text, rate);
	buffer_append_text(text, ", measured over the last ");
	api_format_count(rate->denominator, text);
	buffer_append_text(
		text, rate->denominator == 1 ? " eligible email" : " eligible emails");
	buffer_format(text, ", spanning %" PRId64 ".%" PRId64 " days", tenths / 10,
		tenths % 10);
}

void api_rate_sentence(const struct ses_rate *rate, const char *feedback, utc_ms from,
	utc_ms to, char sentence[API_SENTENCE_SIZE])
{
	struct buffer text;

	buffer_init(&text, API_SENTENCE_SIZE - 1);
	append_sentence(&text, rate, feedback, from, to);
	sentence[0] = '\0';
	if (text.bytes != NULL)
		memcpy(sentence, text.bytes, text.length + 1);
	buffer_finish(&text);
}

/* -1 says that it is not known. */
static void put_known(struct json *json, const char *name, int64_t number)
{
	if (number < 0)
		json_put_null(json, name);
	else
		json_put_integer(json, name, number);
}

static void put_rate(struct json *json, const char *name, bool is_known, double rate)
{
	if (is_known)
		json_put_number(json, name, rate);
	else
		json_put_null(json, name);
}

static void put_denominator(struct json *json, enum ses_source source, int64_t count)
{
	put_known(json, "denominator", source == SES_SOURCE_NONE ? -1 : count);
}

static double fraction(ppm parts)
{
	return (double) parts / (double) PPM_ONE;
}

static struct json *excluded_json(const struct ses_counts *counts)
{
	struct json *json = json_object();

	json_put_integer(json, "verified", counts->verified);
	json_put_integer(json, "simulator", counts->simulator);
	json_put_integer(json, "not_spam", counts->not_spam);
	json_put_integer(json, "listed", counts->listed);
	return json;
}

/* What the three rates of an account share is in reputation; forecast is its own. */
static struct json *rate_json(const struct store_reputation *reputation,
	const struct ses_rate *rate, const char *feedback, const double *forecast)
{
	struct json *json = json_object(), *remaining = json_object();
	int64_t tenths = tenths_of_days(reputation->from, reputation->to);
	char sentence[API_SENTENCE_SIZE];

	api_rate_sentence(rate, feedback, reputation->from, reputation->to, sentence);
	json_put_text(json, "level", ses_level_name(rate->level));
	put_rate(json, "rate", rate->has_rate, rate->rate);
	put_rate(json, "low", rate->has_rate, rate->low);
	put_rate(json, "high", rate->has_rate, rate->high);
	json_put_integer(json, "numerator", rate->numerator);
	put_denominator(json, reputation->source, rate->denominator);
	json_put_boolean(json, "incomplete", rate->is_incomplete);
	json_put_text(json, "source", ses_source_name(reputation->source));
	json_put_text(json, "window", store_window_name(STORE_WINDOW_REPRESENTATIVE));
	json_put_text(json, "basis", "published");
	json_put_time(json, "from", reputation->from);
	json_put_time(json, "to", reputation->to);
	json_put_number(json, "days", (double) tenths / 10);
	json_put_text(json, "sentence", sentence);
	json_put_number(json, "review", fraction(rate->review));
	json_put_number(json, "pause", fraction(rate->pause));
	put_known(remaining, "review", rate->remaining_review);
	put_known(remaining, "pause", rate->remaining_pause);
	json_put(json, "remaining", remaining);
	put_known(json, "recover", rate->recover);
	put_rate(json, "forecast", forecast != NULL, forecast == NULL ? 0 : *forecast);
	json_put(json, "excluded", excluded_json(&reputation->counts));
	json_put_integer(json, "refused", reputation->counts.refused);
	return json;
}

struct json *api_reputation_json(const struct store_reputation *reputation)
{
	struct json *json = json_object();
	bool has_forecast = reputation->has_forecast;

	json_put_text(json, "account", reputation->account);
	json_put_text(json, "region", reputation->region);
	json_put_text(json, "level", ses_level_name(reputation->level));
	/* What AWS itself says is asked for nowhere yet, and never guessed. */
	json_put_null(json, "aws_status");
	json_put(json, "bounce",
		rate_json(reputation, &reputation->bounce, "hard bounces",
			has_forecast ? &reputation->bounce_forecast : NULL));
	json_put(json, "complaint",
		rate_json(reputation, &reputation->complaint, "complaints",
			has_forecast ? &reputation->complaint_forecast : NULL));
	json_put(json, "complaint_reporting",
		rate_json(reputation, &reputation->complaint_reporting, "complaints",
			NULL));
	json_put_boolean(
		json, "complaint_by_reporting", reputation->complaint_by_reporting);
	json_put_boolean(json, "all_that_is_kept", reputation->is_all);
	return json;
}

struct json *api_rates_row_json(const struct store_rates_row *row)
{
	struct json *json = json_object();
	const struct ses_counts *counts = &row->counts;

	json_put_text(json, "key", row->key);
	json_put_text(json, "account", row->account);
	json_put_text(json, "region", row->region);
	json_put_text(json, "source", ses_source_name(row->source));
	json_put_integer(json, "sends", counts->sends);
	put_denominator(json, row->source, row->denominator);
	json_put_integer(json, "deliveries", counts->deliveries);
	json_put_integer(json, "hard_bounces", counts->hard_bounces);
	json_put_integer(json, "soft_bounces", counts->soft_bounces);
	json_put_integer(json, "complaints", counts->complaints);
	json_put_integer(json, "rejects", counts->rejects);
	json_put_integer(json, "refused", counts->refused);
	put_rate(json, "bounce_rate", row->bounce.has_rate, row->bounce.rate);
	put_rate(json, "complaint_rate", row->complaint.has_rate, row->complaint.rate);
	put_rate(json, "complaint_reporting_rate", row->complaint_reporting.has_rate,
		row->complaint_reporting.rate);
	json_put_boolean(json, "immature", row->is_immature);
	return json;
}
