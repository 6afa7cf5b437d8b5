/* history.h - a random history of 40 days, recorded and counted a second time by hand. */
#ifndef TESTS_STORE_HISTORY_H
#define TESTS_STORE_HISTORY_H

#include <sched.h>

#include "tests/store/model.h"

static void make_mails(struct history_model *model)
{
	static const char *const at_first[] = {"yahoo", "google", "", "", ""};

	memcpy(model->learnt, at_first, sizeof(at_first));
	for (unsigned i = 0; i < MAILS; i++) {
		struct mail *mail = &model->mails[i];

		mail->sent = HISTORY_BEGIN + (utc_ms) dice(&model->seed, DAYS) * DAY_MS +
			     (utc_ms) dice(&model->seed, 86400000);
		mail->account = dice(&model->seed, ACCOUNTS);
		mail->identity = dice(&model->seed, IDENTITIES);
		mail->configuration_set = dice(&model->seed, SETS);
		mail->tenant = dice(&model->seed, TENANTS);
		mail->source_ip = dice(&model->seed, IPS);
		mail->caller = dice(&model->seed, CALLERS);
		mail->from_domain = dice(&model->seed, FROM_DOMAINS);
		mail->tags = dice(&model->seed, 4);
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

static enum model_kind draw_kind(struct history_model *model)
{
	unsigned side = dice(&model->seed, 100), kind = 0;

	while (side >= model_kinds[kind].weight)
		side -= model_kinds[kind++].weight;
	return (enum model_kind) kind;
}

static bool has_one_domain(const struct mail *mail)
{
	for (unsigned r = 1; r < mail->recipients; r++)
		if (mail->domains[r] != mail->domains[0])
			return false;
	return true;
}

/* Whose mail it is, and what its event says beyond its recipients. */
static void fill_letter(struct history_model *model, struct letter *letter,
	const struct mail *mail, enum model_kind kind)
{
	struct ses_event *event = &letter->event;

	snprintf(event->account, sizeof(event->account), "%s",
		model_accounts[mail->account]);
	snprintf(letter->identity, sizeof(letter->identity), "%s",
		model_identities[mail->identity]);
	snprintf(letter->configuration_set, sizeof(letter->configuration_set), "%s",
		model_sets[mail->configuration_set]);
	event->tenant = model_tenants[mail->tenant];
	event->source_ip = model_ips[mail->source_ip];
	event->caller = model_callers[mail->caller];
	event->from_domain = model_from_domains[mail->from_domain];
	snprintf(letter->tags, sizeof(letter->tags), "%s",
		mail->tags == 0 ? "" : model_tags[mail->tags].json);
	event->tags = mail->tags == 0 ? NULL : letter->tags;
	event->bounce_kind = model_kinds[kind].bounce_kind;
	event->is_not_spam = kind == MODEL_NOT_SPAM;
	event->complaint_type = event->is_not_spam ? "not-spam" : "Abuse";
	if (kind == MODEL_DELAY)
		event->delay_type = (const char *const[]){
			"General", "SpamDetected", "IPFailure"}[dice(&model->seed, 3)];
	/* One reply to several domains teaches nothing; it is not even looked at. */
	if (kind == MODEL_DELIVERY && has_one_domain(mail))
		event->smtp_response = model_replies[dice(&model->seed, 4)];
}

static struct ses_recipient *add_recipient(struct history_model *model,
	struct letter *letter, const struct mail *mail, unsigned r, enum model_kind kind,
	enum ses_outcome outcome)
{
	struct ses_recipient *recipient;
	char address[64];

	snprintf(address, sizeof(address), "r%u@%s", r, model_domains[mail->domains[r]]);
	recipient = letter_add(letter, address, outcome);
	recipient->standing = mail->standings[r];
	if (kind == MODEL_PERMANENT || kind == MODEL_TRANSIENT)
		recipient->diagnostic = model_diagnostics[dice(&model->seed, 3)];
	if (kind == MODEL_TRANSIENT)
		recipient->class = (int[]){SES_CLASS_SOFT, SES_CLASS_AUTOMATIC,
			SES_CLASS_REPUTATION}[dice(&model->seed, 3)];
	return recipient;
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
	fill_letter(model, letter, mail, kind);
	for (unsigned r = 0; r < mail->recipients; r++) {
		const struct ses_recipient *recipient;

		/* Reports name everybody, the rest all or one. */
		if (!is_report && only < mail->recipients && only != r)
			continue;
		recipient = add_recipient(model, letter, mail, r, kind, outcome);
		if (mail->seen[r][kind]) {
			all_new = false;
			continue;
		}
		if (!is_report)
			model_count_recipient(model, mail, r, kind, letter, recipient);
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

#endif
