/* preflight.c - risks of addresses by their history, and what they add up to. */
#include "ses/preflight.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "ses/preflight_beta.h"

#define TAIL 0.025 /* on either side of a 95 % interval */

/*
 * What is thought of a class before anything is known: no measurement, but reasoning
 * from limits and rules of thumb, which is why it weighs no more than SES_PRIOR_WEIGHT
 * addresses, and why the answer says where it is mostly this.
 *
 * The two ends: SES reviews an account at 5 % and calls 2 % healthy (Amazon SES Developer
 * Guide), so a list in good order that is mailed every week bounces well below 1 %; and
 * mailbox providers see lists of unknown origin bounce at several times the review limit.
 * Between them: about one consumer mailbox in a hundred stops existing each month
 * (people change provider and job: some 10 % a year), so that of those delivered t months
 * ago 1 - exp(-t / 100) are gone.
 */
static const struct prior {
	const char *name, *reasoning;
	double risk;
	double weight; /* as so many trials */
} priors[SES_HISTORY_COUNT] = {
	[SES_HISTORY_SUPPRESSED] = {"suppressed", "is not mailed", 0, 0},
	[SES_HISTORY_BOUNCED] = {"bounced",
		"it bounced hard, and nothing was delivered since: mailboxes hardly ever "
		"come back",
		0.9, SES_PRIOR_WEIGHT},
	[SES_HISTORY_SOFT] = {"soft-bounced",
		"a mailbox that is full or failing is often one that nobody uses any "
		"more, and becomes a hard bounce",
		0.1, SES_PRIOR_WEIGHT},
	[SES_HISTORY_RECENT] = {"delivered-30d",
		"one mailbox in a hundred stops existing each month; the delivery was "
		"some ten days ago",
		0.003, SES_PRIOR_WEIGHT},
	[SES_HISTORY_QUARTER] = {"delivered-90d",
		"one mailbox in a hundred stops existing each month; the delivery was "
		"some two months ago",
		0.02, SES_PRIOR_WEIGHT},
	[SES_HISTORY_YEAR] = {"delivered-365d",
		"one mailbox in a hundred stops existing each month; the delivery was "
		"some seven months ago",
		0.07, SES_PRIOR_WEIGHT},
	[SES_HISTORY_OLD] = {"delivered-earlier",
		"one mailbox in a hundred stops existing each month; the delivery was "
		"more than a year ago",
		0.15, SES_PRIOR_WEIGHT},
	[SES_HISTORY_NEVER] = {"never-mailed",
		"a list of confirmed sign-ups bounces at 1 %, one that was bought or is "
		"years old at 30 %; nothing here says which this is",
		0.1, SES_PRIOR_WEIGHT},
	[SES_HISTORY_INVALID] = {"invalid-domain", "there is nobody to deliver it to",
		0.995, 1000},
};

const char *ses_history_name(enum ses_history history)
{
	return priors[history].name;
}

const char *ses_preflight_reasoning(enum ses_history history)
{
	return priors[history].reasoning;
}

enum ses_history ses_history_of_age(int64_t age_ms)
{
	if (age_ms <= 30 * DAY_MS)
		return SES_HISTORY_RECENT;
	if (age_ms <= 90 * DAY_MS)
		return SES_HISTORY_QUARTER;
	return age_ms <= 365 * DAY_MS ? SES_HISTORY_YEAR : SES_HISTORY_OLD;
}

/* Beta(bounced, not): the prior, and what was seen on top of it. */
struct belief {
	double bounced, not ;
};

static struct belief believe(
	enum ses_history history, const struct ses_experience *experience)
{
	const struct prior *prior = &priors[history];

	return (struct belief){
		.bounced = (double) experience->bounces + prior->risk * prior->weight,
		.not = (double) (experience->trials - experience->bounces) +
		       (1 - prior->risk) * prior->weight,
	};
}

static double mean(const struct belief *belief)
{
	return belief->bounced / (belief->bounced + belief->not );
}

struct ses_risk ses_preflight_risk(
	enum ses_history history, const struct ses_experience *experience)
{
	struct belief belief = believe(history, experience);
	struct ses_risk risk = {0};

	if (history == SES_HISTORY_SUPPRESSED)
		return risk;
	risk.expected = mean(&belief);
	/* The mean of a very skewed belief can lie beyond its own quantile. */
	risk.low =
		fmin(risk.expected, ses_beta_quantile(belief.bounced, belief.not, TAIL));
	risk.high = fmax(
		risk.expected, ses_beta_quantile(belief.bounced, belief.not, 1 - TAIL));
	risk.is_guess =
		history != SES_HISTORY_INVALID && experience->trials < SES_PRIOR_WEIGHT;
	return risk;
}

/* Of a beta-binomial: chance, and what all of a class share, the error of its risk. */
static double variance(const struct belief *belief, double count)
{
	double sum = belief->bounced + belief->not, risk = mean(belief);

	return count * risk * (1 - risk) * (sum + count) / (sum + 1);
}

/* The interval of a beta distribution on 0 to all with that mean and variance: skewed as
 * counts are, and never outside. */
static void find_interval(double all, double spread, struct ses_prediction *prediction)
{
	double share = prediction->expected / all;
	double sum = share * (1 - share) * all * all / spread - 1;
	double low, high;

	if (sum > 1e-6) {
		low = all * ses_beta_quantile(share * sum, (1 - share) * sum, TAIL);
		high = all * ses_beta_quantile(share * sum, (1 - share) * sum, 1 - TAIL);
	} else { /* one address: it does or it does not */
		low = share > 1 - TAIL ? all : 0;
		high = share > TAIL ? all : 0;
	}
	prediction->low = fmin(prediction->expected, low);
	prediction->high = fmax(prediction->expected, high);
}

struct ses_prediction ses_preflight_predict(
	const int64_t *counts, const struct ses_experience *experience)
{
	struct ses_prediction prediction = {0};
	double all = 0, spread = 0;

	for (int h = SES_HISTORY_SUPPRESSED + 1; h < SES_HISTORY_COUNT; h++) {
		struct belief belief = believe((enum ses_history) h, &experience[h]);
		double count = (double) counts[h];

		if (counts[h] <= 0)
			continue;
		all += count;
		prediction.expected += count * mean(&belief);
		spread += variance(&belief, count);
	}
	if (all > 0)
		find_interval(all, spread, &prediction);
	return prediction;
}

void ses_preflight_order(const struct ses_experience *experience,
	enum ses_history order[SES_HISTORY_MAILED])
{
	double risks[SES_HISTORY_MAILED];

	for (int i = 0; i < SES_HISTORY_MAILED; i++) {
		enum ses_history history = (enum ses_history)(i + 1);
		struct belief belief = believe(history, &experience[history]);
		double risk = mean(&belief);
		int place = i;

		for (; place > 0 && risks[place - 1] > risk; place--) {
			risks[place] = risks[place - 1];
			order[place] = order[place - 1];
		}
		risks[place] = risk;
		order[place] = history;
	}
}

bool ses_preflight_concentration(const int64_t *counts,
	const struct ses_experience *experience, double *of_addresses, double *of_bounces)
{
	enum ses_history order[SES_HISTORY_MAILED];
	double all = 0, expected = 0, addresses = 0, bounces = 0, best = 0.01;

	ses_preflight_order(experience, order);
	for (int i = 0; i < SES_HISTORY_MAILED; i++) {
		struct belief belief = believe(order[i], &experience[order[i]]);

		all += (double) counts[order[i]];
		expected += (double) counts[order[i]] * mean(&belief);
	}
	if (!(expected > 0))
		return false;
	*of_addresses = 0;
	for (int i = SES_HISTORY_MAILED - 1; i >= 0; i--) {
		struct belief belief = believe(order[i], &experience[order[i]]);

		addresses += (double) counts[order[i]];
		bounces += (double) counts[order[i]] * mean(&belief);
		if (bounces / expected - addresses / all > best) {
			best = bounces / expected - addresses / all;
			*of_addresses = addresses / all;
			*of_bounces = bounces / expected;
		}
	}
	return *of_addresses > 0;
}
