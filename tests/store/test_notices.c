/* test_notices.c - what is noticed of an account, from the events of it. */
#include "tests/store/support.h"

#include <sched.h>

#include "store/reputation.h"

#define BIT(notice) (1u << SES_NOTICE_##notice)
#define MIDNIGHT (NOON - 12 * HOUR_MS)

/* Events that are recorded one after another; each has a mail of its own. */
struct mailbox {
	struct scene *scene;
	struct letter letters[4000];
	unsigned count;
};

static struct mailbox *mailbox;

static void accept(struct store_job *job)
{
	assert_int_not_equal(job->outcome, STORE_FAILED);
}

static struct letter *draft(enum ses_type type, enum ses_outcome outcome, utc_ms sent,
	unsigned mail, const char *address)
{
	struct letter *letter = &mailbox->letters[mailbox->count++];

	assert_true(mailbox->count < 4000);
	letter_simple(letter, type, outcome, sent, mail, address);
	letter_init(letter, type, sent, mail, mailbox->count);
	letter_add(letter, address, outcome);
	letter->job.notification.published = sent;
	letter->job.now = sent;
	return letter;
}

static void post(struct letter *letter)
{
	letter->job.done = accept;
	while (!store_submit(mailbox->scene->store, &letter->job))
		sched_yield();
}

/* An open counts nothing; what was posted before it is recorded then. */
static void wait_for_all(utc_ms now)
{
	struct letter *letter =
		draft(SES_OPEN, SES_OUTCOME_OTHER, now, 0xfffff, "nobody@plain.example");

	letter->job.notification.topic_arn =
		"arn:aws:sns:eu-central-1:999999999999:other";
	record(mailbox->scene, letter);
}

/* So many of one kind on a day, an hour after its beginning. */
static void post_many(enum ses_type type, enum ses_outcome outcome, utc_ms day,
	unsigned first_mail, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		post(draft(type, outcome, day + HOUR_MS, first_mail + i, "a@gmx.de"));
}

static void send_and_deliver(utc_ms day, unsigned first_mail, unsigned count)
{
	post_many(SES_SEND, SES_OUTCOME_SEND, day, first_mail, count);
	post_many(SES_DELIVERY, SES_OUTCOME_DELIVERY, day, first_mail, count);
}

static bool take(void *closure, const struct store_reputation *reputation)
{
	struct store_reputation *taken = closure;

	if (taken->to == UTC_NONE)
		*taken = *reputation;
	return true;
}

static struct store_reputation reputation_by(
	const struct ses_reputation_settings *settings, utc_ms now)
{
	struct store_reputation reputation = {.to = UTC_NONE};

	wait_for_all(now);
	assert_true(store_reputation(mailbox->scene->store, settings, now, take,
		&reputation, &mailbox->scene->error));
	assert_int_not_equal(reputation.to, UTC_NONE);
	return reputation;
}

static struct ses_reputation_settings settings_for(int64_t sends)
{
	struct ses_reputation_settings settings;

	ses_reputation_defaults(&settings);
	settings.representative_sends = sends;
	settings.representative_days = 3;
	return settings;
}

/* Three days and more of a small account that lacks nothing. */
static struct store_reputation reputation_of(utc_ms now)
{
	struct ses_reputation_settings settings = settings_for(20);

	return reputation_by(&settings, now);
}

static int set_up(void **state)
{
	mailbox = calloc(1, sizeof(*mailbox));
	if (mailbox == NULL || scene_set_up(state) != 0)
		return -1;
	mailbox->scene = *state;
	return 0;
}

static int tear_down(void **state)
{
	int result = scene_tear_down(state);

	free(mailbox);
	return result;
}

static void a_whole_account_has_no_notices(void **state)
{
	struct store_reputation reputation;

	(void) state;
	for (unsigned day = 0; day < 5; day++)
		send_and_deliver(MIDNIGHT - day * DAY_MS, 100 * day + 1, 20);
	reputation = reputation_of(NOON);
	assert_int_equal(reputation.notices, 0);
	assert_int_equal(reputation.trust, SES_TRUST_FULL);
	assert_null(reputation.quota);
	assert_int_equal(reputation.sent_24h, 20);
	assert_true(reputation.peak_24h > 0);
}

static void deliveries_and_bounces_without_sends_are_noticed(void **state)
{
	struct store_reputation reputation;

	(void) state;
	for (unsigned day = 0; day < 5; day++) {
		post_many(SES_DELIVERY, SES_OUTCOME_DELIVERY, MIDNIGHT - day * DAY_MS,
			100 * day + 1, 20);
		post_many(SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, MIDNIGHT - day * DAY_MS,
			100 * day + 50, 1);
	}
	reputation = reputation_of(NOON);
	assert_int_equal(reputation.source, SES_SOURCE_ATTEMPTS);
	assert_int_equal(reputation.notices, BIT(NO_SENDS));
	assert_int_equal(reputation.trust, SES_TRUST_PARTIAL);
	assert_int_equal(reputation.sent_24h, 21);
	assert_int_equal(reputation.peak_24h, 0);
}

static void sends_of_some_days_only_are_noticed(void **state)
{
	struct store_reputation reputation;

	(void) state;
	for (unsigned day = 0; day < 5; day++)
		if (day == 2)
			post_many(SES_DELIVERY, SES_OUTCOME_DELIVERY,
				MIDNIGHT - day * DAY_MS, 100 * day + 1, 20);
		else
			send_and_deliver(MIDNIGHT - day * DAY_MS, 100 * day + 1, 20);
	reputation = reputation_of(NOON);
	assert_int_equal(reputation.source, SES_SOURCE_MIXED);
	assert_int_equal(reputation.notices, BIT(SENDS_MISSING));
}

/* On Sunday nothing is sent, and Saturday's last mail is delivered. */
static void what_was_under_way_over_midnight_is_no_missing_send(void **state)
{
	struct store_reputation reputation;

	(void) state;
	send_and_deliver(MIDNIGHT - 4 * DAY_MS, 401, 20);
	send_and_deliver(MIDNIGHT - 3 * DAY_MS, 301, 20);
	post_many(SES_SEND, SES_OUTCOME_SEND, MIDNIGHT - 2 * DAY_MS, 201, 20);
	post_many(SES_DELIVERY, SES_OUTCOME_DELIVERY, MIDNIGHT - 2 * DAY_MS, 201, 15);
	post_many(SES_DELIVERY, SES_OUTCOME_DELIVERY, MIDNIGHT - DAY_MS, 216, 5);
	send_and_deliver(MIDNIGHT, 1, 20);
	reputation = reputation_of(NOON);
	assert_int_equal(reputation.source, SES_SOURCE_MIXED);
	assert_int_equal(reputation.notices, 0);
	/* One more than was under way. */
	post_many(SES_DELIVERY, SES_OUTCOME_DELIVERY, MIDNIGHT - DAY_MS, 801, 1);
	reputation = reputation_of(NOON);
	assert_int_equal(reputation.notices, BIT(SENDS_MISSING));
}

static void feedback_alone_has_no_rate(void **state)
{
	struct store_reputation reputation;

	(void) state;
	post_many(SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, MIDNIGHT, 1, 2);
	reputation = reputation_of(NOON);
	assert_int_equal(reputation.notices, BIT(NO_DENOMINATOR) | BIT(YOUNG));
	assert_int_equal(reputation.trust, SES_TRUST_NONE);
	assert_false(reputation.bounce.has_rate);
}

static void more_feedback_than_sends_is_no_rate_above_one(void **state)
{
	struct store_reputation reputation;

	(void) state;
	for (unsigned day = 0; day < 5; day++) {
		post_many(SES_SEND, SES_OUTCOME_SEND, MIDNIGHT - day * DAY_MS,
			100 * day + 1, 8);
		post_many(SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, MIDNIGHT - day * DAY_MS,
			100 * day + 1, 9);
	}
	reputation = reputation_of(NOON);
	assert_true(reputation.notices & BIT(MORE_FEEDBACK));
	assert_int_equal(reputation.trust, SES_TRUST_NONE);
	assert_false(reputation.bounce.has_rate);
	assert_true(reputation.bounce.is_incomplete);
	assert_int_equal(reputation.level, SES_LEVEL_OK); /* the complaints' */
	assert_int_equal(reputation.bounce.level, SES_LEVEL_NO_DENOMINATOR);
}

static void a_number_of_the_application_is_said_to_be_that(void **state)
{
	struct store_report report = {
		.account = "111122223333",
		.region = "eu-west-1",
		.identity = "",
		.recipient_domain = "gmx.de",
		.count = 500,
	};
	struct store_job job = {
		.kind = STORE_REPORT_SENDS,
		.reports = &report,
		.report_count = 1,
		.now = NOON,
	};
	struct scene *scene = *state;
	struct store_reputation reputation;

	for (unsigned day = 0; day < 5; day++) {
		report.at = MIDNIGHT - day * DAY_MS + HOUR_MS;
		assert_int_equal(store_submit_and_wait(scene->store, &job), STORE_DONE);
	}
	post_many(SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, MIDNIGHT - DAY_MS, 1, 15);
	reputation = reputation_of(NOON);
	assert_int_equal(reputation.source, SES_SOURCE_REPORTED);
	assert_int_equal(reputation.bounce.denominator, 1500);
	/* So many that the domain is looked up rather than found among all. */
	assert_int_equal(reputation.complaint_reporting.denominator, 1500);
	assert_int_equal(reputation.bounce.level, SES_LEVEL_OK);
	assert_int_equal(reputation.notices, BIT(REPORTED));
	assert_int_equal(reputation.sent_24h, 500);
}

static void feedback_of_mail_without_a_configuration_set_is_noticed(void **state)
{
	struct store_reputation reputation;
	struct letter *letter;

	(void) state;
	for (unsigned i = 0; i < 100; i++) {
		letter = draft(SES_SEND, SES_OUTCOME_SEND,
			MIDNIGHT - i % 5 * DAY_MS + HOUR_MS, i + 1, "a@gmx.de");
		snprintf(letter->configuration_set, sizeof(letter->configuration_set),
			"news");
		post(letter);
	}
	reputation = reputation_of(NOON);
	assert_int_equal(reputation.notices, 0);
	post_many(SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, MIDNIGHT, 900, 1);
	reputation = reputation_of(NOON);
	assert_int_equal(reputation.notices, BIT(NO_CONFIGURATION_SET));
	assert_int_equal(reputation.trust, SES_TRUST_PARTIAL);
	/* With a Send of such mail there is nothing to notice. */
	post_many(SES_SEND, SES_OUTCOME_SEND, MIDNIGHT, 900, 1);
	assert_int_equal(reputation_of(NOON).notices, 0);
}

static void an_account_in_the_sandbox_is_told_so(void **state)
{
	static const struct ses_quota quota = {NULL, NULL, 200, 1};
	struct ses_reputation_settings settings = settings_for(1);
	struct store_reputation reputation;
	struct letter *letter;

	(void) state;
	for (unsigned i = 0; i < 10; i++) {
		letter = draft(SES_SEND, SES_OUTCOME_SEND,
			MIDNIGHT - i % 5 * DAY_MS + HOUR_MS, i + 1, "me@own.example");
		letter->recipients[0].standing = i < 8 ? SES_VERIFIED : SES_SIMULATOR;
		post(letter);
	}
	reputation = reputation_by(&settings, NOON);
	assert_int_equal(reputation.notices, BIT(SANDBOX) | BIT(YOUNG));
	assert_int_equal(reputation.trust, SES_TRUST_NONE);
	/* Verified mail counts for the quota; the simulator does not. */
	assert_int_equal(reputation.counts.verified_sends, 8);
	assert_int_equal(reputation.counts.simulator, 2);
	assert_int_equal(reputation.sent_24h, 2);

	for (unsigned day = 0; day < 5; day++)
		send_and_deliver(MIDNIGHT - day * DAY_MS, 1000 + 100 * day, 20);
	assert_int_equal(reputation_by(&settings, NOON).notices, 0);
	settings.quotas = &quota;
	settings.quota_count = 1;
	reputation = reputation_by(&settings, NOON);
	assert_int_equal(reputation.notices, BIT(SANDBOX));
	assert_ptr_equal(reputation.quota, &quota);
}

static void less_than_asked_for_and_no_reporting_domain_are_noticed(void **state)
{
	struct ses_reputation_settings settings = settings_for(10000);
	struct store_reputation reputation;

	(void) state;
	for (unsigned i = 0; i < 20; i++)
		post(draft(SES_SEND, SES_OUTCOME_SEND, MIDNIGHT + HOUR_MS, i + 1,
			"a@gmail.com"));
	reputation = reputation_by(&settings, NOON);
	assert_int_equal(reputation.notices, BIT(YOUNG) | BIT(NO_REPORTING));
	assert_true(reputation.is_all);
}

/* ---- topics ---- */

static const char *const topics[] = {"arn:aws:sns:eu-west-1:111122223333:bounces",
	"arn:aws:sns:eu-west-1:111122223333:events",
	"arn:aws:sns:us-east-1:111122223333:elsewhere"};

static unsigned next_mail = 1;

/* Mail of which a topic brings word on a day: an hour, and nine hours after midnight. */
static void speak(unsigned topic, utc_ms day)
{
	for (unsigned i = 0; i < 4; i++) {
		struct letter *letter = draft(SES_SEND, SES_OUTCOME_SEND,
			day + (i < 2 ? HOUR_MS : 9 * HOUR_MS), next_mail++, "a@gmx.de");

		letter->job.notification.topic_arn = topics[topic];
		if (topic == 2)
			snprintf(letter->event.region, sizeof(letter->event.region),
				"us-east-1");
		post(letter);
	}
}

static bool is_silent(utc_ms now)
{
	struct ses_reputation_settings settings = settings_for(1);

	return (reputation_by(&settings, now).notices & BIT(TOPIC_SILENT)) != 0;
}

static void a_topic_that_spoke_daily_and_stops_is_noticed(void **state)
{
	(void) state;
	/* In the order of recording, as time goes. */
	for (unsigned day = 9; day > 1; day--) {
		speak(0, MIDNIGHT - day * DAY_MS);
		speak(1, MIDNIGHT - day * DAY_MS);
	}
	assert_false(is_silent(MIDNIGHT - DAY_MS));
	speak(1, MIDNIGHT - DAY_MS);
	/* Topic 0 spoke last at nine, two days before. */
	assert_false(is_silent(MIDNIGHT - DAY_MS + 9 * HOUR_MS - 2 * MINUTE_MS));
	assert_true(is_silent(MIDNIGHT - DAY_MS + 10 * HOUR_MS));
	speak(1, MIDNIGHT);
	assert_true(is_silent(NOON));
	/* It speaks again. */
	speak(0, MIDNIGHT);
	assert_false(is_silent(NOON));
}

static void when_all_are_silent_no_topic_is(void **state)
{
	(void) state;
	for (unsigned day = 9; day > 1; day--) {
		speak(0, MIDNIGHT - day * DAY_MS);
		speak(1, MIDNIGHT - day * DAY_MS);
		speak(2, MIDNIGHT - day * DAY_MS);
	}
	/* Another region is another account. */
	speak(2, MIDNIGHT);
	assert_false(is_silent(NOON));
}

static void a_topic_that_speaks_once_a_week_may_be_silent(void **state)
{
	(void) state;
	for (unsigned day = 23; day > 0; day--) {
		if (day % 7 == 2)
			speak(0, MIDNIGHT - day * DAY_MS);
		speak(1, MIDNIGHT - day * DAY_MS);
	}
	speak(1, MIDNIGHT);
	assert_false(is_silent(NOON));
}

/* Monday to Friday: NOON is a Tuesday, so the days -4 and -3 before Monday are no days.
 */
static void a_topic_may_keep_its_weekend(void **state)
{
	(void) state;
	for (unsigned day = 15; day > 2; day--) {
		bool is_weekend = day % 7 == 2 || day % 7 == 3;

		if (!is_weekend)
			speak(0, MIDNIGHT - day * DAY_MS);
		speak(1, MIDNIGHT - day * DAY_MS);
	}
	/* Sunday, and nobody wonders. */
	assert_false(is_silent(MIDNIGHT - 2 * DAY_MS));
	speak(1, MIDNIGHT - 2 * DAY_MS);
	speak(1, MIDNIGHT - DAY_MS);
	/* On Monday it should have spoken at nine. */
	assert_false(is_silent(MIDNIGHT - DAY_MS + 8 * HOUR_MS));
	assert_true(is_silent(MIDNIGHT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(a_whole_account_has_no_notices),
		TEST(deliveries_and_bounces_without_sends_are_noticed),
		TEST(sends_of_some_days_only_are_noticed),
		TEST(what_was_under_way_over_midnight_is_no_missing_send),
		TEST(feedback_alone_has_no_rate),
		TEST(more_feedback_than_sends_is_no_rate_above_one),
		TEST(a_number_of_the_application_is_said_to_be_that),
		TEST(feedback_of_mail_without_a_configuration_set_is_noticed),
		TEST(an_account_in_the_sandbox_is_told_so),
		TEST(less_than_asked_for_and_no_reporting_domain_are_noticed),
		TEST(a_topic_that_spoke_daily_and_stops_is_noticed),
		TEST(when_all_are_silent_no_topic_is),
		TEST(a_topic_that_speaks_once_a_week_may_be_silent),
		TEST(a_topic_may_keep_its_weekend),
	};

	return cmocka_run_group_tests_name("notices", tests, NULL, NULL);
}
