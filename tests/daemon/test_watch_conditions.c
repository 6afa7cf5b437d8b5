/* test_watch_conditions.c - providers, topics, the machine, alarms of the doors. */
#include "watching.h"

static const char arn[] = "arn:aws:sns:us-east-1:111122223333:ses-feedback";

/* ---- providers ---- */

static enum ses_level provider(struct watching *watching, int64_t blocked, int64_t sent)
{
	struct watch_provider one = {.account = account,
		.region = region,
		.key = (char[]){"google"},
		.blocked = blocked,
		.denominator = sent};

	look_again(watching);
	watch_providers(&watching->scene, &one, 1);
	return seen(watching, "provider-blocking", "111122223333/us-east-1 google");
}

static void a_provider_that_blocks_is_named(void **state)
{
	struct watching *watching = *state;

	watching->watch.blocked_minimum = 20;
	watching->watch.blocked_rate = 50000;
	assert_int_equal(provider(watching, 19, 20), SES_LEVEL_OK);
	assert_int_equal(provider(watching, 20, 401), SES_LEVEL_OK);
	assert_int_equal(provider(watching, 20, 400), SES_LEVEL_WARNING);
	/* What was sent before this hour is held back still. */
	assert_int_equal(provider(watching, 20, 0), SES_LEVEL_WARNING);
	assert_int_equal(provider(watching, 40, 400), SES_LEVEL_WARNING);
	assert_says(watching, "provider-blocking", "111122223333/us-east-1 google",
		"google refuses or holds back our mail for our reputation: 40 times in "
		"the last hour, in which 400 recipients were sent to there.");
	is_on(watching, "provider-blocking", "111122223333/us-east-1 google");
	assert_int_equal(provider(watching, 10, 400), SES_LEVEL_WARNING);
	assert_int_equal(provider(watching, 9, 400), SES_LEVEL_OK);
	assert_true(watch_is_examined(&watching->sights, "provider-blocking"));
}

static void an_unknown_provider_is_nobody(void **state)
{
	struct watching *watching = *state;
	struct watch_provider one = {.account = account,
		.region = region,
		.key = (char[]){""},
		.blocked = 1000,
		.denominator = 1000};

	watch_providers(&watching->scene, &one, 1);
	assert_int_equal(watching->sights.count, 0);
}

/* ---- topics ---- */

static void see_topic(struct watching *watching, const struct watch_topic *topic)
{
	struct sns_topic configured;
	struct sns_policy policy = {.topics = &configured, .topic_count = 1};

	assert_true(sns_topic_parse(arn, &configured, NULL));
	look_again(watching);
	watch_topics(&watching->scene, &policy, watching->scene.since, topic,
		topic == NULL ? 0 : 1);
}

static struct watch_topic topic_of(enum store_topic_state state, utc_ms changed)
{
	static char name[sizeof(arn)];

	memcpy(name, arn, sizeof(arn));
	return (struct watch_topic){name, state, changed, UTC_NONE};
}

static void a_subscription_may_not_wait_too_long(void **state)
{
	struct watching *watching = *state;
	struct watch_topic topic = topic_of(STORE_TOPIC_PENDING, NOW - 59 * MINUTE_MS);

	watching->watch.pending_ms = HOUR_MS;
	see_topic(watching, &topic);
	assert_int_equal(seen(watching, "subscription-pending", arn), SES_LEVEL_OK);
	topic.changed = NOW - HOUR_MS;
	see_topic(watching, &topic);
	assert_int_equal(seen(watching, "subscription-pending", arn), SES_LEVEL_WARNING);
	assert_says(watching, "subscription-pending", arn,
		"its subscription has waited to be confirmed for 60 minutes");
	topic.state = STORE_TOPIC_CONFIRMED;
	see_topic(watching, &topic);
	assert_int_equal(seen(watching, "subscription-pending", arn), SES_LEVEL_OK);
	assert_true(watch_is_examined(&watching->sights, "subscription-pending"));
}

static void a_topic_never_heard_of_counts_from_the_start(void **state)
{
	struct watching *watching = *state;

	watching->watch.pending_ms = HOUR_MS;
	watching->scene.since = NOW - 59 * MINUTE_MS;
	see_topic(watching, NULL);
	assert_int_equal(seen(watching, "subscription-pending", arn), SES_LEVEL_OK);
	watching->scene.since = NOW - HOUR_MS;
	see_topic(watching, NULL);
	assert_int_equal(seen(watching, "subscription-pending", arn), SES_LEVEL_WARNING);
	assert_says(
		watching, "subscription-pending", arn, "nothing has been heard of it");
	/* A restart does not make it well. */
	is_on(watching, "subscription-pending", arn);
	watching->scene.since = NOW;
	see_topic(watching, NULL);
	assert_int_equal(seen(watching, "subscription-pending", arn), SES_LEVEL_WARNING);
}

static void a_cancelled_subscription_is_critical_until_it_is_back(void **state)
{
	struct watching *watching = *state;
	struct watch_topic topic = topic_of(STORE_TOPIC_CANCELLED, NOW - DAY_MS);

	see_topic(watching, &topic);
	assert_int_equal(seen(watching, "subscription-cancelled", arn),
		SES_LEVEL_OVER_PAUSE_LIMIT);
	is_on(watching, "subscription-cancelled", arn);
	topic.state = STORE_TOPIC_CONFIRMED;
	see_topic(watching, &topic);
	assert_non_null(find_sight(watching, "subscription-cancelled", arn));
	assert_int_equal(seen(watching, "subscription-cancelled", arn), SES_LEVEL_OK);
}

static void silence_after_events_is_told(void **state)
{
	struct watching *watching = *state;
	struct watch_topic topic = topic_of(STORE_TOPIC_CONFIRMED, NOW - 9 * DAY_MS);

	watching->watch.no_events_ms = HOUR_MS;
	see_topic(watching, &topic);
	assert_int_equal(seen(watching, "no-events", ""), SES_LEVEL_OK);
	topic.last_received = NOW - HOUR_MS + 1;
	see_topic(watching, &topic);
	assert_int_equal(seen(watching, "no-events", ""), SES_LEVEL_OK);
	topic.last_received = NOW - HOUR_MS;
	see_topic(watching, &topic);
	assert_int_equal(seen(watching, "no-events", ""), SES_LEVEL_WARNING);
	assert_says(watching, "no-events", "", "no event has come for 60 minutes, since");
	/* While the daemon did not run nothing could come. */
	watching->scene.since = NOW - MINUTE_MS;
	see_topic(watching, &topic);
	assert_int_equal(seen(watching, "no-events", ""), SES_LEVEL_OK);
	is_on(watching, "no-events", "");
	see_topic(watching, &topic);
	assert_int_equal(seen(watching, "no-events", ""), SES_LEVEL_WARNING);
	watching->watch.no_events_ms = 0;
	see_topic(watching, &topic);
	assert_int_equal(seen(watching, "no-events", ""), SES_LEVEL_OK);
}

static void the_silent_topic_is_named(void **state)
{
	struct watching *watching = *state;
	struct store_reputation reputation = {.account = account, .region = region};
	struct watch_topic topics[] = {
		{.arn = (char[]){"arn:aws:sns:us-east-1:111122223333:speaks"},
			.last_received = NOW - MINUTE_MS},
		{.arn = (char[]){"arn:aws:sns:us-east-1:111122223333:silent"},
			.last_received = NOW - 3 * DAY_MS},
		{.arn = (char[]){"arn:aws:sns:us-east-1:999900001111:other"},
			.last_received = NOW - 9 * DAY_MS},
	};

	watch_silent_topic(&watching->scene, &reputation, topics, COUNT(topics));
	assert_int_equal(seen(watching, "topic-silent", "111122223333/us-east-1"),
		SES_LEVEL_WARNING);
	assert_says(watching, "topic-silent", "111122223333/us-east-1",
		"topic arn:aws:sns:us-east-1:111122223333:silent has been silent for 3.0 "
		"days while others speak");
}

/* ---- the machine ---- */

static enum ses_level machine(
	struct watching *watching, const char *name, struct watch_machine facts)
{
	facts.folder = "/var/lib/x";
	if (facts.certificate_ends == 0)
		facts.certificate_ends = UTC_NONE;
	look_again(watching);
	watch_machine(&watching->scene, &facts);
	return seen(watching, name, "");
}

#define DISK(free) ((struct watch_machine){.disk_free = (free), .disk_bytes = 10000})

static void a_disk_that_fills_is_told(void **state)
{
	struct watching *watching = *state;
	static const char name[] = "disk-filling";

	watching->watch.disk_free = 100000;
	assert_int_equal(machine(watching, name, DISK(1000)), SES_LEVEL_OK);
	assert_int_equal(machine(watching, name, DISK(999)), SES_LEVEL_WARNING);
	assert_says(watching, name, "", "9.99 % (10 % are wanted)");
	assert_int_equal(machine(watching, name, DISK(249)), SES_LEVEL_OVER_PAUSE_LIMIT);
	assert_int_equal(
		machine(watching, name, (struct watch_machine){0}), SES_LEVEL_OK);
	is_on(watching, name, "");
	assert_int_equal(machine(watching, name, DISK(1099)), SES_LEVEL_WARNING);
	assert_int_equal(machine(watching, name, DISK(1100)), SES_LEVEL_OK);
	watching->watch.disk_free = 0;
	assert_int_equal(machine(watching, name, DISK(1)), SES_LEVEL_OK);
}

#define LOG(bytes) ((struct watch_machine){.log_bytes = (bytes)})

static void a_log_that_grows_is_told(void **state)
{
	struct watching *watching = *state;
	static const char name[] = "log-filling";

	watching->watch.log_bytes = 1000;
	assert_int_equal(machine(watching, name, LOG(1000)), SES_LEVEL_OK);
	assert_int_equal(machine(watching, name, LOG(1001)), SES_LEVEL_WARNING);
	is_on(watching, name, "");
	assert_int_equal(machine(watching, name, LOG(901)), SES_LEVEL_WARNING);
	assert_int_equal(machine(watching, name, LOG(900)), SES_LEVEL_OK);
}

static void a_store_that_fails_is_critical(void **state)
{
	struct watching *watching = *state;

	assert_int_equal(machine(watching, "store-failing",
				 (struct watch_machine){.failure = "disk is full"}),
		SES_LEVEL_OVER_PAUSE_LIMIT);
	assert_says(watching, "store-failing", "", "disk is full");
	assert_int_equal(machine(watching, "store-failing", (struct watch_machine){0}),
		SES_LEVEL_OK);
	assert_true(watch_is_examined(&watching->sights, "store-failing"));
}

#define ENDS(when) ((struct watch_machine){.certificate_ends = (when)})

static void a_certificate_that_ends_is_told_in_time(void **state)
{
	struct watching *watching = *state;
	static const char name[] = "tls-certificate-expiring";

	watching->watch.tls_expiry_ms = 14 * DAY_MS;
	assert_int_equal(machine(watching, name, ENDS(NOW + 14 * DAY_MS)), SES_LEVEL_OK);
	assert_int_equal(
		machine(watching, name, ENDS(NOW + 13 * DAY_MS)), SES_LEVEL_WARNING);
	assert_says(watching, name, "", "expires in 13.0 days");
	assert_int_equal(machine(watching, name, ENDS(NOW + 3 * DAY_MS - 1)),
		SES_LEVEL_OVER_PAUSE_LIMIT);
	assert_int_equal(
		machine(watching, name, ENDS(NOW - 1)), SES_LEVEL_OVER_PAUSE_LIMIT);
	assert_says(watching, name, "", "expired at");
	assert_int_equal(machine(watching, name, ENDS(UTC_NONE)), SES_LEVEL_OK);
}

/* ---- alarms of the doors ---- */

static enum ses_level alarm_of(
	struct watching *watching, const char *name, bool is_here, utc_ms renewed)
{
	char copy[64];
	const struct watch_alarm alarm = {.name = copy,
		.object = (char[]){"sns.us-east-1.amazonaws.com"},
		.text = (char[]){"what happened"},
		.advice = (char[]){"do something"},
		.renewed = renewed,
		.count = 1,
		.is_here = is_here};

	snprintf(copy, sizeof(copy), "%s", name);
	look_again(watching);
	watch_alarms(&watching->scene, &alarm, 1);
	for (size_t i = 0; i < watching->sights.count; i++)
		if (text_equal(watching->sights.sights[i].name, name))
			return watching->sights.sights[i].level;
	return SES_LEVEL_OK;
}

static void alarms_become_alerts(void **state)
{
	struct watching *watching = *state;
	static const struct {
		const char *name;
		enum ses_level level;
	} table[] = {
		{"certificate-unavailable", SES_LEVEL_OVER_PAUSE_LIMIT},
		{"certificate-unexpected", SES_LEVEL_OVER_PAUSE_LIMIT},
		{"store-failing", SES_LEVEL_OVER_PAUSE_LIMIT},
		{"topic-not-configured", SES_LEVEL_WARNING},
		{"foreign-topic", SES_LEVEL_WARNING},
		{"false-bounces", SES_LEVEL_WARNING},
		{"channel-failing", SES_LEVEL_WARNING},
		{"development", SES_LEVEL_WARNING},
		{"a-name-of-tomorrow", SES_LEVEL_WARNING},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		assert_int_equal(
			alarm_of(watching, table[i].name, true, NOW), table[i].level);
		assert_string_equal(watching->sights.sights[0].advice, "do something");
		assert_int_equal(
			alarm_of(watching, table[i].name, false, NOW), SES_LEVEL_OK);
	}
}

static void what_happens_is_over_after_a_day_and_what_lasts_is_not(void **state)
{
	struct watching *watching = *state;
	utc_ms long_ago = NOW - DAY_MS - 1;

	assert_int_equal(alarm_of(watching, "certificate-unavailable", true, long_ago),
		SES_LEVEL_OK);
	assert_int_equal(
		alarm_of(watching, "false-bounces", true, long_ago), SES_LEVEL_OK);
	assert_int_equal(
		alarm_of(watching, "channel-failing", true, long_ago), SES_LEVEL_WARNING);
}

static void what_the_doors_forgot_with_a_restart_has_an_hour(void **state)
{
	struct watching *watching = *state;

	is_on(watching, "channel-failing", "ops");
	is_on(watching, "no-events", "");
	watching->scene.since = NOW - HOUR_MS + 1;
	watch_alarms(&watching->scene, NULL, 0);
	assert_false(watch_is_examined(&watching->sights, "channel-failing"));
	watching->scene.since = NOW - HOUR_MS;
	watch_alarms(&watching->scene, NULL, 0);
	assert_true(watch_is_examined(&watching->sights, "channel-failing"));
	assert_false(watch_is_examined(&watching->sights, "no-events"));
}

static void the_store_s_word_on_a_topic_holds(void **state)
{
	struct watching *watching = *state;
	struct watch_topic topic = topic_of(STORE_TOPIC_CONFIRMED, NOW);
	const struct watch_alarm alarm = {.name = (char[]){"subscription-cancelled"},
		.object = topic.arn,
		.text = (char[]){"cancelled"},
		.advice = (char[]){"subscribe"},
		.renewed = NOW,
		.is_here = true};

	is_on(watching, "subscription-cancelled", arn);
	see_topic(watching, &topic);
	watch_alarms(&watching->scene, &alarm, 1);
	assert_int_equal(seen(watching, "subscription-cancelled", arn), SES_LEVEL_OK);
}

#define TEST(function)                                                                   \
	cmocka_unit_test_setup_teardown(function, watching_set_up, watching_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_provider_that_blocks_is_named),
		TEST(an_unknown_provider_is_nobody),
		TEST(a_subscription_may_not_wait_too_long),
		TEST(a_topic_never_heard_of_counts_from_the_start),
		TEST(a_cancelled_subscription_is_critical_until_it_is_back),
		TEST(silence_after_events_is_told),
		TEST(the_silent_topic_is_named),
		TEST(a_disk_that_fills_is_told),
		TEST(a_log_that_grows_is_told),
		TEST(a_store_that_fails_is_critical),
		TEST(a_certificate_that_ends_is_told_in_time),
		TEST(alarms_become_alerts),
		TEST(what_happens_is_over_after_a_day_and_what_lasts_is_not),
		TEST(what_the_doors_forgot_with_a_restart_has_an_hour),
		TEST(the_store_s_word_on_a_topic_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
