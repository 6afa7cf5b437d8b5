/* history.h - a random history of 40 days, recorded and counted a second time by hand. */
#ifndef TESTS_STORE_HISTORY_H
#define TESTS_STORE_HISTORY_H

#include <sched.h>

#include "tests/store/support.h"

enum {
	MAILS = 1500,
	NOTIFICATIONS = 6000,
	DAYS = 40,
	RECIPIENTS = 3,
	INCREMENTS_MAX = 20000
};

/* What the model keeps apart, as the keys of events do. */
enum model_kind {
	MODEL_SEND,
	MODEL_DELIVERY,
	MODEL_PERMANENT,
	MODEL_TRANSIENT,
	MODEL_COMPLAINT,
	MODEL_NOT_SPAM,
	MODEL_REJECT,
	MODEL_OPEN,
	MODEL_KINDS
};

struct mail {
	utc_ms sent;
	unsigned account, identity, configuration_set;
	unsigned recipients;
	unsigned domains[RECIPIENTS];
	enum ses_standing standings[RECIPIENTS];
	bool seen[RECIPIENTS][MODEL_KINDS];
	bool was_tried[RECIPIENTS]; /* an eligible bounce came */
};

/* One line of the model: domain -1 is the account's, identity's, configuration set's. */
struct increment {
	utc_ms times[2];
	unsigned account, identity, configuration_set;
	int domain;
	struct ses_counts counts;
};

struct history_model {
	struct mail mails[MAILS];
	struct letter letters[NOTIFICATIONS];
	struct increment increments[INCREMENTS_MAX];
	size_t count;
	uint64_t seed;
};

static const char *const model_accounts[] = {"111122223333", "222233334444"};
static const char *const model_identities[] = {
	"one.example", "two.example", "a@b.example"};
static const char *const model_sets[] = {"", "news", "shop"};
static const char *const model_domains[] = {"yahoo.com", "gmail.com", "plain.example",
	"learnt.example", "configured.example"};
enum { ACCOUNTS = 2, IDENTITIES = 3, SETS = 3, DOMAINS = 5 };

#define HISTORY_BEGIN (NOON - NOON % DAY_MS)

static void model_count(struct history_model *model, const struct mail *mail,
	utc_ms published, int domain, const struct ses_counts *counts)
{
	struct increment *increment = &model->increments[model->count++];

	assert_true(model->count < INCREMENTS_MAX);
	*increment = (struct increment){
		.times = {mail->sent, published},
		.account = mail->account,
		.identity = mail->identity,
		.configuration_set = mail->configuration_set,
		.domain = domain,
		.counts = *counts,
	};
}

static void make_mails(struct history_model *model)
{
	for (unsigned i = 0; i < MAILS; i++) {
		struct mail *mail = &model->mails[i];

		mail->sent = HISTORY_BEGIN + (utc_ms) dice(&model->seed, DAYS) * DAY_MS +
			     (utc_ms) dice(&model->seed, 86400000);
		mail->account = dice(&model->seed, ACCOUNTS);
		mail->identity = dice(&model->seed, IDENTITIES);
		mail->configuration_set = dice(&model->seed, SETS);
		mail->recipients = 1 + dice(&model->seed, RECIPIENTS);
		for (unsigned r = 0; r < mail->recipients; r++) {
			unsigned side = dice(&model->seed, 20);

			mail->domains[r] = dice(&model->seed, DOMAINS);
			mail->standings[r] = side == 0	 ? SES_VERIFIED
					     : side == 1 ? SES_SIMULATOR
							 : SES_ELIGIBLE;
		}
	}
}

static const struct {
	enum ses_type type;
	enum ses_bounce_kind bounce_kind;
	enum ses_outcome outcome;
	unsigned weight;
	size_t counter; /* of struct ses_counts */
} model_kinds[MODEL_KINDS] = {
#define COUNTER(name) offsetof(struct ses_counts, name) / sizeof(int64_t)
	{SES_SEND, 0, SES_OUTCOME_SEND, 30, COUNTER(sends)},
	{SES_DELIVERY, 0, SES_OUTCOME_DELIVERY, 30, COUNTER(deliveries)},
	{SES_BOUNCE, SES_BOUNCE_PERMANENT, SES_OUTCOME_HARD_BOUNCE, 12,
		COUNTER(hard_bounces)},
	{SES_BOUNCE, SES_BOUNCE_TRANSIENT, SES_OUTCOME_SOFT_BOUNCE, 10,
		COUNTER(soft_bounces)},
	{SES_COMPLAINT, 0, SES_OUTCOME_COMPLAINT, 8, COUNTER(complaints)},
	{SES_COMPLAINT, 0, SES_OUTCOME_NOT_SPAM, 3, COUNTER(not_spam)},
	{SES_REJECT, 0, SES_OUTCOME_REJECT, 3, COUNTER(rejects)},
	{SES_OPEN, 0, SES_OUTCOME_OTHER, 4, SES_COUNTS_FIELDS},
};

static enum model_kind draw_kind(struct history_model *model)
{
	unsigned side = dice(&model->seed, 100), kind = 0;

	while (side >= model_kinds[kind].weight)
		side -= model_kinds[kind++].weight;
	return (enum model_kind) kind;
}

/* What one new recipient counts, by the rule's words. */
static struct ses_counts model_recipient(
	struct mail *mail, unsigned r, enum model_kind kind, enum ses_outcome outcome)
{
	struct ses_counts counts = {0};
	bool is_bounce =
		outcome == SES_OUTCOME_HARD_BOUNCE || outcome == SES_OUTCOME_SOFT_BOUNCE;

	if (mail->standings[r] == SES_SIMULATOR)
		counts.simulator = 1;
	else if (mail->standings[r] == SES_VERIFIED)
		counts.verified = outcome == SES_OUTCOME_HARD_BOUNCE;
	else if (outcome == SES_OUTCOME_REFUSED)
		counts.refused = 1;
	else if (kind != MODEL_OPEN)
		((int64_t *) &counts)[model_kinds[kind].counter] = 1;
	if (mail->standings[r] != SES_ELIGIBLE)
		return counts;
	if (outcome == SES_OUTCOME_DELIVERY)
		counts.attempts = !mail->was_tried[r];
	if (is_bounce) {
		counts.attempts = !mail->was_tried[r] && !mail->seen[r][MODEL_DELIVERY];
		mail->was_tried[r] = true;
	}
	return counts;
}

static void model_report(struct history_model *model, struct mail *mail, utc_ms published,
	enum model_kind kind)
{
	struct ses_counts counts = {0};
	bool named[DOMAINS] = {false}, eligible = false, simulator = true;

	for (unsigned r = 0; r < mail->recipients; r++) {
		eligible = eligible || mail->standings[r] == SES_ELIGIBLE;
		simulator = simulator && mail->standings[r] == SES_SIMULATOR;
	}
	if (simulator)
		counts.simulator = 1;
	else if (eligible)
		((int64_t *) &counts)[model_kinds[kind].counter] = 1;
	model_count(model, mail, published, -1, &counts);
	for (unsigned r = 0; r < mail->recipients; r++) {
		if (mail->standings[r] != (simulator ? SES_SIMULATOR : SES_ELIGIBLE) ||
			named[mail->domains[r]])
			continue;
		named[mail->domains[r]] = true;
		model_count(model, mail, published, (int) mail->domains[r], &counts);
	}
}

/* Makes one notification about one mail, and counts it in the model. */
static void make_notification(struct history_model *model, unsigned serial)
{
	struct letter *letter = &model->letters[serial];
	unsigned number = dice(&model->seed, MAILS);
	struct mail *mail = &model->mails[number];
	enum model_kind kind = draw_kind(model);
	enum ses_outcome outcome = model_kinds[kind].outcome;
	bool is_report = kind == MODEL_COMPLAINT || kind == MODEL_NOT_SPAM;
	unsigned only = dice(&model->seed, mail->recipients + 1);
	bool all_new = true;
	utc_ms published;

	if (kind == MODEL_PERMANENT && dice(&model->seed, 4) == 0)
		outcome = SES_OUTCOME_REFUSED;
	letter_init(letter, model_kinds[kind].type, mail->sent, number, serial);
	published = mail->sent + 1000 + (utc_ms) dice(&model->seed, 3 * 86400000U);
	letter->job.notification.published = published;
	letter->job.now = published + 1000;
	letter->event.account[0] = model_accounts[mail->account][0];
	snprintf(letter->event.account, sizeof(letter->event.account), "%s",
		model_accounts[mail->account]);
	snprintf(letter->identity, sizeof(letter->identity), "%s",
		model_identities[mail->identity]);
	snprintf(letter->configuration_set, sizeof(letter->configuration_set), "%s",
		model_sets[mail->configuration_set]);
	letter->event.bounce_kind = model_kinds[kind].bounce_kind;
	letter->event.is_not_spam = kind == MODEL_NOT_SPAM;
	for (unsigned r = 0; r < mail->recipients; r++) {
		struct ses_counts counts;
		char address[64];

		/* Reports name everybody, the rest all or one. */
		if (!is_report && only < mail->recipients && only != r)
			continue;
		snprintf(address, sizeof(address), "r%u@%s", r,
			model_domains[mail->domains[r]]);
		letter_add(letter, address, outcome)->standing = mail->standings[r];
		if (mail->seen[r][kind]) {
			all_new = false;
			continue;
		}
		if (!is_report) {
			counts = model_recipient(mail, r, kind, outcome);
			model_count(model, mail, published, -1, &counts);
			model_count(
				model, mail, published, (int) mail->domains[r], &counts);
		}
		mail->seen[r][kind] = true;
	}
	if (is_report && all_new)
		model_report(model, mail, published, kind);
}

static void ignore_done(struct store_job *job)
{
	assert_int_not_equal(job->outcome, STORE_FAILED);
}

/* Freed by the caller. */
static struct history_model *history_record(struct scene *scene, uint64_t seed)
{
	struct history_model *model = calloc(1, sizeof(*model));
	struct letter last;

	assert_non_null(model);
	model->seed = seed;
	make_mails(model);
	for (unsigned i = 0; i < NOTIFICATIONS; i++) {
		make_notification(model, i);
		model->letters[i].job.done = ignore_done;
		while (!store_submit(scene->store, &model->letters[i].job))
			sched_yield();
		if (i % 97 == 0) {
			letter_init(&last, SES_SEND, NOON, 0, 0xffffff);
			record(scene, &last);
		}
	}
	letter_init(&last, SES_SEND, NOON, 0, 0xffffff);
	record(scene, &last);
	return model;
}

static const char *model_key(
	const struct increment *increment, enum store_dimension dimension)
{
	switch (dimension) {
	case STORE_BY_ACCOUNT:
		return "";
	case STORE_BY_IDENTITY:
		return model_identities[increment->identity];
	case STORE_BY_CONFIGURATION_SET:
		return model_sets[increment->configuration_set];
	case STORE_BY_RECIPIENT_DOMAIN:
		return model_domains[increment->domain];
	}
	return "";
}

/* The sum of what matches; account and key NULL: any. */
UNUSED static struct ses_counts model_sum(const struct history_model *model,
	enum store_basis basis, enum store_dimension dimension, const char *account,
	const char *key, utc_ms from, utc_ms to)
{
	struct ses_counts sum = {0};

	for (size_t i = 0; i < model->count; i++) {
		const struct increment *increment = &model->increments[i];
		utc_ms time = increment->times[basis];

		if ((increment->domain >= 0) ==
				(dimension == STORE_BY_RECIPIENT_DOMAIN) &&
			time >= from && time < to &&
			(account == NULL ||
				strcmp(account, model_accounts[increment->account]) ==
					0) &&
			(key == NULL ||
				strcmp(key, model_key(increment, dimension)) == 0))
			ses_counts_add(&sum, &increment->counts);
	}
	return sum;
}

#endif
