/* test_topics.c - subscriptions, what was not understood, what was set aside. */
#include "tests/store/support.h"

#define TOPIC "arn:aws:sns:eu-west-1:111122223333:ses"

static enum store_outcome change(struct scene *scene, enum store_topic_state to,
	const char *token, const char *subscription, utc_ms at)
{
	struct store_job job = {
		.kind = STORE_TOPIC,
		.topic =
			{
				.arn = TOPIC,
				.state = to,
				.token = token,
				.subscription_arn = subscription,
				.at = at,
			},
		.now = at,
	};

	return store_submit_and_wait(scene->store, &job);
}

static bool describe(void *closure, const struct store_topic *topic)
{
	char *text = closure;
	size_t length = strlen(text);

	snprintf(text + length, 512 - length, "%s %d %s %s %lld %lld %lld %lld;",
		strrchr(topic->arn, ':') + 1, (int) topic->state,
		topic->token != NULL ? topic->token : "-",
		topic->subscription_arn != NULL ? topic->subscription_arn : "-",
		topic->changed == UTC_NONE ? -1 : (long long) (topic->changed - NOON),
		topic->last_published == UTC_NONE
			? -1
			: (long long) (topic->last_published - NOON),
		(long long) topic->notifications, (long long) topic->aside);
	return true;
}

static void assert_topics(struct scene *scene, const char *expected)
{
	char text[512] = "";

	assert_true(store_topic_list(scene->store, describe, text, &scene->error));
	assert_string_equal(text, expected);
}

static void a_subscription_is_confirmed_cancelled_and_confirmed_again(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(
		change(scene, STORE_TOPIC_UNKNOWN, NULL, NULL, NOON), STORE_DONE);
	assert_topics(scene, "ses 0 - - -1 -1 0 0;");
	assert_int_equal(
		change(scene, STORE_TOPIC_PENDING, "t1", NULL, NOON), STORE_DONE);
	assert_int_equal(change(scene, STORE_TOPIC_UNKNOWN, NULL, NULL, NOON + 99),
		STORE_DUPLICATE);
	assert_topics(scene, "ses 1 t1 - 0 -1 0 0;");
	assert_int_equal(
		change(scene, STORE_TOPIC_PENDING, "t1", NULL, NOON), STORE_DUPLICATE);
	assert_int_equal(
		change(scene, STORE_TOPIC_CONFIRMED, NULL, "sub", NOON + 5), STORE_DONE);
	assert_topics(scene, "ses 2 - sub 5 -1 0 0;");
	assert_int_equal(
		change(scene, STORE_TOPIC_CANCELLED, NULL, NULL, NOON + 9), STORE_DONE);
	/* A retry of the first confirmation comes late. */
	assert_int_equal(
		change(scene, STORE_TOPIC_PENDING, "t1", NULL, NOON), STORE_DUPLICATE);
	assert_topics(scene, "ses 3 - sub 9 -1 0 0;");
	/* That we confirmed it ourselves counts whatever our clock says. */
	assert_int_equal(
		change(scene, STORE_TOPIC_CONFIRMED, NULL, "sub", NOON + 7), STORE_DONE);
	assert_topics(scene, "ses 2 - sub 7 -1 0 0;");
}

static void a_notification_proves_a_subscription(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON, 1, "a@b.example");
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_topics(scene, "ses 2 - - 3000 3000 1 0;");
	/* Duplicates note nothing. */
	assert_int_equal(record(scene, &letter), STORE_DUPLICATE);
	assert_topics(scene, "ses 2 - - 3000 3000 1 0;");
	change(scene, STORE_TOPIC_CANCELLED, NULL, NULL, NOON + 10000);
	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON + 8000, 2, "a@b.example");
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_topics(scene, "ses 3 - - 10000 11000 2 0;");
	letter_simple(
		&letter, SES_SEND, SES_OUTCOME_SEND, NOON + 100000, 3, "a@b.example");
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_topics(scene, "ses 2 - - 103000 103000 3 0;");
}

static bool describe_kept(void *closure, const struct store_unrecognised *kept)
{
	char *text = closure;
	size_t length = strlen(text);

	assert_string_equal(kept->topic_arn, TOPIC);
	snprintf(text + length, 512 - length, "%lld %.4s %s %s %s;", (long long) kept->id,
		kept->message_id, kept->subject != NULL ? kept->subject : "-",
		kept->why != NULL ? kept->why : "-", kept->message);
	return true;
}

static enum store_outcome keep(struct scene *scene, enum store_job_kind kind,
	unsigned serial, const char *why, int64_t aside)
{
	struct letter letter;

	letter_init(&letter, SES_SEND, NOON, 1, serial << 16);
	letter.job.kind = kind;
	letter.job.event = NULL;
	letter.job.why = why;
	letter.job.aside = aside;
	if (serial == 2)
		letter.job.notification.subject = "Subject";
	return record(scene, &letter);
}

static void what_is_not_understood_is_kept_once(void **state)
{
	struct scene *scene = *state;
	char text[512] = "";

	assert_int_equal(keep(scene, STORE_UNRECOGNISED, 1, "no type", 0), STORE_DONE);
	assert_int_equal(keep(scene, STORE_UNRECOGNISED, 2, "odd", 0), STORE_DONE);
	assert_int_equal(
		keep(scene, STORE_UNRECOGNISED, 1, "no type", 0), STORE_DUPLICATE);
	assert_true(store_unrecognised_list(
		scene->store, 0, 10, describe_kept, text, &scene->error));
	assert_string_equal(text, "2 0002 Subject odd {\"serial\":131072};"
				  "1 0001 - no type {\"serial\":65536};");
	text[0] = '\0';
	assert_true(store_unrecognised_list(
		scene->store, 2, 10, describe_kept, text, &scene->error));
	assert_string_equal(text, "1 0001 - no type {\"serial\":65536};");
	assert_int_equal(health_of(scene).unrecognised, 2);
	assert_topics(scene, "ses 2 - - 3000 3000 2 0;");
}

static void what_was_set_aside_goes_when_it_is_applied(void **state)
{
	struct scene *scene = *state;
	struct letter letter;
	char text[512] = "";

	for (unsigned i = 1; i <= 3; i++)
		assert_int_equal(keep(scene, STORE_ASIDE, i, NULL, 0), STORE_DONE);
	assert_int_equal(keep(scene, STORE_ASIDE, 3, NULL, 0), STORE_DUPLICATE);
	assert_topics(scene, "ses 0 - - -1 3000 0 3;");
	assert_true(store_aside_list(
		scene->store, TOPIC, 1, 10, describe_kept, text, &scene->error));
	assert_string_equal(text, "2 0002 Subject - {\"serial\":131072};"
				  "3 0003 - - {\"serial\":196608};");
	assert_true(store_aside_list(
		scene->store, "no:such", 0, 10, describe_kept, text, &scene->error));
	assert_true(store_aside_list(
		scene->store, NULL, 2, 10, describe_kept, text, &scene->error));

	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON, 1, "a@b.example");
	letter.job.aside = 1;
	assert_int_equal(record(scene, &letter), STORE_DONE);
	/* Also when what it says was known already. */
	letter.job.aside = 2;
	assert_int_equal(record(scene, &letter), STORE_DUPLICATE);
	assert_int_equal(keep(scene, STORE_UNRECOGNISED, 3, "odd", 3), STORE_DONE);
	assert_int_equal(health_of(scene).aside, 0);
	assert_int_equal(health_of(scene).unrecognised, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(a_subscription_is_confirmed_cancelled_and_confirmed_again),
		TEST(a_notification_proves_a_subscription),
		TEST(what_is_not_understood_is_kept_once),
		TEST(what_was_set_aside_goes_when_it_is_applied),
	};

	return cmocka_run_group_tests_name("topics", tests, NULL, NULL);
}
