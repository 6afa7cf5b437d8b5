/* test_guard_table.c - how hours of hard bounces are counted, and what that costs. */
#include "base/clock.h"
#include "store/guard.h"
#include "tests/store/bare.h"

#define REPLY                                                                            \
	"smtp; 550-5.1.1 The email account that you tried to reach does not exist. "     \
	"n8si123456wrx.77 - gsmtp"

static const char *user(unsigned number)
{
	static char address[32];

	snprintf(address, sizeof(address), "user%u@gmail.com", number);
	return address;
}

static bool judge_address(
	struct bare *bare, const char *address, const char *reply, int64_t *burst)
{
	struct letter letter;
	bool is_quarantine;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON, 1, address);
	letter.recipients[0].status = "5.1.1";
	letter.recipients[0].diagnostic = reply;
	assert_true(guard_judge(
		&bare->writer, &letter.job, &letter.recipients[0], &is_quarantine));
	*burst = letter.job.burst.count;
	return is_quarantine;
}

/* One more bounce of somebody who was delivered to, published this hour. */
static bool judge(struct bare *bare, unsigned number, int64_t *burst)
{
	return judge_address(bare, user(number), REPLY, burst);
}

static void deliver_bare(struct bare *bare)
{
	assert_true(db_execute(&bare->writer.db,
		"INSERT INTO events (id, kind, published, sent, recorded, origin, topic,"
		" message_id, address) VALUES (1, 2, 1773140000000, 1773140000000,"
		" 1773140000000, 1, 1, x'00', 'user1@gmail.com')"));
	open_segment_note(&bare->writer.open, 1, user(1), INT64_C(1773140000000));
}

static void set_hours(struct bare *bare, const char *sql)
{
	assert_true(db_execute(&bare->writer.db, sql));
}

static void what_is_usual_is_no_burst(void **state)
{
	struct bare *bare = *state;
	int64_t burst;

	deliver_bare(bare);
	assert_false(judge(bare, 1, &burst));
	/* Each hour of the seven days before has 30. */
	set_hours(bare, "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n"
			" WHERE i < 169) INSERT INTO guard"
			" SELECT key, hour - i, 30, 30 FROM guard, n");
	set_hours(bare, "UPDATE guard SET bounces = 598, suspects = 598"
			" WHERE hour = (SELECT max(hour) FROM guard)");
	assert_false(judge(bare, 1, &burst));
	assert_int_equal(burst, 0);
	assert_true(judge(bare, 1, &burst));
	assert_int_equal(burst, 600);
}

static void a_burst_of_a_day_does_not_become_the_usual(void **state)
{
	struct bare *bare = *state;
	int64_t burst;

	deliver_bare(bare);
	assert_false(judge(bare, 1, &burst));
	set_hours(bare, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
			" WHERE i < 25) INSERT INTO guard"
			" SELECT key, hour - i, 1000, 1000 FROM guard, n");
	assert_true(judge(bare, 1, &burst));
}

static void of_a_list_that_is_cleaned_only_some_are_looked_up(void **state)
{
	struct bare *bare = *state;
	int64_t burst, suspects;

	deliver_bare(bare);
	assert_false(judge(bare, 1, &burst));
	set_hours(bare, "UPDATE guard SET bounces = 5000");
	for (unsigned i = 0; i < 15; i++)
		judge(bare, 1, &burst);
	suspects = bare_ask(bare, "SELECT suspects FROM guard");
	assert_int_equal(suspects, 16);
	/* With one in twenty suspects everybody is looked up again. */
	set_hours(bare, "UPDATE guard SET suspects = 300");
	assert_true(judge(bare, 1, &burst));
	assert_int_equal(burst, 301);
	assert_true(judge(bare, 1, &burst));
	assert_int_equal(burst, 302);
}

/* A clock that stands: however slow the machine, look-ups use up no credit. */
static int64_t standing_clock(void)
{
	return DAY_MS;
}

static int set_up(void **state)
{
	struct bare *bare;

	if (bare_set_up(state) != 0)
		return -1;
	bare = *state;
	bare->writer.guard.now_ms = standing_clock;
	return 0;
}

static void below_twenty_of_a_kind_nobody_is_looked_up(void **state)
{
	enum { DOMAINS = 200 };
	struct bare *bare = *state;
	char address[64];
	int64_t burst;

	for (unsigned i = 0; i < DOMAINS * GUARD_SUSPECTS; i++) {
		snprintf(address, sizeof(address), "a%u@host%u.example", i, i % DOMAINS);
		assert_false(
			judge_address(bare, address, "smtp; 550 5.1.1 unknown", &burst));
	}
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM guard"), DOMAINS);
	/* The twentieth of each, a stranger, does not ask for those before it. */
	assert_int_equal(bare->writer.guard.lookups, DOMAINS);
}

/* Bounces 2 to 31, all of user 1. */
static void bounce_bare(struct bare *bare)
{
	assert_true(db_execute(&bare->writer.db,
		"WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n"
		" WHERE i < 31) INSERT INTO events (id, kind, published, sent, recorded,"
		" origin, topic, message_id, address) SELECT i, 3 + 2048, 1773150000000,"
		" 1773150000000, 1773150000000, 1, 1, x'00', 'user1@gmail.com' FROM n"));
}

static void without_credit_a_bounce_is_hard_and_counted_later(void **state)
{
	struct bare *bare = *state;
	struct guard_memory *guard = &bare->writer.guard;
	int64_t burst;

	deliver_bare(bare);
	bounce_bare(bare);
	guard->credit = -1000 * DAY_MS;
	guard->credited_at = standing_clock();
	for (int64_t event = 2; event < 31; event++) {
		bare->writer.totals.last_event = event;
		assert_false(judge(bare, 1, &burst));
	}
	assert_int_equal(guard->lookups, 0);
	guard->credit = GUARD_CREDIT_MAX;
	bare->writer.totals.last_event = 31;
	assert_true(judge(bare, 1, &burst));
	assert_int_equal(burst, 30);
	assert_int_equal(guard->lookups, 30);
}

static void what_a_rollback_undid_is_not_counted(void **state)
{
	struct bare *bare = *state;
	int64_t burst;

	deliver_bare(bare);
	bounce_bare(bare);
	for (int64_t event = 2; event < 16; event++) {
		bare->writer.totals.last_event = event;
		assert_false(judge(bare, 1, &burst));
	}
	set_hours(bare, "DELETE FROM guard");
	for (int64_t event = 10; event < 10 + GUARD_SUSPECTS; event++) {
		bare->writer.totals.last_event = event;
		assert_int_equal(judge(bare, 1, &burst), event == 9 + GUARD_SUSPECTS);
	}
	assert_int_equal(burst, GUARD_SUSPECTS);
}

static void hours_that_are_past_are_taken_away_in_slices(void **state)
{
	struct bare *bare = *state;
	int64_t burst, count = 0;

	judge(bare, 2, &burst);
	set_hours(bare, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
			" WHERE i < 50) INSERT INTO guard"
			" SELECT key + i, hour, 1, 0 FROM guard, n");
	assert_true(guard_prune(&bare->writer.db, NOON + 8 * DAY_MS, 40, &count));
	assert_int_equal(count, 0);
	assert_true(guard_prune(&bare->writer.db, NOON + 15 * DAY_MS, 40, &count));
	assert_int_equal(count, 40);
	assert_true(guard_prune(&bare->writer.db, NOON + 15 * DAY_MS, 40, &count));
	assert_int_equal(count, 51);
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM guard"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define BARE(name) cmocka_unit_test_setup_teardown(name, set_up, bare_tear_down)
		BARE(what_is_usual_is_no_burst),
		BARE(a_burst_of_a_day_does_not_become_the_usual),
		BARE(of_a_list_that_is_cleaned_only_some_are_looked_up),
		BARE(below_twenty_of_a_kind_nobody_is_looked_up),
		BARE(without_credit_a_bounce_is_hard_and_counted_later),
		BARE(what_a_rollback_undid_is_not_counted),
		BARE(hours_that_are_past_are_taken_away_in_slices),
	};

	return cmocka_run_group_tests_name("guard_table", tests, NULL, NULL);
}
