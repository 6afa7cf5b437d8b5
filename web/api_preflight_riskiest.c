/* api_preflight_riskiest.c - the addresses of a list that are most likely to bounce. */
#include <stdio.h>

#include "ses/address.h"
#include "ses/provider.h"
#include "web/api_preflight.h"

static double risk_of(
	const struct preflight *preflight, const double *risks, size_t place)
{
	return risks[preflight->recipients[place].history];
}

/* Riskier by its class, then by the bounces that are remembered, then by the list. */
static bool is_riskier(
	const struct preflight *preflight, const double *risks, size_t one, size_t other)
{
	double a = risk_of(preflight, risks, one), b = risk_of(preflight, risks, other);
	const struct store_recipient *recipients = preflight->recipients;

	if (a < b || a > b)
		return a > b;
	if (recipients[one].bounces != recipients[other].bounces)
		return recipients[one].bounces > recipients[other].bounces;
	return preflight->lines[one].number < preflight->lines[other].number;
}

/* Above the mean of those that would be mailed: where all are alike nobody stands out. */
static double least_risk(const struct preflight *preflight)
{
	int64_t mailed =
		(int64_t) preflight->count - preflight->counts[SES_HISTORY_SUPPRESSED];
	double mean = mailed > 0 ? preflight->bounces.expected / (double) mailed : 0;

	/* A sum of equal parts is not quite so many times the part. */
	mean *= 1 + 1e-9;
	return mean > PREFLIGHT_RISK_SHOWN ? mean : PREFLIGHT_RISK_SHOWN;
}

/* The places of the riskiest, in order; returns how many. */
static size_t find_riskiest(
	const struct preflight *preflight, const double *risks, size_t top[PREFLIGHT_TOP])
{
	double least = least_risk(preflight);
	size_t count = 0;

	for (size_t i = 0; i < preflight->count; i++) {
		size_t place = count;

		if (risk_of(preflight, risks, i) < least ||
			(count == PREFLIGHT_TOP &&
				!is_riskier(preflight, risks, i, top[count - 1])))
			continue;
		if (count == PREFLIGHT_TOP)
			place--;
		else
			count++;
		for (; place > 0 && is_riskier(preflight, risks, i, top[place - 1]);
			place--)
			top[place] = top[place - 1];
		top[place] = i;
	}
	return count;
}

static struct json *riskiest_row(
	const struct preflight *preflight, const double *risks, size_t place)
{
	const struct store_recipient *who = &preflight->recipients[place];
	const struct preflight_line *line = &preflight->lines[place];
	const char *domain = ses_address_domain(preflight_text(preflight, line->normal));
	const char *provider = ses_provider_of(domain, NULL);
	struct json *json = json_object();

	json_put_text(json, "address", preflight_text(preflight, line->original));
	json_put_integer(json, "line", line->number);
	json_put_text(json, "history", ses_history_name((enum ses_history) who->history));
	json_put_number(json, "risk", risk_of(preflight, risks, place));
	json_put_time(json, "last_delivered", who->delivered);
	json_put_time(json, "last_bounced", who->bounced);
	json_put_text(json, "provider", provider == domain ? NULL : provider);
	return json;
}

struct json *preflight_riskiest(const struct preflight *preflight)
{
	struct json *json = json_object(), *rows = json_array();
	double risks[SES_HISTORY_COUNT], of_addresses = 0, of_bounces = 0;
	size_t top[PREFLIGHT_TOP], count;
	char sentence[128];

	for (int h = 0; h < SES_HISTORY_COUNT; h++)
		risks[h] = ses_preflight_risk(
			(enum ses_history) h, &preflight->experience.classes[h])
				   .expected;
	count = find_riskiest(preflight, risks, top);
	for (size_t i = 0; i < count; i++)
		json_append(rows, riskiest_row(preflight, risks, top[i]));
	json_put(json, "first", rows);
	if (!ses_preflight_concentration(preflight->counts, preflight->experience.classes,
		    &of_addresses, &of_bounces)) {
		json_put_null(json, "sentence");
		return json;
	}
	snprintf(sentence, sizeof(sentence),
		"the riskiest %.3g %% of the list carry %.3g %% of the expected bounces",
		100 * of_addresses, 100 * of_bounces);
	json_put_number(json, "of_addresses", of_addresses);
	json_put_number(json, "of_bounces", of_bounces);
	json_put_text(json, "sentence", sentence);
	return json;
}
