/* test_reported.c - what the application says it sent. */
#include "tests/store/support.h"

#include "tests/store/fault_scene.h"
#include "tests/store/upkeep.h"

static struct store_report report_of(const char *id, int64_t count)
{
	return (struct store_report){
		.id = id,
		.account = "111122223333",
		.region = "eu-west-1",
		.identity = "example.com",
		.recipient_domain = "example.org",
		.at = NOON,
		.count = count,
	};
}

static enum store_outcome report(
	struct scene *scene, struct store_report *reports, size_t count, utc_ms now)
{
	struct store_job job = {
		.kind = STORE_REPORT_SENDS,
		.reports = reports,
		.report_count = count,
		.now = now,
	};

	return store_submit_and_wait(scene->store, &job);
}

static int64_t reported(struct scene *scene, enum store_dimension dimension)
{
	return counted(scene, dimension, NULL).reported;
}

static void a_report_counts_at_its_minute_in_both_bases(void **state)
{
	struct scene *scene = *state;
	struct store_report reports[] = {report_of(NULL, 40), report_of(NULL, 2)};
	struct ses_counts expected = {.reported = 42}, present;

	assert_int_equal(report(scene, reports, 2, NOON + DAY_MS), STORE_DONE);
	assert_false(reports[0].is_duplicate);
	present = counted(scene, STORE_BY_ACCOUNT, "");
	assert_memory_equal(&present, &expected, sizeof(expected));
	present = counted(scene, STORE_BY_IDENTITY, "example.com");
	assert_memory_equal(&present, &expected, sizeof(expected));
	present = counted(scene, STORE_BY_RECIPIENT_DOMAIN, "example.org");
	assert_memory_equal(&present, &expected, sizeof(expected));
	assert_int_equal(reported(scene, STORE_BY_CONFIGURATION_SET), 0);
	for (int basis = 0; basis < 2; basis++) {
		struct store_counts_query query = {
			.basis = (enum store_basis) basis,
			.dimension = STORE_BY_ACCOUNT,
			.from = NOON,
			.to = NOON + MINUTE_MS,
			.step = STORE_STEP_MINUTE,
		};
		struct sum sum = {0};

		assert_true(store_counts(
			scene->store, &query, add_to_sum, &sum, &scene->error));
		assert_int_equal(sum.counts.reported, 42);
		assert_int_equal(sum.rows, 1);
	}
}

static void an_id_counts_once(void **state)
{
	struct scene *scene = *state;
	struct store_report reports[] = {
		report_of("a", 1), report_of("b", 10), report_of("a", 100)};

	assert_int_equal(report(scene, reports, 3, NOON), STORE_DONE);
	assert_false(reports[0].is_duplicate);
	assert_false(reports[1].is_duplicate);
	assert_true(reports[2].is_duplicate);
	assert_int_equal(reported(scene, STORE_BY_ACCOUNT), 11);
	assert_int_equal(report(scene, reports, 2, NOON), STORE_DUPLICATE);
	assert_true(reports[0].is_duplicate);
	scene_close(scene);
	assert_true(scene_open(scene));
	assert_int_equal(report(scene, reports, 1, NOON + DAY_MS), STORE_DUPLICATE);
	assert_int_equal(reported(scene, STORE_BY_ACCOUNT), 11);
}

static void an_id_of_long_ago_counts_again(void **state)
{
	struct scene *scene = *state;
	struct store_report again = report_of("a", 1);

	assert_int_equal(report(scene, &again, 1, NOON), STORE_DONE);
	assert_int_equal(
		report(scene, &again, 1, NOON + 30 * DAY_MS - 1), STORE_DUPLICATE);
	assert_int_equal(report(scene, &again, 1, NOON + 30 * DAY_MS), STORE_DONE);
	assert_int_equal(reported(scene, STORE_BY_ACCOUNT), 2);
	upkeep(scene, NOON + 59 * DAY_MS);
	assert_int_equal(rows(scene, "SELECT count(*) FROM reports"), 1);
	upkeep(scene, NOON + 60 * DAY_MS);
	assert_int_equal(rows(scene, "SELECT count(*) FROM reports"), 0);
}

static void an_account_never_heard_of_begins_with_a_report(void **state)
{
	struct scene *scene = *state;
	struct store_report first = report_of(NULL, 5);
	struct letter letter;

	first.account = "999900001111";
	first.identity = first.recipient_domain = "";
	assert_int_equal(report(scene, &first, 1, NOON), STORE_DONE);
	assert_int_equal(counted(scene, STORE_BY_IDENTITY, "").reported, 5);
	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON, 1, "a@example.org");
	snprintf(letter.event.account, sizeof(letter.event.account), "999900001111");
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(rows(scene, "SELECT count(*) FROM accounts"), 1);
	/* Known by now: the next report writes nothing but its counts. */
	assert_int_equal(report(scene, &first, 1, NOON), STORE_DONE);
	scene_close(scene);
	assert_true(scene_open(scene));
	assert_int_equal(reported(scene, STORE_BY_ACCOUNT), 10);
}

static void a_report_that_was_not_stored_counts_when_it_comes_again(void **state)
{
	struct scene *scene = *state;
	struct store_report one = report_of("a", 7);

	fault_set(FAULT_FULL, 0, 1);
	assert_int_equal(report(scene, &one, 1, NOON), STORE_FAILED);
	fault_set(FAULT_NONE, 0, 0);
	assert_false(one.is_duplicate);
	assert_int_equal(reported(scene, STORE_BY_ACCOUNT), 0);
	assert_int_equal(report(scene, &one, 1, NOON), STORE_DONE);
	assert_int_equal(reported(scene, STORE_BY_ACCOUNT), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fault_set_up, fault_tear_down)
		TEST(a_report_counts_at_its_minute_in_both_bases),
		TEST(an_id_counts_once),
		TEST(an_id_of_long_ago_counts_again),
		TEST(an_account_never_heard_of_begins_with_a_report),
		TEST(a_report_that_was_not_stored_counts_when_it_comes_again),
	};

	return cmocka_run_group_tests_name("reported", tests, NULL, NULL);
}
