/* model.h - what a history should count, by the words of the rules. */
#ifndef TESTS_STORE_MODEL_H
#define TESTS_STORE_MODEL_H

#include "tests/store/support.h"

enum {
	MAILS = 1500,
	NOTIFICATIONS = 6000,
	DAYS = 40,
	RECIPIENTS = 3,
	INCREMENTS_MAX = 20000,
	SIDES_MAX = 30000
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
	MODEL_DELAY,
	MODEL_KINDS
};

struct mail {
	utc_ms sent;
	unsigned account, identity, configuration_set;
	unsigned tenant, source_ip, caller, from_domain, tags;
	unsigned recipients;
	unsigned domains[RECIPIENTS];
	enum ses_standing standings[RECIPIENTS];
	bool seen[RECIPIENTS][MODEL_KINDS];
	bool was_tried[RECIPIENTS];   /* an eligible bounce came */
	bool was_blocked[RECIPIENTS]; /* counted as blocked, which is once */
};

/* One line of the model: domain -1 is that of the mail as a whole: of its account,
 * identity, configuration set, … */
struct increment {
	utc_ms times[2];
	unsigned account, identity, configuration_set;
	const struct mail *mail;
	int domain;
	struct ses_counts counts;
};

/* One by provider or diagnostic. */
struct side_increment {
	utc_ms times[2];
	unsigned account;
	enum store_dimension dimension;
	char key[SES_SIGNATURE_SIZE];
	struct ses_counts counts;
};

struct history_model {
	struct mail mails[MAILS];
	struct letter letters[NOTIFICATIONS];
	struct increment increments[INCREMENTS_MAX];
	size_t count;
	struct side_increment sides[SIDES_MAX];
	size_t side_count;
	const char *learnt[5]; /* the provider of each domain */
	uint64_t seed;
};

static const char *const model_accounts[] = {"111122223333", "222233334444"};
static const char *const model_identities[] = {
	"one.example", "two.example", "a@b.example"};
static const char *const model_sets[] = {"", "news", "shop"};
static const char *const model_domains[] = {"yahoo.com", "gmail.com", "plain.example",
	"learnt.example", "configured.example"};
static const char *const model_providers[] = {"yahoo", "google", "microsoft", ""};
static const char *const model_tenants[] = {"", "tenant"};
static const char *const model_ips[] = {"192.0.2.1", "2001:db8::1", ""};
static const char *const model_callers[] = {"", "arn:aws:iam::1:user/a", "b"};
static const char *const model_from_domains[] = {"one.example", "two.example", ""};
static const char *const model_tag_keys[] = {
	"campaign=x", "campaign=y", "kind=\xc3\xa9\"\\", "empty="};
static const struct {
	const char *json;
	unsigned keys; /* bits */
} model_tags[] = {
	{NULL, 0},
	{"{\"campaign\":[\"x\"]}", 1},
	{"{\"campaign\":[\"x\",\"y\",\"x\"],\"kind\":[\"\xc3\xa9\\\"\\\\\"]}", 7},
	{"{\"empty\":[\"\"]}", 8},
};
static const char *const model_replies[] = {"250 2.0.0 OK", "250 2.0.0 OK 17 - gsmtp",
	"250 2.6.0 queued x.prod.outlook.com", NULL};
static const char *const model_diagnostics[] = {"smtp; 550 5.1.1 no such user",
	"smtp; 550-5.1.1 The account does not exist - gsmtp", NULL};
enum {
	ACCOUNTS = 2,
	IDENTITIES = 3,
	SETS = 3,
	DOMAINS = 5,
	PROVIDERS = 4,
	TENANTS = 2,
	IPS = 3,
	CALLERS = 3,
	FROM_DOMAINS = 3,
	TAG_KEYS = 4
};

#define HISTORY_BEGIN (NOON - NOON % DAY_MS)

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
	{SES_OPEN, 0, SES_OUTCOME_OTHER, 2, SES_COUNTS_FIELDS},
	{SES_DELIVERY_DELAY, 0, SES_OUTCOME_OTHER, 2, SES_COUNTS_FIELDS},
};

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
		.mail = mail,
		.domain = domain,
		.counts = *counts,
	};
}

static void model_count_side(struct history_model *model, const struct mail *mail,
	utc_ms published, enum store_dimension dimension, const char *key,
	const struct ses_counts *counts)
{
	struct side_increment *side = &model->sides[model->side_count++];

	assert_true(model->side_count < SIDES_MAX);
	*side = (struct side_increment){
		.times = {mail->sent, published},
		.account = mail->account,
		.dimension = dimension,
		.counts = *counts,
	};
	snprintf(side->key, sizeof(side->key), "%s", key);
}

/* What a reply says, by its words. */
static void model_learn(struct history_model *model, unsigned domain, const char *reply)
{
	if (domain < 2 || reply == NULL) /* yahoo.com, gmail.com */
		return;
	if (strstr(reply, "gsmtp") != NULL)
		model->learnt[domain] = "google";
	if (strstr(reply, "outlook") != NULL)
		model->learnt[domain] = "microsoft";
}

/* What one new recipient counts, by the rule's words. */
static struct ses_counts model_recipient(struct mail *mail, unsigned r,
	enum model_kind kind, const struct letter *letter,
	const struct ses_recipient *recipient)
{
	enum ses_outcome outcome = recipient->outcome;
	struct ses_counts counts = {0};
	bool is_bounce =
		outcome == SES_OUTCOME_HARD_BOUNCE || outcome == SES_OUTCOME_SOFT_BOUNCE;

	if (mail->standings[r] == SES_SIMULATOR)
		counts.simulator = 1;
	else if (mail->standings[r] == SES_VERIFIED) {
		counts.verified = outcome == SES_OUTCOME_HARD_BOUNCE;
		counts.verified_sends = outcome == SES_OUTCOME_SEND;
	} else if (outcome == SES_OUTCOME_REFUSED)
		counts.refused = 1;
	else if (kind == MODEL_DELAY)
		counts.blocked = strcmp(letter->event.delay_type, "General") != 0;
	else if (recipient->class == SES_CLASS_AUTOMATIC)
		counts.automatic = 1;
	else if (kind != MODEL_OPEN)
		((int64_t *) &counts)[model_kinds[kind].counter] = 1;
	if (mail->standings[r] != SES_ELIGIBLE)
		return counts;
	counts.blocked += recipient->class == SES_CLASS_REPUTATION;
	counts.blocked = counts.blocked > 0 && !mail->was_blocked[r];
	mail->was_blocked[r] = mail->was_blocked[r] || counts.blocked > 0;
	if (outcome == SES_OUTCOME_DELIVERY)
		counts.attempts = !mail->was_tried[r];
	if (is_bounce) {
		counts.attempts = !mail->was_tried[r] && !mail->seen[r][MODEL_DELIVERY];
		mail->was_tried[r] = true;
	}
	return counts;
}

static void model_count_recipient(struct history_model *model, struct mail *mail,
	unsigned r, enum model_kind kind, const struct letter *letter,
	const struct ses_recipient *recipient)
{
	utc_ms published = letter->job.notification.published;
	struct ses_counts counts = model_recipient(mail, r, kind, letter, recipient);
	unsigned domain = mail->domains[r];
	char signature[SES_SIGNATURE_SIZE];

	model_count(model, mail, published, -1, &counts);
	model_count(model, mail, published, (int) domain, &counts);
	model_learn(model, domain, recipient->diagnostic);
	model_learn(model, domain, letter->event.smtp_response);
	model_count_side(model, mail, published, STORE_BY_PROVIDER, model->learnt[domain],
		&counts);
	if (recipient->outcome != SES_OUTCOME_HARD_BOUNCE &&
		recipient->outcome != SES_OUTCOME_SOFT_BOUNCE)
		return;
	ses_diagnostic_signature(NULL, recipient->diagnostic, signature);
	model_count_side(model, mail, published, STORE_BY_DIAGNOSTIC, signature, &counts);
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
	model_count_side(model, mail, published, STORE_BY_DIAGNOSTIC,
		kind == MODEL_NOT_SPAM ? "complaint not-spam" : "complaint abuse",
		&counts);
	for (unsigned r = 0; r < mail->recipients; r++) {
		if (mail->standings[r] != (simulator ? SES_SIMULATOR : SES_ELIGIBLE) ||
			named[mail->domains[r]])
			continue;
		named[mail->domains[r]] = true;
		model_count(model, mail, published, (int) mail->domains[r], &counts);
	}
	for (unsigned p = 0; p < PROVIDERS; p++)
		for (unsigned d = 0; d < DOMAINS; d++)
			if (named[d] &&
				strcmp(model->learnt[d], model_providers[p]) == 0) {
				model_count_side(model, mail, published,
					STORE_BY_PROVIDER, model_providers[p], &counts);
				break;
			}
}

/* The key of the mail as a whole, or of the increment's domain. */
static const char *model_key(
	const struct increment *increment, enum store_dimension dimension)
{
	const struct mail *mail = increment->mail;

	switch (dimension) {
	case STORE_BY_IDENTITY:
		return model_identities[mail->identity];
	case STORE_BY_CONFIGURATION_SET:
		return model_sets[mail->configuration_set];
	case STORE_BY_RECIPIENT_DOMAIN:
		return model_domains[increment->domain];
	case STORE_BY_TENANT:
		return model_tenants[mail->tenant];
	case STORE_BY_SOURCE_IP:
		return model_ips[mail->source_ip];
	case STORE_BY_CALLER:
		return model_callers[mail->caller];
	case STORE_BY_FROM_DOMAIN:
		return model_from_domains[mail->from_domain];
	case STORE_BY_TAG: /* may have several: see times_counted */
	case STORE_BY_ACCOUNT:
	case STORE_BY_PROVIDER:
	case STORE_BY_DIAGNOSTIC:
		break;
	}
	return "";
}

static bool is_within(
	const utc_ms times[2], enum store_basis basis, utc_ms from, utc_ms to)
{
	return times[basis] >= from && times[basis] < to;
}

static void model_sum_sides(const struct history_model *model, enum store_basis basis,
	enum store_dimension dimension, const char *account, const char *key, utc_ms from,
	utc_ms to, struct ses_counts *sum)
{
	for (size_t i = 0; i < model->side_count; i++) {
		const struct side_increment *side = &model->sides[i];

		if (side->dimension == dimension &&
			is_within(side->times, basis, from, to) &&
			(account == NULL ||
				strcmp(account, model_accounts[side->account]) == 0) &&
			(key == NULL || strcmp(key, side->key) == 0))
			ses_counts_add(sum, &side->counts);
	}
}

/* How often an increment is in the lines of a key; NULL: of all keys. */
static unsigned times_counted(const struct increment *increment,
	enum store_dimension dimension, const char *key)
{
	unsigned times = 0;

	if (dimension != STORE_BY_TAG)
		return key == NULL || strcmp(key, model_key(increment, dimension)) == 0;
	for (unsigned i = 0; i < TAG_KEYS; i++)
		if ((model_tags[increment->mail->tags].keys >> i & 1) != 0 &&
			(key == NULL || strcmp(key, model_tag_keys[i]) == 0))
			times++;
	return times;
}

/* The sum of what matches; account and key NULL: any. */
UNUSED static struct ses_counts model_sum(const struct history_model *model,
	enum store_basis basis, enum store_dimension dimension, const char *account,
	const char *key, utc_ms from, utc_ms to)
{
	struct ses_counts sum = {0};

	model_sum_sides(model, basis, dimension, account, key, from, to, &sum);
	if (dimension == STORE_BY_PROVIDER || dimension == STORE_BY_DIAGNOSTIC)
		return sum;
	for (size_t i = 0; i < model->count; i++) {
		const struct increment *increment = &model->increments[i];

		if ((increment->domain >= 0) !=
				(dimension == STORE_BY_RECIPIENT_DOMAIN) ||
			!is_within(increment->times, basis, from, to) ||
			(account != NULL &&
				strcmp(account, model_accounts[increment->account]) != 0))
			continue;
		for (unsigned n = times_counted(increment, dimension, key); n > 0; n--)
			ses_counts_add(&sum, &increment->counts);
	}
	return sum;
}

#endif
