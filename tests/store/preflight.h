/* preflight.h - a past made by hand, and what a list is found to be by it. */
#ifndef TESTS_STORE_PREFLIGHT_H
#define TESTS_STORE_PREFLIGHT_H

#include "store/preflight.h"
#include "tests/store/support.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct ses_scopes no_scopes = {.count = 0};

static unsigned serial;

UNUSED static void happen_in(struct scene *scene, enum ses_type type,
	enum ses_outcome outcome, utc_ms sent, const char *address,
	const char *configuration_set)
{
	struct letter letter;

	letter_simple(&letter, type, outcome, sent, ++serial, address);
	snprintf(letter.configuration_set, sizeof(letter.configuration_set), "%s",
		configuration_set);
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

UNUSED static void happen(struct scene *scene, enum ses_type type,
	enum ses_outcome outcome, utc_ms sent, const char *address)
{
	happen_in(scene, type, outcome, sent, address, "");
}

UNUSED static void deliver(struct scene *scene, int64_t days_ago, const char *address)
{
	happen(scene, SES_DELIVERY, SES_OUTCOME_DELIVERY, NOON - days_ago * DAY_MS,
		address);
}

UNUSED static void bounce(struct scene *scene, int64_t days_ago, const char *address)
{
	happen(scene, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON - days_ago * DAY_MS,
		address);
}

UNUSED static void soften(struct scene *scene, int64_t days_ago, const char *address)
{
	happen(scene, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, NOON - days_ago * DAY_MS,
		address);
}

UNUSED static void send(struct scene *scene, int64_t days_ago, const char *address)
{
	happen(scene, SES_SEND, SES_OUTCOME_SEND, NOON - days_ago * DAY_MS, address);
}

UNUSED static void remove_rule(struct scene *scene, const char *address)
{
	struct store_change change = change_of(STORE_REMOVE, address, "");

	change_one(scene, &change, NOON);
}

UNUSED static bool always(void *closure)
{
	(void) closure;
	return true;
}

UNUSED static void judge_at(struct scene *scene, struct store_recipient *recipients,
	size_t count, const struct ses_scopes *scopes, utc_ms now,
	struct store_experience *experience)
{
	for (size_t i = 0; i < count; i++)
		recipients[i].before = now;
	if (!store_preflight(scene->store, recipients, count, scopes, now, always, NULL,
		    experience, &scene->error))
		fail_msg("%s", scene->error.text);
}

UNUSED static enum ses_history history_of(struct scene *scene, const char *address)
{
	struct store_recipient recipient = {.address = address};
	struct store_experience experience;

	judge_at(scene, &recipient, 1, &no_scopes, NOON, &experience);
	return (enum ses_history) recipient.history;
}

#endif
