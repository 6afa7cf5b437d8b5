/* reputation.c - counts become rates, levels, and what is left. */
#include "ses/reputation.h"

#include <math.h>
#include <string.h>

/* The 97.5 % point of the normal distribution: 95 % lie between it and its mirror. */
#define WILSON_Z 1.959964

/* int64_t times ppm times ppm fits. */
typedef __int128 wide;

const char *ses_level_name(enum ses_level level)
{
	switch (level) {
	case SES_LEVEL_NO_DENOMINATOR:
		return "no-denominator";
	case SES_LEVEL_TOO_FEW:
		return "too-few";
	case SES_LEVEL_OK:
		return "ok";
	case SES_LEVEL_WARNING:
		return "warning";
	case SES_LEVEL_OVER_REVIEW_LIMIT:
		return "over-review-limit";
	case SES_LEVEL_OVER_PAUSE_LIMIT:
		return "over-pause-limit";
	}
	return NULL;
}

const char *ses_level_words(enum ses_level level)
{
	switch (level) {
	case SES_LEVEL_NO_DENOMINATOR:
		return "without a rate";
	case SES_LEVEL_TOO_FEW:
		return "too few to judge";
	case SES_LEVEL_OK:
		return "ok";
	case SES_LEVEL_WARNING:
		return "near the review limit";
	case SES_LEVEL_OVER_REVIEW_LIMIT:
		return "over the review limit";
	case SES_LEVEL_OVER_PAUSE_LIMIT:
		return "over the pause limit";
	}
	return NULL;
}

const char *ses_source_name(enum ses_source source)
{
	switch (source) {
	case SES_SOURCE_NONE:
		return NULL;
	case SES_SOURCE_SEND:
		return "send";
	case SES_SOURCE_ATTEMPTS:
		return "delivery+bounce";
	case SES_SOURCE_MIXED:
		return "mixed";
	case SES_SOURCE_REPORTED:
		return "reported";
	}
	return NULL;
}

void ses_reputation_defaults(struct ses_reputation_settings *settings)
{
	*settings = (struct ses_reputation_settings){
		.representative_sends = 10000,
		.representative_days = 7,
		.minimum_sends = 500,
		.minimum_complaints = 3,
		.warning_at = 800000,
		.bounce_review = 50000,
		.bounce_pause = 100000,
		.complaint_review = 1000,
		.complaint_pause = 5000,
		.excludes = SES_EXCLUDE_ALL,
		.hysteresis = 100000,
	};
}

static bool is_named_by(const char *wanted, const char *name)
{
	return wanted == NULL || (name != NULL && strcmp(wanted, name) == 0);
}

const struct ses_quota *ses_quota_of(const struct ses_reputation_settings *settings,
	const char *account, const char *region)
{
	const struct ses_quota *best = NULL;
	int best_names = -1;

	for (size_t i = 0; i < settings->quota_count; i++) {
		const struct ses_quota *quota = &settings->quotas[i];
		int names = (quota->account != NULL) + (quota->region != NULL);

		if (names > best_names && is_named_by(quota->account, account) &&
			is_named_by(quota->region, region)) {
			best = quota;
			best_names = names;
		}
	}
	return best;
}

struct ses_counts ses_counts_judged(
	const struct ses_reputation_settings *settings, const struct ses_counts *counts)
{
	struct ses_counts judged = *counts;

	if ((settings->excludes & SES_EXCLUDE_REFUSED) == 0) {
		judged.hard_bounces += judged.refused;
		judged.attempts += judged.refused;
		judged.refused = 0;
	}
	if ((settings->excludes & SES_EXCLUDE_AUTOMATIC) == 0) {
		judged.soft_bounces += judged.automatic;
		judged.automatic = 0;
	}
	if ((settings->excludes & SES_EXCLUDE_NOT_SPAM) == 0) {
		judged.complaints += judged.not_spam;
		judged.not_spam = 0;
	}
	if ((settings->excludes & SES_EXCLUDE_LISTED) == 0) {
		judged.complaints += judged.listed;
		judged.listed = 0;
	}
	return judged;
}

enum ses_source ses_day_source(const struct ses_counts *day)
{
	bool are_sends_whole = day->deliveries == 0 || 2 * day->sends >= day->attempts;

	if (day->sends > 0 && are_sends_whole)
		return SES_SOURCE_SEND;
	if (day->deliveries > 0)
		return SES_SOURCE_ATTEMPTS;
	return day->reported > 0 ? SES_SOURCE_REPORTED : SES_SOURCE_NONE;
}

static int64_t at_least_zero(int64_t number)
{
	return number > 0 ? number : 0;
}

int64_t ses_eligible(const struct ses_counts *counts, enum ses_source source)
{
	switch (source) {
	case SES_SOURCE_SEND:
		return at_least_zero(counts->sends - counts->refused);
	case SES_SOURCE_ATTEMPTS:
		return at_least_zero(counts->attempts);
	case SES_SOURCE_REPORTED:
		return at_least_zero(counts->reported - counts->refused);
	case SES_SOURCE_NONE:
	case SES_SOURCE_MIXED: /* no single day has it */
		break;
	}
	return 0;
}

void ses_total_add(struct ses_total *total, const struct ses_counts *part,
	enum ses_source source_of_day)
{
	ses_counts_add(&total->counts, part);
	switch (source_of_day) {
	case SES_SOURCE_SEND:
		total->has_send = true;
		total->sends += part->sends;
		total->refused += part->refused;
		break;
	case SES_SOURCE_ATTEMPTS:
		total->has_attempts = true;
		total->attempts += part->attempts;
		break;
	case SES_SOURCE_REPORTED:
		total->has_reported = true;
		total->reported += part->reported;
		total->refused += part->refused;
		break;
	case SES_SOURCE_NONE:
	case SES_SOURCE_MIXED:
		break;
	}
}

int64_t ses_total_denominator(const struct ses_total *total)
{
	return at_least_zero(total->sends + total->reported - total->refused) +
	       at_least_zero(total->attempts);
}

enum ses_source ses_total_source(const struct ses_total *total)
{
	if (total->has_send + total->has_attempts + total->has_reported > 1)
		return SES_SOURCE_MIXED;
	if (total->has_send)
		return SES_SOURCE_SEND;
	if (total->has_attempts)
		return SES_SOURCE_ATTEMPTS;
	return total->has_reported ? SES_SOURCE_REPORTED : SES_SOURCE_NONE;
}

/* The interval of Wilson (1927): sane for small numbers, and never beyond 0 and 1. */
static void find_interval(
	int64_t numerator, int64_t denominator, double *low, double *high)
{
	double count = (double) denominator;
	double rate = (double) numerator / count;
	double z2 = WILSON_Z * WILSON_Z;
	double middle = rate + z2 / (2 * count);
	double reach =
		WILSON_Z * sqrt(rate * (1 - rate) / count + z2 / (4 * count * count));

	*low = numerator == 0 ? 0 : fmax(0, (middle - reach) / (1 + z2 / count));
	*high = numerator == denominator ? 1
					 : fmin(1, (middle + reach) / (1 + z2 / count));
}

/* A limit in parts of a million times a million, so that 80 % of 0.1 % stays exact. */
struct limit {
	enum ses_level level;
	wide height;
};

static bool is_reached(const struct ses_rate *rate, wide height)
{
	return (wide) rate->numerator * PPM_ONE * PPM_ONE >= height * rate->denominator;
}

static bool is_surely_above(const struct ses_rate *rate, wide height)
{
	return rate->low > (double) height / ((double) PPM_ONE * (double) PPM_ONE);
}

#define LIMITS 3

/* From the highest down. */
static void find_limits(const struct ses_reputation_settings *settings,
	const struct ses_rate *rate, struct limit limits[LIMITS])
{
	limits[0] =
		(struct limit){SES_LEVEL_OVER_PAUSE_LIMIT, (wide) rate->pause * PPM_ONE};
	limits[1] = (struct limit){
		SES_LEVEL_OVER_REVIEW_LIMIT, (wide) rate->review * PPM_ONE};
	limits[2] = (struct limit){
		SES_LEVEL_WARNING, (wide) rate->review * settings->warning_at};
}

static enum ses_level find_level(const struct ses_reputation_settings *settings,
	enum ses_metric metric, const struct ses_rate *rate)
{
	bool is_enough = rate->denominator >= settings->minimum_sends &&
			 (metric == SES_METRIC_BOUNCE ||
				 rate->numerator >= settings->minimum_complaints);
	enum ses_level otherwise = SES_LEVEL_OK;
	struct limit limits[LIMITS];

	find_limits(settings, rate, limits);
	for (size_t i = 0; i < LIMITS; i++) {
		if (!is_reached(rate, limits[i].height))
			continue;
		if (is_enough || is_surely_above(rate, limits[i].height))
			return limits[i].level;
		otherwise = SES_LEVEL_TOO_FEW;
	}
	return otherwise;
}

static int64_t clamp(wide number)
{
	if (number < 0)
		return 0;
	return number > INT64_MAX ? INT64_MAX : (int64_t) number;
}

/* The largest k with (numerator + k) / denominator < limit. */
static int64_t find_remaining(const struct ses_rate *rate, ppm limit)
{
	wide reach = (wide) rate->denominator * limit;

	return reach > 0 ? clamp((reach - 1) / PPM_ONE - rate->numerator) : 0;
}

/* The smallest c with numerator / (denominator + c) < limit. */
static int64_t find_recover(const struct ses_rate *rate, ppm limit)
{
	if (limit <= 0)
		return -1; /* nothing is below a limit of zero */
	return clamp((wide) rate->numerator * PPM_ONE / limit + 1 - rate->denominator);
}

void ses_rate_judge(const struct ses_reputation_settings *settings,
	enum ses_metric metric, int64_t numerator, int64_t denominator,
	struct ses_rate *rate)
{
	bool is_bounce = metric == SES_METRIC_BOUNCE;

	*rate = (struct ses_rate){
		.numerator = at_least_zero(numerator),
		.denominator = at_least_zero(denominator),
		.level = SES_LEVEL_NO_DENOMINATOR,
		.remaining_review = -1,
		.remaining_pause = -1,
		.recover = -1,
		.review =
			is_bounce ? settings->bounce_review : settings->complaint_review,
		.pause = is_bounce ? settings->bounce_pause : settings->complaint_pause,
	};
	if (rate->denominator == 0)
		return;
	if (rate->numerator > rate->denominator) {
		rate->is_incomplete = true;
		return;
	}
	rate->has_rate = true;
	rate->rate = (double) rate->numerator / (double) rate->denominator;
	find_interval(rate->numerator, rate->denominator, &rate->low, &rate->high);
	rate->level = find_level(settings, metric, rate);
	rate->remaining_review = find_remaining(rate, rate->review);
	rate->remaining_pause = find_remaining(rate, rate->pause);
	rate->recover = find_recover(rate, rate->review);
}

/* numerator / denominator < height less the margin; at a margin of zero: < height. Fits:
 * the heights and the margin are at most a million, squared and plain. */
static bool is_below_by(const struct ses_rate *rate, wide height, ppm margin)
{
	return (wide) rate->numerator * PPM_ONE * PPM_ONE * PPM_ONE <
	       height * (PPM_ONE - margin) * rate->denominator;
}

enum ses_level ses_level_held(const struct ses_reputation_settings *settings,
	enum ses_metric metric, const struct ses_rate *rate, enum ses_level was)
{
	ppm margin = settings->hysteresis < PPM_ONE ? at_least_zero(settings->hysteresis)
						    : PPM_ONE;
	struct limit limits[LIMITS];

	(void) metric; /* its limits are in the rate */
	if (!rate->has_rate || rate->level <= SES_LEVEL_TOO_FEW || rate->level >= was)
		return rate->level;
	find_limits(settings, rate, limits);
	for (size_t i = 0; i < LIMITS; i++)
		if (limits[i].level <= was && limits[i].level > rate->level &&
			!is_below_by(rate, limits[i].height, margin))
			return limits[i].level;
	return rate->level;
}

int64_t ses_days_to_review(
	const struct ses_rate *rate, int64_t numerator, int64_t denominator)
{
	wide gap, step;

	if (!rate->has_rate)
		return -1;
	gap = (wide) rate->denominator * rate->review - (wide) rate->numerator * PPM_ONE;
	if (gap <= 0)
		return 0;
	step = (wide) at_least_zero(numerator) * PPM_ONE -
	       (wide) at_least_zero(denominator) * rate->review;
	return step > 0 ? clamp((gap + step - 1) / step) : -1;
}
