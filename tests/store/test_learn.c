/* test_learn.c - what events make of the list, in whatever order they come. */
#include "tests/store/support.h"

#include <semaphore.h>

#define ALICE "alice@example.org"
#define DAYS(n) (NOON + (n) *DAY_MS)

static unsigned mails;
/* All is received long after it was sent, one after another. */
static utc_ms received = DAYS(10);

static enum store_outcome learn(struct scene *scene, enum ses_class class, utc_ms sent,
	unsigned mail, const char *address)
{
	struct letter letter;

	letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, sent, mail, address);
	letter.recipients[0].class = (int) class;
	letter.job.now = ++received;
	return record(scene, &letter);
}

static void bounce(
	struct scene *scene, enum ses_class class, utc_ms sent, const char *address)
{
	assert_int_equal(learn(scene, class, sent, ++mails, address), STORE_DONE);
}

static void soft(struct scene *scene, utc_ms sent, const char *address)
{
	bounce(scene, SES_CLASS_SOFT, sent, address);
}

static void deliver_as(
	struct scene *scene, utc_ms sent, const char *address, enum ses_standing standing)
{
	struct letter letter;

	letter_simple(
		&letter, SES_DELIVERY, SES_OUTCOME_DELIVERY, sent, ++mails, address);
	letter.recipients[0].standing = standing;
	letter.job.now = ++received;
	assert_int_equal(record(scene, &letter), STORE_DONE);
}

static void deliver(struct scene *scene, utc_ms sent, const char *address)
{
	deliver_as(scene, sent, address, SES_ELIGIBLE);
}

static void assert_reason(
	struct scene *scene, const char *address, enum ses_reason reason)
{
	struct entry entry = entry_of(scene, address, "", DAYS(3));

	assert_int_equal(entry.count > 0 ? entry.entry.reason : SES_REASON_NONE, reason);
}

struct pieces {
	struct ses_evidence all[16];
	char sets[16][32], tenants[16][32], accounts[16][16];
	size_t count;
};

static bool copy_piece(void *closure, const struct ses_evidence *piece)
{
	struct pieces *pieces = closure;
	size_t i = pieces->count++;

	assert_true(i < 16);
	pieces->all[i] = *piece;
	snprintf(pieces->sets[i], 32, "%s", piece->configuration_set);
	snprintf(pieces->tenants[i], 32, "%s", piece->tenant);
	snprintf(pieces->accounts[i], 16, "%s", piece->account);
	return true;
}

static struct pieces pieces_of(struct scene *scene, const char *address)
{
	struct pieces pieces = {.count = 0};

	assert_true(store_dossier(
		scene->store, address, NULL, copy_piece, &pieces, &scene->error));
	return pieces;
}

/* ---- soft bounces and deliveries ---- */

static void soft_bounces_on_three_days_suppress(void **state)
{
	struct scene *scene = *state;
	struct entry entry;

	soft(scene, NOON, ALICE);
	soft(scene, NOON + HOUR_MS, ALICE);
	soft(scene, DAYS(1), ALICE);
	assert_int_equal(entry_of(scene, ALICE, "", DAYS(1)).count, 0);
	bounce(scene, SES_CLASS_EXPIRED, DAYS(2), ALICE);
	entry = entry_of(scene, ALICE, "", DAYS(2));
	assert_int_equal(entry.entry.reason, SES_REASON_SOFT_BOUNCE);
	assert_int_equal(entry.entry.since, DAYS(2) + 3000);
	assert_int_equal(entry.entry.expires, DAYS(16) + 3000);
	assert_int_equal(entry.entry.event, 4);
	assert_int_equal(health_of(scene).suppressions, 1);
}

/* All orders of four steps, each on an address of its own. */
static void in_all_orders(struct scene *scene, const char *domain,
	void step(struct scene *scene, int which, const char *address),
	enum ses_reason reason)
{
	char address[64];

	for (int code = 0; code < 256; code++) {
		int order[4] = {code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6};
		int seen = 0;

		for (int i = 0; i < 4; i++)
			seen |= 1 << order[i];
		if (seen != 15)
			continue;
		snprintf(address, sizeof(address), "order%d@%s", code, domain);
		for (int i = 0; i < 4; i++)
			step(scene, order[i], address);
		assert_reason(scene, address, reason);
	}
}

static void delivered_between(struct scene *scene, int which, const char *address)
{
	if (which == 3)
		deliver(scene, DAYS(1) + HOUR_MS, address);
	else
		soft(scene, DAYS(which), address);
}

static void delivered_before(struct scene *scene, int which, const char *address)
{
	if (which == 3)
		deliver(scene, NOON - HOUR_MS, address);
	else
		soft(scene, DAYS(which), address);
}

static void a_delivery_counts_by_sending_in_whatever_order_it_comes(void **state)
{
	struct scene *scene = *state;

	in_all_orders(scene, "one.example", delivered_between, SES_REASON_NONE);
	in_all_orders(scene, "two.example", delivered_before, SES_REASON_SOFT_BOUNCE);
}

static bool count_removed(void *closure, const struct store_list_change *change)
{
	size_t *count = closure;

	++*count;
	if (*count > 1)
		return true;
	assert_string_equal(change->what, "removed");
	assert_string_equal(change->actor, "feedback");
	assert_string_equal(change->cause, "");
	assert_int_equal(change->event, 4);
	assert_int_equal(change->at, received);
	return true;
}

static void a_late_delivery_lifts_and_says_so(void **state)
{
	struct store_list_change_filter filter = {
		.address = ALICE,
		.since = UTC_NONE,
		.until = UTC_NONE,
		.limit = 10,
	};
	struct scene *scene = *state;
	size_t count = 0;
	int64_t next;

	for (int i = 0; i < 3; i++)
		soft(scene, DAYS(i), ALICE);
	assert_reason(scene, ALICE, SES_REASON_SOFT_BOUNCE);
	deliver(scene, DAYS(2) + HOUR_MS, ALICE);
	assert_reason(scene, ALICE, SES_REASON_NONE);
	assert_int_equal(health_of(scene).suppressions, 0);
	assert_true(store_list_change_list(
		scene->store, &filter, count_removed, &count, &next, &scene->error));
	assert_int_equal(count, 2);
	/* One that was sent no later than what is known changes nothing. */
	deliver(scene, DAYS(2), ALICE);
	assert_int_equal(pieces_of(scene, ALICE).all[0].sent, DAYS(2) + HOUR_MS);
}

/* Watched since the first that came: what an older one wants was recorded before. */
static void an_older_piece_that_comes_later_looks_further_back(void **state)
{
	struct scene *scene = *state;

	deliver(scene, DAYS(-3), ALICE);
	soft(scene, DAYS(-2), ALICE);
	soft(scene, DAYS(-5), ALICE);
	soft(scene, DAYS(-4), ALICE);
	assert_reason(scene, ALICE, SES_REASON_NONE);
	soft(scene, DAYS(-1), ALICE);
	soft(scene, DAYS(0), ALICE);
	assert_reason(scene, ALICE, SES_REASON_SOFT_BOUNCE);
}

static void ignore(struct store_job *job)
{
	(void) job;
}

static void an_earlier_delivery_is_found_behind_many_others(void **state)
{
	enum { OTHERS = 18000, AT_ONCE = 2000 };
	struct scene *scene = *state;
	struct letter *letters = calloc(AT_ONCE, sizeof(*letters));
	struct letter last;

	assert_non_null(letters);
	deliver(scene, DAYS(2) + HOUR_MS, ALICE);
	for (unsigned first = 0; first < OTHERS; first += AT_ONCE) {
		for (unsigned i = 0; i < AT_ONCE; i++) {
			letter_simple(&letters[i], SES_SEND, SES_OUTCOME_SEND,
				DAYS(2) + HOUR_MS + first + i, ++mails,
				"bob@example.org");
			letters[i].job.now = ++received;
			letters[i].job.done = ignore;
			assert_true(store_submit(scene->store, &letters[i].job));
		}
		letter_simple(&last, SES_OPEN, SES_OUTCOME_OTHER, NOON, ++mails, ALICE);
		assert_int_equal(record(scene, &last), STORE_DONE);
	}
	free(letters);
	for (int i = 0; i < 3; i++)
		soft(scene, DAYS(i), ALICE);
	assert_reason(scene, ALICE, SES_REASON_NONE);
	for (int i = 3; i < 6; i++)
		soft(scene, DAYS(i), ALICE);
	scene_close(scene);
	assert_true(scene_open(scene));
	/* Watched from the start on. */
	assert_int_equal(entry_of(scene, ALICE, "", DAYS(6)).count, 1);
	deliver(scene, DAYS(6), ALICE);
	assert_int_equal(entry_of(scene, ALICE, "", DAYS(6)).count, 0);
}

static void deliveries_that_change_nothing_leave_nothing(void **state)
{
	struct scene *scene = *state;

	deliver(scene, NOON, ALICE);
	assert_int_equal(pieces_of(scene, ALICE).count, 0);
	assert_int_equal(pieces_of(scene, "@example.org").count, 0);
	bounce(scene, SES_CLASS_HARD, NOON, ALICE);
	deliver(scene, DAYS(1), ALICE);
	assert_int_equal(pieces_of(scene, ALICE).count, 1);
	assert_reason(scene, ALICE, SES_REASON_BOUNCE);
}

/* ---- a domain that is not there ---- */

static void no_such_domain_is_about_the_domain_and_a_delivery_denies_it(void **state)
{
	struct scene *scene = *state;
	struct entry entry;

	bounce(scene, SES_CLASS_NO_SUCH_DOMAIN, NOON, "a@gone.example");
	bounce(scene, SES_CLASS_NO_SUCH_DOMAIN, NOON, "b@gone.example");
	assert_int_equal(entry_of(scene, "a@gone.example", "", NOON).count, 0);
	assert_int_equal(pieces_of(scene, "a@gone.example").count, 0);
	entry = entry_of(scene, "@gone.example", "", NOON);
	assert_int_equal(entry.entry.reason, SES_REASON_NO_SUCH_DOMAIN);
	assert_int_equal(entry.entry.expires, DAYS(14) + 3000);
	assert_string_equal(entry.original, "@gone.example");
	deliver(scene, DAYS(1), "c@gone.example");
	assert_reason(scene, "@gone.example", SES_REASON_NONE);
}

static void a_domain_delivered_to_in_the_month_before_is_there(void **state)
{
	static const struct {
		const char *domain;
		int day;
		enum ses_standing standing;
		enum ses_reason reason;
	} cases[] = {
		{"near.example", -30, SES_ELIGIBLE, SES_REASON_NONE},
		{"far.example", -31, SES_ELIGIBLE, SES_REASON_NO_SUCH_DOMAIN},
		{"same.example", 0, SES_ELIGIBLE, SES_REASON_NONE},
		{"later.example", 9, SES_ELIGIBLE, SES_REASON_NONE},
		/* Those are counted nowhere. */
		{"own.example", -30, SES_VERIFIED, SES_REASON_NONE},
		{"past.example", -31, SES_VERIFIED, SES_REASON_NO_SUCH_DOMAIN},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (int is_late = 0; is_late < 2; is_late++) {
			char address[64], *domain = address + 4;

			snprintf(address, sizeof(address), "user@%d.%s", is_late,
				cases[i].domain);
			if (is_late)
				bounce(scene, SES_CLASS_NO_SUCH_DOMAIN, DAYS(0) - 1,
					address);
			deliver_as(scene, DAYS(cases[i].day), address, cases[i].standing);
			if (!is_late)
				bounce(scene, SES_CLASS_NO_SUCH_DOMAIN, DAYS(0) - 1,
					address);
			assert_reason(scene, domain, cases[i].reason);
		}
}

static sem_t batch_is_ready;

/* On the store's thread: until then all that is handed over waits for the next batch. */
static void hold_up(struct store_job *job)
{
	(void) job;
	sem_wait(&batch_is_ready);
}

static void a_delivery_of_the_same_batch_counts_too(void **state)
{
	struct scene *scene = *state;
	struct letter letters[4];

	sem_init(&batch_is_ready, 0, 0);
	letter_simple(&letters[0], SES_SEND, SES_OUTCOME_SEND, NOON, ++mails, ALICE);
	letter_simple(&letters[1], SES_DELIVERY, SES_OUTCOME_DELIVERY, NOON + 5, ++mails,
		"a@new.example");
	letter_simple(&letters[2], SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, NOON, ++mails,
		"b@new.example");
	letter_simple(&letters[3], SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, NOON, ++mails,
		"a@new.example");
	letters[2].recipients[0].class = SES_CLASS_NO_SUCH_DOMAIN;
	for (size_t i = 0; i < 4; i++) {
		letters[i].job.done = i == 0 ? hold_up : ignore;
		assert_true(store_submit(scene->store, &letters[i].job));
	}
	sem_post(&batch_is_ready);
	soft(scene, NOON, "c@other.example");
	sem_destroy(&batch_is_ready);
	assert_reason(scene, "@new.example", SES_REASON_NONE);
	assert_int_equal(pieces_of(scene, "@new.example").count, 2);
	assert_int_equal(pieces_of(scene, "a@new.example").all[0].sent, NOON + 5);
}

/* ---- what is kept ---- */

static void some_classes_say_nothing_of_the_address(void **state)
{
	static const enum ses_class silent[] = {SES_CLASS_NONE, SES_CLASS_MESSAGE,
		SES_CLASS_AUTOMATIC, SES_CLASS_REPUTATION, SES_CLASS_UNCLEAR};
	struct scene *scene = *state;

	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++)
		bounce(scene, silent[i], DAYS((int) i), ALICE);
	assert_int_equal(pieces_of(scene, ALICE).count, 0);
	assert_int_equal(health_of(scene).suppressions, 0);
	assert_int_equal(health_of(scene).events, 5);
}

static void evidence_tells_where_the_mail_came_from(void **state)
{
	struct scene *scene = *state;
	struct pieces pieces;
	struct letter letter;

	for (unsigned i = 0; i < 3; i++) {
		letter_simple(&letter, SES_BOUNCE, SES_OUTCOME_SOFT_BOUNCE, NOON + i / 2,
			i / 2, ALICE);
		snprintf(letter.configuration_set, 40, "news");
		letter.event.tenant = "acme";
		letter.event.happened += i * HOUR_MS;
		letter.job.notification.published += i * HOUR_MS;
		assert_int_equal(record(scene, &letter), STORE_DONE);
		assert_int_equal(record(scene, &letter), STORE_DUPLICATE);
	}
	pieces = pieces_of(scene, ALICE);
	assert_int_equal(pieces.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(pieces.all[i].class, SES_CLASS_SOFT);
		assert_int_equal(pieces.all[i].event, i + 1);
		assert_int_equal(pieces.all[i].sent, NOON + (utc_ms) i / 2);
		assert_int_equal(pieces.all[i].published,
			NOON + (utc_ms) i / 2 + 3000 + (utc_ms) i * HOUR_MS);
		assert_string_equal(pieces.sets[i], "news");
		assert_string_equal(pieces.tenants[i], "acme");
		assert_string_equal(pieces.accounts[i], "111122223333");
	}
	assert_int_equal(pieces.all[0].mail, pieces.all[1].mail);
	assert_int_not_equal(pieces.all[0].mail, pieces.all[2].mail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_set_up, scene_tear_down)
		TEST(soft_bounces_on_three_days_suppress),
		TEST(a_delivery_counts_by_sending_in_whatever_order_it_comes),
		TEST(a_late_delivery_lifts_and_says_so),
		TEST(an_older_piece_that_comes_later_looks_further_back),
		TEST(an_earlier_delivery_is_found_behind_many_others),
		TEST(deliveries_that_change_nothing_leave_nothing),
		TEST(no_such_domain_is_about_the_domain_and_a_delivery_denies_it),
		TEST(a_domain_delivered_to_in_the_month_before_is_there),
		TEST(a_delivery_of_the_same_batch_counts_too),
		TEST(some_classes_say_nothing_of_the_address),
		TEST(evidence_tells_where_the_mail_came_from),
	};

	return cmocka_run_group_tests_name("learn", tests, NULL, NULL);
}
