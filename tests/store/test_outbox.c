/* test_outbox.c - messages that wait, are tried, delivered, given up and forgotten. */
#include "tests/store/telling.h"
#include "tests/store/upkeep.h"

static utc_ms assert_due(struct scene *scene, const char *channel, utc_ms now,
	size_t limit, const char *expected)
{
	struct listing listing = {0};
	utc_ms next = 0;

	assert_true(store_outbox_due(scene->store, channel, now, limit, list_delivery,
		&listing, &next, &scene->error));
	assert_string_equal(listing.text, expected);
	return next;
}

static int64_t assert_list(
	struct scene *scene, struct store_outbox_filter filter, const char *expected)
{
	struct listing listing = {0};
	int64_t next = -1;

	assert_true(store_outbox_list(
		scene->store, &filter, list_delivery, &listing, &next, &scene->error));
	assert_string_equal(listing.text, expected);
	return next;
}

static void assert_last(struct scene *scene, const char *channel,
	enum store_delivery_state which, const char *expected)
{
	struct listing listing = {0};

	assert_true(store_outbox_last(
		scene->store, channel, which, list_delivery, &listing, &scene->error));
	assert_string_equal(listing.text, expected);
}

static void a_message_waits_is_tried_and_delivered(void **state)
{
	struct scene *scene = *state;
	int64_t id = put_message(scene, "ops", "m1", NOON);

	assert_true(assert_due(scene, "ops", NOON, 9, "ops/m1 a0 s0 due0 n0 - f-1;") ==
		    UTC_NONE);
	assert_int_equal(assert_due(scene, "ops", NOON - 1, 9, ""), NOON);
	assert_true(assert_due(scene, "pager", NOON, 9, "") == UTC_NONE);
	assert_int_equal(put_result(scene, id, STORE_DELIVERY_WAITING, NOON + 30000, 1,
				 "503 busy", NOON + 1000),
		STORE_DONE);
	assert_int_equal(assert_due(scene, "ops", NOON + 29999, 9, ""), NOON + 30000);
	assert_due(scene, "ops", NOON + 30000, 9, "ops/m1 a0 s0 due30 n1 503 busy f-1;");
	assert_int_equal(put_result(scene, id, STORE_DELIVERY_DONE, NOON + 30000, 2,
				 "200 ok", NOON + 31000),
		STORE_DONE);
	assert_true(assert_due(scene, "ops", NOON + DAY_MS, 9, "") == UTC_NONE);
	assert_list(scene, (struct store_outbox_filter){.state = -1, .limit = 9},
		"ops/m1 a0 s1 due30 n2 200 ok f31;");
}

static void what_is_finished_stays_finished(void **state)
{
	struct scene *scene = *state;
	int64_t id = put_message(scene, "ops", "m1", NOON);

	put_result(scene, id, STORE_DELIVERY_GIVEN_UP, NOON, 1, "410 gone", NOON + 1000);
	assert_int_equal(put_result(scene, id, STORE_DELIVERY_DONE, NOON, 2, "200", NOON),
		STORE_DUPLICATE);
	assert_int_equal(put_result(scene, 99, STORE_DELIVERY_DONE, NOON, 2, "200", NOON),
		STORE_DUPLICATE);
	assert_list(scene, (struct store_outbox_filter){.state = -1, .limit = 9},
		"ops/m1 a0 s2 due0 n1 410 gone f1;");
}

static void the_oldest_are_handed_out_first_and_the_rest_said(void **state)
{
	struct scene *scene = *state;
	struct listing listing = {.stop_at = 1};
	utc_ms next;

	put_message(scene, "ops", "m3", NOON + 3000);
	put_message(scene, "ops", "m1", NOON + 1000);
	put_message(scene, "pager", "p1", NOON);
	put_message(scene, "ops", "m2", NOON + 1000);
	next = assert_due(scene, "ops", NOON + 5000, 2,
		"ops/m1 a0 s0 due1 n0 - f-1;ops/m2 a0 s0 due1 n0 - f-1;");
	assert_int_equal(next, NOON + 3000);
	next = assert_due(scene, "ops", NOON + 2000, 2,
		"ops/m1 a0 s0 due1 n0 - f-1;ops/m2 a0 s0 due1 n0 - f-1;");
	assert_int_equal(next, NOON + 3000);
	assert_int_equal(assert_due(scene, "ops", NOON + 5000, 0, ""), NOON + 1000);
	assert_true(store_outbox_due(scene->store, "ops", NOON + 5000, 9, list_delivery,
		&listing, &next, &scene->error));
	assert_string_equal(listing.text, "ops/m1 a0 s0 due1 n0 - f-1;");
	assert_int_equal(next, NOON + 1000);
}

static void the_list_is_asked_for_by_alert_channel_and_state(void **state)
{
	struct scene *scene = *state;
	struct store_message messages[] = {{"ops", "m1", "{}"}, {"pager", "m2", "{}"}};
	int64_t next;

	apply_alert(scene, alert_of("quota", "a"), NULL, 0);
	apply_alert(scene, alert_of("quota", "b"), messages, 2);
	put_message(scene, "ops", "m3", NOON);
	put_result(scene, 1, STORE_DELIVERY_DONE, NOON, 1, "ok", NOON);
	assert_list(scene,
		(struct store_outbox_filter){.state = -1, .alert = 2, .limit = 9},
		"pager/m2 a2 s0 due0 n0 - f-1;ops/m1 a2 s1 due0 n1 ok f0;");
	assert_list(scene,
		(struct store_outbox_filter){.state = -1, .alert = 1, .limit = 9}, "");
	assert_list(scene,
		(struct store_outbox_filter){
			.state = 0, .alert = 2, .channel = "ops", .limit = 9},
		"");
	assert_list(scene,
		(struct store_outbox_filter){.state = 0, .channel = "ops", .limit = 9},
		"ops/m3 a0 s0 due0 n0 - f-1;");
	assert_list(scene, (struct store_outbox_filter){.state = 1, .limit = 9},
		"ops/m1 a2 s1 due0 n1 ok f0;");
	next = assert_list(scene,
		(struct store_outbox_filter){.state = -1, .channel = "ops", .limit = 1},
		"ops/m3 a0 s0 due0 n0 - f-1;");
	assert_int_equal(next, 3);
	next = assert_list(scene,
		(struct store_outbox_filter){
			.state = -1, .channel = "ops", .limit = 1, .before = next},
		"ops/m1 a2 s1 due0 n1 ok f0;");
	assert_int_equal(next, 0);
	assert_int_equal(
		assert_list(scene, (struct store_outbox_filter){.state = -1, .before = 1},
			""),
		0);
}

static bool list_depth(void *closure, const struct store_outbox_depth *depth)
{
	struct listing *listing = closure;
	size_t length = strlen(listing->text);

	snprintf(listing->text + length, sizeof(listing->text) - length, "%s %d %d %d;",
		depth->channel, (int) depth->waiting, (int) depth->given_up,
		from_noon(depth->oldest));
	return true;
}

static void each_channel_says_how_many_wait_and_what_came_last(void **state)
{
	struct scene *scene = *state;
	struct listing listing = {0};

	for (int i = 0; i < 6; i++) {
		char name[16];

		snprintf(name, sizeof(name), "m%d", i + 1);
		put_message(scene,
			i < 4	? "ops"
			: i < 5 ? "dead"
				: "fine",
			name, NOON + i * 1000);
	}
	put_result(scene, 1, STORE_DELIVERY_DONE, NOON, 1, "ok", NOON + 9000);
	put_result(scene, 2, STORE_DELIVERY_DONE, NOON, 1, "ok", NOON + 8000);
	put_result(scene, 4, STORE_DELIVERY_WAITING, NOON + 70000, 2, "503", NOON);
	put_result(scene, 5, STORE_DELIVERY_GIVEN_UP, NOON, 9, "gone", NOON + 7000);
	put_result(scene, 6, STORE_DELIVERY_DONE, NOON, 1, "ok", NOON);
	assert_true(
		store_outbox_depths(scene->store, list_depth, &listing, &scene->error));
	assert_string_equal(listing.text, "dead 0 1 -1;ops 2 0 2;");
	assert_last(scene, "ops", STORE_DELIVERY_DONE, "ops/m1 a0 s1 due0 n1 ok f9;");
	assert_last(scene, "ops", STORE_DELIVERY_GIVEN_UP, "");
	assert_last(
		scene, "ops", STORE_DELIVERY_WAITING, "ops/m4 a0 s0 due70 n2 503 f-1;");
	assert_last(
		scene, "dead", STORE_DELIVERY_GIVEN_UP, "dead/m5 a0 s2 due0 n9 gone f7;");
	assert_last(scene, "dead", STORE_DELIVERY_WAITING, "");
}

static void finished_messages_go_after_thirty_days(void **state)
{
	struct scene *scene = *state;

	for (int i = 0; i < 4; i++)
		put_message(scene, "ops", "m", NOON);
	put_result(scene, 2, STORE_DELIVERY_DONE, NOON, 1, "ok", NOON);
	put_result(scene, 3, STORE_DELIVERY_GIVEN_UP, NOON, 1, "no", NOON);
	put_result(scene, 4, STORE_DELIVERY_DONE, NOON, 1, "ok", NOON + 1);
	put_result(scene, 1, STORE_DELIVERY_WAITING, NOON + 90 * DAY_MS, 1, "503", NOON);
	upkeep(scene, NOON + 30 * DAY_MS);
	assert_int_equal(rows(scene, "SELECT count(*) FROM outbox"), 4);
	upkeep(scene, NOON + 30 * DAY_MS + 1);
	assert_int_equal(rows(scene, "SELECT sum(id) FROM outbox"), 5);
}

static void what_nobody_delivers_is_given_up_after_a_week(void **state)
{
	struct scene *scene = *state;
	utc_ms end = NOON + 7 * DAY_MS + 1;

	put_message(scene, "gone", "m1", NOON);
	put_result(scene, put_message(scene, "slow", "m2", NOON), STORE_DELIVERY_WAITING,
		NOON + 1, 7, "503", NOON);
	upkeep(scene, end - 1);
	assert_due(scene, "gone", NOON, 9, "gone/m1 a0 s0 due0 n0 - f-1;");
	upkeep(scene, end);
	assert_true(assert_due(scene, "gone", NOON, 9, "") == UTC_NONE);
	assert_last(scene, "gone", STORE_DELIVERY_GIVEN_UP,
		"gone/m1 a0 s2 due0 n0 nobody delivers for this channel any more "
		"f604800;");
	assert_due(scene, "slow", end, 9, "slow/m2 a0 s0 due0 n7 503 f-1;");
	upkeep(scene, end + 31 * DAY_MS);
	assert_int_equal(rows(scene, "SELECT count(*) FROM outbox"), 1);
}

/* ---- with a hundred thousand delivered ones ---- */

static void fill(struct scene *scene, int64_t count)
{
	char sql[512];
	sqlite3 *db;

	snprintf(sql, sizeof(sql),
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i "
		"< "
		"%lld) INSERT INTO outbox (channel, message, at, payload, state, due, "
		"attempts, answer, finished) SELECT 'ops', 'old' || i, %lld, '{}', 1, "
		"%lld, 1, 'ok', %lld FROM n",
		(long long) count, (long long) NOON, (long long) NOON, (long long) NOON);
	assert_int_equal(sqlite3_open(scene->path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void what_was_delivered_costs_nothing(void **state)
{
	struct scene *scene = *state;
	struct listing listing;
	int64_t before, empty, full, next;
	struct store_outbox_filter filter = {
		.channel = "pager", .state = STORE_DELIVERY_DONE, .limit = 10};
	utc_ms due;
	int pages = 0;

	put_result(scene, put_message(scene, "pager", "first", NOON), STORE_DELIVERY_DONE,
		NOON, 1, "ok", NOON + 9 * DAY_MS);
	for (int64_t *cost = &empty;; cost = &full) {
		put_message(scene, "ops", "new", NOON);
		before = clock_monotonic_ms();
		for (int i = 0; i < 200; i++) {
			listing = (struct listing){0};
			assert_true(store_outbox_due(scene->store, "ops", NOON, 1,
				count_delivery, &listing, &due, &scene->error));
			assert_int_equal(listing.count, 1);
		}
		*cost = clock_monotonic_ms() - before;
		if (cost == &full)
			break;
		fill(scene, 100000);
	}
	/* Without its index it is hundreds of times as long. */
	if (full > empty * 20 + 200)
		fail_msg("200 questions take %d ms, %d ms with 100,000 delivered",
			(int) empty, (int) full);
	/* The list reads so many rows at a time, and comes to the end. */
	do {
		listing = (struct listing){0};
		assert_true(store_outbox_list(scene->store, &filter, count_delivery,
			&listing, &next, &scene->error));
		filter.before = next;
		pages++;
	} while (next > 0);
	assert_int_equal(listing.count, 1);
	assert_in_range(pages, 2, 20);
	/* Slices of a thousand. */
	assert_in_range(upkeep(scene, NOON + 31 * DAY_MS), 100, 105);
	assert_int_equal(rows(scene, "SELECT count(*) FROM outbox"), 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_message_waits_is_tried_and_delivered),
		TEST(what_is_finished_stays_finished),
		TEST(the_oldest_are_handed_out_first_and_the_rest_said),
		TEST(the_list_is_asked_for_by_alert_channel_and_state),
		TEST(each_channel_says_how_many_wait_and_what_came_last),
		TEST(finished_messages_go_after_thirty_days),
		TEST(what_nobody_delivers_is_given_up_after_a_week),
		TEST(what_was_delivered_costs_nothing),
	};

	return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
