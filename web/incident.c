/* incident.c - what pulled a rate up: since when, which stream, whose mail. */
#include "web/incident.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* As many steps as one look takes. */
#define HOURS_MAX ((int64_t) STORE_SERIES_MAX)
/* ---- which account and metric ---- */

struct choosing {
	struct incident *incident;
	const char *account, *region;
	const enum ses_metric *metric;
	bool lacks_memory;
};

/* How much of the review limit is used up, where the levels are alike. */
static double limit_share(const struct ses_rate *rate)
{
	return rate->has_rate ? rate->rate * (double) PPM_ONE / (double) rate->review : 0;
}

static bool is_worse(const struct ses_rate *one, const struct ses_rate *other)
{
	return one->level != other->level ? one->level > other->level
					  : limit_share(one) > limit_share(other);
}

static bool choose(void *closure, const struct store_reputation *reputation)
{
	struct choosing *choosing = closure;
	struct incident *incident = choosing->incident;
	const struct ses_rate *bounce = &reputation->bounce;
	const struct ses_rate *complaint =
		store_judged_rate(reputation, SES_METRIC_COMPLAINT);
	enum ses_metric metric =
		is_worse(complaint, bounce) ? SES_METRIC_COMPLAINT : SES_METRIC_BOUNCE;
	const struct ses_rate *rate;

	if ((choosing->account != NULL &&
		    !text_equal(choosing->account, reputation->account)) ||
		(choosing->region != NULL &&
			!text_equal(choosing->region, reputation->region)))
		return true;
	if (choosing->metric != NULL)
		metric = *choosing->metric;
	rate = metric == SES_METRIC_BOUNCE ? bounce : complaint;
	if (incident->account != NULL && !is_worse(rate, &incident->rate))
		return true;
	free(incident->account);
	free(incident->region);
	incident->account = text_copy(reputation->account, strlen(reputation->account));
	incident->region = text_copy(reputation->region, strlen(reputation->region));
	choosing->lacks_memory = incident->account == NULL || incident->region == NULL;
	incident->metric = metric;
	incident->level = rate->level;
	incident->rate = *rate;
	incident->window_from = reputation->from;
	incident->window_to = reputation->to;
	incident->fresh_start = reputation->fresh_start;
	incident->other = metric == SES_METRIC_BOUNCE ? *complaint : *bounce;
	return !choosing->lacks_memory;
}

/* ---- the stretch ---- */

struct steps {
	struct ses_incident_step steps[STORE_SERIES_MAX];
	size_t count;
	enum ses_metric metric;
};

int64_t incident_numerator(const struct ses_counts *counts, enum ses_metric metric)
{
	return metric == SES_METRIC_BOUNCE ? counts->hard_bounces : counts->complaints;
}

static bool take_step(void *closure, const struct store_series_row *row)
{
	struct steps *steps = closure;

	if (steps->count == STORE_SERIES_MAX)
		return false;
	steps->steps[steps->count++] = (struct ses_incident_step){
		.start = row->start,
		.numerator = incident_numerator(&row->counts, steps->metric),
		.denominator = row->denominator,
	};
	return true;
}

struct store_rates_query incident_query(
	const struct incident *incident, utc_ms since, utc_ms until)
{
	return (struct store_rates_query){
		.window = incident->window,
		.dimension = STORE_BY_ACCOUNT,
		.basis = STORE_BASIS_SENT,
		.account = incident->account,
		.region = incident->region,
		.since = since,
		.until = until != 0 ? until : incident->until,
	};
}

static int64_t at_least_zero(int64_t number)
{
	return number > 0 ? number : 0;
}

/* Days that ended, so that a morning does not look like a slow day. */
static int64_t mean_of_days(const struct steps *steps, utc_ms now)
{
	utc_ms today = utc_floor(now, DAY_MS);
	int64_t sum = 0;

	for (size_t i = 0; i < steps->count; i++)
		if (steps->steps[i].start >= today - 7 * DAY_MS &&
			steps->steps[i].start < today)
			sum += steps->steps[i].denominator;
	return sum / 7;
}

static void take_stretch(struct incident *incident,
	const struct ses_reputation_settings *settings, const struct steps *steps,
	int64_t step_ms)
{
	struct ses_incident found;

	incident->is_found = ses_incident_find(
		steps->steps, steps->count, incident->rate.review, &found);
	if (!incident->is_found)
		return;
	incident->from = steps->steps[found.first].start;
	incident->to = steps->steps[found.first + found.count - 1].start + step_ms;
	incident->numerator = found.numerator;
	incident->denominator = found.denominator;
	incident->excess = found.excess;
	ses_rate_judge(settings, incident->metric,
		incident->numerator_of_window - found.numerator,
		at_least_zero(incident->denominator_of_window - found.denominator),
		&incident->before);
}

/* ---- the whole ---- */

static bool read_steps(struct store *store,
	const struct ses_reputation_settings *settings, const struct incident *incident,
	int64_t step_ms, utc_ms since, utc_ms until, utc_ms now, struct steps *steps,
	struct error *error)
{
	struct store_rates_query query = incident_query(incident, since, until);
	utc_ms from, to;

	steps->count = 0;
	steps->metric = incident->metric;
	return store_series(store, settings, &query, step_ms, now, &from, &to, take_step,
		steps, error);
}

static void take_sums(struct incident *incident, const struct steps *steps)
{
	incident->numerator_of_window = incident->denominator_of_window = 0;
	for (size_t i = 0; i < steps->count; i++) {
		incident->numerator_of_window += steps->steps[i].numerator;
		incident->denominator_of_window += steps->steps[i].denominator;
	}
}

/* A long window is looked at by days first, and its bad days by hours. */
static bool find_stretch(struct store *store,
	const struct ses_reputation_settings *settings, struct incident *incident,
	utc_ms now, struct error *error)
{
	bool is_long = incident->window == STORE_WINDOW_REPRESENTATIVE &&
		       now - incident->window_from > HOURS_MAX * HOUR_MS;
	struct steps *steps = calloc(1, sizeof(*steps));
	bool went_well;

	if (steps == NULL)
		return error_set(error, "out of memory");
	went_well = read_steps(store, settings, incident, is_long ? DAY_MS : HOUR_MS, 0,
		0, now, steps, error);
	if (went_well && !incident->is_before_start)
		incident->sends_a_day = mean_of_days(steps, now);
	if (went_well)
		take_sums(incident, steps);
	if (went_well)
		take_stretch(incident, settings, steps, is_long ? DAY_MS : HOUR_MS);
	if (went_well && is_long && incident->is_found &&
		incident->to - incident->from <= HOURS_MAX * HOUR_MS) {
		went_well = read_steps(store, settings, incident, HOUR_MS, incident->from,
			incident->to, now, steps, error);
		if (went_well)
			take_stretch(incident, settings, steps, HOUR_MS);
	}
	free(steps);
	return went_well;
}

bool incident_look(struct store *store, const struct ses_reputation_settings *settings,
	const char *account, const char *region, const enum ses_metric *metric,
	utc_ms now, struct incident *incident, struct error *error)
{
	struct choosing choosing = {
		.incident = incident,
		.account = account,
		.region = region,
		.metric = metric,
	};

	memset(incident, 0, sizeof(*incident));
	if (!store_reputation(store, settings, now, choose, &choosing, error))
		return false;
	if (choosing.lacks_memory)
		return error_set(error, "out of memory");
	if (incident->account == NULL)
		return true;
	incident->window = STORE_WINDOW_REPRESENTATIVE;
	if (!find_stretch(store, settings, incident, now, error))
		return false;
	if (!incident->is_found && incident->fresh_start != UTC_NONE) {
		incident->is_before_start = true;
		incident->window = STORE_WINDOW_30D;
		incident->until = incident->fresh_start;
		if (!find_stretch(store, settings, incident, now, error))
			return false;
	}
	if (!incident->is_found)
		return true;
	return incident_find_who(store, settings, incident, now, error);
}

void incident_finish(struct incident *incident)
{
	free(incident->account);
	free(incident->region);
	for (size_t i = 0; i < incident->suspect_count; i++)
		free(incident->suspects[i].key);
	for (size_t i = 0; i < incident->sender_count; i++)
		free(incident->senders[i].key);
	memset(incident, 0, sizeof(*incident));
}
