/* test_uncounted.c - what was counted and is in no roll-up yet. */
#include "tests/store/bare.h"

#include "store/names.h"
#include "store/uncounted.h"

#define FIRST_MINUTE (NOON / MINUTE_MS)

static void stage(struct tally *tally, enum store_dimension dimension, utc_ms sent,
	utc_ms published, const char *key, const struct ses_counts *counts)
{
	tally_at(tally, sent, published);
	assert_true(tally_stage(
		tally, dimension, 3, key, names_hash(key, strlen(key)), counts));
}

/* One batch, as the writer does it. */
static void note(struct bare *bare, struct uncounted *uncounted, struct tally *batch)
{
	assert_true(tally_keep(batch));
	assert_true(uncounted_note(uncounted, batch, &bare->writer.db));
	uncounted_commit(uncounted, batch, COUNT_NOTHING);
	tally_clear(batch);
}

static void assert_same(const struct tally *one, const struct tally *other)
{
	assert_int_equal(one->line_count, other->line_count);
	for (size_t i = 0; i < one->line_count; i++) {
		const struct tally_line *a = &one->lines[i], *b = &other->lines[i];

		assert_int_equal(a->dimension, b->dimension);
		assert_int_equal(a->account, b->account);
		assert_int_equal(a->minutes[0], b->minutes[0]);
		assert_int_equal(a->minutes[1], b->minutes[1]);
		assert_string_equal(a->key, b->key);
		assert_int_equal(a->hash, b->hash);
		assert_memory_equal(&a->counts, &b->counts, sizeof(a->counts));
	}
}

static void what_was_noted_is_read_back(void **state)
{
	struct bare *bare = *state;
	struct uncounted written, read;
	struct tally batch = {0};
	struct ses_counts counts = {.sends = 1, .reported = INT64_C(1) << 40};
	char key[512];

	uncounted_init(&written);
	uncounted_init(&read);
	memset(key, 'k', sizeof(key) - 1);
	key[sizeof(key) - 1] = '\0';
	for (int dimension = 0; dimension < STORE_DIMENSIONS; dimension++) {
		stage(&batch, (enum store_dimension) dimension, NOON, NOON + HOUR_MS,
			"a.example", &counts);
		stage(&batch, (enum store_dimension) dimension, NOON, NOON, key, &counts);
	}
	assert_true(recent_add(&written.keys, (struct ses_key){NOON, INT64_MIN}));
	assert_true(recent_add(&written.keys, (struct ses_key){NOON - 3, -1}));
	/* Before 1970, and published before it was sent. */
	stage(&batch, STORE_BY_ACCOUNT, -NOON, -NOON - DAY_MS, "", &counts);
	note(bare, &written, &batch);
	/* The same again, and something new. */
	counts = (struct ses_counts){.hard_bounces = 7, .automatic = 1};
	stage(&batch, STORE_BY_ACCOUNT, -NOON, -NOON - DAY_MS, "", &counts);
	stage(&batch, STORE_BY_PROVIDER, NOON, NOON, "", &counts);
	note(bare, &written, &batch);

	assert_int_equal(written.tally.line_count, 2 * STORE_DIMENSIONS + 2);
	assert_true(uncounted_read(&read, &bare->writer.db));
	assert_same(&read.tally, &written.tally);
	assert_int_equal(read.keys.count, 2);
	assert_true(recent_has(&read.keys, (struct ses_key){NOON, INT64_MIN}));
	assert_true(recent_has(&read.keys, (struct ses_key){NOON - 3, -1}));
	assert_int_equal(read.keys.batch, 2);
	assert_int_equal(read.noted, written.noted);
	tally_finish(&batch);
	uncounted_finish(&written);
	uncounted_finish(&read);
}

static void a_damaged_row_is_told(void **state)
{
	static const char *const rows[] = {
		"INSERT INTO uncounted VALUES (1, x'', x'00')",
		"INSERT INTO uncounted VALUES (1, x'', x'630100000000')",
		"INSERT INTO uncounted VALUES (1, x'', x'0001000061626364')",
		"INSERT INTO uncounted VALUES (1, x'', x'ffffffffffffffffffffffff')",
		"INSERT INTO uncounted VALUES (1, x'0211223344556677', x'')",
		"INSERT INTO uncounted VALUES (1, x'80', x'')",
		/* All sixteen counts are promised, and one is there. */
		"INSERT INTO uncounted VALUES (1, x'', x'0001000000ffff0302')",
	};
	struct bare *bare = *state;
	struct uncounted uncounted;

	uncounted_init(&uncounted);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(db_execute(&bare->writer.db, rows[i]));
		assert_false(uncounted_read(&uncounted, &bare->writer.db));
		assert_int_equal(bare->writer.db.code, SQLITE_CORRUPT);
		assert_non_null(strstr(bare->writer.db.failure, "row 1 of uncounted"));
		assert_true(uncounted.is_lost);
		assert_true(db_execute(&bare->writer.db, "DELETE FROM uncounted"));
	}
	assert_true(uncounted_read(&uncounted, &bare->writer.db));
	assert_false(uncounted.is_lost);
	uncounted_finish(&uncounted);
}

static void many_batches_become_one_row_a_minute_hour_and_day(void **state)
{
	struct bare *bare = *state;
	struct uncounted uncounted;
	struct tally batch = {0};
	const struct ses_counts one = {.deliveries = 1};
	enum counting counting = COUNT_ALL;

	uncounted_init(&uncounted);
	for (unsigned i = 0; i < 120; i++) {
		utc_ms sent = NOON + i % 3 * MINUTE_MS;

		stage(&batch, STORE_BY_RECIPIENT_DOMAIN, sent, NOON + HOUR_MS,
			i % 2 == 0 ? "a.example" : "b.example", &one);
		note(bare, &uncounted, &batch);
	}
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM counters"), 0);
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM uncounted"), 120);
	assert_true(uncounted_count(&uncounted, &counting, &bare->writer.db));
	uncounted_commit(&uncounted, &batch, counting);
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM uncounted"), 0);
	assert_int_equal(uncounted.tally.line_count, 0);
	assert_int_equal(uncounted_wait_ms(&uncounted), -1);
	/* By sending three minutes, an hour, a day; by publication one of each. */
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM counters"), 2 * (5 + 3));
	assert_int_equal(bare_ask(bare, "SELECT sum(deliveries) FROM counters"), 6 * 120);
	assert_int_equal(bare_ask(bare, "SELECT max(deliveries) FROM counters"), 60);
	assert_int_equal(bare_ask(bare, "SELECT min(deliveries) FROM counters"), 20);
	tally_finish(&batch);
	uncounted_finish(&uncounted);
}

/* Of a thousand domains only the sum goes into the roll-ups at once; nothing is lost. */
static void many_keys_wait_while_the_few_are_counted(void **state)
{
	enum { DOMAINS = 1000 };
	struct bare *bare = *state;
	struct uncounted uncounted, read;
	struct tally batch = {0};
	const struct ses_counts one = {.deliveries = 1};
	enum counting counting = COUNT_FEW;
	char keys[DOMAINS][24];

	uncounted_init(&uncounted);
	uncounted_init(&read);
	for (unsigned i = 0; i < DOMAINS; i++) {
		snprintf(keys[i], sizeof(keys[i]), "d%u.example", i);
		stage(&batch, STORE_BY_ACCOUNT, NOON, NOON, "", &one);
		stage(&batch, STORE_BY_RECIPIENT_DOMAIN, NOON, NOON, keys[i], &one);
		assert_true(recent_add(&uncounted.keys, (struct ses_key){NOON, i}));
	}
	note(bare, &uncounted, &batch);
	assert_true(uncounted_count(&uncounted, &counting, &bare->writer.db));
	uncounted_commit(&uncounted, &batch, counting);
	assert_int_equal(counting, COUNT_FEW);
	assert_int_equal(uncounted.counted_few, uncounted.noted);
	assert_true(uncounted.counted < uncounted.noted);
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM counters"), 6);
	assert_int_equal(bare_ask(bare, "SELECT max(deliveries) FROM counters"), DOMAINS);
	/* What is left is safe. */
	assert_true(uncounted_read(&read, &bare->writer.db));
	assert_int_equal(read.tally.line_count, DOMAINS);
	assert_same(&read.tally, &uncounted.tally);
	assert_int_equal(read.keys.count, DOMAINS);
	/* Little, or old, is counted with the few. */
	uncounted.since -= MINUTE_MS;
	assert_true(uncounted_count(&uncounted, &counting, &bare->writer.db));
	uncounted_commit(&uncounted, &batch, counting);
	assert_int_equal(counting, COUNT_ALL);
	assert_int_equal(
		bare_ask(bare, "SELECT count(*) FROM counters"), 6 + 6 * DOMAINS);
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM seen"), DOMAINS);
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM uncounted"), 0);
	tally_finish(&batch);
	uncounted_finish(&uncounted);
	uncounted_finish(&read);
}

static void much_or_old_is_counted_without_being_asked(void **state)
{
	struct bare *bare = *state;
	struct uncounted uncounted;
	struct tally batch = {0};
	const struct ses_counts one = {.sends = 1};
	char keys[20000][16];

	uncounted_init(&uncounted);
	assert_int_equal(uncounted_wait_ms(&uncounted), -1);
	stage(&batch, STORE_BY_ACCOUNT, NOON, NOON, "", &one);
	note(bare, &uncounted, &batch);
	assert_in_range(uncounted_wait_ms(&uncounted), 1, 60000);
	uncounted.since -= 5 * MINUTE_MS;
	assert_int_equal(uncounted_wait_ms(&uncounted), 0);
	uncounted.since = clock_monotonic_ms();
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(keys[i], sizeof(keys[i]), "k%u", i);
		stage(&batch, STORE_BY_CALLER, NOON, NOON, keys[i], &one);
	}
	note(bare, &uncounted, &batch);
	assert_int_equal(uncounted_wait_ms(&uncounted), 0);
	tally_finish(&batch);
	uncounted_finish(&uncounted);
}

/* Of a start after a crash, and of a reader that comes at once. */
static void what_is_left_is_counted_by_the_next_store(void **state)
{
	struct bare *bare = *state;
	struct uncounted uncounted;
	struct tally batch = {0};
	const struct ses_counts one = {.sends = 1};
	struct scene *scene = bare->scene;
	struct error error;

	uncounted_init(&uncounted);
	assert_true(db_execute(&bare->writer.db,
		"INSERT INTO accounts VALUES (3, '111122223333', 'us-east-1')"));
	stage(&batch, STORE_BY_ACCOUNT, NOON, NOON, "", &one);
	note(bare, &uncounted, &batch);
	tally_finish(&batch);
	uncounted_finish(&uncounted);
	assert_true(db_execute(&bare->writer.db, "COMMIT"));
	db_close(&bare->writer.db);

	assert_true(scene_open(scene));
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).sends, 1);
	assert_int_equal(counted(scene, STORE_BY_ACCOUNT, NULL).sends, 1);
	scene_close(scene);
	assert_true(db_open(&bare->writer.db, scene->path, true, &error));
	assert_int_equal(bare_ask(bare, "SELECT count(*) FROM uncounted"), 0);
	assert_int_equal(bare_ask(bare, "SELECT max(sends) FROM counters"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define BARE(name) cmocka_unit_test_setup_teardown(name, bare_set_up, bare_tear_down)
		BARE(what_was_noted_is_read_back),
		BARE(a_damaged_row_is_told),
		BARE(many_batches_become_one_row_a_minute_hour_and_day),
		BARE(many_keys_wait_while_the_few_are_counted),
		BARE(much_or_old_is_counted_without_being_asked),
		BARE(what_is_left_is_counted_by_the_next_store),
	};

	return cmocka_run_group_tests_name("uncounted", tests, NULL, NULL);
}
