/* test_rates.c - break-downs: keys that are told apart and the rest, what narrows them,
 * and events whose clocks are wrong. The sums are compared with a recount in
 * test_recount.c. */
#include "tests/store/support.h"

#include <sched.h>

#include "store/reputation.h"

#define KEYS (STORE_KEYS_A_DAY + 10)

struct rows {
	struct store_rates_row rows[KEYS + 8];
	char keys[KEYS + 8][48];
	size_t count;
	utc_ms from, to;
};

static struct rows *rows;
static struct letter *letters;
static unsigned posted;

static bool copy_row(void *closure, const struct store_rates_row *row)
{
	(void) closure;
	assert_true(rows->count < KEYS + 8);
	rows->rows[rows->count] = *row;
	snprintf(rows->keys[rows->count++], 48, "%s", row->key);
	assert_true(!row->bounce.has_rate ||
		    (row->bounce.rate >= 0 && row->bounce.rate <= 1));
	assert_true(row->denominator >= 0);
	return true;
}

static void read_rows(
	struct scene *scene, const struct store_rates_query *query, utc_ms now)
{
	struct ses_reputation_settings settings;

	ses_reputation_defaults(&settings);
	rows->count = 0;
	assert_true(store_rates(scene->store, &settings, query, now, &rows->from,
		&rows->to, copy_row, NULL, &scene->error));
}

static const struct store_rates_row *row_of(const char *key)
{
	for (size_t i = 0; i < rows->count; i++)
		if (strcmp(rows->keys[i], key) == 0)
			return &rows->rows[i];
	return NULL;
}

static void accept(struct store_job *job)
{
	assert_int_equal(job->outcome, STORE_DONE);
}

static struct letter *draft(enum ses_type type, enum ses_outcome outcome, utc_ms sent)
{
	struct letter *letter = &letters[posted++];

	assert_true(posted < 2 * KEYS);
	letter_simple(letter, type, outcome, sent, posted, "a@plain.example");
	letter->job.done = accept;
	return letter;
}

static void post(struct scene *scene, struct letter *letter)
{
	while (!store_submit(scene->store, &letter->job))
		sched_yield();
}

static void wait_for_all(struct scene *scene)
{
	struct letter *letter = draft(SES_OPEN, SES_OUTCOME_OTHER, NOON);

	record(scene, letter);
}

static int set_up(void **state)
{
	rows = calloc(1, sizeof(*rows));
	letters = calloc(2 * KEYS, sizeof(*letters));
	posted = 0;
	return rows == NULL || letters == NULL ? -1 : scene_set_up(state);
}

static int tear_down(void **state)
{
	int result = scene_tear_down(state);

	free(rows);
	free(letters);
	return result;
}

static struct store_rates_query query_of(enum store_dimension dimension)
{
	return (struct store_rates_query){
		.window = STORE_WINDOW_24H,
		.dimension = dimension,
		.basis = STORE_BASIS_PUBLISHED,
	};
}

static void what_is_not_told_apart_is_one_row_that_says_so(void **state)
{
	struct store_rates_query query = query_of(STORE_BY_IDENTITY);
	struct scene *scene = *state;
	const struct store_rates_row *other;

	for (unsigned i = 0; i < KEYS; i++) {
		struct letter *letter =
			draft(SES_SEND, SES_OUTCOME_SEND, NOON - 10 * MINUTE_MS);

		snprintf(letter->identity, sizeof(letter->identity), "i%u.example", i);
		snprintf(letter->message, sizeof(letter->message),
			"{\"batch\":[\"b%u\"]}", i);
		letter->event.tags = letter->message;
		letter->job.notification.message_length = strlen(letter->message);
		post(scene, letter);
	}
	wait_for_all(scene);
	read_rows(scene, &query, NOON);
	assert_int_equal(rows->count, STORE_KEYS_A_DAY + 1);
	other = row_of(STORE_KEY_OTHER);
	assert_non_null(other);
	assert_true(other->is_other);
	assert_int_equal(other->counts.sends, KEYS - STORE_KEYS_A_DAY);
	assert_false(row_of("i0.example")->is_other);

	query.dimension = STORE_BY_TAG;
	read_rows(scene, &query, NOON);
	assert_true(row_of("batch=*")->is_other);
	assert_int_equal(row_of("batch=*")->counts.sends, KEYS - STORE_KEYS_A_DAY);
	query.tag = "batch";
	read_rows(scene, &query, NOON);
	assert_int_equal(rows->count, STORE_KEYS_A_DAY + 1);
	assert_true(row_of("*")->is_other);
	assert_false(row_of("b7")->is_other);
	query.key = "*";
	read_rows(scene, &query, NOON);
	assert_int_equal(rows->count, 1);
	assert_true(rows->rows[0].is_other);
}

/* "stream" is not "streams", and "=" may stand in a value. */
static void a_tag_is_found_by_its_whole_name(void **state)
{
	static const char *const tags[] = {"{\"stream\":[\"a\"]}",
		"{\"streams\":[\"a\"]}", "{\"stream\":[\"a=b\",\"\"]}",
		"{\"stream-\":[\"a\"]}"};
	struct store_rates_query query = query_of(STORE_BY_TAG);
	struct scene *scene = *state;

	for (size_t i = 0; i < 4; i++) {
		struct letter *letter =
			draft(SES_SEND, SES_OUTCOME_SEND, NOON - 10 * MINUTE_MS);

		snprintf(letter->message, sizeof(letter->message), "%s", tags[i]);
		letter->event.tags = letter->message;
		post(scene, letter);
	}
	wait_for_all(scene);
	read_rows(scene, &query, NOON);
	assert_int_equal(rows->count, 5);
	assert_non_null(row_of("stream=a=b"));
	query.tag = "stream";
	read_rows(scene, &query, NOON);
	assert_int_equal(rows->count, 3);
	assert_non_null(row_of("a"));
	assert_non_null(row_of("a=b"));
	assert_non_null(row_of(""));
	query.key = "a";
	read_rows(scene, &query, NOON);
	assert_int_equal(rows->count, 1);
	assert_int_equal(rows->rows[0].counts.sends, 1);
	query.tag = "strea";
	query.key = NULL;
	read_rows(scene, &query, NOON);
	assert_int_equal(rows->count, 0);
}

/* For the brake: what was before it was resumed counts no more. */
static void nothing_before_since_counts_in_any_window(void **state)
{
	struct store_rates_query query = query_of(STORE_BY_ACCOUNT);
	struct scene *scene = *state;

	for (unsigned i = 0; i < 20; i++)
		post(scene,
			draft(SES_SEND, SES_OUTCOME_SEND, NOON - 3000 - i * MINUTE_MS));
	wait_for_all(scene);
	for (unsigned i = 0; i <= STORE_WINDOW_REPRESENTATIVE; i++) {
		query.window = (enum store_window) i;
		query.since = 0;
		read_rows(scene, &query, NOON);
		assert_int_equal(rows->rows[0].counts.sends, 20);
		query.since = NOON - 5 * MINUTE_MS;
		read_rows(scene, &query, NOON);
		assert_int_equal(rows->from, NOON - 5 * MINUTE_MS);
		assert_int_equal(rows->rows[0].counts.sends, 6);
		/* In the future: nothing, and no negative window. */
		query.since = NOON + 5 * DAY_MS;
		read_rows(scene, &query, NOON);
		assert_int_equal(rows->from, rows->to);
		assert_int_equal(rows->count, 0);
		/* Long ago: no wider than the window. */
		query.since = NOON - 1000 * DAY_MS;
		read_rows(scene, &query, NOON);
		assert_int_equal(rows->rows[0].counts.sends, 20);
	}
}

struct taken {
	struct store_reputation reputation;
	size_t count;
};

static bool take(void *closure, const struct store_reputation *reputation)
{
	struct taken *taken = closure;

	taken->reputation = *reputation;
	taken->count++;
	return true;
}

static struct store_reputation reputation_at(struct scene *scene, utc_ms now)
{
	struct ses_reputation_settings settings;
	struct taken taken = {.count = 0};

	ses_reputation_defaults(&settings);
	settings.representative_sends = 1;
	settings.representative_days = 1;
	assert_true(store_reputation(
		scene->store, &settings, now, take, &taken, &scene->error));
	assert_int_equal(taken.count, 1);
	return taken.reputation;
}

/* mail.timestamp of 1970, of 2040, of year one and of the end of time. */
static void mail_dated_years_off_breaks_no_window(void **state)
{
	static const utc_ms dates[] = {
		0, NOON + 14 * 365 * DAY_MS, -62135596800000, 253402300799999};
	struct scene *scene = *state;
	struct store_reputation reputation;

	for (size_t i = 0; i < 4; i++) {
		struct letter *letter =
			draft(SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON - HOUR_MS);

		letter->event.sent = dates[i];
		post(scene, letter);
	}
	for (unsigned i = 0; i < 10; i++)
		post(scene, draft(SES_SEND, SES_OUTCOME_SEND, NOON - 2 * HOUR_MS));
	wait_for_all(scene);
	for (unsigned i = 0; i < 2 * (STORE_WINDOW_REPRESENTATIVE + 1); i++) {
		struct store_rates_query query = query_of(STORE_BY_RECIPIENT_DOMAIN);

		query.window = (enum store_window)(i / 2);
		query.basis = (enum store_basis)(i % 2);
		read_rows(scene, &query, NOON);
		assert_true(rows->from >= NOON - 31 * DAY_MS && rows->from < rows->to);
		for (size_t j = 0; j < rows->count; j++)
			assert_true(rows->rows[j].counts.hard_bounces <= 4);
	}
	reputation = reputation_at(scene, NOON);
	assert_int_equal(reputation.bounce.numerator, 4);
	assert_int_equal(reputation.bounce.denominator, 10);
	assert_true(reputation.from >= NOON - 2 * DAY_MS);
}

/* A clock that was set back sees none of what it has seen, and nothing below zero; set
 * forward again it sees all of it. */
static void a_clock_that_steps_back_sees_less_and_nothing_wrong(void **state)
{
	struct scene *scene = *state;
	struct store_reputation reputation;

	for (unsigned i = 0; i < 10; i++) {
		post(scene, draft(SES_SEND, SES_OUTCOME_SEND, NOON - 2 * HOUR_MS));
		post(scene, draft(SES_BOUNCE, SES_OUTCOME_HARD_BOUNCE, NOON - HOUR_MS));
	}
	wait_for_all(scene);
	reputation = reputation_at(scene, NOON - 30 * DAY_MS);
	assert_int_equal(reputation.bounce.denominator, 0);
	assert_int_equal(reputation.sent_24h, 0);
	assert_true(reputation.from < reputation.to);
	/* Between the sends and their bounces. */
	reputation = reputation_at(scene, NOON - 90 * MINUTE_MS);
	assert_int_equal(reputation.bounce.numerator, 0);
	assert_int_equal(reputation.bounce.denominator, 10);
	reputation = reputation_at(scene, 0);
	assert_int_equal(reputation.bounce.denominator, 0);
	reputation = reputation_at(scene, NOON);
	assert_int_equal(reputation.bounce.numerator, 10);
	assert_int_equal(reputation.bounce.denominator, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(what_is_not_told_apart_is_one_row_that_says_so),
		TEST(a_tag_is_found_by_its_whole_name),
		TEST(nothing_before_since_counts_in_any_window),
		TEST(mail_dated_years_off_breaks_no_window),
		TEST(a_clock_that_steps_back_sees_less_and_nothing_wrong),
	};

	return cmocka_run_group_tests_name("rates", tests, NULL, NULL);
}
