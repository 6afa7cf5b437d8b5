/* test_watch.c - the filter of those whose deliveries matter. */
#include "store/evidence.h"
#include "store/watch.h"
#include "tests/store/bare.h"

#define MANY 9000 /* more than a new filter has room for */

static const char *user(unsigned number)
{
	static char address[32];

	snprintf(address, sizeof(address), "user%u@example.org", number);
	return address;
}

static void learn_of(struct bare *bare, const char *address, enum ses_class class)
{
	struct ses_evidence piece = {
		.class = class,
		.event = 1,
		.sent = NOON,
		.published = NOON,
		.tenant = "",
	};

	assert_true(evidence_add(&bare->writer.db, address, &piece, 1));
}

static unsigned count_held(const struct watch *watch, unsigned from, unsigned to)
{
	unsigned held = 0;

	for (unsigned i = from; i < to; i++)
		held += watch_may_hold(watch, user(i));
	return held;
}

static void an_empty_filter_holds_nobody(void **state)
{
	struct bare *bare = *state;
	struct watch watch = {0};

	assert_true(watch_build(&watch, &bare->writer.db));
	assert_int_equal(count_held(&watch, 0, 1000), 0);
	watch_finish(&watch);
}

static void before_it_is_built_it_may_hold_everybody(void **state)
{
	struct watch watch = {0};

	(void) state;
	assert_true(watch_may_hold(&watch, user(1)));
	watch_add(&watch, user(1));
	assert_false(watch_is_full(&watch));
	watch_finish(&watch);
}

static void who_was_added_is_held_and_few_others(void **state)
{
	struct bare *bare = *state;
	struct watch watch = {0};

	assert_true(watch_build(&watch, &bare->writer.db));
	for (unsigned i = 0; i < 5000; i++)
		watch_add(&watch, user(i));
	assert_int_equal(count_held(&watch, 0, 5000), 5000);
	assert_true(count_held(&watch, 100000, 110000) < 200);
	watch_finish(&watch);
}

static void it_is_built_from_what_deliveries_may_change(void **state)
{
	static const struct {
		enum ses_class class;
		bool is_watched;
	} cases[] = {
		{SES_CLASS_HARD, false},
		{SES_CLASS_SOFT, true},
		{SES_CLASS_EXPIRED, true},
		{SES_CLASS_NO_SUCH_DOMAIN, true},
		{SES_CLASS_SES_LIST, true},
		{SES_CLASS_COMPLAINT, false},
		{SES_CLASS_NOT_SPAM, false},
		{SES_CLASS_QUARANTINE, true},
	};
	struct bare *bare = *state;
	struct watch watch = {0};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		learn_of(bare, user(i), cases[i].class);
	assert_true(watch_build(&watch, &bare->writer.db));
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(watch_may_hold(&watch, user(i)), cases[i].is_watched);
		assert_int_equal(
			evidence_is_watched(cases[i].class), cases[i].is_watched);
	}
	watch_finish(&watch);
}

static void a_full_filter_is_built_anew_and_larger(void **state)
{
	struct bare *bare = *state;
	struct watch watch = {0};
	size_t bits;

	assert_true(watch_build(&watch, &bare->writer.db));
	bits = watch.bit_count;
	for (unsigned i = 0; i < MANY; i++) {
		learn_of(bare, user(i), SES_CLASS_SOFT);
		watch_add(&watch, user(i));
	}
	assert_true(watch_is_full(&watch));
	assert_true(watch_build(&watch, &bare->writer.db));
	assert_false(watch_is_full(&watch));
	assert_true(watch.bit_count > bits);
	assert_int_equal(count_held(&watch, 0, MANY), MANY);
	assert_true(count_held(&watch, 100000, 110000) < 200);
	watch_finish(&watch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bare_set_up, bare_tear_down)
		TEST(an_empty_filter_holds_nobody),
		TEST(before_it_is_built_it_may_hold_everybody),
		TEST(who_was_added_is_held_and_few_others),
		TEST(it_is_built_from_what_deliveries_may_change),
		TEST(a_full_filter_is_built_anew_and_larger),
	};

	return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
