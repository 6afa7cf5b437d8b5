/* test_trail.c - the deliveries of one address, found without an index. */
#include "store/trail.h"
#include "tests/store/bare.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define KIND(type) ((int64_t) (type))

static const char PUT[] =
	"INSERT INTO events (id, kind, published, sent, recorded, origin, topic,"
	" message_id, address) VALUES (?1, ?2, ?3, ?3, ?4, 1, 1, x'00', ?5)"
	" ON CONFLICT DO UPDATE SET kind = excluded.kind, sent = excluded.sent,"
	" address = excluded.address";
static const char MISLEAD[] = "INSERT INTO trail VALUES (?1, ?2, ?3)";

static void put(struct bare *bare, int64_t id, enum ses_type type, utc_ms sent,
	utc_ms recorded, const char *address)
{
	struct query query;

	query_start(&query, &bare->writer.db, PUT);
	query_give_integer(&query, id);
	query_give_integer(&query, KIND(type));
	query_give_integer(&query, sent);
	query_give_integer(&query, recorded);
	query_give_text(&query, address);
	assert_true(query_run(&query));
	open_segment_note(
		&bare->writer.open, id, address, type == SES_DELIVERY ? sent : UTC_NONE);
}

static void deliver(struct bare *bare, int64_t id, utc_ms sent, const char *address)
{
	put(bare, id, SES_DELIVERY, sent, sent + 1000, address);
}

/* Writes the segments that are full, as the writer does between two batches. */
static void write_segments(struct bare *bare, int64_t last_event)
{
	int64_t trailed = bare->writer.totals.trailed;

	while (trail_is_due(trailed, last_event))
		assert_true(trail_write(&bare->writer.db, &trailed));
	bare->writer.totals.trailed = trailed;
	assert_true(open_segment_read(
		&bare->writer.open, &bare->writer.db, trailed, last_event));
}

static utc_ms find_between(
	struct bare *bare, const char *address, utc_ms since, utc_ms before, bool any)
{
	utc_ms sent;

	assert_true(trail_find_delivery(&bare->writer.open, &bare->writer.db, address,
		since, before, any, &sent));
	return sent;
}

static utc_ms find(struct bare *bare, const char *address, utc_ms since)
{
	return find_between(bare, address, since, INT64_MAX, false);
}

static void in_an_empty_store_there_is_none(void **state)
{
	assert_int_equal(find(*state, ALICE, NOON), UTC_NONE);
}

static void only_deliveries_to_that_address_are_found(void **state)
{
	struct bare *bare = *state;

	put(bare, 1, SES_SEND, NOON, NOON, ALICE);
	put(bare, 2, SES_BOUNCE, NOON, NOON, ALICE);
	put(bare, 3, SES_DELIVERY_DELAY, NOON, NOON, ALICE);
	deliver(bare, 4, NOON, BOB);
	assert_int_equal(find(bare, ALICE, NOON - DAY_MS), UTC_NONE);
	deliver(bare, 5, NOON + 1, ALICE);
	assert_int_equal(find(bare, ALICE, NOON - DAY_MS), NOON + 1);
	assert_int_equal(find(bare, BOB, NOON - DAY_MS), NOON);
}

static void the_newest_by_sending_counts_not_by_recording(void **state)
{
	struct bare *bare = *state;

	deliver(bare, 1, NOON, ALICE);
	deliver(bare, 2, NOON + 5000, ALICE);
	put(bare, 3, SES_DELIVERY, NOON + 3000, NOON + 9000, ALICE);
	assert_int_equal(find(bare, ALICE, NOON), NOON + 5000);
	write_segments(bare, TRAIL_SEGMENT);
	assert_int_equal(bare->writer.totals.trailed, 1);
	assert_int_equal(find(bare, ALICE, NOON), NOON + 5000);
}

static void the_time_of_sending_is_bounded_on_both_sides(void **state)
{
	struct bare *bare = *state;

	for (int64_t i = 0; i < 4; i++)
		deliver(bare, 1 + i * 8000, NOON + i * DAY_MS, ALICE);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(
			find_between(bare, ALICE, NOON, NOON + 3 * DAY_MS, false),
			NOON + 2 * DAY_MS);
		assert_int_equal(find_between(bare, ALICE, NOON, NOON + 1, true), NOON);
		assert_int_equal(
			find_between(bare, ALICE, NOON + 1, NOON + DAY_MS, false),
			UTC_NONE);
		assert_int_equal(find(bare, ALICE, NOON + 3 * DAY_MS + 1), UTC_NONE);
		write_segments(bare, 24001);
	}
}

/* Segments on the disk, the open one, and the batch that goes over its border. */
static void deliveries_are_found_on_all_sides_of_a_border(void **state)
{
	static const int64_t ids[] = {1, TRAIL_SEGMENT - 1, TRAIL_SEGMENT,
		2 * TRAIL_SEGMENT - 1, 2 * TRAIL_SEGMENT, 3 * TRAIL_SEGMENT - 1,
		3 * TRAIL_SEGMENT, 3 * TRAIL_SEGMENT + 7, 4 * TRAIL_SEGMENT + 1};
	const size_t count = sizeof(ids) / sizeof(ids[0]);
	struct bare *bare = *state;
	char address[32];

	write_segments(bare, 0);
	for (size_t i = 0; i < count; i++) {
		snprintf(address, sizeof(address), "user%zu@example.org", i);
		if (ids[i] == 2 * TRAIL_SEGMENT)
			write_segments(bare, ids[i]);
		deliver(bare, ids[i], NOON + ids[i], address);
	}
	assert_int_equal(bare->writer.totals.trailed, 2);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < count; i++) {
			snprintf(address, sizeof(address), "user%zu@example.org", i);
			assert_int_equal(find(bare, address, NOON), NOON + ids[i]);
		}
		write_segments(bare, ids[count - 1]);
		assert_int_equal(bare->writer.totals.trailed, 4);
	}
}

static void any_stops_at_the_first_that_is_found(void **state)
{
	struct bare *bare = *state;

	put(bare, 1, SES_DELIVERY, NOON + 9000, NOON, ALICE);
	write_segments(bare, TRAIL_SEGMENT);
	deliver(bare, TRAIL_SEGMENT + 1, NOON, ALICE);
	assert_int_equal(find_between(bare, ALICE, NOON, INT64_MAX, true), NOON);
	assert_int_equal(find(bare, ALICE, NOON), NOON + 9000);
}

/* More of an address than any fixed number, in one segment. */
static void an_address_with_very_many_events_is_searched_whole(void **state)
{
	struct bare *bare = *state;

	deliver(bare, 1, NOON, ALICE);
	for (int64_t id = 2; id < 2000; id++)
		put(bare, id, SES_OPEN, NOON, NOON + 2000, ALICE);
	assert_int_equal(find(bare, ALICE, NOON), NOON);
	write_segments(bare, TRAIL_SEGMENT);
	assert_int_equal(find(bare, ALICE, NOON), NOON);
}

static void a_clock_that_is_late_hides_nothing(void **state)
{
	struct bare *bare = *state;

	for (int64_t id = 1; id < 100; id++)
		put(bare, id, SES_SEND, NOON, NOON - 30 * DAY_MS, BOB);
	put(bare, 100, SES_DELIVERY, NOON, NOON - 20 * HOUR_MS, ALICE);
	put(bare, 101, SES_SEND, NOON, NOON - 19 * HOUR_MS, BOB);
	assert_int_equal(find(bare, ALICE, NOON), NOON);
}

static void two_addresses_that_share_a_hash_are_told_apart(void **state)
{
	struct bare *bare = *state;
	struct query query;

	deliver(bare, 9, NOON, BOB);
	bare->writer.open.hashes[9] = (int32_t) trail_hash(ALICE);
	assert_int_equal(find(bare, ALICE, NOON), UTC_NONE);
	write_segments(bare, TRAIL_SEGMENT);
	query_start(&query, &bare->writer.db, MISLEAD);
	query_give_integer(&query, 0);
	query_give_integer(&query, trail_hash(ALICE));
	query_give_integer(&query, 9);
	assert_true(query_run(&query));
	assert_int_equal(find(bare, ALICE, NOON), UTC_NONE);
	assert_int_equal(find(bare, BOB, NOON), NOON);
}

/* An id that was rolled back is given again. */
static void after_a_rollback_the_same_id_is_somebody_elses(void **state)
{
	struct bare *bare = *state;

	deliver(bare, 6, NOON, BOB);
	deliver(bare, 7, NOON, ALICE);
	deliver(bare, 8, NOON, ALICE);
	/* Of the item: its ids are given to the next. */
	assert_true(db_execute(&bare->writer.db, "DELETE FROM events WHERE id > 6"));
	put(bare, 7, SES_DELIVERY, NOON + 1, NOON, "");
	assert_int_equal(find(bare, ALICE, NOON), UTC_NONE);
	assert_int_equal(bare->writer.open.hashes[7], 0);
	/* Of the batch: read anew. */
	assert_true(open_segment_read(&bare->writer.open, &bare->writer.db, 0, 7));
	assert_int_equal(bare->writer.open.hashes[8], 0);
	assert_int_equal(find(bare, BOB, NOON), NOON);
	deliver(bare, 8, NOON + 2, BOB);
	assert_int_equal(find(bare, BOB, NOON), NOON + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bare_set_up, bare_tear_down)
		TEST(in_an_empty_store_there_is_none),
		TEST(only_deliveries_to_that_address_are_found),
		TEST(the_newest_by_sending_counts_not_by_recording),
		TEST(the_time_of_sending_is_bounded_on_both_sides),
		TEST(deliveries_are_found_on_all_sides_of_a_border),
		TEST(any_stops_at_the_first_that_is_found),
		TEST(an_address_with_very_many_events_is_searched_whole),
		TEST(a_clock_that_is_late_hides_nothing),
		TEST(two_addresses_that_share_a_hash_are_told_apart),
		TEST(after_a_rollback_the_same_id_is_somebody_elses),
	};

	return cmocka_run_group_tests_name("trail", tests, NULL, NULL);
}
