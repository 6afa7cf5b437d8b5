/* test_evidence.c - what is remembered of an address to decide by. */
#include "store/evidence.h"

#include "tests/store/bare.h"

#define ALICE "alice@example.org"
#define BOB "bob@example.org"

static int64_t origin_of(struct bare *bare, const char *account, const char *set)
{
	struct ses_event event = {
		.region = "eu-west-1",
		.identity = NULL,
		.configuration_set = set,
	};
	int64_t origin, number;

	snprintf(event.account, sizeof(event.account), "%s", account);
	assert_true(names_origin(
		&bare->writer.names, &bare->writer.db, &event, &origin, &number));
	return origin;
}

static void add(struct bare *bare, const char *address, enum ses_class class,
	int64_t event, utc_ms sent)
{
	struct ses_evidence piece = {
		.class = class,
		.is_certain = true,
		.event = event,
		.sent = sent,
		.published = sent + 1000,
		.mail = event,
		.tenant = "",
	};

	assert_true(evidence_add(&bare->writer.db, address, &piece,
		origin_of(bare, "111122223333", "news")));
}

static struct evidence read_all(struct bare *bare, const char *address)
{
	struct evidence evidence = {.pieces = NULL};

	assert_true(evidence_read(&bare->writer.db, address, &evidence));
	return evidence;
}

static void pieces_come_back_as_they_were_kept_in_order_of_event(void **state)
{
	struct bare *bare = *state;
	struct ses_evidence complaint = {
		.class = SES_CLASS_COMPLAINT,
		.is_certain = false,
		.event = 7,
		.sent = NOON,
		.published = NOON + 5,
		.mail = -42,
		.tenant = "shop",
	};
	struct evidence evidence;

	assert_true(evidence_add(&bare->writer.db, ALICE, &complaint,
		origin_of(bare, "444455556666", "")));
	add(bare, ALICE, SES_CLASS_SOFT, 3, NOON + 9);
	add(bare, BOB, SES_CLASS_HARD, 4, NOON);
	evidence = read_all(bare, ALICE);
	assert_int_equal(evidence.count, 2);
	assert_int_equal(evidence.pieces[0].class, SES_CLASS_SOFT);
	assert_int_equal(evidence.pieces[0].event, 3);
	assert_int_equal(evidence.pieces[0].sent, NOON + 9);
	assert_string_equal(evidence.pieces[0].account, "111122223333");
	assert_string_equal(evidence.pieces[0].configuration_set, "news");
	assert_string_equal(evidence.pieces[0].tenant, "");
	assert_int_equal(evidence.pieces[1].class, SES_CLASS_COMPLAINT);
	assert_false(evidence.pieces[1].is_certain);
	assert_int_equal(evidence.pieces[1].published, NOON + 5);
	assert_int_equal(evidence.pieces[1].mail, -42);
	assert_string_equal(evidence.pieces[1].account, "444455556666");
	assert_string_equal(evidence.pieces[1].configuration_set, "");
	assert_string_equal(evidence.pieces[1].tenant, "shop");
	evidence_finish(&evidence);
}

static void what_was_read_before_is_replaced(void **state)
{
	struct bare *bare = *state;
	struct evidence evidence = {.pieces = NULL};

	for (int64_t event = 1; event <= 40; event++)
		add(bare, ALICE, SES_CLASS_SOFT, event, NOON + event);
	add(bare, BOB, SES_CLASS_HARD, 41, NOON);
	assert_true(evidence_read(&bare->writer.db, ALICE, &evidence));
	assert_int_equal(evidence.count, 40);
	assert_true(evidence_read(&bare->writer.db, BOB, &evidence));
	assert_int_equal(evidence.count, 1);
	assert_int_equal(evidence.pieces[0].class, SES_CLASS_HARD);
	assert_string_equal(evidence.pieces[0].configuration_set, "news");
	assert_true(evidence_read(&bare->writer.db, "nobody@example.org", &evidence));
	assert_int_equal(evidence.count, 0);
	evidence_finish(&evidence);
}

static void a_piece_of_an_event_is_kept_once(void **state)
{
	struct bare *bare = *state;
	struct evidence evidence;

	add(bare, ALICE, SES_CLASS_SOFT, 3, NOON);
	add(bare, ALICE, SES_CLASS_HARD, 3, NOON + 1);
	evidence = read_all(bare, ALICE);
	assert_int_equal(evidence.count, 1);
	assert_int_equal(evidence.pieces[0].class, SES_CLASS_SOFT);
	assert_int_equal(evidence.pieces[0].sent, NOON);
	evidence_finish(&evidence);
}

static void of_deliveries_the_newest_mail_is_known(void **state)
{
	static const struct {
		utc_ms sent;
		bool is_newer;
		utc_ms known;
	} steps[] = {
		{NOON, true, NOON},
		{NOON, false, NOON},
		{NOON - 1, false, NOON},
		{NOON + 1, true, NOON + 1},
	};
	struct bare *bare = *state;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct evidence evidence;
		bool is_newer;

		assert_true(evidence_deliver(
			&bare->writer.db, ALICE, steps[i].sent, &is_newer));
		assert_int_equal(is_newer, steps[i].is_newer);
		evidence = read_all(bare, ALICE);
		assert_int_equal(evidence.count, 1);
		assert_int_equal(evidence.pieces[0].class, SES_CLASS_DELIVERED);
		assert_int_equal(evidence.pieces[0].event, 0);
		assert_int_equal(evidence.pieces[0].sent, steps[i].known);
		assert_string_equal(evidence.pieces[0].account, "");
		evidence_finish(&evidence);
	}
}

/* The first soft bounce says since when; of hard ones there are few. */
static void beyond_the_limit_the_second_oldest_of_the_largest_class_goes(void **state)
{
	struct bare *bare = *state;
	struct evidence evidence;
	bool is_newer, has_hard = false, has_delivery = false;

	assert_true(evidence_deliver(&bare->writer.db, ALICE, NOON, &is_newer));
	add(bare, ALICE, SES_CLASS_HARD, 5000, NOON - DAY_MS);
	/* The newest first: age is told by sent, not by arrival. */
	for (int64_t event = 1; event <= EVIDENCE_MAX; event++)
		add(bare, ALICE, SES_CLASS_SOFT, event, NOON - event);
	evidence = read_all(bare, ALICE);
	assert_int_equal(evidence.count, EVIDENCE_MAX);
	for (size_t i = 0; i < evidence.count; i++) {
		has_hard = has_hard || evidence.pieces[i].class == SES_CLASS_HARD;
		has_delivery =
			has_delivery || evidence.pieces[i].class == SES_CLASS_DELIVERED;
	}
	assert_true(has_hard && has_delivery);
	/* 511 came first; each after it was the oldest, and the one before it went. */
	assert_int_equal(evidence.pieces[EVIDENCE_MAX - 2].event, EVIDENCE_MAX);
	assert_int_equal(evidence.pieces[EVIDENCE_MAX - 3].event, EVIDENCE_MAX - 3);
	evidence_finish(&evidence);
}

static void the_index_holds_the_classes_that_a_delivery_may_concern(void **state)
{
	struct bare *bare = *state;
	char sql[512], word[16];
	const char *list;

	bare_ask_text(bare,
		"SELECT replace(replace(sql, '(', ', '), ')', ',') FROM sqlite_schema"
		" WHERE name = 'evidence_watched'",
		sql);
	list = strstr(sql, "class IN");
	assert_non_null(list);
	for (int class = 0; class <= SES_CLASS_DELIVERED; class ++) {
		snprintf(word, sizeof(word), " %d,", class);
		assert_int_equal(evidence_is_watched((enum ses_class) class),
			strstr(list, word) != NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bare_set_up, bare_tear_down)
		TEST(pieces_come_back_as_they_were_kept_in_order_of_event),
		TEST(what_was_read_before_is_replaced),
		TEST(a_piece_of_an_event_is_kept_once),
		TEST(of_deliveries_the_newest_mail_is_known),
		TEST(beyond_the_limit_the_second_oldest_of_the_largest_class_goes),
		TEST(the_index_holds_the_classes_that_a_delivery_may_concern),
	};

	return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
