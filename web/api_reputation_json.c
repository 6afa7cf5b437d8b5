/* api_reputation_json.c - reputations and break-downs, as JSON and in words. */
#include "web/api_reputation_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "web/api_rates_query.h"

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

bool api_nothing_since(
	const struct ses_rate *rate, utc_ms fresh_start, char sentence[API_SENTENCE_SIZE])
{
	char time[UTC_TEXT_SIZE];

	if (fresh_start == UTC_NONE || rate->denominator != 0 || rate->numerator != 0)
		return false;
	utc_format(fresh_start, time);
	snprintf(sentence, API_SENTENCE_SIZE,
		"no rate yet: nothing was sent since the fresh start of %.10s %.8sZ",
		time, time + 11);
	return true;
}

/* -1 says that it is not known. */
static void put_known(struct json *json, const char *name, int64_t number)
{
	if (number < 0)
		json_put_null(json, name);
	else
		json_put_integer(json, name, number);
}

void api_put_rate(struct json *json, const char *name, bool is_known, double rate)
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

struct json *api_notices_json(unsigned notices)
{
	struct json *list = json_array();

	for (int i = 0; i < SES_NOTICE_COUNT; i++) {
		struct json *json;

		if ((notices & 1u << i) == 0)
			continue;
		json = json_object();
		json_put_text(json, "notice", ses_notice_name((enum ses_notice) i));
		json_put_text(json, "text", ses_notice_text((enum ses_notice) i));
		json_append(list, json);
	}
	return list;
}

/* ---- an account ---- */

/* Each exclusion with how many it is about; counted_in names those that the settings have
 * counted in the rates all the same. */
static struct json *excluded_json(
	const struct ses_reputation_settings *settings, const struct ses_counts *counts)
{
	const struct {
		const char *name;
		int64_t count;
		unsigned exclusion; /* 0: always left out */
	} all[] = {
		{"verified", counts->verified, 0},
		{"verified_sends", counts->verified_sends, 0},
		{"simulator", counts->simulator, 0},
		{"refused", counts->refused, SES_EXCLUDE_REFUSED},
		{"automatic", counts->automatic, SES_EXCLUDE_AUTOMATIC},
		{"not_spam", counts->not_spam, SES_EXCLUDE_NOT_SPAM},
		{"listed", counts->listed, SES_EXCLUDE_LISTED},
	};
	struct json *json = json_object(), *counted_in = json_array();

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		json_put_integer(json, all[i].name, all[i].count);
		if (all[i].exclusion != 0 && (settings->excludes & all[i].exclusion) == 0)
			json_append_text(counted_in, all[i].name);
	}
	json_put(json, "counted_in", counted_in);
	return json;
}

static bool has_notice(const struct store_reputation *reputation, enum ses_notice notice)
{
	return (reputation->notices & 1u << notice) != 0;
}

/* In the sandbox too a rate is a rate, where somebody is mailed who is not verified as
 * far as we know; only what AWS makes of it is said first. */
static void put_sentence(struct json *json, const struct store_reputation *reputation,
	const struct ses_rate *rate, const char *feedback)
{
	bool is_sandbox = has_notice(reputation, SES_NOTICE_SANDBOX);
	char sentence[API_SENTENCE_SIZE], whole[API_SENTENCE_SIZE + 32];

	if (is_sandbox && rate->denominator == 0)
		snprintf(sentence, sizeof(sentence),
			"all mail goes to verified recipients and the simulator, which "
			"count nowhere");
	else if (!api_nothing_since(rate, reputation->fresh_start, sentence))
		api_rate_sentence(
			rate, feedback, reputation->from, reputation->to, sentence);
	snprintf(whole, sizeof(whole), "%s%s",
		is_sandbox ? "AWS judges nothing yet: " : "", sentence);
	json_put_text(json, "sentence", whole);
}

/* What will be: of the rates that the levels go by. */
struct prospect {
	double forecast;
	int64_t days;
};

/* What the three rates of an account share is in reputation; the prospect is a rate's
 * own, NULL where there is none. */
static struct json *rate_json(const struct ses_reputation_settings *settings,
	const struct store_reputation *reputation, const struct ses_rate *rate,
	const char *feedback, const struct prospect *prospect)
{
	struct json *json = json_object(), *remaining = json_object();
	int64_t tenths = tenths_of_days(reputation->from, reputation->to);

	json_put_text(json, "level", ses_level_name(rate->level));
	api_put_rate(json, "rate", rate->has_rate, rate->rate);
	api_put_rate(json, "low", rate->has_rate, rate->low);
	api_put_rate(json, "high", rate->has_rate, rate->high);
	json_put_integer(json, "numerator", rate->numerator);
	put_denominator(json, reputation->source, rate->denominator);
	json_put_boolean(json, "incomplete", rate->is_incomplete);
	json_put_text(json, "source", ses_source_name(reputation->source));
	json_put_text(json, "window", store_window_name(STORE_WINDOW_REPRESENTATIVE));
	json_put_text(json, "basis", "published");
	json_put_time(json, "from", reputation->from);
	json_put_time(json, "to", reputation->to);
	json_put_number(json, "days", (double) tenths / 10);
	put_sentence(json, reputation, rate, feedback);
	json_put_number(json, "review", fraction(rate->review));
	json_put_number(json, "pause", fraction(rate->pause));
	put_known(remaining, "review", rate->remaining_review);
	put_known(remaining, "pause", rate->remaining_pause);
	json_put(json, "remaining", remaining);
	put_known(json, "recover", rate->recover);
	api_put_rate(json, "forecast", prospect != NULL,
		prospect == NULL ? 0 : prospect->forecast);
	put_known(json, "days_to_review", prospect == NULL ? -1 : prospect->days);
	json_put(json, "excluded", excluded_json(settings, &reputation->counts));
	json_put_integer(json, "refused", reputation->counts.refused);
	return json;
}

static struct json *metric_json(const struct ses_reputation_settings *settings,
	const struct store_reputation *reputation, enum ses_metric metric)
{
	const struct prospect bounce = {
		reputation->bounce_forecast, reputation->bounce_days};
	const struct prospect complaint = {
		reputation->complaint_forecast, reputation->complaint_days};
	bool has_forecast = reputation->has_forecast;

	if (metric == SES_METRIC_BOUNCE)
		return rate_json(settings, reputation, &reputation->bounce,
			"hard bounces", has_forecast ? &bounce : NULL);
	/* The forecast is of the complaint rate that the level goes by. */
	return rate_json(settings, reputation, &reputation->complaint, "complaints",
		has_forecast && !reputation->complaint_by_reporting ? &complaint : NULL);
}

static struct json *reporting_json(const struct ses_reputation_settings *settings,
	const struct store_reputation *reputation)
{
	const struct prospect complaint = {
		reputation->complaint_forecast, reputation->complaint_days};
	bool has_prospect =
		reputation->has_forecast && reputation->complaint_by_reporting;

	return rate_json(settings, reputation, &reputation->complaint_reporting,
		"complaints", has_prospect ? &complaint : NULL);
}

struct json *api_judged_rate_json(const struct ses_reputation_settings *settings,
	const struct store_reputation *reputation, enum ses_metric metric)
{
	return metric == SES_METRIC_COMPLAINT && reputation->complaint_by_reporting
		       ? reporting_json(settings, reputation)
		       : metric_json(settings, reputation, metric);
}

static struct json *quota_json(const struct store_reputation *reputation)
{
	const struct ses_quota *quota = reputation->quota;
	struct json *json = json_object();
	int64_t left = -1;

	if (quota != NULL)
		left = quota->daily > reputation->sent_24h
			       ? quota->daily - reputation->sent_24h
			       : 0;
	put_known(json, "daily", quota == NULL ? -1 : quota->daily);
	put_known(json, "rate", quota == NULL ? -1 : quota->rate);
	json_put_integer(json, "sent_24h", reputation->sent_24h);
	put_known(json, "peak_24h", reputation->peak_24h > 0 ? reputation->peak_24h : -1);
	json_put_time(json, "peak_at",
		reputation->peak_24h > 0 ? reputation->peak_at : UTC_NONE);
	put_known(json, "left", left);
	return json;
}

struct json *api_reputation_json(const struct ses_reputation_settings *settings,
	const struct store_reputation *reputation)
{
	struct json *json = json_object();

	json_put_text(json, "account", reputation->account);
	json_put_text(json, "region", reputation->region);
	json_put_text(json, "level", ses_level_name(reputation->level));
	/* What AWS itself says is asked for nowhere yet, and never guessed. */
	json_put_null(json, "aws_status");
	json_put(json, "bounce", metric_json(settings, reputation, SES_METRIC_BOUNCE));
	json_put(json, "complaint",
		metric_json(settings, reputation, SES_METRIC_COMPLAINT));
	json_put(json, "complaint_reporting", reporting_json(settings, reputation));
	json_put_boolean(
		json, "complaint_by_reporting", reputation->complaint_by_reporting);
	json_put_boolean(json, "all_that_is_kept", reputation->is_all);
	json_put_text(json, "trust", ses_trust_name(reputation->trust));
	json_put(json, "notices", api_notices_json(reputation->notices));
	json_put_time(json, "fresh_start", reputation->fresh_start);
	json_put(json, "quota", quota_json(reputation));
	return json;
}

/* ---- break-downs and series ---- */

static void put_counts(struct json *json, const struct ses_counts *counts)
{
	json_put_integer(json, "sends", counts->sends);
	json_put_integer(json, "attempts", counts->attempts);
	json_put_integer(json, "reported", counts->reported);
	json_put_integer(json, "deliveries", counts->deliveries);
	json_put_integer(json, "hard_bounces", counts->hard_bounces);
	json_put_integer(json, "soft_bounces", counts->soft_bounces);
	json_put_integer(json, "automatic", counts->automatic);
	json_put_integer(json, "blocked", counts->blocked);
	json_put_integer(json, "complaints", counts->complaints);
	json_put_integer(json, "not_spam", counts->not_spam);
	json_put_integer(json, "listed", counts->listed);
	json_put_integer(json, "rejects", counts->rejects);
	json_put_integer(json, "refused", counts->refused);
	json_put_integer(json, "verified", counts->verified);
	json_put_integer(json, "verified_sends", counts->verified_sends);
	json_put_integer(json, "simulator", counts->simulator);
}

static void put_interval(struct json *json, const struct ses_rate *rate, const char *name,
	const char *low, const char *high)
{
	api_put_rate(json, name, rate->has_rate, rate->rate);
	api_put_rate(json, low, rate->has_rate, rate->low);
	api_put_rate(json, high, rate->has_rate, rate->high);
}

struct json *api_rates_row_json(
	enum store_dimension dimension, const struct store_rates_row *row)
{
	struct json *json = json_object();

	api_key_put(json, dimension, row->key, row->is_other);
	json_put_text(json, "account", row->account);
	json_put_text(json, "region", row->region);
	json_put_text(json, "source", ses_source_name(row->source));
	put_denominator(json, row->source, row->denominator);
	put_counts(json, &row->counts);
	put_interval(json, &row->bounce, "bounce_rate", "bounce_low", "bounce_high");
	put_interval(json, &row->complaint, "complaint_rate", "complaint_low",
		"complaint_high");
	api_put_rate(json, "complaint_reporting_rate", row->complaint_reporting.has_rate,
		row->complaint_reporting.rate);
	json_put_boolean(json, "immature", row->is_immature);
	return json;
}

struct json *api_series_row_json(const struct store_series_row *row)
{
	struct json *json = json_object();

	json_put_time(json, "at", row->start);
	json_put_text(json, "source", ses_source_name(row->source));
	put_denominator(json, row->source, row->denominator);
	put_counts(json, &row->counts);
	put_interval(json, &row->bounce, "bounce_rate", "bounce_low", "bounce_high");
	put_interval(json, &row->complaint, "complaint_rate", "complaint_low",
		"complaint_high");
	return json;
}
