/* test_events.c - the list of events: filters, pages, addresses. */
#include "tests/store/listed.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"
#define CAROL "carol@other.example"

static void the_list_is_filtered_paged_and_stable(void **state)
{
	struct scene *scene = *state;
	struct store_event_filter filter = everything;
	struct listed listed;
	int64_t next, seen[100];
	size_t count = 0;

	for (unsigned i = 0; i < 50; i++) {
		struct letter letter;

		letter_simple(&letter, i % 5 == 0 ? SES_BOUNCE : SES_SEND,
			SES_OUTCOME_OTHER, NOON + (int64_t) i * MINUTE_MS, i + 1,
			i % 3 == 0 ? ALICE : BOB);
		if (i % 10 == 0)
			letter.event.account[0] = '9';
		assert_int_equal(record(scene, &letter), STORE_DONE);
	}
	filter.limit = 7;
	do {
		listed = list(scene, &filter, &next);
		for (size_t i = 0; i < listed.count; i++)
			seen[count++] = listed.events[i].id;
		if (count == 14) {
			struct letter late;

			letter_simple(
				&late, SES_SEND, SES_OUTCOME_OTHER, NOON, 999, CAROL);
			assert_int_equal(record(scene, &late), STORE_DONE);
		}
		filter.before = next;
	} while (next != 0);
	assert_int_equal(count, 50);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(seen[i], 50 - (int64_t) i);

	filter = everything;
	filter.address = ALICE;
	assert_int_equal(list(scene, &filter, NULL).count, 17);
	filter.type = SES_BOUNCE;
	assert_int_equal(list(scene, &filter, NULL).count, 4);
	filter = everything;
	filter.account = "911122223333";
	assert_int_equal(list(scene, &filter, NULL).count, 5);
	filter = everything;
	filter.since = NOON + 10 * MINUTE_MS + 3000;
	filter.until = NOON + 20 * MINUTE_MS + 3000;
	assert_int_equal(list(scene, &filter, NULL).count, 10);
	filter = everything;
	filter.after = 45;
	assert_int_equal(list(scene, &filter, NULL).count, 6);
}

struct tally_of_ids {
	int64_t highest, lowest;
	size_t count;
};

static bool count_ids(void *closure, const struct store_event *event)
{
	struct tally_of_ids *tally = closure;

	if (tally->count++ == 0)
		tally->highest = event->id;
	else
		assert_true(event->id < tally->lowest);
	tally->lowest = event->id;
	return true;
}

static void ignore(struct store_job *job)
{
	(void) job;
}

/* More than one segment of the trail: look-ups by address must find what is in segments
 * and what is not yet. */
static void an_address_is_found_among_many_in_any_age(void **state)
{
	enum { EVENTS = 40000, EVERY = 1000 };
	struct scene *scene = *state;
	struct letter *letters = calloc(2000, sizeof(*letters));
	struct store_event_filter filter = everything;
	struct tally_of_ids tally = {0};
	struct letter last;
	int64_t next = 0;
	size_t calls = 0;

	assert_non_null(letters);
	for (unsigned first = 0; first < EVENTS; first += 2000) {
		for (unsigned i = 0; i < 2000; i++) {
			char address[32];

			snprintf(address, sizeof(address), "user%u@example.org",
				(first + i) % EVERY == 7 ? 7 : first + i + 10);
			letter_simple(&letters[i], SES_SEND, SES_OUTCOME_SEND,
				NOON + first + i, first + i + 1, address);
			letters[i].job.done = ignore;
			assert_true(store_submit(scene->store, &letters[i].job));
		}
		/* First in, first out: when this is done, all are. */
		letter_simple(&last, SES_OPEN, SES_OUTCOME_OTHER, NOON, first + 1, CAROL);
		assert_int_equal(record(scene, &last), STORE_DONE);
	}
	free(letters);
	filter.address = "user7@example.org";
	filter.limit = 9;
	do {
		filter.before = next;
		assert_true(store_event_list(
			scene->store, &filter, count_ids, &tally, &next, &scene->error));
		assert_true(++calls < 100);
	} while (next != 0);
	assert_int_equal(tally.count, EVENTS / EVERY);
	filter.before = 0;
	filter.after = 20010;
	filter.limit = 1000;
	tally.count = 0;
	assert_true(store_event_list(
		scene->store, &filter, count_ids, &tally, &next, &scene->error));
	assert_int_equal(tally.count, EVENTS / EVERY / 2);
	assert_int_equal(next, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(the_list_is_filtered_paged_and_stable),
		TEST(an_address_is_found_among_many_in_any_age),
	};

	return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
