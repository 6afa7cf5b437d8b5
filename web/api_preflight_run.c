/* api_preflight_run.c - what the history says of a list, and the list does to the rate.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ses/provider.h"
#include "web/api_preflight.h"
#include "web/api_reply.h"
#include "web/inside.h"

/* Days that are looked back at; more than SES's windows are known to span. */
#define DAYS_MAX 400

/* ---- the account ---- */

struct search {
	struct preflight *preflight;
	size_t found;
	struct buffer names;
};

static bool take_account(void *closure, const struct store_reputation *reputation)
{
	struct search *search = closure;
	struct preflight *preflight = search->preflight;
	struct preflight_account *account = &preflight->reputation;

	if ((preflight->account != NULL &&
		    !text_equal(preflight->account, reputation->account)) ||
		(preflight->region != NULL &&
			!text_equal(preflight->region, reputation->region)))
		return true;
	buffer_format(&search->names, "%s%s/%s", search->found > 0 ? ", " : "",
		reputation->account, reputation->region);
	search->found++;
	account->is_known = true;
	snprintf(account->account, sizeof(account->account), "%s", reputation->account);
	snprintf(account->region, sizeof(account->region), "%s", reputation->region);
	account->from = reputation->from;
	account->to = reputation->to;
	account->fresh_start = reputation->fresh_start;
	account->now = reputation->bounce;
	return true;
}

static bool refuse_account(struct request *request, const struct search *search)
{
	const struct preflight *preflight = search->preflight;

	if (search->found == 0)
		reply_problem(request, 400, "query",
			"no account %s%s%s is known: no event of it has come",
			preflight->account == NULL ? "" : preflight->account,
			preflight->region == NULL ? "" : " in region ",
			preflight->region == NULL ? "" : preflight->region);
	else
		reply_problem(request, 400, "query",
			"there are several accounts (%.300s): say which by account and "
			"region",
			search->names.bytes == NULL ? "" : search->names.bytes);
	return false;
}

static bool find_account(struct request *request, struct preflight *preflight)
{
	struct search search = {.preflight = preflight};
	bool is_named = preflight->account != NULL || preflight->region != NULL;
	bool went_well = true;
	struct error error;

	preflight->reputation.fresh_start = UTC_NONE;
	buffer_init(&search.names, 4096);
	if (!store_reputation(preflight->store, &preflight->rules->reputation,
		    preflight->now, take_account, &search, &error)) {
		reply_store_failed(request, &error);
		went_well = false;
	} else if (search.found > 1 || (search.found == 0 && is_named)) {
		went_well = refuse_account(request, &search);
	}
	buffer_finish(&search.names);
	return went_well;
}

static bool take_base(void *closure, const struct store_reputation *reputation)
{
	struct preflight_account *account = closure;

	if (!text_equal(account->account, reputation->account) ||
		!text_equal(account->region, reputation->region))
		return true;
	account->base_numerator = reputation->bounce.numerator;
	account->base_denominator = reputation->bounce.denominator;
	return false;
}

/* What the representative window keeps of today's once so many new ones are in it. */
static bool find_base(struct preflight *preflight, int64_t mailed, struct error *error)
{
	struct ses_reputation_settings settings = preflight->rules->reputation;

	if (!preflight->reputation.is_known)
		return true;
	settings.representative_sends -= mailed;
	if (settings.representative_sends < 1)
		settings.representative_sends = 1;
	return store_reputation(preflight->store, &settings, preflight->now, take_base,
		&preflight->reputation, error);
}

/* ---- days, for the slices ---- */

struct days {
	const struct ses_reputation_settings *settings;
	utc_ms today;
	struct ses_preflight_day days[DAYS_MAX];
	size_t count;
};

static bool take_day(void *closure, const struct store_counts_row *row)
{
	struct days *days = closure;
	int64_t ago = (days->today - row->start) / DAY_MS;
	struct ses_counts counts = ses_counts_judged(days->settings, &row->counts);

	if (ago < 0 || ago >= DAYS_MAX)
		return true;
	days->days[ago].eligible += ses_eligible(&counts, ses_day_source(&row->counts));
	days->days[ago].hard_bounces += counts.hard_bounces;
	if ((size_t) ago + 1 > days->count)
		days->count = (size_t) ago + 1;
	return true;
}

static bool read_days(
	const struct preflight *preflight, struct days *days, struct error *error)
{
	const struct preflight_account *account = &preflight->reputation;
	struct store_counts_query asked = {
		.basis = STORE_BASIS_PUBLISHED,
		.dimension = STORE_BY_ACCOUNT,
		.account = account->account,
		.region = account->region,
		.from = utc_floor(preflight->now, DAY_MS) - (DAYS_MAX - 1) * DAY_MS,
		.to = utc_floor(preflight->now, MINUTE_MS) + MINUTE_MS,
		.step = STORE_STEP_DAY,
	};

	days->settings = &preflight->rules->reputation;
	days->today = utc_floor(preflight->now, DAY_MS);
	if (!account->is_known)
		return true;
	if (account->fresh_start != UTC_NONE && account->fresh_start > asked.from)
		asked.from = utc_floor(account->fresh_start, MINUTE_MS);
	return store_counts(preflight->store, &asked, take_day, days, error);
}

static bool cut_slices(struct preflight *preflight, struct error *error)
{
	struct days *days = calloc(1, sizeof(*days));
	struct ses_preflight_plan plan = {
		.settings = &preflight->rules->reputation,
		.experience = preflight->experience.classes,
		.wanted = preflight->slices_wanted,
	};
	bool went_well;

	if (days == NULL)
		return error_set(error, "out of memory");
	went_well = read_days(preflight, days, error);
	if (went_well) {
		plan.days = days->days;
		plan.day_count = days->count;
		memcpy(plan.counts, preflight->counts, sizeof(plan.counts));
		preflight->slice_count = ses_preflight_slice(
			&plan, preflight->slices, &preflight->left_over);
	}
	free(days);
	return went_well;
}

/* ---- providers ---- */

/* The place of a name; the last one takes all that find none. */
static size_t find_provider(struct preflight *preflight, const char *name)
{
	struct preflight_provider *providers = preflight->providers;
	size_t count = preflight->provider_count;

	for (size_t i = 0; i < count; i++)
		if (text_equal(providers[i].name, name))
			return i;
	if (count == PREFLIGHT_PROVIDERS_MAX - 1)
		name = "other";
	if (count == PREFLIGHT_PROVIDERS_MAX)
		return count - 1;
	snprintf(providers[count].name, sizeof(providers[count].name), "%s", name);
	preflight->provider_count++;
	return count;
}

static void count_run(
	struct preflight *preflight, size_t from, size_t run, const char *name)
{
	struct preflight_provider *provider =
		&preflight->providers[find_provider(preflight, name)];

	for (size_t i = from; i < from + run; i++)
		provider->counts[preflight->recipients[preflight->by_domain[i]]
					 .history]++;
}

/* Domains that only replies can tell of. */
struct hosted {
	struct preflight *preflight;
	const char **domains;
	uint32_t *places;
	size_t count;
	uint8_t *is_told;
};

static void take_provider(void *closure, size_t index, const char *provider)
{
	struct hosted *hosted = closure;
	size_t from = hosted->places[index];

	hosted->is_told[index] = 1;
	count_run(hosted->preflight, from, preflight_domain_run(hosted->preflight, from),
		provider[0] == '\0' ? "unknown" : provider);
}

static void gather_domains(struct preflight *preflight, struct hosted *hosted)
{
	size_t run;

	for (size_t i = 0; i < preflight->count; i += run) {
		const char *domain = preflight_domain(preflight, i);
		const char *name = ses_provider_of(domain, NULL);

		run = preflight_domain_run(preflight, i);
		if (name != domain) {
			count_run(preflight, i, run, name);
			continue;
		}
		hosted->domains[hosted->count] = domain;
		hosted->places[hosted->count++] = (uint32_t) i;
	}
}

static bool count_providers(struct preflight *preflight, struct error *error)
{
	size_t room = preflight->count + 1;
	struct hosted hosted = {
		.preflight = preflight,
		.domains = calloc(room, sizeof(*hosted.domains)),
		.places = calloc(room, sizeof(*hosted.places)),
		.is_told = calloc(room, sizeof(*hosted.is_told)),
	};
	bool went_well =
		hosted.domains != NULL && hosted.places != NULL && hosted.is_told != NULL;

	if (went_well) {
		gather_domains(preflight, &hosted);
		went_well = store_providers(preflight->store, hosted.domains,
			hosted.count, take_provider, &hosted, error);
	} else {
		error_set(error, "out of memory");
	}
	for (size_t i = 0; went_well && i < hosted.count; i++)
		if (!hosted.is_told[i])
			count_run(preflight, hosted.places[i],
				preflight_domain_run(preflight, hosted.places[i]),
				"unknown");
	free(hosted.domains);
	free(hosted.places);
	free(hosted.is_told);
	return went_well;
}

/* ---- all ---- */

static bool is_wanted(void *closure)
{
	const struct preflight *preflight = closure;

	return !atomic_load(&preflight->web->is_stopping);
}

static void count_classes(struct preflight *preflight)
{
	for (size_t i = 0; i < preflight->count; i++) {
		const struct store_recipient *who = &preflight->recipients[i];

		preflight->counts[who->history]++;
		if (who->history == SES_HISTORY_SUPPRESSED &&
			who->reason <= SES_REASON_NO_SUCH_DOMAIN)
			preflight->reasons[who->reason]++;
	}
}

bool preflight_judge(struct request *request, struct preflight *preflight)
{
	struct error error = {""};
	int64_t mailed;

	if (!preflight_sort(preflight)) {
		api_reply_no_memory(request);
		return false;
	}
	if (!find_account(request, preflight))
		return false;
	if (!store_preflight(preflight->store, preflight->recipients, preflight->count,
		    &preflight->scopes, preflight->now, is_wanted, preflight,
		    &preflight->experience, &error)) {
		reply_store_failed(request, &error);
		return false;
	}
	if (!is_wanted(preflight)) {
		reply_problem(request, 503, "stopping", "the daemon stops");
		return false;
	}
	if (preflight->reputation.is_known &&
		!api_brakes_read(request, preflight->reputation.account,
			preflight->reputation.region, &preflight->brakes))
		return false;
	count_classes(preflight);
	mailed = (int64_t) preflight->count - preflight->counts[SES_HISTORY_SUPPRESSED];
	preflight->bounces =
		ses_preflight_predict(preflight->counts, preflight->experience.classes);
	if (!find_base(preflight, mailed, &error) || !cut_slices(preflight, &error) ||
		!count_providers(preflight, &error)) {
		reply_store_failed(request, &error);
		return false;
	}
	return true;
}
