/* watch_levels.c - accounts: the levels of their rates, where those are going, and what
 * the quota leaves. */
#include <inttypes.h>

#include "daemon/watch_deciders.h"
#include "daemon/watch_words.h"

enum ses_level watch_held(const struct watch_scene *scene, const char *name,
	const char *object, enum ses_metric metric, const struct ses_rate *rate)
{
	return ses_level_held(scene->reputation, metric, rate,
		watch_book_level(scene->book, name, object));
}

static void put_known(struct json *json, const char *name, int64_t number)
{
	if (number < 0)
		json_put_null(json, name);
	else
		json_put_integer(json, name, number);
}

static void put_members(
	struct json *json, enum ses_metric metric, const struct ses_rate *rate)
{
	struct json *remaining = json_object();

	json_put_text(json, "metric", watch_metric(metric));
	if (rate->has_rate)
		json_put_number(json, "rate", rate->rate);
	else
		json_put_null(json, "rate");
	json_put_integer(json, "numerator", rate->numerator);
	json_put_integer(json, "denominator", rate->denominator);
	put_known(remaining, "review", rate->remaining_review);
	put_known(remaining, "pause", rate->remaining_pause);
	json_put(json, "remaining", remaining);
	put_known(json, "recover", rate->recover);
}

void watch_put_rate(struct watch_sight *sight, enum ses_metric metric,
	const struct ses_rate *rate, int64_t span_ms)
{
	bool is_fine = rate->review < PPM_ONE / 100;
	bool is_over_pause = sight != NULL && sight->level == SES_LEVEL_OVER_PAUSE_LIMIT;
	char percent[WATCH_WORD_SIZE], limit[WATCH_WORD_SIZE], events[WATCH_WORD_SIZE],
		all[WATCH_WORD_SIZE], span[WATCH_WORD_SIZE];

	if (sight == NULL)
		return;
	put_members(sight->data, metric, rate);
	if (!rate->has_rate) {
		watch_sight_more(sight,
			"%s rate: nothing says any more how many mails were sent.",
			watch_metric(metric));
		return;
	}
	watch_sight_more(sight, "%s rate %s (%s limit %s): %s among %s in %s.",
		watch_metric(metric),
		watch_percent(rate->numerator, rate->denominator, is_fine, percent),
		is_over_pause ? "pause" : "review",
		watch_limit(is_over_pause ? rate->pause : rate->review, limit),
		watch_counted(rate->numerator, watch_feedback(metric), events),
		watch_counted(rate->denominator, "recipient", all),
		watch_span(span_ms, span));
}

/* What is left, or the way back. */
static void say_what_is_left(
	struct watch_sight *sight, enum ses_metric metric, const struct ses_rate *rate)
{
	char count[WATCH_WORD_SIZE], limit[WATCH_WORD_SIZE];

	if (rate->remaining_review > 0)
		watch_sight_more(sight, "%s more would still be below the review limit.",
			watch_counted(
				rate->remaining_review, watch_feedback(metric), count));
	else if (rate->recover > 0)
		watch_sight_more(sight, "It takes %s to be back below %s.",
			watch_counted(rate->recover, "clean send", count),
			watch_limit(rate->review, limit));
}

/* Returns the level. */
static enum ses_level watch_level(const struct watch_scene *scene,
	const struct store_reputation *reputation, enum ses_metric metric)
{
	const struct ses_rate *rate = store_judged_rate(reputation, metric);
	struct watch_sight *sight = watch_sight_add(scene->sights, "reputation-level",
		SES_LEVEL_OK, reputation->account, reputation->region);

	if (!watch_sight_object(sight, "%s/%s %s", reputation->account,
		    reputation->region, watch_metric(metric)))
		return SES_LEVEL_OK;
	sight->level = watch_held(scene, sight->name, sight->object, metric, rate);
	json_put_text(sight->data, "account", reputation->account);
	json_put_text(sight->data, "region", reputation->region);
	watch_sight_text(sight, "%s/%s:", reputation->account, reputation->region);
	watch_put_rate(sight, metric, rate, reputation->to - reputation->from);
	if (sight->level <= SES_LEVEL_OK)
		return sight->level;
	say_what_is_left(sight, metric, rate);
	sight->question = (struct watch_question){
		.is_asked = true,
		.window = STORE_WINDOW_REPRESENTATIVE,
		.measure = metric == SES_METRIC_BOUNCE ? WATCH_HARD_BOUNCES
						       : WATCH_COMPLAINTS,
		.of = "Most of its",
	};
	return sight->level;
}

void watch_levels(const struct watch_scene *scene,
	const struct store_reputation *reputation, enum ses_level levels[2])
{
	levels[SES_METRIC_BOUNCE] = watch_level(scene, reputation, SES_METRIC_BOUNCE);
	levels[SES_METRIC_COMPLAINT] =
		watch_level(scene, reputation, SES_METRIC_COMPLAINT);
}

/* ---- forecast ---- */

/* One that is on goes on until the limit is half as far again as the time that is set. */
static bool is_near(const struct watch_scene *scene, const char *object, int64_t days)
{
	int64_t limit = scene->watch->forecast_ms;

	if (watch_book_is_on(scene->book, "forecast", object))
		limit += limit / 2;
	return days > 0 && days <= limit / DAY_MS;
}

static void watch_one_forecast(const struct watch_scene *scene,
	const struct store_reputation *reputation, enum ses_metric metric)
{
	bool is_bounce = metric == SES_METRIC_BOUNCE;
	int64_t days = is_bounce ? reputation->bounce_days : reputation->complaint_days;
	const struct ses_rate *rate = store_judged_rate(reputation, metric);
	struct watch_sight *sight;
	char limit[WATCH_WORD_SIZE], span[WATCH_WORD_SIZE];

	/* Where the level says too little is known, or the worst already, so does this.
	 */
	if (rate->level < SES_LEVEL_OK || rate->level >= SES_LEVEL_OVER_REVIEW_LIMIT)
		return;
	sight = watch_sight_add(scene->sights, "forecast", SES_LEVEL_WARNING,
		reputation->account, reputation->region);
	if (!watch_sight_object(sight, "%s/%s %s", reputation->account,
		    reputation->region, watch_metric(metric)))
		return;
	if (!is_near(scene, sight->object, days))
		sight->level = SES_LEVEL_OK;
	json_put_text(sight->data, "account", reputation->account);
	json_put_text(sight->data, "region", reputation->region);
	json_put_integer(sight->data, "days", days);
	json_put_number(sight->data, "forecast",
		is_bounce ? reputation->bounce_forecast : reputation->complaint_forecast);
	watch_sight_text(sight, "%s/%s:", reputation->account, reputation->region);
	watch_put_rate(sight, metric, rate, reputation->to - reputation->from);
	if (sight->level <= SES_LEVEL_OK)
		return;
	watch_sight_more(sight,
		"Another day like the last one with sends makes it %.2f %%; after %s "
		"like it the review limit of %s is reached.",
		100 * (is_bounce ? reputation->bounce_forecast
				 : reputation->complaint_forecast),
		watch_counted(days, "day", span), watch_limit(rate->review, limit));
	sight->question = (struct watch_question){
		.is_asked = true,
		.window = STORE_WINDOW_24H,
		.measure = is_bounce ? WATCH_HARD_BOUNCES : WATCH_COMPLAINTS,
		.of = "In the last 24 hours most of its",
	};
}

void watch_forecast(
	const struct watch_scene *scene, const struct store_reputation *reputation)
{
	if (scene->watch->forecast_ms <= 0 || !reputation->has_forecast)
		return;
	watch_one_forecast(scene, reputation, SES_METRIC_BOUNCE);
	watch_one_forecast(scene, reputation, SES_METRIC_COMPLAINT);
}

/* ---- quota ---- */

/* One that is on goes on until a tenth below its limit. */
static bool reaches(int64_t sent, int64_t daily, ppm part, bool was_on)
{
	__int128 reached = (__int128) sent * PPM_ONE * 10;
	__int128 limit = (__int128) daily * part * (was_on ? 9 : 10);

	return reached >= limit;
}

static enum ses_level quota_level(
	const struct watch_scene *scene, const char *object, int64_t sent, int64_t daily)
{
	enum ses_level was = watch_book_level(scene->book, "quota", object);

	if (reaches(sent, daily, PPM_ONE, was == SES_LEVEL_OVER_PAUSE_LIMIT))
		return SES_LEVEL_OVER_PAUSE_LIMIT;
	if (reaches(sent, daily, scene->watch->quota_at, was > SES_LEVEL_OK))
		return SES_LEVEL_WARNING;
	return SES_LEVEL_OK;
}

void watch_quota(
	const struct watch_scene *scene, const struct store_reputation *reputation)
{
	const struct ses_quota *quota = reputation->quota;
	char sent[WATCH_WORD_SIZE], daily[WATCH_WORD_SIZE], percent[WATCH_WORD_SIZE],
		peak[WATCH_WORD_SIZE];
	struct watch_sight *sight;

	if (scene->watch->quota_at <= 0 || quota == NULL || quota->daily <= 0)
		return;
	sight = watch_sight_add(scene->sights, "quota", SES_LEVEL_OK, reputation->account,
		reputation->region);
	if (!watch_sight_object(sight, "%s/%s", reputation->account, reputation->region))
		return;
	sight->level =
		quota_level(scene, sight->object, reputation->sent_24h, quota->daily);
	json_put_text(sight->data, "account", reputation->account);
	json_put_text(sight->data, "region", reputation->region);
	json_put_integer(sight->data, "sent_24h", reputation->sent_24h);
	json_put_integer(sight->data, "daily", quota->daily);
	json_put_integer(sight->data, "peak", reputation->peak_24h);
	json_put_integer(sight->data, "rate_quota", quota->rate);
	watch_sight_text(sight,
		"%s: %s in the last 24 hours are %s of the quota of %s a day.",
		sight->object, watch_counted(reputation->sent_24h, "recipient", sent),
		watch_percent(reputation->sent_24h, quota->daily, false, percent),
		watch_number(quota->daily, daily));
	if (reputation->peak_24h > 0 && quota->rate > 0)
		watch_sight_more(sight,
			"The busiest second had %s; the quota is %" PRId64 " a second.",
			watch_number(reputation->peak_24h, peak), quota->rate);
}
