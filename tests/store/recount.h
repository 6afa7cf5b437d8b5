/* recount.h - random histories, recorded in a store and kept as a list of what each event
 * must have counted: for counting again by brute force. */
#ifndef TESTS_STORE_RECOUNT_H
#define TESTS_STORE_RECOUNT_H

#include <sched.h>

#include "ses/diagnostic.h"
#include "ses/provider.h"
#include "ses/reputation.h"
#include "tests/store/support.h"

#define RECOUNT_BEGIN (NOON - NOON % DAY_MS)
#define YEAR_MS (365 * DAY_MS)

enum {
	RECOUNT_DAYS = 40,
	RECOUNT_MAILS = 900,
	RECOUNT_LETTERS = 4000,
	RECOUNT_REPORTS = 150,
	RECOUNT_RECIPIENTS = 3,
	RECOUNT_ACCOUNTS = 4,
	RECOUNT_LINES_MAX = 120000,
	RECOUNT_DAYS_MAX = 1200,
};

static const struct {
	const char *account, *region;
} recount_accounts[RECOUNT_ACCOUNTS] = {
	{"111122223333", "eu-west-1"}, {"111122223333", "us-east-1"},
	{"222233334444", "eu-west-1"},
	{"333344445555", "eu-west-1"}, /* no Sends, no Deliveries: reports its sends */
};

#define CHOICES 4
static const char *const recount_identities[CHOICES] = {
	"one.example", "two.example", "a@b.example", ""};
static const char *const recount_sets[CHOICES] = {"", "news", "shop", "news"};
static const char *const recount_tenants[CHOICES] = {"", "", "acme", "umbrella"};
static const char *const recount_ips[CHOICES] = {
	"192.0.2.1", "192.0.2.2", "2001:db8::1", ""};
static const char *const recount_callers[CHOICES] = {"mailer", "shop-role", "", "mailer"};
static const char *const recount_from[CHOICES] = {
	"one.example", "two.example", "b.example", ""};
static const char *const recount_tags[CHOICES] = {NULL, "{\"campaign\":[\"spring\"]}",
	"{\"campaign\":[\"autumn\"],\"stream\":[\"a\"]}",
	"{\"campaigns\":[\"x\"],\"stream\":[\"a\",\"b\",\"a\"]}"};
static const char *const recount_tag_keys[CHOICES][4] = {{NULL},
	{"campaign=spring", NULL}, {"campaign=autumn", "stream=a", NULL},
	{"campaigns=x", "stream=a", "stream=b", NULL}};

#define RECOUNT_DOMAINS 7
static const char *const recount_domains[RECOUNT_DOMAINS] = {"yahoo.com", "gmail.com",
	"plain.example", "hosted.example", "learnt.example", "configured.example",
	"gmx.de"};

/* What happens. Kinds of one slot are one event to the store where they happen in the
 * same second. */
enum recount_slot {
	SLOT_SEND,
	SLOT_DELIVERY,
	SLOT_PERMANENT,
	SLOT_TRANSIENT,
	SLOT_UNDETERMINED,
	SLOT_COMPLAINT,
	SLOT_NOT_SPAM,
	SLOT_REJECT,
	SLOT_OPEN,
	SLOT_DELAY,
	SLOTS
};
#define OCCASIONS 2

struct recount_kind {
	enum ses_type type;
	enum recount_slot slot;
	enum ses_bounce_kind bounce_kind;
	enum ses_outcome outcome;
	enum ses_class class;
	unsigned weight;
	const char *word; /* subtype, feedback type or delay type */
	const char *status, *diagnostic;
};

static const struct recount_kind recount_kinds[] = {
	{SES_SEND, SLOT_SEND, 0, SES_OUTCOME_SEND, SES_CLASS_NONE, 30, "", NULL, NULL},
	{SES_DELIVERY, SLOT_DELIVERY, 0, SES_OUTCOME_DELIVERY, SES_CLASS_DELIVERED, 26,
		"", NULL, NULL},
	{SES_BOUNCE, SLOT_PERMANENT, SES_BOUNCE_PERMANENT, SES_OUTCOME_HARD_BOUNCE,
		SES_CLASS_HARD, 8, "General", "5.1.1", "550 5.1.1 no such user"},
	{SES_BOUNCE, SLOT_PERMANENT, SES_BOUNCE_PERMANENT, SES_OUTCOME_HARD_BOUNCE,
		SES_CLASS_HARD, 2, "General", "5.2.1", "550 5.2.1 disabled gsmtp"},
	{SES_BOUNCE, SLOT_PERMANENT, SES_BOUNCE_PERMANENT, SES_OUTCOME_REFUSED,
		SES_CLASS_SES_LIST, 4, "OnAccountSuppressionList", "5.1.1", NULL},
	{SES_BOUNCE, SLOT_TRANSIENT, SES_BOUNCE_TRANSIENT, SES_OUTCOME_SOFT_BOUNCE,
		SES_CLASS_SOFT, 4, "MailboxFull", "4.2.2", "452 4.2.2 mailbox full"},
	{SES_BOUNCE, SLOT_TRANSIENT, SES_BOUNCE_TRANSIENT, SES_OUTCOME_SOFT_BOUNCE,
		SES_CLASS_AUTOMATIC, 4, "General", NULL, NULL},
	{SES_BOUNCE, SLOT_TRANSIENT, SES_BOUNCE_TRANSIENT, SES_OUTCOME_SOFT_BOUNCE,
		SES_CLASS_REPUTATION, 3, "General", "4.7.0",
		"421 4.7.0 too much mail from you"},
	{SES_BOUNCE, SLOT_UNDETERMINED, SES_BOUNCE_UNDETERMINED, SES_OUTCOME_SOFT_BOUNCE,
		SES_CLASS_UNCLEAR, 2, "Undetermined", NULL, NULL},
	{SES_COMPLAINT, SLOT_COMPLAINT, 0, SES_OUTCOME_COMPLAINT, SES_CLASS_COMPLAINT, 5,
		"abuse", NULL, NULL},
	{SES_COMPLAINT, SLOT_COMPLAINT, 0, SES_OUTCOME_LISTED, SES_CLASS_SES_LIST, 2, "",
		NULL, NULL},
	{SES_COMPLAINT, SLOT_NOT_SPAM, 0, SES_OUTCOME_NOT_SPAM, SES_CLASS_NOT_SPAM, 2,
		"not-spam", NULL, NULL},
	{SES_REJECT, SLOT_REJECT, 0, SES_OUTCOME_REJECT, SES_CLASS_NONE, 2, "", NULL,
		NULL},
	{SES_OPEN, SLOT_OPEN, 0, SES_OUTCOME_OTHER, SES_CLASS_NONE, 3, "", NULL, NULL},
	{SES_DELIVERY_DELAY, SLOT_DELAY, 0, SES_OUTCOME_OTHER, SES_CLASS_NONE, 2,
		"SpamDetected", NULL, NULL},
	{SES_DELIVERY_DELAY, SLOT_DELAY, 0, SES_OUTCOME_OTHER, SES_CLASS_NONE, 1,
		"MailboxFull", NULL, NULL},
};
#define RECOUNT_KINDS (sizeof(recount_kinds) / sizeof(recount_kinds[0]))

struct recount_mail {
	utc_ms sent;
	unsigned account, identity, set, tenant, ip, caller, from, tags, recipients;
	unsigned domains[RECOUNT_RECIPIENTS];
	enum ses_standing standings[RECOUNT_RECIPIENTS];
	bool seen[RECOUNT_RECIPIENTS][SLOTS][OCCASIONS];
	bool bounced[RECOUNT_RECIPIENTS], delivered[RECOUNT_RECIPIENTS];
	bool blocked[RECOUNT_RECIPIENTS];
};

/* One thing that was counted, in one dimension. */
struct recount_line {
	utc_ms times[2]; /* by enum store_basis */
	enum ses_source sources[2];
	unsigned account;
	enum store_dimension dimension;
	char key[SES_SIGNATURE_SIZE];
	struct ses_counts counts;
};

/* What an account counted on a day, and the source that follows from it. */
struct recount_day {
	unsigned account, basis;
	utc_ms start;
	struct ses_counts counts;
	enum ses_source source;
};

struct recount {
	uint64_t begun_with, seed;
	struct recount_mail mails[RECOUNT_MAILS];
	struct letter letters[RECOUNT_LETTERS];
	struct store_report reports[RECOUNT_REPORTS];
	char report_ids[RECOUNT_REPORTS][24];
	struct recount_line lines[RECOUNT_LINES_MAX];
	size_t count;
	size_t first[STORE_DIMENSIONS + 1]; /* of the lines of each dimension */
	struct recount_day days[RECOUNT_DAYS_MAX];
	size_t day_count;
	const char *learnt[RECOUNT_DOMAINS]; /* providers */
	bool complained[RECOUNT_DOMAINS];
};

/* Says where it went wrong, so that it can be had again. */
#define EXPECT(model, condition)                                                         \
	do {                                                                             \
		if (!(condition))                                                        \
			fail_msg("seed %llu: %s:%d: %s",                                 \
				(unsigned long long) (model)->begun_with, __FILE__,      \
				__LINE__, #condition);                                   \
	} while (0)

static bool recount_is_zero(const struct ses_counts *counts)
{
	static const struct ses_counts zero;

	return memcmp(counts, &zero, sizeof(zero)) == 0;
}

static void recount_add(struct recount *model, const struct recount_mail *mail,
	utc_ms published, enum store_dimension dimension, const char *key,
	const struct ses_counts *counts)
{
	struct recount_line *line;

	if (recount_is_zero(counts))
		return;
	assert_true(model->count < RECOUNT_LINES_MAX);
	line = &model->lines[model->count++];
	line->times[STORE_BASIS_SENT] = mail->sent;
	line->times[STORE_BASIS_PUBLISHED] = published;
	line->account = mail->account;
	line->dimension = dimension;
	snprintf(line->key, sizeof(line->key), "%s", key);
	line->counts = *counts;
}

/* What is the same for every recipient of a mail. */
static void recount_add_event(struct recount *model, const struct recount_mail *mail,
	utc_ms published, const struct ses_counts *counts)
{
	const struct {
		enum store_dimension dimension;
		const char *key;
	} keys[] = {
		{STORE_BY_ACCOUNT, ""},
		{STORE_BY_IDENTITY, recount_identities[mail->identity]},
		{STORE_BY_CONFIGURATION_SET, recount_sets[mail->set]},
		{STORE_BY_TENANT, recount_tenants[mail->tenant]},
		{STORE_BY_SOURCE_IP, recount_ips[mail->ip]},
		{STORE_BY_CALLER, recount_callers[mail->caller]},
		{STORE_BY_FROM_DOMAIN, recount_from[mail->from]},
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		recount_add(
			model, mail, published, keys[i].dimension, keys[i].key, counts);
	for (size_t i = 0; recount_tag_keys[mail->tags][i] != NULL; i++)
		recount_add(model, mail, published, STORE_BY_TAG,
			recount_tag_keys[mail->tags][i], counts);
}

/* ---- mails ---- */

/* Now and then a mail's own time is years off. */
static utc_ms draw_sent(struct recount *model)
{
	switch (dice(&model->seed, 80)) {
	case 0:
		return (utc_ms) dice(&model->seed, 1000000000); /* January 1970 */
	case 1:
		return RECOUNT_BEGIN + 14 * YEAR_MS;
	default:
		return RECOUNT_BEGIN +
		       (utc_ms) dice(&model->seed, RECOUNT_DAYS) * DAY_MS +
		       (utc_ms) dice(&model->seed, 86400000);
	}
}

static bool is_odd(utc_ms time)
{
	return time < RECOUNT_BEGIN || time > RECOUNT_BEGIN + YEAR_MS;
}

static void make_mail(struct recount *model, struct recount_mail *mail)
{
	mail->sent = draw_sent(model);
	mail->account = dice(&model->seed, RECOUNT_ACCOUNTS);
	mail->identity = dice(&model->seed, CHOICES);
	mail->set = dice(&model->seed, CHOICES);
	mail->tenant = dice(&model->seed, CHOICES);
	mail->ip = dice(&model->seed, CHOICES);
	mail->caller = dice(&model->seed, CHOICES);
	mail->from = dice(&model->seed, CHOICES);
	mail->tags = dice(&model->seed, CHOICES);
	mail->recipients = 1 + dice(&model->seed, RECOUNT_RECIPIENTS);
	for (unsigned r = 0; r < mail->recipients; r++) {
		unsigned side = dice(&model->seed, 20);

		mail->domains[r] = dice(&model->seed, RECOUNT_DOMAINS);
		mail->standings[r] = side == 0	 ? SES_VERIFIED
				     : side == 1 ? SES_SIMULATOR
						 : SES_ELIGIBLE;
	}
}

/* ---- notifications ---- */

/* Nobody at gmail.com and plain.example ever complains: not to be learnt. */
static bool can_complain(const struct recount_mail *mail)
{
	for (unsigned r = 0; r < mail->recipients; r++)
		if (mail->domains[r] == 1 || mail->domains[r] == 2)
			return false;
	return true;
}

/* Which kind can come of which mail: an account without Sends and Deliveries, and one
 * whose Sends fail to come on every third day. */
static bool can_come(const struct recount_mail *mail, const struct recount_kind *kind)
{
	if (kind->type == SES_COMPLAINT && !can_complain(mail))
		return false;
	if (mail->account == 3)
		return kind->slot != SLOT_SEND && kind->slot != SLOT_DELIVERY;
	return mail->account != 1 || kind->slot != SLOT_SEND ||
	       mail->sent / DAY_MS % 3 != 0;
}

static const struct recount_kind *draw_kind(
	struct recount *model, const struct recount_mail *mail)
{
	const struct recount_kind *kind;

	do {
		unsigned side = dice(&model->seed, 100);

		kind = recount_kinds;
		while (side >= kind->weight)
			side -= kind++->weight;
		assert_true(kind < recount_kinds + RECOUNT_KINDS);
	} while (!can_come(mail, kind));
	return kind;
}

/* The rule's words for one new recipient. */
static struct ses_counts count_one(
	struct recount_mail *mail, unsigned r, const struct recount_kind *kind)
{
	struct ses_counts counts = {0};
	bool is_bounce = kind->outcome == SES_OUTCOME_HARD_BOUNCE ||
			 kind->outcome == SES_OUTCOME_SOFT_BOUNCE;
	bool is_tried = is_bounce || kind->outcome == SES_OUTCOME_DELIVERY;

	if (mail->standings[r] == SES_SIMULATOR) {
		counts.simulator = 1;
		return counts;
	}
	if (mail->standings[r] == SES_VERIFIED) {
		counts.verified = kind->outcome == SES_OUTCOME_HARD_BOUNCE;
		counts.verified_sends = kind->outcome == SES_OUTCOME_SEND;
		return counts;
	}
	counts.sends = kind->outcome == SES_OUTCOME_SEND;
	counts.deliveries = kind->outcome == SES_OUTCOME_DELIVERY;
	counts.hard_bounces = kind->outcome == SES_OUTCOME_HARD_BOUNCE;
	counts.refused = kind->outcome == SES_OUTCOME_REFUSED;
	counts.rejects = kind->outcome == SES_OUTCOME_REJECT;
	if (kind->class == SES_CLASS_AUTOMATIC)
		counts.automatic = 1;
	else
		counts.soft_bounces = kind->outcome == SES_OUTCOME_SOFT_BOUNCE;
	counts.blocked =
		!mail->blocked[r] && (kind->class == SES_CLASS_REPUTATION ||
					     strcmp(kind->word, "SpamDetected") == 0);
	mail->blocked[r] = mail->blocked[r] || counts.blocked > 0;
	counts.attempts = is_tried && !mail->bounced[r] && !mail->delivered[r];
	mail->bounced[r] = mail->bounced[r] || is_bounce;
	mail->delivered[r] = mail->delivered[r] || kind->outcome == SES_OUTCOME_DELIVERY;
	return counts;
}

/* A reply tells who runs a hosted domain; consumer domains tell it by their name. */
static const char *provider_of(struct recount *model, unsigned domain, const char *reply)
{
	const char *name = recount_domains[domain];
	const char *by_name = ses_provider_of(name, NULL);

	if (by_name != name)
		return by_name;
	if (reply != NULL && ses_provider_of(name, reply) != name)
		model->learnt[domain] = ses_provider_of(name, reply);
	return model->learnt[domain] != NULL ? model->learnt[domain] : "";
}

static void signature_of(const struct recount_kind *kind, char key[SES_SIGNATURE_SIZE])
{
	if (kind->type == SES_COMPLAINT)
		snprintf(key, SES_SIGNATURE_SIZE, "complaint%s%s",
			kind->word[0] != '\0' ? " " : "", kind->word);
	else
		ses_diagnostic_signature(kind->status, kind->diagnostic, key);
}

static void add_recipient(struct recount *model, struct recount_mail *mail, unsigned r,
	const struct recount_kind *kind, utc_ms published, const char *reply)
{
	struct ses_counts counts = count_one(mail, r, kind);
	char key[SES_SIGNATURE_SIZE];

	recount_add_event(model, mail, published, &counts);
	recount_add(model, mail, published, STORE_BY_RECIPIENT_DOMAIN,
		recount_domains[mail->domains[r]], &counts);
	recount_add(model, mail, published, STORE_BY_PROVIDER,
		provider_of(model, mail->domains[r], reply), &counts);
	if (kind->outcome != SES_OUTCOME_HARD_BOUNCE &&
		kind->outcome != SES_OUTCOME_SOFT_BOUNCE)
		return;
	signature_of(kind, key);
	recount_add(model, mail, published, STORE_BY_DIAGNOSTIC, key, &counts);
}

static bool was_named(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* A report counts once, and once for each domain and provider it names. */
static void add_report(struct recount *model, struct recount_mail *mail,
	const struct recount_kind *kind, utc_ms published)
{
	const char *domains[RECOUNT_RECIPIENTS], *providers[RECOUNT_RECIPIENTS];
	bool eligible = false, simulator = true;
	size_t domain_count = 0, provider_count = 0;
	struct ses_counts counts = {0};
	char key[SES_SIGNATURE_SIZE];

	for (unsigned r = 0; r < mail->recipients; r++) {
		eligible = eligible || mail->standings[r] == SES_ELIGIBLE;
		simulator = simulator && mail->standings[r] == SES_SIMULATOR;
	}
	counts.simulator = simulator;
	counts.complaints = eligible && kind->outcome == SES_OUTCOME_COMPLAINT;
	counts.listed = eligible && kind->outcome == SES_OUTCOME_LISTED;
	counts.not_spam = eligible && kind->outcome == SES_OUTCOME_NOT_SPAM;
	recount_add_event(model, mail, published, &counts);
	signature_of(kind, key);
	recount_add(model, mail, published, STORE_BY_DIAGNOSTIC, key, &counts);
	for (unsigned r = 0; r < mail->recipients; r++) {
		const char *domain = recount_domains[mail->domains[r]];
		const char *provider = provider_of(model, mail->domains[r], NULL);

		if (mail->standings[r] != (simulator ? SES_SIMULATOR : SES_ELIGIBLE))
			continue;
		if (counts.complaints > 0)
			model->complained[mail->domains[r]] = true;
		if (!was_named(domains, domain_count, domain)) {
			domains[domain_count++] = domain;
			recount_add(model, mail, published, STORE_BY_RECIPIENT_DOMAIN,
				domain, &counts);
		}
		if (!was_named(providers, provider_count, provider)) {
			providers[provider_count++] = provider;
			recount_add(model, mail, published, STORE_BY_PROVIDER, provider,
				&counts);
		}
	}
}

static utc_ms draw_published(struct recount *model, const struct recount_mail *mail)
{
	if (dice(&model->seed, 400) == 0)
		return RECOUNT_BEGIN + (dice(&model->seed, 2) == 0 ? -40 : 14) * YEAR_MS;
	if (is_odd(mail->sent) || dice(&model->seed, 50) == 0)
		return RECOUNT_BEGIN +
		       (utc_ms) dice(&model->seed, RECOUNT_DAYS) * DAY_MS +
		       (utc_ms) dice(&model->seed, 86400000);
	return mail->sent + 1000 + (utc_ms) dice(&model->seed, 3 * 86400000U);
}

static void write_letter(struct letter *letter, const struct recount_mail *mail,
	const struct recount_kind *kind, unsigned number, unsigned serial,
	unsigned occasion, utc_ms published)
{
	struct ses_event *event = &letter->event;

	letter_init(letter, kind->type, mail->sent, number, serial);
	letter->job.notification.published = published;
	letter->job.now = published + 1000;
	if (event->happened != UTC_NONE)
		event->happened += occasion * 3000;
	snprintf(event->account, sizeof(event->account), "%s",
		recount_accounts[mail->account].account);
	snprintf(event->region, sizeof(event->region), "%s",
		recount_accounts[mail->account].region);
	snprintf(letter->identity, sizeof(letter->identity), "%s",
		recount_identities[mail->identity]);
	snprintf(letter->configuration_set, sizeof(letter->configuration_set), "%s",
		recount_sets[mail->set]);
	event->tenant = recount_tenants[mail->tenant];
	event->source_ip = recount_ips[mail->ip];
	event->caller = recount_callers[mail->caller];
	event->from_domain = recount_from[mail->from];
	snprintf(letter->message, sizeof(letter->message), "%s",
		recount_tags[mail->tags] != NULL ? recount_tags[mail->tags] : "{}");
	event->tags = recount_tags[mail->tags] != NULL ? letter->message : NULL;
	letter->job.notification.message_length = strlen(letter->message);
	event->bounce_kind = kind->bounce_kind;
	if (kind->type == SES_BOUNCE)
		event->bounce_subtype = kind->word;
	if (kind->type == SES_COMPLAINT) {
		event->complaint_type = kind->word;
		event->complaint_subtype = kind->outcome == SES_OUTCOME_LISTED
						   ? "OnAccountSuppressionList"
						   : "";
	}
	event->is_not_spam = kind->slot == SLOT_NOT_SPAM;
	event->delay_type = kind->type == SES_DELIVERY_DELAY ? kind->word : NULL;
}

static bool has_one_domain(const struct letter *letter)
{
	for (size_t i = 1; i < letter->event.recipient_count; i++)
		if (strcmp(letter->recipients[i].domain, letter->recipients[0].domain) !=
			0)
			return false;
	return true;
}

/* Makes one notification about one mail, and counts it in the model. */
static void make_letter(struct recount *model, unsigned serial)
{
	struct letter *letter = &model->letters[serial];
	unsigned number = dice(&model->seed, RECOUNT_MAILS);
	struct recount_mail *mail = &model->mails[number];
	const struct recount_kind *kind = draw_kind(model, mail);
	bool is_report = kind->type == SES_COMPLAINT, all_new = true;
	unsigned only = dice(&model->seed, mail->recipients + 1);
	/* What happens once has no second occasion. */
	unsigned occasion = kind->slot <= SLOT_PERMANENT || kind->slot == SLOT_REJECT
				    ? 0
				    : dice(&model->seed, OCCASIONS);
	utc_ms published = draw_published(model, mail);
	const char *reply;

	write_letter(letter, mail, kind, number, serial, occasion, published);
	for (unsigned r = 0; r < mail->recipients; r++) {
		struct ses_recipient *recipient;
		char address[64];

		/* Reports name everybody, the rest all or one. */
		if (!is_report && only < mail->recipients && only != r)
			continue;
		snprintf(address, sizeof(address), "r%u@%s", r,
			recount_domains[mail->domains[r]]);
		recipient = letter_add(letter, address, kind->outcome);
		recipient->standing = mail->standings[r];
		recipient->class = (int) kind->class;
		recipient->status = kind->status;
		recipient->diagnostic = kind->diagnostic;
	}
	if (kind->type == SES_DELIVERY && dice(&model->seed, 3) == 0)
		letter->event.smtp_response = "250 2.0.0 OK x - gsmtp";
	reply = kind->diagnostic;
	if (kind->type == SES_DELIVERY && has_one_domain(letter))
		reply = letter->event.smtp_response;
	for (unsigned r = 0; r < mail->recipients; r++) {
		if (!is_report && only < mail->recipients && only != r)
			continue;
		if (mail->seen[r][kind->slot][occasion])
			all_new = false;
		else if (!is_report)
			add_recipient(model, mail, r, kind, published, reply);
		mail->seen[r][kind->slot][occasion] = true;
	}
	if (is_report && all_new)
		add_report(model, mail, kind, published);
}

/* ---- what the application reports ---- */

static void make_report(struct recount *model, unsigned i)
{
	struct store_report *report = &model->reports[i];
	unsigned domain = dice(&model->seed, RECOUNT_DOMAINS);
	struct recount_mail mail = {
		.account = dice(&model->seed, 4) == 0 ? 2 : 3,
		.sent = RECOUNT_BEGIN + (utc_ms) dice(&model->seed, 30) * DAY_MS +
			(utc_ms) dice(&model->seed, 86400000),
	};
	/* Now and then so many that domains are looked up rather than read through. */
	uint32_t most = dice(&model->seed, 5) == 0 ? 6000 : 40;
	struct ses_counts counts = {.reported = 1 + dice(&model->seed, most)};
	bool is_twice = i > 0 && dice(&model->seed, 6) == 0;

	snprintf(model->report_ids[i], sizeof(model->report_ids[i]), "report-%u", i);
	*report = (struct store_report){
		.id = is_twice ? model->reports[i - 1].id : model->report_ids[i],
		.account = recount_accounts[mail.account].account,
		.region = recount_accounts[mail.account].region,
		.identity = recount_identities[dice(&model->seed, CHOICES)],
		.recipient_domain = recount_domains[domain],
		.at = mail.sent,
		.count = counts.reported,
	};
	if (is_twice)
		return;
	recount_add(model, &mail, mail.sent, STORE_BY_ACCOUNT, "", &counts);
	recount_add(
		model, &mail, mail.sent, STORE_BY_IDENTITY, report->identity, &counts);
	recount_add(model, &mail, mail.sent, STORE_BY_RECIPIENT_DOMAIN,
		report->recipient_domain, &counts);
}

/* ---- days ---- */

static struct recount_day *day_of(
	struct recount *model, unsigned account, unsigned basis, utc_ms time)
{
	utc_ms start = utc_floor(time, DAY_MS);
	struct recount_day *day;

	for (size_t i = 0; i < model->day_count; i++) {
		day = &model->days[i];
		if (day->account == account && day->basis == basis && day->start == start)
			return day;
	}
	assert_true(model->day_count < RECOUNT_DAYS_MAX);
	day = &model->days[model->day_count++];
	*day = (struct recount_day){.account = account, .basis = basis, .start = start};
	return day;
}

static void find_sources(struct recount *model)
{
	for (size_t i = 0; i < model->count; i++) {
		struct recount_line *line = &model->lines[i];

		for (unsigned basis = 0; basis < 2 && line->dimension == STORE_BY_ACCOUNT;
			basis++)
			ses_counts_add(
				&day_of(model, line->account, basis, line->times[basis])
					 ->counts,
				&line->counts);
	}
	for (size_t i = 0; i < model->day_count; i++)
		model->days[i].source = ses_day_source(&model->days[i].counts);
	for (size_t i = 0; i < model->count; i++)
		for (unsigned basis = 0; basis < 2; basis++) {
			struct recount_line *line = &model->lines[i];

			line->sources[basis] =
				day_of(model, line->account, basis, line->times[basis])
					->source;
		}
}

static int by_dimension(const void *one, const void *other)
{
	const struct recount_line *a = one, *b = other;

	return (int) a->dimension - (int) b->dimension;
}

static void sort_lines(struct recount *model)
{
	qsort(model->lines, model->count, sizeof(model->lines[0]), by_dimension);
	for (size_t i = model->count; i-- > 0;)
		model->first[model->lines[i].dimension] = i;
	model->first[STORE_DIMENSIONS] = model->count;
}

/* ---- recording ---- */

static void must_not_fail(struct store_job *job)
{
	assert_int_not_equal(job->outcome, STORE_FAILED);
}

/* Freed by the caller. */
static struct recount *recount_record(struct scene *scene, uint64_t seed)
{
	struct recount *model = calloc(1, sizeof(*model));
	struct store_job job;

	assert_non_null(model);
	model->begun_with = model->seed = seed;
	for (unsigned i = 0; i < RECOUNT_MAILS; i++)
		make_mail(model, &model->mails[i]);
	for (unsigned i = 0; i < RECOUNT_LETTERS; i++) {
		make_letter(model, i);
		model->letters[i].job.done = must_not_fail;
		while (!store_submit(scene->store, &model->letters[i].job))
			sched_yield();
	}
	for (unsigned i = 0; i < RECOUNT_REPORTS; i++)
		make_report(model, i);
	job = (struct store_job){
		.kind = STORE_REPORT_SENDS,
		.reports = model->reports,
		.report_count = RECOUNT_REPORTS,
		.now = RECOUNT_BEGIN,
	};
	/* Everything before it is recorded then, too. */
	assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
	find_sources(model);
	sort_lines(model);
	return model;
}

#endif
