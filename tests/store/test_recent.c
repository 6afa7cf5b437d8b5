/* test_recent.c - the newest keys of events, which the table does not hold yet. */
#include "store/recent.h"
#include "store/seen.h"
#include "tests/store/bare.h"

static struct ses_key key_of(unsigned number)
{
	return (struct ses_key){NOON + number % 100,
		(int64_t) ((number + 1) * UINT64_C(0x9e3779b97f4a7c15))};
}

static void add(struct bare *bare, struct recent *recent, unsigned number, bool expected)
{
	bool is_new;

	assert_true(seen_add(recent, &bare->writer.db, key_of(number), NOON, &is_new));
	assert_int_equal(is_new, expected);
}

static void a_key_is_new_once_wherever_it_lies(void **state)
{
	struct bare *bare = *state;
	struct recent recent = {0};

	for (unsigned i = 0; i < 3000; i++)
		add(bare, &recent, i, true);
	for (unsigned i = 0; i < 3000; i += 7)
		add(bare, &recent, i, false);
	recent_end_batch(&recent);
	add(bare, &recent, 3000, true);
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM seen"), 0);
	assert_true(recent_write(&recent, &bare->writer.db));
	/* Those of the batch that runs are no row yet. */
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM seen"), 3000);
	recent_forget_written(&recent);
	assert_int_equal(recent.count, 1);
	for (unsigned i = 0; i <= 3000; i++)
		add(bare, &recent, i, false);
	assert_int_equal(recent.count, 1);
	recent_finish(&recent);
}

static void what_is_undone_is_new_again(void **state)
{
	struct bare *bare = *state;
	struct recent recent = {0};

	add(bare, &recent, 1, true);
	recent_end_batch(&recent);
	recent_begin_item(&recent);
	add(bare, &recent, 2, true);
	recent_begin_item(&recent);
	for (unsigned i = 3; i < 900; i++)
		add(bare, &recent, i, true);
	recent_undo_item(&recent);
	add(bare, &recent, 2, false);
	add(bare, &recent, 3, true);
	recent_undo_batch(&recent);
	add(bare, &recent, 1, false);
	add(bare, &recent, 2, true);
	add(bare, &recent, 899, true);
	recent_clear(&recent);
	add(bare, &recent, 1, true);
	recent_finish(&recent);
}

/* Keys without a time are found again by when they came, so they are rows at once. */
static void a_key_without_a_time_is_written_at_once(void **state)
{
	struct bare *bare = *state;
	struct recent recent = {0};
	struct ses_key odd = {~NOON, 5};
	bool is_new;

	assert_true(seen_add(&recent, &bare->writer.db, odd, NOON, &is_new));
	assert_true(is_new);
	assert_int_equal(recent.count, 0);
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM seen"), 1);
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM seen_odd"), 1);
	assert_true(seen_add(&recent, &bare->writer.db, odd, NOON, &is_new));
	assert_false(is_new);
	recent_finish(&recent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define BARE(name) cmocka_unit_test_setup_teardown(name, bare_set_up, bare_tear_down)
		BARE(a_key_is_new_once_wherever_it_lies),
		BARE(what_is_undone_is_new_again),
		BARE(a_key_without_a_time_is_written_at_once),
	};

	return cmocka_run_group_tests_name("recent", tests, NULL, NULL);
}
