/* test_peaks.c - the busiest second of an hour. */
#include "tests/store/support.h"

#include "store/peaks.h"
#include "tests/store/fault_scene.h"
#include "tests/store/upkeep.h"

struct peak {
	int64_t rate;
	utc_ms at;
};

static struct peak peak_of(struct scene *scene, const char *account, utc_ms since)
{
	struct peak peak;
	struct db db;

	assert_true(db_open(&db, scene->path, false, &scene->error));
	assert_true(peaks_read(
		&db, account, "eu-west-1", since, INT64_MAX, &peak.rate, &peak.at));
	db_close(&db);
	return peak;
}

static void assert_peak(struct scene *scene, utc_ms since, int64_t rate, utc_ms at)
{
	struct peak peak = peak_of(scene, "111122223333", since);

	assert_int_equal(peak.rate, rate);
	assert_int_equal(peak.at, at);
}

static enum store_outcome send(struct scene *scene, utc_ms sent, unsigned recipients)
{
	static unsigned serial;
	char address[32];
	struct letter letter;

	serial++;
	letter_init(&letter, SES_SEND, sent, serial, serial);
	for (unsigned i = 0; i < recipients; i++) {
		snprintf(address, sizeof(address), "r%u@example.org", i);
		letter_add(&letter, address, SES_OUTCOME_SEND);
	}
	return record(scene, &letter);
}

static void recipients_of_one_second_are_added_up(void **state)
{
	struct scene *scene = *state;

	assert_peak(scene, 0, 0, UTC_NONE);
	assert_int_equal(send(scene, NOON + 100, 3), STORE_DONE);
	assert_int_equal(send(scene, NOON + 1000, 2), STORE_DONE);
	assert_int_equal(send(scene, NOON + 999, 1), STORE_DONE);
	assert_int_equal(send(scene, NOON + 1000, 1), STORE_DONE);
	assert_peak(scene, 0, 4, NOON);
	/* The simulator and verified addresses count: SES's rate limit is for them too.
	 */
	assert_int_equal(send(scene, NOON + HOUR_MS + 5, 5), STORE_DONE);
	assert_peak(scene, 0, 5, NOON + HOUR_MS);
	assert_peak(scene, NOON + HOUR_MS, 5, NOON + HOUR_MS);
	assert_peak(scene, NOON + HOUR_MS + 1000, 0, UTC_NONE);
	assert_int_equal(peak_of(scene, "999999999999", 0).rate, 0);
	assert_int_equal(rows(scene, "SELECT count(*) FROM peaks"), 2);
}

static void a_second_at_or_after_the_end_is_not_looked_at(void **state)
{
	struct scene *scene = *state;
	struct peak peak;
	struct db db;

	assert_int_equal(send(scene, NOON, 2), STORE_DONE);
	assert_int_equal(send(scene, NOON + 5000 * DAY_MS, 9), STORE_DONE);
	assert_true(db_open(&db, scene->path, false, &scene->error));
	assert_true(peaks_read(&db, "111122223333", "eu-west-1", NOON, NOON + DAY_MS,
		&peak.rate, &peak.at));
	assert_int_equal(peak.rate, 2);
	assert_true(peaks_read(
		&db, "111122223333", "eu-west-1", NOON, NOON, &peak.rate, &peak.at));
	assert_int_equal(peak.rate, 0);
	db_close(&db);
}

/* SES's rate limit is for them too. */
static void verified_and_simulator_recipients_count(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON, 1, "a@example.org");
	letter_add(&letter, "b@example.org", SES_OUTCOME_SEND)->standing = SES_VERIFIED;
	letter_add(&letter, "c@example.org", SES_OUTCOME_SEND)->standing = SES_SIMULATOR;
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_peak(scene, 0, 3, NOON);
}

static void only_new_recipients_of_sends_count(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON, 1, "a@example.org");
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_int_equal(record(scene, &letter), STORE_DUPLICATE);
	letter_add(&letter, "b@example.org", SES_OUTCOME_SEND);
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_peak(scene, 0, 2, NOON);
	letter_simple(
		&letter, SES_DELIVERY, SES_OUTCOME_DELIVERY, NOON, 1, "a@example.org");
	assert_int_equal(record(scene, &letter), STORE_DONE);
	letter_init(&letter, SES_SEND, NOON, 9, 9); /* to nobody */
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_peak(scene, 0, 2, NOON);
}

static void a_second_that_comes_late_is_found_if_it_is_not_long_ago(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(send(scene, NOON, 2), STORE_DONE);
	for (unsigned i = 1; i < PEAKS_SECONDS; i++)
		assert_int_equal(send(scene, NOON + i * SECOND_MS, 1), STORE_DONE);
	assert_int_equal(send(scene, NOON, 2), STORE_DONE);
	assert_peak(scene, 0, 4, NOON);
	/* Pushed out: counts from nothing, and the peak stays. */
	assert_int_equal(send(scene, NOON + PEAKS_SECONDS * SECOND_MS, 1), STORE_DONE);
	assert_int_equal(send(scene, NOON, 3), STORE_DONE);
	assert_peak(scene, 0, 4, NOON);
	assert_int_equal(send(scene, NOON, 3), STORE_DONE);
	assert_peak(scene, 0, 6, NOON);
}

static void a_batch_that_is_rolled_back_counts_for_no_peak(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(send(scene, NOON, 1), STORE_DONE);
	fault_set(FAULT_FULL, 0, 1);
	assert_int_equal(send(scene, NOON, 7), STORE_FAILED);
	fault_set(FAULT_NONE, 0, 0);
	assert_int_equal(send(scene, NOON, 2), STORE_DONE);
	/* Never too high. */
	assert_peak(scene, 0, 2, NOON);
}

static void accounts_have_peaks_of_their_own(void **state)
{
	struct scene *scene = *state;
	struct letter letter;

	assert_int_equal(send(scene, NOON, 3), STORE_DONE);
	letter_simple(&letter, SES_SEND, SES_OUTCOME_SEND, NOON, 7777, "a@example.org");
	snprintf(letter.event.account, sizeof(letter.event.account), "222233334444");
	assert_int_equal(record(scene, &letter), STORE_DONE);
	assert_peak(scene, 0, 3, NOON);
	assert_int_equal(peak_of(scene, "222233334444", 0).rate, 1);
}

static void peaks_go_after_thirty_days(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(send(scene, NOON, 3), STORE_DONE);
	assert_int_equal(send(scene, NOON + DAY_MS, 2), STORE_DONE);
	upkeep(scene, NOON + 30 * DAY_MS);
	assert_peak(scene, 0, 3, NOON);
	upkeep(scene, NOON + 30 * DAY_MS + HOUR_MS);
	assert_peak(scene, 0, 2, NOON + DAY_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fault_set_up, fault_tear_down)
		TEST(recipients_of_one_second_are_added_up),
		TEST(a_second_at_or_after_the_end_is_not_looked_at),
		TEST(verified_and_simulator_recipients_count),
		TEST(only_new_recipients_of_sends_count),
		TEST(a_second_that_comes_late_is_found_if_it_is_not_long_ago),
		TEST(a_batch_that_is_rolled_back_counts_for_no_peak),
		TEST(accounts_have_peaks_of_their_own),
		TEST(peaks_go_after_thirty_days),
	};

	return cmocka_run_group_tests_name("peaks", tests, NULL, NULL);
}
