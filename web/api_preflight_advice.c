/* api_preflight_advice.c - what to do with a list, in sentences. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "web/api_preflight.h"
#include "web/api_reputation_json.h"
#include "web/inside.h"

#define SENTENCE_MAX 400

/* So few show what a list is like, and hardly move a rate. */
#define TRIAL 100

static void say(struct json *sentences, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct json *sentences, const char *format, ...)
{
	char sentence[SENTENCE_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	json_append_text(sentences, sentence);
}

/* The share of the expected bounces that is mostly guessed. */
static double guessed_share(const struct preflight *preflight)
{
	double guessed = 0;

	for (int h = 0; h < SES_HISTORY_COUNT; h++) {
		struct ses_risk risk = ses_preflight_risk(
			(enum ses_history) h, &preflight->experience.classes[h]);

		if (risk.is_guess)
			guessed += risk.expected * (double) preflight->counts[h];
	}
	return preflight->bounces.expected > 0 ? guessed / preflight->bounces.expected
					       : 0;
}

/* As GET /v1/may-send: a configuration set concerns only who names it. */
static bool is_stopped(const struct preflight *preflight, const struct store_brake *brake)
{
	const struct ses_brake_settings *settings = &preflight->rules->brake;

	if (settings->at <= SES_LEVEL_OK || settings->dry_run || !brake->state.is_tripped)
		return false;
	return brake->configuration_set[0] == '\0' ||
	       (settings->streams &&
		       ses_scopes_include(&preflight->scopes, brake->configuration_set));
}

static void say_stopped(struct json *sentences, const struct preflight *preflight)
{
	for (size_t i = 0; i < preflight->brakes.count; i++) {
		const struct store_brake *brake = &preflight->brakes.list[i];
		bool is_set = brake->configuration_set[0] != '\0';

		if (is_stopped(preflight, brake))
			say(sentences,
				"the brake has stopped %s%s%s%s/%s: GET /v1/may-send "
				"answers pause until \"ses-feedback resume\"",
				is_set ? "configuration set " : "",
				brake->configuration_set, is_set ? " of " : "",
				brake->account, brake->region);
	}
}

static void say_take_off(struct json *sentences, const struct preflight *preflight)
{
	const int64_t *counts = preflight->counts;

	if (counts[SES_HISTORY_SUPPRESSED] > 0)
		say(sentences,
			"take off the %lld that are suppressed: mailing them anyway "
			"costs reputation",
			(long long) counts[SES_HISTORY_SUPPRESSED]);
	if (counts[SES_HISTORY_BOUNCED] > 0)
		say(sentences,
			"take off the %lld that bounced hard and were never delivered "
			"to since",
			(long long) counts[SES_HISTORY_BOUNCED]);
	if (counts[SES_HISTORY_INVALID] > 0)
		say(sentences,
			"correct or take off the %lld whose domain cannot receive mail",
			(long long) counts[SES_HISTORY_INVALID]);
	if (preflight->duplicates > 0)
		say(sentences,
			"%lld line%s a mailbox that an earlier line names (%lld in "
			"another spelling): it is counted once, and should be mailed "
			"once",
			(long long) preflight->duplicates,
			preflight->duplicates == 1 ? " names" : "s name",
			(long long) preflight->spellings);
}

static void say_guess(struct json *sentences, const struct preflight *preflight)
{
	double share = guessed_share(preflight);

	if (share >= 0.5)
		say(sentences,
			"%.0f %% of the prediction is a guess: too few such addresses "
			"were mailed in the last %d days to know better; the interval "
			"is as wide as that is",
			100 * share, STORE_EXPERIENCE_DAYS);
	if (preflight->counts[SES_HISTORY_NEVER] > 0 &&
		ses_preflight_risk(SES_HISTORY_NEVER,
			&preflight->experience.classes[SES_HISTORY_NEVER])
			.is_guess)
		say(sentences,
			"%lld were never mailed: have them validated, or send to a small "
			"part first and ask again after 72 hours",
			(long long) preflight->counts[SES_HISTORY_NEVER]);
}

/* The rate at the upper bound of all at once. */
static struct ses_rate worst_rate(const struct preflight *preflight)
{
	const struct preflight_account *account = &preflight->reputation;
	struct ses_rate rate;

	ses_rate_judge(&preflight->rules->reputation, SES_METRIC_BOUNCE,
		account->base_numerator + llround(preflight->bounces.high),
		account->base_denominator + (int64_t) preflight->count -
			preflight->counts[SES_HISTORY_SUPPRESSED],
		&rate);
	return rate;
}

static void say_slices(struct json *sentences, const struct preflight *preflight)
{
	const struct ses_rate *now = &preflight->reputation.now;
	struct ses_rate worst = worst_rate(preflight);

	if (now->has_rate && now->level >= SES_LEVEL_WARNING && worst.has_rate &&
		worst.rate < now->rate) {
		say(sentences,
			"the account is at the level \"%s\" already; this list lowers "
			"its "
			"rate, even at worst: it is part of the way out",
			ses_level_name(now->level));
		return;
	}
	if (worst.level >= SES_LEVEL_WARNING)
		say(sentences,
			"sent at once, the list could bring the account to the level "
			"\"%s\"%s",
			ses_level_name(worst.level),
			preflight->slice_count > 0
				? ": send it in the slices, the safest first"
				: "");
	if (preflight->slice_count > 1)
		say(sentences,
			"after each slice wait for its feedback (%d hours; %d where the "
			"risk is a guess), look at the rate, and ask again with the "
			"rest: what the slice has taught is then known",
			(int) (SES_SLICE_WAIT_KNOWN / HOUR_MS),
			(int) (SES_SLICE_WAIT_GUESS / HOUR_MS));
	if (preflight->left_over == 0)
		return;
	say(sentences,
		"%lld are in no slice: not even a few of them are sure to keep the "
		"account below the warning level; have them validated",
		(long long) preflight->left_over);
	say(sentences,
		"or risk a trial of at most %lld of them, spread over other mail, and "
		"ask again after 72 hours",
		(long long) (preflight->left_over < TRIAL ? preflight->left_over
							  : TRIAL));
}

struct json *preflight_advice(const struct preflight *preflight)
{
	struct json *sentences = json_array();

	if (!preflight->reputation.is_known)
		say(sentences,
			"no account is known yet: the rates are those of this list "
			"alone");
	else if (!preflight->reputation.now.has_rate)
		say(sentences,
			"the account's rate is not known now: the rates after it are "
			"those of what is known and this list");
	say_stopped(sentences, preflight);
	say_take_off(sentences, preflight);
	say_guess(sentences, preflight);
	say_slices(sentences, preflight);
	return sentences;
}
