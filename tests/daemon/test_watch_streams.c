/* test_watch_streams.c - streams inside an account that are bad by themselves. */
#include "watching.h"

static struct watch_stream stream(const struct watching *watching,
	enum store_dimension dimension, const char *key, int64_t bounces, int64_t sends)
{
	static char keys[256][32];
	static size_t used;
	struct watch_stream made = {.account = account,
		.region = region,
		.dimension = dimension,
		.denominator = sends};

	made.key = keys[used++ % COUNT(keys)];
	snprintf(made.key, 32, "%s", key);
	ses_rate_judge(&watching->reputation, SES_METRIC_BOUNCE, bounces, sends,
		&made.rates[SES_METRIC_BOUNCE]);
	ses_rate_judge(&watching->reputation, SES_METRIC_COMPLAINT, 0, sends,
		&made.rates[SES_METRIC_COMPLAINT]);
	return made;
}

#define SET "111122223333/us-east-1 configuration-set "

static void a_bad_campaign_is_told_while_the_account_is_fine(void **state)
{
	struct watching *watching = *state;
	const struct watch_stream streams[] = {
		stream(watching, STORE_BY_CONFIGURATION_SET, "newsletter", 300, 1000),
		stream(watching, STORE_BY_CONFIGURATION_SET, "receipts", 10, 20000),
	};
	const struct watch_account accounts[] = {{.account = account,
		.region = region,
		.levels = {SES_LEVEL_OK, SES_LEVEL_OK},
		.denominator = 21000}};

	watch_streams(&watching->scene, streams, 2, accounts, 1);
	assert_int_equal(seen(watching, "stream-level", SET "newsletter bounce"),
		SES_LEVEL_OVER_PAUSE_LIMIT);
	assert_says(watching, "stream-level", SET "newsletter bounce",
		"111122223333/us-east-1, configuration-set newsletter: bounce rate 30.00 "
		"% "
		"(pause limit 10 %): 300 hard bounces among 1,000 recipients in 1.0 "
		"days.");
	assert_int_equal(count_on(watching, "stream-level"), 1);
	assert_true(watch_is_examined(&watching->sights, "stream-level"));
}

static void what_the_account_says_is_not_said_again(void **state)
{
	struct watching *watching = *state;
	const struct watch_stream streams[] = {
		stream(watching, STORE_BY_CONFIGURATION_SET, "only", 60, 1000)};
	struct watch_account of = {.account = account,
		.region = region,
		.levels = {SES_LEVEL_OVER_REVIEW_LIMIT, SES_LEVEL_OK},
		.denominator = 1000};

	watch_streams(&watching->scene, streams, 1, &of, 1);
	assert_int_equal(count_on(watching, "stream-level"), 0);
	/* The account, judged over more than a day, is less bad than that. */
	look_again(watching);
	of.levels[SES_METRIC_BOUNCE] = SES_LEVEL_WARNING;
	watch_streams(&watching->scene, streams, 1, &of, 1);
	assert_int_equal(count_on(watching, "stream-level"), 1);
	/* It is one of several streams. */
	look_again(watching);
	of.levels[SES_METRIC_BOUNCE] = SES_LEVEL_OVER_PAUSE_LIMIT;
	of.denominator = 1001;
	watch_streams(&watching->scene, streams, 1, &of, 1);
	assert_int_equal(count_on(watching, "stream-level"), 1);
}

static void the_same_mail_in_two_dimensions_is_told_once(void **state)
{
	struct watching *watching = *state;
	const struct watch_stream streams[] = {
		stream(watching, STORE_BY_CONFIGURATION_SET, "news", 300, 1000),
		stream(watching, STORE_BY_TAG, "campaign=spring", 300, 1000),
		stream(watching, STORE_BY_IDENTITY, "example.com", 301, 1500),
	};

	watch_streams(&watching->scene, streams, 3, NULL, 0);
	assert_int_equal(count_on(watching, "stream-level"), 2);
	assert_int_equal(seen(watching, "stream-level", SET "news bounce"),
		SES_LEVEL_OVER_PAUSE_LIMIT);
	assert_null(find_sight(watching, "stream-level",
		"111122223333/us-east-1 tag campaign=spring bounce"));
}

static void the_worst_twenty_are_told_and_those_on_stay(void **state)
{
	struct watching *watching = *state;
	struct watch_stream streams[30];
	char name[32];

	for (size_t i = 0; i < COUNT(streams); i++) {
		snprintf(name, sizeof(name), "s%zu", i);
		streams[i] = stream(watching, STORE_BY_CONFIGURATION_SET, name,
			60 + 10 * (int64_t) i, 1000);
	}
	is_on(watching, "stream-level", SET "s0 bounce");
	watch_streams(&watching->scene, streams, COUNT(streams), NULL, 0);
	assert_int_equal(count_on(watching, "stream-level"), WATCH_MANY_MAX);
	assert_true(seen(watching, "stream-level", SET "s0 bounce") > SES_LEVEL_OK);
	assert_true(seen(watching, "stream-level", SET "s29 bounce") > SES_LEVEL_OK);
	assert_null(find_sight(watching, "stream-level", SET "s1 bounce"));
}

static void a_stream_that_is_well_again_says_so(void **state)
{
	struct watching *watching = *state;
	const struct watch_stream streams[] = {
		stream(watching, STORE_BY_CONFIGURATION_SET, "", 5, 1000)};

	is_on(watching, "stream-level", SET "(none) bounce");
	watch_streams(&watching->scene, streams, 1, NULL, 0);
	assert_int_equal(
		seen(watching, "stream-level", SET "(none) bounce"), SES_LEVEL_OK);
	assert_says(watching, "stream-level", SET "(none) bounce", "bounce rate 0.50 %");
}

#define TEST(function)                                                                   \
	cmocka_unit_test_setup_teardown(function, watching_set_up, watching_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bad_campaign_is_told_while_the_account_is_fine),
		TEST(what_the_account_says_is_not_said_again),
		TEST(the_same_mail_in_two_dimensions_is_told_once),
		TEST(the_worst_twenty_are_told_and_those_on_stay),
		TEST(a_stream_that_is_well_again_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
