/* test_suspects.c - complaints, those taken back, and SES's own list. */
#include "tests/store/support.h"

#define ALICE "alice@example.org"

static utc_ms received = NOON + 30 * DAY_MS;

/* A complaint of a mail, published so long after it was sent; set "": none. */
static void complain(struct scene *scene, unsigned mail, int64_t after_ms,
	bool is_certain, const char *set)
{
	struct letter letter;

	letter_simple(&letter, SES_COMPLAINT, SES_OUTCOME_COMPLAINT,
		NOON + (utc_ms) mail * HOUR_MS, mail, ALICE);
	snprintf(letter.configuration_set, sizeof(letter.configuration_set), "%s", set);
	letter.recipients[0].is_certain = is_certain;
	letter.event.happened += after_ms;
	letter.job.notification.published += after_ms;
	letter.job.now = ++received;
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

static void take_back(struct scene *scene, unsigned mail, int64_t after_ms)
{
	struct letter letter;

	letter_simple(&letter, SES_COMPLAINT, SES_OUTCOME_NOT_SPAM,
		NOON + (utc_ms) mail * HOUR_MS, mail, ALICE);
	letter.event.is_not_spam = true;
	letter.job.notification.published += after_ms;
	letter.job.now = ++received;
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

static struct entry complaint_of(struct scene *scene, const char *scope)
{
	struct entry entry = entry_of(scene, ALICE, scope, received);

	if (entry.count > 0)
		assert_int_equal(entry.entry.reason, SES_REASON_COMPLAINT);
	return entry;
}

static void not_spam_takes_a_complaint_about_the_same_mail_back(void **state)
{
	struct scene *scene = *state;

	complain(scene, 1, HOUR_MS, true, "");
	assert_int_equal(complaint_of(scene, "").count, 1);
	/* About another mail; and earlier than the complaint. */
	take_back(scene, 2, 2 * HOUR_MS);
	take_back(scene, 1, 0);
	assert_int_equal(complaint_of(scene, "").count, 1);
	complain(scene, 3, HOUR_MS, true, "");
	take_back(scene, 3, 2 * HOUR_MS);
	assert_int_equal(complaint_of(scene, "").count, 1);
	assert_int_equal(complaint_of(scene, "").entry.event, 1);
}

static void not_spam_that_comes_first_prevents_the_entry(void **state)
{
	struct scene *scene = *state;

	take_back(scene, 1, 2 * HOUR_MS);
	assert_int_equal(complaint_of(scene, "").count, 0);
	complain(scene, 1, HOUR_MS, true, "");
	assert_int_equal(complaint_of(scene, "").count, 0);
	assert_int_equal(health_of(scene).suppressions, 0);
	complain(scene, 1, 3 * HOUR_MS, true, "");
	assert_int_equal(complaint_of(scene, "").count, 1);
}

static void a_suspect_is_blocked_in_the_stream_only(void **state)
{
	struct scene *scene = *state;

	complain(scene, 1, HOUR_MS, false, "news");
	assert_int_equal(complaint_of(scene, "").count, 0);
	assert_int_equal(complaint_of(scene, "news").count, 1);
	assert_false(complaint_of(scene, "news").entry.is_certain);
	/* A certain one settles it. */
	complain(scene, 2, HOUR_MS, true, "news");
	assert_true(complaint_of(scene, "").entry.is_certain);
	assert_int_equal(complaint_of(scene, "news").count, 0);
	assert_int_equal(health_of(scene).suppressions, 1);
}

static void a_suspect_without_a_stream_waits_for_a_second_report(void **state)
{
	struct scene *scene = *state;

	complain(scene, 1, HOUR_MS, false, "");
	/* The same mail again is no second report. */
	complain(scene, 1, 2 * HOUR_MS, false, "");
	assert_int_equal(complaint_of(scene, "").count, 0);
	complain(scene, 4, HOUR_MS, false, "");
	assert_int_equal(complaint_of(scene, "").count, 1);
	assert_false(complaint_of(scene, "").entry.is_certain);
	assert_int_equal(complaint_of(scene, "").entry.event, 3);
}

static void list(struct scene *scene, unsigned mail)
{
	struct letter letter;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_REFUSED,
		NOON + (utc_ms) mail * HOUR_MS, mail, ALICE);
	letter.recipients[0].class = SES_CLASS_SES_LIST;
	letter.job.now = ++received;
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

static void deliver(struct scene *scene, unsigned mail)
{
	struct letter letter;

	letter_simple(&letter, SES_DELIVERY, SES_OUTCOME_DELIVERY,
		NOON + (utc_ms) mail * HOUR_MS, mail, ALICE);
	letter.job.now = ++received;
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

static void what_ses_refuses_is_on_its_list_until_it_delivers(void **state)
{
	struct scene *scene = *state;
	struct entry entry;

	complain(scene, 1, 0, true, "");
	assert_int_equal(complaint_of(scene, "").entry.at_ses, -1);
	deliver(scene, 2);
	list(scene, 3);
	entry = complaint_of(scene, "");
	assert_int_equal(entry.entry.at_ses, 1);
	deliver(scene, 4);
	assert_int_equal(complaint_of(scene, "").entry.at_ses, 0);
	/* It came late, about a mail of before that delivery. */
	list(scene, 0);
	assert_int_equal(complaint_of(scene, "").entry.at_ses, 0);
	list(scene, 5);
	assert_int_equal(complaint_of(scene, "").entry.at_ses, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(not_spam_takes_a_complaint_about_the_same_mail_back),
		TEST(not_spam_that_comes_first_prevents_the_entry),
		TEST(a_suspect_is_blocked_in_the_stream_only),
		TEST(a_suspect_without_a_stream_waits_for_a_second_report),
		TEST(what_ses_refuses_is_on_its_list_until_it_delivers),
	};

	return cmocka_run_group_tests_name("suspects", tests, NULL, NULL);
}
