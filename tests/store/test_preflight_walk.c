/* test_preflight_walk.c - the histories of a list over segments, long and short. */
#include "store/db.h"
#include "store/trail.h"
#include "tests/store/preflight.h"

static const char PUT[] =
	"INSERT INTO events (id, kind, published, sent, recorded, origin, topic,"
	" message_id, address) VALUES (?1, ?2, ?3, ?3, ?3, 1, 1, x'00', ?4)";
static const char ALL_TRAILED[] = "UPDATE totals SET trailed = ?1, last_event = ?2";

#define MAILS 50000 /* three segments, and some in none */
#define PEOPLE 20000

static int64_t kind_at(int64_t id)
{
	enum ses_outcome outcome = SES_OUTCOME_DELIVERY;
	enum ses_type type = SES_DELIVERY;
	enum ses_class class = SES_CLASS_DELIVERED;

	if (id % 50 == 0) {
		outcome = SES_OUTCOME_HARD_BOUNCE;
		type = SES_BOUNCE;
		class = SES_CLASS_HARD;
	} else if (id % 7 == 0) {
		outcome = SES_OUTCOME_OTHER;
		type = SES_OPEN;
		class = SES_CLASS_NONE;
	}
	return (int64_t) type + 16 * (int64_t) outcome + 2048 * (int64_t) class;
}

static void name_person(char address[32], int64_t id)
{
	snprintf(address, 32, "p%05lld@b.example", (long long) (id * 7919 % PEOPLE));
}

static utc_ms time_at(int64_t id)
{
	return NOON - 200 * DAY_MS + id * (200 * DAY_MS / MAILS) - MINUTE_MS;
}

/* Behind the back of the store, for it is faster: so many events and their trail. */
static void fill(struct scene *scene)
{
	struct db *db = calloc(1, sizeof(*db));
	int64_t trailed = 0;
	struct query query;
	char address[32];

	deliver(scene, 300, "first@b.example"); /* for origin and topic */
	scene_close(scene);
	assert_non_null(db);
	assert_true(db_open(db, scene->path, true, &scene->error));
	assert_true(db_execute(db, "BEGIN IMMEDIATE"));
	for (int64_t id = 2; id <= MAILS; id++) {
		name_person(address, id);
		query_start(&query, db, PUT);
		query_give_integer(&query, id);
		query_give_integer(&query, kind_at(id));
		query_give_integer(&query, time_at(id));
		query_give_text(&query, address);
		assert_true(query_run(&query));
	}
	while (trail_is_due(trailed, MAILS))
		assert_true(trail_write(db, &trailed));
	assert_int_equal(trailed, 3);
	query_start(&query, db, ALL_TRAILED);
	query_give_integer(&query, trailed);
	query_give_integer(&query, MAILS);
	assert_true(query_run(&query));
	assert_true(db_execute(db, "COMMIT"));
	db_close(db);
	free(db);
	assert_true(scene_open(scene));
}

/* By going through all events, oldest first. */
static enum ses_history expected_of(const char *address)
{
	enum ses_history history = SES_HISTORY_NEVER;
	char person[32];

	for (int64_t id = 2; id <= MAILS; id++) {
		enum ses_outcome outcome = (enum ses_outcome)(kind_at(id) >> 4 & 15);

		name_person(person, id);
		if (strcmp(person, address) != 0)
			continue;
		if (outcome == SES_OUTCOME_HARD_BOUNCE)
			history = SES_HISTORY_BOUNCED;
		else if (outcome == SES_OUTCOME_DELIVERY)
			history = ses_history_of_age(NOON - time_at(id));
	}
	return history;
}

/* A list longer than a segment is laid beside it, a short one is looked up in it: both
 * find the same. */
static void long_and_short_lists_find_the_same(void **state)
{
	struct scene *scene = *state;
	struct store_recipient *recipients = calloc(PEOPLE + 500, sizeof(*recipients));
	char(*addresses)[32] = calloc(PEOPLE + 500, sizeof(*addresses));
	struct store_experience experience;
	size_t counts[SES_HISTORY_COUNT] = {0};

	fill(scene);
	for (size_t i = 0; i < PEOPLE + 500; i++) {
		snprintf(addresses[i], sizeof(addresses[i]), "p%05zu@b.example", i);
		recipients[i].address = addresses[i];
	}
	judge_at(scene, recipients, PEOPLE + 500, &no_scopes, NOON, &experience);
	for (size_t i = 0; i < PEOPLE + 500; i++)
		counts[recipients[i].history]++;
	assert_true(counts[SES_HISTORY_BOUNCED] > 100);
	assert_true(counts[SES_HISTORY_RECENT] > 1000);
	assert_true(counts[SES_HISTORY_QUARTER] > 1000);
	assert_true(counts[SES_HISTORY_YEAR] > 1000);
	for (size_t i = 0; i < PEOPLE + 500; i += 777) {
		assert_int_equal(recipients[i].history, expected_of(addresses[i]));
		assert_int_equal(recipients[i].history, history_of(scene, addresses[i]));
	}
	for (size_t i = PEOPLE; i < PEOPLE + 500; i++)
		assert_int_equal(recipients[i].history, SES_HISTORY_NEVER);
	free(addresses);
	free(recipients);
}

static void a_large_past_is_sampled_and_said_so(void **state)
{
	struct scene *scene = *state;
	struct store_experience experience;
	const struct ses_experience *class;
	int64_t bounces = 0;

	fill(scene);
	judge_at(scene, NULL, 0, &no_scopes, NOON, &experience);
	assert_int_equal(experience.events, STORE_EXPERIENCE_EVENTS);
	assert_true(experience.of_events > 40000 && experience.of_events < MAILS);
	assert_true(experience.since >= NOON - STORE_EXPERIENCE_DAYS * DAY_MS);
	assert_false(experience.by_sends);
	for (int h = 0; h < SES_HISTORY_COUNT; h++) {
		class = &experience.classes[h];
		assert_true(class->bounces <= class->trials);
		bounces += class->bounces;
	}
	/* One event of fifty bounced, one of seven is no mail. */
	assert_true(experience.mails > 16000 && experience.mails < 18000);
	assert_true(bounces > experience.mails / 60 && bounces < experience.mails / 30);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(long_and_short_lists_find_the_same),
		TEST(a_large_past_is_sampled_and_said_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
