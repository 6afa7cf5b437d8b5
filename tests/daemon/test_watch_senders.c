/* test_watch_senders.c - senders never seen before, and unusual volumes. */
#include "watching.h"

#define CALLER "111122223333/us-east-1 caller"
static const char new_key[] = "arn:aws:iam::111122223333:user/mallory";

static struct watch_sender sender(const char *key, utc_ms first)
{
	static char keys[64][64];
	static size_t used;
	struct watch_sender made = {.account = account,
		.region = region,
		.kind = SES_SENDER_CALLER,
		.first = first,
		.account_since = NOW - 90 * DAY_MS};

	made.key = keys[used++ % COUNT(keys)];
	snprintf(made.key, 64, "%s", key);
	return made;
}

static void see(struct watching *watching, struct watch_sender *senders, size_t count)
{
	look_again(watching);
	watch_new_senders(&watching->scene, senders, count);
}

static void a_caller_never_seen_before_is_told(void **state)
{
	struct watching *watching = *state;
	struct watch_sender senders[] = {
		sender("old", NOW - 5 * DAY_MS), sender(new_key, NOW - MINUTE_MS)};
	const struct watch_sight *sight;

	see(watching, senders, 2);
	assert_int_equal(seen(watching, "new-sender", CALLER), SES_LEVEL_WARNING);
	assert_says(watching, "new-sender", CALLER,
		"111122223333/us-east-1 caller: a caller that never sent before "
		"sends mail: arn:aws:iam::111122223333:user/mallory (since ");
	sight = find_sight(watching, "new-sender", CALLER);
	assert_int_equal(sight->version, 1);
	assert_null(strstr(sight->text, "old"));
}

static void a_young_account_has_no_usual_senders(void **state)
{
	struct watching *watching = *state;
	struct watch_sender senders[] = {sender(new_key, NOW - MINUTE_MS)};

	watching->watch.learning_ms = 7 * DAY_MS;
	senders[0].account_since = NOW - 6 * DAY_MS;
	see(watching, senders, 1);
	assert_int_equal(count_on(watching, "new-sender"), 0);
	senders[0].account_since = NOW - 8 * DAY_MS;
	see(watching, senders, 1);
	assert_int_equal(count_on(watching, "new-sender"), 1);
}

static void events_from_years_ago_or_ahead_are_no_news(void **state)
{
	struct watching *watching = *state;
	struct watch_sender senders[] = {sender("long-gone", NOW - 900 * DAY_MS),
		sender("to-come", NOW + 900 * DAY_MS)};

	senders[0].account_since = NOW - 1000 * DAY_MS;
	see(watching, senders, 2);
	assert_int_equal(count_on(watching, "new-sender"), 0);
}

static void a_further_one_changes_the_version_and_an_old_one_does_not(void **state)
{
	struct watching *watching = *state;
	struct watch_sender senders[] = {sender("one", NOW - 20 * HOUR_MS),
		sender("two", NOW - 2 * MINUTE_MS), sender("three", NOW - MINUTE_MS)};

	is_on_since(
		watching, "new-sender", CALLER, SES_LEVEL_WARNING, NOW - 20 * HOUR_MS);
	see(watching, senders, 2);
	assert_int_equal(find_sight(watching, "new-sender", CALLER)->version, 2);
	/* see sorts: take them in order again. */
	senders[0] = sender("one", NOW - 20 * HOUR_MS);
	senders[1] = sender("two", NOW - 2 * MINUTE_MS);
	see(watching, senders, 3);
	assert_int_equal(find_sight(watching, "new-sender", CALLER)->version, 3);
	assert_says(watching, "new-sender", CALLER,
		"3 callers that never sent before send mail:");
}

static void it_is_over_when_no_new_one_came_for_a_day(void **state)
{
	struct watching *watching = *state;
	struct watch_sender senders[] = {sender("one", NOW - 25 * HOUR_MS)};

	is_on_since(
		watching, "new-sender", CALLER, SES_LEVEL_WARNING, NOW - 25 * HOUR_MS);
	see(watching, senders, 1);
	assert_int_equal(seen(watching, "new-sender", CALLER), SES_LEVEL_OK);
	assert_true(watch_is_examined(&watching->sights, "new-sender"));
}

static void kinds_that_are_not_watched_are_left_alone(void **state)
{
	struct watching *watching = *state;
	struct watch_sender senders[] = {sender(new_key, NOW - MINUTE_MS)};

	watching->watch.senders = SES_SENDER_SOURCE_IP;
	see(watching, senders, 1);
	assert_int_equal(count_on(watching, "new-sender"), 0);
}

static void the_newest_ten_of_many_are_named(void **state)
{
	struct watching *watching = *state;
	struct watch_sender senders[12];
	char key[16];
	const struct watch_sight *sight;

	for (size_t i = 0; i < COUNT(senders); i++) {
		snprintf(key, sizeof(key), "key-%02zu.", i);
		senders[i] = sender(key, NOW - (int64_t) (i + 1) * MINUTE_MS);
	}
	see(watching, senders, COUNT(senders));
	sight = find_sight(watching, "new-sender", CALLER);
	assert_int_equal(sight->version, 12);
	assert_non_null(strstr(sight->text, "key-00."));
	assert_non_null(strstr(sight->text, "key-09."));
	assert_null(strstr(sight->text, "key-10."));
	assert_int_equal(json_count(json_member(sight->data, "senders")), 10);
}

/* ---- volume ---- */

#define HEAVY "111122223333/us-east-1 caller heavy"

static enum ses_level volume(struct watching *watching, int64_t hour, int64_t week,
	int64_t busiest, utc_ms first)
{
	struct watch_volume one = {.account = account,
		.region = region,
		.key = (char[]){"heavy"},
		.kind = SES_SENDER_CALLER,
		.hour = hour,
		.week = week,
		.busiest = busiest,
		.first = first,
		.account_since = NOW - 90 * DAY_MS};

	look_again(watching);
	watch_volumes(&watching->scene, &one, 1);
	return seen(watching, "unusual-volume", HEAVY);
}

static void ten_times_the_usual_is_told(void **state)
{
	struct watching *watching = *state;

	watching->watch.volume_factor = 10;
	watching->watch.volume_minimum = 500;
	/* 100 an hour are usual. */
	assert_int_equal(
		volume(watching, 1000, 16700 + 1000, 300, UTC_NONE), SES_LEVEL_OK);
	assert_int_equal(
		volume(watching, 1001, 16700 + 1001, 300, UTC_NONE), SES_LEVEL_WARNING);
	assert_says(watching, "unusual-volume", HEAVY,
		"111122223333/us-east-1: caller heavy sent to 1,001 recipients "
		"in the last hour; usual are 100 an hour, and the busiest of the last 30 "
		"days had 300.");
}

static void few_mails_are_never_unusual(void **state)
{
	struct watching *watching = *state;

	watching->watch.volume_minimum = 500;
	assert_int_equal(volume(watching, 499, 499, 0, UTC_NONE), SES_LEVEL_OK);
	assert_int_equal(volume(watching, 500, 500, 0, UTC_NONE), SES_LEVEL_WARNING);
}

static void the_weekly_newsletter_is_usual(void **state)
{
	struct watching *watching = *state;

	assert_int_equal(volume(watching, 20000, 20100, 20000, UTC_NONE), SES_LEVEL_OK);
	assert_int_equal(
		volume(watching, 20001, 20101, 20000, UTC_NONE), SES_LEVEL_WARNING);
}

static void who_is_new_has_no_usual_volume(void **state)
{
	struct watching *watching = *state;

	assert_int_equal(
		volume(watching, 5000, 5000, 0, NOW - 23 * HOUR_MS), SES_LEVEL_OK);
	/* Over two days a hundred an hour. */
	assert_int_equal(
		volume(watching, 900, 900 + 4700, 100, NOW - 48 * HOUR_MS), SES_LEVEL_OK);
	assert_int_equal(volume(watching, 1100, 1100 + 4700, 100, NOW - 48 * HOUR_MS),
		SES_LEVEL_WARNING);
}

static void an_unusual_volume_is_over_at_half(void **state)
{
	struct watching *watching = *state;

	watching->watch.volume_minimum = 500;
	is_on(watching, "unusual-volume", HEAVY);
	assert_int_equal(
		volume(watching, 501, 16700 + 501, 100, UTC_NONE), SES_LEVEL_WARNING);
	assert_int_equal(volume(watching, 499, 16700 + 499, 100, UTC_NONE), SES_LEVEL_OK);
}

#define TEST(function)                                                                   \
	cmocka_unit_test_setup_teardown(function, watching_set_up, watching_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_caller_never_seen_before_is_told),
		TEST(a_young_account_has_no_usual_senders),
		TEST(events_from_years_ago_or_ahead_are_no_news),
		TEST(a_further_one_changes_the_version_and_an_old_one_does_not),
		TEST(it_is_over_when_no_new_one_came_for_a_day),
		TEST(kinds_that_are_not_watched_are_left_alone),
		TEST(the_newest_ten_of_many_are_named),
		TEST(ten_times_the_usual_is_told),
		TEST(few_mails_are_never_unusual),
		TEST(the_weekly_newsletter_is_usual),
		TEST(who_is_new_has_no_usual_volume),
		TEST(an_unusual_volume_is_over_at_half),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
