/* preflight_slice.c - a list cut so that no slice of it can do harm. */
#include <math.h>
#include <string.h>

#include "ses/preflight.h"

struct cutting {
	const struct ses_preflight_plan *plan;
	enum ses_history order[SES_HISTORY_MAILED];
	int64_t rest[SES_HISTORY_COUNT]; /* not in a slice yet */
	int64_t sent;			 /* in the slices before */
	double expected;		 /* their bounces */
	int64_t most;			 /* of one slice */
	bool guesses[SES_HISTORY_COUNT]; /* the risk of the class is one */
};

struct ses_preflight_day ses_preflight_base(
	const struct ses_reputation_settings *settings,
	const struct ses_preflight_day *days, size_t day_count, int64_t mailed)
{
	struct ses_preflight_day base = {0};

	for (size_t i = 0; i < day_count; i++) {
		/* The day that runs is a part of one. */
		if ((int64_t) i > settings->representative_days &&
			base.eligible + mailed >= settings->representative_sends)
			break;
		base.eligible += days[i].eligible;
		base.hard_bounces += days[i].hard_bounces;
	}
	return base;
}

static int64_t sum_of(const int64_t counts[SES_HISTORY_COUNT])
{
	int64_t sum = 0;

	for (int h = 0; h < SES_HISTORY_COUNT; h++)
		sum += counts[h];
	return sum;
}

/* The first so many of what is left, the safest first. */
static void take(const struct cutting *cutting, int64_t count, struct ses_slice *slice)
{
	memset(slice, 0, sizeof(*slice));
	for (int i = 0; i < SES_HISTORY_MAILED && slice->count < count; i++) {
		enum ses_history history = cutting->order[i];
		int64_t taken = count - slice->count;

		if (taken > cutting->rest[history])
			taken = cutting->rest[history];
		slice->counts[history] = taken;
		slice->count += taken;
		if (taken > 0 && cutting->guesses[history])
			slice->has_guess = true;
	}
	slice->wait_ms = slice->has_guess ? SES_SLICE_WAIT_GUESS : SES_SLICE_WAIT_KNOWN;
}

/* Whether the level stays below warning at the upper bound; fills the slice. */
static bool is_safe(const struct cutting *cutting, int64_t count, struct ses_slice *slice)
{
	const struct ses_preflight_plan *plan = cutting->plan;
	struct ses_preflight_day base;
	int64_t denominator;

	take(cutting, count, slice);
	slice->bounces = ses_preflight_predict(slice->counts, plan->experience);
	base = ses_preflight_base(plan->settings, plan->days, plan->day_count,
		cutting->sent + slice->count);
	denominator = base.eligible + cutting->sent + slice->count;
	ses_rate_judge(plan->settings, SES_METRIC_BOUNCE,
		base.hard_bounces + llround(cutting->expected + slice->bounces.expected),
		denominator, &slice->expected);
	ses_rate_judge(plan->settings, SES_METRIC_BOUNCE,
		base.hard_bounces + llround(cutting->expected + slice->bounces.high),
		denominator, &slice->high);
	/* More bounces than recipients are no rate, and certainly not a safe one. */
	return !slice->high.is_incomplete && slice->high.level < SES_LEVEL_WARNING;
}

/* Where slices may end at best: at the end of a class, those with guesses and those
 * without apart. ends[i] addresses, ascending; returns how many ends there are. */
static int find_ends(const struct cutting *cutting, int64_t ends[SES_HISTORY_MAILED])
{
	bool has_first = false, guesses = false;
	int64_t sum = 0;
	int count = 0;

	for (int i = 0; i < SES_HISTORY_MAILED; i++) {
		enum ses_history history = cutting->order[i];

		if (cutting->rest[history] == 0)
			continue;
		if (has_first && cutting->guesses[history] != guesses)
			break;
		guesses = cutting->guesses[history];
		has_first = true;
		sum += cutting->rest[history];
		ends[count++] = sum < cutting->most ? sum : cutting->most;
		if (sum >= cutting->most)
			break;
	}
	return count;
}

/* The largest next slice that is safe: the furthest class that can be taken whole, and of
 * the one behind it as many as go. False: not even a
 * few. */
static bool cut(const struct cutting *cutting, struct ses_slice *slice)
{
	int64_t ends[SES_HISTORY_MAILED], good = 0, bad;
	int count = find_ends(cutting, ends), end = count - 1;
	struct ses_slice tried;

	while (end >= 0 && !is_safe(cutting, ends[end], slice))
		end--;
	if (end >= 0)
		good = ends[end];
	bad = end + 1 < count ? ends[end + 1] : good;
	while (bad - good > 1) {
		int64_t middle = good + (bad - good) / 2;

		if (is_safe(cutting, middle, &tried))
			good = middle;
		else
			bad = middle;
	}
	if (good < SES_SLICE_LEAST && good < sum_of(cutting->rest))
		return false;
	return good > 0 && is_safe(cutting, good, slice);
}

size_t ses_preflight_slice(const struct ses_preflight_plan *plan,
	struct ses_slice slices[SES_SLICES_MAX], int64_t *left_over)
{
	struct cutting cutting = {.plan = plan};
	int64_t wanted = plan->wanted > 1 ? plan->wanted : 1;
	size_t count = 0;

	memcpy(cutting.rest, plan->counts, sizeof(cutting.rest));
	/* Not mailed, and known to bounce: in no slice. */
	cutting.rest[SES_HISTORY_SUPPRESSED] = 0;
	cutting.rest[SES_HISTORY_BOUNCED] = 0;
	cutting.rest[SES_HISTORY_INVALID] = 0;
	for (int h = 0; h < SES_HISTORY_COUNT; h++)
		cutting.guesses[h] =
			ses_preflight_risk((enum ses_history) h, &plan->experience[h])
				.is_guess;
	cutting.most = (sum_of(cutting.rest) + wanted - 1) / wanted;
	ses_preflight_order(plan->experience, cutting.order);
	while (count < SES_SLICES_MAX && sum_of(cutting.rest) > 0 &&
		cut(&cutting, &slices[count])) {
		for (int h = 0; h < SES_HISTORY_COUNT; h++)
			cutting.rest[h] -= slices[count].counts[h];
		cutting.sent += slices[count].count;
		cutting.expected += slices[count].bounces.expected;
		count++;
	}
	*left_over = sum_of(cutting.rest);
	return count;
}
