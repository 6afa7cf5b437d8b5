/* brake_spare.c - an account that was resumed is not stopped for a configuration set that
 * can be stopped alone. */
#include "base/text.h"
#include "daemon/brake_items.h"

struct sum {
	int64_t denominator, bounces, complaints;
};

static bool add(void *closure, const struct store_rates_row *row)
{
	struct sum *sum = closure;

	sum->denominator += row->denominator;
	sum->bounces += row->counts.hard_bounces;
	sum->complaints += row->counts.complaints;
	return true;
}

static bool count(struct store *store, const struct ses_reputation_settings *settings,
	const struct brake_item *item, utc_ms since, utc_ms now, struct sum *sum,
	struct error *error)
{
	bool is_set = item->set[0] != '\0';
	const struct store_rates_query query = {
		.window = STORE_WINDOW_REPRESENTATIVE,
		.dimension = is_set ? STORE_BY_CONFIGURATION_SET : STORE_BY_ACCOUNT,
		.basis = STORE_BASIS_PUBLISHED,
		.account = item->account,
		.region = item->region,
		.key = is_set ? item->set : NULL,
		.since = brake_minute_after(since),
		.as_counted = true, /* as the sums it is taken from */
	};
	utc_ms from, to;

	*sum = (struct sum){0};
	return query.since > now ||
	       store_rates(store, settings, &query, now, &from, &to, add, sum, error);
}

/* One that goes on although it is stopped is the account's after all. */
static bool leave_out(struct store *store, const struct ses_reputation_settings *settings,
	const struct brake_item *account, const struct brake_item *set, utc_ms now,
	struct sum *rest, struct error *error)
{
	struct sum after = {0}, its;

	if (set->state.is_tripped &&
		!count(store, settings, set, set->state.tripped, now, &after, error))
		return false;
	if (after.denominator >= settings->minimum_sends)
		return true;
	if (!count(store, settings, set, account->since, now, &its, error))
		return false;
	rest->denominator -= its.denominator;
	rest->bounces -= its.bounces;
	rest->complaints -= its.complaints;
	return true;
}

static bool is_stopped_first(const struct ses_brake_settings *brake,
	const struct brake_item *account, const struct brake_item *set)
{
	return set->set[0] != '\0' && text_equal(set->account, account->account) &&
	       text_equal(set->region, account->region) &&
	       (set->state.is_tripped ||
		       (set->is_judged &&
			       ses_brake_trips(brake, &set->state, set->level)));
}

static bool is_bad(const struct ses_reputation_settings *settings,
	const struct ses_brake_settings *brake, const struct sum *sum)
{
	struct ses_rate bounce, complaint;

	if (sum->denominator < settings->minimum_sends)
		return false;
	ses_rate_judge(
		settings, SES_METRIC_BOUNCE, sum->bounces, sum->denominator, &bounce);
	ses_rate_judge(settings, SES_METRIC_COMPLAINT, sum->complaints, sum->denominator,
		&complaint);
	return bounce.level >= brake->at || complaint.level >= brake->at;
}

static bool spare(struct store *store, const struct ses_reputation_settings *settings,
	const struct ses_brake_settings *brake, utc_ms now,
	const struct brake_items *items, struct brake_item *account, struct error *error)
{
	bool has_set = false;
	struct sum rest;

	if (!count(store, settings, account, account->since, now, &rest, error))
		return false;
	for (size_t i = 0; i < items->count; i++) {
		if (!is_stopped_first(brake, account, &items->items[i]))
			continue;
		has_set = true;
		if (!leave_out(store, settings, account, &items->items[i], now, &rest,
			    error))
			return false;
	}
	account->is_spared = has_set && !is_bad(settings, brake, &rest);
	return true;
}

bool brake_items_spare(struct store *store,
	const struct ses_reputation_settings *settings,
	const struct ses_brake_settings *brake, utc_ms now, struct brake_items *items,
	struct error *error)
{
	if (!brake->streams)
		return true;
	for (size_t i = 0; i < items->count; i++) {
		struct brake_item *item = &items->items[i];

		if (item->set[0] == '\0' && item->is_judged && item->since != UTC_NONE &&
			ses_brake_trips(brake, &item->state, item->level) &&
			!spare(store, settings, brake, now, items, item, error))
			return false;
	}
	return true;
}
